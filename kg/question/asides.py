"""Asides of a question: clauses that tell how a theme is meant, or that say no more than the rest does.

*Transport itself, not merely road traffic*; *geological disasters, landslides included*; *that no other
region stressed*; *because of floods*. Each is taken out only where what it names lies within what the
question is about; else it stays, and the question is refused as one of no known form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.ontology import ancestors
from kg.question.doubts import denies, role
from kg.question.tokens import Token

_EXACT = Token("role", ("exact",), "itself")
_UNIQUE = Token("role", ("unique",), "no other")
#: Words for those who are not named.
_OTHERS = frozenset({"其他", "其它", "别的", "其余", "other", "another", "别家", "别处"})
_PLACES = ("region", "province", "city")
#: What a list of themes may hold beside them.
_LISTING = frozenset({"and", "or", "either", "both", "neither"})
_CAUSES = "causes and reasons"
#: Persons whom measures and demands are for, where no word asks how many or which.
_OBJECTS = frozenset({"people", "person"})


@dataclass(frozen=True, slots=True)
class Said:
    """The tokens without asides, and what is to be told of those left out."""

    tokens: tuple[Token, ...]
    told: tuple[tuple[str, str], ...] = ()


def without_asides(tokens: Sequence[Token]) -> Said:
    """Take asides out of a question.

    >>> from kg.question.tokens import read
    >>> [t.values[0] for t in without_asides(read("who named transport itself, not merely railways?").tokens).tokens]
    ['who', 'attend', 'transport', 'exact']
    """
    out, told = _reasons(list(tokens))
    out = _persons(_others(_included(_excluded(out))))
    return Said(tuple(t for t in out if t.kind != "mark" or t.text in ",、"), told)


def _within(inner: Sequence[Token], outer: Sequence[Token]) -> bool:
    """Whether each theme of the one lies below some theme of the other."""
    above = {t.values[0] for t in outer if t.kind == "theme" and len(t.values) == 1}
    themes = [t for t in inner if t.kind == "theme"]
    return all(len(t.values) == 1 and above & {*ancestors(t.values[0])[1:]} for t in themes)


def _run(tokens: Sequence[Token], at: int, also: frozenset[str]) -> int:
    """Find the end of a list of themes that starts at a place: themes, joints, words of ``also``."""
    end = at
    for index in range(at, len(tokens)):
        token = tokens[index]
        if token.kind == "theme" or role(token) in _LISTING or role(token) in also or denies(token):
            end = index + 1
        elif token.kind == "mark":
            after = next((t for t in tokens[index + 1 :] if t.kind != "noise"), None)
            listed = after is not None and (after.kind == "theme" or role(after) in ("and", "or"))
            if token.text not in ",、" or not listed:
                break
        elif token.kind != "noise":
            break
    return end


def _before(tokens: Sequence[Token], end: int) -> int:
    """Find where the list of themes before a place begins (landslides included; 滑坡、泥石流也算在内)."""
    begin = end
    for index in range(end - 1, -1, -1):
        token = tokens[index]
        before = next((t for t in reversed(tokens[:index]) if t.kind != "noise"), None)
        if token.kind == "theme":
            begin = index
            if before is not None and before.kind == "theme":
                return begin  # geological disasters (landslides included)
        elif token.kind == "mark":
            if token.text != "、":
                return begin
        elif token.kind != "noise" and role(token) not in _LISTING:
            return end  # it is the object of a verb
    return begin


def _dropped(tokens: list[Token], start: int, end: int, *more: Token) -> list[Token]:
    """Leave out a span with the marks around it, but for one where sentences part."""
    before, after = tokens[:start], tokens[end:]
    while before and before[-1].kind == "mark":
        before.pop()
    while after and after[0].kind == "mark":
        after.pop(0)
    return [*before, *more, *after]


def _excluded(tokens: list[Token]) -> list[Token]:
    """Take a clause that leaves out what is narrower for *itself* (not merely railways; 只提山洪的不算)."""
    inside = frozenset({"narrower", "only", "attend", "say", "except", "region", "exact"})
    for start, token in enumerate(tokens):
        opens = denies(token) or role(token) in ("except", "only", "but", "narrower")
        if not opens:
            continue
        end = _run(tokens, start, inside | {"but"})
        span, rest = tokens[start:end], [*tokens[:start], *tokens[end:]]
        roles = {role(t) for t in span}
        says_no = bool(roles & {"except", "but"}) or any(denies(t) for t in span)
        if not says_no or "narrower" not in roles | ({"narrower"} if _narrow(span) else set()):
            continue
        exact = any(role(t) == "exact" for t in tokens)
        if "narrower" not in roles and not exact:
            continue
        about = any(t.kind == "theme" for t in rest)
        if about and _within(span, rest):
            return _dropped(
                tokens, start, end, *(() if exact and "exact" not in roles else (_EXACT,))
            )
    return tokens


def _narrow(span: Sequence[Token]) -> bool:
    """Whether a clause is of nothing but a theme (only gas, merely gas)."""
    return any(role(t) == "only" for t in span) and any(t.kind == "theme" for t in span)


def _included(tokens: list[Token]) -> list[Token]:
    """Drop a clause that only tells which narrower themes count too (including landslides; 塌方在内)."""
    for start, token in enumerate(tokens):
        whether = token.kind == "noise" and token.text in _WHETHER
        holds = role(token) == "attend" and token.text in _HOLDS
        if not (whether or holds or role(token) == "including"):
            continue
        end = _run(tokens, start + 1, frozenset({"including"}))
        span, rest = tokens[start:end], [*tokens[:start], *tokens[end:]]
        themes = [t for t in span if t.kind == "theme"]
        if themes and any(t.kind == "theme" for t in rest) and _within(span, rest):
            kept = _dropped(tokens, start, end)
            return [t for t in kept if role(t) != "including"]
        listed = whether and start > 0 and tokens[start - 1].kind == "mark"
        if themes and listed and any(t.kind == "theme" for t in rest):
            other = replace(token, kind="role", values=("including",))  # no template has it
            return [*tokens[:start], other, *tokens[start + 1 :]]
        if not themes and role(token) == "including" and _before(tokens, start) < start:
            begin = _before(tokens, start)
            span, rest = tokens[begin:start], [*tokens[:begin], *tokens[start + 1 :]]
            if any(t.kind == "theme" for t in rest) and _within(span, rest):
                return _dropped(tokens, begin, start + 1)
        narrow = any(role(t) == "narrower" for t in tokens[start:])
        if not themes and role(token) == "including" and narrow:
            return [t for t in tokens if role(t) not in ("narrower", "including")]
    return tokens


#: Verbs of sectors (包括) that include, before a theme within another.
_HOLDS = frozenset(
    {"包括", "包含", "include", "including", "includes", "包括了", "涵盖", "cover", "covering"}
)
#: Words that are dropped where no list follows: whether something is so.
_WHETHER = frozenset({"whether", "无论", "不管", "不论", "连"})


def _others(tokens: list[Token]) -> list[Token]:
    """Take what no other region does (别的地区都没提的, that the others did not) for what is unique."""
    for start, token in enumerate(tokens):
        if role(token) != "except" or token.text not in _OTHERS:
            continue
        end, said = start + 1, False
        while end < len(tokens):
            word = tokens[end]
            if denies(word):
                said = True
            elif not (
                word.kind == "noise"
                or role(word) in (*_PLACES, "both", "every")
                or (said and role(word) in ("attend", "say", "invoke", "order"))
            ):
                break
            end += 1
        one = sum(t.kind == "region" for t in tokens) == 1
        if said and one and not any(t.kind == "theme" for t in tokens):
            before = tokens[:start]
            while before and (before[-1].kind == "mark" or role(before[-1]) in ("but", "and")):
                before.pop()
            kept = [t for t in before if role(t) != "only"]
            return [*kept, _UNIQUE, *[t for t in tokens[end:] if t.kind != "mark"]]
    return tokens


def _reasons(tokens: list[Token]) -> tuple[list[Token], tuple[tuple[str, str], ...]]:
    """Drop the reason that a passage is told to give: that it is the reason is not known, and told."""
    if not any(role(t) in ("sentence", "notice") for t in tokens):
        return tokens, ()
    for start, token in enumerate(tokens):
        if token.kind != "outside" or token.values[0] != _CAUSES:
            continue
        end = _run(tokens, start + 1, frozenset())
        span, rest = tokens[start:end], [*tokens[:start], *tokens[end:]]
        if any(t.kind == "theme" for t in span) and any(t.kind == "theme" for t in rest):
            words = " ".join(t.text for t in span)
            return _dropped(tokens, start, end), ((words, "left out: reasons are not known"),)
    return tokens, ()


def _persons(tokens: list[Token]) -> list[Token]:
    """Drop persons whom a measure or a demand is for (evacuate people; tells people to)."""
    out: list[Token] = []
    for index, token in enumerate(tokens):
        before = next((t for t in reversed(out) if t.kind != "noise"), None)
        after = next(
            (t for t in tokens[index + 1 :] if t.kind != "noise" and role(t) != "until"), None
        )
        beside = [t for t in (before, after) if t is not None]
        asked = before is not None and role(before) in ("which", "count", "who")
        moved = any(t.kind == "theme" and t.values[0] == "evacuation" for t in beside)
        told = before is not None and role(before) in ("say", "require", "must", "forbid")
        person = token.kind in ("outside", "noise") and token.text in _OBJECTS
        if person and token.kind == "outside" and not asked and (moved or told):
            out.append(replace(token, kind="noise", values=("",)))
        else:
            out.append(token)
    return out
