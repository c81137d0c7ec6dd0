"""Which division a name or a word for a level means, where it stands.

A name that several divisions bear, 全市, 该县: told by whose report it stands in, what the page names and where a
sentence says that it is told of.
"""

from __future__ import annotations

from bisect import bisect_left

from kg import regions
from kg.home import Home, lies_in
from kg.layers import Layers
from kg.persons import Who
from kg.regions import Division, RegionMention
from kg.turns import Speakers, of_level

#: So far back 该市 looks for the city, in characters.
NEAR = 120


class Meant:
    """What names mean, as the reading goes on: the reader tells who has the word."""

    def __init__(self, layers: Layers, out: Speakers, place: Home) -> None:
        self.layers = layers
        self.out = out
        self.mentions = out.mentions
        self.place = place
        self.current: Who | None = None
        """Who has the word."""
        self.sentence = 0
        self.scene: tuple[Division, int] | None = None
        """Where a sentence (its number) says that it is told of: 在湖北，省应急厅…."""
        self.written: set[Division] | None = None

    def context(self) -> list[Division]:
        """The divisions whose report we are in, nearest first."""
        out: list[Division] = []
        if self.scene is not None and self.scene[1] == self.sentence:
            out = [self.scene[0], *regions.ancestors(self.scene[0])]
        if isinstance(self.current, Division):
            out += [self.current, *regions.ancestors(self.current)]
        return out + [d for d in self.out.home if d not in out]

    def of(self, mention: RegionMention) -> Division | None:
        """The division that a name means there, or None where nothing tells."""
        if mention.host and not self._written(mention.candidates[0]):
            return None
        candidates = self._then(mention)
        if len(candidates) == 1:
            return candidates[0]
        found = regions.choose(
            candidates,
            context=[*self.context(), *self.out.hints],
            contested=mention.weak,
        )
        same = len({d.name for d in candidates}) == 1
        if found is None and mention.full and same:
            return Division(None, candidates[0].name, candidates[0].level, None)
        return found

    def _written(self, division: Division) -> bool:
        """Whether the text names a division to which a zone belongs, not only the zone."""
        if self.written is None:
            self.written = {
                d for m in self.mentions if not (m.host or m.person) for d in m.candidates
            }
        return division in self.written

    def _then(self, mention: RegionMention) -> tuple[Division, ...]:
        """What a name could mean when the page was written: 江北区 of 重庆 was one until 2025."""
        published = self.layers.published
        if not mention.full and published:  # 鼓浪屿 is no district any more
            return tuple(d for d in mention.candidates if d.existed(int(published[:4])))
        if not mention.full or len(mention.candidates) != 1:
            return mention.candidates
        bearers = regions.full_names().get(mention.text, ())
        if len(bearers) < 2:
            return mention.candidates
        then = tuple(d for d in bearers if not published or d.existed(int(published[:4])))
        return then or mention.candidates

    def level(self, word: str) -> Division | None:
        """The division that 省, 市, 县 … stands for here."""
        return of_level(word, self.context(), self.out.hints)

    def ending(self, position: int) -> Division | None:
        """The division named right before a post: 第一师副师长."""
        mention = self.place.ending(position)
        return None if mention is None or mention.person else self.of(mention)

    def that(self, word: str, start: int) -> Division | None:
        """该市 is the one named last, unless that is only named within the report of the one that has the word."""
        named = self.named_before(word, start)
        current = self.current
        if named is None or not isinstance(current, Division) or not current.name.endswith(word):
            return named or self.level(word)
        return current if regions.within(named, current) else named

    def named_before(self, word: str, start: int) -> Division | None:
        """The division of a level that is named last before a place, not far from it."""
        index = bisect_left(self.place.starts, start) - 1
        while index >= 0 and start - self.mentions[index].start < NEAR:
            mention = self.mentions[index]
            who = self.of(mention)
            if who is not None and who.name.endswith(word) and not mention.person:
                return who
            index -= 1
        return None

    def last_of_path(self, mention: RegionMention) -> RegionMention:
        """In 山西省吕梁市方山县 the county acts."""
        last = mention
        while (following := self.place.at(last.end)) is not None and lies_in(following, last):
            last = following
        return last

    def near(self, who: Division) -> bool:
        """Whether a division lies in one that the page belongs to."""
        return any(regions.within(who, d) for d in self.out.home)
