"""Which clauses of a notice return in the texts of others, verbatim or adapted, and who was first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from kg.analyse.facts import Lang, Passage
from kg.analyse.page import words
from kg.analyse.reuse import Change, Circulation, changes, plain, shingles, similar
from kg.errors import QueryError
from kg.model import NATIONAL
from kg.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.api import Graph

#: Characters, without marks, below which a clause says too little to be told from chance.
SHORTEST = 8
#: Share of a clause's shingles that must return, each weighed by how rare it is. Of 28 notices
#: read through, 全国 against the rest: of 21 at 0.3 some eight share a term only (露天采石场); of 8 at 0.4
#: four share the name of a plan, and the others a set phrase.
LEAST = 0.4

Kind = Literal["verbatim", "adapted"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Clause:
    """A clause of a region's, at its place in a notice."""

    notice: str
    passage: Passage
    place: str
    region: str
    published: str
    """ISO date of the notice, or ``""``."""
    meeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A clause that has much of another one."""

    source: Clause
    target: Clause
    kind: Kind
    contained: float
    """Share of the source's shingles that the target has."""
    boilerplate: float
    """0 where no other notice has the shared words, towards 1 where all do."""
    score: float
    """``contained``, less what is boilerplate."""

    @property
    def days(self) -> int | None:
        """Days from the source's notice to the target's; None where either has no date."""
        if not (self.source.published and self.target.published):
            return None
        first, second = map(date.fromisoformat, (self.source.published, self.target.published))
        return (second - first).days

    @property
    def earlier(self) -> bool:
        """Whether the other notice is the older one: then it is no echo of the source."""
        return self.days is not None and self.days < 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed, word by word."""
        return changes(self.source.passage.quote, self.target.passage.quote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diffusion(Table):
    """What of a source's clauses returns where."""

    source: str
    lang: Lang
    clauses: int
    """How many clauses of the source were looked for."""
    compared: int
    """How many clauses of others they were looked for in."""
    returns: tuple[Return, ...]

    def by_clause(self) -> tuple[tuple[Clause, tuple[Return, ...]], ...]:
        """Gather by clause: those that return in most regions first, each from the earliest on."""
        found: dict[Clause, list[Return]] = defaultdict(list)
        for one in self.returns:
            found[one.source].append(one)
        ranked = sorted(found.items(), key=lambda c: (-len({r.target.region for r in c[1]}), c[0]))
        return tuple(
            (clause, tuple(sorted(group, key=lambda r: (_when(r.target), r.target))))
            for clause, group in ranked
        )

    def first(self, clause: Clause) -> tuple[Clause, ...]:
        """Return who has the clause in the earliest dated notice; several on the same day."""
        everyone = [clause, *(r.target for r in self.returns if r.source == clause)]
        dated = [c for c in everyone if c.published]
        earliest = min((c.published for c in dated), default="")
        return tuple(sorted(c for c in dated if c.published == earliest))

    @property
    def columns(self) -> tuple[str, ...]:
        """The clause, where it returns, how, how much, when."""
        word = words()[self.lang]
        keys = (
            *("clause", "region", "kind", "score", "boilerplate", "date", "days", "difference"),
            *("source_file", "source_from", "source_to", "file", "from", "to"),
        )
        return tuple(word[key] for key in keys)

    def cells(self) -> list[tuple[Any, ...]]:
        """A row a clause and region."""
        word = words()[self.lang]
        return [
            (
                clause.passage.quote,
                one.target.region,
                word[one.kind],
                one.score,
                one.boilerplate,
                one.target.published or None,
                one.days,
                marked(one.changes),
                clause.passage.file,
                clause.passage.start,
                clause.passage.end,
                one.target.passage.file,
                one.target.passage.start,
                one.target.passage.end,
            )
            for clause, group in self.by_clause()
            for one in group
        ]

    def _repr_html_(self) -> str:
        from kg.analyse.diffusion_page import fragment

        return fragment(self, embedded=True)


def _when(clause: Clause) -> str:
    return clause.published or "9999"


