"""The shapes of ontology/shapes.ttl, compiled: whether a graph keeps them, in a millisecond.

pySHACL takes 0.1 s for a notice. This reads the same file and decides one thing only: that nothing
is broken. Where it cannot tell, or a shape says what is not compiled here, the answer is no, and
pySHACL is asked (:mod:`kg.validate`). So the two may differ in time alone; the tests compare them on
every shape's cases and on damaged graphs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg.data import ONTOLOGY
from kg.vocab import KG, RDF, RDFS, SKOS, XSD, namespace
from kg.vocabulary import vocabulary_quads

SH = "http://www.w3.org/ns/shacl#"
_TYPE = f"<{RDF.type}>"
_KINDS = frozenset({KG.HazardSector, KG.ResponsibilityType, KG.MeasureType})
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_INTEGER = re.compile("0|-?[1-9][0-9]*").fullmatch
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

#: Terms that pass and may come again (numbers, dates, names) are kept: so long ones, so many a test.
_SHORT, _KEPT = 80, 20_000

Said = Mapping[str, list[str]]
"""What a subject says: objects by predicate, all as N-Triples text."""
Test = Callable[[Said, "Types"], bool]
_NOTHING: frozenset[str] = frozenset()
Types = Mapping[str, frozenset[str]]
"""The classes of a node, those above them included."""


class _Unknown(Exception):  # noqa: N818 - no error: a shape for pySHACL alone
    """A shape says what is not compiled."""


@dataclass(slots=True)
class _Plan:
    """What the instances of some classes must keep, by predicate where it can be."""

    least: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    values: dict[str, list[Callable[[str], bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    classes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    others: list[Test] = field(default_factory=list)
    checks: dict[str, tuple[int, frozenset[str], tuple[Callable[[str], bool], ...], set[str]]] = (
        field(default_factory=dict)
    )
    """What is asked of the objects of a predicate, put together; short terms known to pass."""

    def close(self) -> None:
        """Put together what is asked."""
        for predicate in {*self.most, *self.values, *self.classes}:
            self.checks[predicate] = (
                self.most.get(predicate, 1 << 30),
                frozenset(self.classes.get(predicate, ())),
                tuple(self.values.get(predicate, ())),
                set(),
            )


def keeps(nquads: bytes, *, warnings: bool = False) -> bool:
    """Whether it is certain that the N-Quads of one notice's graph break no shape.

    With ``warnings`` also that there is nothing to warn of.

    >>> keeps(b"")
    True
    >>> keeps(f"<urn:e> <{RDF.type}> <{KG.Evidence}> <urn:g> .".encode())
    False
    """
    compiled = _compiled(warnings)
    if compiled is None:
        return False
    subjects = _read(nquads)
    concepts = _background()[0]
    if subjects is None or not concepts.keys().isdisjoint(subjects):
        return False  # what else is said of a concept is for pySHACL
    types = dict(concepts)
    plans: list[tuple[_Plan, Said]] = []
    for subject, said in subjects.items():
        classes = said.get(_TYPE)
        if classes is not None:
            types[subject], plan = compiled(tuple(classes))
            if plan is not None:
                plans.append((plan, said))
    return all(_kept(plan, said, types) for plan, said in plans)


def _kept(plan: _Plan, said: Said, types: Types) -> bool:
    for predicate, least in plan.least.items():
        if len(said.get(predicate, ())) < least:
            return False
    checks = plan.checks
    for predicate, objects in said.items():
        check = checks.get(predicate)
        if check is None:
            continue
        most, wanted, tests, passed = check
        if len(objects) > most:
            return False
        for value in objects:
            if wanted and not wanted <= types.get(value, _NOTHING):
                return False
            if not tests or value in passed:
                continue
            for test in tests:
                if not test(value):
                    return False
            if len(value) <= _SHORT and len(passed) < _KEPT:
                passed.add(value)
    return all(test_all(said, types) for test_all in plan.others)


def _read(nquads: bytes) -> dict[str, dict[str, list[str]]] | None:
    """Group canonical N-Quads by subject; None for what is no graph of one notice."""
    subjects: dict[str, dict[str, list[str]]] = {}
    if not nquads:
        return subjects
    text = nquads.decode("utf-8")
    lines = text.removesuffix("\n").split("\n")
    end = lines[0][lines[0].rfind(" <") :]
    if text.count(end + "\n") + (not text.endswith("\n")) != len(lines):
        return None
    cut = -len(end)
    last, said = "", {}
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        if subject != last:
            last, said = subject, subjects.setdefault(subject, {})
        if predicate in said:
            said[predicate].append(rest[:cut])
        else:
            said[predicate] = [rest[:cut]]
    return subjects


# --- classes --------------------------------------------------------------------------------------


@cache
def _background() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Return the classes of each concept, and the classes above each class of ours."""
    concepts: dict[str, set[str]] = defaultdict(set)
    direct: dict[str, set[str]] = defaultdict(set)
    for quad in ox.parse(vocabulary_quads(), format=ox.RdfFormat.N_QUADS):
        predicate, value = quad.predicate.value, getattr(quad.object, "value", "")
        if predicate == RDFS.subClassOf and value.startswith(namespace(KG)):
            direct[str(quad.subject)].add(f"<{value}>")
        elif predicate == RDF.type and value in _KINDS:
            concepts[str(quad.subject)].add(f"<{value}>")
    above: dict[str, frozenset[str]] = {}
    for cls in direct:
        found, todo = {cls}, [cls]
        while todo:
            for upper in direct.get(todo.pop(), ()):
                if upper not in found:
                    found.add(upper)
                    todo.append(upper)
        above[cls] = frozenset(found)
    return {node: frozenset(said) for node, said in concepts.items()}, above


