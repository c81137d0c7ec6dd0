"""Directive clauses -> obligations: bearer, modality, action, object, condition, deadline, hazards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kg.dates import find_deadline
from kg.layers import Layers
from kg.model import Evidence, Modality, Obligation
from kg.relate.clauses import Clause
from kg.relate.statements import excluded_spans, mentions_of

_BEARER_TRIM = re.compile(r"^(?:并|同时|此外|另外|其中|特别是|当前|目前|下一步|会后)+|[，、\s　]+$")
_NOT_BEARER = re.compile(
    r"责任|措施|隐患|意识|工作|任务|问题|风险|整治|管控|治理|制度|机制|(?:期间|时|前|后|中|内|[的上下])$"
)
_WHO = re.compile(
    r"各|企业|单位|部门|政府|党委|[局厅委办队]$|负责人|人员|干部|领导|地区|市县|乡镇|街道|公司|机构|全省|全市|全县|全区|上下|群众|我们|矿|[省市县区州]$|旅行社|司机|经营者|业主|学校|医院|园区|驾驶|游客|部$|办$|会$"
)
_OBJECT_END = re.compile(r"[，。；：]")


def _bearer(text: str, clause: Clause) -> str | None:
    if clause.subject is None:
        return None
    words = _BEARER_TRIM.sub("", text[clause.subject[0] : clause.subject[1]])
    if not 2 <= len(words) <= 60 or _NOT_BEARER.search(words) or not _WHO.search(words):
        return None
    return words


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
    for clause in clauses:
        if clause.sentence != sentence:
            sentence, bearer, topic = clause.sentence, None, ()
        if clause.force != "order":
            continue
        own = _bearer(text, clause)
        inherited = own is None and bearer is not None
        bearer = own or bearer
        begin = clause.condition_at if clause.condition_at is not None else clause.start
        excluded = excluded_spans(text, begin, clause.end)
        named = [
            m.concept
            for m in mentions_of(layers.mentions, starts, begin, clause.end)
            if m.scheme == "hazard"
            and m.masked != "body"
            and not any(a <= m.start and m.end <= b for a, b in excluded)
        ]
        hazards = tuple(dict.fromkeys(named))
        if hazards:
            topic = hazards if len(hazards) == 1 else ()
        else:
            hazards = topic
        quote = text[clause.start : clause.end]
        limit = find_deadline(text[begin : clause.end], published)
        after = clause.action_at + len(clause.action)
        rest = text[after : clause.end].strip("，。；： 　了") if clause.action else ""
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
                meeting=meeting_at(clause.start),
            )
        )
    return out
