"""Frames of ``ontology/cues/frames.yaml``: classes of words in an order, with gaps, that name a concept.

``cleared 12 illegal-place`` reads: a word of the class ``cleared``, at most twelve characters that are no mark of
punctuation, a word of the class ``illegal-place``. A frame becomes a pattern, found as those of ``terms.yaml`` are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from kg.cues import Row, rows
from kg.errors import DataFileError

FILE = "ontology/cues/frames.yaml"
#: What a gap may not run over; one written ``8、`` runs over lists.
_MARKS = "，。；：！？,;:!?\n"
_GAP = re.compile("([0-9]+)(、?)")
_HAN = re.compile("[一-鿿]")


@cache
def frames() -> tuple[Row, ...]:
    """The frames as rows with a pattern, and with the words of one slot, without which none is tried.

    >>> row = next(row for row in frames() if row.id == "illegal-place-cleared")
    >>> re.search(row.pattern, "对黑窝点发现一处、捣毁一处") is not None
    True
    """
    return read(rows("frames"))


def read(found: tuple[Row, ...]) -> tuple[Row, ...]:
    """Turn rows with frames into rows with patterns; raise DataFileError for a class that is none."""
    classes = {row.id: row.words for row in found if row.kind == "class"}
    out: list[Row] = []
    for row in found:
        if row.kind == "class":
            continue
        patterns: list[str] = []
        gates: set[str] = set()
        for frame in row.frame:
            slots = _slots(row.id, frame, classes)
            patterns.append("".join(pattern for pattern, _ in slots))
            gates.update(max((words for _, words in slots if words), key=_rare))
        unless = [w for token in row.unless for w in _words(row.id, token, classes)]
        out.append(
            replace(
                row,
                words=tuple(sorted(gates)),
                pattern="|".join(patterns),
                unless=tuple(unless),
            )
        )
    return tuple(out)


def _rare(words: Iterable[str]) -> tuple[int, int]:
    """Long words, and few of them, keep a pattern from being tried in vain."""
    lengths = [len(word) for word in words]
    return min(lengths), -len(lengths)


def _slots(
    where: str, frame: str, classes: dict[str, tuple[str, ...]]
) -> list[tuple[str, tuple[str, ...]]]:
    """The pattern of each token of a frame, with its words if it must be there."""
    out: list[tuple[str, tuple[str, ...]]] = []
    tokens = frame.split()
    for index, token in enumerate(tokens):
        gap = _GAP.fullmatch(token)
        if gap is not None:
            out.append((f"[^{_MARKS}{'' if gap[2] else '、'}]{{0,{gap[1]}}}", ()))
        elif token[0] == "!" and index == 0:
            words = _words(where, token[1:], classes)
            out.append(("".join(f"(?<!{re.escape(word)})" for word in words), ()))
        elif token[0] == "!":
            out.append((f"(?!{_either(_words(where, token[1:], classes))})", ()))
        else:
            words = _words(where, token, classes)
            out.append((f"(?:{_either(words)})", words))
    if not any(words for _, words in out):
        raise DataFileError(f"{FILE}: the frame {frame!r} of {where!r} has no word", hint="add one")
    return out


def _words(where: str, token: str, classes: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words of a class, or those written out: ``组织/开展``."""
    if token in classes:
        return classes[token]
    if _HAN.search(token):
        return tuple(token.split("/"))
    near = difflib.get_close_matches(token, classes, 1)
    raise DataFileError(
        f"{FILE}: {where!r} has the class {token!r}, which the file has not",
        hint=f"did you mean {near[0]!r}?" if near else f"classes: {', '.join(classes)}",
    )


def _either(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
