"""What a question names by words that only the notices have: who is to act, what a demand is on, a meeting.

These need the store: the words are looked for in what it holds, and stay unknown where it holds none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.ontology import concept
from kg.question.doubts import acting, role
from kg.question.things import Things
from kg.question.tokens import Token

#: Words before what a demand is on.
_ON = frozenset({"对", "对于", "针对", "关于", "就"})
#: Roles that ask what is to be done.
_TO_DO = frozenset({"must", "measure", "order", "which", "require"})
_HOW = "how something is done"
_MEETING = frozenset({"who", "when", "where", "hold"})
#: Words of a question between the words that tell a meeting.
_WITHIN = frozenset({"and", "attend", "incident", "measure", "until"})


def named(tokens: Sequence[Token], things: Things) -> list[Token]:
    """Put what the store holds by such names in the place of their words."""
    out = _object(list(tokens), things)
    out = _bearers(out, things)
    return _meeting(out, things)


# --- who is to act --------------------------------------------------------------------------------


def _bearers(tokens: list[Token], things: Things) -> list[Token]:
    """Take themes in the place of who is to act for those whom the notices call so (medical institutions)."""
    for place in acting(tokens):
        first = last = place
        while _listed(tokens, first - 1):
            first -= 1
        while _listed(tokens, last + 1):
            last += 1
        if first and role(tokens[first - 1]) == "which":
            continue  # which of them is not known
        found: dict[int, tuple[str, ...]] = {}
        for index in range(first, last + 1):
            token = tokens[index]
            if token.kind == "theme":
                chinese = not token.text.isascii()
                words = (token.text,) if chinese else _chinese(token)
                found[index] = things.parties(words)
        if all(found.values()):
            return [
                replace(t, kind="bearer", values=found[i]) if i in found else t
                for i, t in enumerate(tokens)
            ]
    return tokens


def _listed(tokens: Sequence[Token], index: int) -> bool:
    if not 0 <= index < len(tokens):
        return False
    token = tokens[index]
    return token.kind in ("theme", "mark", "bearer") or role(token) in ("and", "or")


def _chinese(token: Token) -> tuple[str, ...]:
    """List the Chinese names of a concept."""
    names: dict[str, None] = {}
    for id in token.values:
        found = concept(id)
        names |= dict.fromkeys((found.zh, *found.alt, *found.hidden))
    return tuple(names)


# --- what a demand is on --------------------------------------------------------------------------


def _object(tokens: list[Token], things: Things) -> list[Token]:
    """Take words between 对 and what is to be done for what demands hold (对入境人员要怎么做)."""
    start = next((i for i, t in enumerate(tokens) if t.text in _ON), None)
    if start is None:
        return tokens
    end = next((i for i in range(start + 1, len(tokens)) if _to_do(tokens[i])), len(tokens))
    span, rest = tokens[start + 1 : end], tokens[end:]
    strange = any(t.kind in ("unknown", "outside") for t in span)
    asks = rest and all(_to_do(t) or t.kind in ("noise", "mark") for t in rest)
    before = all(t.kind in ("region", "noise", "mark") for t in tokens[:start])
    words = "".join(t.text for t in span)
    if not (strange and asks and before and words and things.demanded(words)):
        return tokens
    must = (Token("role", ("must",), "必须"), Token("role", ("which",), "什么"))
    return [*tokens[:start], Token("object", (words,), words), *must]


def _to_do(token: Token) -> bool:
    return (
        role(token) in _TO_DO
        or token.text == "要"
        or (token.kind == "outside" and token.values[0] == _HOW)
    )


# --- meetings by the words of their names -----------------------------------------------------------


def _meeting(tokens: list[Token], things: Things) -> list[Token]:
    """Take words of the name of a meeting for the meetings that have them all (the second-quarter meeting)."""
    nouns = [i for i, t in enumerate(tokens) if role(t) == "meeting"]
    words = [i for i, t in enumerate(tokens) if t.kind in ("meeting-word", "meeting")]
    strange = any(tokens[i].kind == "meeting-word" for i in words)
    themes = [i for i, t in enumerate(tokens) if t.kind == "theme"]
    asked = any(role(t) in _MEETING for t in tokens)
    if not strange and not (asked and nouns and (themes or words)):
        return tokens
    accidents = [i for i, t in enumerate(tokens) if role(t) == "incident"]
    parts = sorted((*words, *themes, *accidents))
    first, last = min((*nouns, *parts)), max((*nouns, *parts))
    inside = tokens[first : last + 1]
    plain = all(
        t.kind in ("meeting-word", "meeting", "theme", "noise", "mark")
        or role(t) in ("meeting", *_WITHIN)
        for t in inside
    )
    found: list[str] = []
    if asked and plain and (nouns or any(tokens[i].kind == "meeting" for i in words)):
        wanted = [
            _chinese(t) if t.kind == "theme" else tuple(t.values[0].split("|"))
            for t in inside
            if t.kind in ("meeting-word", "meeting", "theme")
        ]
        if any(role(t) == "incident" for t in inside):
            wanted.append(("事故",))
        found = things.meetings(wanted)
    if found:
        name = Token("meeting", ("|".join(found),), "".join(t.text for t in inside))
        return [*tokens[:first], name, *tokens[last + 1 :]]
    return [replace(t, kind="unknown") if t.kind == "meeting-word" else t for t in tokens]
