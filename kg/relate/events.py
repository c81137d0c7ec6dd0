"""Names -> campaigns with region, policies, and incidents with place, day and toll, each once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from kg.cues import pattern
from kg.dates import DateMention, find_days
from kg.layers import Layers, Name, sentence_bounds
from kg.model import Campaign, Evidence, Incident, Policy
from kg.names import canonical, find_campaigns, find_policies, titled_campaign
from kg.resolve import Speakers

Proof = Callable[[int, int], Evidence]

_TOLL = pattern("names", "toll")
_DAY = pattern("names", "incident-month-day")
_PLAN = pattern("names", "campaign-plan")
_APART = pattern("names", "campaign-apart")
_NICKNAME = re.compile("“[^“”]{2,}”")
_LEVELS = frozenset("省市县区州盟旗")
_READ = {"body", "heading", "title", "attachment"}


def campaigns(layers: Layers, speakers: Speakers, proof: Proof) -> list[Campaign]:
    """Campaigns of each region; one named only in the title gives way to its name in the body."""
    text = layers.text
    starts = [s.start for s in layers.segments]
    body: list[Name] = []
    heads: list[Name] = []
    title = layers.title
    whole = titled_campaign(text, *title) if title else None
    for name in find_campaigns(text, layers.segments):
        segment = layers.segments[bisect_right(starts, name.start) - 1]
        if whole is not None and segment.numbered and segment.end == name.end:
            continue  # （三）开展工程治理行动: a part of the campaign that the plan is called after
        target = heads if layers.lines[segment.line].kind == "title" else body
        if _anothers(name, speakers, text):
            continue
        target.append(_without_place(name, speakers, text))
    if whole is not None:
        whole = _without_place(whole, speakers, text)
        heads = [n for n in heads if n.end <= whole.start or n.start >= whole.end]
        heads.append(whole)
    for name in heads:
        if not any(
            (name is not whole and name.name[-4:] == other.name[-4:])
            or _subsequence(name.name, other.name)
            for other in body
        ):
            body.append(name)
    named = [*body, *([whole] if whole else []), *(n for n in heads if n not in body)]
    out: dict[tuple[str | None, str], list[Evidence]] = {}
    for name in body:
        longer = max(
            (o.name for o in named if _shortens(name, o, text)), key=len, default=name.name
        )
        region = None if speakers.enterprise else _whose(name, speakers)
        if region is None and speakers.turns:
            continue  # a company's man speaks of it
        out.setdefault((region, longer), []).append(proof(name.start, name.end))
    return [
        Campaign(
            region=region,
            name=name,
            evidence=tuple(dict.fromkeys(proofs)),
            canonical=canonical(name, layers.published),
        )
        for (region, name), proofs in out.items()
    ]


def _whose(name: Name, speakers: Speakers) -> str | None:
    """Whose report names it; before anybody has the word, the one that ever has it.

    “蓝盾”整治在某市落下帷幕: the name comes before the division.
    """
    turn = speakers.turn_at(name.start)
    ever = {t.region for t in speakers.turns} if turn is None else {turn.region}
    return ever.pop() if len(ever) == 1 else None


def _anothers(name: Name, speakers: Speakers, text: str) -> bool:
    """根据《安徽省…行动方案》 in a city's notice: the plan of another division."""
    if text[name.start - 1 : name.start] != "《" or _PLAN.match(text, name.end) is None:
        return False
    who = speakers.at(name.start)
    owners = [m.candidates for m in speakers.mentions if m.start == name.start]
    return any(who not in {c.name for c in found} for found in owners if found)


def _without_place(name: Name, speakers: Speakers, text: str) -> Name:
    """Leave out the division that a name begins with, and the year behind it."""
    start = name.start
    clean = name.name
    for mention in speakers.mentions:
        whole = mention.full or (not mention.weak and mention.text[-1] in _LEVELS)  # 楚雄州
        if mention.start == start and whole:
            clean = clean.removeprefix(text[mention.start : mention.end])
            start = mention.end
    if start != name.start:
        clean = re.sub(r"^(?:19|20)\d\d年度?", "", clean)
    return Name(name.start, name.end, "campaign", clean)


