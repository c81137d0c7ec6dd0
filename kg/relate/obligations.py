"""Directive clauses -> obligations: bearer, modality, action, object, condition, deadline, hazards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kg.cues import pattern
from kg.layers import Layers
from kg.model import Evidence, Modality, Obligation
from kg.relate.aspect import kind_of
from kg.relate.clause import Clause
from kg.relate.headings import SHORT
from kg.relate.limits import find_limit
from kg.relate.statements import excluded_spans, mentions_of

_BEARER_TRIM = pattern("clauses", "bearer-trim")
_NOT_BEARER = pattern("clauses", "not-bearer")
_WHO = pattern("clauses", "bearer")
_OBJECT_END = re.compile(r"[，。；：]")


def _bearer(text: str, clause: Clause, limit: str | None) -> str | None:
    """Who is to act: the subject, without the time limit that stands before or behind it."""
    if clause.subject is None:
        return None
    words = text[clause.subject[0] : clause.end]
    size = clause.subject[1] - clause.subject[0]
    at = words.find(limit, 0, size + len(limit)) if limit else -1
    begin = len(limit) if limit and at == 0 else 0
    words = _BEARER_TRIM.sub("", words[begin : at if at > 1 else size])
    if not 2 <= len(words) <= 60 or _NOT_BEARER.search(words) or not _WHO.search(words):
        return None
    return words


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
) -> list[Obligation]:
    """One obligation for each clause that directs; a bearer is inherited within its sentence only."""
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
        inherited = own is None and bearer is not None
        bearer = own or bearer
        named = [
            m for m in mentions_of(layers.mentions, starts, begin, clause.end) if m.masked != "body"
        ]
        if named:
            excluded = excluded_spans(text, begin, clause.end)
            named = [m for m in named if not any(a <= m.start and m.end <= b for a, b in excluded)]
        hazards = tuple(dict.fromkeys(m.concept for m in named if m.scheme == "hazard"))
        if hazards:
            topic = hazards if len(hazards) == 1 else ()
        else:
            hazards = topic
        quote = text[clause.start : clause.end]
        after = clause.action_at + len(clause.action)
        listed = text.startswith("、", after)  # 见烟就查、见火就罚: another deed follows, no object
        rest = (
            text[after : clause.end].strip("，。；： 　了") if clause.action and not listed else ""
        )
        modality: Modality = clause.modality  # type: ignore[assignment]
        out.append(
            Obligation(
                region=region_at(clause.start),
                modality=modality,
                action=clause.action or (clause.cue or quote[:4]),
                quote=quote,
                hazards=hazards,
                evidence=(proof(clause.start, clause.end),),
                bearer=bearer,
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
