"""Other wordings of what the frame knows: tokens put so that a question asks as its templates do.

Each change is of the grammar, not of a word: what a list names, a question without its noun, a place
asked for as a region, two words for one request, a division told by the one it lies in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kg.ontology import ancestors, concept
from kg.question.doubts import denies, role
from kg.question.nouns import (
    ACTS,
    ASKING,
    NOUNS,
    counted,
    governments,
    has,
    in_text,
    kinds,
    listed,
    placed,
    pronoun,
    said_of,
)  # fmt: skip
from kg.question.tokens import Token

_ALL = frozenset({"all", "共", "全部", "各"})
_INSIDE = frozenset({"in", "of", "的", "at"})
#: Words that ask by themselves and are verbs behind who does it.
_NAMING = {
    "name": "attend",
    "list": "attend",
    "identify": "attend",
    "identifies": "attend",
    "quote": "cite",
    "count": "counts",  # no template has it: which regions count mines?
}
#: How verbs begin that leave out both of two, not one of them.
_LEAVING = ("left out", "leave out", "leaving out", "leaves out", "omit", "skip", "ignor", "neglected",
            "overlook", "passed over", "silent on", "silent about", "forgot")  # fmt: skip
#: Responsibilities that are of those who are to act, by them.
_BORNE = {"企业": "enterprise-principal", "部门": "departmental-supervision"}
#: Words that tell what is to be done by whom (where do they plan to suspend production?).
_PLANS = frozenset({"plan to", "planned to", "intend to", "intended to", "intending", "intends", "aim to",
                    "要", "需", "准备", "打算", "计划"})  # fmt: skip
_WHAT = frozenset({"什么", "哪些", "啥", "哪些方面"})
#: Words before a list of which one will do.
_AT_LEAST = frozenset({"at least one of", "any one of", "any of", "one of", "one or more of", "at least one",
                       "one or several of", "至少一个", "至少一项", "至少一种", "至少提到一个", "任何一个", "任一",
                       "其中之一", "之一", "任何一项", "至少", "任意一个", "任意一项",
                       "其中一个", "其中一项"})  # fmt: skip
#: Words between a sector and what it is looked at for.
_OF = frozenset({"in", "of", "的", "at", "for", "the"})


def reworded(tokens: Sequence[Token]) -> list[Token]:
    """Put a question's tokens in the wording that the frame knows.

    >>> from kg.question.tokens import read
    >>> [t.values[0] for t in reworded(read("List all regions that stressed gas").tokens) if t.values[0]]
    ['which', 'region', 'attend', 'gas']
    """
    out = list(tokens)
    for change in (
        _who,
        _relative,
        _naming,
        _accident,
        _narrower,
        _demanded,
        _venue,
        _convener,
        _neither,
        _borne,
        in_text,
        kinds,
        _done,
        _to_take,
        _planned,
        counted,
        _everyone,
        _whether,
        _inner,
        governments,
        listed,
        _either,
        pronoun,
        placed,
        _alike,
        _holder,
        _campaigns,
        _passive,
    ):
        out = change(out)
    return out


def together(tokens: Sequence[Token]) -> bool:
    """Whether the divisions that are named stand side by side, or are joined by and or commas.

    >>> from kg.question.tokens import read
    >>> [together(read(q).tokens) for q in ("湖南和江西强调了什么", "湖南对江西强调了什么")]
    [True, False]
    """
    places = [i for i, t in enumerate(tokens) if t.kind == "region"]
    return len(places) > 1 and all(
        all(
            role(t) in ("and", "neither") or t.kind == "mark" or t.text == "the"
            for t in tokens[first + 1 : second]
        )
        for first, second in pairwise(places)
    )


def _who(tokens: list[Token]) -> list[Token]:
    """Take 是谁 beside what was done for who did it (是谁召集的, 召开会议的是谁), not behind a post."""
    done = bool(tokens) and role(tokens[0]) in {*ACTS, "hold"}  # 召集江西那场会议的是谁
    out: list[Token] = []
    for token, after in zip(tokens, [*tokens[1:], None], strict=False):
        asks = token.kind == "outside" and token.text == "是谁"
        does = (
            role(after) in {*ACTS, "hold"} if after else done and bool(out) and out[-1].text == "的"
        )
        out.append(Token("role", ("who",), "谁") if asks and does else token)
    return out


def _relative(tokens: list[Token]) -> list[Token]:
    """Drop where behind its places (regions where gas was stressed), and the notice of whose notice."""
    places = ("region", "province", "city")
    return [
        t
        for b, t in zip([None, *tokens], tokens, strict=False)
        if b is None
        or not (
            (role(t) == "where" and role(b) in places)
            or (role(t) in ("notice", "meeting") and b.text == "whose")
        )
    ]


def _naming(tokens: list[Token]) -> list[Token]:
    """Take name, list and quote behind who does it for verbs (which regions name gas?)."""
    out: list[Token] = []
    for token in tokens:
        before = next((t for t in reversed(out) if t.kind != "noise"), None)
        does = before is not None and (
            before.kind == "region"
            or role(before) in ("region", "province", "city", "who", "notice")
        )
        asks = does and role(token) in ("which", "sentence", "count")
        verb = _NAMING.get(token.text) if asks else None
        out.append(replace(token, values=(verb,)) if verb else token)
    return out


def _accident(tokens: list[Token]) -> list[Token]:
    """Take the accident of a place for the one whose name has it (which regions cite the Yichun accident?)."""
    if not has(tokens, "region", "province", "city", "who"):
        return tokens
    said = [i for i, _ in said_of(tokens)]
    for place, first in enumerate(said):
        between = 1
        while place + between < len(said) and tokens[said[place + between]].kind == "theme":
            between += 1  # the Yichun tailings leak
        second = said[place + between] if place + between < len(said) else first
        one, other = tokens[first], tokens[second]
        if one.kind == "region" and role(other) == "incident":
            names = "|".join(name.rstrip("省市县区") for name in one.values)
            text = f"{one.text} {other.text}"
            return [*tokens[:first], Token("incident", (names,), text), *tokens[second + 1 :]]
    return tokens


def _narrower(tokens: list[Token]) -> list[Token]:
    """Drop a sector that only tells what one within it is looked at for (老旧小区的消防, fire safety in high-rises)."""
    dropped: set[int] = set()
    places = [i for i, t in enumerate(tokens) if t.kind == "theme" and len(t.values) == 1]
    for first, second in pairwise(places):
        between = tokens[first + 1 : second]
        if not between or not all(t.kind == "noise" and t.text in _OF for t in between):
            continue
        one, other = tokens[first].values[0], tokens[second].values[0]
        if one in ancestors(other)[1:]:
            dropped.add(first)
        elif other in ancestors(one)[1:]:
            dropped.add(second)
    return [t for i, t in enumerate(tokens) if i not in dropped]


def _demanded(tokens: list[Token]) -> list[Token]:
    """Take which 要求 there are on something for duties (江西在森林防火上有哪些要求)."""
    if not any(t.kind == "theme" for t in tokens) or has(tokens, *NOUNS, "must", "forbid"):
        return tokens
    said = [i for i, _ in said_of(tokens)]
    for first, second in pairwise(said):
        if role(tokens[first]) == "which" and tokens[second].text == "要求":
            return [
                *tokens[:second],
                replace(tokens[second], values=("must",)),
                *tokens[second + 1 :],
            ]
    return tokens


def _convener(tokens: list[Token]) -> list[Token]:
    """Take which region held a region's meeting for who did (由哪个地区召开了兵团的会议)."""
    if has(tokens, "meeting") and has(tokens, "who") and not has(tokens, "hold", "campaign"):
        tokens = [
            replace(t, values=("hold",)) if role(t) == "run" else t for t in tokens
        ]  # 由谁组织
    if not (
        has(tokens, "hold") and has(tokens, "meeting") and any(t.kind == "region" for t in tokens)
    ):
        return tokens
    said = said_of(tokens)
    for (at, first), (place, second) in pairwise(said):
        if role(first) == "which" and role(second) in ("region", "province", "city"):
            return [*tokens[:at], Token("role", ("who",), "who"), *tokens[place + 1 :]]
    return tokens


