"""What a question could also mean, by words that stand side by side: refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.ontology import concept
from kg.question.tokens import Token
from kg.regions.english import english

#: Words that make a theme what something is about.
_ABOUT = frozenset({"对", "对于", "关于", "有关", "就", "在", "针对", "涉及", "围绕"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a question is refused, and questions that it could be taken for."""

    why: str
    readings: tuple[str, ...] = ()


def doubts(tokens: Sequence[Token]) -> Iterator[Doubt]:
    """Find what in a question has two meanings, or none that can be asked."""
    said = [t for t in tokens if t.kind != "noise"]
    for first, second in pairwise(said):
        if role(second) == "only" and denies(first):
            yield Doubt("'not only' is not understood: say what is stressed, joined by 'and'")
        elif role(first) in ("or", "either") and denies(second):
            yield Doubt("'or not' can be read in two ways: ask them apart")
    only = [i for i, t in enumerate(said) if role(t) == "only"]
    places = [i for i, t in enumerate(said) if t.kind in ("region", "slot")]
    if only and places and not any(t.kind == "theme" for t in said) and only[0] > places[-1]:
        yield Doubt("what only that region does, or what it does and nothing else?")
    yield from _actors(tokens)


def _actors(tokens: Sequence[Token]) -> Iterator[Doubt]:
    """Find a theme in the place of who is to act (what must schools do?): who that is, is not known."""
    around = zip(tokens, tokens[1:], (None, *tokens), (*tokens[2:], None), strict=False)
    for first, second, before, after in around:
        english = role(first) == "must" and second.kind == "theme" and second.text.isascii()
        chinese = first.kind == "theme" and role(second) in ("must", "forbid")
        if chinese and (first.text.isascii() or (before and before.text in _ABOUT)):
            continue
        if english and after is not None and after.text.startswith("be"):
            continue  # by when must coal mines be done?
        if english or chinese:
            name = name_of((second if english else first).values[0])
            yield Doubt(
                f"who is to act: {name}? It is known only what is to be done about that",
                (f"What must be done about {name}?",),
            )


def role(token: Token) -> str:
    """Name what a word of questions does; ``""`` for other tokens."""
    return token.values[0] if token.kind == "role" else ""


def denies(token: Token) -> bool:
    """Whether a token denies what stands beside it."""
    return role(token) in ("not", "omit") or (
        token.kind == "role" and any(n in token.text for n in ("没", "未", "n't", "not"))
    )


def name_of(id: str) -> str:
    """Name a concept, or a division, in English."""
    found = concept(id)
    return found.en or english().get(id, (id,))[0]
