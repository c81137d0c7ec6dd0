"""Records built by hand: what the graph side is tested with, whatever the extractor finds."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from hypothesis import strategies as st

from kg.model import (
    Alignment,
    Campaign,
    Edit,
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
from kg.ontology import concepts

RAW = (
    '黑龙江省召开"全省安全生产电视电话会议"。\r\n会议强调，狠抓尾矿库安全风险防范\\；\t'
    "要压实企业主体责任，<b>开展隐患排查治理</b>😀，各级党委、政府要完善应急预案。\x00\x01 > # {}"
)

#: What a hostile or damaged notice may hold.
NASTY = (
    'say "no"',
    "line\nend\r\n",
    "back\\slash",
    "\x00\x07\x1b[31m",
    "尾矿库",
    "😀𠮷",
    "a > b",
    "<script>alert(1)</script>",
    "'; DROP GRAPH <x>",
    "{}|^`%20",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\u2028\u202e\ufeff\ufffe",
    "_:b0 <urn:x> .",
    '"@zh-hans',
    "]]>",
)


def notice(name: str = "a01", raw: str = RAW) -> Notice:
    data = raw.encode("utf-8", "surrogatepass")
    return Notice(
        id=name,
        filename=f"{name}.txt",
        path=f"/home/li/{name}.txt",
        sha256=sha256(data).hexdigest(),
        encoding="utf-8",
        raw=raw,
        text=raw,
        alignment=Alignment.identity(len(raw)),
    )


def place(quote: str, raw: str = RAW) -> tuple[Evidence, ...]:
    start = raw.index(quote)
    return (Evidence(start=start, end=start + len(quote), quote=quote),)


def record(name: str = "a01") -> Record:
    """One of everything."""
    meeting = "全省安全生产电视电话会议"
    region = "黑龙江省"
    return Record(
        id=name,
        title="黑龙江省部署安全生产工作",
        published="2020-04-13",
        notice=notice(name),
        regions=(Region(name=region, evidence=place(region)),),
        meetings=(
            Meeting(
                name=meeting,
                date="2020-04-10",
                region=region,
                evidence=place(meeting),
                organiser="省政府",
                venue="哈尔滨",
            ),
            Meeting(name="安委会全体会议", date=None, region=None, evidence=place("会议")),
        ),
        stresses=(
            Stress(
                region=region,
                hazard="tailings-pond",
                evidence=place("狠抓尾矿库安全风险防范"),
                degree=3,
                meeting=meeting,
            ),
            Stress(region=None, hazard="fire-safety", evidence=place("安全")),
        ),
        responsibilities=(
            Responsibility(
                region=region, type="enterprise-principal", evidence=place("压实企业主体责任")
            ),
        ),
        measures=(
            Measure(region=region, measure="hazard-screening", evidence=place("隐患排查治理")),
        ),
        campaigns=(
            Campaign(region=region, name="安全生产专项整治三年行动", evidence=place("安全生产")),
        ),
        policies=(
            Policy(name="安全生产法", evidence=place("安全生产"), number="主席令第88号"),
            Policy(name="关于推进城市安全发展的意见", evidence=place("安全")),
        ),
        incidents=(Incident(name="伊春鹿鸣矿业尾矿库泄漏突发环境事件", evidence=place("尾矿库")),),
        obligations=(
            Obligation(
                region=region,
                modality="obligation",
                action="完善",
                quote="各级党委、政府要完善应急预案",
                hazards=("tailings-pond",),
                evidence=place("完善应急预案"),
                bearer="各级党委、政府",
                bearer_inherited=False,
                cue="要",
                object="应急预案",
                condition="在汛期",
                deadline="2021-01-04/2021-03-31",
                deadline_text="一季度",
                strength=2,
                responsibilities=("leadership",),
                kind="achievement",
            ),
            Obligation(
                region=None,
                modality="prohibition",
                action="瞒报",
                quote="严禁瞒报",
                hazards=(),
                evidence=place("要"),
                strength=3,
            ),
        ),
        suspects=(
            Edit(start=0, end=3, before="尾�库", after="尾矿库", kind="bytes", evidence="词频"),
        ),
    )


def spoilt(word: str) -> Record:
    """The same with a nasty word wherever a notice's own characters come in."""
    full = record()
    raw = word + RAW
    evidence = (Evidence(start=0, end=len(word), quote=word),)
    return replace(
        full,
        id=word,
        title=word,
        notice=notice(word, raw),
        meetings=(replace(full.meetings[0], name=word, organiser=word, venue=word, date=None),),
        regions=(Region(name=word, evidence=evidence),),
        stresses=(replace(full.stresses[0], region=word, meeting=word, evidence=evidence),),
        campaigns=(Campaign(region=word, name=word, evidence=evidence),),
        policies=(Policy(name=word, number=word, evidence=evidence),),
        incidents=(Incident(name=word, evidence=evidence),),
        obligations=(
            replace(
                full.obligations[0],
                region=word,
                action=word,
                quote=word,
                bearer=word,
                cue=word,
                object=word,
                condition=word,
                deadline_text=word,
                evidence=evidence,
            ),
        ),
        suspects=(Edit(start=0, end=1, before=word, after=word, kind="space", evidence=word),),
    )


words = st.one_of(
    st.sampled_from(NASTY),
    st.text(min_size=1, max_size=80),
    st.text("安全生产会议（）“”", min_size=1),
)
hazards = st.sampled_from([c.id for c in concepts() if c.scheme == "hazard"])
regions = st.one_of(
    st.none(), st.sampled_from(["全国", "长春市", "和平区", "新疆生产建设兵团"]), words
)


@st.composite
def evidence(draw: st.DrawFn) -> tuple[Evidence, ...]:
    start = draw(st.integers(0, len(RAW) - 1))
    end = draw(st.integers(start + 1, len(RAW)))
    return (Evidence(start=start, end=end, quote=draw(words)),)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record the model admits, hostile strings and all."""
    stresses = st.builds(
        Stress, region=regions, hazard=hazards, evidence=evidence(), degree=st.integers(1, 3)
    )
    meetings = st.builds(
        Meeting,
        name=words,
        date=st.one_of(st.none(), st.dates().map(str), words),
        region=regions,
        evidence=evidence(),
        organiser=st.one_of(st.none(), words),
    )
    obligations = st.builds(
        Obligation,
        region=regions,
        modality=st.sampled_from(["obligation", "prohibition", "permission", "recommendation"]),
        action=words,
        quote=words,
        hazards=st.lists(hazards, max_size=2).map(tuple),
        evidence=evidence(),
        bearer=st.one_of(st.none(), words),
        deadline=st.one_of(st.none(), st.dates().map(str)),
    )
    name = draw(words)
    return Record(
        id=name,
        title=draw(st.one_of(st.none(), words)),
        published=draw(st.one_of(st.none(), st.dates().map(str))),
        notice=draw(st.one_of(st.none(), st.just(notice(name)))),
        meetings=draw(st.lists(meetings, max_size=2).map(tuple)),
        stresses=draw(st.lists(stresses, max_size=3).map(tuple)),
        obligations=draw(st.lists(obligations, max_size=2).map(tuple)),
    )
