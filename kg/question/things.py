"""Things that notices name (campaigns, documents, accidents, meetings), looked up in the graph by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from kg.question.lexicon import Entry, tidy, unquoted
from kg.stores import GraphStore
from kg.vocab import KG, RDF, RDFS

_NAMED = {
    "campaign": KG.Campaign,
    "policy": KG.Policy,
    "incident": KG.Incident,
    "meeting": KG.Meeting,
}
_CLASSES = {f"<{cls}>": kind for kind, cls in _NAMED.items()}


#: So many names that were looked up are kept.
_KEPT = 20_000


@dataclass(slots=True)
class _Read:
    """What has been read of a store's names."""

    names: list[tuple[str, str, str]] | None = None
    parties: list[str] | None = None
    meetings: list[str] | None = None
    exact: dict[str, Entry | None] = field(default_factory=dict)


_snapshots: WeakKeyDictionary[GraphStore, _Read] = WeakKeyDictionary()


def _read_of(store: GraphStore) -> _Read:
    """Keep what is read as long as a snapshot is open; a store that is written to is read each time."""
    if not getattr(store, "read_only", False):
        return _Read()
    return _snapshots.setdefault(store, _Read())


class Things:
    """Names of campaigns, policies, accidents, meetings, and of who is to act, in a store."""

    def __init__(self, store: GraphStore) -> None:
        self.triples = store.triples
        self._query = store.query
        self._read = _read_of(store)

    def exact(self, name: str) -> Entry | None:
        """Find a thing by its whole name."""
        if len(self._read.exact) > _KEPT:
            self._read.exact.clear()
        if name not in self._read.exact:
            self._read.exact[name] = self._find(name)
        return self._read.exact[name]

    def _find(self, name: str) -> Entry | None:
        label = ox.NamedNode(RDFS.label)
        literal = ox.Literal(name, language="zh-hans")
        for quad in self.triples(None, label, literal):
            for kind in self.triples(quad[0], ox.NamedNode(RDF.type), None):
                found = _CLASSES.get(str(kind[2]))
                if found is not None:
                    return Entry(found, (_asked_name(found, name),))
        return None

    def within(self, part: str) -> Entry | None:
        """Find the things of one kind whose names hold these words; None if there are several kinds.

        Several documents must all end with them (安全生产法), for 实施办法 is another document.
        """
        found: dict[str, set[str]] = {}
        if self._read.names is None:
            self._read.names = [
                (kind, name, unquoted(name))  # names are simplified in the store
                for kind, cls in _NAMED.items()
                for name in self._labels(cls)
            ]
        for kind, name, tidied in self._read.names:
            if part in tidied:
                found.setdefault(kind, set()).add(name)
        if not found and self.parties((part,)):
            return Entry("bearer", (part,))
        if len(found) != 1:
            return None
        ((kind, names),) = found.items()
        if len(names) == 1:
            return Entry(kind, (_asked_name(kind, names.pop()),))
        same = kind == "incident" or (
            kind == "policy" and all(tidy(n).endswith(part) for n in names)
        )
        return Entry(kind, (part,)) if same else None

    def parties(self, words: Iterable[str]) -> tuple[str, ...]:
        """Tell which of these words the names of those who are to act hold; not of those acted on (对…)."""
        if self._read.parties is None:
            found = self._labels(KG.Addressee)
            self._read.parties = [name for name in found if not name.startswith("对")]
        names = self._read.parties
        return tuple(word for word in words if any(word in name for name in names))

    def meetings(self, wanted: Sequence[Sequence[str]]) -> list[str]:
        """List the names of meetings that hold a word of each group."""
        if self._read.meetings is None:
            self._read.meetings = sorted(set(self._labels(KG.Meeting)))
        return [n for n in self._read.meetings if all(any(w in n for w in g) for g in wanted)]

    def demanded(self, words: str) -> bool:
        """Whether some demand holds these words."""
        held = f"?demand <{KG.demands}> ?clause . FILTER(CONTAINS(?clause, {ox.Literal(words)}))"
        return any(True for _ in self._query(f"SELECT ?demand WHERE {{ {held} }} LIMIT 1"))

    def _labels(self, cls: str) -> Iterator[str]:
        label = ox.NamedNode(RDFS.label)
        for quad in self.triples(None, ox.NamedNode(RDF.type), ox.NamedNode(cls)):
            for named in self.triples(quad[0], label, None):
                if isinstance(named[2], ox.Literal):
                    yield named[2].value


def _asked_name(kind: str, name: str) -> str:
    """Write a name as names of its kind are compared (queries/campaigns-named.rq, policies-of.rq)."""
    if kind == "policy":
        return name.removeprefix("中华人民共和国")
    if kind != "campaign":
        return name
    return re.sub(r"三年(行动)?计划$", "三年行动", re.sub(r"^[0-9]+个", "", name))
