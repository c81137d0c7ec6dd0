"""Direct speech: a quotation that is a sentence is cut into its clauses, and who says it is left out.

“渔船今晚一条不落回港，人员全部上岸。”县长叮嘱。 A quoted name or doctrine (“党政同责、一岗双责”) stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.cues import pattern
from kg.layers import Segment

_QUOTE = re.compile(r"“([^“”]*)”")
_PART = re.compile(r"(?:[^，；：。！？《（]+|《[^《》]*》|（[^（）]*）|[《（])+")
_ATTRIBUTION = pattern("clauses", "attribution")
_DEMANDED = pattern("clauses", "demanded")
_OFFICIAL = pattern("clauses", "official-says")
_BIDS = pattern("clauses", "bids")
_ARTICLE = pattern("clauses", "article")
#: A cell that says something.
_CELL = re.compile(r"[^|\s　][^|]*[^|\s　]")
_ENDS = "。！？"
#: Marks at which a quotation is a sentence, not a name.
_INNER = re.compile(r"[，。！？；]")


def spoken(text: str, segments: Iterable[Segment]) -> Iterator[tuple[Segment, bool]]:
    """The segments with their quoted sentences cut up, each with whether somebody demands it.

    Numbers of articles (第七条　) are cut off; the attribution behind a quotation is no segment.
    """
    colon = False
    for whole in segments:
        for segment in _cells(text, whole):
            if text.startswith("“", segment.start):
                yield from _cut(text, segment, after_colon=colon)
            else:
                yield segment, False
        colon = whole.closer == "："


def _cells(text: str, segment: Segment) -> Iterator[Segment]:
    """The cells of a row of a table that lie in one segment; else the segment without its 第七条."""
    if text.find("|", segment.start, segment.end) >= 0:
        for cell in _CELL.finditer(text, segment.start, segment.end):
            closer = segment.closer if cell.end() == segment.end else "。"
            yield replace(segment, start=cell.start(), end=cell.end(), closer=closer)
        return
    article = None
    if text.startswith("第", segment.start):
        article = _ARTICLE.match(text, segment.start, segment.end)
    yield segment if article is None else replace(segment, start=article.end())


def _cut(text: str, segment: Segment, *, after_colon: bool) -> Iterator[tuple[Segment, bool]]:
    quote = _QUOTE.match(text, segment.start, segment.end)
    if quote is None:  # longer than a segment, or not closed in its paragraph
        if segment.end - segment.start > 1 and text.find("”", segment.start, segment.end) < 0:
            segment = replace(segment, start=segment.start + 1)
        yield segment, False
        return
    inner = quote[1]
    said = bool(inner) and (inner[-1] in _ENDS or (inner[-1] == "，" and quote.end() < segment.end))
    if not said and not (after_colon and _INNER.search(inner)):
        yield segment, False
        return
    rest = text[quote.end() : segment.end]
    attributed = _ATTRIBUTION.fullmatch(rest) is not None
    demanded = attributed and (
        _DEMANDED.search(rest) is not None
        or (_OFFICIAL.search(rest) is not None and _BIDS.search(inner) is not None)
    )
    for part in _PART.finditer(text, quote.start(1), quote.end(1)):
        closer = text[part.end()] if part.end() < quote.end(1) else "。"
        if closer == "！":
            closer = "。"
        start = part.start() + len(part[0]) - len(part[0].lstrip())
        if start < part.end():
            yield replace(segment, start=start, end=part.end(), closer=closer), demanded
    if rest and not attributed:
        yield replace(segment, start=quote.end()), False