def policies(layers: Layers, proof: Proof) -> list[Policy]:
    """Documents cited by title, each once."""
    out: dict[str, Policy] = {}
    for line in layers.lines:
        if line.kind not in _READ:
            continue
        for cited in find_policies(layers.text, line.start, line.end):
            known = out.get(cited.name.name)
            place = proof(cited.name.start, cited.name.end)
            out[cited.name.name] = Policy(
                name=cited.name.name,
                evidence=(*known.evidence, place) if known else (place,),
                number=(known and known.number) or cited.number,
                issuer=(known and known.issuer) or cited.issuer,
            )
    return list(out.values())


def incidents(
    layers: Layers, speakers: Speakers, proof: Proof, found: Sequence[Name]
) -> list[Incident]:
    """Particular accidents, each once under its fullest name."""
    bounds = sentence_bounds(layers.segments)
    starts = [s.start for s in layers.segments]
    days = find_days(layers.text, None) if found else []
    out: dict[str, Incident] = {}
    for name in sorted(found, key=lambda n: (-len(n.name), n.start)):
        label = next((k for k in out if _subsequence(name.name, k)), name.name)
        sentence = layers.segments[bisect_right(starts, name.start) - 1].sentence
        low, high = bounds[sentence]
        told = _told_of(name, layers.text, speakers, days, low, high)
        known = out.get(label)
        evidence = proof(name.start, name.end)
        if known is None:
            out[label] = Incident(name=label, evidence=(evidence,), **told)  # type: ignore[arg-type]
        else:
            out[label] = Incident(
                name=label,
                evidence=tuple(sorted({*known.evidence, evidence}, key=lambda e: (e.start, e.end))),
                place=known.place or told["place"],  # type: ignore[arg-type]
                date=known.date or told["date"],  # type: ignore[arg-type]
                dead=_first(known.dead, told["dead"]),
                missing=_first(known.missing, told["missing"]),
                hurt=_first(known.hurt, told["hurt"]),
            )
    return sorted(out.values(), key=lambda i: i.evidence[0].start)


def _first(known: int | None, other: str | int | None) -> int | None:
    return known if known is not None else (other if isinstance(other, int) else None)


def _told_of(
    name: Name, text: str, speakers: Speakers, days: list[DateMention], low: int, high: int
) -> dict[str, str | int | None]:
    """What the sentence tells of an accident: where, which day, how many people it cost."""
    toll: dict[str, int] = {}
    for match in _TOLL.finditer(text, name.end, high):
        for kind in ("dead", "missing", "hurt"):
            number = match[kind] or match[kind + "2"]
            if number and kind not in toll:
                toll[kind] = int(number)
    return {
        "place": _place(name, speakers),
        "date": _day(name, text, days, low),
        "dead": toll.get("dead"),
        "missing": toll.get("missing"),
        "hurt": toll.get("hurt"),
    }


def _place(name: Name, speakers: Speakers) -> str | None:
    """The lowest division in the name itself."""
    mentions = speakers.mentions
    index = bisect_left(mentions, name.start, key=lambda m: m.start)
    place = None
    above = None
    while index < len(mentions) and mentions[index].start < name.end:
        mention = mentions[index]
        index += 1
        if mention.person or len(mention.candidates) != 1:
            continue
        if above is not None and mention.start != above:
            break
        place, above = mention.candidates[0].name, mention.end
    return place


def _day(name: Name, text: str, days: list[DateMention], low: int) -> str | None:
    """The day of “3·21”, where the sentence gives the year with it: 2019年3月21日 or 2019年…“3·21”."""
    tag = _DAY.search(name.name)
    if tag is None:
        before = [d for d in days if low <= d.start and d.end == name.start]
        return before[-1].iso if before else None
    month, day = int(tag[2]), int(tag[3])
    if tag[1]:
        return _iso(int(tag[1]), month, day)
    for one in days:
        if low <= one.start < name.end and one.iso and one.iso[5:] == f"{month:02d}-{day:02d}":
            return one.iso
    year = pattern("names", "year-before").search(text, max(low, name.start - 12), name.start)
    return _iso(int(year[1]), month, day) if year else None


def _iso(year: int, month: int, day: int) -> str | None:
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _shortens(short: Name, long: Name, text: str) -> bool:
    """百日攻坚 is the 夏季安全生产百日攻坚行动 of the same notice, “春夏攻势”行动 its “春夏攻势”排查整治行动."""
    if short.name == long.name:
        return False
    if short.name in long.name:
        return _APART.search(long.name.partition(short.name)[0]) is None
    called = _NICKNAME.search(text, short.start, short.end)
    same = called is not None and called[0] in text[long.start : long.end]
    return same and _subsequence(short.name, long.name)


def _subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)
