"""Which division a name or a word for a level means, where it stands.

A name that several divisions bear, 全市, 该县: told by whose report it stands in, what the page names and where a
sentence says that it is told of.
"""

from __future__ import annotations

from bisect import bisect_left

from kg import regions
from kg.cues import pattern
from kg.home import Home, lies_in
from kg.layers import Layers
from kg.persons import Who
from kg.regions import Division, RegionMention
from kg.turns import Speakers, of_level

_LED = pattern("actors", "leader-of")
#: So far back 该市 looks for the city, in characters.
NEAR = 120
#: So far behind a zone a leader of the county stands in which it lies, in characters.
LED = 100


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
        self.topic: tuple[Division, int] | None = None
        """Of what division a paragraph (its line) has begun to tell: 赣州市山多林密。市森防指要求…."""
        self.line = 0
        self.acted = -1
        """The last paragraph (its line) in which somebody acts."""
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
        if mention.host:
            host, home = mention.candidates[0], self.out.home
            opens = not self.out.acting and bool(home) and home[0].level == "county"
            if opens and regions.within(home[0], host):
                return home[0]  # the page of the county in which the zone of the prefecture lies
            if (below := self._by_leader(mention, host)) is not None:
                return below
            if not (self._written(host) or _carries(mention.text, host)):
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

    def _by_leader(self, zone: RegionMention, host: Division) -> Division | None:
        """芜湖经济技术开发区召开…，鸠江区委常委王某主持: the county whose leader is told of right behind it."""
        text = self.layers.text
        stop = text.find("\n", zone.end)
        stop = min(zone.end + LED, stop if stop >= 0 else len(text))
        for mention in self.place.inside(zone.end, stop):
            who = mention.candidates[0]
            single = len(mention.candidates) == 1 and not (mention.host or mention.person)
            if single and who.level == "county" and regions.within(who, host):
                return who if _LED.match(text, mention.end) else None
        return None

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
        if self.topic is not None and self.is_topic(self.topic[0]):
            own = of_level(word, [self.topic[0]])
            if own is not None and of_level(word, self.out.home) is None:
                return own
        home = self.out.home
        if home and isinstance(self.current, Division) and self.acted != self.line:
            above = self.current != home[0] and regions.within(home[0], self.current)
            if above and of_level(word, home[:1]) is not None:
                return home[0]  # a paragraph of the page of a city in a city begins with 市
        return of_level(word, self.context(), self.out.hints)

    def is_topic(self, who: Division) -> bool:
        """Whether the paragraph has begun to tell of a division."""
        return self.topic == (who, self.line)

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
        """The division of a level that is named last before a place, not far from it.

        Not by a word that may be another (渔政、公安 names no 公安县), unless that has the word.
        """
        index = bisect_left(self.place.starts, start) - 1
        while index >= 0 and start - self.mentions[index].start < NEAR:
            mention = self.mentions[index]
            who = self.of(mention)
            other = mention.weak and not mention.full and who != self.current
            if who is not None and who.name.endswith(word) and not (mention.person or other):
                return who
            index -= 1
        return None

    def last_of_path(self, mention: RegionMention) -> RegionMention:
        """In 山西省吕梁市方山县 the county acts."""
        last = mention
        while (following := self._below(last)) is not None:
            if following.part_of_name and not following.full:
                break  # 南京玄武湖
            last = following
        return last

    def _below(self, last: RegionMention) -> RegionMention | None:
        """The division of another that is named right behind it: 阿坝州九寨沟县, 阿坝州的九寨沟县."""
        following = self.place.at(last.end)
        if following is None and self.layers.text.startswith("的", last.end):
            following = self.place.at(last.end + 1)
            following = following if following is not None and following.full else None
        return following if following is not None and lies_in(following, last) else None

    def near(self, who: Division) -> bool:
        """Whether a division lies in one that the page belongs to."""
        return any(regions.within(who, d) for d in self.out.home)


def _carries(zone: str, host: Division) -> bool:
    """Whether the name of a zone begins with that of the division to which it belongs: 芜湖经济技术开发区."""
    if host == regions.BINGTUAN:
        return False
    name = next((n for n in (host.name, *host.short) if zone.startswith(n)), None)
    return name is not None and not regions.is_doubtful(name)
