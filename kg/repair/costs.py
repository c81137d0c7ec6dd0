"""Prices in nats: of a cut, and of a token that is taken as it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from kg.repair.alphabet import MARKS
from kg.repair.lattice import Token

#: A cut before a mark is taken more often than not.
CUT = {"!": 1.0, ";": 1.0, "?": 1.5, ":": 1.5, ",": 1.5, "、": 4.0, "。": 3.0}
#: Marks shown in half width, taken as they are.
LITERAL = {",": 3.0, "、": 3.5, "。": 4.0, ";": 5.5, ":": 5.0, "!": 9.0, "?": 9.0, "\n": 3.0}
#: Of Latin letters and signs: by itself, within a word or number; what is in no list; a gloss that is none.
ALONE, WITHIN, STRANGE, MISFIT = 17.0, 3.0, 14.0, 12.0


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
            return 5.0 if token.text in " ()[]-+%./|" else ALONE
        beside = [row[i].text for i in (at - 1, at + 1) if 0 <= i < len(row)]
        if token.text.isdigit():
            return WITHIN
        return WITHIN if any(b.isascii() and b.isalnum() for b in beside) else ALONE
    return STRANGE if token.kind == "pair" else ALONE
