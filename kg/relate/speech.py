"""Reported speech: which 要求, 强调, 明确 of a segment says that somebody says something."""

from __future__ import annotations

from collections.abc import Sequence

from kg.cues import pattern
from kg.layers import Cue, Segment

_SPEAKER_BEFORE = pattern("clauses", "speaker-before")
_NOT_SPEECH = pattern("clauses", "not-speech")
_SPEAKER_OF_NOUN = pattern("clauses", "speaker-of-noun")
_SAYS_AT_END = pattern("clauses", "says-at-end")
_ON_WHAT = pattern("clauses", "on-what")
_WHEN = pattern("clauses", "when")
_SUMMONS = pattern("clauses", "summons")
_WHO = pattern("clauses", "charged")
_AT_ONCE = pattern("clauses", "at-once")
_MET = pattern("clauses", "met")
_HANDED_ON = pattern("clauses", "handed-on")
#: Verbs of speech that report only where a comma or colon follows at once.
_ONLY_AT_END = frozenset({"说", "表示", "批示", "指示", "如下", "叮嘱", "嘱咐", "表态", "承诺"})
#: Of these, those that also say to whom: 叮嘱铁路部门科学调配运力.
_CHARGES = frozenset({"叮嘱", "嘱咐"})
#: So near behind it stands to whom something is said, in characters.
_NEAR = 12
#: Verbs of speech that are ordinary verbs unless a speaker stands right before them.
_AMBIGUOUS = frozenset({"规定", "明确", "决定", "定于", "提出", "部署", "指出"})
#: What a meeting has laid down, where it is told of right before, at most so many characters back.
_LAID_DOWN, _FAR = "明确", 60
#: What a report of speech does not begin with: 落实上级要求, 按照会议要求.
_NOT_SAID = frozenset({"prep", "object", "verb", "v", "adverb", "dual"})


def reported(text: str, segment: Segment, cues: Sequence[Cue]) -> Cue | None:
    """The first 要求/强调/明确 of a segment that reports speech, not a noun or an ordinary verb."""
    spoken = next((c for c in cues if c.kind == "speech" and speaks(text, c, segment, cues)), None)
    return spoken or says_at_end(text, segment, cues)


def says_at_end(text: str, segment: Segment, cues: Sequence[Cue]) -> Cue | None:
    """…负责人在接受采访时说，…告诉记者，华山所在的华阴市提出，: the verb of speech that closes its segment."""
    if segment.closer not in "，：" or any(c.kind == "modal" for c in cues):
        return None
    found = _SAYS_AT_END.search(text, segment.start, segment.end)
    if found is None:
        return None
    before = text[segment.start : found.start()]
    if found[1] and not (
        _SPEAKER_OF_NOUN.search(before) or _SPEAKER_BEFORE.search(_WHEN.sub("", before))
    ):
        return None
    value = "tell" if found[2] else "order"
    return Cue(found.start(), found.end(), "speech", value, found[0])


def speaks(text: str, cue: Cue, segment: Segment, cues: Sequence[Cue]) -> bool:
    """Whether a word of speech reports what somebody says: no noun, no ordinary verb."""
    if len(cue.word) >= 4 and cue.word[0] in "会通方意":
        return _HANDED_ON.search(text[segment.start : cue.start]) is None
    before = _AT_ONCE.sub("", text[segment.start : cue.start])
    if _NOT_SPEECH.search(before):
        return False
    if _SUMMONS.fullmatch(before):
        return True
    if before and any(
        c.kind == "modal"
        or (c.kind in _NOT_SAID and c.start == segment.start and text[c.end] != "的")
        for c in cues
        if c.end <= cue.start
    ):
        return False
    if segment.end == cue.end:
        before = _WHEN.sub("", before) or before
        before = _ON_WHAT.sub("", before) or before
        return segment.closer in "，：" and bool(_SPEAKER_BEFORE.search(before))
    if cue.word in _CHARGES and _WHO.search(text, cue.end, min(cue.end + _NEAR, segment.end)):
        return not before or bool(_SPEAKER_BEFORE.search(before))
    if cue.word in _ONLY_AT_END:
        return False
    if cue.word in _AMBIGUOUS:
        if _SPEAKER_OF_NOUN.search(before):
            return True
        if cue.word == _LAID_DOWN and not before and text[cue.end] != "了":
            return _MET.search(text, max(0, segment.start - _FAR), segment.start) is not None
        return not before and cue.word in {"决定", "定于"}
    return not before or bool(_SPEAKER_BEFORE.search(before))