def _venue(tokens: list[Token]) -> list[Token]:
    """Take in which city a meeting was held for where (在哪个城市召开), and drop where's own where."""
    if not (has(tokens, "meeting") or any(t.kind == "meeting" for t in tokens)):
        return tokens
    if has(tokens, "where"):  # 会议的召开地点是哪里
        return [t for t in tokens if t.text not in ("哪里", "哪儿") or role(t) != "region"]
    for at, (before, first, second) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        inside = before.text in ("in", "在") and role(first) == "which" and role(second) == "city"
        if inside and has(tokens, "hold"):
            return [*tokens[:at], Token("role", ("where",), second.text), *tokens[at + 3 :]]
    return tokens


def _neither(tokens: list[Token]) -> list[Token]:
    """Take both that are left out (left out both A and B; A、B都没提) for neither, before their list."""
    out: list[Token] = []
    for token in tokens:
        before = next((t for t in reversed(out) if t.kind != "noise"), None)
        if before is not None and role(token) == "both" and before.text.startswith(_LEAVING):
            out.append(Token("role", ("neither",), token.text))
        elif before is not None and denies(token) and role(before) == "both":
            out[out.index(before)] = Token("role", ("neither",), before.text + token.text)
            if role(token) == "omit":
                out.append(replace(token, values=("attend",)))
        else:
            out.append(token)
    at = next((i for i, t in enumerate(out) if role(t) == "neither"), None)
    themes = [i for i, t in enumerate(out) if t.kind == "theme"]
    if at is None or len(themes) < 2 or themes[-1] > at:
        return out if at is None or (themes and themes[0] > at) else tokens
    listed = out[themes[0] : themes[-1] + 1]
    if not all(t.kind in ("theme", "mark", "noise") or role(t) == "and" for t in listed):
        return tokens
    rest = [*out[themes[-1] + 1 : at], *out[at + 1 :]]
    return [*out[: themes[0]], out[at], *listed, *rest]


