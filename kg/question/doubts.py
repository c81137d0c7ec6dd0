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
#: Words before 会 that make it a meeting.
_OF = frozenset({"的", "个", "场", "次", "了", "过"})
#: Words before law that tell that one is meant.
_DEFINITE = frozenset({"the", "this", "that", "its"})
_OF_LAWS = frozenset({"safety", "work", "work safety", "production safety", "safety production"})
#: Verbs that, denied, tell that something was done badly (没做好防汛).
_DONE_WELL = frozenset(
    {"做好", "抓好", "搞好", "管好", "守好", "把好", "抓实", "抓牢", "抓细", "防住", "管住"}
)
#: Verbs that ask for sectors, responsibilities, measures, campaigns, documents.
_SPEAKING = frozenset({"attend", "invoke", "order", "run", "cite"})
_NOUNS = frozenset({"region", "province", "city", "sector", "resp", "measure", "campaign", "policy",
                    "incident", "meeting", "notice", "sentence"})  # fmt: skip


#: How words begin that demand something of what stands before them.
_MODALS = (
    "must",
    "have to",
    "has to",
    "had to",
    "need",
    "shall",
    "ought",
    "are required",
    "is required",
)


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
        elif first.text == "most" and role(second) in ("region", "province", "city"):
            yield Doubt("'most regions': more than half of them, or the most?",
                        ("Which sectors are stressed by the most regions?",))  # fmt: skip
        elif denies(first) and second.text in _DONE_WELL:
            yield Doubt(f"'{first.text}{second.text}': whether it was done well is not known")
        elif role(first) in ("or", "either") and denies(second):
            yield Doubt("'or not' can be read in two ways: ask them apart")
        elif (
            role(first) == "who" and second.kind == "theme" and second.values == ("accountability",)
        ):
            yield Doubt("who was held to account: the graph says nothing of persons and posts")
    for first, second, third in zip(tokens, tokens[1:], tokens[2:], strict=False):
        speaks = role(third) in _SPEAKING and first.text in ("did", "do", "doe", "does")
        if speaks and second.kind == "theme" and tokens[0].text == "what" and first is tokens[1]:
            yield Doubt(f"who speaks: {name_of(second.values[0])}? Regions do")
    only = [i for i, t in enumerate(said) if role(t) == "only"]
    if (
        only
        and sum(t.kind == "region" for t in said) > 1
        and not any(t.kind == "theme" for t in said)
    ):
        yield Doubt("only these, together or each? Ask what is unique to one of them")
    places = [i for i, t in enumerate(said) if t.kind in ("region", "slot")]
    behind = bool(only and places) and only[0] > places[-1]
    beside = behind and said[only[0]].text == "alone" and only[0] == places[-1] + 1
    if behind and not beside and not any(t.kind == "theme" for t in said):
        yield Doubt("what only that region does, or what it does and nothing else?")
    if len([t for t in said if t.kind == "region"]) > 1 and any(
        role(first) == "omit" and second.text == "by" for first, second in pairwise(said)
    ):
        yield Doubt("left out by whom, stressed by whom? Say it with 'did not'")
    asks = any(role(t) in ("which", "count", "when", "where", "who", "deadline") for t in said)
    if said and role(said[0]) == "must" and said[0].text.isascii() and not asks:
        yield Doubt("whether something must be done cannot be asked: ask what")
    least = any(role(t) == "either" and t.text.startswith(("至少", "at least")) for t in said)
    if least and sum(t.kind in ("theme", "slot") for t in said) < 2:
        yield Doubt(
            "at least how many: it can be asked of themes only (at least one of gas and fireworks)"
        )
    yield from _actors(tokens)
    yield from _verbs(said)
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        if token.text == "会" and not (before is not None and _is_counted(before)):
            yield Doubt("'会': what will be is not known; of a meeting say 会议")
        if token.text == "law" and _is_definite(tokens[:index]):
            yield Doubt("which law? It is known by its name only", ("Which policies are cited?",))


def _is_counted(token: Token) -> bool:
    """Whether a word makes 会 a meeting (哪些会, 开了会, 4月10日的会)."""
    return (
        role(token) in ("which", "count", "hold", "every")
        or token.text in _OF
        or token.kind == "day"
    )


def _is_definite(before: Sequence[Token]) -> bool:
    """Whether one law is meant (the safety law), not all (which safety laws)."""
    words = [t for t in before if t.text not in _OF_LAWS]
    return bool(words) and words[-1].text in _DEFINITE


def _verbs(said: Sequence[Token]) -> Iterator[Doubt]:
    """Find two verbs with one answer each (stress and order) that no noun tells which is asked for."""
    if any(t.kind == "theme" or role(t) in _NOUNS for t in said):
        return
    for first, joint, second in zip(said, said[1:], said[2:], strict=False):
        if (
            role(joint) == "and"
            and {role(first), role(second)} <= _SPEAKING
            and role(first) != role(second)
        ):
            yield Doubt(f"'{first.text}' and '{second.text}' ask for two things: ask them apart")


def _actors(tokens: Sequence[Token]) -> Iterator[Doubt]:
    """Find a theme in the place of who is to act (what must schools do?): who that is, is not known."""
    for place in acting(tokens):
        name = name_of(tokens[place].values[0])
        yield Doubt(
            f"who is to act: {name}? It is known only what is to be done about that",
            (f"What must be done about {name}?",),
        )


def acting(tokens: Sequence[Token]) -> Iterator[int]:
    """Find the places of themes that stand where a question has those who are to act."""
    around = zip(tokens, tokens[1:], (None, *tokens), (*tokens[2:], None), strict=False)
    for place, (first, second, before, after) in enumerate(around):
        asked = role(first) in ("must", "forbid")
        english = asked and second.kind == "theme" and second.text.isascii()
        modal = role(second) in ("must", "attend") and second.text.startswith(_MODALS)
        if first.kind == "theme" and modal and before is not None and role(before) == "which":
            yield place  # which medical institutions must report?
            continue
        chinese = first.kind == "theme" and role(second) in ("must", "forbid")
        if chinese and (first.text.isascii() or (before and before.text in _ABOUT)):
            continue
        if english and after is not None and after.text.startswith("be"):
            continue  # by when must coal mines be done?
        if english or chinese:
            yield place + english


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
