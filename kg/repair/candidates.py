"""The readings of a damaged passage, best first: words through the lattice, scored as one sentence.

Every word of the lists that the lattice can spell is tried at every state (the lists are sorted, so a
prefix is a range of them); the few best texts are kept at each state. The undamaged reading competes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from typing import TypeAlias

from kg.repair import readings, words
from kg.repair.alphabet import MARKS
from kg.repair.lattice import Item, Lattice, State, Step, Token
from kg.repair.page import Page
from kg.repair.words import WordList

#: Texts kept at a state, and words tried from one.
KEPT = 8
TRIED = 24
#: Nats behind the best at which a text is dropped.
BEAM = 12.0
#: Nats. A cut is taken more often than not, but at a colon none of the seed's three was.
CUT = {"!": 1.0, ";": 1.0, "?": 1.5, ":": 3.0, ",": 2.0, "、": 4.0, "。": 5.0}
LITERAL = {",": 3.0, "、": 3.5, "。": 4.0, ";": 5.5, ":": 5.0, "!": 9.0, "?": 9.0, "\n": 3.0}
ALONE, WITHIN, STRANGE, MISFIT, UNKNOWN = 9.0, 3.0, 14.0, 12.0, 17.0
#: A quotation mark against the order of its fellows; marks side by side that never are.
UNPAIRED, CROWDED = 9.0, 9.0
_OPEN = {"“": "”", "《": "》", "‘": "’", "（": "）"}
_CLOSE = {close: opened for opened, close in _OPEN.items()}
_MARKS = frozenset((*MARKS, *LITERAL)) - {"\n"}
_STOPS = ",，、。;；:：!！?？"
#: Marks that do stand side by side.
_NEIGHBOURS = frozenset(
    (
        *(s + o for s in _STOPS for o in _OPEN),
        *(c + s for c in _CLOSE for s in _STOPS),
        *(s + c for s in "。！？!?…" for c in "”’）"),
        *(a + b for a in _CLOSE for b in (*_OPEN, *_CLOSE)),
        *(a + b for a in _OPEN for b in _OPEN),
        "——", "……",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Path:
    """How a text came about: the last step, and the path before it."""

    state: State
    step: Step | None
    char: str
    before: Path | None


Steps: TypeAlias = tuple[tuple[State, Step, str], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A word (or another token) that leads from one state to another."""

    text: str
    cost: float
    path: Steps


@dataclass(frozen=True, slots=True)
class Reading:
    """One text for the passage, with its cost in nats."""

    cost: float
    text: str
    path: Path


@cache
def _single(char: str) -> float:
    return words.single().get(char, UNKNOWN)


def literal_cost(row: Sequence[Token], at: int) -> float:
    """Cost of a token that is no Han character, taken as it is shown."""
    token = row[at]
    if token.kind in ("gloss", "half"):
        return MISFIT
    if token.text in LITERAL:
        return LITERAL[token.text]
    if token.text in MARKS:
        return MARKS[token.text]
    if token.kind == "ascii":
        if not token.text.isalnum():
            return 5.0 if token.text in " ()[]-+%./" else ALONE
        beside = [row[i].text for i in (at - 1, at + 1) if 0 <= i < len(row)]
        if token.text.isdigit():
            return WITHIN
        return WITHIN if any(b.isascii() and b.isalnum() for b in beside) else ALONE
    return STRANGE if token.kind == "pair" else ALONE