def marked(found: Iterable[Change]) -> str:
    """Write changes as one line, as wdiff does.

    >>> marked([Change("same", "排查"), Change("deleted", "尾矿库"), Change("inserted", "煤矿")])
    '排查[-尾矿库-]{+煤矿+}'
    """
    marks = {"same": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return "".join(marks[c.op].format(c.text) for c in found)


def diffusion(
    graph: Graph,
    *,
    source: str = NATIONAL,
    least: float = LEAST,
    exhaustive: bool | None = None,
    lang: Lang = "zh",
) -> Diffusion:
    """Look for the clauses of a source in the texts of others.

    ``source`` is a region (its clauses in every notice), a notice, or a meeting. Clauses are the
    words of statements: what the extractor found nothing in is not compared. For a region others
    are all other regions; for a notice, all other notices. ``least`` (0 to 1) is the lowest score.
    Raises QueryError where the source is unknown or has no clause.
    """
    if not 0 < least <= 1:
        raise QueryError(f"--least {least} does not lie between 0 and 1")
    everything = clauses(graph)
    own, others = _divide(graph, source, everything)
    if not own:
        raise QueryError(f"no clause of '{source}' is held", hint="kg query notices lists them")
    held = {
        n: shingles(plain(c.passage.quote)) for n, c in enumerate(everything) if n in own | others
    }
    circulation = Circulation((c.notice, shingles(plain(c.passage.quote))) for c in everything)
    pairs = similar({n: held[n] for n in sorted(own)}, {n: held[n] for n in sorted(others)},
                    exhaustive=exhaustive)  # fmt: skip
    best: dict[tuple[Clause, str, str], Return] = {}
    for one, two in pairs:
        first, second = everything[one], everything[two]
        if first.place == second.place and first.notice == second.notice:
            continue
        found = measure(first, second, held[one], held[two], circulation)
        if found.score < least:
            continue
        key = (first, second.notice, second.place)
        rank = (found.score, found.kind == "verbatim", -second.passage.start)
        known = best.get(key)
        if known is None or rank > (
            known.score, known.kind == "verbatim", -known.target.passage.start,
        ):  # fmt: skip
            best[key] = found
    return Diffusion(
        source=source,
        lang=lang,
        clauses=len(own),
        compared=len(others),
        returns=tuple(sorted(best.values(), key=lambda r: (r.source, -r.score, r.target))),
    )


def measure(
    first: Clause,
    second: Clause,
    one: frozenset[str],
    two: frozenset[str],
    circulation: Circulation,
) -> Return:
    """Measure how much of a clause another one has, and how much of that is boilerplate."""
    shared = one & two
    total = sum(circulation.weight(s, first.notice, second.notice) for s in sorted(shared))
    whole = plain(first.passage.quote) in plain(second.passage.quote)
    return Return(
        source=first,
        target=second,
        kind="verbatim" if whole else "adapted",
        contained=round(len(shared) / len(one), 6) if one else 0.0,
        boilerplate=round(1 - total / len(shared), 6) if shared else 0.0,
        score=round(total / len(one), 6) if one else 0.0,
    )


def clauses(graph: Graph) -> tuple[Clause, ...]:
    """Return the clauses of all statements, each once; what lies within a longer one is left out."""
    spans: dict[tuple[str, str], dict[tuple[int, int], Clause]] = defaultdict(dict)
    for row in graph.query("clauses"):
        start, end = int(str(row["start"])), int(str(row["end"]))
        quote = str(row["quote"])
        if len(plain(quote)) < SHORTEST:
            continue
        clause = Clause(
            notice=str(row["notice"]),
            passage=Passage(file=str(row["file"]), start=start, end=end, quote=quote),
            place=str(row["place"] or ""),
            region=str(row["region"] or ""),
            published=_date(row["published"]),
            meeting=str(row["held"] or ""),
        )
        group = spans[clause.notice, clause.place]
        known = group.get((start, end))
        if known is None or (len(known.passage.quote), known) < (len(quote), clause):
            group[start, end] = clause
    out: list[Clause] = []
    for group in spans.values():
        reach = -1
        for (_, end), clause in sorted(group.items(), key=lambda s: (s[0][0], -s[0][1])):
            if end > reach:
                out.append(clause)
                reach = end
    return tuple(sorted(out))


def _date(value: object) -> str:
    """Keep a date only if it is one: a notice may claim anything."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return ""


def _divide(graph: Graph, source: str, everything: tuple[Clause, ...]) -> tuple[set[int], set[int]]:
    """Tell the source's clauses, and those they are looked for in, by number."""
    from kg.parameters import resolve

    errors: list[QueryError] = []
    for kind in ("region", "notice", "meeting"):
        try:
            iris = {term.value for term in resolve(kind, source, store=graph.store)}
        except QueryError as error:
            errors.append(error)
            continue
        names = {"region": "place", "notice": "notice", "meeting": "meeting"}
        own = {n for n, c in enumerate(everything) if getattr(c, names[kind]) in iris}
        if kind == "notice":
            others = {n for n, c in enumerate(everything) if c.notice not in iris}
        else:
            speakers = {everything[n].place for n in own}
            others = {n for n, c in enumerate(everything) if c.place and c.place not in speakers}
        return own, others
    raise QueryError(
        f"no region, notice or meeting is called '{source}'",
        hint=next((e.hint for e in errors if e.hint), None),
    )
