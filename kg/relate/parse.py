"""One segment parsed: its modal, its verb, what stands before them, and what speaks against an order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.cues import pattern
from kg.layers import Cue, Segment

_COPULA = pattern("clauses", "copula")
_SPEAKER_BEFORE = pattern("clauses", "speaker-before")
_NOT_SPEECH = pattern("clauses", "not-speech")
_SPEAKER_OF_NOUN = pattern("clauses", "speaker-of-noun")
_LEADING_END = pattern("clauses", "leading-end")
_AFTER = pattern("clauses", "after")
_SHORT_TIME = pattern("clauses", "short-time")

#: Verbs of speech that report only where a comma or colon follows at once.
ONLY_AT_END = frozenset({"说", "表示", "批示", "指示", "如下", "叮嘱", "嘱咐"})
#: Verbs of speech that are ordinary verbs unless a speaker stands right before them.
AMBIGUOUS = frozenset({"明确", "决定", "提出", "部署", "指出"})


@dataclass(slots=True)
class Parse:
    """What the cues of one segment say."""

    segment: Segment
    start: int
    """Where the clause proper begins (after a reporting 会议强调)."""
    cues: Sequence[Cue]
    modal: Cue | None = None
    verb: Cue | None = None
    contiguous: bool = False
    """The verb (or modal) comes at once, after adverbs and links only."""
    prep: bool = False
    """Opens with 按照, 针对, 在 …"""
    object_prep: bool = False
    """Opens with 把, 将, 对 …"""
    back: bool = False
    """Opens with 以及, 和 …: goes on with the clause before."""
    past: Cue | None = None
    hard: bool = False
    """Attendance or exclusion: tells, even with a modal."""
    copula: bool = False
    aim: bool = False
    strength: int = 1

    @property
    def end(self) -> int:
        """End of the segment."""
        return self.segment.end


def reported(text: str, segment: Segment, cues: Sequence[Cue]) -> Cue | None:
    """The first 要求/强调/明确 of a segment that reports speech, not a noun or an ordinary verb."""
    return next((c for c in cues if c.kind == "speech" and _speaks(text, c, segment)), None)


def _speaks(text: str, cue: Cue, segment: Segment) -> bool:
    if len(cue.word) >= 4 and cue.word[0] in "会通方意":
        return True
    before = text[segment.start : cue.start]
    if _NOT_SPEECH.search(before):
        return False
    if segment.end == cue.end:
        return segment.closer in "，：" and bool(_SPEAKER_BEFORE.search(before))
    if cue.word in ONLY_AT_END:
        return False
    if cue.word in AMBIGUOUS:
        return bool(_SPEAKER_OF_NOUN.search(before))
    return not before or bool(_SPEAKER_BEFORE.search(before))


def parse(text: str, segment: Segment, cues: Sequence[Cue], strengths: Mapping[str, int]) -> Parse:
    """Read the cues of a segment from left to right."""
    start = segment.start
    for cue in cues:
        if cue.kind == "speech" and _speaks(text, cue, segment):
            start = cue.end
    out = Parse(segment, start, [c for c in cues if c.start >= start])
    if start >= segment.end:
        return out
    position = start
    for cue in out.cues:
        position = _take(out, cue, position, strengths)
    if out.modal is None:
        stop = out.verb.start if out.verb is not None else segment.end
        out.copula = bool(_COPULA.search(text, start, max(stop, start)))
    return out


def _take(out: Parse, cue: Cue, position: int, strengths: Mapping[str, int]) -> int:
    """Add a cue; ``position`` is where the adverbs, links and verbs read without a gap have come to."""
    contiguous = cue.start == position
    first = out.modal is None and out.verb is None
    match cue.kind:
        case "past":
            out.past = out.past or cue
            out.hard = out.hard or cue.value == "hard"
        case "aim":
            out.aim = True
        case "back":
            out.back = out.back or cue.start == out.start
        case "adverb" | "link":
            out.strength = max(out.strength, strengths.get(cue.word, 1))
            if contiguous:
                return cue.end
        case "prep":
            out.prep = out.prep or (contiguous and out.verb is None)
        case "object":
            out.object_prep = out.object_prep or (contiguous and out.verb is None)
        case "modal":
            if out.modal is None or (out.verb is None and cue.value == "prohibition"):
                out.modal = cue
                out.strength = max(out.strength, strengths.get(cue.word, 1))
            out.contiguous = contiguous if first else out.contiguous
            return cue.end
        case "verb" | "speech" if cue.kind == "verb" or len(cue.word) == 2:
            if out.verb is None:
                out.verb = cue
                out.contiguous = contiguous if first else out.contiguous
                return cue.end
    return position


def is_leading(text: str, parsed: Parse) -> bool:
    """Whether it is a phrase that waits for the predicate of the next segment."""
    if parsed.segment.closer != "，":
        return False
    if parsed.modal is not None and parsed.modal.value != "obligation":
        return False
    words = text[parsed.start : parsed.end]
    if parsed.modal is None and _AFTER.search(words):
        return True
    if parsed.prep or parsed.object_prep:
        if _LEADING_END.search(words) and "作为" not in words:
            return True
        return parsed.verb is None
    if parsed.modal is None and parsed.verb is None:
        return len(words) <= 4 and bool(_SHORT_TIME.search(words))
    return False


def slice_of(cues: Sequence[Cue], starts: Sequence[int], segment: Segment) -> list[Cue]:
    """The cues that lie in a segment."""
    low, high = bisect_left(starts, segment.start), bisect_left(starts, segment.end)
    return [c for c in cues[low:high] if c.end <= segment.end]
