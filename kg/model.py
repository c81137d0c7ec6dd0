"""The records that pass between the stages: small, frozen, free of third-party types.

Offsets are half-open and count Unicode code points. Three coordinate systems meet here:

* *raw*: the decoded file exactly as it lies on disk (``Notice.raw``); all evidence is in raw offsets;
* *text*: what a reader of the page sees (``Notice.text``; equal to raw for plain text, markup removed for HTML);
* *restored*: the text after repair (``Repaired.text``); the extractor works here and maps back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, overload

Modality = Literal["obligation", "prohibition", "permission", "recommendation"]
Level = Literal["national", "bingtuan", "province", "prefecture", "county"]
#: Of a duty: with an end, to be kept up, or only words (which nobody can check).
Kind = Literal["achievement", "state", "slogan"]
EditKind = Literal[
    "gloss", "script", "bytes", "entity", "invisible", "private", "width", "mark",
    "lost", "masked", "word",
]  # fmt: skip
"""What was damaged; the last three are only told, never changed."""

#: The State level, as a region of the graph (GUIDELINES: 全国 stands for the State level).
NATIONAL = "全国"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each stretch of an output text came from in its input, as runs sorted by output offset.

    A run is ``(out_start, in_start, out_length, in_length)``. Runs cover the output without gaps. In a
    run of equal lengths characters correspond one to one; otherwise the run corresponds as a whole. A run
    with ``in_length == 0`` was inserted and points at the gap.

    >>> a = Alignment.build([(2, 2), (1, 6), (1, 1)])     # '生产' as is, '(chǎn)' gone after the third
    >>> a.to_input(2, 3)
    (2, 8)
    """

    runs: tuple[tuple[int, int, int, int], ...]
    _starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def build(cls, lengths: Any) -> Alignment:
        """Make an alignment from ``(out_length, in_length)`` pairs in order.

        A pair with ``out_length == 0`` (a deletion) belongs to no output character: the next run simply
        starts later in the input.
        """
        runs: list[tuple[int, int, int, int]] = []
        out = inp = 0
        for out_len, in_len in lengths:
            if out_len:
                last = runs[-1] if runs else None
                if (
                    last is not None
                    and out_len == in_len
                    and last[2] == last[3]
                    and last[1] + last[3] == inp
                ):
                    runs[-1] = (last[0], last[1], last[2] + out_len, last[3] + in_len)
                else:
                    runs.append((out, inp, out_len, in_len))
            out += out_len
            inp += in_len
        return cls(tuple(runs), tuple(r[0] for r in runs))

    @classmethod
    def identity(cls, length: int) -> Alignment:
        """The alignment of a text with itself."""
        return cls.build([(length, length)])

    def to_input(self, start: int, end: int) -> tuple[int, int]:
        """The smallest input span that produced output ``[start, end)``; a gap for an empty span."""
        if not self.runs:
            return 0, 0
        first = self.runs[max(0, bisect_right(self._starts, start) - 1)]
        out, inp, out_len, in_len = first
        begin = inp + (start - out if out_len == in_len else 0)
        if end <= start:
            return begin, begin
        last = self.runs[max(0, bisect_right(self._starts, end - 1) - 1)]
        out, inp, out_len, in_len = last
        stop = inp + (end - out if out_len == in_len else in_len)
        return begin, stop

    def to_inputs(self, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Yield ``to_input`` of each of many spans that stand in order and are not empty.

        >>> a = Alignment.build([(2, 2), (1, 6), (1, 1)])
        >>> list(a.to_inputs([(0, 1), (2, 3)])) == [a.to_input(0, 1), a.to_input(2, 3)]
        True
        """
        if len(self.runs) == 1 and self.runs[0][2] == self.runs[0][3]:
            shift = self.runs[0][1]
            for start, end in spans:
                yield start + shift, end + shift
            return
        runs = self.runs
        index, size = 0, len(runs)
        for start, end in spans:
            while index + 1 < size and runs[index + 1][0] <= start:
                index += 1
            out, inp, out_len, in_len = runs[index]
            if end <= out + out_len and out_len == in_len:
                yield inp + start - out, inp + end - out
            else:
                yield self.to_input(start, end)

    def compose(self, outer: Alignment) -> Alignment:
        """This alignment (C from B) followed by ``outer`` (B from A), as one alignment of C from A."""
        if len(outer.runs) == 1 and outer.runs[0][2] == outer.runs[0][3] and outer.runs[0][1] == 0:
            return self
        runs: list[tuple[int, int, int, int]] = []
        for out, inp, out_len, in_len in self.runs:
            if out_len == in_len:
                position = 0
                while position < out_len:
                    index = max(0, bisect_right(outer._starts, inp + position) - 1)
                    o_out, o_inp, o_out_len, o_in_len = outer.runs[index]
                    skip = inp + position - o_out
                    take = min(out_len - position, o_out_len - skip)
                    if o_out_len == o_in_len:
                        runs.append((out + position, o_inp + skip, take, take))
                    else:
                        runs.append((out + position, o_inp, take, o_in_len))
                    position += take
            else:
                a, b = outer.to_input(inp, inp + in_len)
                runs.append((out, a, out_len, b - a))
        return Alignment(tuple(runs), tuple(r[0] for r in runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One file as read: its identity, its decoded characters, and the text a reader sees."""

    id: str
    """The file's stem (names the notice in records, queries and `--notice`)."""
    filename: str
    """The file's name without folders: what the graph publishes of the path."""
    path: str
    """The path as given (or ``<text>`` for a string); never published."""
    sha256: str
    """Hash of the file's bytes, hexadecimal."""
    encoding: str
    raw: str
    text: str
    alignment: Alignment
    """From ``text`` to ``raw``."""
    title: str | None = None
    """The title where the format states it (HTML), else None and found in the text."""
    published: str | None = None
    """ISO date where the format states it, else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change made (or, when ``applied`` is false, only suspected) by repair, with its receipt."""

    start: int
    end: int
    """The raw span."""
    before: str
    after: str
    kind: EditKind
    evidence: str
    """What decided it, in words: a lexicon term, a word frequency, a repetition on the page."""
    reproduced: bool | None = None
    """For kind ``bytes``: does the forward model make the damaged bytes from the proposal exactly?"""
    applied: bool = True


#: The fields of an edit in order.
EditRow: TypeAlias = tuple[int, int, str, str, EditKind, str, bool | None, bool]


class Receipts(Sequence[Edit]):
    """Edits in order, each made when it is asked for: a hostile page can have a million.

    >>> receipts = Receipts([(0, 4, "(yì)", "", "gloss", "pinyin", None, True)])
    >>> receipts[0].before, len(receipts), receipts == (receipts[0],)
    ('(yì)', 1, True)
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[EditRow] = ()) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Edit: ...
    @overload
    def __getitem__(self, index: slice) -> Receipts: ...
    def __getitem__(self, index: int | slice) -> Edit | Receipts:
        if isinstance(index, slice):
            return Receipts(self._rows[index])
        return _edit(self._rows[index])

    def __iter__(self) -> Iterator[Edit]:
        return map(_edit, self._rows)

    def __add__(self, other: Iterable[Edit]) -> tuple[Edit, ...]:
        return (*self, *other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Receipts):
            return self._rows == other._rows
        return isinstance(other, tuple) and tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _edit(row: EditRow) -> Edit:
    start, end, before, after, kind, evidence, reproduced, applied = row
    return Edit(
        start=start, end=end, before=before, after=after, kind=kind,
        evidence=evidence, reproduced=reproduced, applied=applied,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Restored text, where each character came from, and the receipts."""

    text: str
    alignment: Alignment
    """From ``text`` to the RAW file (already composed with the notice's own alignment)."""
    edits: Sequence[Edit] = ()
    suspects: Sequence[Edit] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The place that says it: raw offsets, and that span after restoration."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An administrative division that acts or speaks in the notice (full official name)."""

    name: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting the notice names or reports."""

    name: str
    date: str | None
    region: str | None
    evidence: tuple[Evidence, ...]
    organiser: str | None = None
    """The body that convened it, in the notice's words."""
    venue: str | None = None
    level: Level | None = None
    """The level of whose meeting it is; None for an enterprise's."""
    presiding: tuple[str, ...] = ()
    """Posts that preside (县委书记), never persons."""
    speaking: tuple[str, ...] = ()
    """Posts that speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stress:
    """A region directs attention or action at a hazard sector (an emphasis)."""

    region: str | None
    hazard: str
    evidence: tuple[Evidence, ...]
    degree: int = 1
    """3 singled out (狠抓, 突出, 重中之重), 2 directed by its own verb, 1 one of a list."""
    meeting: str | None = None
    """Name of the meeting it was said at, where known (a meeting of the same record)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """A region invokes a doctrine or kind of responsibility (an invocation)."""

    region: str | None
    type: str
    evidence: tuple[Evidence, ...]
    meeting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A region orders a kind of measure."""

    region: str | None
    measure: str
    evidence: tuple[Evidence, ...]
    meeting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A named programme of action that a region runs or orders."""

    region: str | None
    name: str
    evidence: tuple[Evidence, ...]
    canonical: str = ""
    """The name under which it is one however it is abbreviated; empty where that is ``name``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A document cited by its title in 《》."""

    name: str
    evidence: tuple[Evidence, ...]
    number: str | None = None
    """Document number as written (安委办〔2021〕18号)."""
    issuer: str | None = None
    """The body that issued it, in the notice's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A particular named accident or disaster."""

    name: str
    evidence: tuple[Evidence, ...]
    place: str | None = None
    """The lowest division that its name stands in or begins with."""
    date: str | None = None
    """ISO day, where the text gives the year with it; the year is never guessed."""
    dead: int | None = None
    missing: int | None = None
    hurt: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One directive clause: who must (must not, may, should) do what, by when."""

    region: str | None
    modality: Modality
    action: str
    quote: str
    hazards: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    bearer: str | None = None
    """Who is to do it, in the notice's words (各级党委、政府); None where nobody is named or inherited."""
    bearer_inherited: bool = False
    """True where the bearer stands in an earlier clause of the same sentence."""
    cue: str | None = None
    """The word that makes it directive (要, 严禁, 鼓励); None for a bare imperative."""
    object: str | None = None
    condition: str | None = None
    deadline: str | None = None
    """ISO date, or an ISO 8601 interval ``2021-01-04/2021-03-31``."""
    deadline_text: str | None = None
    strength: int = 1
    """3 with 坚决, 一律, 严, 必须 …; 2 with an intensifying adverb; 1 plain."""
    responsibilities: tuple[str, ...] = ()
    """Ids of the responsibility types that the clause invokes."""
    kind: Kind = "state"
    """An achievement with an end, a state to be kept up, or a slogan: only the first two can be checked."""
    meeting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A reviewer's correction that was replayed on a record (kg.review.corrections)."""

    action: str
    """accept, reject or map."""
    layer: str
    quote: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that one notice says. ``to_json`` gives exactly the published schema (kg/record.schema.json)."""

    id: str
    title: str | None
    published: str | None
    regions: tuple[Region, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    stresses: tuple[Stress, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    measures: tuple[Measure, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    policies: tuple[Policy, ...] = ()
    incidents: tuple[Incident, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    notice: Notice | None = None
    """The file it was read from."""
    edits: Sequence[Edit] = ()
    suspects: Sequence[Edit] = ()
    corrections: tuple[Correction, ...] = ()
    """What a reviewer changed in it."""
    stale: tuple[str, ...] = ()
    """Why corrections of a reviewer did not apply any more."""

    def to_json(self) -> dict[str, Any]:
        """The record in the schema of the annotation guidelines, each item with its ``evidence``."""

        def item(value: Any, *names: str) -> dict[str, Any]:
            out: dict[str, Any] = {}
            for name in names:
                got = getattr(value, name)
                out[name] = list(got) if isinstance(got, tuple) else got
            out["evidence"] = [
                {"start": e.start, "end": e.end, "quote": e.quote} for e in value.evidence
            ]
            return out

        return {
            "id": self.id,
            "title": self.title,
            "published": self.published,
            "regions": [item(v, "name") for v in self.regions],
            "meetings": [item(v, "name", "date", "region") for v in self.meetings],
            "stresses": [item(v, "region", "hazard") for v in self.stresses],
            "responsibilities": [item(v, "region", "type") for v in self.responsibilities],
            "measures": [item(v, "region", "measure") for v in self.measures],
            "campaigns": [item(v, "region", "name") for v in self.campaigns],
            "policies": [item(v, "name") for v in self.policies],
            "incidents": [item(v, "name") for v in self.incidents],
            "obligations": [
                item(v, "region", "modality", "action", "quote", "hazards")
                for v in self.obligations
            ],
        }

    @property
    def statements(self) -> int:
        """How many statements (emphases, invocations, measures, obligations, campaigns) it makes."""
        return (
            len(self.stresses)
            + len(self.responsibilities)
            + len(self.measures)
            + len(self.campaigns)
            + len(self.obligations)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A SKOS concept of ``ontology/``, as the recogniser and the query parameters need it."""

    id: str
    scheme: Literal["hazard", "responsibility", "measure"]
    iri: str
    zh: str
    zh_hant: str
    en: str
    alt: tuple[str, ...] = ()
    """skos:altLabel in simplified Chinese."""
    hidden: tuple[str, ...] = ()
    """skos:hiddenLabel: recognised, never shown."""
    alt_en: tuple[str, ...] = ()
    broader: str | None = None
    """Id of the broader concept in the same scheme."""
    matches: tuple[str, ...] = ()
    """Sentences in which the concept must be found (run as tests)."""
    rejects: tuple[str, ...] = ()
    """Sentences in which it must not be found (run as tests)."""
