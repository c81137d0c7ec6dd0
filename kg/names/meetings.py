"""Meetings, by the kind of meeting that ends the name and the words that cannot belong to one before it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kg.cues import pattern
from kg.layers import Name, Segment

_QUOTES = str.maketrans("", "", '“”"‘’「」『』')
_HELD = pattern("names", "held")
_BEFORE_MEETING = pattern("names", "meeting-left")
_CITED = pattern("names", "meeting-cited")
_ORDINARY = pattern("names", "meeting-full-prefix")
_TIME_PREFIX = pattern("names", "meeting-time")
_SUBJECT = pattern("names", "meeting-subject")
_AT = pattern("names", "meeting-at")
_AFTER = pattern("names", "meeting-after")
_NOT_HELD = pattern("names", "meeting-not-held")
_CITES = pattern("names", "meeting-cites")
_PASSED_ON = pattern("names", "meeting-passed-on")
_CONVENES = pattern("names", "meeting-convenes")
_WHOLE = pattern("names", "meeting-whole")
_OF_DIVISION = pattern("names", "meeting-of-division")
_TWO = pattern("names", "meeting-of-two")
_OF_MANY = pattern("names", "meeting-bare-of-many")
_OF_A_DAY = pattern("names", "meeting-bare-day")
_BY_ORGAN = pattern("names", "meeting-by-organ")
_LISTED = pattern("names", "meeting-listed")
_PAST = pattern("names", "meeting-past")
_EARLIER = pattern("names", "meeting-earlier")
_SAID = pattern("names", "meeting-said")
_EVERYBODY = pattern("names", "meeting-of-many")
_COUNTED = re.compile(r"(?:共|累计)?(?:\d+|[两三四五六七八九十多]+)(?:余)?[次场]")
_OURS = re.compile(r"^我[省市县区州旗盟](?=.{4})")


#: Between two meetings that are held together.
_LISTS = frozenset("、和及与")
#: Frames that tell of a meeting as it is held.
_TELLS = frozenset({"held", "subject"})


def find_meetings(text: str, segments: Sequence[Segment]) -> list[tuple[Name, str]]:
    """Find the meetings named in the text, each with its frame.

    Frames: ``held``, ``subject`` (X会议在…召开), ``at`` (…会议上), ``after``, ``cited`` (贯彻…会议精神), ``other``.
    """
    head, held_kind, bad, nameless = (
        pattern("names", "meeting-head"),
        pattern("names", "meeting-held-kind"),
        pattern("names", "meeting-not"),
        pattern("names", "meeting-nameless"),
    )
    out: list[tuple[Name, str]] = []
    opened, sentence = 0, -1
    for segment in segments:
        if sentence != segment.sentence:
            opened, sentence = segment.start, segment.sentence
        words = text[segment.start : segment.end]
        if "会" not in words:
            continue
        position, frame = 0, ""
        told = "召开" in words or "举行" in words or "开了" in words
        heads = [*head.finditer(words), *(held_kind.finditer(words) if told else ())]
        for match in sorted(heads, key=lambda m: m.end()):
            if match.start() < position:
                continue
            end = match.end()
            if words[end : end + 1] == "暨" or _CONVENES.match(words, end):
                continue
            if _COUNTED.match(words, end):
                continue  # 召开安委会会议2次
            around = bad.finditer(words, max(0, match.start() - 3), min(len(words), end + 2))
            if any(b.end() > match.start() for b in around):  # 减灾委员会全体会议 is one
                continue
            begin = position
            for stop in _BEFORE_MEETING.finditer(words, position, match.start() + 1):
                if stop.end() <= match.start() or stop[0].startswith(("召开", "举行")):
                    begin = max(begin, stop.end())
            held = None
            for hold in _HELD.finditer(words, 0, match.start() + 2):
                if hold.end() <= match.start() + 1:
                    held = hold
            listed = position > 0 and words[position : position + 1] in _LISTS
            if listed and begin == position:
                begin += 1  # 召开县委常委会会议、县政府常务会议
            elif (
                held is not None
                and not words.startswith("精神", end)  # 召开贯彻落实全省…会议精神大会
                and not _qualified(words, held.end(), begin)
            ):
                begin = max(position, held.end())
            name = words[begin:end]
            shift = _TIME_PREFIX.match(name)
            if shift:
                begin += shift.end()
                name = name[shift.end() :]
            of_many = _EVERYBODY.search(text[opened : segment.start + begin])
            if of_many or _NOT_HELD.search(words, 0, begin):
                continue
            if words.startswith("精神", end):
                frame = "cited"
            elif held is not None and held.end() <= begin + 1 and held.end() <= end:
                frame = "held"
                if words[held.end() : begin] == "的":  # 贯彻日前召开的全省会议部署, 州里召开的会已…
                    past = _PAST.match(words, end) or _EARLIER.search(words, 0, held.start())
                    cited = _CITES.search(words, 0, held.start()) is not None
                    at = _AT.match(words, end) is not None
                    frame = "cited" if cited else "other" if past and not at else "held"
                    if frame == "held" and _SAID.search(text, opened, segment.start):
                        frame = "said"  # 副县长指出，日前召开的全市会议明确了任务
            elif listed and frame in _TELLS and begin == position + 1:
                pass
            else:
                frame = _frame(words, begin, end)
            if match.re is held_kind and frame not in _TELLS:
                continue
            position = end
            name = name.strip(" 　")
            bare = nameless.match(name)
            told_of = frame in _TELLS or (frame == "at" and _BY_ORGAN.match(name))
            if bare and bare[1] and told_of and _one_held(text, opened, segment, begin):
                bare = None  # 1月27日，市政府召开专题会议
            if len(name) < 3 or bare or name.startswith("精神"):
                continue
            dated = words[max(0, begin - 2) : begin] == "日的"
            if frame not in _TELLS and not dated and head.fullmatch(name.rpartition("的")[2]):
                continue  # 省里的调度会要求: what was named before, or nothing
            if frame in {"other", "cited", "after"} and not _known(words, begin, end, name):
                continue
            if frame == "said":
                if _ORDINARY.match(name) is None:
                    continue
                frame = "other"
            name = _OURS.sub("", name)
            each = _each_owner(name)
            names = [one for one in each if len(each) == 1 or not nameless.match(one)]
            out.extend(
                (Name(segment.start + begin, segment.start + end, "meeting", one), frame)
                for one in names
            )
    return out


def _one_held(text: str, opened: int, segment: Segment, begin: int) -> bool:
    """Whether a sentence tells that one meeting of a bare kind was held on a day, by one division."""
    before = text[opened : segment.start + begin]
    return _OF_A_DAY.search(before) is not None and _OF_MANY.search(before) is None


def _qualified(words: str, held: int, begin: int) -> bool:
    """Whether the name begins behind a clause of its own: 召开了由各县参加的全市会议."""
    return begin > held and words[begin - 1] in "的—"


def _each_owner(name: str) -> list[str]:
    """全国、全省安全生产会议 are two meetings.

    >>> _each_owner("全国、全省、全市安全生产会议")
    ['全国安全生产会议', '全省安全生产会议', '全市安全生产会议']
    >>> _each_owner("全省、宜昌市安全生产会议")
    ['全省安全生产会议', '宜昌市安全生产会议']
    """
    owners: list[str] = []
    while (both := _TWO.match(name)) is not None:
        owners.append(both[1])
        name = name[both.start(2) :]
    match = _WHOLE.match(name) or _OF_DIVISION.match(name)
    rest = name[match.end() :] if owners and match else ""
    return [*(owner + rest for owner in owners if rest), name]


def _known(words: str, begin: int, end: int, name: str) -> bool:
    """Whether a meeting that is only cited has a name: 全省…会议, or an organ's that is passed on."""
    if _WHOLE.match(name):
        return len(name) > 6
    if _ORDINARY.match(name) is None:
        return False
    ordered = words.startswith(
        ("精神", "部署", "工作部署", "要求", "工作要求", "安排", "决定"), end
    )
    ended = _AFTER.match(words, end) is not None  # 省政府专题会议结束后
    return ordered or ended or bool(_PASSED_ON.search(words, 0, begin))


def _frame(words: str, begin: int, end: int) -> str:
    """What the words around a name say of the meeting."""
    listed = _LISTED.match(words, end)
    if _SUBJECT.match(words, listed.end() if listed else end):
        return "subject"
    if _CITES.search(words, 0, begin):
        return "cited"
    if _AT.match(words, end):
        return "at"
    if _AFTER.match(words, end):
        return "after"
    if _CITED.match(words, end):
        return "cited"
    return "other"


def one_name(name: str) -> str:
    """The name of a meeting as one writes it: no quotation marks or blanks, one width of brackets.

    >>> one_name("市安委会第三次全体（扩大） 会议")
    '市安委会第三次全体(扩大)会议'
    """
    return "".join(unicodedata.normalize("NFKC", name).translate(_QUOTES).split())