def _borne(tokens: list[Token]) -> list[Token]:
    """Drop whose a responsibility is that is theirs by its name (要企业落实主体责任)."""
    named = {t.values[0] for t in tokens if t.kind == "theme"}
    places = has(tokens, "region", "province", "city", "who", "where")
    if not places or has(tokens, "must", "forbid", "deadline"):
        return tokens
    return [t for t in tokens if t.kind != "bearer" or _BORNE.get(t.values[0]) not in named]


def _done(tokens: list[Token]) -> list[Token]:
    """Take what is required (to be done) about a sector for duties, unless its kinds are asked for."""
    themes = [i for i, t in enumerate(tokens) if t.kind == "theme"]
    verbs = {role(t) for t in tokens} & (ACTS | {"say", "require", "must", "forbid", "hold"})
    if (
        verbs != {"require"}
        or not themes
        or has(tokens, *NOUNS, "every", "who", "where", "deadline", "only", "unique", "common", "count")
        or not any(t.kind == "region" for t in tokens)
        or any(concept(t.values[0]).scheme != "hazard" for t in tokens if t.kind == "theme")
    ):  # fmt: skip
        return tokens
    said = [t for _, t in said_of(tokens)]
    kinds = any(
        role(first) in ASKING and second.kind == "theme" for first, second in pairwise(said)
    )
    asks = any(role(t) == "which" for t in said)
    if kinds or not asks:
        return tokens
    return [replace(t, values=("must",)) if role(t) == "require" else t for t in tokens]


