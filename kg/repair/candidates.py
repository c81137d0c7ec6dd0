"""The readings of a damaged passage, best first: words through the lattice, scored as one sentence.

Every word of the lists that the lattice can spell is tried at every state (the lists are trees: what may
follow a prefix is met with what the bytes allow); the few best texts are kept at each state. The
undamaged reading competes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import NamedTuple, TypeAlias

from kg.repair import official, phrases, readings, words
from kg.repair.alphabet import BULLETS, FEW, MARKS, Chars, lone
from kg.repair.costs import CUT, LITERAL, literal_cost
from kg.repair.lattice import Item, Lattice, State, Step
from kg.repair.page import Page
from kg.repair.words import END, UNKNOWN, Tree

#: Texts kept at a state, and words tried from one to another.
KEPT = 5
TRIED = 5
#: Characters that may begin a word with a lost pair inside.
MANY = 48
#: Nats behind the best at which a text is dropped; behind the best that explains as many tokens.
BEAM, FRONT = 12.0, 10.2
#: Tokens of text in step that are read behind the last suspicious place, as far as they go.
BEHIND = 2
#: A quotation mark against the order of its fellows; marks side by side that never are.
UNPAIRED, CROWDED = 9.0, 9.0
#: A clause that ends or begins with a character that does not (rows no_end, no_begin).
BROKEN_OFF, UNLIKELY = 4.0, 7.0
#: The bracket behind the numeral of `（一）`.
COUNTED = 5.0
#: A full-width blank at the beginning of a line, where two stand.
INDENTED = 4.0
_BLANKS = "\u3000\n"
#: A quotation shorter than this (characters) is no sentence and ends without a stop.
SHORT = 8
#: A paragraph (no wrapped line) that ends with 、 or ，; one of so many characters that ends with no mark.
CUT_OFF, ENDLESS, LONG = 7.0, 4.0, 40
#: A hidden character that the page glosses elsewhere, without its gloss.
UNGLOSSED = 7.0
#: A term of the vocabulary beside 、.
LISTED = 1.5
_OPEN = {"“": "”", "《": "》", "‘": "’", "（": "）"}
_CLOSE = {close: opened for opened, close in _OPEN.items()}
_MARKS = frozenset((*MARKS, *LITERAL)) - {"\n"}
_STOPS = ",，、。;；:：!！?？"
_ENDS = frozenset("，。；！？,;!?")
#: What stands behind the first numeral of `（一）`.
_NUMBERS = frozenset("一二三四五六七八九")
_COUNTED = _NUMBERS | set("十）")
#: Marks that stand twice or not at all.
_TWICE = frozenset("—…")
#: Marks that do stand side by side.
_NEIGHBOURS = frozenset(
    (
        *(s + o for s in _STOPS for o in _OPEN),
        *(c + s for c in _CLOSE for s in _STOPS),
        *(s + c for s in "。！？!?…" for c in "”’）"),
        *(a + b for a in _CLOSE for b in (*_OPEN, *_CLOSE)),
        *(a + b for a in _OPEN for b in _OPEN),
        *(s + b for s in _STOPS for b in BULLETS),
        *("\u3000" + b for b in (*_OPEN, *BULLETS, "\u3000")),
        "——", "……",
    )
)  # fmt: skip


class Path(NamedTuple):
    """How a text came about: the last step, and the path before it."""

    state: State
    step: Step | None
    char: str
    before: Path | None


Steps: TypeAlias = tuple[tuple[State, Step, str], ...]
#: A word (or another token) that leads from one state to another: cost, text, the way, whether it is a term that lists
#: hold, and what of the cost the page takes off.
Move: TypeAlias = tuple[float, str, Steps, bool, float]


class Reading(NamedTuple):
    """One text for the passage, with its cost in nats."""

    cost: float
    text: str
    path: Path
    term: bool = False
    """The text ends with a term of the vocabulary."""
    said: float = 0.0
    """Nats of it in favour, from what official text puts side by side;"""
    own: float = 0.0
    """and from the page's own pairs and triples."""
    unpaired: bool = False
    """A quotation or bracket stays open, or closes what was not opened."""


