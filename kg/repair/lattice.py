"""All the texts that could hide behind a passage: states of the damaging machine, and the ways on.

A state says how far the shown tokens are explained and whether the hidden text is in step with them. In
step, a character explains itself. Out of step (after a cut), the shown pair ``(u, v)`` is the trail
byte of one hidden character and the lead byte of the next; a pair without a character may lie between, unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from kg.repair import readings, script
from kg.repair.alphabet import Alphabet, Chars, Leads
from kg.repair.bytes import CUT, MARK_BYTES, Cut, encode, is_lead, shown
from kg.repair.gloss import GLOSS, HAN

TokenKind = Literal["pair", "mark", "ascii", "gloss", "half", "other"]
_HALF = re.compile(r"\?(?P<reading>[^\W\d_]{1,8})[)）]")
_IS_HAN = re.compile(f"[{HAN}]")
#: At most so many vanished pairs one after another.
MOST_LOST = 3


class Token(NamedTuple):
    """One shown unit of a passage."""

    kind: TokenKind
    text: str
    start: int
    end: int
    pair: tuple[int, int] | None = None
    readings: tuple[str, ...] = ()
    han: bool = False

    @property
    def edge(self) -> bool:
        """Whether a lead byte before it would be left alone (not taken for half of a pair)."""
        return self.kind in ("mark", "gloss", "other") or (
            self.kind == "ascii" and not 0x40 <= ord(self.text) < 0x7F
        )


def tokens(text: str, start: int, end: int, *, glossed: bool) -> list[Token]:
    """Split ``text[start:end]`` into what is read as one unit."""
    out: list[Token] = []
    position = start
    while position < end:
        char = text[position]
        if glossed and char in "(（" and position:
            match = GLOSS.match(_PAD + text[position : position + 60])
            if match:
                parts = tuple(re.findall(r"[^\W\d_]+", match["readings"]))
                stop = position + match.end() - 1
                out.append(Token("gloss", text[position:stop], position, stop, readings=parts))
                position = stop
                continue
        if glossed and char == "?":
            half = _HALF.match(text, position, min(end, position + 12))
            if half:
                out.append(
                    Token("half", half[0], position, half.end(), readings=(half["reading"],))
                )
                position = half.end()
                continue
        out.append(_token(char, position))
        position += 1
    return out


_PAD = "一"


def _token(char: str, position: int) -> Token:
    pair = MARK_BYTES.get(char)
    if pair:
        return Token("mark", char, position, position + 1, pair)
    if char < "\x80":
        return Token("ascii", char, position, position + 1)
    pair = encode(char)
    if pair is None:
        return Token("other", char, position, position + 1)
    return Token("pair", char, position, position + 1, pair, han=bool(_IS_HAN.match(char)))


class State(NamedTuple):
    """Tokens before ``at`` are explained; ``leads`` are the possible lead bytes of the next character.

    ``leads`` is None in step. ``inner`` is the token of a gloss that stands between the two bytes of the
    next character. ``lost`` counts the pairs that vanished just before; ``mark`` says that the last
    character read there was a mark.
    """

    at: int
    leads: Leads | None = None
    lost: int = 0
    inner: int = -1
    mark: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """States are visited in this order: out of step before in step."""
        return self.at, 9 if self.leads is None else self.lost


StepKind = Literal["shown", "cut", "marked cut", "pair", "swallowed", "lost", "ascii", "orphan",
                   "marked orphan", "glossed orphan"]  # fmt: skip


class Step(NamedTuple):
    """Ways on from a state: any of ``chars`` leads to ``state``."""

    kind: StepKind
    chars: Chars
    state: State
    extra: str = ""
    """Text that follows the character (an ASCII character that was swallowed)."""
    inner: int = -1
    """The token of a gloss that stands between the two bytes of the character."""


Item: TypeAlias = int | Cut | str


class Lattice:
    """The states and steps of one passage."""

    def __init__(self, row: Sequence[Token], alphabet: Alphabet, cuts: frozenset[int]) -> None:
        self.row = row
        self.alphabet = alphabet
        self.cuts = cuts
        """Tokens before which a cut is thinkable."""
        self._steps: dict[State, tuple[Step, ...]] = {}
        self._lost: dict[State, tuple[Step, ...]] = {}

    def steps(self, state: State) -> tuple[Step, ...]:
        """Give the ways on that spend one hidden character and something that is shown."""
        got = self._steps.get(state)
        if got is None:
            made = self._in_step(state) if state.leads is None else self._out_of_step(state)
            got = self._steps[state] = tuple(made)
        return got

    def lost(self, state: State) -> tuple[Step, ...]:
        """Give the ways on that spend a hidden character whose last byte vanishes with what follows."""
        if state.leads is None or state.lost >= MOST_LOST:
            return ()
        got = self._lost.get(state)
        if got is None:
            at, lost = state.at, state.lost + 1
            got = self._lost[state] = tuple(
                Step("lost", chars, State(at, after, lost, -1, mark))
                for chars, after, mark in self.alphabet.vanishing(state.leads)
            )
        return got

    def _in_step(self, state: State) -> Iterator[Step]:
        at = state.at
        if at >= len(self.row):
            return
        token = self.row[at]
        if token.han:
            simple = script.char(token.text) if self.alphabet.traditional else token.text
            yield Step("shown", {_FINISH.get(simple, simple): token.text}, State(at + 1))
        elif token.kind in ("gloss", "half"):
            for inside in self.inside(state):
                for step in (*self.steps(inside), *self.lost(inside)):
                    yield step._replace(inner=inside.inner)
        if at in self.cuts:
            yield from self._cut(at, "cut")
        elif token.text == "?" and at + 1 in self.cuts:
            yield from self._cut(at + 1, "marked cut")

    def _cut(self, at: int, kind: StepKind) -> Iterator[Step]:
        pair = self.row[at].pair
        if pair:
            chars = self.alphabet.find(None, pair[0])
            yield Step(kind, chars, State(at + 1, frozenset((pair[1],))))

    def inside(self, state: State) -> Iterator[State]:
        """States behind a gloss that landed between the bytes of two characters."""
        token = self.row[state.at]
        before = self.row[state.at - 1] if state.at else None
        if before is None or before.kind != "pair" or before.pair is None or not token.readings:
            return
        lead = before.pair[1]
        table = readings.by_tone()
        glossed = {c for r in token.readings for c in table.get(readings.normal(r), "")}
        pairs = (encode(char) for char in glossed)
        trails = frozenset(p[1] for p in pairs if p and p[0] == lead and is_lead(p[1]))
        if trails:
            yield State(state.at + 1, trails, 0, state.at)

    def _out_of_step(self, state: State) -> Iterator[Step]:
        leads, at = state.leads or frozenset(), state.at
        token = self.row[at] if at < len(self.row) else None
        find = self.alphabet.find
        if token is not None and token.pair is not None:
            trail, lead = token.pair
            if is_lead(lead):
                yield Step("pair", find(leads, trail), State(at + 1, frozenset((lead,))))
            elif lead < 0x80:
                yield Step("swallowed", find(leads, trail), State(at + 1), chr(lead))
        if token is not None and token.kind == "ascii" and 0x40 <= ord(token.text) < 0x7F:
            yield Step("ascii", find(leads, ord(token.text)), State(at + 1))
        if token is None:
            return
        if token.edge and token.kind != "gloss":
            yield Step("orphan", self.alphabet.unfinished(leads), State(at))
        if token.text == "?" and (at + 1 == len(self.row) or self.row[at + 1].edge):
            yield Step("marked orphan", self.alphabet.unfinished(leads), State(at + 1))
        if token.kind in ("gloss", "half"):
            chars = self.alphabet.read_as(leads, token.readings)
            if chars:
                yield Step("glossed orphan", chars, State(at + 1))

    def items(self, state: State, step: Step, char: str) -> Iterator[Item]:
        """Give the piece of the hidden stream that a step from ``state`` with ``char`` stands for."""
        pair = shown(char)
        if step.kind == "shown" or pair is None:
            yield from pair or (char,)
            return
        lead, trail = pair
        yield lead
        if step.kind in ("cut", "marked cut"):
            yield CUT
        inner = state.inner if state.inner >= 0 else step.inner
        if inner >= 0:
            yield self.row[inner].text.replace("?", "(", 1)
        yield trail
        if step.kind == "swallowed":
            yield ord(step.extra)
        elif step.kind in ("orphan", "marked orphan"):
            following = self.row[step.state.at] if step.state.at < len(self.row) else None
            if following is not None and following.kind == "mark":
                yield CUT
        elif step.kind == "glossed orphan":
            yield self.row[state.at].text.replace("?", "(", 1)


_FINISH = {"著": "着"}
