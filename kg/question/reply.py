"""What a question in words was answered: a plain value that says how it was understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """How a question was read."""

    kind: str
    """The query that answers it."""
    slots: Mapping[str, Any]
    """What it names, by parameter: ids of concepts, official names, days."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Words taken for others: (written, meant)."""
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A place in a notice that an answer rests on."""

    quote: str
    file: str
    start: int
    end: int
    notice: str
    """Id of the notice."""
    region: str | None = None
    answer: str | None = None
    """Which of the answers it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, or a refusal: then ``answer`` is None, ``why`` says why."""

    question: str
    understood: Understood | None = None
    query: str | None = None
    """Name of the query."""
    sparql: str | None = None
    """The SPARQL that gives the answer, and the rows."""
    answer: tuple[str, ...] | int | None = None
    """Sorted names or ids, or one number; None where the question is not answered."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """The rows of the query, or as many as were asked for."""
    more: bool = False
    """Whether there are more rows; the answer is whole all the same, unless it is of sentences."""
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    nearest: tuple[str, ...] = ()
    """Questions that can be answered, for one that is not."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Names to show for ids."""

    def __bool__(self) -> bool:
        """Whether it was answered."""
        return self.answer is not None

    def to_dict(self) -> dict[str, Any]:
        """Return what ``kg ask --format json`` writes."""
        understood = self.understood
        out: dict[str, Any] = {
            "question": self.question,
            "understood": None
            if understood is None
            else {
                "kind": understood.kind,
                "slots": _json(understood.slots),
                "corrections": [list(pair) for pair in understood.corrections],
            },
            "query": self.query,
            "sparql": self.sparql,
            "answer": list(self.answer) if isinstance(self.answer, tuple) else self.answer,
            "rows": [_json(row) for row in self.rows],
        }
        if self.more:
            out["more"] = True
        if self.answer is None:
            out |= {"why": self.why, "nearest": list(self.nearest)}
        return out

    def to_json(self) -> str:
        """Write that as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def _repr_html_(self) -> str:
        """Show the answer and its evidence in Jupyter; nothing of a notice is markup there."""
        if self.answer is None:
            near = "".join(f"<li>{escape(q)}</li>" for q in self.nearest)
            return f"<p>{escape(self.why)}</p>" + (f"<ul>{near}</ul>" if near else "")
        if isinstance(self.answer, int):
            said = f"<p><b>{self.answer}</b></p>"
        elif self.answer:
            names = (escape(self.labels.get(a, a)) for a in self.answer)
            said = "<ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul>"
        else:
            said = "<p>none</p>"
        cells = "".join(
            f"<tr><td>{escape(e.region or '')}</td><td>{escape(e.quote)}</td>"
            f"<td>{escape(e.file)}:{e.start}-{e.end}</td></tr>"
            for e in self.evidence
        )
        table = f"<table>{cells}</table>" if cells else ""
        sparql = (
            f"<details><summary>SPARQL</summary><pre>{escape(self.sparql or '')}</pre></details>"
        )
        return said + table + sparql


def evidence_of(rows: Iterable[Mapping[str, Any]], column: str) -> tuple[Evidence, ...]:
    """Take the places out of rows, each once."""
    found: dict[Evidence, None] = {}
    for row in rows:
        if row.get("quote") is None or row.get("start") is None:
            continue
        region, answer = row.get("region"), row.get(column)
        found[
            Evidence(
                quote=str(row["quote"]),
                file=str(row.get("file") or ""),
                start=int(row["start"]),
                end=int(row["end"]),
                notice=str(row.get("notice") or ""),
                region=None if region is None else str(region),
                answer=None if answer is None else str(answer),
            )
        ] = None
    return tuple(found)


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(v) for v in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
