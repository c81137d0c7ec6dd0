"""Realistic notices, seeded: skewed like reality, where a few regions and sectors dominate.

``notices`` writes the text of notices as agencies write them (title, date, a meeting, what is
stressed, who must do what by when), from the vocabulary and the divisions of ontology/. The same
seed gives the same bytes. Ranks follow Zipf's law, so that the first region speaks in a tenth of
them and most sectors are rare.

    python -m bench.generate 2000 out/bench/notices
"""

from __future__ import annotations

import random
import sys
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from kg.ontology import concepts
from kg.regions.table import divisions

MONTHS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_OPENINGS = (
    "{month}月{day}日，{region}召开{meeting}。",
    "{month}月{day}日下午，{region}人民政府召开{meeting}，总结前一阶段工作，部署下一步任务。",
    "{month}月{day}日，{region}安全生产委员会办公室在{region}会议中心组织召开{meeting}。",
    "为深入贯彻落实上级关于安全生产的决策部署，{month}月{day}日，{region}召开{meeting}。",
)
_MEETINGS = (
    "全{level}安全生产工作会议",
    "全{level}安全生产电视电话会议",
    "安全生产委员会全体会议",
    "全{level}安全防范工作视频会议",
)
_STRESSES = (
    "会议强调，要狠抓{a}安全，深入排查治理{b}安全隐患。",
    "会议要求，要突出{a}、{b}等重点行业领域，切实加强安全监管。",
    "要紧盯{a}、{b}和{c}，坚决防范遏制重特大事故。",
    "会议指出，要加强{a}安全监管，严防各类事故发生。",
    "要进一步强化{a}、{b}安全风险管控。",
)
_DUTIES = (
    "要严格落实{r}，切实把各项工作抓实抓细。",
    "会议强调，要压实{r}，确保责任到岗到人。",
)
_MEASURES = (
    "要扎实开展{m}，及时发现和消除隐患。",
    "要组织开展{m}，做到全覆盖、零容忍。",
    "各地要加强{m}，确保取得实效。",
)
_CLAUSES = (
    "各地各部门必须在{month2}月底前完成{a}隐患整改。",
    "各企业要严格落实岗位责任制，严禁违章指挥、违规作业。",
    "有关部门应当加强对{a}企业的监督检查，对非法违法行为依法严肃查处。",
    "各单位要加强值班值守，遇有突发情况及时报告。",
    "未经批准，不得擅自恢复{a}生产。",
    "鼓励有条件的地方建设{a}安全风险监测预警系统。",
    "各级安委会办公室要对重大隐患挂牌督办，并于{month2}月{day}日前上报进展情况。",
)
_BACKGROUND = (
    "今年以来，全{level}安全生产形势总体平稳，事故起数和死亡人数实现双下降。",
    "当前正值复工复产关键时期，各类生产经营活动明显增多，安全生产不确定因素增加。",
    "受强降雨影响，部分地区发生险情，给人民群众生命财产造成损失。",
    "会议通报了近期事故情况，分析了当前安全生产形势。",
)
_HELD = (
    "会议由{region}副{level}长主持，{region}{level}长出席会议并讲话。",
    "{region}副{level}长主持会议并讲话，{region}安委会成员单位负责同志参加会议。",
)
_POLICIES = (
    "会议传达学习了{p}。",
    "各地要认真贯彻落实{p}，逐条对照检查。",
    "根据{p}，现就有关事项通知如下。",
)
_CAMPAIGNS = (
    "会议决定，自即日起至{month2}月底，在全{level}开展{c}。",
    "要深入推进{c}，按期完成各项任务。",
    "会议部署了{c}。",
)
_INCIDENTS = (
    "{month}月{day2}日，{other}一{site}发生{kind}事故，造成{dead}人死亡、{hurt}人受伤。",
    "会议通报了{month}月{day2}日{other}“{month}·{day2}”{kind}事故，该事故造成{dead}人死亡。",
)
_NAMES_OF_POLICIES = (
    "《中华人民共和国安全生产法》",
    "《中共中央 国务院关于推进安全生产领域改革发展的意见》",
    "《地方党政领导干部安全生产责任制规定》",
    "《生产安全事故应急条例》",
    "《危险化学品安全管理条例》",
    "《关于全面加强危险化学品安全生产工作的意见》",
    "《全国安全生产专项整治三年行动计划》（安委〔2020〕3号）",
    "《关于进一步强化安全生产责任落实坚决防范遏制重特大事故的若干措施》（安委〔2022〕6号）",
)
_NAMES_OF_CAMPAIGNS = (
    "安全生产专项整治三年行动",
    "安全生产治本攻坚三年行动",
    "城镇燃气安全专项整治",
    "安全生产百日攻坚行动",
    "危险化学品安全风险集中治理",
    "自建房安全专项整治",
    "重大事故隐患专项排查整治行动",
    "消防安全大排查大整治行动",
    "矿山安全生产综合整治",
)
_ACCIDENTS = (
    ("化工厂", "爆炸"),
    ("煤矿", "瓦斯爆炸"),
    ("饭店", "燃气爆炸"),
    ("仓库", "火灾"),
    ("在建工地", "坍塌"),
    ("污水处理厂", "中毒和窒息"),
)
_LEVELS = {"province": "省", "prefecture": "市", "county": "县"}


