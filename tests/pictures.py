"""Graphs to draw: a small notice written here, the seed as its readers annotated it, a crowd."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest

from kg.graph import Quote, to_networkx
from kg.model import (
    Alignment,
    Campaign,
    Evidence,
    Incident,
    Measure,
    Meeting,
    Notice,
    Obligation,
    Policy,
    Record,
    Region,
    Responsibility,
    Stress,
)
from kg.ontology import concept, concepts
from kg.triples import quads, vocabulary_quads

SHARED = Path(__file__).resolve().parents[2] / "shared"

TEXT = """黑龙江省召开全省安全生产电视电话会议。会议强调，要狠抓尾矿库安全风险防范，开展隐患排查治理，
压实企业主体责任。湖南省部署煤矿、尾矿库安全生产工作，开展百日攻坚行动，严禁违章作业。
"""


def notice(text: str, stem: str) -> Notice:
    return Notice(
        id=stem,
        filename=f"{stem}.txt",
        path=f"{stem}.txt",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        encoding="utf-8",
        raw=text,
        text=text,
        alignment=Alignment.identity(len(text)),
    )


def small(
    text: str = TEXT, stem: str = "small", *, first: str = "黑龙江省", meeting: str | None = None
) -> Record:
    """Two regions, two sectors, one of everything else."""

    def at(words: str) -> tuple[Evidence, ...]:
        start = text.find(words)
        if start < 0:
            return (Evidence(start=0, end=4, quote=words),)
        return (Evidence(start=start, end=start + len(words), quote=words),)

    name = meeting or "全省安全生产电视电话会议"
    return Record(
        id=stem,
        title="各地部署安全生产工作",
        published="2020-04-13",
        notice=notice(text, stem),
        regions=(
            Region(name=first, evidence=at(first)),
            Region(name="湖南省", evidence=at("湖南省")),
        ),
        meetings=(Meeting(name=name, date="2020-04-10", region=first, evidence=at(name)),),
        stresses=(
            Stress(
                region=first,
                hazard="tailings-pond",
                degree=3,
                meeting=name,
                evidence=at("要狠抓尾矿库安全风险防范"),
            ),
            Stress(
                region="湖南省",
                hazard="tailings-pond",
                evidence=at("部署煤矿、尾矿库安全生产工作"),
            ),
            Stress(
                region="湖南省", hazard="coal-mine", evidence=at("部署煤矿、尾矿库安全生产工作")
            ),
        ),
        responsibilities=(
            Responsibility(
                region=first,
                type="enterprise-principal",
                meeting=name,
                evidence=at("压实企业主体责任"),
            ),
        ),
        measures=(
            Measure(
                region=first,
                measure="hazard-screening",
                meeting=name,
                evidence=at("开展隐患排查治理"),
            ),
        ),
        campaigns=(
            Campaign(region="湖南省", name="百日攻坚行动", evidence=at("开展百日攻坚行动")),
        ),
        policies=(Policy(name="安全生产法", evidence=at("安全生产")),),
        incidents=(Incident(name="某尾矿库泄漏事件", evidence=at("尾矿库")),),
        obligations=(
            Obligation(
                region="湖南省",
                modality="prohibition",
                action="作业",
                quote="严禁违章作业",
                hazards=("coal-mine",),
                evidence=at("严禁违章作业"),
                bearer="各煤矿",
                strength=3,
            ),
        ),
    )


def stored(*records: Record) -> ox.Store:
    """The records and the vocabulary in a store."""
    store = ox.Store()
    for data in (vocabulary_quads(), *map(quads, records)):
        store.extend(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    return store


def seed_record() -> Record:
    """The seed as annotated by two readers; its text is the restored one."""
    path = SHARED / "gold" / "seed.json"
    if not path.is_file():
        pytest.skip("needs ../shared/gold/seed.json")
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = (SHARED / "gold" / "seed.restored.txt").read_text(encoding="utf-8")

    def at(*words: str) -> tuple[Evidence, ...]:
        for word in words:
            here = text.find(word)
            if here >= 0:
                start = max(text.rfind(mark, 0, here) for mark in "。；\n,，") + 1
                ends = [
                    e for e in (text.find(mark, here + len(word)) for mark in "。；;\n") if e > 0
                ]
                end = min(min(ends, default=len(text)), here + 90)
                return (Evidence(start=start, end=end, quote=text[start:end]),)
        return (Evidence(start=0, end=20, quote=text[:20]),)

    def said(item: dict[str, Any], key: str) -> dict[str, Any]:
        found = concept(item[key])
        return {"region": item["region"], key: found.id, "evidence": at(found.zh, *found.alt)}

    return Record(
        id="seed",
        title=gold["title"],
        published=gold["published"],
        notice=notice(text, "seed"),
        regions=tuple(Region(name=n, evidence=at(n, n[:2])) for n in gold["regions"]),
        meetings=tuple(Meeting(**m, evidence=at(m["name"])) for m in gold["meetings"]),
        stresses=tuple(
            Stress(**said(s, "hazard"), degree=1 + len(s["hazard"]) % 3) for s in gold["stresses"]
        ),
        responsibilities=tuple(Responsibility(**said(r, "type")) for r in gold["responsibilities"]),
        measures=tuple(Measure(**said(m, "measure")) for m in gold["measures"]),
        campaigns=tuple(
            Campaign(**c, evidence=at(c["name"], c["name"][:6])) for c in gold["campaigns"]
        ),
        policies=tuple(Policy(name=n, evidence=at(n)) for n in gold["policies"]),
        incidents=tuple(Incident(name=n, evidence=at(n, n[:6])) for n in gold["incidents"]),
        obligations=tuple(
            Obligation(**{**o, "hazards": tuple(o["hazards"])}, evidence=at(o["quote"]))
            for o in gold["obligations"]
        ),
    )


def crowd(size: int = 5000) -> nx.MultiDiGraph:
    """A graph of ``size`` nodes: many regions, every concept, meetings, campaigns and notices."""
    rng = random.Random(size)
    graph = to_networkx(vocabulary_quads())
    things: dict[str, list[str]] = {}
    for item in concepts():
        graph.add_node(
            item.iri,
            iri=item.iri,
            kind=item.scheme,
            label_zh=item.zh,
            label_zh_hant=item.zh_hant,
            label_en=item.en,
            notation=item.id,
            category="",
            date="",
            order=len(graph),
        )
        things.setdefault(item.scheme, []).append(item.iri)
    left = size - len(graph)
    for kind, share in (("region", 40), ("campaign", 15), ("meeting", 25), ("notice", 20)):
        for number in range(left * share // 100):
            iri = f"https://kg-safety.example/id/{kind}/{kind}{number}"
            name = f"第{number}号{kind}"
            graph.add_node(
                iri,
                iri=iri,
                kind=kind,
                label_zh=name,
                label_zh_hant=name,
                label_en=name,
                notation="",
                category="",
                date="",
                order=0,
            )
            things.setdefault(kind, []).append(iri)
    relations = {
        "hazard": "stresses",
        "responsibility": "invokes",
        "measure": "orders",
        "campaign": "runs",
        "meeting": "held",
    }
    sentence = (
        "会议强调，要深刻汲取事故教训，狠抓安全风险防范，压实各方责任，坚决遏制重特大事故。" * 5
    )
    for number, region in enumerate(things["region"]):
        for kind, predicate in relations.items():
            for obj in rng.sample(things[kind], rng.choice([1, 2, 4])):
                graph.add_edge(
                    region,
                    obj,
                    key=predicate,
                    predicate=predicate,
                    degree=rng.randrange(4),
                    statements=(f"{region}-{obj}",),
                    quotes=tuple(Quote(f"{number}.txt", i, i + 60, sentence) for i in range(4)),
                )
    return graph
