"""Questions to the graph: the named queries of queries/*.rq, and any SPARQL that only reads.

A named query is a file that any SPARQL engine runs as it lies; its header tells what it is:

    # title zh: 哪些地区强调了某一行业领域（含其下级）
    # title en: Regions that stress a hazard sector or any narrower one
    # param hazard: hazard, required
    # param region: region
    # returns: region, sector, quote
    # links: statement
    # ask zh: 哪些地区强调了{hazard}
    # ask en: which regions stressed {hazard}
    # answer: region
    …
      VALUES ?hazard { hazard:flood }  # param hazard
      #? region: VALUES ?place { … }

A value replaces what stands in the braces on the line of its parameter. Lines that begin with
``#? region:`` are comments until that parameter is given, with ``#? region since:`` until both are;
a value on such a line is of the last. ``links`` are columns of IRIs, for
programs: tables leave them out. Questions in words (``kg ask``) that are put like an ``ask`` line
are answered by the query: what stands in the column ``answer``, counted by the column ``counts``
(the same, if not said). After ``->`` an ask line may fix parameters: ``-> modality=prohibition``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.data import QUERIES
from kg.errors import DataFileError, QueryError
from kg.parameters import Term, kinds, resolve
from kg.results import Answer
from kg.sparql import malformed, refuse_deep, refuse_service
from kg.vocab import prefixes

if TYPE_CHECKING:
    from kg.stores import GraphStore

_HEADER = re.compile(
    r"#\s*(title zh|title en|param|returns|links|ask zh|ask en|answer|counts)\b\s*(\w*)\s*:\s*(.*)"
)
_COMMENT = re.compile(r"#\s*([a-z]+(?: [a-z]+)?)\b.*:")
_KEYS = (
    "title zh", "title en", "param", "returns", "links", "ask zh", "ask en", "answer", "counts"
)  # fmt: skip
_VALUED = re.compile(r"#\s*param\s+(\w+)\s*$")
_OPTIONAL = re.compile(r"\s*#\?\s*(\w+(?: \w+)*):\s?")
_FILTERED = re.compile(r"\s*(\?\w+ \w+:\w+ \?\w+ \.) (?=FILTER\()")
_VALUES = re.compile(r"(VALUES\s+\?\w+)\s*\{[^{}]*\}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a named query can be asked with."""

    name: str
    kind: str
    required: bool = False
    default: str | None = None

    def __str__(self) -> str:
        rest = ", required" if self.required else f"={self.default}" if self.default else ""
        return f"{self.name} ({self.kind}{rest})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A way to ask a query in words, with ``{slots}``, and what it fixes."""

    text: str
    given: Mapping[str, str]
    """Values of parameters that this way of asking implies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """One file of queries/: its SPARQL, and what its header declares."""

    name: str
    title_zh: str
    title_en: str
    parameters: tuple[Parameter, ...]
    returns: tuple[str, ...]
    """Columns that a reader wants, in order."""
    links: tuple[str, ...]
    """Columns of IRIs, after the others."""
    sparql: str
    templates: tuple[Template, ...] = ()
    """Questions in words that it answers; none, and it is asked by its name only."""
    answer: str = ""
    """The column that answers them."""
    counts: str = ""
    """The column whose different values answer how many."""


def named() -> tuple[NamedQuery, ...]:
    """Return the queries of queries/ by name; raises DataFileError for a broken one.

    >>> [q.title_en for q in named() if q.name == "campaigns"]
    ['Campaigns, and who runs them']
    """
    return tuple(_load(path) for path in _files().values())


def find(name: str) -> NamedQuery:
    """Return the query of this name; raises QueryError, with the nearest name, if there is none."""
    path = _files().get(name)
    if path is None:
        near = get_close_matches(name, _files(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "kg query --list names them"
        raise QueryError(f"there is no query '{name}'", hint=hint)
    return _load(path)


def run(
    store: GraphStore,
    query: str | NamedQuery,
    parameters: Mapping[str, object] | None = None,
    *,
    name: str | None = None,
    base_iri: str | None = None,
) -> Answer:
    """Answer a named query, its name, or SPARQL text; ``name`` is what complaints call the text.

    Relative IRIs of a text are resolved against ``base_iri``.

    Raises QueryError for an unknown name or parameter, malformed SPARQL (with line and column),
    an update, or SERVICE.
    """
    given = dict(parameters or {})
    if isinstance(query, str):
        query = find(query) if _NAME.fullmatch(query) else parse(query, name=name or "query")
    text = bind(query, given, store=store)
    known = prefixes(store.base)
    _check(text, query.name)
    try:
        result = store.query(text, base_iri=base_iri)
    except SyntaxError as error:
        raise malformed(text, error, prefixes=known, name=query.name) from error
    return Answer(result, links=query.links, prefixes=known, name=query.name)


def bind(query: NamedQuery, given: Mapping[str, object], *, store: GraphStore) -> str:
    """Write the SPARQL of a query with values for its parameters; lines keep their numbers."""
    known = {p.name: p for p in query.parameters}
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise QueryError(
                f"{query.name} has no parameter '{name}'",
                hint=f"did you mean '{near[0]}'?"
                if near
                else f"it has {', '.join(map(str, known.values()))}"
                if known
                else "it has none",
            )
    values: dict[str, tuple[Term, ...]] = {}
    for parameter in known.values():
        value = given.get(parameter.name)
        value = parameter.default if value is None else value
        if value is not None:
            values[parameter.name] = resolve(parameter.kind, value, store=store)
        elif parameter.required:
            raise QueryError(
                f"{query.name} needs the parameter {parameter}",
                hint=f"kg query {query.name} --param {parameter.name}=…",
            )
    dates = frozenset(
        p.name for p in known.values() if p.kind == "date" and len(values.get(p.name, ())) == 1
    )
    said = tuple((name, tuple(map(str, terms))) for name, terms in values.items())
    return _written(query.sparql, said, dates)


@lru_cache(maxsize=128)
def _check(text: str, name: str) -> None:
    """Refuse what no query may hold; a text that passed is not looked at again."""
    refuse_deep(text, name=name)
    refuse_service(text, name=name)


@lru_cache(maxsize=128)
def _written(
    sparql: str, said: tuple[tuple[str, tuple[str, ...]], ...], dates: frozenset[str]
) -> str:
    """Write values into the lines of a query; what is asked again is not written again."""
    values, lines = dict(said), sparql.split("\n")
    inline = {name: variable for name in sorted(dates) if (variable := _own_variable(name, lines))}
    return "\n".join(_once(_line(line, values, inline) for line in lines))


def _once(lines: Iterable[str]) -> Iterator[str]:
    """Leave out the triple pattern of a period's end where its beginning has just said the same.

    Oxigraph looks every one up, also one that stands twice: a third of such a query's time.
    """
    before = ""
    for line in lines:
        found = _FILTERED.match(line)
        if found is not None and found[1] == before:
            yield " " * found.end() + line[found.end() :]
            continue
        if found is not None:
            before = found[1]
        elif line.strip() and not line.lstrip().startswith("#"):
            before = ""
        yield line


def _own_variable(name: str, lines: list[str]) -> str:
    """Name the variable that stands for a parameter, if no line but the parameter's own has it."""
    own = [line for line in lines if name in _owners(line)]
    found = {m[1].split()[-1] for line in own if _owners(line)[-1] == name
             for m in _VALUES.finditer(line)}  # fmt: skip
    if len(found) != 1:
        return ""
    (variable,) = found
    use = re.compile(rf"{re.escape(variable)}\b")
    return "" if any(use.search(line) for line in lines if line not in own) else variable