class Search:
    """The search over one passage."""

    def __init__(
        self, lattice: Lattice, page: Page, *, opened: str, last: int, after: Callable[[int], str]
    ) -> None:
        self.lattice = lattice
        self.row = lattice.row
        self.page = page
        self.opened = opened
        """Opening marks before the passage that are still open."""
        self.after = after
        """Finds the first quotation mark of the line behind an offset."""
        self.last = last
        """The last token that is suspected; behind it the search may end."""

    def readings(self) -> list[Reading]:
        """All readings kept, best first."""
        start = State(0)
        kept: dict[State, dict[str, Reading]] = {
            start: {"": Reading(0.0, "", Path(start, None, "", None))}
        }
        queue = [(start.order, 0, start)]
        number = 1
        while queue:
            _, _, state = heapq.heappop(queue)
            got = sorted(kept.pop(state).values(), key=lambda r: (r.cost, r.text))[:KEPT]
            got = [r for r in got if r.cost <= got[0].cost + BEAM]
            if state.leads is None and self._done(state.at) and not queue:
                return self._finish(got, state.at)
            for target, moves in self._moves(state).items():
                texts = kept.get(target)
                if texts is None:
                    texts = kept[target] = {}
                    heapq.heappush(queue, (target.order, number, target))
                    number += 1
                moves.sort(key=lambda move: (move.cost, move.text))
                least = min((r.cost for r in texts.values()), default=999.0)
                for move in moves[:TRIED]:
                    for reading in got:
                        if reading.cost + move.cost > least + BEAM:
                            break
                        least = self._extend(texts, reading, move, least)
        return []

    def _done(self, at: int) -> bool:
        if at >= len(self.row):
            return True
        return at > self.last + 1 and not self.row[at - 1].han

    def _extend(
        self, texts: dict[str, Reading], reading: Reading, move: Move, least: float
    ) -> float:
        """Add a reading with a move behind it, where it is not hopeless; give the least cost."""
        before, text = reading.text, move.text
        cost = reading.cost + move.cost - self.page.joint(before, text)
        if text[:1] in _MARKS:
            cost += self._order(before, text)
        if cost > least + BEAM:
            return least
        whole = before + text
        other = texts.get(whole)
        if other is None or other.cost > cost:
            link = reading.path
            for state, step, char in move.path:
                link = Path(state, step, char, link)
            texts[whole] = Reading(cost, whole, link)
        return min(least, cost)

    def _moves(self, state: State) -> dict[State, list[Move]]:
        """Words and other tokens from a state, by the state they lead to."""
        out: dict[State, dict[str, Move]] = {}

        def add(move_to: State, text: str, cost: float, path: Steps) -> None:
            texts = out.setdefault(self._settle(move_to, path), {})
            other = texts.get(text)
            if other is None or other.cost > cost - self.page.inside(text):
                texts[text] = Move(text, cost - self.page.inside(text), path)

        for target, text, cost, path in self._spell(state, words.special()):
            add(target, text, cost, path)
        if state.lost <= 1:
            for target, text, cost, path in self._spell(state, words.general()):
                add(target, text, cost, path)
        for step in self.lattice.steps(state):
            few = len(step.chars) <= 200
            price = self._price(step)
            for simple, char in step.chars.items():
                cost = MARKS.get(simple) or _single(simple)
                if few or cost <= 9.5:
                    add(step.state, simple + step.extra, cost + price, ((state, step, char),))
        moves = {target: list(texts.values()) for target, texts in out.items()}
        if state.leads is None and state.at < len(self.row):
            token = self.row[state.at]
            if not token.han:
                shown = "" if token.kind == "gloss" else token.text
                move = Move(shown, literal_cost(self.row, state.at), ())
                moves.setdefault(State(state.at + 1), []).append(move)
        return moves

    def _settle(self, target: State, path: Steps) -> State:
        """Pass over a gloss that belongs to the character just read."""
        while target.leads is None and target.at < len(self.row):
            token = self.row[target.at]
            char = path[-1][2]
            if token.kind != "gloss" or not all(readings.fits(char, r) for r in token.readings):
                break
            target = State(target.at + 1)
        return target

    def _price(self, step: Step) -> float:
        if step.kind in ("cut", "marked cut"):
            return CUT[self.row[step.state.at - 1].text]
        return 0.0

    def _spell(self, state: State, lexicon: WordList) -> Iterator[tuple[State, str, float, Steps]]:
        """Words of two characters or more that the lattice spells from a state."""
        general = lexicon is not words.special()
        stack: list[tuple[State, str, int, int, Steps, float]]
        stack = [(state, "", 0, len(lexicon.words), (), 0.0)]
        while stack:
            at, prefix, low, high, path, price = stack.pop()
            steps = [
                step
                for step in self.lattice.steps(at)
                if not step.extra
                and not (general and step.state.lost > 1)
                and (prefix or step.kind not in ("orphan", "marked orphan"))
            ]
            for simple, begin, end, step in _next(lexicon, prefix, low, high, steps):
                word = prefix + simple
                link = (*path, (at, step, step.chars[simple]))
                more = price + self._price(step)
                target = self._settle(step.state, link)
                if lexicon.words[begin] == word:
                    if prefix:
                        yield target, word, lexicon.cost(begin) + more, link
                    begin += 1
                if begin < end:
                    stack.append((target, word, begin, end, link, more))

    def _order(self, before: str, text: str) -> float:
        """Cost of marks that cannot follow one another, or do not pair."""
        cost = 0.0
        last = before[-1:]
        if last in _MARKS and last + text not in _NEIGHBOURS:
            cost += CROWDED
        if text in _OPEN:
            cost += UNPAIRED if text in self._open_after(before) else 0.0
        elif text in _CLOSE and not self._open_after(before).endswith(_CLOSE[text]):
            cost += UNPAIRED
        return cost

    def _open_after(self, text: str) -> str:
        opened = self.opened
        for char in text:
            if char in _OPEN:
                opened += char
            elif char in _CLOSE and opened.endswith(_CLOSE[char]):
                opened = opened[:-1]
        return opened

    def _finish(self, got: Sequence[Reading], at: int) -> list[Reading]:
        out = []
        ahead = self.after(self.row[at - 1].end if at else self.row[0].start)
        for reading in got:
            opened = self._open_after(reading.text)
            wrong = ahead in _OPEN and ahead in opened
            wrong = wrong or (ahead in _CLOSE and _CLOSE[ahead] not in opened)
            wrong = wrong or (not ahead and bool(opened))
            out.append(
                Reading(reading.cost + (UNPAIRED if wrong else 0.0), reading.text, reading.path)
            )
        return sorted(out, key=lambda r: (r.cost, r.text))