def _to_take(tokens: list[Token]) -> list[Token]:
    """Drop must where measures are asked for (which steps are required?), and take 要抓好什么 for duties."""
    said = said_of(tokens)
    measures = any(
        role(first) in ASKING and role(second) == "measure"
        for (_, first), (_, second) in pairwise(said)
    )
    if measures and has(tokens, "must") and not any(t.kind == "bearer" for t in tokens):
        return [replace(t, values=("order",)) if role(t) == "must" else t for t in tokens]
    if (
        len(said) < 3
        or said[-1][1].text not in _WHAT
        or not any(t.kind == "region" for t in tokens)
    ):
        return tokens
    (first, theme), (at, verb) = said[-3], said[-2]
    wanted = verb.text.startswith("要") or any(t.text == "要" for t in tokens[first:at])
    if theme.kind == "theme" and role(verb) == "attend" and wanted:
        return [*tokens[:at], replace(verb, values=("must",)), *tokens[at + 1 :]]
    return tokens


def _planned(tokens: list[Token]) -> list[Token]:
    """Give a measure that is to be taken its verb (where are people to be evacuated?)."""
    themes = [t for t in tokens if t.kind == "theme"]
    if not themes or any(concept(t.values[0]).scheme != "measure" for t in themes):
        return tokens
    asks = has(tokens, "region", "province", "city", "where", "who")
    if has(tokens, "where") and has(tokens, "must") and not has(tokens, *ACTS, "say", "hold"):
        return [replace(t, values=("order",)) if role(t) == "must" else t for t in tokens]
    if not asks or has(
        tokens, *ACTS, "say", "require", "must", "forbid", "hold", "sentence", "notice"
    ):
        return tokens
    if has(tokens, "measure"):  # 监测预警是哪些地区的措施
        return [replace(t, values=("order",)) if role(t) == "measure" else t for t in tokens]
    for at, token in enumerate(tokens[:-1]):
        to = token.text == "to" or token.text in _PLANS
        after = next((t for t in tokens[at + 1 :] if t.kind != "noise"), token)
        if to and (tokens[at + 1].text == "be" or after.kind == "theme"):
            return [*tokens[:at], Token("role", ("order",), "order"), *tokens[at + 1 :]]
    return tokens


def _everyone(tokens: list[Token]) -> list[Token]:
    """Take all right behind several divisions for both (what do Hunan and Jiangxi all stress?)."""
    several = sum(t.kind == "region" for t in tokens) > 1
    return [
        Token("role", ("both",), "both")
        if several and t.text in _ALL and before is not None and before.kind == "region"
        else t
        for before, t in zip([None, *tokens], tokens, strict=False)
    ]


def _whether(tokens: list[Token]) -> list[Token]:
    """Take 有没有提到, and 没有 at the end (提到燃气没有), for a question whether it is so, not for a denial."""
    said = said_of(tokens)
    if (
        said
        and said[-1][1].text in ("没有", "没")
        and any(role(t) in ACTS - {"not"} for t in tokens)
    ):
        tokens = tokens[: said[-1][0]]
    out: list[Token] = []
    for token in tokens:
        so = (
            role(token) == "omit" and token.text.startswith("没有") and out and out[-1].text == "有"
        )
        out.append(replace(token, values=("attend",)) if so else token)
    return out


def _inner(tokens: list[Token]) -> list[Token]:
    """Drop a division that only tells where the one beside it lies (吉林省长春市; Changchun, Jilin)."""
    places = [i for i, t in enumerate(tokens) if t.kind == "region"]
    for first, second in pairwise(places):
        between = tokens[first + 1 : second]
        one, other = tokens[first], tokens[second]
        if not between or all(t.text == "的" for t in between):
            inner, outer, at = other, one, first
        elif len(between) == 1 and (between[0].text in _INSIDE or between[0].text == ","):
            after = tokens[second + 1] if second + 1 < len(tokens) else None
            if (
                between[0].text == ","
                and after is not None
                and (role(after) == "and" or after.kind == "mark")
            ):
                continue  # Changsha, Hunan and Jiangxi
            inner, outer, at = one, other, second
        else:
            continue
        lying = tuple(n for n in inner.values if any(_lies(n, o) for o in outer.values))
        if lying:
            out = [replace(t, values=lying) if t is inner else t for t in tokens]
            del out[at]
            return _inner(out)
    return tokens


