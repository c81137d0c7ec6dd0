"""Replacements in a text, and the alignment they leave behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kg.model import Alignment


class Patch(NamedTuple):
    """Put ``after`` in the place of ``text[start:end]``.

    ``pieces`` says which characters came from which, as ``(out_length, in_length)`` pairs that sum
    to the two lengths; by default the passage corresponds as a whole.
    """

    start: int
    end: int
    after: str
    pieces: tuple[tuple[int, int], ...] = ()


def apply(
    text: str, patches: Iterable[tuple[int, int, str, tuple[tuple[int, int], ...]]]
) -> tuple[str, Alignment]:
    """Apply patches (sorted, not overlapping): the new text, and its alignment to the old.

    >>> text, alignment = apply("生產(chǎn)安全", [Patch(1, 8, "產")])
    >>> text, alignment.to_input(1, 2)
    ('生產安全', (1, 8))
    """
    out: list[str] = []
    lengths: list[tuple[int, int]] = []
    position = 0
    for start, end, after, pieces in patches:
        if start > position:
            out.append(text[position:start])
            lengths.append((start - position, start - position))
        out.append(after)
        lengths.extend(pieces or ((len(after), end - start),))
        position = end
    if not position:
        return text, Alignment.identity(len(text))
    out.append(text[position:])
    lengths.append((len(text) - position, len(text) - position))
    return "".join(out), Alignment.build(lengths)
