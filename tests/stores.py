"""A small world of notices, counted by hand, for the tests of store, queries and command line."""

from __future__ import annotations

from pathlib import Path

from kg.model import (
    Campaign,
    Evidence,
    Incident,
    Measure,
    Meeting,
    Obligation,
    Policy,
    Record,
    Region,
    Responsibility,
    Stress,
)
from kg.store import Store
from kg.triples import notice_iri, quads
from kg.vocabulary import vocabulary_quads
from tests.records import notice

#: What each region stresses, by notice. 乙 repeats what 甲 has of 黑龙江省, and adds to it.
STRESSED = {
    "a": {"黑龙江省": ("tailings-pond", "coal-mine", "construction"), "湖南省": ("fireworks",)},
    "b": {"黑龙江省": ("tailings-pond", "fire-safety"), "长春市": ("coal-mine", "construction")},
    "c": {"江西省": ("flood", "flash-flood")},
}
NATIONAL = "全国安全生产电视电话会议"


def world() -> dict[str, Record]:
    """Four notices: a and b overlap, c stands alone, d says nothing."""
    return {
        **{name: _record(name, said) for name, said in STRESSED.items()},
        "d": Record(id="d", title=None, published=None, notice=notice("d", "天气很好。")),
    }


def _record(name: str, said: dict[str, tuple[str, ...]]) -> Record:
    sentence = {r: f"{r}要求，要狠抓{'、'.join(h)}安全。" for r, h in said.items()}
    raw = f"4月10日，{NATIONAL}召开。" + "".join(sentence.values())

    def at(text: str) -> tuple[Evidence, ...]:
        start = raw.index(text)
        return (Evidence(start=start, end=start + len(text), quote=text),)

    def held(region: str, date: str | None, what: str) -> Meeting:
        return Meeting(name=what, date=date, region=region, evidence=at(NATIONAL))

    first = next(iter(said))
    return Record(
        id=name,
        title=f"通知{name}",
        published="2020-04-13",
        notice=notice(name, raw),
        regions=tuple(Region(name=r, evidence=at(r)) for r in said),
        meetings=(
            Meeting(
                name=NATIONAL,
                date="2020-04-10",
                region="全国",
                organiser="国务院安委会",
                evidence=at(NATIONAL),
            ),
            held(first, "2020-04-11", f"{first[:-1]}会议"),
        ),
        stresses=tuple(
            Stress(region=r, hazard=h, evidence=at(sentence[r]), degree=3 if i == 0 else 1)
            for r, hazards in said.items()
            for i, h in enumerate(hazards)
        ),
        responsibilities=(
            Responsibility(region=first, type="three-musts", evidence=at(sentence[first])),
        ),
        measures=(Measure(region=first, measure="hazard-screening", evidence=at(sentence[first])),),
        campaigns=(Campaign(region=first, name="三年行动", evidence=at(first)),),
        policies=(Policy(name="安全生产法", evidence=at("安全")),),
        incidents=(Incident(name="鹿鸣矿业泄漏事件", evidence=at(first)),),
        obligations=(
            Obligation(
                region=first,
                modality="obligation",
                action="狠抓",
                quote=sentence[first],
                hazards=said[first],
                evidence=at(sentence[first]),
                bearer="各企业",
                deadline=f"2020-0{'abc'.index(name) + 5}-30",
            ),
            Obligation(
                region=None,
                modality="prohibition",
                action="瞒报",
                quote="严禁瞒报",
                hazards=(),
                evidence=at("要"),
            ),
        ),
    )


def iri(record: Record, base: str | None = None) -> str:
    assert record.notice is not None
    return notice_iri(record.notice, base=base) if base else notice_iri(record.notice)


def fill(store: Store) -> Store:
    for record in world().values():
        store.replace(iri(record, store.base), quads(record, base=store.base))
    return store


def memory() -> Store:
    return fill(Store.memory(vocabulary=vocabulary_quads()))


def on_disk(path: Path) -> Path:
    with Store.create(path, vocabulary=vocabulary_quads()) as store:
        fill(store)
    return path


def damaged() -> Store:
    """The world, with a place of a notice that is suspected of damage."""
    filled = memory()
    record = world()["d"]
    text = quads(record).decode()
    node = f"<{iri(record)}>"
    suspect, span = f"{node[:-1]}-x>", f"{node[:-1]}-x_p>"
    oa, kg = "http://www.w3.org/ns/oa#", "https://kg-safety.example/ns#"
    for line in (
        f"{node} <{kg}damage> {suspect}",
        f'{suspect} <{kg}kind> "bytes"',
        f'{suspect} <{kg}before> "��"',
        f"{suspect} <{oa}hasSelector> {span}",
        f'{span} <{oa}start> "1"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f'{span} <{oa}end> "2"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ):
        text += f"{line} {node} .\n"
    filled.replace(iri(record), text.encode())
    return filled