@dataclass(slots=True)
class Search:
    """The search over one passage."""

    lattice: Lattice
    page: Page
    opened: str
    """Opening marks before the passage that are still open."""
    last: int
    """The last token that is suspected; behind it the search may end."""
    after: Callable[[int], str]
    """Finds the first quotation mark of the line behind an offset."""
    line: int
    """Characters of the line before the passage."""
    closes: Callable[[int], bool]
    """Whether the first bracket of the line behind an offset is a closing one."""
    _kept: dict[State, dict[str, Reading]] = field(default_factory=dict)
    _front: dict[int, float] = field(default_factory=dict)
    """Least cost of a text that explains so many tokens."""

    def readings(self) -> list[Reading]:
        """All readings kept, best first."""
        start = State(0)
        kept = self._kept
        kept[start] = {"": Reading(0.0, "", Path(start, None, "", None))}
        self._front[0] = 0.0
        queue = [(start.order, 0, start)]
        number = 1
        merged = -1
        row = self.lattice.row
        while queue:
            _, _, state = heapq.heappop(queue)
            texts = kept.pop(state).values()
            limit = min(min(r.cost for r in texts) + BEAM, self._front[state.at] + FRONT)
            got = sorted((r for r in texts if r.cost <= limit), key=_rank)[:KEPT]
            if not got:
                continue
            if state.leads is None and not queue and state.at > self.last:
                merged = state.at if merged < 0 else merged
                if (
                    state.at >= len(row)
                    or not row[state.at].han
                    or state.at >= merged + BEHIND
                ):  # fmt: skip
                    return self._finish(got, state.at)
            for target, moves in self._moves(state, FRONT - got[0].cost).items():
                reached = kept.get(target) or {}
                self._extend(target, reached, got, sorted(moves.values(), key=_first)[:TRIED])
                if reached and target not in kept:
                    kept[target] = reached
                    heapq.heappush(queue, (target.order, number, target))
                    number += 1
        return []

    def _extend(
        self,
        target: State,
        texts: dict[str, Reading],
        got: Sequence[Reading],
        moves: Sequence[Move],
    ) -> None:
        """Put every move behind every reading, where that is not hopeless."""
        front = self._front.get(target.at, 999.0)
        limit = min((r.cost for r in texts.values()), default=999.0) + BEAM
        limit = min(limit, front + FRONT)
        joint, order, pairs = self.page.joint, self._order, self.page.pairs
        seam = official.counts().seam
        no_begin = phrases.no_begin()
        for price, text, steps, term, inner in moves:
            if got[0].cost + price > limit:
                break
            mark = text[:1] in _MARKS
            for reading in got:
                cost = reading.cost + price
                if cost > limit:
                    break
                before = reading.text
                said, own = reading.said, reading.own + inner
                if before and text:
                    more = seam(before, text)
                    cost -= more
                    said += more
                if before and before[-1] in _TWICE and before[-2:-1] != before[-1]:
                    cost += 0.0 if text[:1] == before[-1] else CROWDED
                if before[-2:-1] == "（" and before[-1] in _NUMBERS and text[:1] not in _COUNTED:
                    cost += CROWDED
                if mark:
                    cost += order(before, text)
                    if reading.term and text == "、":
                        cost -= LISTED
                elif text == "\n":
                    cost += self._line_end(before)
                elif before and text:
                    if pairs[before[-1] + text[0]]:
                        more = joint(before, text)
                        cost -= more
                        own += more
                    if before[-1] in _ENDS and text[0] in no_begin:
                        cost += BROKEN_OFF
                    if term and before[-1] == "、":
                        cost -= LISTED
                if cost > limit:
                    continue
                whole = before + text
                other = texts.get(whole)
                if other is None or other.cost > cost:
                    link = reading.path
                    for state, step, char in steps:
                        link = Path(state, step, char, link)
                    texts[whole] = Reading(cost, whole, link, term, said, own)
                    limit = min(limit, cost + BEAM)
                    if cost < front:
                        front = cost
                        limit = min(limit, cost + FRONT)
        self._front[target.at] = front

    def _moves(self, state: State, room: float) -> Mapping[State, Mapping[str, Move]]:
        """Words and other tokens from a state, by the state they lead to.

        What costs more than ``room`` nats above the front there would be dropped anyway.
        """
        front = self._front
        out: dict[State, dict[str, Move]] = {}
        glossed = self.page.glossed
        pairs = self.page.pairs
        inside = self.page.inside
        steps_from, lost_from = self.lattice.steps, self.lattice.lost
        unlisted = phrases.not_listed()

        def add(to: State, text: str, cost: float, path: Steps, term: bool) -> None:
            inner = inside(text) if len(text) > 1 and pairs[text[:2]] else 0.0
            cost -= inner
            if cost > front.get(to.at, 999.0) + room:
                return
            texts = out.get(to)
            if texts is None:
                texts = out[to] = {}
            other = texts.get(text)
            if other is None or other[0] > cost:
                texts[text] = (cost, text, path, term, inner)

        def walk(
            to: State, node: Tree, word: str, path: Steps, price: float, losses: int, term: bool
        ) -> None:
            """Follow the tree of a list along the lattice."""
            for step in (*steps_from(to), *lost_from(to)) if losses else steps_from(to):
                lost = step.kind == "lost"
                if lost and not losses:
                    continue
                chars = step.chars
                common = node.keys() & chars.keys()
                if not common:
                    continue
                base = price + self._price(step)
                gloss = not step.extra and self._glossed(step.state)
                for simple in common:
                    char = chars[simple]
                    more = base
                    if char in glossed and step.kind != "shown":
                        more += self._unglossed(step, char)
                    link = (*path, (to, step, char))
                    deeper = node[simple]
                    longer = word + simple
                    target = self._settle(step.state, char) if gloss else step.state
                    tree = type(deeper) is dict
                    cost = deeper.get(END) if tree else deeper
                    if cost is not None:
                        listed = term and longer not in unlisted
                        add(target, longer + step.extra, cost + more, link, listed)
                    if tree and not step.extra:
                        walk(target, deeper, longer, link, more, losses - lost, term)

        for step in (*steps_from(state), *lost_from(state)):
            chars = step.chars
            kind = step.kind
            price = self._price(step)
            many = len(chars) > FEW
            lost = kind == "lost"
            gloss = self._glossed(step.state)
            if lost and state.lost and not state.mark and not step.state.mark:
                continue  # of characters lost in a row one is a mark, or they are inside a word
            if lost and state.mark:
                if not step.state.mark:
                    self._after_mark(state, step, add)
                continue
            if kind == "shown":
                for simple, char in chars.items():
                    target = self._settle(step.state, char) if gloss else step.state
                    worth = words.single().get(simple, UNKNOWN)
                    add(target, simple, worth, ((state, step, char),), False)
            else:
                stops = self.page.stops if kind == "cut" or kind == "marked cut" else 0.0
                extra = step.extra
                for simple, char, worth in self.lattice.alphabet.cheapest(chars):
                    worth += price
                    if char in glossed:
                        worth += self._unglossed(step, char)
                    if stops and simple == "。":
                        worth += stops
                    target = self._settle(step.state, char) if gloss else step.state
                    if worth > front.get(target.at, 999.0) + room:
                        continue
                    texts = out.get(target)
                    if texts is None:
                        texts = out[target] = {}
                    text = simple + extra
                    other = texts.get(text)
                    if other is None or other[0] > worth:
                        texts[text] = (worth, text, ((state, step, char),), False, 0.0)
            if step.extra or kind == "orphan" or kind == "marked orphan" or step.state.mark:
                continue
            for term, beginning in ((True, words.special_beginning), (False, words.beginning)):
                losses = (2 if term else 1 - (state.lost > 0 and not state.mark)) - lost
                if losses < 0:
                    continue
                firsts: Collection[str] = chars
                if term and lost:
                    firsts = chars.keys() & words.special_firsts()
                elif many and not gloss and not (lost and len(chars) <= MANY):
                    firsts = self._firsts(chars, step.state, losses, term)
                for simple in firsts:
                    node = beginning(simple)
                    if node:
                        char = chars[simple]
                        more = price
                        if char in glossed and kind != "shown":
                            more += self._unglossed(step, char)
                        target = self._settle(step.state, char) if gloss else step.state
                        walk(target, node, simple, ((state, step, char),), more, losses, term)
        self._literal(state, out)
        return out

    def _after_mark(self, state: State, step: Step, add: Callable[..., None]) -> None:
        """Add the few words of one character that may have vanished behind a mark that did."""
        for simple in phrases.opening() & step.chars.keys():
            char = step.chars[simple]
            more = self._unglossed(step, char) if char in self.page.glossed else 0.0
            add(step.state, simple, lone(simple) + more, ((state, step, char),), False)

    def _literal(self, state: State, out: dict[State, dict[str, Move]]) -> None:
        """Add the token of a state in step as it is shown."""
        row = self.lattice.row
        if state.leads is None and state.at < len(row):
            token = row[state.at]
            if not token.han:
                text = "" if token.kind == "gloss" else token.text
                move = (literal_cost(row, state.at), text, (), False, 0.0)
                out.setdefault(State(state.at + 1), {}).setdefault(text, move)

    def _firsts(self, chars: Chars, target: State, losses: int, term: bool) -> Collection[str]:
        """Those of many characters that begin a word with what may follow, where that is little."""
        out: set[str] = set()
        before = words.special_before if term else words.before
        steps = self.lattice.steps(target)
        for step in (*steps, *self.lattice.lost(target)) if losses else steps:
            few = len(step.chars) <= FEW or step.kind in ("orphan", "marked orphan")
            if few and (losses or step.kind != "lost"):
                for following in step.chars:
                    out |= chars.keys() & before(following)
        return out

    def _glossed(self, target: State) -> bool:
        row = self.lattice.row
        return target.leads is None and target.at < len(row) and row[target.at].kind == "gloss"

    def _settle(self, target: State, char: str) -> State:
        """Pass over a gloss that belongs to the character just read."""
        row = self.lattice.row
        while target.leads is None and target.at < len(row):
            token = row[target.at]
            if token.kind != "gloss" or not all(readings.fits(char, r) for r in token.readings):
                break
            target = State(target.at + 1)
        return target

    def _unglossed(self, step: Step, char: str) -> float:
        """Cost of a hidden character that should have a gloss behind it, and has none."""
        if step.kind == "glossed orphan":
            return 0.0
        row, at = self.lattice.row, step.state.at
        if step.state.leads is None and not step.extra and at < len(row):
            return 0.0 if row[at].kind == "gloss" else UNGLOSSED
        return UNGLOSSED

    def _price(self, step: Step) -> float:
        if step.kind in ("cut", "marked cut"):
            return CUT[self.lattice.row[step.state.at - 1].text]
        return 0.0

    def _order(self, before: str, text: str) -> float:
        """Cost of marks that cannot follow one another or this character, or do not pair."""
        cost = 0.0
        last = before[-1:]
        mark = text[0]
        if last in _MARKS and last + mark not in _NEIGHBOURS:
            cost += CROWDED
        elif (mark in _ENDS or mark == "、") and last in phrases.no_end():
            cost += BROKEN_OFF
        elif mark in BULLETS:
            cost += UNLIKELY
        if mark == "\u3000":
            cost += UNLIKELY if last and last not in _BLANKS else -INDENTED
        if mark in _OPEN:
            cost += UNPAIRED if mark in self._open_after(before) else 0.0
        elif mark in _CLOSE and not self._open_after(before).endswith(_CLOSE[mark]):
            cost += UNPAIRED
        elif mark == "）" and last in _COUNTED and before[-2:-1] in ("（", *_NUMBERS):
            cost -= COUNTED
        elif mark in _CLOSE and last in _ENDS and _CLOSE[mark] in before[-SHORT:]:
            cost += UNLIKELY
        return cost

    def _line_end(self, before: str) -> float:
        """Cost of what a line ends with."""
        if self.page.wrapped:
            return 0.0
        last = before[-1:]
        if last in "、，,":
            return CUT_OFF
        size = len(before) - before.rfind("\n") - 1
        if size == len(before):
            size += self.line
        return ENDLESS if size > LONG and last not in _MARKS and last.isalpha() else 0.0

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
        row = self.lattice.row
        behind = row[at - 1].end if at else row[0].start
        ahead, closed = self.after(behind), self.closes(behind)
        for reading in got:
            opened = self._open_after(reading.text)
            wrong = ahead in _OPEN and ahead in opened
            wrong = wrong or (ahead in _CLOSE and _CLOSE[ahead] not in opened)
            wrong = wrong or (not ahead and any(c != "（" for c in opened))
            wrong = wrong or ("（" in opened and not closed)
            cost = reading.cost + (UNPAIRED if wrong else 0.0)
            if at >= len(row) or row[at].text == "\n":
                cost += self._line_end(reading.text)
            elif row[at].text in _MARKS:
                cost += self._order(reading.text, row[at].text)
                cost -= official.counts().seam(reading.text, row[at].text)
            out.append(reading._replace(cost=cost, unpaired=wrong))
        return sorted(out, key=_rank)


def _rank(reading: Reading) -> tuple[float, str]:
    return reading.cost, reading.text


def _first(move: Move) -> tuple[float, str]:
    return move[0], move[1]


def shares(got: Sequence[Reading]) -> list[float]:
    """Give each reading its share of the probability of all that were kept."""
    least = got[0].cost
    weights = [exp(-(r.cost - least)) for r in got]
    total = sum(weights)
    return [w / total for w in weights]


def unroll(lattice: Lattice, path: Path) -> Iterator[tuple[State, Step, str, list[Item]]]:
    """Unroll a path: state, step, character of the page, and the piece of the hidden stream."""
    links = []
    link: Path | None = path
    while link is not None and link.before is not None:
        if link.step is not None:
            links.append((link.state, link.step, link.char))
        link = link.before
    for state, step, char in reversed(links):
        yield state, step, char, list(lattice.items(state, step, char))
