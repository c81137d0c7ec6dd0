"""What the page says: nodes, relations and table rows as the template and the script take them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.view.choose import Choice
from kg.view.kinds import SHAPES, category_colour, look
from kg.view.safe import clip
from kg.vocab import prefixes

if TYPE_CHECKING:
    import networkx as nx

HERE = Path(__file__).resolve().parent
#: Languages of the page, as the toggle names them, with the tags of BCP 47.
LANGUAGES: Mapping[str, str] = {"zh": "简体", "zh-Hant": "繁體", "en": "English"}
TAGS: Mapping[str, str] = {"zh": "zh-Hans", "zh-Hant": "zh-Hant", "en": "en"}
_LABELS: Mapping[str, str] = {"zh": "label_zh", "zh-Hant": "label_zh_hant", "en": "label_en"}

QUOTES = ((5, 240), (3, 240), (2, 240), (1, 240), (1, 160), (1, 80))
"""Passages listed for a relation, and characters of each: the first pair that fits in ``ROOM``.
The page says where there are more."""
ROOM = 400_000
"""Characters for passages in one page: 1.2 MB in UTF-8, so that the page stays below 3 MB."""
MAX_LABEL = 120
"""Characters of a label."""
MAX_MEMBERS = 200
"""Names listed for a node that gathers others."""


@cache
def words() -> Mapping[str, Any]:
    """Every word of the page in each language, from ``words.json``."""
    read: Mapping[str, Any] = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
    return read


class Content:
    """The chosen graph in the words of the page."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self.graph = graph
        self.number = {node: number for number, node in enumerate(graph)}
        self.most_quotes, self.most_text = _room(graph)
        known = graph.graph.get("categories", {})
        present = {data.get("category") for _, data in graph.nodes(data=True)}
        self._colours = {
            iri: category_colour(number)
            for number, iri in enumerate(sorted(known, key=lambda iri: known[iri]["order"]))
        }
        self._known = {iri: data for iri, data in known.items() if iri in present}

    def node(self, node: Any) -> dict[str, Any]:
        """One node as pyvis and the page's script take it."""
        data = self.graph.nodes[node]
        style = look(data["kind"])
        out: dict[str, Any] = {
            "label": self.names(node)["zh"],
            "shape": "custom",
            "color": self.colour(node),
            "tint": self.colour(node),
            "mark": style.shape,
            "kind": data["kind"],
        }
        if "members" in data:
            out["members"] = {
                "count": len(data["members"]),
                "names": [_labels(member) for member in data["members"][:MAX_MEMBERS]],
            }
            return out
        out["names"] = self.names(node)
        out["notation"] = clip(data.get("notation", ""), MAX_LABEL)
        out["curie"] = curie(data["iri"])
        out["date"] = data.get("date", "")
        if data["kind"] == "region":
            out["path"] = self._path(data.get("category", ""))
        if data["kind"] == "hazard":
            out["category"] = curie(data.get("category", ""))
        return out

    def _path(self, place: str) -> list[dict[str, str]]:
        """The divisions that a region lies in, the widest first."""
        places = self.graph.graph.get("places", {})
        path: list[dict[str, str]] = []
        while place in places and len(path) < len(places):
            path.insert(0, _labels(places[place]))
            place = places[place]["category"]
        return path

    def names(self, node: Any) -> dict[str, str]:
        """The node's label in each language."""
        data = self.graph.nodes[node]
        if "members" in data:
            count = str(len(data["members"]))
            return {
                code: words()[code]["kind"][_named(data["kind"])]
                + " "
                + words()[code]["aggregate"].replace("{n}", count)
                for code in LANGUAGES
            }
        return _labels(data)

    def colour(self, node: Any) -> str:
        """The node's colour: its group's for a sector, else its kind's."""
        data = self.graph.nodes[node]
        if data["kind"] == "hazard" and data.get("category") in self._colours:
            return self._colours[data["category"]]
        return look(data["kind"]).colour

    def edge(self, subject: Any, obj: Any, key: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """One relation as pyvis and the page's script take it."""
        to_region = self.graph.nodes[obj]["kind"] == "region"
        return {
            "predicate": key,
            "degree": min(max(int(data["degree"]), 0), 3),
            "count": len(data["statements"]),
            "passages": len(data["quotes"]),
            "tint": self.colour(subject if to_region else obj),
        }

    def kinds(self) -> list[dict[str, Any]]:
        """The legend's kinds, in the order of the graph."""
        counts: dict[str, int] = {}
        for _, data in self.graph.nodes(data=True):
            counts[data["kind"]] = counts.get(data["kind"], 0) + len(data.get("members", (1,)))
        return [
            {
                "id": kind,
                "count": count,
                "path": SHAPES[look(kind).shape],
                "colour": look(kind).colour,
            }
            for kind, count in counts.items()
        ]

    def categories(self) -> list[dict[str, Any]]:
        """The legend's groups of sectors, in the order of the scheme."""
        return [
            {"id": curie(iri), "label": _labels(data), "colour": self._colours[iri]}
            for iri, data in sorted(self._known.items(), key=lambda item: item[1]["order"])
        ]

    def rows(self) -> list[dict[str, Any]]:
        """The table: one row a relation."""
        return [
            {
                "subject": self.names(subject),
                "object": self.names(obj),
                "relation": {code: _relation(code, key) for code in LANGUAGES},
                "degree": data["degree"],
                "quotes": [
                    {
                        "text": clip(quote.text, self.most_text),
                        "file": clip(quote.file, MAX_LABEL),
                        "start": quote.start,
                        "end": quote.end,
                    }
                    for quote in data["quotes"][: self.most_quotes]
                ],
            }
            for subject, obj, key, data in self.graph.edges(keys=True, data=True)
        ]

    def alone(self) -> list[dict[str, str]]:
        """The nodes that no row of the table names."""
        return [self.names(node) for node in self.graph if not self.graph.degree(node)]


def _room(graph: nx.MultiDiGraph) -> tuple[int, int]:
    """How many passages of a relation there is room for, and how long each may be."""
    for count, length in QUOTES:
        used = sum(
            min(len(quote.text), length) + 30
            for _, _, quotes in graph.edges(data="quotes")
            for quote in quotes[:count]
        )
        if used <= ROOM:
            break
    return count, length


def _labels(data: Mapping[str, Any]) -> dict[str, str]:
    labels = {code: clip(str(data[name]), MAX_LABEL) for code, name in _LABELS.items()}
    if labels["en"] == labels["zh"]:
        labels["en"] = words()["places_en"].get(labels["zh"], labels["zh"])
    return labels


def _named(kind: str) -> str:
    return kind if kind in words()["en"]["kind"] else "other"


def _relation(code: str, key: str) -> str:
    name: str = words()[code]["predicate"].get(key, key)
    return name


# --- what the picture shows and leaves out, in words ---


def title_in(code: str, title: str | None, source: nx.MultiDiGraph) -> str:
    """The title given, or the general one with what the graph is about."""
    if title is not None:
        return clip(title, MAX_LABEL)
    about = [_labels(data)[code] for data in source.graph.get("about", {}).values()]
    return clip(" · ".join([words()[code]["title"], *about]), MAX_LABEL)


def notes(
    choice: Choice, source: nx.MultiDiGraph, data: Content, edges: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """What the picture shows and what it leaves out, in plain words."""
    drawn = choice.graph
    said: list[dict[str, str]] = []

    def say(key: str, **values: int) -> None:
        said.append(
            {
                code: _fill(words()[code][key], values) + _left_out(code, key, choice)
                for code in LANGUAGES
            }
        )

    if choice.left_out or choice.edges_left_out:
        say(
            "drawn_part",
            nodes=len(drawn),
            groups=len(choice.left_out),
            edges=drawn.number_of_edges(),
            all_nodes=len(source),
            all_edges=source.number_of_edges(),
        )
    else:
        say("drawn_all", nodes=len(drawn), edges=drawn.number_of_edges())
    if quiet := sum(edge["quiet"] for edge in edges):
        say("quiet", n=quiet)
    if choice.left_out:
        say("chosen")
    if choice.edges_left_out:
        say("edges_out", n=choice.edges_left_out)
    if any(len(d["quotes"]) > data.most_quotes for _, _, d in drawn.edges(data=True)):
        say("quotes_out", n=data.most_quotes)
    kinds = {kind["id"] for kind in data.kinds()}
    if source.graph.get("obligations") and "obligation" not in kinds:
        say("obligations_out", n=source.graph["obligations"])
    return said


def _fill(text: str, values: Mapping[str, int]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", f"{value:,}")
    return text


def _left_out(code: str, key: str, choice: Choice) -> str:
    if key != "chosen":
        return ""
    comma, stop = (", ", ".") if code == "en" else ("、", "。")
    gap = " "
    names = words()[code]["kind"]
    parts = [f"{names[_named(kind)]}{gap}{count:,}" for kind, count in choice.left_out.items()]
    return gap * (code == "en") + comma.join(parts) + stop


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(prefixes())


def curie(iri: str) -> str:
    """An IRI in the short form that queries take, where one of the prefixes fits.

    >>> curie("https://kg-safety.example/id/region/230000")
    'region:230000'
    """
    head, slash, local = iri.rpartition("/")
    prefix = head.rpartition("/")[2]
    return f"{prefix}:{local}" if slash and prefix in _prefixes() else iri
