"""Questions that the named queries say they answer, by the shape of their frames.

A template in the header of queries/*.rq is cut and framed as a question is; its slots are letters of
the shape. So a question fits where it asks for the same and names the same kinds of things, however
it words that and whatever order it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.errors import DataFileError
from kg.ontology import SCHEMES, ancestors, concept, concepts
from kg.query import NamedQuery, Template, named
from kg.question.frame import frame
from kg.question.tokens import read
from kg.question.understood import Frame
from kg.regions.english import english

#: Letters that a slot stands for: by its name, else by the kind of its parameter.
_BY_NAME: Mapping[str, str] = {
    "themes": "T", "regions": "R2", "without": "R-", "bearer": "B", "campaign": "C", "policy": "P",
    "incident": "I", "meeting": "M", "notice": "N", "object": "O",
}  # fmt: skip
_BY_KIND: Mapping[str, str] = {"region": "R", "concept": "T"} | dict.fromkeys(SCHEMES, "T")


#: Answers that hold one theme at a time: what says this and that is not what says one of them.
_OF_ONE = frozenset({"notice", "meeting"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask one query."""

    query: NamedQuery
    template: Template
    slots: tuple[str, ...]
    shape: frozenset[str]

    def fits(self, question: Frame) -> bool:
        """Whether the concepts named are such as its slots take."""
        if "themes" in self.slots:
            positive = any(p.name == "themes" for p in self.query.parameters)
            return positive == bool(question.all or question.any)
        if "all" in self.slots and len(question.all) > 1 and self.query.answer in _OF_ONE:
            return False
        for slot in self.slots:
            kind = next((p.kind for p in self.query.parameters if p.name == slot), "")
            if kind == "concept" or kind in SCHEMES:
                if question.none or len(question.any) + len(question.all) < 1:
                    return False
                if kind in SCHEMES and any(_scheme(i) != kind for i in question.themes):
                    return False
        return True


def _scheme(id: str) -> str:
    return concept(id).scheme


@cache
def ways() -> Mapping[frozenset[str], tuple[Way, ...]]:
    """All ways to ask, by shape, in the order of the queries' names and of their headers.

    Raises DataFileError for a template that is not understood.
    """
    found: dict[frozenset[str], list[Way]] = defaultdict(list)
    for way in _read():
        if all(w.query != way.query or w.template.given != way.template.given or w.slots != way.slots
               for w in found[way.shape]):  # fmt: skip
            found[way.shape].append(way)
    return {shape: tuple(several) for shape, several in found.items()}


def _read() -> Iterator[Way]:
    for query in named():
        declared = {p.name: p.kind for p in query.parameters}
        for template in query.templates:
            where = f"queries/{query.name}.rq: '{template.text}'"
            reading = read(template.text)
            if reading.unknown or reading.corrections:
                words = reading.unknown or tuple(c.written for c in reading.corrections)
                raise DataFileError(
                    f"{where}: no word of a question: '{words[0]}'",
                    hint="add it to ontology/questions.yaml, or say it otherwise",
                )
            letters: dict[str, str] = {}
            for token in reading.tokens:
                if token.kind != "slot":
                    continue
                name = token.values[0]
                letter = _BY_NAME.get(name) or _BY_KIND.get(declared.get(name, ""))
                if letter is None or name not in {"themes", *declared}:
                    raise DataFileError(f"{where}: no parameter '{name}' that a question can name")
                letters[name] = letter
            made = frame(reading.tokens, slots=letters)
            if made.why:
                raise DataFileError(f"{where}: {made.why}")
            yield Way(query, template, tuple(letters), made.shape)


def match(question: Frame) -> Way | None:
    """Find the way of asking that a question has, None if there is none.

    What several regions do (what did Hunan and Jiangxi stress?) is asked as of one, of each: the rows
    tell which.
    """
    found = next((w for w in ways().get(question.shape, ()) if w.fits(question)), None)
    if found is None and of_each(question):
        shape = question.shape - {"R2"} | {"R"}
        several = (w for w in ways().get(shape, ()) if w.fits(question))
        return next((w for w in several if "region" in w.slots and _tells_whose(w.query)), None)
    return found


def _tells_whose(query: NamedQuery) -> bool:
    """Whether rows say which region they are of, or all regions are asked at once (not-stressed)."""
    return "region" in query.returns or query.name == "not-stressed"


def of_each(question: Frame) -> bool:
    """Whether a question can be asked of each of its regions apart; a number or a yes cannot."""
    return "R2" in question.shape and question.together and question.asks and not question.count


def echoes(way: Way, question: Frame) -> bool:
    """Whether all that a way could tell of a question's sectors is these sectors themselves."""
    kinds = way.query.name == "sectors-of" and "hazard" in way.slots
    return kinds and bool(question.themes) and not _broad() & {*question.themes}


@cache
def _broad() -> frozenset[str]:
    """List the concepts that have narrower ones."""
    return frozenset(above for c in concepts() for above in ancestors(c.id)[1:])


def nearest(question: Frame, chinese: bool, most: int = 3) -> tuple[Way, ...]:
    """Find the ways of asking that share most with a question, in its language if there is one."""
    ranked = []
    for index, (shape, several) in enumerate(ways().items()):
        shared = len(shape & question.shape)
        if not shared:
            continue
        fit = [w for w in several if not echoes(w, question)]
        if not fit:
            continue
        way = min(fit, key=lambda w: w.template.text.isascii() == chinese)
        score = shared / len(shape | question.shape)
        ranked.append((-score, way.template.text.isascii() == chinese, index, way))
    ranked.sort(key=lambda item: item[:3])
    return tuple(way for *_, way in ranked[:most])


#: What stands in a slot of a question that is offered, where the question asked has nothing for it.
_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "themes": ("尾矿库", "tailings ponds"),
    "all": ("尾矿库", "tailings ponds"),
    "hazard": ("自然灾害", "natural disasters"),
    "responsibility": ("一岗双责", "one post two duties"),
    "measure": ("应急救援", "emergency response"),
    "region": ("湖南省", "Hunan"),
    "inside": ("湖南省", "Hunan"),
    "regions": ("广东省和湖南省", "Guangdong and Hunan"),
    "without": ("广东省", "Guangdong"),
    "bearer": ("企业", "enterprises"),
    "campaign": ("三年行动", "the three-year action"),
    "meeting": ("全国安全生产电视电话会议", "the meeting"),
    "policy": ("安全生产法", "a document"),
    "incident": ("事故", "an accident"),
    "object": ("入境人员", "those who enter the country"),
}


def written(way: Way, question: Frame) -> str:
    """Write a way of asking as a question, with what the question asked names in its slots."""
    text = way.template.text
    zh = not text.isascii()
    themes = [concept(i).zh if zh else concept(i).en for i in question.themes]
    names = [several[0] for several in question.regions]
    places = names if zh else [english().get(name, (name,))[0] for name in names]
    joint = "和" if zh else " and "
    for slot in way.slots:
        said = {
            "themes": joint.join(themes[:2]),
            "regions": joint.join(places[:3]) if len(places) > 1 else "",
        }
        letter = _BY_NAME.get(slot, "R" if slot in ("region", "inside") else "T")
        first = {"R": places, "T": themes}.get(letter, [])
        value = (
            said.get(slot, first[0] if first else "") or _EXAMPLES.get(slot, (slot, slot))[not zh]
        )
        text = text.replace("{" + slot + "}", value)
    return text[0].upper() + text[1:] + ("？" if zh else "?")
