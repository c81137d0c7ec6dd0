"""The shapes of ontology/shapes.ttl, compiled: whether a graph keeps them, in a millisecond.

pySHACL takes 0.1 s for a notice. This reads the same file and decides one thing only: that nothing
is broken. Where it cannot tell, or a shape says what is not compiled here, the answer is no, and
pySHACL is asked (:mod:`kg.validate`). So the two may differ in time alone; the tests compare them on
every shape's cases and on damaged graphs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg.constraints import (
    VALUE_TESTS,
    Said,
    Test,
    Types,
    Unknown,
    among,
    before,
    disjoint,
    has,
    language,
    unique,
)
from kg.data import ONTOLOGY
from kg.vocab import KG, RDF, RDFS, SKOS, namespace
from kg.vocabulary import vocabulary_quads

SH = "http://www.w3.org/ns/shacl#"
_TYPE = f"<{RDF.type}>"
_KINDS = frozenset({KG.HazardSector, KG.ResponsibilityType, KG.MeasureType})

#: Terms that pass and may come again (numbers, dates, names) are kept: so long ones, so many a test.
_SHORT, _KEPT = 80, 20_000

_NOTHING: frozenset[str] = frozenset()


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
    except Unknown:
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
                    raise Unknown
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
                    raise Unknown(predicate)

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
                raise Unknown(name)
            text = value.value
            match name:
                case "minCount":
                    plan.least[path] = max(int(text), plan.least.get(path, 0))
                case "maxCount":
                    plan.most[path] = min(int(text), plan.most.get(path, int(text)))
                case "class":
                    plan.classes[path] |= {str(v) for v in values}
                case "hasValue":
                    plan.others += [has(path, str(v)) for v in values]
                case "in":
                    plan.values[path].append(among(frozenset(map(str, self._list(value)))))
                case "languageIn":
                    tags = [t.value.lower() for t in self._list(value)]
                    plan.values[path].append(language(tags))
                case "uniqueLang":
                    if text == "true":
                        plan.others.append(unique(path))
                case "lessThan" | "lessThanOrEquals":
                    plan.others.append(before(path, str(value), equal=name != "lessThan"))
                case "disjoint":
                    plan.others.append(disjoint(path, str(value)))
                case _ if name in VALUE_TESTS:
                    plan.values[path].append(VALUE_TESTS[name](text))
                case _:
                    raise Unknown(name)

    def _qualified(self, path: str, shape: str, said: dict[str, list[Any]]) -> Test:
        inner = self.said[shape]
        if set(inner) != {SH + "class"}:
            raise Unknown(shape)
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
            raise Unknown(str(steps))
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
                raise Unknown(member)
            if said[SH + "minCount"][0].value != "1":
                raise Unknown(member)
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
            raise Unknown(str(node))
        return [str(step) for step in steps]

    def _list(self, node: Any) -> Iterable[Any]:
        nil = RDF._iri + "nil"
        while getattr(node, "value", "") != nil:
            said = self.said.get(str(node), {})
            if RDF._iri + "first" not in said:
                raise Unknown(str(node))
            yield said[RDF._iri + "first"][0]
            node = said[RDF._iri + "rest"][0]
