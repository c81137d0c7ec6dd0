"""Persons by their posts: 县长王某某 speaks for the county, later by name or as 他."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from kg.cues import pattern
from kg.layers import Segment
from kg.model import NATIONAL
from kg.regions import Division
from kg.subjects import does

_ACCOMPANIES = pattern("actors", "accompanies")
_POST = pattern("actors", "post")
_POST_WORD = pattern("actors", "post-word")
_LEVEL_OF_POST = pattern("actors", "level-of-post")
_NAME_AFTER_POST = pattern("actors", "name-after-post")
_PERSON_SPEAKS = pattern("actors", "person-speaks")
_PRONOUN_SPEAKS = pattern("actors", "pronoun-speaks")

Who = Division | str
"""A division, or NATIONAL."""
#: A name with what shows that it ends, in characters.
LONGEST = 18


class Persons:
    """The persons that a text introduced so far, each with whom he or she speaks for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [m.start() for m in _POST_WORD.finditer(text)]
        self.known: dict[str, Who] = {}
        self.last: Who | None = None
        """For whom the person speaks who was named last."""
        self.introduced = -1
        """In which sentence (its number) that person was introduced."""
        self.posts: tuple[Who, int] | None = None
        """For whom the posts stand that end a segment of a sentence (its number), before further posts and the name."""

    def remember(
        self,
        segment: Segment,
        level: Callable[[str], Division | None],
        ending: Callable[[int], Division | None],
        current: Who | None,
    ) -> None:
        """Take up the persons whom a segment introduces.

        ``level`` tells what 县 means there, ``ending`` which division is named right before a place.
        """
        index = bisect_left(self.words, segment.start)
        if index == len(self.words) or self.words[index] >= segment.end:
            return
        for match in _POST.finditer(self.text, segment.start, segment.end):
            if match.end() - match.start() < 2:
                continue
            name = _NAME_AFTER_POST.match(
                self.text, match.end(), min(segment.end, match.end() + LONGEST)
            )
            word = match[1]
            if name is None:
                own = ending(match.start()) if match.end() == segment.end else None
                if own is not None and segment.closer == "，":
                    self.posts = (own, segment.sentence)
                continue
            if word is None:
                of_post = _LEVEL_OF_POST.search(match[0])
                word = of_post[1] if of_post else None
            if word == "国务院":
                self.known.setdefault(name[1], NATIONAL)
                continue
            who: Who | None = ending(match.start()) or (level(word) if word else None)
            if who is None and self.posts is not None and self.posts[1] == segment.sentence:
                who = self.posts[0]  # 某区委副书记、区长，开发区管委会主任王某
            if who is None and isinstance(current, Division):
                who = current
            if isinstance(who, Division):
                self.known.setdefault(name[1], who)
                beside = _ACCOMPANIES.match(self.text, match.end()) is not None
                if not (beside and self.introduced == segment.sentence):
                    self.last, self.introduced = who, segment.sentence

    def speaks(self, start: int, end: int) -> tuple[Who, int] | None:
        """For whom a known person speaks who is the subject at ``start``, and where the subject ends."""
        pronoun = _PRONOUN_SPEAKS.match(self.text, start, end)
        if pronoun and self.last is not None:
            return self.last, pronoun.end()
        if not self.known:
            return None
        speaks = _PERSON_SPEAKS.match(self.text, start, end)
        for length in self._lengths():
            who = self.known.get(self.text[start : start + length])
            if who is None:
                continue
            self.last = who  # 卢某一行来到矿区。他强调
            if speaks or does(self.text, start + length, end):
                return who, start + length
        return None

    def named(self, start: int) -> bool:
        """Whether the name of a person who was introduced stands at ``start``."""
        return any(self.text[start : start + n] in self.known for n in self._lengths())

    def _lengths(self) -> list[int]:
        """How long the known names are, longest first."""
        return sorted({len(name) for name in self.known}, reverse=True)
