"""Divisions of which some are asked for (which of Hunan and Jiangxi), or that are left out (除了湖南)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.question.doubts import role
from kg.question.tokens import Token

#: Words for except that stand behind what is left out.
_BEHIND = frozenset({"除外", "以外", "之外", "外"})
#: What a question holds in the place of the divisions of which some are asked for.
_SOME = (Token("role", ("which",), "which"), Token("role", ("region",), "region"))
#: Words for divisions of the second level; other words for cities mean county-level ones too (浏阳市).
_PREFECTURES = frozenset({"prefecture", "prefecture level city", "地市", "地级市"})
_ACTING = frozenset(
    {"attend", "invoke", "order", "run", "cite", "not", "omit", "require", "region"}
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The divisions to choose among and those left out, and the tokens without them."""

    rest: tuple[Token, ...]
    among: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()


def choice(tokens: Sequence[Token]) -> Choice:
    """Take out of a question the divisions that only tell which others are asked for.

    >>> from kg.question.tokens import read
    >>> [c.among for q in ("湖南和江西哪个强调了煤矿", "湖南和江西强调了什么") for c in [choice(read(q).tokens)]]
    [(('湖南省',), ('江西省',)), ()]
    >>> choice(read("Which regions other than Hunan stressed gas?").tokens).excluded
    (('湖南省',),)
    """
    rest, among = _among(list(tokens))
    rest, excluded = _excluded(rest)
    return Choice(tuple(rest), tuple(among), tuple(excluded))


def _among(tokens: list[Token]) -> tuple[list[Token], list[tuple[str, ...]]]:
    said = [(i, t) for i, t in enumerate(tokens) if t.kind != "noise"]
    places = [n for n, (_, t) in enumerate(said) if t.kind == "region"]
    if len(places) < 2:
        return tokens, []
    first, last = places[0], places[-1]
    roles = [role(t) for _, t in said]
    inside = [t for _, t in said[first : last + 1] if t.kind != "region"]
    if not all(t.kind == "mark" or role(t) in ("and", "or") for t in inside):
        return tokens, []
    nouns = {"who", "region", "province", "city"} & {*roles}
    either = any(role(t) == "or" for t in inside) and bool(nouns)
    of = bool(first) and said[first - 1][1].text == "which of"
    between = (
        bool(first)
        and said[first - 1][1].text == "between"
        and bool({"which", "region"} & {*roles[last:]})
    )
    behind = roles[last + 1 : last + 3]
    which = len(behind) == 2 and behind[0] == "which" and behind[1] in _ACTING
    if not (either or of or which or between):
        return tokens, []
    named = () if nouns else _SOME
    start = said[first - between][0]
    rest = [*tokens[:start], *named, *tokens[said[last][0] + 1 :]]
    return rest, [t.values for _, t in said if t.kind == "region"]


def _excluded(tokens: list[Token]) -> tuple[list[Token], list[tuple[str, ...]]]:
    """Take out what stands behind except, or before 除外 and 以外, and the word with it."""
    kept: list[Token] = []
    out: list[tuple[str, ...]] = []
    leaving = False
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        follows = after is not None and after.kind == "region"
        if role(token) == "except":
            if token.text in _BEHIND and not out and kept and kept[-1].kind == "region":
                out.append(kept.pop().values)
            leaving = follows
            if not (leaving or (token.text in _BEHIND and out)):
                kept.append(token)
        elif leaving and token.kind == "region":
            out.append(token.values)
        elif leaving and follows and (role(token) == "and" or token.kind == "mark"):
            pass
        else:
            leaving = False
            kept.append(token)
    return kept, out


def level(role: str, text: str, before: tuple[str, ...] = ()) -> tuple[tuple[str, ...], str]:
    """Tell the levels of provinces or of cities (what is called 市 below a province), and how names end.

    >>> level("city", "cities"), level("province", "省")
    ((('prefecture', 'county'), '市'), (('province',), ''))
    """
    own: tuple[str, ...] = ("province",)
    if role == "city":
        own = (
            ("prefecture", "county") if text not in _PREFECTURES and not before else ("prefecture",)
        )
    levels = tuple(dict.fromkeys((*before, *own)))
    named = "province" not in levels and text not in ("prefecture", "地市")
    return levels, "市" if named else ""
