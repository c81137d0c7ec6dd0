"""The damage as a machine: which bytes a mirror makes of a text, and what a reader then sees.

The text passes as GBK. A search for full-width punctuation that does not respect character boundaries
cuts the stream before its matches; a lead byte left alone vanishes; what follows is misread in pairs until
an ASCII byte; pairs without a character vanish (docs/damage.md). ``forward`` is used to prove a proposal:
it must give the damaged characters exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

#: Full-width marks that the page shows in half width, damaged or not.
HALF: Mapping[str, str] = {"，": ",", "！": "!", "？": "?", "；": ";", "：": ":"}
FULL: Mapping[str, str] = {half: full for full, half in HALF.items()}
#: What the blind search looks for, as shown on the page.
MARKS = ",!?;:、。"


@cache
def encode(char: str) -> tuple[int, int] | None:
    """Give the two GBK bytes of a character, or None where it has none.

    >>> [hex(b) for b in encode("危")]
    ['0xce', '0xa3']
    """
    try:
        data = char.encode("gbk")
    except UnicodeEncodeError:
        return None
    return (data[0], data[1]) if len(data) == 2 else None


@cache
def shown(char: str) -> tuple[int, int] | None:
    """Give the bytes behind a character as the page shows it (``!`` may be the full-width mark)."""
    return encode(FULL.get(char, char))


#: The two bytes of each mark that the search looks for.
MARK_BYTES: Mapping[str, tuple[int, int]] = {
    mark: pair for mark in MARKS if (pair := shown(mark)) is not None
}
_CUTS = frozenset(MARK_BYTES.values())


@cache
def decode(lead: int, trail: int) -> str:
    """Read one pair; empty where GBK has no character (user-defined pairs vanish silently).

    >>> decode(0xC8, 0xCB), decode(0xAF, 0xC6)
    ('人', '')
    """
    try:
        return bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return ""


def is_lead(byte: int) -> bool:
    """Whether a byte begins a pair (80 does, and no pair with it has a character)."""
    return 0x80 <= byte <= 0xFE


def is_trail(byte: int) -> bool:
    """Whether a byte can end a pair."""
    return 0x40 <= byte <= 0xFE and byte != 0x7F


TRAILS = tuple(b for b in range(0x40, 0xFF) if is_trail(b))
LEADS = tuple(range(0x80, 0xFF))


@cache
def lost_with() -> Mapping[int, frozenset[int]]:
    """Lead byte to the trail bytes with which it makes a pair that vanishes."""
    table = {}
    for lead in LEADS:
        trails = frozenset(t for t in TRAILS if not decode(lead, t))
        if trails:
            table[lead] = trails
    return table


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs from page to page when a lead byte is left alone."""

    mark: bool = False
    """A lead byte before a cut or the end of a line shows as ``?`` instead of vanishing."""
    swallow: bool = True
    """A lead byte before a gloss eats the parenthesis, and both show as ``?``."""


VARIANTS = tuple(Variant(mark=m, swallow=s) for m in (False, True) for s in (True, False))


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut in a stream; valid only before the two bytes of a mark."""


CUT = Cut()
#: A stream: bytes, cuts, and strings that pass through unread (glosses, characters outside GBK).
Stream = Sequence[int | Cut | str]


def forward(stream: Stream, variant: Variant) -> str | None:
    """What a reader sees of a stream; None where a cut is not before a mark.

    >>> text = [*"危".encode("gbk")[:1], CUT, *("危化品".encode("gbk")[1:]), *"、".encode("gbk")]
    >>> text.insert(-2, CUT)
    >>> forward(text, Variant())
    ';、'
    """
    out: list[str] = []
    position, size = 0, len(stream)
    while position < size:
        item = stream[position]
        position += 1
        if isinstance(item, Cut):
            pair = tuple(x for x in stream[position : position + 2] if isinstance(x, int))
            if pair not in _CUTS:
                return None
        elif isinstance(item, str):
            out.append(item)
        elif item < 0x80:
            out.append(chr(item))
        else:
            following = stream[position] if position < size else None
            if isinstance(following, int) and is_trail(following) and is_lead(item):
                char = decode(item, following)
                out.append(HALF.get(char, char))
                position += 1
            elif isinstance(following, str) and following.startswith("(") and variant.swallow:
                out.append("?" + following[1:])
                position += 1
            elif variant.mark:
                out.append("?")
    return "".join(out)


@cache
def after_stop() -> tuple[str, ...]:
    """Give the characters behind which a full stop can be cut: `。“` holds the bytes of `！`.

    >>> "“" in after_stop(), "安" in after_stop()
    (True, False)
    """
    full = {pair[1] for pair in MARK_BYTES.values() if pair[0] == 0xA3}
    return tuple(c for lead in sorted(full) for trail in TRAILS if (c := decode(lead, trail)))