def _line(line: str, values: Mapping[str, tuple[str, ...]], inline: Mapping[str, str]) -> str:
    owners = _owners(line)
    if not owners or any(owner not in values for owner in owners):
        return line
    terms = " ".join(values[owners[-1]])
    # The blanks keep columns, so that a complaint points to where the file has it.
    line = _OPTIONAL.sub(lambda m: " " * len(m[0]), line)
    for name in owners:
        if name in inline:  # a day in the place of its variable: engines use it sooner
            if _VALUES.search(line):
                return f"# {name}: {values[name][0]}"
            written = values[name][0].replace("\\", r"\\")
            line = re.sub(rf"\{inline[name]}\b", written, line)
    return _VALUES.sub(lambda m: f"{m[1]} {{ {terms} }}", line, count=1)


def taken(query: NamedQuery, given: Iterable[str]) -> frozenset[str]:
    """Name those of some parameters that have a line for their values when just these are given."""
    names = frozenset(given)
    found = ((owners, line) for line in query.sparql.split("\n") if (owners := _owners(line)))
    return frozenset(o[-1] for o, line in found if names.issuperset(o) and _VALUES.search(line))


def _owners(line: str) -> tuple[str, ...]:
    """Name the parameters that a line of the query, not of its header, belongs to."""
    optional = _OPTIONAL.match(line)
    if optional:
        return tuple(optional[1].split())
    valued = None if line.lstrip().startswith("#") else _VALUED.search(line)
    return (valued[1],) if valued else ()


# --- headers --------------------------------------------------------------------------------------


def parse(text: str, *, name: str) -> NamedQuery:
    """Read SPARQL with whatever header it has: a file of one's own needs none."""
    return _parse(text, name, f"{name}:")


