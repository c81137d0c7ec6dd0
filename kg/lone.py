"""The one division that a short text names, where nobody was found to act: what it directs is that one's.

A cutting of two sentences has no source and no title, and its subject may stand in any form: 入夜的株洲市天元区，….
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.cues import pattern
from kg.home import lies_in
from kg.layers import Layers
from kg.regions import RegionMention

_NOT_PUBLIC = pattern("actors", "not-public")
#: 县长对各煤矿矿长说: to whom it is said.
_TO_WHOM = re.compile("[对向][^，。；：、“”]{0,12}$")
_STRANGER = pattern("actors", "stranger-speaks")
#: So long a text may be, in characters: a whole page that names one division may be a firm's, which tells of an
#: accident there.
CUTTING = 400
#: So far behind its name a division's own firm or school is looked for, in characters.
_NEAR = 24


def only_division(mentions: Sequence[RegionMention]) -> RegionMention | None:
    """The lowest of the divisions that a text names, if each lies in another: no names that may be words.

    >>> from kg.regions import find
    >>> only_division(find("入夜的株洲市天元区，城管队伍把井盖列为要事")).text
    '天元区'
    >>> only_division(find("福建省通报后，湖南省部署检查"))
    """
    lowest: RegionMention | None = None
    for mention in _named(mentions):
        if lowest is None or (lowest.text != mention.text and _lies_in(mention, lowest)):
            lowest = mention
        elif not _lies_in(lowest, mention):
            return None
    return lowest


def directs(layers: Layers, mentions: Sequence[RegionMention], only: RegionMention) -> bool:
    """Whether what a text demands is its only division's, where nobody of it acts.

    Not where a firm, a school or a bystander demands, nor where the division is only named to tell whose firm or
    school is meant.

    >>> from kg.regions import find
    >>> def by_division(text):
    ...     found = find(text)
    ...     return directs(Layers(text), found, only_division(found))
    >>> by_division("这是金沙县新立的规矩，各矿都要照办"), by_division("大余县某厂厂长要求，各班组要先查后干")
    (True, False)
    """
    text = layers.text
    places = (m for m in _named(mentions) if m.text == only.text)
    firms = all(_NOT_PUBLIC.match(text, m.end, m.end + _NEAR) for m in places)
    strangers = (m.start() for m in _STRANGER.finditer(text))
    spoken_to = all(_TO_WHOM.search(text[max(0, at - _NEAR) : at]) for at in strangers)
    return not firms and spoken_to


def _named(mentions: Sequence[RegionMention]) -> list[RegionMention]:
    """Those that name a division for sure; inside a longer name (民勤县广播电视台) only the official name does."""
    return [
        m for m in mentions if not (m.person or m.weak or m.host) and (m.full or not m.part_of_name)
    ]


def _lies_in(mention: RegionMention, above: RegionMention) -> bool:
    return bool(set(mention.candidates) & set(above.candidates)) or lies_in(mention, above)
