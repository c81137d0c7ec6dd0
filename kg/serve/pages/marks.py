"""The text of a notice as HTML: every statement marked at its characters, every repair shown.

A text is cut wherever a mark begins or ends, so that marks may overlap in any way: each piece names
all that cover it. Pieces are links to the first of these in the list beside the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from kg.model import Alignment, Edit

#: Characters that would disguise the text around them; a reader shows them as boxes.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A stretch of the raw text, and what it is evidence of."""

    start: int
    end: int
    number: int
    """Of the node in the list beside the text, from 1."""
    kind: str
    target: bool = False
    """Whether it is what the reader was sent to."""
    origin: int | None = None
    """Where it starts in the raw text, for a mark of the restored one."""

    @property
    def anchor(self) -> int:
        """The number in its anchor: the same in both texts."""
        return self.start if self.origin is None else self.origin


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that reads otherwise than the raw file has it."""

    start: int
    end: int
    """In the raw text."""
    begin: int
    stop: int
    """In the restored text."""
    edits: tuple[int, ...]
    """Receipts, from 1; none where the file's markup was read over."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the restored text, and the raw text it comes from, both as HTML."""

    raw: str
    restored: str


def changes(raw: str, text: str, alignment: Alignment, edits: Sequence[Edit]) -> list[Change]:
    """Find where the restored text differs, with the receipts that account for it.

    >>> same = Alignment.build([(2, 2), (0, 3), (1, 1)])
    >>> [(c.start, c.end, c.begin, c.stop) for c in changes("生产(c)安", "生产安", same, ())]
    [(2, 5, 2, 2)]
    """
    out: list[tuple[int, int, int, int]] = []
    at = done = 0
    for begin, start, length, width in (*alignment.runs, (len(text), len(raw), 0, 0)):
        if start > at:
            out.append((at, start, done, done))
        if length == width:
            out += _differing(raw, text, start, begin, length)
        else:
            out.append((start, start + width, begin, begin + length))
        at, done = max(at, start + width), begin + length
    numbered = sorted((e.start, max(e.end, e.start + 1), n) for n, e in enumerate(edits, 1))
    widest = max((b - a for a, b, _ in numbered), default=0)
    starts = [a for a, _, _ in numbered]

    def receipts(start: int, end: int) -> tuple[int, ...]:
        low = bisect_left(starts, start - widest)
        high = bisect_left(starts, max(end, start + 1))
        return tuple(n for _, b, n in numbered[low:high] if b > start)

    return [Change(a, b, c, d, receipts(a, b)) for a, b, c, d in out]


def _differing(
    raw: str, text: str, start: int, begin: int, length: int
) -> Iterable[tuple[int, int, int, int]]:
    if raw[start : start + length] == text[begin : begin + length]:
        return
    first = None
    for i in range(length + 1):
        same = i == length or raw[start + i] == text[begin + i]
        if not same and first is None:
            first = i
        elif same and first is not None:
            yield start + first, start + i, begin + first, begin + i
            first = None


