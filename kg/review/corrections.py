"""A reviewer's corrections: a small YAML file, replayed on every build, each row keyed to the sentence it is about.

::

    - {action: reject, notice: a01, layer: stresses, item: {hazard: schools}, quote: 党校, why: 不是学校}
    - {action: map, notice: a01, layer: stresses, item: {hazard: mining}, quote: 石场, to: {hazard: quarry}}
    - {action: accept, notice: a01, layer: policies, item: {name: 安全生产法}, quote: 新安法}
    - {action: map, term: 蹦极滑翔, to: tourism}
    - {action: reject, term: 区块链}

``reject`` takes a statement away, ``map`` gives it other values, ``accept`` makes one; ``quote`` is a passage of the
restored text, ``item`` as much of the statement as tells it from others. A term is mapped to a concept (it is found
from then on wherever it stands) or rejected (``kg vocab candidates`` proposes it no more). A row whose passage is no
longer in the notice changes nothing and is told.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from kg.errors import DataFileError, InputError
from kg.model import (
    Campaign,
    Correction,
    Evidence,
    Incident,
    Measure,
    Meeting,
    Modality,
    Obligation,
    Policy,
    Record,
    Region,
    Repaired,
    Responsibility,
    Stress,
)
from kg.ontology import concept

#: Name of the file in a store's folder that every build of the store replays.
FILE = "corrections.yaml"

Action = Literal["accept", "reject", "map"]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Layers, the record that each is made of, and the fields that a row may name.
LAYERS: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    "regions": (Region, ("name",)),
    "meetings": (Meeting, ("region", "name", "date")),
    "stresses": (Stress, ("region", "hazard")),
    "responsibilities": (Responsibility, ("region", "type")),
    "measures": (Measure, ("region", "measure")),
    "campaigns": (Campaign, ("region", "name")),
    "policies": (Policy, ("name",)),
    "incidents": (Incident, ("name",)),
    "obligations": (Obligation, ("region", "modality", "action", "hazards")),
}
_KEYS = ("action", "notice", "layer", "item", "quote", "to", "why", "term")
_OF_STATEMENT, _OF_TERM = {"notice", "layer", "item", "quote"}, {"term"}
#: The field of a layer whose values are concepts.
_CONCEPTS = {"stresses": "hazard", "responsibilities": "type", "measures": "measure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One correction of a statement."""

    action: Action
    notice: str
    layer: str
    item: Mapping[str, Any]
    quote: str
    to: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    where: str = ""
    """``file:line`` of the row, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """All rows of a file."""

    rows: tuple[Row, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    """Term to the id of the concept that it is mapped to."""
    rejected: frozenset[str] = frozenset()
    """Terms that are no terms."""

    def of(self, notice: str) -> tuple[Row, ...]:
        """Select the rows about one notice, by its id."""
        return tuple(row for row in self.rows if row.notice == notice)

    def key(self, notice: str) -> str:
        """Hash what could change the record of one notice; empty where nothing could."""
        rows = [replace(row, where="") for row in self.of(notice)]
        if not rows and not self.terms:
            return ""
        said = f"{sorted(self.terms.items())}{rows}"
        return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:16]


#: No corrections.
NONE = Corrections()


def read(path: Path) -> Corrections:
    """Read a file of corrections.

    Raises InputError, with ``file:line`` and what to do, for a row that cannot be understood.
    """
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: it cannot be read: {error}") from None


def parse(text: str, path: str) -> Corrections:
    """Read corrections from a text; ``path`` is its name in messages.

    >>> parse("- {action: reject, term: 区块链}", "c.yaml").rejected
    frozenset({'区块链'})
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise InputError(
            f"{path}: {error}", hint="corrections are a YAML list of rows; see docs/guide.md"
        ) from None
    rows: list[Row] = []
    terms: dict[str, str] = {}
    rejected: set[str] = set()
    if node is not None and not isinstance(node, yaml.SequenceNode):
        raise InputError(f"{path}: not a list of rows", hint="each row begins with '- action:'")
    for item in node.value if node is not None else ():
        where = f"{path}:{item.start_mark.line + 1}"
        value = _plain(item)
        _check(value, where)
        if "term" in value:
            if value["action"] == "map":
                terms[str(value["term"])] = _concept(str(value["to"]), where)
            else:
                rejected.add(str(value["term"]))
        else:
            rows.append(_row(value, where))
    return Corrections(rows=tuple(rows), terms=terms, rejected=frozenset(rejected))


def _plain(node: Any) -> Any:
    """Make plain values of YAML nodes, every scalar a string (dates and numbers stay as written)."""
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(k)): _plain(v) for k, v in node.value}
    if isinstance(node, yaml.SequenceNode):
        return tuple(_plain(v) for v in node.value)
    return None if node.tag.endswith(":null") else str(node.value)


def _check(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        raise InputError(f"{where}: a row is a mapping", hint="it begins with '- action:'")
    for key in value:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(_KEYS)}"
            raise InputError(f"{where}: unknown key {key!r}", hint=hint)
    if value.get("action") not in get_args(Action):
        raise InputError(
            f"{where}: action is {value.get('action')!r}", hint="accept, reject or map"
        )
    wanted = _OF_TERM if "term" in value else _OF_STATEMENT
    if value["action"] == "map":
        wanted = wanted | {"to"}
    lacking = sorted(key for key in wanted if not value.get(key))
    if lacking:
        raise InputError(f"{where}: it has no '{lacking[0]}'")
    if "term" in value and value["action"] == "accept":
        raise InputError(
            f"{where}: a term is mapped to a concept, or rejected",
            hint="for a concept of its own, add it to ontology/ (CONTRIBUTING.md)",
        )


