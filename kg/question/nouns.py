"""The noun that a question asks for, where it stands elsewhere than behind which, or is not said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kg.question.doubts import role
from kg.question.lexicon import lexicon
from kg.question.tokens import Token

#: Nouns that a question can ask for; a thing named beside its noun makes the noun say nothing.
NOUNS = ("region", "province", "city", "sector", "resp", "measure", "campaign", "policy", "incident",
         "meeting", "notice", "sentence")  # fmt: skip
ASKING = frozenset({"which", "count"})
ACTS = frozenset({"attend", "omit", "not", "neither", "invoke", "order", "run", "cite", "both"})
#: Words for which one that no noun must follow.
_PRONOUNS = frozenset(
    {"which", "which of", "哪些", "哪个", "哪几个", "哪一个", "哪几家", "哪些个", "哪几"}
)
#: Words of the role which that call for a list, not for an answer to which or what.
_LISTS = ("list", "name", "give", "show", "find", "display", "tell", "enumerate", "provide", "identify",
          "let me", "look up", "search", "just tell", "point me", "列", "给出", "请给出", "查", "找",
          "帮我", "告诉", "显示", "请找", "请告诉", "请列", "说", "讲", "介绍")  # fmt: skip
#: Words between which and its noun.
TRANSPARENT = frozenset({"the", "of", "all", "a", "an", "are", "is", "me", "were", "was", "any", "的",
                          "个", "份", "场", "次", "项", "种", "类", "些", "条", "篇", "there", "own"})  # fmt: skip
REGION = Token("role", ("region",), "region")
#: Words that tell that the notice at hand is meant.
_THIS = frozenset({"the", "this", "that", "本", "该", "此", "这"})
#: Words behind the notice that tell that what is asked for stands in it.
_IN_IT = frozenset({"里", "中", "上", "里面", "内", "当中", "里头"})
#: Nouns for sectors that stand for any noun named before them (在责任方面有哪些类型).
_KINDS = frozenset({"类型", "种类", "类别", "大类", "小类", "方面", "内容", "条目", "category", "item", "thing",
                    "东西", "事项"})  # fmt: skip
_THINGS = frozenset({"thing", "东西", "事项"})


def said_of(tokens: Sequence[Token]) -> list[tuple[int, Token]]:
    """List the tokens that say something, with their places."""
    return [(i, t) for i, t in enumerate(tokens) if t.kind != "noise"]


def pronoun_asks(tokens: Sequence[Token]) -> bool:
    """Whether which or what asks, not only list or tell me."""
    return any(role(t) == "which" and not t.text.startswith(_LISTS) for t in tokens)


def asked_noun(tokens: Sequence[Token]) -> tuple[str, bool]:
    """Name the noun that which, how many or list stands before, and tell whether it is counted.

    >>> from kg.question.tokens import read
    >>> asked_noun(read("how many regions stressed gas").tokens), asked_noun(read("who stressed gas").tokens)
    (('region', True), ('', False))
    """
    waiting = counting = False
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        word = role(token)
        if word in ASKING:
            waiting = True
            counting = counting or word == "count"
        elif word in (*NOUNS, "must", "forbid", "deadline"):
            if waiting:
                return word, counting
        elif token.kind in ("theme", "campaign") and waiting and after and role(after) in NOUNS:
            continue
        elif token.kind == "bearer" and waiting:
            return "bearer", counting
        elif not (token.kind == "noise" and token.text in TRANSPARENT):
            waiting = False
    said = [t for t in tokens if t.kind != "noise"]
    if len(said) > 1 and role(said[-1]) == "which" and role(said[-2]) in NOUNS:
        return role(said[-2]), counting  # 被最多地区提到的领域是什么
    return "", counting


def has(tokens: Sequence[Token], *roles: str) -> bool:
    """Whether a token has one of these roles."""
    return any(role(t) in roles for t in tokens)


def in_text(tokens: list[Token]) -> list[Token]:
    """Drop the notice itself where something else is asked for (which campaigns does the text mention?)."""
    tokens = _subject(_notice(tokens))
    asked = {
        role(second)
        for (_, first), (_, second) in pairwise(said_of(tokens))
        if role(first) in ASKING
    }
    if not asked & ({*NOUNS, "deadline", "must", "forbid"} - {"notice"}):
        return tokens
    around = zip([None, *tokens], tokens, [*tokens[1:], None], strict=False)
    return [
        t
        for b, t, a in around
        if role(t) != "notice"
        or not ((b is not None and b.text in _THIS) or (a is not None and a.text in _IN_IT))
    ]


def _subject(tokens: list[Token]) -> list[Token]:
    """Drop the notice that says what is asked for (what do the notices ban? 通知规定了哪些期限)."""
    said = said_of(tokens)
    asks = next((i for i, (_, t) in enumerate(said) if role(t) in ASKING), None)
    if asks is None or len(said) < 2:
        return tokens
    at, first = said[0]
    place, second = said[1]
    does = any(t.text in ("do", "doe", "did") for t in tokens[at:place])
    if role(first) == "notice" and role(said[-1][1]) in (*NOUNS, "deadline", "must", "forbid"):
        return tokens[:at] + tokens[at + 1 :] if role(said[-1][1]) != "notice" else tokens
    if first.text == "what" and does and role(second) == "notice":
        return tokens[:place] + tokens[place + 1 :]
    return tokens


def _notice(tokens: list[Token]) -> list[Token]:
    """Take in which notice (在哪份通知里) for a question after notices."""
    out: list[Token] = []
    for token in tokens:
        asked = bool(out) and role(out[-1]) in ASKING
        known = lexicon().phrases.get(token.text[:-1]) if asked and token.kind == "noise" else None
        noun = known is not None and token.text[-1] in _IN_IT and known.values == ("notice",)
        report = asked and role(token) == "say" and token.text == "report"
        out.append(Token("role", ("notice",), token.text) if noun or report else token)
    return out


def kinds(tokens: list[Token]) -> list[Token]:
    """Put which before the noun whose kinds are asked for (在责任方面提到了哪些类型)."""
    if has(tokens, "must", "forbid", "deadline"):  # which things are banned?
        tokens = [t for t in tokens if role(t) != "sector" or t.text not in _THINGS]
    said = said_of(tokens)
    for (at, first), (place, second) in pairwise(said):
        if role(first) not in ASKING or role(second) != "sector" or second.text not in _KINDS:
            continue
        nouns = [i for i, t in said if role(t) in ("resp", "measure", "campaign") and i < at]
        if len(nouns) == 1:
            field = nouns[0] + 1 if tokens[nouns[0] + 1].text == "方面" else at
            rest = [t for i, t in enumerate(tokens) if i not in (at, place, field)]
            return [*rest[: nouns[0]], first, *rest[nouns[0] :]]
    return tokens


def counted(tokens: list[Token]) -> list[Token]:
    """Put how many before the noun that it stands behind (湖南的措施有几种)."""
    for place in (i for i, t in enumerate(tokens) if role(t) == "count"):
        if any(t.kind != "noise" for t in tokens[place + 1 :]):
            continue
        at = next((i for i in range(place - 1, -1, -1) if tokens[i].kind != "noise"), None)
        if tokens[place].text.endswith("家") and not has(tokens, *NOUNS):
            return [*tokens[: place + 1], REGION, *tokens[place + 1 :]]  # 强调烟花爆竹的有几家
        if at is not None and role(tokens[at]) in NOUNS:
            rest = [*tokens[:place], *tokens[place + 1 :]]
            return [*rest[:at], tokens[place], *rest[at:]]
    return tokens


def governments(tokens: list[Token]) -> list[Token]:
    """Take which governments for which regions, where they speak (which governments stressed gas?)."""
    hold = has(tokens, "hold") and has(tokens, "meeting")
    named = not hold and (has(tokens, *NOUNS) or any(t.kind == "region" for t in tokens))
    if named or has(tokens, "must", "forbid", "deadline", "who"):
        return tokens
    for (_, first), (at, second) in pairwise(said_of(tokens)):
        governs = second.kind == "bearer" and second.values == ("政府",)
        if governs and role(first) in ASKING and has(tokens, "hold"):
            return [*tokens[:at], Token("role", ("who",), "who"), *tokens[at + 1 :]]
        if governs and role(first) in ASKING and has(tokens, *ACTS, "require", "say"):
            return [*tokens[:at], replace(REGION, text=second.text), *tokens[at + 1 :]]
    return tokens


def listed(tokens: list[Token]) -> list[Token]:
    """Take all regions behind list or name for which regions, unless it is what they all do."""
    said = said_of(tokens)
    for place, ((_, first), (at, second)) in enumerate(pairwise(said)):
        asks = role(first) == "which" and first.text.startswith(_LISTS)
        both = place + 2 < len(said) and role(said[place + 2][1]) == "both"
        if asks and role(second) == "every" and not both:
            return [*tokens[:at], replace(REGION, text=second.text), *tokens[at + 1 :]]
    for at, (first, second) in enumerate(pairwise(tokens)):
        among = role(first) == "every" and second.text in _IN_IT
        if among and any(t.kind == "theme" for t in tokens) and not has(tokens, *NOUNS):
            return _after_which([*tokens[:at], *tokens[at + 2 :]])  # 各地区中,哪些提到了煤矿
        one_by_one = role(first) == "every" and second.text in ("that", "which", "where", "who")
        if one_by_one and not any(role(t) == "which" for t in tokens[:at]):
            which = Token("role", ("which",), "which")
            rest = [t for i, t in enumerate(tokens) if i != at + 1]
            return [*rest[:at], which, REGION, *rest[at + 1 :]]
    return tokens


def _after_which(tokens: list[Token]) -> list[Token]:
    at = next((i for i, t in enumerate(tokens) if role(t) == "which"), None)
    return tokens if at is None else [*tokens[: at + 1], REGION, *tokens[at + 1 :]]


def pronoun(tokens: list[Token]) -> list[Token]:
    """Give which its noun where it stands right before what regions do (which left out gas?)."""
    if has(tokens, *NOUNS, "every", "who", "where", "when", "must", "forbid", "deadline") or any(
        t.kind in ("region", "slot", "bearer") for t in tokens
    ):
        return tokens
    for (at, first), (_, second) in pairwise(said_of(tokens)):
        if role(first) == "which" and first.text in _PRONOUNS and role(second) in ACTS:
            return [*tokens[: at + 1], REGION, *tokens[at + 1 :]]
    return tokens


def placed(tokens: list[Token]) -> list[Token]:
    """Take where something was stressed for the regions that stressed it."""
    if (
        not any(t.kind in ("theme", "campaign") for t in tokens)
        or any(t.kind in ("region", "meeting") for t in tokens)
        or has(tokens, *NOUNS, "hold", "say", "when", "who", "every")
        or not has(tokens, "attend", "omit", "invoke", "order", "run")
    ):
        return tokens
    out: list[Token] = []
    for token in tokens:
        which = Token("role", ("which",), token.text)
        out += [which, REGION] if role(token) == "where" else [token]
    return out