@cache
def _files() -> Mapping[str, Path]:
    return {p.stem: p for p in sorted(QUERIES.glob("*.rq"), key=lambda p: p.stem)}


@cache
def _load(path: Path) -> NamedQuery:
    where = f"queries/{path.name}:"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{where} cannot be read: {error}") from error
    query = _parse(text, path.stem, where)
    for key, value in (
        ("title zh", query.title_zh),
        ("title en", query.title_en),
        ("returns", query.returns),
    ):
        if not value:
            raise DataFileError(f"{where}1: no '# {key}: …' in the header")
    if not _NAME.fullmatch(query.name):
        raise DataFileError(f"{where} a name is lower-case words joined by hyphens")
    return query


def _parse(text: str, name: str, where: str) -> NamedQuery:
    said: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    templates: list[Template] = []
    for number, line in _header(text):
        match = _HEADER.match(line)
        if match is None:
            _complain_of_key(line, f"{where}{number}")
        elif match[1] == "param":
            if match[2] in parameters:
                raise DataFileError(f"{where}{number}: parameter '{match[2]}' stands twice")
            parameters[match[2]] = _parameter(match[2], match[3], f"{where}{number}")
        elif match[1].startswith("ask"):
            templates.append(_template(match[3], parameters, f"{where}{number}"))
        else:
            said[match[1]] = match[3].strip()
    _check_lines(text, parameters, where)
    answer, returns = said.get("answer", ""), _columns(said.get("returns", ""))
    if templates and answer not in returns:
        raise DataFileError(
            f"{where} it can be asked in words, and no column '{answer}' answers",
            hint="write '# answer: COLUMN', one that it returns",
        )
    return NamedQuery(
        name=name,
        title_zh=said.get("title zh", ""),
        title_en=said.get("title en", ""),
        parameters=tuple(parameters.values()),
        returns=returns,
        links=_columns(said.get("links", "")),
        sparql=text,
        templates=tuple(templates),
        answer=answer,
        counts=said.get("counts", answer),
    )


def _template(text: str, parameters: Mapping[str, Parameter], where: str) -> Template:
    words, _, fixed = (part.strip() for part in text.partition("->"))
    given = {}
    for part in _columns(fixed):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in parameters or not equals:
            raise DataFileError(f"{where}: '{part}' fixes no parameter that is declared above it")
        given[name] = value
    if not words:
        raise DataFileError(f"{where}: an ask line without a question")
    return Template(text=words, given=given)


def _header(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comment lines before the query, numbered."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            return
        if line.startswith("#"):
            yield number, line


def _complain_of_key(line: str, where: str) -> None:
    """Raise for a header line that is nearly one of ours; other comments are free."""
    match = _COMMENT.match(line)
    if match:
        near = get_close_matches(match[1], _KEYS, n=1, cutoff=0.8)
        if near:
            raise DataFileError(f"{where}: '{match[1]}'", hint=f"did you mean '{near[0]}'?")


def _parameter(name: str, text: str, where: str) -> Parameter:
    kind, *rest = (part.strip() for part in text.split(","))
    if not name:
        raise DataFileError(f"{where}: a parameter without a name")
    if kind not in kinds():
        near = get_close_matches(kind, kinds(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "one of " + ", ".join(kinds())
        raise DataFileError(f"{where}: unknown kind '{kind}'", hint=hint)
    required, default = False, None
    for part in rest:
        if part == "required":
            required = True
        elif part.startswith("default "):
            default = part.removeprefix("default ").strip()
        elif part != "optional":
            raise DataFileError(f"{where}: '{part}' is neither required, optional nor default …")
    return Parameter(name=name, kind=kind, required=required, default=default)


def _check_lines(text: str, parameters: Mapping[str, Parameter], where: str) -> None:
    """Refuse a parameter that no line takes up, and a line of a parameter that is not declared."""
    lines = text.split("\n")
    owners = [_owners(line) for line in lines]
    for number, owner in ((n, o) for n, found in enumerate(owners, 1) for o in found):
        if owner not in parameters:
            near = get_close_matches(owner, parameters, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "declare it in the header"
            raise DataFileError(f"{where}{number}: unknown parameter '{owner}'", hint=hint)
    for parameter in parameters.values():
        name, always = parameter.name, parameter.required or parameter.default is not None
        owned = [line for line, of in zip(lines, owners, strict=True) if of and of[-1] == name]
        if not any(_VALUES.search(line) for line in owned):
            how = f"VALUES ?{name} {{ … }}"
            how = f"{how}  # param {name}" if always else f"#? {name}: {how}"
            raise DataFileError(f"{where} nothing takes up parameter '{name}'", hint=f"add {how}")


def _columns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