def _lies(name: str, container: str) -> bool:
    from kg.regions.names import by_name
    from kg.regions.table import within

    return name != container and any(
        within(one, other) for one in by_name(name) for other in by_name(container)
    )


def _either(tokens: list[Token]) -> list[Token]:
    """Take and for or in at least one of gas and fireworks."""
    one = any(role(t) == "either" and t.text in _AT_LEAST for t in tokens)
    if not one or any(denies(t) for t in tokens):
        return tokens
    return [replace(t, values=("or",)) if role(t) == "and" else t for t in tokens]


def _alike(tokens: list[Token]) -> list[Token]:
    """Drop compare beside what is to be found by it, and how before it."""
    if has(tokens, "compare", "differ", "common"):
        tokens = [
            t
            for t in tokens
            if not (t.kind == "outside" and t.text.startswith(("how", "如何", "怎")))
        ]
        tokens = [t for t in tokens if role(t) != "between"]
    if has(tokens, "common", "differ") and sum(t.kind == "region" for t in tokens) > 1:
        tokens = [t for t in tokens if role(t) != "where"]  # where do they overlap?
    if has(tokens, "common", "differ"):
        tokens = [t for t in tokens if role(t) != "compare"]
    return tokens


def _holder(tokens: list[Token]) -> list[Token]:
    """Take the document that mentions a sector for the notice that does: of others only the title is known."""
    cites = has(tokens, "cite", "invoke", "region", "province", "city", "who", "where")
    if cites or not has(tokens, "attend", "say") or not any(t.kind == "theme" for t in tokens):
        return tokens
    said = said_of(tokens)
    for (_, first), (at, second) in pairwise(said):
        if role(first) in ASKING and role(second) == "policy":
            return [*tokens[:at], replace(second, values=("notice",)), *tokens[at + 1 :]]
    return tokens


def _campaigns(tokens: list[Token]) -> list[Token]:
    """Take which special rectifications for which campaigns: the measure has no kinds."""
    if has(tokens, "measure", "campaign"):
        return tokens
    for (_, first), (at, second) in pairwise(said_of(tokens)):
        if (
            role(first) in ASKING
            and second.kind == "theme"
            and second.values == ("special-rectification",)
        ):
            return [*tokens[:at], Token("role", ("campaign",), second.text), *tokens[at + 1 :]]
    return tokens


def _passive(tokens: list[Token]) -> list[Token]:
    """Put what is denied behind its denial (gas was not stressed by which regions? 煤矿哪些地区没提？)."""
    themes = [i for i, t in enumerate(tokens) if t.kind == "theme"]
    denials = [i for i, t in enumerate(tokens) if role(t) in ("not", "omit")]
    verbs = [
        t for t in tokens if role(t) in ("attend", "omit", "invoke", "order", "run", "require")
    ]
    nouns = {role(t) for t in tokens if role(t) in NOUNS}
    if (
        len(themes) != 1 or len(denials) != 1 or len(verbs) > 1 or themes[0] > denials[0]
        or not nouns or nouns - {"region", "province", "city"}
        or any(t.kind in ("region", "slot") for t in tokens)
        or (role(tokens[denials[0]]) == "not" and not has(tokens[denials[0] :], *ACTS - {"not"}, "require"))
        or has(tokens, "but", "and", "or", "hold", "only", "every")
    ):  # fmt: skip
        return tokens
    theme = tokens[themes[0]]
    rest = [t for t in tokens if t is not theme]
    return [*rest, theme]
