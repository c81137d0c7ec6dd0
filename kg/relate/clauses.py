"""Segments -> clauses: which stretches direct, with what force, and which only tell.

A clause ends at ，；。 where a new predicate begins (GUIDELINES, Obligations): a leading 按照/针对/以…为/结合 phrase
stays with what follows, a continuation by 以及 or without a verb stays with what precedes, a condition (…的，
一旦…) is kept apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from kg.layers import Cue, Layers, Segment

Force = Literal["order", "doing", "topic", "told"]
Mode = Literal["order", "tell", "document", "narrative"]

_LEADING_END = re.compile(
    r"(?:情况|问题|要求|部署|精神|特点|原则|形势|实际|规定|[中下后前时上际外内的等]|为(?:重点|契机|抓手|牵引|主线|基准|目标|导向|核心|依托|载体|突破口|切入点|统领|引领|基础|根本|着力点)|期间|过程|基础|同时|名义|以来|起|止|前提|条件|机遇|机会|契机|教训|作用|力度|安排|实施方案|规律|重点|压力|挑战|任务|精神实质|意见|通知|方案|指示)$"
)
_CONDITION = re.compile(r"^(?:一旦|如|如果|若|遇|遇有|遇到|凡|凡是|当)")
_COPULA = re.compile(r"(?<![但凡还就只要若便先既总不别其正])是(?!否|非)")
_NOUN_AFTER = re.compile(
    r"^(?:工作|情况|责任|机制|体系|制度|措施|力度|方案|能力|水平|人员|部门|队伍|机构|单位|企业|经营|标准|规范|规定|要求|任务|目标|问题|隐患|事故|风险|设施|设备|系统|平台|领域|行业|环节|信息|知识|意识|责任制|业|者|员|期间|过程|活动|现场|条件|许可|资质|台账|清单|档案|预案|演练|电话|热线|渠道|网|线|点|区|站|所|室|厅|局|处|科|队|组|证|费|金|率|量|法|权|性|化)"
)


@dataclass(slots=True)
class Clause:
    """A stretch with one predicate."""

    start: int
    end: int
    sentence: int
    line: int
    force: Force
    """order: directs; doing: reported as being done; topic: a numbered heading; told: background."""
    modality: str = "obligation"
    cue: str | None = None
    action: str = ""
    action_at: int = 0
    degree: int = 1
    strength: int = 1
    subject: tuple[int, int] | None = None
    condition: str | None = None
    condition_at: int | None = None
    """Where the condition (…的，) begins, when one stands before the clause."""
    why: str = ""
    """What made it background, or nothing."""


@dataclass(slots=True)
class _Parse:
    segment: Segment
    start: int
    """Where the clause proper begins (after a reporting 会议强调)."""
    cues: list[Cue]
    modal: Cue | None = None
    verb: Cue | None = None
    contiguous: bool = False
    """The verb (or modal) comes at once, after adverbs and links only."""
    prep: bool = False
    object_prep: bool = False
    back: bool = False
    past: Cue | None = None
    hard: bool = False
    copula: bool = False
    aim: bool = False
    strength: int = 1
    verbs: int = 0


def _cue_slice(layers: Layers, starts: list[int], start: int, end: int) -> list[Cue]:
    return [
        c
        for c in layers.cues[bisect_left(starts, start) : bisect_left(starts, end)]
        if c.end <= end
    ]


_SPEAKER_BEFORE = re.compile(
    r"(?:会议?|[会长]|通知|方案|意见|通报|公告|文件|[局厅委办省市县区州旗府组院部]|书记|主任|主席|总理|兵团|[一-鿿]{2,4}(?:还|又|同时|并|明确|特别|再次|最后|进一步)?|还|并|也|同时|一致)$"
)
_NOT_SPEECH = re.compile(r"(?:的|有关|各项|按照|根据|工作|条件|规定|标准|基本|总体|具体|下一步|[”》、])$")


def speech_cue(text: str, cue: Cue, segment: Segment) -> bool:
    """Is this 要求/强调/明确 a report of speech, not a noun or an ordinary verb?"""
    if len(cue.word) >= 4 and cue.word[0] in "会通方意":
        return True
    before = text[segment.start : cue.start]
    if _NOT_SPEECH.search(before):
        return False
    rest = segment.end - cue.end
    if rest == 0:
        return segment.closer in "，：" and bool(_SPEAKER_BEFORE.search(before))
    if cue.word in {"说", "表示", "批示", "指示", "如下", "叮嘱", "嘱咐"}:
        return False
    if cue.word in {"明确", "决定", "提出", "部署", "指出"}:
        return bool(re.search(r"(?:会议?|通知|方案|意见|会上|[局厅委办府]|[省市县区州长]|书记|并|还)$", before))
    return bool(_SPEAKER_BEFORE.search(before)) or not before


def _parse(layers: Layers, segment: Segment, cues: list[Cue], strengths: dict[str, int]) -> _Parse:
    text = layers.text
    start = segment.start
    speech_at = None
    for cue in cues:
        if cue.kind == "speech" and speech_cue(text, cue, segment):
            start = cue.end
            speech_at = cue
    parse = _Parse(segment, start, [c for c in cues if c.start >= start])
    if speech_at is not None and start >= segment.end:
        return parse
    position, first = start, True
    for cue in parse.cues:
        contiguous = cue.start == position
        kind = cue.kind
        if kind == "past":
            parse.past = parse.past or cue
            if cue.value == "hard":
                parse.hard = True
        elif kind == "aim":
            parse.aim = True
        elif kind == "adverb":
            parse.strength = max(parse.strength, strengths.get(cue.word, 1))
            if contiguous:
                position = cue.end
        elif kind == "link":
            if contiguous:
                position = cue.end
        elif kind == "back":
            if cue.start == start:
                parse.back = True
        elif kind == "prep":
            if contiguous and parse.modal is None and parse.verb is None:
                parse.prep = True
            elif contiguous and parse.verb is None:
                parse.prep = True
        elif kind == "object":
            if contiguous and parse.verb is None:
                parse.object_prep = True
        elif kind == "modal":
            if parse.modal is None or (
                parse.verb is None and cue.value == "prohibition"
            ):
                parse.modal = cue
                parse.strength = max(parse.strength, strengths.get(cue.word, 1))
            if first:
                parse.contiguous = contiguous
            position = cue.end
        elif kind in {"verb", "speech"}:
            if kind == "speech" and len(cue.word) != 2:
                continue
            parse.verbs += 1
            if parse.verb is None:
                parse.verb = cue
                if first:
                    parse.contiguous = contiguous
                position = cue.end
        if kind in {"modal", "verb"}:
            first = False
    stop = parse.verb.start if parse.verb is not None else segment.end
    if parse.modal is None:
        parse.copula = bool(_COPULA.search(text, start, max(stop, start)))
    return parse


def _is_leading(text: str, parse: _Parse) -> bool:
    """A phrase that waits for the predicate of the next segment."""
    words = text[parse.start : parse.segment.end]
    if parse.segment.closer not in "，":
        return False
    if parse.modal is not None and parse.modal.value != "obligation":
        return False
    if parse.modal is None and _AFTER.search(words):
        return True
    if parse.prep or parse.object_prep:
        if _LEADING_END.search(words) and "作为" not in words:
            return True
        return parse.verb is None
    if parse.modal is None and parse.verb is None:
        return len(words) <= 4 and bool(re.search(r"(?:期间|时|后|前|中|起|日|月|年|天|内)$", words))
    return False


_HOLD = re.compile(
    r"(?:召开|举行|印发|下发|启动为期|收听收看|接续召开|套开|进行(?:再)?(?:动员|安排)?部署|作出(?:安排)?部署)"
)
_AFTER = re.compile(r"(?:结束|会议|之|会)后$")
_DOCUMENT_END = re.compile(r"(?:通知|意见|公告|通告|要求|安排|方案|提示|倡议|部署)如下$|如下$")
_ENDS_DE = re.compile(r"的$")


def _force(parse: _Parse, mode: Mode, counted: bool) -> tuple[Force, str]:
    """What a segment does, and why it does not direct."""
    if parse.hard:
        return "told", "left out"
    if parse.modal is not None:
        if mode == "narrative" and parse.modal.value == "permission":
            return "told", "narrative"
        return "order", ""
    past = parse.past
    if past is not None:
        inside = parse.verb is not None and parse.contiguous and past.start > parse.verb.start
        if not inside or past.value == "sentence":
            return "told", past.word
    if parse.copula:
        return "told", "是"
    if parse.verb is None:
        return "told", "no predicate"
    if parse.aim:
        return "told", "aim"
    if counted and not parse.contiguous:
        return "told", "statistics"
    if mode in {"order", "document"}:
        return "order", ""
    if mode == "tell":
        return "told", "tell"
    return "doing", ""


def find_clauses(layers: Layers, strengths: dict[str, int], *, document: bool) -> list[Clause]:
    """The clauses of the body in order; ``document`` tells a formal notice, whose text directs by itself."""
    text = layers.text
    starts = [c.start for c in layers.cues]
    out: list[Clause] = []
    mode: Mode = "document" if document else "narrative"
    line, sentence = -1, -1
    pending: list[_Parse] = []
    condition: tuple[int, int] | None = None
    counted = False
    last: Clause | None = None
    by_sentence: dict[int, list[tuple[Segment, list[Cue]]]] = {}
    for segment in layers.segments:
        if layers.lines[segment.line].kind == "title":
            continue
        by_sentence.setdefault(segment.sentence, []).append(
            (segment, _cue_slice(layers, starts, segment.start, segment.end))
        )
    preamble_until = _preamble_end(layers) if document else -1
    for number, segments in by_sentence.items():
        counted = any(c.kind == "past" and c.value == "sentence" for _, cues in segments for c in cues)
        pending, condition, last = [], None, None
        joined = False
        for segment, cues in segments:
            if segment.line != line:
                line = segment.line
                mode = "document" if document and segment.start >= preamble_until else "narrative"
            spoken = next(
                (c for c in cues if c.kind == "speech" and speech_cue(text, c, segment)), None
            )
            if spoken is not None:
                mode = "order" if spoken.value == "order" else "tell"
                pending, condition, last = [], None, None
            elif not document and _HOLD.search(text, segment.start, segment.end):
                mode = "narrative"
            parse = _parse(layers, segment, cues, strengths)
            if parse.start >= segment.end:
                continue
            words = text[parse.start : segment.end]
            if parse.back and last is not None and parse.modal is None:
                last.end = segment.end
                joined = segment.closer == "，"
                continue
            if segment.closer == "，" and (
                (_ENDS_DE.search(words) and not (parse.modal and not parse.prep and parse.contiguous))
                or (_CONDITION.match(words) and parse.modal is None)
            ):
                condition = (parse.start, segment.end)
                pending = []
                continue
            if _is_leading(text, parse):
                pending.append(parse)
                continue
            force, why = _force(parse, mode, counted)
            if force == "order" and parse.modal is None and parse.verb is not None:
                if parse.verb.word == "确保" and _GENERAL_STATE.search(words):
                    force, why = "told", "aim"
            if _is_topic(layers, segment, segments, parse):
                force, why = "topic", ""
            if (
                why == "no predicate"
                and last is not None
                and joined
                and last.force == "order"
                and not pending
                and len(words) <= 14
            ):
                last.end = segment.end
                continue
            first = pending[0] if pending else parse
            clause = Clause(first.start, segment.end, number, segment.line, force, why=why)
            if condition is not None:
                clause.condition = text[condition[0] : condition[1]]
                clause.condition_at = condition[0]
            if pending and any(p.hard or (p.past and p.past.value == "hard") for p in pending):
                clause.force, clause.why = "told", "left out"
            _fill(clause, parse, pending, text)
            out.append(clause)
            last = clause
            pending, condition = [], None
            joined = segment.closer == "，"
    return out


_GENERAL_STATE = re.compile(
    r"每一[个种处]|全覆盖|死角|盲区|形势|不发生(?:重特大|较大|重大|安全|生产|一起|各类|亡人)|不出(?:大事|问题|事故)|目标|稳定|万无一失|实效|见效|早发现|平安|祥和|和谐|顺利|良好|大局|落到实处|落地"
)


def _is_topic(
    layers: Layers, segment: Segment, segments: list[tuple[Segment, list[Cue]]], parse: _Parse
) -> bool:
    """A heading: a numbered stretch that is a whole short sentence, or a line of its own."""
    if parse.modal is not None:
        return False
    if layers.lines[segment.line].kind == "heading":
        return True
    return (
        segment.numbered
        and len(segments) == 1
        and segment.closer == "。"
        and segment.end - segment.start <= 14
    )


def _preamble_end(layers: Layers) -> int:
    """In a formal notice everything before 通知如下 is reasons, not orders."""
    for segment in layers.segments:
        if layers.lines[segment.line].kind == "body" and _DOCUMENT_END.search(
            layers.text, segment.start, segment.end
        ):
            return segment.end
    return -1


def _fill(clause: Clause, parse: _Parse, pending: list[_Parse], text: str) -> None:
    modal, verb = parse.modal, parse.verb
    for p in pending:
        if p.modal is not None and modal is None:
            modal = p.modal
            if clause.force == "told" and clause.why in {"no predicate"}:
                clause.force, clause.why = "order", ""
    if modal is not None:
        clause.modality, clause.cue = modal.value, modal.word
    elif clause.force == "order" and _PROHIBITS.search(text[clause.start : clause.end]):
        clause.modality = "prohibition"
    if modal is not None and verb is not None and verb.start < modal.start:
        verb = next((c for c in parse.cues if c.kind == "verb" and c.start >= modal.end), verb)
    if verb is not None:
        clause.action, clause.action_at = verb.word, verb.start
        clause.degree = int(verb.value) if verb.kind == "verb" and verb.value.isdigit() else 1
    clause.strength = parse.strength
    head = modal or verb
    if head is not None and not parse.contiguous:
        stop = head.start
        for cue in parse.cues:
            if cue.start >= head.start:
                break
            if cue.kind in {"adverb", "prep", "object"} and cue.start > parse.start:
                stop = cue.start
                break
        if stop - parse.start >= 2:
            clause.subject = (parse.start, stop)


_PROHIBITS = re.compile(r"杜绝[^，。]{0,12}(?:瞒报|漏报|迟报|谎报|违章|违规|违法|行为|现象|作业|操作)")
