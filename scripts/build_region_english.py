"""Builds ontology/region-english.tsv: English names of provinces and prefectures. Not run at run time.

Pinyin by pypinyin 0.55 (MIT licence, ``pip install pypinyin``), which knows the readings of place names
(重庆, 厦门); names that English has from another language stand in ``USUAL``, with other ways to write them::

    python scripts/build_region_english.py > ontology/region-english.tsv
"""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

from kg.regions.table import BINGTUAN, CHINA, divisions

#: Official name -> English names, the one to show first.
USUAL = {
    "全国": "China|the State|national|national level|central level",
    "新疆生产建设兵团": "Xinjiang Corps|Xinjiang Production and Construction Corps|XPCC|Bingtuan|the Corps",
    "内蒙古自治区": "Inner Mongolia|Inner Mongolia Autonomous Region|Nei Mongol|Neimenggu",
    "西藏自治区": "Tibet|Tibet Autonomous Region|Xizang",
    "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macau|Macao",
    "陕西省": "Shaanxi|Shaanxi Province",
    "山西省": "Shanxi|Shanxi Province",
    "广西壮族自治区": "Guangxi|Guangxi Zhuang Autonomous Region",
    "宁夏回族自治区": "Ningxia|Ningxia Hui Autonomous Region",
    "新疆维吾尔自治区": "Xinjiang|Xinjiang Uygur Autonomous Region|Xinjiang Uyghur Autonomous Region",
    "广东省": "Guangdong|Guangdong Province|Canton Province",
    "广州市": "Guangzhou|Guangzhou City|Canton",
    "北京市": "Beijing|Beijing Municipality|Beijing City|Peking",
    "天津市": "Tianjin|Tianjin Municipality|Tianjin City",
    "上海市": "Shanghai|Shanghai Municipality|Shanghai City",
    "重庆市": "Chongqing|Chongqing Municipality|Chongqing City",
    "朝阳市": "Chaoyang|Chaoyang City",
    "哈尔滨市": "Harbin|Harbin City",
    "齐齐哈尔市": "Qiqihar|Qiqihar City",
    "呼和浩特市": "Hohhot|Hohhot City",
    "乌鲁木齐市": "Urumqi|Urumqi City",
    "拉萨市": "Lhasa|Lhasa City",
    "日喀则市": "Shigatse|Xigaze",
    "林芝市": "Nyingchi",
    "那曲市": "Nagqu|Nagchu",
    "昌都市": "Qamdo|Chamdo",
    "山南市": "Shannan|Lhoka",
    "阿里地区": "Ngari|Ngari Prefecture|Ali Prefecture",
    "鄂尔多斯市": "Ordos|Ordos City",
    "呼伦贝尔市": "Hulunbuir|Hulun Buir",
    "巴彦淖尔市": "Bayannur|Bayan Nur",
    "乌兰察布市": "Ulanqab",
    "锡林郭勒盟": "Xilingol|Xilingol League|Xilin Gol",
    "兴安盟": "Hinggan League|Hinggan",
    "阿拉善盟": "Alxa League|Alxa|Alashan",
    "喀什地区": "Kashgar|Kashi|Kashgar Prefecture",
    "和田地区": "Hotan|Khotan|Hotan Prefecture",
    "阿克苏地区": "Aksu|Aksu Prefecture",
    "伊犁哈萨克自治州": "Ili|Ili Kazakh Autonomous Prefecture|Yili",
    "巴音郭楞蒙古自治州": "Bayingolin|Bayingol",
    "博尔塔拉蒙古自治州": "Bortala",
    "克孜勒苏柯尔克孜自治州": "Kizilsu|Kizilsu Kyrgyz",
    "塔城地区": "Tacheng|Qoqek",
    "阿勒泰地区": "Altay|Altay Prefecture",
    "克拉玛依市": "Karamay",
    "吐鲁番市": "Turpan|Turfan",
    "哈密市": "Hami|Kumul",
    "延边朝鲜族自治州": "Yanbian|Yanbian Prefecture",
    "大兴安岭地区": "Daxinganling|Greater Khingan|Daxing'anling",
    "甘孜藏族自治州": "Garze|Ganzi",
    "阿坝藏族羌族自治州": "Aba|Ngawa",
    "迪庆藏族自治州": "Diqing|Deqen",
    "德宏傣族景颇族自治州": "Dehong",
    "西双版纳傣族自治州": "Xishuangbanna",
    "海北藏族自治州": "Haibei",
    "黄南藏族自治州": "Huangnan",
    "果洛藏族自治州": "Golog|Guoluo",
    "玉树藏族自治州": "Yushu Prefecture",
    "海西蒙古族藏族自治州": "Haixi",
    "海南藏族自治州": "Hainan Prefecture",
}
#: Endings of names and the English word for them; peoples' names are left out of the pinyin.
ENDINGS = {
    "省": "Province",
    "市": "City",
    "地区": "Prefecture",
    "盟": "League",
    "自治州": "Prefecture",
}
PEOPLES = (
    "土家族苗族", "藏族羌族", "布依族苗族", "苗族侗族", "哈尼族彝族", "壮族苗族", "傣族景颇族",
    "蒙古族藏族", "朝鲜族", "藏族", "彝族", "傣族", "白族", "傈僳族", "回族", "蒙古", "哈萨克",
)  # fmt: skip


def english(name: str) -> str:
    """Write a division's name in English, with the word for what it is as a second way."""
    ending = max((e for e in ENDINGS if name.endswith(e)), key=len)
    bare = name.removesuffix(ending)
    for people in PEOPLES:
        if bare.endswith(people) and len(bare) > len(people):
            bare = bare.removesuffix(people)
            break
    syllables = lazy_pinyin(bare + "市", style=Style.NORMAL)[:-1]
    text = syllables[0] + "".join(("'" if s[0] in "aeo" else "") + s for s in syllables[1:])
    text = text.replace("ü", "u").replace("lv", "lu").capitalize()
    plain = text.replace("'", "")
    ways = [text, f"{text} {ENDINGS[ending]}"] + ([plain] if plain != text else [])
    return "|".join(ways)


def main() -> None:
    """Write the table."""
    print(
        "# English names of the State, 兵团, provinces and prefectures in force, the one to show first."
    )
    print(
        "# Made by scripts/build_region_english.py (pypinyin 0.55; usual names by hand); correct errors there."
    )
    print("name\tenglish")
    for division in (CHINA, BINGTUAN, *divisions()):
        wanted = division.level in ("province", "prefecture") and division.until is None
        if division.name in USUAL or wanted:
            name = USUAL.pop(division.name, None) or (english(division.name) if wanted else None)
            if name:
                print(f"{division.name}\t{name}")
    if USUAL:
        raise SystemExit(f"no division in force: {', '.join(USUAL)}")


if __name__ == "__main__":
    main()