def _classes(own: frozenset[str], above: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set(own)
    for cls in own:
        found |= above.get(cls, frozenset())
    return frozenset(found)


@cache
def _schemes() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in ox.parse(vocabulary_quads(), format=ox.RdfFormat.N_QUADS):
        if quad.predicate.value == SKOS.inScheme:
            found[str(quad.subject)].add(str(quad.object))
    return {node: frozenset(said) for node, said in found.items()}


# --- compiling ------------------------------------------------------------------------------------


@cache
def _compiled(
    warnings: bool,
) -> Callable[[tuple[str, ...]], tuple[frozenset[str], _Plan | None]] | None:
    """Compile the shapes to a plan for each set of classes; None where one is not understood."""
    shapes = _Shapes(warnings=warnings)
    try:
        targets = shapes.targets()
        for name in targets.values():
            for shape in name:
                shapes.add(shape, _Plan())
    except _Unknown:
        return None
    _, above = _background()

    @cache
    def plan(own: tuple[str, ...]) -> tuple[frozenset[str], _Plan | None]:
        made = _Plan()
        classes = _classes(frozenset(own), above)
        found = sorted(shape for cls in classes for shape in targets.get(cls, ()))
        for shape in found:
            shapes.add(shape, made)
        made.close()
        return classes, made if found else None

    return plan


class _Shapes:
    """ontology/shapes.ttl as triples, and what each parameter of SHACL Core asks."""

    def __init__(self, *, warnings: bool) -> None:
        self.warnings = warnings
        self.said: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(path=ONTOLOGY / "shapes.ttl", format=ox.RdfFormat.TURTLE):
            self.said[str(quad.subject)][quad.predicate.value].append(quad.object)

    def targets(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for shape, said in self.said.items():
            if any(t.value == SH + "NodeShape" for t in said.get(RDF.type, ())):
                if not said.get(SH + "targetClass"):
                    raise _Unknown
                for cls in said[SH + "targetClass"]:
                    found[str(cls)].append(shape)
        return found

    def add(self, shape: str, plan: _Plan) -> None:
        for predicate, objects in self.said[shape].items():
            match predicate.removeprefix(SH):
                case "targetClass" | "message" | RDF.type:
                    pass
                case "property":
                    for node in objects:
                        self._property(str(node), plan)
                case "xone":
                    (members,) = objects
                    plan.others.append(self._xone([str(n) for n in self._list(members)]))
                case _:
                    raise _Unknown(predicate)

    def _property(self, node: str, plan: _Plan) -> None:
        said = {p.removeprefix(SH): o for p, o in self.said[node].items()}
        if said.pop("severity", None) and not self.warnings:
            severity = self.said[node][SH + "severity"][0].value
            if severity in (SH + "Warning", SH + "Info"):
                return
        said.pop("message", None)
        (path,) = said.pop("path")
        steps = self._path(path)
        if len(steps) > 1:
            plan.others.append(self._sequence(steps, said))
            return
        self._parameters(steps[0], said, plan)

    def _parameters(self, path: str, said: dict[str, list[Any]], plan: _Plan) -> None:
        qualified = said.pop("qualifiedValueShape", None)
        if qualified:
            plan.others.append(self._qualified(path, str(qualified[0]), said))
        for name, values in said.items():
            value, several = values[0], len(values) > 1
            if several and name not in ("class", "hasValue"):
                raise _Unknown(name)
            text = value.value
            match name:
                case "minCount":
                    plan.least[path] = max(int(text), plan.least.get(path, 0))
                case "maxCount":
                    plan.most[path] = min(int(text), plan.most.get(path, int(text)))
                case "class":
                    plan.classes[path] |= {str(v) for v in values}
                case "hasValue":
                    plan.others += [_has(path, str(v)) for v in values]
                case "in":
                    plan.values[path].append(_among(frozenset(map(str, self._list(value)))))
                case "languageIn":
                    tags = [t.value.lower() for t in self._list(value)]
                    plan.values[path].append(_language(tags))
                case "uniqueLang":
                    if text == "true":
                        plan.others.append(_unique(path))
                case "lessThan" | "lessThanOrEquals":
                    plan.others.append(_before(path, str(value), equal=name != "lessThan"))
                case "disjoint":
                    plan.others.append(_disjoint(path, str(value)))
                case _ if name in _VALUE_TESTS:
                    plan.values[path].append(_VALUE_TESTS[name](text))
                case _:
                    raise _Unknown(name)

    def _qualified(self, path: str, shape: str, said: dict[str, list[Any]]) -> Test:
        inner = self.said[shape]
        if set(inner) != {SH + "class"}:
            raise _Unknown(shape)
        cls = str(inner[SH + "class"][0])
        least = int(said.pop("qualifiedMinCount", [ox.Literal(0)])[0].value)
        most = int(said.pop("qualifiedMaxCount", [ox.Literal(1 << 30)])[0].value)

        def test(said: Said, types: Types) -> bool:
            return (
                least
                <= sum(cls in types.get(node, _NOTHING) for node in said.get(path, ()))
                <= most
            )

        return test

    def _sequence(self, steps: list[str], said: dict[str, list[Any]]) -> Test:
        """Compile ``( kg:concept skos:inScheme )`` with sh:hasValue: only concepts have a scheme."""
        if len(steps) != 2 or steps[1] != f"<{SKOS.inScheme}>" or set(said) != {"hasValue"}:
            raise _Unknown(str(steps))
        first, wanted = steps[0], str(said["hasValue"][0])

        def test(said: Said, types: Types) -> bool:
            del types
            none: frozenset[str] = frozenset()
            return any(wanted in _schemes().get(node, none) for node in said.get(first, ()))

        return test

    def _xone(self, members: list[str]) -> Test:
        paths: list[str] = []
        for member in members:
            (node,) = self.said[member][SH + "property"]
            said = self.said[str(node)]
            if len(self.said[member]) != 1 or set(said) != {SH + "path", SH + "minCount"}:
                raise _Unknown(member)
            if said[SH + "minCount"][0].value != "1":
                raise _Unknown(member)
            paths += self._path(said[SH + "path"][0])

        def test(said: Said, types: Types) -> bool:
            del types
            return sum(path in said for path in paths) == 1

        return test

    def _path(self, node: Any) -> list[str]:
        if isinstance(node, ox.NamedNode):
            return [str(node)]
        steps = list(self._list(node))
        if not steps or not all(isinstance(step, ox.NamedNode) for step in steps):
            raise _Unknown(str(node))
        return [str(step) for step in steps]

    def _list(self, node: Any) -> Iterable[Any]:
        nil = RDF._iri + "nil"
        while getattr(node, "value", "") != nil:
            said = self.said.get(str(node), {})
            if RDF._iri + "first" not in said:
                raise _Unknown(str(node))
            yield said[RDF._iri + "first"][0]
            node = said[RDF._iri + "rest"][0]


# --- tests of values ------------------------------------------------------------------------------


def _literal(term: str) -> tuple[str, str, str] | None:
    """Split a literal into its characters, language and datatype; None for an IRI."""
    if term[0] != '"':
        return None
    at = term.rindex('"')
    value, tail = term[1:at], term[at + 1 :]
    if "\\" in value:
        value = _ESCAPE.sub(_character, value)
    if not tail:
        return value, "", XSD.string
    return (value, tail[1:].lower(), RDF.langString) if tail[0] == "@" else (value, "", tail[3:-1])


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


def _string(term: str) -> str:
    """Return what sh:pattern and sh:minLength look at."""
    literal = _literal(term)
    return term[1:-1] if literal is None else literal[0]


def _is_integer(value: str) -> bool:
    return _INTEGER(value) is not None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


#: Characters that a value of a datatype may have; of others nothing is certain.
_WELL_FORMED: Mapping[str, Callable[[str], bool]] = {
    XSD.string: lambda value: True,
    RDF.langString: lambda value: True,
    KG.GBT2260: lambda value: True,
    XSD.integer: _is_integer,
    XSD.boolean: lambda value: value in ("true", "false"),
    XSD.date: _is_date,
}


def _datatype(wanted: str) -> Callable[[str], bool]:
    well_formed = _WELL_FORMED.get(wanted)
    if well_formed is None:
        raise _Unknown(wanted)

    ends = {XSD.string: '"', RDF.langString: "@"}.get(wanted, f'"^^<{wanted}>')
    certain = wanted in (XSD.string, RDF.langString, KG.GBT2260)

    def test(term: str) -> bool:
        if term[0] != '"':
            return False
        if certain and ends != "@":
            return term.endswith(ends)
        literal = _literal(term)
        return literal is not None and literal[2] == wanted and well_formed(literal[0])

    return test


def _number(term: str) -> int | None:
    literal = _literal(term)
    if literal is None or literal[2] != XSD.integer or not _is_integer(literal[0]):
        return None
    return int(literal[0])


def _bound(compare: Callable[[int, int], bool]) -> Callable[[str], Callable[[str], bool]]:
    def make(limit: str) -> Callable[[str], bool]:
        wanted = int(limit)
        return lambda term: (found := _number(term)) is not None and compare(found, wanted)

    return make


def _length(least: int, most: int) -> Callable[[str], bool]:
    return lambda term: least <= len(_string(term)) <= most


def _matching(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lambda term: search(_string(term)) is not None


#: Parameters that ask each value by itself.
_VALUE_TESTS: Mapping[str, Callable[[str], Callable[[str], bool]]] = {
    "datatype": _datatype,
    "pattern": _matching,
    "minLength": lambda n: _length(int(n), 1 << 30),
    "maxLength": lambda n: _length(0, int(n)),
    "minInclusive": _bound(lambda found, limit: found >= limit),
    "maxInclusive": _bound(lambda found, limit: found <= limit),
}


def _among(allowed: frozenset[str]) -> Callable[[str], bool]:
    return lambda term: term in allowed


def _language(tags: list[str]) -> Callable[[str], bool]:
    def test(term: str) -> bool:
        literal = _literal(term)
        return literal is not None and any(
            literal[1] == tag or literal[1].startswith(f"{tag}-") for tag in tags
        )

    return test


def _has(path: str, value: str) -> Test:
    return lambda said, types: value in said.get(path, ())


def _unique(path: str) -> Test:
    def test(said: Said, types: Types) -> bool:
        del types
        objects = said.get(path, ())
        tags = [literal[1] for term in objects if (literal := _literal(term)) and literal[1]]
        return len(tags) == len(set(tags))

    return test


def _disjoint(path: str, other: str) -> Test:
    return lambda said, types: not set(said.get(path, ())) & set(said.get(other, ()))


def _before(path: str, other: str, *, equal: bool) -> Test:
    """Compare dates with dates and integers with integers; of others nothing is certain."""

    def key(term: str) -> tuple[int, Any] | None:
        number = _number(term)
        if number is not None:
            return 0, number
        literal = _literal(term)
        if literal is not None and literal[2] == XSD.date and _is_date(literal[0]):
            return 1, literal[0]
        return None

    def test(said: Said, types: Types) -> bool:
        del types
        for one in map(key, said.get(path, ())):
            for two in map(key, said.get(other, ())):
                if one is None or two is None or one[0] != two[0]:
                    return False
                if not (one[1] < two[1] or (equal and one[1] == two[1])):
                    return False
        return True

    return test