@dataclass(frozen=True)
class Ranked:
    """Things of which the n-th is drawn with weight 1/n."""

    items: Sequence
    sums: Sequence[float]

    @classmethod
    def of(cls, items: Sequence, *, skew: float = 1.0) -> Ranked:
        """Rank things in the order in which they come."""
        return cls(items, list(accumulate(1 / (n + 1) ** skew for n in range(len(items)))))

    def draw(self, rng: random.Random) -> Any:
        """Draw one."""
        return self.items[bisect(self.sums, rng.random() * self.sums[-1])]


@cache
def _regions() -> Ranked:
    found = [d for d in divisions() if d.until is None and d.level in _LEVELS and d.code]
    return Ranked.of(random.Random(7).sample(found, len(found)), skew=0.9)


@cache
def _concepts(scheme: str) -> Ranked:
    names = [c.zh for c in concepts() if c.scheme == scheme]
    return Ranked.of(random.Random(11).sample(names, len(names)))


def notice(number: int, *, seed: int = 1) -> str:
    """Write the text of one notice: a title, a date and four to seventeen paragraphs."""
    rng = random.Random(f"{seed}/{number}")
    region = _regions().draw(rng)
    hazards, duties, measures = map(_concepts, ("hazard", "responsibility", "measure"))
    level = _LEVELS[region.level]
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    words = {"region": region.name, "level": level, "month": month, "day": day}
    meeting = rng.choice(_MEETINGS).format(**words)

    def said(templates: Sequence[str]) -> str:
        three = [hazards.draw(rng) for _ in range(3)]
        return rng.choice(templates).format(
            **words,
            meeting=meeting,
            month2=min(12, month + rng.randint(0, 2)),
            **dict(zip("abc", three, strict=True)),
            r=duties.draw(rng),
            m=measures.draw(rng),
        )

    lines = [
        f"{region.name}召开{meeting}（{number}）",
        f"{rng.randint(2016, 2025)}年{month}月{day}日",
    ]
    lines.append(said(_OPENINGS) + said(_BACKGROUND))
    for _ in range(rng.randint(2, 5)):
        lines.append("".join(said(_STRESSES) for _ in range(rng.randint(1, 2))) + said(_DUTIES))
        lines.append(said(_MEASURES) + "".join(said(_CLAUSES) for _ in range(rng.randint(1, 3))))
    if rng.random() < 0.5:
        lines.append(said(_BACKGROUND))
    lines += _beside(rng, words, month2=min(12, month + 2))
    return "\n".join(lines) + "\n"


def _beside(rng: random.Random, words: dict[str, Any], *, month2: int) -> Iterator[str]:
    """Write what not every notice has: who held the meeting, documents, campaigns, accidents."""

    def said(templates: Sequence[str]) -> str:
        site, kind = rng.choice(_ACCIDENTS)
        return rng.choice(templates).format(
            **words,
            month2=month2,
            p=Ranked.of(_NAMES_OF_POLICIES).draw(rng),
            c=Ranked.of(_NAMES_OF_CAMPAIGNS).draw(rng),
            other=_regions().draw(rng).name,
            site=site,
            kind=kind,
            day2=rng.randint(1, words["day"]),
            dead=rng.randint(1, 12),
            hurt=rng.randint(1, 30),
        )

    for share, templates in (
        (0.5, _HELD),
        (0.4, _POLICIES),
        (0.3, _CAMPAIGNS),
        (0.2, _INCIDENTS),
    ):
        if rng.random() < share:
            yield said(templates)


def notices(count: int, folder: Path, *, seed: int = 1) -> Iterator[Path]:
    """Write notices 1 to ``count``, a thousand to a folder."""
    for number in range(1, count + 1):
        path = folder / f"{number // 1000:03}" / f"{number:07}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notice(number, seed=seed), encoding="utf-8")
        yield path


if __name__ == "__main__":
    written = sum(1 for _ in notices(int(sys.argv[1]), Path(sys.argv[2])))
    print(f"{written} notices in {sys.argv[2]}")
