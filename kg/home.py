"""Where a page comes from: the divisions that its title, source, dateline and signature name.

The lowest of them has the word until somebody takes it, and is what 我县, 全市 and 区委 mean.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from kg import regions
from kg.cues import pattern
from kg.layers import Layers, Line
from kg.regions import Division, RegionMention
from kg.subjects import does, skip_time

Resolve = Callable[[RegionMention], Division | None]
_DATELINE = pattern("actors", "dateline")
_ENTERPRISE_ADDRESSEE = pattern("actors", "enterprise-addressee")
_ENTERPRISE_SUBJECT = pattern("actors", "enterprise-subject")
_ENTERPRISE_SIGNATURE = pattern("actors", "enterprise-signature")
_LETTER = pattern("actors", "letter")
_ENTERPRISE_SOURCE = pattern("actors", "enterprise-source")
_ENTERPRISE_TITLE = pattern("actors", "enterprise-title")
_FIRST_PARTY = pattern("actors", "first-party")
_FIRST_PERSON = pattern("actors", "first-person")
_LOCAL_SOURCE = pattern("actors", "local-source")
_MEDIUM = pattern("actors", "medium")
_NO_SOURCE = pattern("actors", "no-source")
_NUMBER_OF_PROVINCE = pattern("actors", "number-of-province")
_ORGAN = pattern("actors", "organ")
_ORGAN_ACTS = pattern("actors", "organ-acts")
_PARTS = pattern("actors", "parts-of")
_SIGNATURE = pattern("actors", "signature")
_SITE = pattern("actors", "site")
_SOURCE = pattern("actors", "source")
_TAIL = pattern("actors", "source-behind")
_TITLE_ELSEWHERE = pattern("actors", "title-elsewhere")
_TITLE_OF_ACCIDENT = pattern("actors", "title-of-accident")
_TITLE_OPENS = pattern("actors", "title-opens")
#: How far the head of the body reaches in which a dateline may stand, in characters.
DATELINE = 40
#: So long is the name of a source behind the last sentence, in characters.
TAIL = 32
#: So many of the first divisions named in the body are hints of what 全省 means.
HINTS = 60
#: So far from the title the page may say 我市 of its own division.
FIRST = 400
#: What the accounts of a division put before its name.
_ACCOUNTS = ("今日", "掌上")
_KEPT = {"province", "prefecture", "county", "bingtuan"}


def by_enterprise(layers: Layers, *, document: bool) -> bool:
    """Whether a company, a school or a hospital issued the page: no region speaks in it."""
    text, lines, title = layers.text, layers.lines, layers.title
    if title and _ENTERPRISE_TITLE.search(text[slice(*title)]):
        return True
    if any(
        ln.kind == "addressee" and _ENTERPRISE_ADDRESSEE.search(text[ln.start : ln.end])
        for ln in lines
    ):
        return True
    head = next((ln.start for ln in lines if ln.kind == "body"), 0)
    if any(ln.start < head and _ENTERPRISE_SOURCE.match(text[ln.start : ln.end]) for ln in lines):
        return True
    if title and _LETTER.search(text[slice(*title)]):
        return any(
            ln.kind in {"heading", "signature"}
            and _ENTERPRISE_SIGNATURE.search(text[ln.start : ln.end])
            for ln in lines
        )
    if not document:
        first = next((s for s in layers.segments if lines[s.line].kind == "body"), None)
        if first is None:
            return False
        begin = skip_time(text, first.start, first.end)
        inside = [s for s in layers.segments[:8] if s.sentence == first.sentence]
        return any(
            _ENTERPRISE_SUBJECT.match(text, begin if s is first else s.start, s.end) for s in inside
        )
    last = [ln for ln in lines if ln.kind in {"heading", "signature"}][-2:]
    body = max((ln.start for ln in lines if ln.kind == "body"), default=0)
    return any(
        ln.start > body and _ENTERPRISE_SIGNATURE.search(text[ln.start : ln.end]) for ln in last
    )


class Home:
    """Collects the evidence, best first: title, signature, dateline, page data."""

    def __init__(
        self, layers: Layers, mentions: Sequence[RegionMention], *, document: bool
    ) -> None:
        self.layers = layers
        self.text = layers.text
        self.mentions = mentions
        self.starts = [m.start for m in mentions]
        self.document = document
        self.home: list[Division] = []
        self.posted: list[RegionMention] = []
        """Where a correspondent's report comes from: a hint only."""

    def find(self, resolve: Resolve) -> list[Division]:
        """The page's divisions, the best told first; ``resolve`` tells namesakes apart."""
        found: list[tuple[int, RegionMention]] = []
        for line in self.layers.lines:
            if line.kind == "title":
                found += [(0, m) for m in self.inside(line.start, line.end) if self._of_title(m)]
            elif (
                line.kind == "signature"
                or self._signed(line)
                or _FIRST_PARTY.match(self.text, line.start, line.end)
            ):
                found += [(1, m) for m in self.inside(line.start, line.end)]
            elif line.kind == "meta" or _quoted_from(self.text, line):
                found += [(3, m) for m in self._of_data(line)]
        first = next((ln for ln in self.layers.lines if ln.kind == "body"), None)
        if first is not None:
            dateline = _DATELINE.match(
                self.text, first.start, min(first.end, first.start + DATELINE)
            )
            if dateline:
                named = self.inside(*dateline.span())
                if dateline[1][:2] in {"本报", "本网", "本站", "本台"}:
                    self.posted = [m for m in named if not m.person]
                else:
                    found += [(2, m) for m in named]
            last = next(ln for ln in reversed(self.layers.lines) if ln.kind == "body")
            found += [(3, m) for m in self._of_tail(last)]
        found.sort(key=lambda item: (item[0], item[1].start))
        for _, mention in found:
            if mention.person:
                continue
            own = resolve(mention)
            further = self.at(mention.end)
            inside = resolve(further) if further is not None else None
            if inside is not None and (own is None or regions.within(inside, own)):
                continue  # 铜川市印台区: the last of a path, with those above it
            self.add(own)
        if not self.home and self.document:
            self._number()
        self._first_person()
        return self.home

    def _first_person(self) -> None:
        """省督查组督查我市: the page is the city's, though its title begins with the province."""
        if len(self.home) < 2:
            return
        start = self.layers.title[0] if self.layers.title else 0
        first = _FIRST_PERSON.search(self.text, start, start + FIRST)
        if first is None:
            return
        own = next((d for d in self.home if d.name.endswith(first[1])), None)
        if own is not None and regions.within(own, self.home[0]):
            self.home.remove(own)
            self.home.insert(0, own)

    def tells_of_parts(self, division: Division) -> bool:
        """Whether the title is about the parts of a division, not the whole: 兵团各师市打出“组合拳”."""
        first = next((m for m in self.mentions if division in m.candidates), None)
        title = self.layers.title
        return (
            first is not None
            and title is not None
            and first.end < title[1]
            and _PARTS.match(self.text, first.end, title[1]) is not None
        )

    def add(self, division: Division | None) -> None:
        """Add a division and those above it, unless the page belongs elsewhere."""
        if division is None:
            return
        related = (
            regions.within(known, division) or regions.within(division, known)
            for known in self.home
        )
        if self.home and not any(related):
            return
        for one in (division, *regions.ancestors(division)):
            if one not in self.home and one.level in _KEPT:
                self.home.append(one)

    def at(self, position: int) -> RegionMention | None:
        """The mention that begins at a place."""
        index = bisect_left(self.starts, position)
        if index < len(self.starts) and self.starts[index] == position:
            return self.mentions[index]
        return None

    def ending(self, position: int) -> RegionMention | None:
        """The mention that ends at a place."""
        index = bisect_left(self.starts, position) - 1
        if index >= 0 and self.mentions[index].end == position:
            return self.mentions[index]
        return None

    def hints(self) -> list[Division]:
        """The divisions that the body names for sure, in order."""
        out: list[Division] = [m.candidates[0] for m in self.posted]
        for mention in self.mentions:
            if mention.weak or mention.person or len(mention.candidates) != 1:
                continue
            if mention.part_of_name and not mention.full:
                continue
            if len(regions.full_names().get(mention.text, ())) > 1:
                continue
            out.append(mention.candidates[0])
            if len(out) == HINTS:
                break
        return out

    def inside(self, start: int, end: int) -> Sequence[RegionMention]:
        """The mentions that begin between two places."""
        return self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _of_title(self, mention: RegionMention) -> bool:
        """Whether the title says whose page it is there: X召开…, 关于印发X…的通知, …：X…, X安委会."""
        text, start, end = self.text, mention.start, mention.end
        title_start, title_end = self.layers.title or (0, 0)
        following = self.at(end)
        if mention.weak and following is not None and not lies_in(following, mention):
            return False  # 平安金水: the account of 金水
        while following is not None:
            end, following = following.end, self.at(following.end)
        above = bisect_left(self.starts, start) - 1
        while above >= 0 and self.mentions[above].end == start:
            start, above = self.mentions[above].start, above - 1  # 嘉兴市南湖区: as its city
        before = text[title_start:start]
        if _TITLE_ELSEWHERE.search(text[max(title_start, start - 12) : start]):
            return False
        if _TITLE_OF_ACCIDENT.match(text, end, title_end):
            return False
        if mention.part_of_name and not _SITE.match(text, end, title_end):
            return False
        opens = not before or _TITLE_OPENS.search(before) is not None
        if mention.weak:
            acts = _ORGAN_ACTS.match(text, end, title_end) or does(text, end, title_end)
            names = bool(acts) or text[end : end + 1] in "：: 　"
            return (opens and names) or bool(_ORGAN.match(text, end, title_end))
        return opens or bool(_ORGAN_ACTS.match(text, end, title_end))

    def _signed(self, line: Line) -> bool:
        """A line of its own that is an issuing body's name."""
        if line.kind != "heading":
            return False
        words = self.text[line.start : line.end].strip()
        return _SIGNATURE.fullmatch(words) is not None

    def _of_data(self, line: Line) -> Sequence[RegionMention]:
        """Those that page data names as its source: not credits, copies, navigation."""
        source = _SOURCE.search(self.text, line.start, line.end)
        named = self.inside(*source.span(1)) if source else ()
        if named:
            return [m for m in named if self._of_medium(m)]
        whole = self.inside(line.start, line.end)
        if source:  # 阿坝州小金县　来源：县政府办
            local = _LOCAL_SOURCE.fullmatch(source[1])
            level = (local[1] or "") if local else None
            return [
                m
                for m in whole
                if level is not None and not m.weak and m.candidates[0].name.endswith(level)
            ]
        if _NO_SOURCE.search(self.text, line.start, line.end):
            return [
                m for m in whole if _MEDIUM.match(self.text, m.end)
            ]  # 泗阳日报　2024年7月19日　记者　某
        return whole

    def _of_medium(self, mention: RegionMention) -> bool:
        """Whether page data names a division: no word that is also one, but 今日长丰, 长丰融媒."""
        named = not mention.weak or _MEDIUM.match(self.text, mention.end) is not None
        return named or self.text.startswith(_ACCOUNTS, mention.start - 2)

    def _of_tail(self, line: Line) -> Sequence[RegionMention]:
        """….——某省安委办, …。（据《某省日报》）: what stands behind the last sentence names its source."""
        tail = _TAIL.search(self.text, max(line.start, line.end - TAIL), line.end)
        named = self.inside(*tail.span(1)) if tail else []
        return [m for m in named if self._of_medium(m)]

    def _number(self) -> None:
        """湘安办〔2020〕3号: the province by the first character of the document number."""
        for line in self.layers.lines:
            if line.kind == "meta":
                number = _NUMBER_OF_PROVINCE.search(self.text, line.start, line.end)
                if number:
                    self.add(regions.abbreviation(number[1]))
                    return


def _quoted_from(text: str, line: Line) -> bool:
    """——摘自《某某日报》 on a line of its own."""
    return line.kind == "heading" and bool(_SOURCE.search(text, line.start, line.end))


def lies_in(mention: RegionMention, above: RegionMention) -> bool:
    """Whether a name may mean a division of one that another name may mean."""
    return any(regions.within(d, a) for d in mention.candidates for a in above.candidates)
