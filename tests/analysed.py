"""Graphs for the analyses: out of gold itself, so that figures counted by hand hold, and at random."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import strategies as st

import kg
from kg.data import DATA
from kg.model import (
    Campaign,
    Evidence,
    Measure,
    Meeting,
    Obligation,
    Record,
    Region,
    Responsibility,
    Stress,
)
from kg.ontology import concepts
from kg.store import Store
from kg.triples import notice_iri, quads
from kg.vocabulary import vocabulary_quads
from tests.records import notice

ROOT = Path(__file__).resolve().parent
SEED = ROOT / "gold" / "000_c8ec3da968c620af.json"
#: Annotated notices that lie beside a checkout, and may be missing.
SHARED = DATA.parent / "shared" / "gold"


def shared(name: str) -> Path:
    """A gold notice outside the repository; skips the test where there is none."""
    path = SHARED / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"needs the annotated notice {name}, which lies outside the repository")
    return path


def from_gold(path: Path) -> Record:
    """What gold says, as if the extractor had found exactly that."""
    data = json.loads(path.read_text(encoding="utf-8"))
    raw = path.with_suffix(".txt").read_text(encoding="utf-8", errors="replace")
    somewhere = (Evidence(start=0, end=8, quote=raw[:8]),)

    def at(quote: str) -> tuple[Evidence, ...]:
        start = raw.find(quote)
        if start < 0:
            return somewhere
        return (Evidence(start=start, end=start + len(quote), quote=quote),)

    return Record(
        id=path.stem,
        title=data["title"],
        published=data["published"],
        notice=notice(path.stem, raw),
        regions=tuple(Region(name=name, evidence=somewhere) for name in data["regions"]),
        meetings=tuple(
            Meeting(name=m["name"], date=m["date"], region=m["region"], evidence=somewhere)
            for m in data["meetings"]
        ),
        stresses=tuple(
            Stress(region=s["region"], hazard=s["hazard"], evidence=somewhere)
            for s in data["stresses"]
        ),
        responsibilities=tuple(
            Responsibility(region=r["region"], type=r["type"], evidence=somewhere)
            for r in data["responsibilities"]
        ),
        measures=tuple(
            Measure(region=m["region"], measure=m["measure"], evidence=somewhere)
            for m in data["measures"]
        ),
        campaigns=tuple(
            Campaign(region=c["region"], name=c["name"], evidence=somewhere)
            for c in data["campaigns"]
        ),
        obligations=tuple(
            Obligation(
                region=o["region"],
                modality=o["modality"],
                action=o["action"],
                quote=o["quote"],
                hazards=tuple(o["hazards"]),
                evidence=at(o["quote"]),
            )
            for o in data.get("obligations", ())
        ),
    )


def graph(records: Iterable[Record]) -> kg.Graph:
    """A graph in memory of these records."""
    store = Store.memory(vocabulary=vocabulary_quads())
    for record in records:
        assert record.notice is not None
        store.replace(notice_iri(record.notice, base=store.base), quads(record, base=store.base))
    return kg.Graph(store)


def seed() -> kg.Graph:
    return graph([from_gold(SEED)])


# --- at random ------------------------------------------------------------------------------------

REGIONS = ("全国", "湖南省", "长沙市", "江西省", "新疆生产建设兵团", "不知何处")
IDS = {
    scheme: [c.id for c in concepts() if c.scheme == scheme]
    for scheme in ("hazard", "responsibility", "measure")
}
#: Few enough that regions often agree, with narrower and broader ones among them.
HAZARDS = [
    *("mining", "coal-mine", "non-coal-mine", "tailings-pond", "quarry"),
    *("transport", "road-traffic", "flood", "natural-disaster", "fireworks"),
]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Record, ...]:
    """A few notices in which regions say things, some twice, some in several notices."""
    regions = st.sampled_from(REGIONS)

    def some(strategy: st.SearchStrategy) -> tuple:
        return tuple(draw(st.lists(strategy, max_size=8)))

    out = []
    for number in range(draw(st.integers(1, 3))):
        raw = f"第{number}份通知。要狠抓安全生产。各地区要压实责任，开展隐患排查。" * 3
        place = (Evidence(start=number, end=number + 5, quote=raw[number : number + 5]),)
        stresses = some(
            st.builds(
                Stress,
                region=st.one_of(st.none(), regions),
                hazard=st.sampled_from(HAZARDS),
                degree=st.integers(1, 3),
                evidence=st.just(place),
            )
        )
        responsibilities = some(
            st.builds(
                Responsibility,
                region=regions,
                type=st.sampled_from(IDS["responsibility"][:6]),
                evidence=st.just(place),
            )
        )
        measures = some(
            st.builds(
                Measure,
                region=regions,
                measure=st.sampled_from(IDS["measure"][:6]),
                evidence=st.just(place),
            )
        )
        campaigns = some(
            st.builds(
                Campaign,
                region=regions,
                name=st.sampled_from(["百日行动", "三年行动"]),
                evidence=st.just(place),
            )
        )
        said = (*stresses, *responsibilities, *measures, *campaigns)
        speaking = {s.region for s in said if s.region} | set(some(regions))
        out.append(
            Record(
                id=f"n{number}",
                title=f"通知{number}",
                published=f"2021-0{number + 1}-10",
                notice=notice(f"n{number}", raw),
                regions=tuple(Region(name=r, evidence=place) for r in sorted(speaking)),
                stresses=stresses,
                responsibilities=responsibilities,
                measures=measures,
                campaigns=campaigns,
            )
        )
    return tuple(out)
