"""Names of meetings -> meetings with date, region, level, organiser, venue and posts, each once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.cues import pattern
from kg.dates import DateMention, find_days, spoken_day
from kg.layers import Layers, Name, Segment, sentence_bounds
from kg.model import NATIONAL, Evidence, Level, Meeting
from kg.regions import RegionMention, within
from kg.relate.once import by_place, joined, only_one, same_name
from kg.relate.posts import find_posts
from kg.resolve import Speakers
from kg.subjects import skip_time

Proof = Callable[[int, int], Evidence]

_PREFIX = pattern("names", "meeting-owner")
_CONTINUED = pattern("names", "meeting-continued")
_AFTER_TOUR = pattern("names", "meeting-after-tour")
_AFTER_NATIONAL = pattern("names", "meeting-after-national")
_ORGAN = pattern("names", "meeting-organiser")
_EACH = pattern("names", "meeting-each")
_LATER = pattern("names", "meeting-later")
_ISSUE = pattern("names", "issue-year")
_YEAR = pattern("names", "title-year")
_ORDINAL = pattern("names", "ordinal-year")
_VENUE = pattern("names", "meeting-venue")
_OTHER_DAY = pattern("names", "meeting-other-day")
_FIRM_HOLDS = pattern("names", "meeting-of-firm")
_NAMELESS = pattern("names", "meeting-nameless")
_WHEREFORE = pattern("names", "meeting-wherefore")
_BODY = pattern("names", "meeting-body")
_WHEN = pattern("names", "meeting-when")
_IT_IS_HELD = pattern("names", "meeting-it")
_ENDED = pattern("names", "meeting-ended")
_OF_LEVEL = pattern("names", "meeting-of-level")
_DEMANDS = pattern("names", "meeting-demands")
_HELD_AGAIN = pattern("names", "meeting-held-again")
_HOLDS = re.compile(r"(?:召开|举行|开)了?$|开了[一两半]?[个场次天]?$")
_STATE = pattern("actors", "state")
_CENTRAL = pattern("names", "meeting-central")
#: Opens a block of a roundup within a line.
_BLOCK = re.compile("[●■◆★▲◎□▶►]")
_HAPPENED = re.compile(r"发生|事故")
#: What stands before a day that opens a clause, and what behind one that is none: of a dateline, of a limit.
_BEFORE_DAY = frozenset("）) 　在于讯电：:”")
_NOT_DAY = frozenset("讯电前起至之—-－")
#: What stands behind a day that is a limit.
_LIMIT = frozenset("前起之止")
#: So many clauses of the body tell the day of what its title tells.
OPENING = 6
#: Frames, the most telling first: where a name is best learned from.
_RANK = {"held": 0, "subject": 0, "at": 1, "title": 2, "after": 3, "cited": 3, "other": 4}
#: So far behind its name posts belong to a meeting, in characters.
_REACH = 600


@dataclass(slots=True)
class _Found:
    meeting: Meeting
    at: int
    frame: str
    headline: bool = False
    """The title tells that it is held."""


class _Finder:
    """The meetings of one notice."""

    def __init__(self, layers: Layers, speakers: Speakers, proof: Proof) -> None:
        self.layers = layers
        self.text = layers.text
        self.speakers = speakers
        self.proof = proof
        self.days = find_days(layers.text, layers.published, year=_issue_year(layers))
        self.day_starts = [d.start for d in self.days]
        self.starts = [s.start for s in layers.segments]
        self.acting = sorted((span[0], region) for region, span in speakers.acting)
        self.here = {NATIONAL, *(d.name for d in speakers.home)}
        self.told: list[int] = []
        """Where meetings are told of, not only cited."""
        self.reasons: set[int] = set()
        """Where meetings of a level above are told by who does not act there."""
        self.bounds = sentence_bounds(layers.segments)

    def run(self, names: Iterable[tuple[Name, str]]) -> list[tuple[Meeting, int, bool]]:
        found: list[_Found] = []
        for given, frame in names:
            name = self._below(given)
            segment = self.layers.segments[bisect_right(self.starts, name.start) - 1]
            titled = self.layers.lines[segment.line].kind == "title"
            low, high = self.bounds[segment.sentence]
            first = segment.start if frame == "cited" else low
            whole = first == low and frame not in {"cited", "after"}
            date = self._date(first, high if whole else name.end, name)
            if date is None:
                date = self._day_of_its_year(name, low, high)
            if date is None and frame in {"held", "subject"}:
                date = self._same_day(found, self.text[low : name.start], name.start)
            if date is None and frame in {"held", "subject", "at"} and not titled:
                date = self._day_of_the_scene(name, segment, low) or self._labelled_day()
                date = date or self._day_behind(high)
                toured = date is None and _AFTER_TOUR.match(self.text, low, name.start)
                date = self._opening_day() if toured else date
            if date is None and titled:
                date = spoken_day(self.text)  # 在某会议上的讲话（2022年5月6日）
            organ = _ORGAN.search(self.text, segment.start, name.start)
            venue = _VENUE.search(self.text, segment.start, segment.end)
            meeting = Meeting(
                name=name.name,
                date=date,
                region=self._region(name, segment, high) or self._follows(name, frame, high),
                evidence=(self.proof(name.start, name.end),),
                organiser=organ[1] if organ else None,
                venue=venue[1] if venue else None,
            )
            over = frame == "after" and _ENDED.match(self.text, name.end) is not None
            ended = over and meeting.region != NATIONAL  # 全省会议结束后，市里召开
            if ended or frame not in {"cited", "after", "other"}:
                self.told.append(name.start)
            held = titled and frame in {"held", "subject"}
            found.append(_Found(meeting, name.start, "title" if titled else frame, held))
            if _EACH.search(self.text, low, name.start):
                found += [
                    _Found(replace(meeting, region=other), name.start, frame)
                    for other in self._others(meeting, low, name.start)
                ]
        kept = self._merge(found)
        told = frozenset(self.told) - self.reasons
        return [(self._with_posts(m, at), at, at in told) for m, at in kept]

    # -- whose -----------------------------------------------------------------------------------------
    def _region(self, name: Name, segment: Segment, high: int) -> str | None:
        """Whose meeting it is: by its name, else of who has the word there."""
        if self.speakers.enterprise:
            state = _STATE.match(name.name) or name.name.startswith("全国")
            return NATIONAL if state else self._named(name)
        position = self._owner(name, segment, high)
        speaker = self.speakers.at(position)
        if _STATE.match(name.name) or _CENTRAL.match(name.name):
            return NATIONAL
        match = _PREFIX.match(name.name)
        if match is None:
            return self._named(name) or self._holder(name, segment, speaker)
        word = match[1] or match[2]
        if name.name.startswith("全国“") and _HOLDS.search(self.text, segment.start, name.start):
            return speaker  # 某市召开全国“安全生产月”活动筹备会
        own = self.speakers.of_level(word, speaker)
        if own is None:  # 自治区安委会…在南宁召开，广西壮族自治区主席…: named later in the sentence
            own = next(
                (
                    m.candidates[0].name
                    for m in self.speakers.mentions
                    if position < m.start < high and m.full and m.candidates[0].name.endswith(word)
                ),
                None,
            )
        return own

    def _follows(self, name: Name, frame: str, high: int) -> str | None:
        """中央企业视频会议7月3日召开，国务院国资委要求: of who acts next, else of whom its name names."""
        if self.speakers.enterprise or frame not in {"held", "subject", "at"}:
            return None
        index = bisect_right(self.speakers.starts, name.end)
        turns = self.speakers.turns[index : index + 1]
        if turns and turns[0].start < high and turns[0].acts:
            return turns[0].region
        inside = (m for m in self._mentions_in(name) if m.full and not m.part_of_name)
        told = next((m for m in inside if len(m.candidates) == 1), None)
        return told.candidates[0].name if told else None

    def _mentions_in(self, name: Name) -> Sequence[RegionMention]:
        mentions = self.speakers.mentions
        first = bisect_left(mentions, name.start, key=lambda m: m.start)
        return mentions[first : bisect_left(mentions, name.end, key=lambda m: m.start)]

    def _below(self, name: Name) -> Name:
        """重庆市綦江区安委会会议 is called 綦江区安委会会议, as its county writes it."""
        inside = self._mentions_in(name)
        if len(inside) < 2 or inside[0].start != name.start or inside[1].start != inside[0].end:
            return name
        if not name.name.startswith(inside[0].text) or not inside[1].full:
            return name
        return replace(name, start=inside[1].start, name=name.name[len(inside[0].text) :])

    def _others(self, meeting: Meeting, low: int, high: int) -> list[str]:
        """甲省、乙省分别召开全省会议: those beside the first who act in the sentence."""
        first = bisect_left(self.acting, (low, ""))
        last = bisect_left(self.acting, (high, ""))
        regions = dict.fromkeys(region for _, region in self.acting[first:last])
        known = meeting.region in regions
        return [r for r in regions if r != meeting.region] if known else []

    def _named(self, name: Name) -> str | None:
        """甲市安委会会议 is that city's, whoever reports it."""
        mentions = self.speakers.mentions
        at = max(name.start, self.text.find(name.name, name.start, name.end))  # 全省、某市…会议
        index = bisect_left(mentions, at, key=lambda m: m.start)
        last = None
        while index < len(mentions) and mentions[index].start == at:
            last, at, index = mentions[index], mentions[index].end, index + 1
        if last is None or last.weak or last.person or last.part_of_name:
            return None
        known = [d for d in last.candidates if d.name in self.speakers.divisions]
        if known:
            return known[0].name
        return last.candidates[0].name if len(last.candidates) == 1 else None

    def _holder(self, name: Name, segment: Segment, speaker: str | None) -> str | None:
        """Who is said to hold it in its own clause: 某市召开…, a firm; else who has the word."""
        before = self.text[segment.start : name.start]
        if any(segment.start <= at < name.start for at, _ in self.acting):
            return speaker
        level = _OF_LEVEL.search(before)
        if level and (own := self.speakers.of_level(level[1], speaker)):
            if own != speaker:  # 省安委会召开全体会议, in what a county issues: told as a reason
                self.reasons.add(name.start)
            return own
        firm = _FIRM_HOLDS.search(before) is not None
        other = None if firm else speaker
        mentions = self.speakers.mentions
        begin = skip_time(self.text, segment.start, segment.end)
        first = bisect_left(mentions, begin, key=lambda m: m.start)
        told = firm or _HOLDS.search(before) is not None
        if not told or first == len(mentions) or mentions[first].start != begin:
            return other
        while mentions[first + 1 : first + 2] and mentions[first + 1].start == mentions[first].end:
            first += 1  # 铜川市印台区召开…
        one = mentions[first]
        beside = not firm or self.text[one.end] in "与和同、"  # 某县与某公司召开
        sure = one.full and not one.person and not one.part_of_name and len(one.candidates) == 1
        if other is None and not firm and one.host:
            return self._host(name.start)
        return one.candidates[0].name if sure and beside else other

    def _host(self, position: int) -> str | None:
        """A zone's meeting is of the division that acts next: 经济技术开发区召开…，某区委常委主持."""
        return next((region for at, region in self.acting if at > position), None)

    def _owner(self, name: Name, segment: Segment, high: int) -> int:
        """Where to look for whose meeting it is: …会议上，烟台市要求 names the owner behind it."""
        if self.text[name.end : name.end + 1] in {"上", "中"} and segment.closer == "，":
            starts = self.speakers.starts
            index = bisect_right(starts, segment.end)
            if index < len(starts) and starts[index] < high and starts[index] <= segment.end + 2:
                return starts[index]
        return name.start

    # -- when ------------------------------------------------------------------------------------------
    def _date(self, low: int, high: int, name: Name) -> str | None:
        position = name.start
        inside = self.days[bisect_left(self.day_starts, low) : bisect_left(self.day_starts, high)]
        before = [d for d in inside if d.end <= position and not self._of_accident(d, position)]
        if before:
            return before[-1].iso
        if len(inside) != 1 or inside[0].start <= position:
            return None
        again = _HELD_AGAIN.match(self.text, inside[0].end, high)  # 又于4月3日召开: of another one
        demanded = _DEMANDS.search(self.text, name.end, inside[0].start)  # 要求8月20日前整改
        limit = self.text[inside[0].end : inside[0].end + 1] in _LIMIT
        return None if again or demanded or limit else inside[0].iso

    def _day_of_its_year(self, name: Name, low: int, high: int) -> str | None:
        """2月5日，县里召开2024年春运协调会, on a page without a date: the name tells the year."""
        year = _YEAR.search(name.name) if self.layers.published is None else None
        if year is None:
            return None
        days = find_days(self.text[low:high], None, year=int(year[1]))
        ahead = [d.iso for d in days if low + d.end <= name.start]
        return ahead[-1] if ahead else None

    def _of_accident(self, day: DateMention, position: int) -> bool:
        """4日，某厂发生爆炸后，市里召开会议; 按照4日通知要求，…: not the day of the meeting."""
        comma = self.text.find("，", day.end + 1, position)
        clause = self.text[day.end : comma] if comma >= 0 else ""
        if ("发生" in clause or "事故" in clause) and not _WHEREFORE.match(clause):
            return True
        start = self.starts[bisect_right(self.starts, day.start) - 1]
        return comma >= 0 and _OTHER_DAY.match(self.text, start, day.start + 1) is not None

    def _day_of_the_scene(self, name: Name, segment: Segment, low: int) -> str | None:
        """7月16日，县长检查企业。在随后召开的全县会议上…: the one day that the paragraph names before."""
        begin = self.layers.lines[segment.line].start
        first, last = bisect_left(self.day_starts, begin), bisect_left(self.day_starts, low)
        days = {d.iso for d in self.days[first:last]}
        if len(days) != 1:
            return None
        day = self.days[first]
        told = self.text[day.end : day.end + 1] not in _NOT_DAY
        clause = self.text.find("。", day.end, low)
        happened = _HAPPENED.search(self.text, day.end, clause if clause >= 0 else low)
        page = self.layers.published
        late = day.iso is not None and page is not None and day.iso > page
        other = _BLOCK.search(self.text, day.end, low)
        return day.iso if told and not (other or happened or late) else None

    def _day_behind(self, end: int) -> str | None:
        """某区召开推进会。11月1日，会议在区政府召开: the day that opens the next sentence, of the meeting."""
        index = bisect_left(self.day_starts, end)
        day = self.days[index] if index < len(self.days) else None
        if day is None or self.text[end : day.start].strip("。\n 　"):
            return None
        return day.iso if _IT_IS_HELD.match(self.text, day.end) else None

    def _labelled_day(self) -> str | None:
        """The day that minutes give under 会议时间."""
        for day in self.days:
            if _WHEN.search(self.text, max(0, day.start - 12), day.start):
                return day.iso
        return None

    def _same_day(self, found: Sequence[_Found], before: str, at: int) -> str | None:
        """全国会议结束后 … 接着召开: on the day of the meeting that it goes on from."""
        if _AFTER_NATIONAL.search(before):
            national = (f.meeting.date for f in found if f.meeting.region == NATIONAL)
            return next((d for d in national if d), None)
        if found and (_CONTINUED.search(before) or _LATER.match(before)):
            last = found[-1].meeting
            return None if self._apart(last.region, at) else last.date
        return self._opening_day() if not found and _LATER.match(before) else None

    def _apart(self, region: str | None, at: int) -> bool:
        """Whether a region lies apart from the one that has the word: of another block of a roundup."""
        known = self.speakers.divisions
        one, other = known.get(region or ""), known.get(self.speakers.at(at) or "")
        return not (one is None or other is None or within(one, other) or within(other, one))

    def _opening_day(self) -> str | None:
        """The day that opens a clause of the first sentences of the body: that of which it tells."""
        lines = self.layers.lines
        body = [s for s in self.layers.segments if lines[s.line].kind == "body"][:OPENING]
        for segment in body:
            if _OTHER_DAY.match(self.text, segment.start, segment.end):
                continue
            index = bisect_left(self.day_starts, segment.start)
            if index == len(self.days) or self.days[index].start >= segment.end:
                continue
            day = self.days[index]
            begins = day.start == segment.start or self.text[day.start - 1] in _BEFORE_DAY
            told = begins and self.text[day.end : day.end + 1] not in _NOT_DAY
            if told and not _HAPPENED.search(self.text, day.end, segment.end):
                return day.iso
        return None

    def _first_day(self, region: str | None) -> str | None:
        """The day on which a region first acts in the body."""
        for turn in self.speakers.turns:
            if turn.region != region or not turn.acts:
                continue
            index = bisect_right(self.starts, turn.start) - 1
            segment = self.layers.segments[max(0, index)]
            if self.layers.lines[segment.line].kind == "title":
                continue
            low, high = self.bounds[segment.sentence]
            inside = bisect_left(self.day_starts, low)
            if inside < len(self.days) and self.days[inside].start < high:
                return self.days[inside].iso
        return None

    # -- each once -------------------------------------------------------------------------------------
    def _merge(self, found: list[_Found]) -> list[tuple[Meeting, int]]:
        """Each meeting under its fullest name; a name in the title takes what the body says of it."""
        ordered = sorted(found, key=lambda f: (_RANK[f.frame], -len(f.meeting.name), f.at))
        kept: list[tuple[Meeting, int]] = []
        frames: list[str] = []
        headlines: set[int] = set()
        for one in ordered:
            meeting, position, titled = one.meeting, one.at, one.frame == "title"
            for index, (known, at) in enumerate(kept):
                if known.region != meeting.region and not (titled and meeting.region is None):
                    continue
                if meeting.date and known.date and meeting.date != known.date:
                    continue
                if one.headline and same_name(meeting.name, known.name):
                    headlines.add(index)
                if same_name(meeting.name, known.name) or (titled and by_place(meeting, known)):
                    kept[index] = (joined(known, meeting), at if titled else min(at, position))
                    break
                fuller = same_name(known.name, meeting.name)
                if titled:  # 全国…会议召开: the title alone says of what level
                    fuller = meeting.name.endswith(known.name)
                    owned = meeting.name.removesuffix(known.name)
                    fuller = fuller and bool(_PREFIX.match(meeting.name) or _BODY.search(owned))
                if fuller:
                    kept[index] = (joined(meeting, known), min(at, position))
                    break
            else:
                told = only_one(kept, frames, meeting) if titled else None
                if told is not None:
                    known, at = kept[told]
                    told_of = joined(known, meeting)
                    if _NAMELESS.match(known.name):  # the title alone names it
                        told_of = replace(told_of, name=meeting.name)
                    kept[told] = (told_of, at)
                    continue
                if titled:
                    day = meeting.date or self._first_day(meeting.region)
                    meeting = replace(meeting, date=day)
                if one.headline:
                    headlines.add(len(kept))
                kept.append((meeting, position))
                frames.append(one.frame)
        for index in headlines:
            meeting, position = kept[index]
            if meeting.date is None and (meeting.region or NATIONAL) in self.here:
                kept[index] = (replace(meeting, date=self._opening_day()), position)
        kept.sort(key=lambda item: item[1])
        return kept

    # -- who is there ----------------------------------------------------------------------------------
    def _with_posts(self, meeting: Meeting, at: int) -> Meeting:
        """The meeting with its level, and the posts that preside and speak until another one is told."""
        segment = self.layers.segments[bisect_right(self.starts, at) - 1]
        level = self._level(meeting.region)
        index = bisect_left(self.told, at)
        cited = index == len(self.told) or self.told[index] != at
        if cited or self.layers.lines[segment.line].kind == "title":
            return replace(meeting, level=level)
        start = self.bounds[segment.sentence][0]
        stop = min([start + _REACH, len(self.text), *self.told[index + 1 : index + 2]])
        turns = self.speakers.turns
        for index in range(bisect_right(self.speakers.starts, at), len(turns)):
            if turns[index].region != meeting.region:
                stop = min(stop, turns[index].start)
                break
        posts = find_posts(self.text, start, stop)
        return replace(meeting, level=level, presiding=posts.presiding, speaking=posts.speaking)

    def _level(self, region: str | None) -> Level | None:
        if region is None or region == NATIONAL:
            return "national" if region else None
        division = self.speakers.divisions.get(region)
        return division.level if division else None


def meetings(
    layers: Layers, speakers: Speakers, proof: Proof, names: Iterable[tuple[Name, str]]
) -> list[tuple[Meeting, int, bool]]:
    """The meetings that the notice names, each with where it was first reported, and whether it is told of.

    A meeting that is only cited (传达…精神, …结束后) is not told of.
    """
    return _Finder(layers, speakers, proof).run(names)


def _issue_year(layers: Layers) -> int | None:
    """The year of 2024年第6期 in the head of a page without a date."""
    for line in layers.lines:
        if line.kind in {"meta", "heading", "title"}:
            found = _ISSUE.search(layers.text, line.start, line.end)
            if found:
                return int(re.sub(r"\D", "", found[1]))
    if layers.title and layers.published is None:
        found = _YEAR.search(layers.text[slice(*layers.title)])
        if found:
            return int(found[1])
    if layers.published is None:
        named = {m[1] for m in _ORDINAL.finditer(layers.text)}
        return int(named.pop()) if len(named) == 1 else None
    return None