def _next(
    lexicon: WordList, prefix: str, low: int, high: int, steps: Sequence[Step]
) -> Iterator[tuple[str, int, int, Step]]:
    """Continuations of a prefix, each with its range of the word list and the step it takes."""
    if sum(len(step.chars) for step in steps) * 2 < high - low:
        for step in steps:
            for char in step.chars:
                begin, end = lexicon.range(prefix + char, low, high)
                if begin < end:
                    yield char, begin, end, step
        return
    depth = len(prefix)
    position = low
    while position < high:
        char = lexicon.words[position][depth : depth + 1]
        if not char:
            position += 1
            continue
        begin = position
        _, position = lexicon.range(prefix + char, position, high)
        for step in steps:
            if char in step.chars:
                yield char, begin, position, step


def shares(got: Sequence[Reading]) -> list[float]:
    """Give each reading its share of the probability of all that were kept."""
    least = got[0].cost
    weights = [exp(-(r.cost - least)) for r in got]
    total = sum(weights)
    return [w / total for w in weights]


def unroll(lattice: Lattice, path: Path) -> list[tuple[State, Step, str, list[Item]]]:
    """Unroll a path: state, step, character of the page, and the piece of the hidden stream."""
    out = []
    link: Path | None = path
    while link is not None and link.before is not None:
        if link.step is not None:
            items = list(lattice.items(link.state, link.step, link.char))
            out.append((link.state, link.step, link.char, items))
        link = link.before
    return out[::-1]
