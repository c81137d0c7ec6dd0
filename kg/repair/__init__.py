"""Damaged text restored, with a receipt for every change.

What mirror pages do to a notice is described in docs/damage.md. Repair works in the opposite order:
entities and invisible characters, which would hide the rest; broken bytes (they may hide half a gloss);
glosses; traditional to simplified; doubled marks. Each step of the mirrors is gated by evidence on the page;
clean simplified text comes back as it is. What is lost for good is told and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from operator import itemgetter, ne

from kg.model import Alignment, EditKind, EditRow, Notice, Receipts, Repaired
from kg.repair import broken, characters, gloss, lost, patches, script
from kg.repair.bytes import FULL

__all__ = ["repair"]

#: Decided stretches that speak for broken bytes on a page without glosses.
FEW = 2


def repair(notice: Notice) -> Repaired:
    """Restore a notice's text.

    >>> from kg.repair import _notice
    >>> repair(_notice("安全生產(chǎn)工作會議(yì),緊接著生產(chǎn)會議(yì)")).text
    '安全生产工作会议,紧接着生产会议'
    >>> repair(_notice("狠抓尾\u200b矿库&ldquo;头顶库&rdquo;，，")).text
    '狠抓尾矿库“头顶库”，'
    """
    page = _Page(notice.text, notice.alignment)
    page.mend(characters.FIRST)
    _mirror(page)
    page.mend(characters.LAST)
    for place in lost.find(page.text):
        page.note(place.start, place.end, place.proposal, place.kind, place.evidence, applied=False)
    page.edits.sort(key=_SPAN)
    page.suspects.sort(key=_SPAN)
    return Repaired(
        text=page.text,
        alignment=page.alignment,
        edits=Receipts(page.edits),
        suspects=Receipts(page.suspects),
    )


_SPAN = itemgetter(0, 1)


@dataclass(slots=True)
class _Page:
    """The text as far as it is restored, and the receipts so far."""

    text: str
    alignment: Alignment
    """From ``text`` to the raw file."""
    edits: list[EditRow] = field(default_factory=list)
    suspects: list[EditRow] = field(default_factory=list)

    def note(
        self,
        start: int,
        end: int,
        after: str,
        kind: EditKind,
        evidence: str,
        *,
        applied: bool = True,
        reproduced: bool | None = None,
    ) -> None:
        """Keep the receipt of a change of ``text[start:end]``, or of a suspicion."""
        begin, stop = self.alignment.to_input(start, end)
        row = (begin, stop, self.text[start:end], after, kind, evidence, reproduced, applied)
        (self.edits if applied else self.suspects).append(row)

    def patch(self, found: Iterable[tuple[int, int, str, tuple[tuple[int, int], ...]]]) -> None:
        """Change the text (patches in order, not overlapping)."""
        self.text, step = patches.apply(self.text, found)
        self.alignment = step.compose(self.alignment)

    def mend(self, steps: Iterable[characters.Step]) -> None:
        """Take the repairs that need no evidence from the page."""
        for step in steps:
            found = sorted(step(self.text), key=lambda c: c.patch.start)
            for c in found:
                self.note(c.patch.start, c.patch.end, c.patch.after, c.kind, c.evidence)
            if found:
                self.patch([c.patch for c in found])


def _mirror(page: _Page) -> None:
    """Undo what mirrors do: broken bytes, glosses, script."""
    text = page.text
    converted = script.convert(text)
    traditional = script.is_traditional(text, converted)
    glosses = gloss.find(text, traditional=traditional)
    bare = not traditional and not glosses.damage
    if bare and not _half_width(text):
        return
    found = broken.find(text, converted, glosses, traditional=traditional)
    gated = glosses.gated or sum(f.decided for f in found) >= FEW
    if bare and not gated:
        return
    chosen = [f for f in found if f.decided and gated]
    for f in found:
        p = f.patch
        page.note(
            p.start, p.end, p.after, "bytes", f.evidence,
            applied=f in chosen, reproduced=f.reproduced,
        )  # fmt: skip
    if chosen:
        page.patch([f.patch for f in chosen])
        glosses = gloss.find(page.text, traditional=traditional)
    if glosses.gated:
        told = {i for start, end, *_ in page.suspects for i in range(start, end + 1)}
        for g in glosses.found:
            if not g.fits and told.isdisjoint(range(*page.alignment.to_input(g.start, g.end))):
                page.note(g.start, g.end, "", "gloss", f"no reading of {g.char}", applied=False)
    if glosses.damage:
        page.edits.extend(_gloss_edits(page, glosses.damage))
        page.patch((g.start - 1, g.end, page.text[g.start - 1], ()) for g in glosses.damage)
    if traditional:
        simplified = script.finish(script.convert(page.text))
        page.edits.extend(_script_edits(page.text, simplified, page.alignment))
        page.text = simplified


def _half_width(text: str) -> bool:
    """Whether a page shows its marks as the mirrors do: none in full width, some in half width beside Chinese."""
    return not any(mark in text for mark in FULL.values()) and bool(_BETWEEN.search(text))


#: Marks in half width within Chinese text, three at least.
_BETWEEN = re.compile(f"(?:[{gloss.HAN}”][,;:!?](?=[{gloss.HAN}“])[^,;:!?]{{0,400}}){{3}}")


def _gloss_edits(page: _Page, damage: Sequence[gloss.Gloss]) -> Iterator[EditRow]:
    text = page.text
    repeated = f"pinyin of the character before it, one of {len(damage)} on the page"
    spans = [(g.start, g.end) for g in damage]
    for (start, end), (begin, stop) in zip(spans, page.alignment.to_inputs(spans), strict=True):
        yield begin, stop, text[start:end], "", "gloss", repeated, None, True


def _script_edits(text: str, simplified: str, alignment: Alignment) -> Iterator[EditRow]:
    """One edit a stretch of neighbouring characters that conversion changed."""
    spans: list[tuple[int, int]] = []
    begin = end = -1
    for i in compress(count(), map(ne, text, simplified)):
        if i != end:
            if end >= 0:
                spans.append((begin, end))
            begin = i
        end = i + 1
    if end >= 0:
        spans.append((begin, end))
    for (begin, end), (start, stop) in zip(spans, alignment.to_inputs(spans), strict=True):
        yield (
            start,
            stop,
            text[begin:end],
            simplified[begin:end],
            "script",
            "OpenCC t2s",
            None,
            True,
        )


def _notice(text: str) -> Notice:
    """Make a notice of a string (for examples and tests)."""
    return Notice(
        id="text",
        filename="text",
        path="<text>",
        sha256="",
        encoding="utf-8",
        raw=text,
        text=text,
        alignment=Alignment.identity(len(text)),
    )
