"""One notice's record against its gold: what is right, false and missed in each layer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kg.errors import DataFileError, InputError
from kg.evaluate.match import normal, pair
from kg.evaluate.sentences import Sentences, short_name
from kg.ontology import concept

#: Each layer that is compared by keys, and the fields that make the key.
KEYS: Mapping[str, tuple[str, ...]] = {
    "regions": ("name",),
    "meetings": ("region", "name", "date"),
    "stresses": ("region", "hazard"),
    "responsibilities": ("region", "type"),
    "measures": ("region", "measure"),
    "campaigns": ("region", "name"),
    "policies": ("name",),
    "incidents": ("name",),
}
#: All layers, in the order of the schema.
LAYERS = (*KEYS, "obligations")

#: Layers whose items are concepts with broader ones.
SCHEMES = ("stresses", "responsibilities", "measures")

Item = Mapping[str, Any]
#: What a phenomenon says of this notice alone: 'person-name-with-place:张北川', 'list(群租房)'.
_PARTICULAR = re.compile(r"\s*[(（:：].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Count:
    """How many are right, found too many, and missed.

    >>> (Count(3, 1, 0) + Count(0, 0, 2)).f1
    0.6666666666666666
    """

    right: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share right of what was found; None where nothing was."""
        found = self.right + self.false
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        """Share found of what is in the gold; None where nothing is."""
        gold = self.right + self.missed
        return self.right / gold if gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None where there is neither gold nor finding."""
        total = 2 * self.right + self.false + self.missed
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One item on which gold and record differ, with the sentence where it stands."""

    layer: str
    kind: Literal["missed", "false", "modality", "action"]
    item: str
    sentence: str
    words: tuple[str, ...] = ()
    """The words in the sentence that the item is about, if they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeScore:
    """The comparison of one notice."""

    id: str
    layers: Mapping[str, Count]
    modality: Mapping[str, Count] = field(default_factory=dict)
    """Per class, of the clauses; empty where the gold has no obligations."""
    action: Count = Count()
    """Of the paired clauses: ``right`` agree on the action, ``missed`` do not."""
    differences: tuple[Difference, ...] = ()
    related: Mapping[str, int] = field(default_factory=dict)
    """Per layer of concepts: misses whose region has a broader or narrower concept among the false hits."""
    phenomena: tuple[str, ...] = ()
    """What is hard in this notice, as its gold says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All notices, and what could not be compared."""

    notices: tuple[NoticeScore, ...]
    errors: tuple[InputError, ...] = ()

    @property
    def layers(self) -> dict[str, Count]:
        """Totals of each layer over the notices whose gold has it."""
        return _sum(n.layers for n in self.notices)

    @property
    def related(self) -> dict[str, int]:
        """Totals of near hits (see NoticeScore.related)."""
        totals: dict[str, int] = defaultdict(int)
        for notice in self.notices:
            for layer, count in notice.related.items():
                totals[layer] += count
        return dict(totals)

    def near_f1(self, layer: str) -> float | None:
        """F1 of a layer, half a point given for a broader or narrower concept; None without items."""
        count = self.layers.get(layer, Count())
        total = 2 * count.right + count.false + count.missed
        return (2 * count.right + self.related.get(layer, 0)) / total if total else None

    @property
    def phenomena(self) -> dict[str, Evaluation]:
        """The notices of each phenomenon that two or more have, most notices first."""
        names = Counter(name for n in self.notices for name in n.phenomena)
        return {
            name: Evaluation(notices=tuple(n for n in self.notices if name in n.phenomena))
            for name, count in sorted(names.items(), key=lambda item: (-item[1], item[0]))
            if count > 1
        }

    @property
    def modality(self) -> dict[str, Count]:
        """Totals of each modality."""
        return _sum(n.modality for n in self.notices)

    @property
    def modality_macro_f1(self) -> float | None:
        """Mean F1 of the modalities that occur; None without clauses."""
        scores = [c.f1 for c in self.modality.values() if c.f1 is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def action_accuracy(self) -> float | None:
        """Share of the paired clauses whose action agrees; None without pairs."""
        return sum((n.action for n in self.notices), Count()).recall


def score(gold: Item, found: Item, sentences: Sentences | None = None) -> NoticeScore:
    """Compare two records in the schema of the guidelines.

    Regions, policies and incidents may be plain strings or objects with ``name``.

    >>> gold = {"id": "a", "regions": ["湖南省"], "policies": ["意见（试行）"]}
    >>> result = score(gold, {"regions": [{"name": "湖南省"}, {"name": "长沙市"}], "policies": []})
    >>> result.layers["regions"], result.layers["policies"]
    (Count(right=1, false=1, missed=0), Count(right=0, false=0, missed=1))
    """
    sentences = sentences or Sentences(())
    layers: dict[str, Count] = {}
    related: dict[str, int] = {}
    differences: list[Difference] = []
    for layer, fields in KEYS.items():
        if layer not in gold:
            continue
        wanted = {_key(item, fields): item for item in gold[layer]}
        got = {_key(item, fields): item for item in found.get(layer, ())}
        missed, false = wanted.keys() - got.keys(), got.keys() - wanted.keys()
        layers[layer] = Count(len(wanted.keys() & got.keys()), len(false), len(missed))
        if layer in SCHEMES:
            related[layer] = _related(missed, false)
        for key in (k for k in wanted if k in missed):
            where = sentences.mentioning(_terms(layer, key), after=key[0])
            differences.append(_difference(layer, "missed", wanted[key], where, _terms(layer, key)))
        for key in (k for k in got if k in false):
            where = sentences.at(_evidence(got[key]))
            differences.append(_difference(layer, "false", got[key], where, _terms(layer, key)))
    modality: dict[str, Count] = {}
    action = Count()
    if "obligations" in gold:
        clauses = _Clauses(gold["obligations"], found.get("obligations", ()), sentences)
        layers["obligations"], modality, action = clauses.count, clauses.modality, clauses.action
        differences += clauses.differences
    return NoticeScore(
        id=str(gold.get("id", "")),
        layers=layers,
        modality=modality,
        action=action,
        differences=tuple(differences),
        related=related,
        phenomena=tuple(dict.fromkeys(_PARTICULAR.sub("", p) for p in gold.get("phenomena", ()))),
    )


def _related(missed: Iterable[tuple[str, ...]], false: Iterable[tuple[str, ...]]) -> int:
    """Count the misses that pair one to one with a false hit above or below them, of the same region."""
    free = sorted(false)
    count = 0
    for region, wanted in sorted(missed):
        near = next(
            (
                f
                for f in free
                if f[0] == region and (wanted in _above(f[1]) or f[1] in _above(wanted))
            ),
            None,
        )
        if near is not None:
            free.remove(near)
            count += 1
    return count


def _above(name: str) -> tuple[str, ...]:
    """List the ids of the concepts broader than one, nearest first."""
    above: list[str] = []
    try:
        while (broader := concept(name).broader) is not None and broader not in above:
            above.append(broader)
            name = broader
    except DataFileError:  # gold of another vocabulary
        pass
    return tuple(above)


class _Clauses:
    """The obligations of one notice, gold and found, paired."""

    def __init__(self, gold: Sequence[Item], found: Sequence[Item], sentences: Sentences) -> None:
        pairs = self._pairs(gold, found)
        missed = sorted(set(range(len(gold))) - {g for g, _ in pairs})
        false = sorted(set(range(len(found))) - {f for _, f in pairs})
        self.count = Count(len(pairs), len(false), len(missed))
        self.modality: dict[str, Count] = defaultdict(Count)
        self.action = Count()
        self.differences: list[Difference] = []
        for i in missed:
            self.modality[gold[i]["modality"]] += Count(missed=1)
            self._differ("missed", gold[i], sentences.like(gold[i]["quote"]))
        for i in false:
            self.modality[found[i]["modality"]] += Count(false=1)
            self._differ("false", found[i], sentences.at(_evidence(found[i])))
        for g, f in pairs:
            wanted, got = gold[g], found[f]
            where = sentences.at(_evidence(got))
            if wanted["modality"] == got["modality"]:
                self.modality[got["modality"]] += Count(right=1)
            else:
                self.modality[wanted["modality"]] += Count(missed=1)
                self.modality[got["modality"]] += Count(false=1)
                self._differ("modality", wanted, where, got["modality"])
            if normal(wanted["action"]) == normal(got["action"]):
                self.action += Count(right=1)
            else:
                self.action += Count(missed=1)
                self._differ("action", wanted, where, got["action"])

    @staticmethod
    def _pairs(gold: Sequence[Item], found: Sequence[Item]) -> list[tuple[int, int]]:
        by_region: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((gold, found)):
            for index, item in enumerate(items):
                by_region[_text(item["region"])][side].append(index)
        pairs = []
        for mine, theirs in by_region.values():
            quotes = [normal(gold[i]["quote"]) for i in mine]
            others = [normal(found[i]["quote"]) for i in theirs]
            pairs += [(mine[a], theirs[b]) for a, b in pair(quotes, others)]
        return sorted(pairs)

    def _differ(
        self,
        kind: Literal["missed", "false", "modality", "action"],
        item: Item,
        sentence: str,
        instead: str = "",
    ) -> None:
        shown = f"{item['region']} · {item['modality']} · {item['action']} · {item['quote']}"
        if instead:
            shown += f" — found {instead}"
        self.differences.append(
            Difference(
                layer="obligations",
                kind=kind,
                item=shown,
                sentence=sentence,
                words=(item["quote"],),
            )
        )


def _difference(
    layer: str,
    kind: Literal["missed", "false"],
    item: Item | str,
    sentence: str,
    words: tuple[str, ...],
) -> Difference:
    values = [item] if isinstance(item, str) else [item[name] for name in KEYS[layer]]
    shown = " · ".join("–" if value is None else str(value) for value in values)
    return Difference(layer=layer, kind=kind, item=shown, sentence=sentence, words=words)


def _key(item: Item | str, fields: Sequence[str]) -> tuple[str, ...]:
    return (_text(item),) if isinstance(item, str) else tuple(_text(item[f]) for f in fields)


def _text(value: str | None) -> str:
    return normal(value) if value is not None else ""


def _evidence(item: Item | str) -> int:
    evidence = [] if isinstance(item, str) else item.get("evidence", [])
    return evidence[0]["start"] if evidence else -1


def _terms(layer: str, key: Sequence[str]) -> tuple[str, ...]:
    """Give the words by which an item may stand in the text: a name, or a concept's labels."""
    if layer == "regions":
        return key[0], short_name(key[0])
    name = key[1] if len(key) > 1 else key[0]
    if layer in ("stresses", "responsibilities", "measures"):
        try:
            known = concept(name)
        except DataFileError:  # gold of another vocabulary
            return ()
        return known.zh, *known.alt, *known.hidden
    return (name,)


def _sum(parts: Iterable[Mapping[str, Count]]) -> dict[str, Count]:
    totals: dict[str, Count] = defaultdict(Count)
    for part in parts:
        for name, count in part.items():
            totals[name] += count
    return dict(totals)