def _row(value: dict[str, Any], where: str) -> Row:
    layer = value["layer"]
    if layer not in LAYERS:
        near = difflib.get_close_matches(str(layer), LAYERS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(LAYERS)}"
        raise InputError(f"{where}: unknown layer {layer!r}", hint=hint)
    fields = LAYERS[layer][1]
    for name in ("item", "to"):
        part = value.get(name) or {}
        if not isinstance(part, dict) or any(key not in fields for key in part):
            raise InputError(
                f"{where}: '{name}' of {layer} has some of {', '.join(fields)}",
                hint=f"write {name}: {{{fields[0]}: …}}",
            )
        concept_field = _CONCEPTS.get(layer)
        if concept_field in part:
            _concept(part[concept_field], where)
        if "modality" in part and part["modality"] not in get_args(Modality):
            raise InputError(f"{where}: modality is one of {', '.join(get_args(Modality))}")
    if value["action"] == "accept":
        needed = [f for f in fields if f not in ("date", "hazards")]
        lacking = [f for f in needed if f not in value["item"]]
        if lacking:
            raise InputError(
                f"{where}: to accept a statement of {layer} its {lacking[0]} is needed"
            )
    return Row(
        action=value["action"],
        notice=str(value["notice"]),
        layer=layer,
        item=value["item"],
        quote=str(value["quote"]),
        to=value.get("to") or {},
        why=str(value.get("why") or ""),
        where=where,
    )


def _concept(name: str, where: str) -> str:
    try:
        return concept(name).id
    except DataFileError as error:
        raise InputError(f"{where}: {error}", hint=error.hint) from None


def apply(record: Record, repaired: Repaired, rows: Iterable[Row]) -> Record:
    """Replay rows on the record of their notice.

    Rows are taken in order; each leaves a receipt in ``record.corrections``, or, where it does not apply
    any more, a line in ``record.stale``.
    """
    layers = {name: list(getattr(record, name)) for name in LAYERS}
    receipts: list[Correction] = []
    stale: list[str] = []
    for row in rows:
        items = layers[row.layer]
        accept = row.action == "accept"
        problem = _accept(items, row, repaired) if accept else _change(items, row)
        if problem:
            stale.append(f"{row.where}: {problem}")
            continue
        receipts.append(
            Correction(action=row.action, layer=row.layer, quote=row.quote, why=row.why)
        )
    if not receipts:
        return replace(record, stale=tuple(stale)) if stale else record
    changed: dict[str, Any] = {name: tuple(items) for name, items in layers.items()}
    return replace(record, **changed, corrections=tuple(receipts), stale=tuple(stale))


def _change(items: list[Any], row: Row) -> str:
    """Take the evidence with the quote from the statements that a row means; with ``to``, give it to another."""
    found = False
    moved: list[Any] = []
    for index in range(len(items) - 1, -1, -1):
        one = items[index]
        if any(_plain_value(getattr(one, f)) != _plain_value(v) for f, v in row.item.items()):
            continue
        hit = tuple(e for e in one.evidence if row.quote in e.quote)
        if not hit:
            continue
        found = True
        rest = tuple(e for e in one.evidence if e not in hit)
        if row.action == "map":
            values = {name: _value(name, value) for name, value in row.to.items()}
            moved.append(replace(one, evidence=hit, **values))
        if rest:
            items[index] = replace(one, evidence=rest)
        else:
            del items[index]
    for one in reversed(moved):
        _add(items, one, row.layer)
    said = ", ".join(f"{k} {v}" for k, v in row.item.items())
    return "" if found else f"nothing of {row.layer} says {said} in “{row.quote}” any more"


def _accept(items: list[Any], row: Row, repaired: Repaired) -> str:
    at = repaired.text.find(row.quote)
    if at < 0:
        return f"“{row.quote}” is not in the notice any more"
    if repaired.text.find(row.quote, at + 1) >= 0:
        return f"“{row.quote}” is in the notice more than once; quote more of it"
    start, end = repaired.alignment.to_input(at, at + len(row.quote))
    values = {name: _value(name, value) for name, value in row.item.items()}
    made = LAYERS[row.layer][0]
    if row.layer == "obligations":
        values = {"quote": row.quote, "hazards": (), **values}
    if row.layer == "meetings":
        values = {"date": None, **values}
    proof = (Evidence(start=start, end=end, quote=row.quote),)
    _add(items, made(evidence=proof, **values), row.layer)
    return ""


def _add(items: list[Any], one: Any, layer: str) -> None:
    """Add a statement, or its evidence to the one that says the same."""
    fields = (*LAYERS[layer][1], *(("quote",) if layer == "obligations" else ()))
    key = tuple(getattr(one, f) for f in fields)
    for index, other in enumerate(items):
        if tuple(getattr(other, f) for f in fields) == key:
            evidence = sorted({*other.evidence, *one.evidence}, key=lambda e: (e.start, e.end))
            items[index] = replace(other, evidence=tuple(evidence))
            return
    items.append(one)


def _value(name: str, value: Any) -> Any:
    return tuple(value) if name == "hazards" and not isinstance(value, str) else value


def _plain_value(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value