class Places:
    """From raw offsets to those of the restored text."""

    def __init__(self, alignment: Alignment) -> None:
        self.runs = sorted(alignment.runs, key=lambda r: (r[1], r[0]))
        self.starts = [r[1] for r in self.runs]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the restored span of a raw one.

        >>> Places(Alignment.build([(2, 2), (0, 3), (1, 1)])).span(1, 6)
        (1, 3)
        """
        begin = self._at(start, start)
        stop = self._at(end - 1, end) if end > start else begin
        return begin, max(begin, stop)

    def _at(self, inside: int, wanted: int) -> int:
        index = bisect_right(self.starts, inside) - 1
        if index < 0:
            return 0
        out, inp, length, width = self.runs[index]
        if inside >= inp + width:  # in what was taken out after this run
            return out + length
        if length == width:
            return out + wanted - inp
        return out + (length if wanted > inside else 0)


def paragraphs(
    raw: str, text: str, alignment: Alignment, marks: Sequence[Mark], found: Sequence[Change],
    suspects: Sequence[Edit],
) -> list[Paragraph]:  # fmt: skip
    """Return the lines of the restored text with the raw text they come from."""
    places = Places(alignment)
    ends = [m.end() for m in re.finditer("\n+", text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    cuts = [0]
    for end in ends[:-1]:
        cuts.append(max(cuts[-1], alignment.to_input(end, end + 1)[0]))
    cuts.append(len(raw))
    doubts = [(s.start, max(s.end, s.start + 1), n) for n, s in enumerate(suspects, 1)]
    moved = [Mark(*places.span(m.start, m.end), m.number, m.kind, m.target, m.start) for m in marks]
    doubted = [(*places.span(a, b), n) for a, b, n in doubts]
    left = _Writer(raw, marks, [(c.start, c.end, c) for c in found], doubts, "r")
    right = _Writer(text, moved, [(c.begin, c.stop, c) for c in found], doubted, "t", raw=raw)
    out, begin = [], 0
    for number, end in enumerate(ends):
        out.append(Paragraph(left.html(cuts[number], cuts[number + 1]), right.html(begin, end)))
        begin = end
    return out


class _Writer:
    """Writes one of the two texts, piece by piece, from left to right."""

    def __init__(
        self,
        text: str,
        marks: Sequence[Mark],
        found: Sequence[tuple[int, int, Change]],
        doubts: Sequence[tuple[int, int, int]],
        letter: str,
        *,
        raw: str | None = None,
    ) -> None:
        self.text = text
        self.letter = letter
        self.raw = raw
        self.marks = sorted(
            (m for m in marks if m.end > m.start), key=lambda m: (m.start, m.end, m.number)
        )
        self.changes = sorted(found, key=lambda c: c[:2])
        self.doubts = sorted(doubts)
        edges = {0, len(text)}
        spans = [
            *((m.start, m.end) for m in self.marks),
            *((a, b) for a, b, _ in self.changes),
            *((a, b) for a, b, _ in self.doubts),
        ]
        for span in spans:
            edges |= {max(0, min(at, len(text))) for at in span}
        self.edges = sorted(edges)
        self.open: list[Mark] = []
        self.next_mark = self.next_change = self.next_doubt = 0
        self.named: set[int] = set()
        self.stopped: set[int] = set()
        self.gone = False

    def html(self, start: int, end: int) -> str:
        """Write the text from ``start`` to ``end``; calls come in order and without gaps."""
        out: list[str] = []
        at = start
        last: tuple[Mark, ...] = ()
        while at < end:
            index = bisect_right(self.edges, at)
            stop = min(end, self.edges[index] if index < len(self.edges) else end)
            self._open(at)
            now = tuple(m for m in self.open if m.number)
            if now != last:
                out.append("</a>" if last else "")
                out.append(self._anchors(at))
                out.append(self._link(now) if now else "")
                last = now
            else:
                out.append(self._anchors(at))
            out.append(self._piece(at, stop))
            at = stop
        out.append("</a>" if last else "")
        return "".join(out)

    def _open(self, start: int) -> None:
        """Find the marks that cover the character at ``start``."""
        while self.next_mark < len(self.marks) and self.marks[self.next_mark].start <= start:
            self.open.append(self.marks[self.next_mark])
            self.next_mark += 1
        self.open = [m for m in self.open if m.end > start]

    def _anchors(self, start: int) -> str:
        out = ""
        for anchor in sorted({m.anchor for m in self.open if m.start == start} - self.named):
            out += f'<span id="{self.letter}{anchor}"></span>'
            self.named.add(anchor)
        return out

    def _link(self, marks: Sequence[Mark]) -> str:
        """Begin the link to the nodes, the shortest mark first; one tab stop a node."""
        inner = sorted(marks, key=lambda m: (m.end - m.start, m.number))
        numbers = list(dict.fromkeys(m.number for m in inner))
        kinds = " ".join(f"k-{kind}" for kind in sorted({m.kind for m in inner}))
        skip = ' tabindex="-1"' if numbers[0] in self.stopped else ""
        self.stopped.add(numbers[0])
        listed = " ".join(map(str, numbers))
        return f'<a class="m {kinds}" href="#n{numbers[0]}" data-n="{listed}"{skip}>'

    def _piece(self, start: int, stop: int) -> str:
        body = self._changed(start, stop, _visible(self.text[start:stop]))
        if any(m.target for m in self.open):
            body = f'<mark class="target"{self._target()}>{body}</mark>'
        return body

    def _target(self) -> str:
        if self.gone:
            return ""
        self.gone = True
        return f' id="at{self.letter}"'

    def _changed(self, start: int, stop: int, body: str) -> str:
        before = ""
        while (
            self.next_change < len(self.changes) and self.changes[self.next_change][1] <= start
            and self.changes[self.next_change][0] < start
        ):  # fmt: skip
            self.next_change += 1
        for a, b, change in self.changes[self.next_change :]:
            if a > start:
                break
            inside = a <= start < b
            first = a == start
            told = f' data-e="{" ".join(map(str, change.edits))}"' if change.edits else ""
            if self.raw is not None and first and change.edits and change.end > change.start:
                was = _visible(self.raw[change.start : change.end])
                before += f'<del class="was"{told}>{was}</del>'
            if inside:
                tag = "ins" if self.raw is not None else "del"
                body = (
                    f'<{tag} class="e"{told}>{body}</{tag}>'
                    if change.edits
                    else (f'<span class="x">{body}</span>' if self.raw is None else body)
                )
            elif b < start:
                continue
        while self.next_doubt < len(self.doubts) and self.doubts[self.next_doubt][1] <= start:
            self.next_doubt += 1
        for a, b, number in self.doubts[self.next_doubt :]:
            if a > start:
                break
            if b > start:
                body = f'<span class="doubt" data-d="{number}">{body}</span>'
                break
        return before + body


def _visible(text: str) -> str:
    r"""Escape a text; a character that would disguise it is shown by its code.

    >>> _visible("<b>\u202e")
    '&lt;b&gt;<span class="hidden-character">U+202E</span>'
    """
    out, at = [], 0
    for found in _HARMFUL.finditer(text):
        if found[0] == "\r":
            continue
        out.append(escape(text[at : found.start()]))
        out.append(f'<span class="hidden-character">U+{ord(found[0]):04X}</span>')
        at = found.end()
    return "".join(out) + escape(text[at:])
