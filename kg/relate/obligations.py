"""Directive clauses -> obligations: bearer, modality, action, object, condition, deadline, hazards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set

from kg.annotate import FAINT
from kg.cues import pattern, word_set
from kg.layers import Layers
from kg.lexicon import words as general_words
from kg.model import Evidence, Modality, Obligation
from kg.relate.aspect import kind_of
from kg.relate.clause import Clause
from kg.relate.headings import SHORT
from kg.relate.limits import find_limit
from kg.relate.statements import excluded_spans, mentions_of

_BEARER_TRIM = pattern("clauses", "bearer-trim")
_AT_TIME = pattern("clauses", "bearer-at-time")
_NOT_BEARER = pattern("clauses", "not-bearer")
_WHO = pattern("clauses", "bearer")
_BEARER_END = pattern("clauses", "bearer-end")
#: What masks a word that names no sector here: it stands in the name of a body, or in a phrase.
_NO_SECTOR = frozenset({"body", "phrase"})
_EVERY = re.compile("各(?!类)[^，的]{1,6}")
#: A verb behind who acts, with an object of its own, has at most so many characters.
_SHORT_VERB = 4
#: Says whom something is done to.
_DEALT = re.compile("[的对者凡]")
_DONE_TO = word_set("clauses", "done-to")
_PUNISHES = word_set("clauses", "punishes")
_GRANTS = word_set("clauses", "grants")
_ACCOUNT = word_set("clauses", "calls-to-account")
_AUTHORITY = pattern("clauses", "authority")
_OVERSEER = pattern("clauses", "overseer")


def _bearer(text: str, clause: Clause, limit: str | None) -> str | None:
    """Who is to act: the subject, without the time limit that stands before or behind it."""
    if clause.subject is None:
        return None
    words = text[clause.subject[0] : clause.end]
    size = clause.subject[1] - clause.subject[0]
    at = words.find(limit, 0, size + len(limit)) if limit else -1
    begin = len(limit) if limit and at == 0 else 0
    words = _BEARER_TRIM.sub("", words[begin : at if at > 1 else size])
    timed = _AT_TIME.match(words)
    words = timed[1] if timed is not None else words
    if _NOT_BEARER.search(words):
        return None
    words = _named(words)
    if not 2 <= len(words) <= 60 or _NOT_BEARER.search(words) or not _WHO.search(words):
        return None
    return words


def _named(words: str) -> str:
    """Who acts, without the verb behind (企业|检修); nothing where what is named is a thing (企业名单)."""
    if _EVERY.fullmatch(words):
        return words
    ends = [m.end() for m in _BEARER_END.finditer(words)]
    if not ends or ends[-1] == len(words):
        return words if ends else ""
    behind = words[ends[-1] :]
    verb = general_words().get(behind[:2]) == "v" and len(behind) <= _SHORT_VERB
    return words[: ends[-1]] if verb else ""


def _is_acted_upon(text: str, clause: Clause, bearer: str, *, own: bool) -> bool:
    """住宿人员全部清退, 各镇要按期完成，逾期的予以通报: those are named to whom it is done, not who does it."""
    if clause.modality == "permission" and not own:
        dealt = _DEALT.search(text, clause.begin, clause.action_at) is not None
        grants = clause.action in _GRANTS or clause.action in _PUNISHES
        return dealt and grants and _AUTHORITY.search(bearer) is None
    if clause.modality != "obligation":
        return False
    if own:
        ends = clause.action_at + len(clause.action) >= clause.end - 2
        passive = text[max(clause.subject[0] - 1, 0)] == "由" if clause.subject else False
        return ends and not passive and clause.action in _DONE_TO and not _AUTHORITY.search(bearer)
    if not _DEALT.search(text, clause.begin, clause.action_at):
        return False
    if clause.action in _ACCOUNT:
        return _OVERSEER.search(bearer) is None
    return clause.action in _PUNISHES and _AUTHORITY.search(bearer) is None


def _heading(layers: Layers, clause: Clause, starts: list[int]) -> tuple[str, ...]:
    """The only sector of a short first sentence of a paragraph, else none."""
    if clause.end - clause.start > SHORT or layers.text[clause.end : clause.end + 1] not in "。：":
        return ()
    inside = mentions_of(layers.mentions, starts, clause.start, clause.end)
    named = {m.concept for m in inside if m.scheme == "hazard" and m.masked is None}
    return tuple(named) if len(named) == 1 else ()


def obligations(
    layers: Layers,
    clauses: Iterable[Clause],
    region_at: Callable[[int], str | None],
    meeting_at: Callable[[int], str | None],
    proof: Callable[[int, int], Evidence],
    published: str | None,
    stressed: Set[tuple[str | None, str]],
) -> list[Obligation]:
    """One obligation for each clause that directs; a bearer is inherited within its sentence only.

    It is about those of the sectors that it names which its region stresses.
    """
    text = layers.text
    starts = [m.start for m in layers.mentions]
    out: list[Obligation] = []
    sentence = -1
    bearer: str | None = None
    topic: tuple[str, ...] = ()
    line = -1
    heading: tuple[str, ...] = ()
    """The one sector that the heading of the paragraph names (一、管好尾矿库。)."""
    for clause in clauses:
        if clause.line != line:
            line, heading = clause.line, _heading(layers, clause, starts)
        if clause.sentence != sentence:
            sentence, bearer, topic = clause.sentence, None, heading
        if clause.force != "order":
            continue
        begin = clause.condition_at if clause.condition_at is not None else clause.start
        limit = find_limit(text[begin : clause.end], published)
        own = _bearer(text, clause, limit[0] if limit else None)
        if own is None and clause.subject is not None and text[begin - 1 : begin] == "；":
            bearer = None  # the half sentence speaks of somebody or something else
        bearer = own or bearer
        if bearer is not None and _is_acted_upon(text, clause, bearer, own=own is not None):
            who, inherited = None, False
        else:
            who, inherited = bearer, own is None and bearer is not None
        named = [
            m
            for m in mentions_of(layers.mentions, starts, begin, clause.end)
            if m.masked not in _NO_SECTOR
        ]
        if named:
            excluded = excluded_spans(text, begin, clause.end)
            named = [m for m in named if not any(a <= m.start and m.end <= b for a, b in excluded)]
        region = region_at(clause.said)
        sectors = [m for m in named if (region, m.concept) in stressed]
        hazards = tuple(dict.fromkeys(m.concept for m in sectors if m.masked != FAINT))
        if hazards:
            topic = hazards if len(hazards) == 1 else ()
        else:
            hazards = topic or tuple(dict.fromkeys(m.concept for m in sectors))
        quote = text[clause.start : clause.end]
        after = clause.action_at + len(clause.action)
        listed = text.startswith("、", after)  # 见烟就查、见火就罚: another deed follows, no object
        rest = (
            text[after : clause.end].strip("，。；： 　了").lstrip("”")
            if clause.action and not listed
            else ""
        )
        modality: Modality = clause.modality  # type: ignore[assignment]
        out.append(
            Obligation(
                region=region,
                modality=modality,
                action=clause.action or (clause.cue or quote[:4]),
                quote=quote,
                hazards=hazards,
                evidence=(proof(clause.start, clause.end),),
                bearer=who,
                bearer_inherited=inherited,
                cue=clause.cue,
                object=rest or None,
                condition=clause.condition,
                deadline=limit[1] if limit else None,
                deadline_text=limit[0] if limit else None,
                strength=clause.strength,
                responsibilities=tuple(
                    dict.fromkeys(
                        m.concept
                        for m in named
                        if m.scheme == "responsibility" and m.masked is None
                    )
                ),
                kind=kind_of(
                    quote,
                    modality,
                    dated=limit is not None,
                    concrete=any(m.scheme != "responsibility" for m in named),
                ),
                meeting=meeting_at(clause.start),
            )
        )
    return out
