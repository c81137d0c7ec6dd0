"""Record -> N-Quads: the statements of one notice in one named graph, as sorted text.

The text is written directly, without term objects. No blank nodes, no timestamps: equal records
give equal bytes. Language tags are lower case, as the store keeps them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from kg import vocab
from kg.literals import boolean, date, integer, string, text, traditional
from kg.model import (
    Campaign,
    Correction,
    Edit,
    Evidence,
    Incident,
    Measure,
    Meeting,
    Notice,
    Obligation,
    Record,
    Responsibility,
    Stress,
)
from kg.names import one_name
from kg.ontology import concept
from kg.regions.table import Division, ancestors, full_names
from kg.vocab import DCTERMS, ELI, KG, OA, ODRL, PROV, RDF, RDFS, SCHEMA, SKOS, mint
from kg.vocabulary import ontology_version, vocabulary_quads

__all__ = ["CONTEXT", "notice_iri", "notice_key", "quads", "vocabulary_quads"]

#: Characters of the raw file kept on each side of a quote (oa:prefix, oa:suffix).
CONTEXT = 16
#: A cited document of which kind is a legal act (eli:LegalResource).
_LEGAL = re.compile(r"(法|条例|规定|办法|规程|标准)(（[^）]*）|\([^)]*\))?$")
#: Words of a clause that make another act, and what may stand between them and who that is.
_URGING = re.compile(r"督促|确保|要求|责令|责成|引导|指导|落实")
_EACH = ("", "各类", "各", "有关")
_MODALITY = {
    "obligation": KG.Obligation,
    "prohibition": KG.Prohibition,
    "permission": KG.Permission,
    "recommendation": KG.Recommendation,
}
#: What is demanded or forbidden, in as few words as the clause has for it.
_BRIEF = {"obligation": KG.demands, "prohibition": KG.forbids}


def quads(record: Record, *, base: str = vocab.BASE) -> bytes:
    """Write what a notice says as sorted N-Quads lines in its named graph.

    No line stands twice. A statement made twice (same region and concept) is one node with the
    evidence of both. A date that is none is written as a plain string, for the shapes to report.

    >>> from kg.model import Record
    >>> print(quads(Record(id="x", title="通知", published=None)).decode().splitlines()[0][:60])
    <https://kg-safety.example/id/notice/x-2d711642b726> <http:/
    """
    return _Writer(record, base).write()


def notice_key(record: Record) -> str:
    """Name the notice within IRIs: its stem and the hash of its bytes."""
    found = record.notice
    hashed = found.sha256[: vocab.HASH] if found else vocab.digest(record.id)
    return f"{vocab.slug(record.id) or 'notice'}-{hashed}"


def notice_iri(notice: Notice, *, base: str = vocab.BASE) -> str:
    """Make the IRI of a notice, which is also the name of its graph.

    The hash of the file's bytes is in it: two folders may hold different files of one name.
    """
    stem = vocab.slug(notice.id) or "notice"
    return mint("notice", f"{stem}-{notice.sha256[: vocab.HASH]}", base=base)


# --- the writer -----------------------------------------------------------------------------------


class _Writer:
    """Collects the lines of one notice; a subject and a predicate are IRIs, an object is a term."""

    def __init__(self, record: Record, base: str) -> None:
        self.record = record
        self.base = base
        self.key = notice_key(record)
        self.iri = mint("notice", self.key, base=base)
        self.notice = f"<{self.iri}>"
        self.raw = record.notice.raw if record.notice else None
        self.lines: list[str] = []
        self.end = f" {self.notice} .\n"
        self.spans: dict[Evidence, str] = {}
        self.named: dict[tuple[str, str], str] = {}
        self.meetings: dict[str, dict[str | None, str]] = {}
        self.degrees: dict[str, int] = {}
        self.dates: dict[str, str] = {}
        """Days of meetings, by node."""
        self.said: dict[str, set[str]] = {}
        """Meetings at which statements were made, by node."""

    def write(self) -> bytes:
        """Write all that the record says, sorted and without repetition."""
        record = self.record
        self._notice(record)
        for meeting in record.meetings:
            self._meeting(meeting)
        for region in record.regions:
            self._say(self.notice, KG.speaker, self._region(region.name), region.evidence)
        for policy in record.policies:
            legal = (ELI.LegalResource,) if _LEGAL.search(policy.name) else ()
            node = self._name("policy", policy.name, KG.Policy, *legal)
            if policy.number:
                self._add(node, KG.documentNumber, text(policy.number))
            if policy.issuer:
                self._add(node, KG.issuer, self._name("org", policy.issuer, KG.Organization))
            self._say(self.notice, KG.cites, node, policy.evidence)
        for incident in record.incidents:
            self._incident(incident)
        for stress in record.stresses:
            self._stress(stress)
        for responsibility in record.responsibilities:
            self._responsibility(responsibility)
        for measure in record.measures:
            self._measure(measure)
        for campaign in record.campaigns:
            self._campaign(campaign)
        for obligation in record.obligations:
            self._obligation(obligation)
        for policy in record.policies:
            self._named_by(policy.name, policy.evidence)
        for incident in record.incidents:
            self._named_by(incident.name, incident.evidence)
        for suspect in record.suspects:
            self._damage(suspect)
        for number, correction in enumerate(record.corrections):
            self._correction(number, correction)
        for node, degree in self.degrees.items():
            self._add(node, KG.degree, integer(degree))
        for node, meetings in self.said.items():
            for day in map(date, sorted(self._days(meetings))):
                if day.endswith(">"):  # what is no day is reported where it stands
                    self._add(node, KG.day, day)
        return (self.end.join(sorted(set(self.lines))) + self.end).encode("utf-8")

    def _add(self, subject: str, predicate: str, obj: str) -> None:
        self.lines.append(f"{subject} <{predicate}> {obj}")

    def _say(self, subject: str, predicate: str, node: str, evidence: tuple[Evidence, ...]) -> None:
        """Link the notice to what it names, and that to the places that name it."""
        self._add(subject, predicate, node)
        self._prove(node, evidence)

    def _mint(self, kind: str, *parts: str) -> str:
        return f"<{mint(kind, *parts, base=self.base)}>"

    def _name(self, kind: str, name: str, *classes: str) -> str:
        """Make the node of a thing that its name identifies."""
        node = self.named.get((kind, name))
        if node is None:
            node = self.named[kind, name] = self._mint(kind, name)
            for cls in classes:
                self._add(node, RDF.type, f"<{cls}>")
            self._add(node, RDFS.label, text(name))
        return node

    def _notice(self, record: Record) -> None:
        node, file = self.notice, record.notice
        self._add(node, RDF.type, f"<{KG.Notice}>")
        self._add(node, DCTERMS.identifier, string(record.id))
        if record.title:
            self._add(node, DCTERMS.title, text(record.title))
        if record.published:
            self._add(node, DCTERMS.issued, date(record.published))
        if file:
            self._add(node, KG.filename, string(file.filename))
            self._add(node, KG.sha256, string(file.sha256))
            self._add(node, KG.encoding, string(file.encoding))
        run, (agent, about_agent) = self._mint("run", self.key), _agent(self.base)
        self._add(run, RDF.type, f"<{PROV.Activity}>")
        self._add(run, PROV.used, node)
        self._add(run, PROV.wasAssociatedWith, agent)
        self._add(run, KG.ontologyVersion, string(ontology_version()))
        self.lines += about_agent

    def _region(self, name: str) -> str:
        node = self.named.get(("region", name))
        if node is None:
            node, about = _place(name, self.base)
            self.named["region", name] = node
            self.lines += about
        return node

    def _incident(self, incident: Incident) -> None:
        node = self._name("incident", incident.name, KG.Incident)
        if incident.place:
            self._add(node, SCHEMA.location, self._region(incident.place))
        if incident.date:
            self._add(node, SCHEMA.startDate, date(incident.date))
        for predicate, number in (
            (KG.dead, incident.dead),
            (KG.missing, incident.missing),
            (KG.hurt, incident.hurt),
        ):
            if number is not None:
                self._add(node, predicate, integer(number))
        self._say(self.notice, KG.mentions, node, incident.evidence)

    def _meeting(self, meeting: Meeting) -> None:
        region = self._region(meeting.region) if meeting.region else None
        place = region[1:-1].rpartition("/")[2] if region else "none"
        name = one_name(meeting.name)
        if meeting.date:
            node = self._mint("meeting", place, meeting.date, name)
        else:
            node = self._mint("meeting", place, "undated", name, self.key)
        self.meetings.setdefault(meeting.name, {})[meeting.region] = node
        self._add(node, RDF.type, f"<{KG.Meeting}>")
        self._add(node, RDFS.label, text(name))
        if meeting.level:
            self._add(node, KG.level, string(meeting.level))
        for post in meeting.presiding:
            self._add(node, KG.presidingPost, text(post))
        for post in meeting.speaking:
            self._add(node, KG.speakingPost, text(post))
        if meeting.date:
            self.dates[node] = meeting.date
            self._add(node, SCHEMA.startDate, date(meeting.date))
        if region:
            self._add(node, KG.region, region)
            self._add(region, KG.held, node)
        if meeting.organiser:
            organiser = self._name("org", meeting.organiser, KG.Organization)
            self._add(node, SCHEMA.organizer, organiser)
        if meeting.venue:
            self._add(node, SCHEMA.location, text(meeting.venue))
        self._say(self.notice, KG.reports, node, meeting.evidence)

    def _statement(
        self,
        letter: str,
        classes: tuple[str, ...],
        region: str | None,
        identity: tuple[str, ...],
        evidence: tuple[Evidence, ...],
        meeting: str | None = None,
    ) -> str:
        """Make a statement's node: its classes, whose it is, where it was said, what proves it."""
        hashed = vocab.digest(region or "", *identity)
        node = self._mint("stmt", self.key, letter + hashed)
        for cls in (KG.Statement, *classes):
            self._add(node, RDF.type, f"<{cls}>")
        self._add(node, KG.notice, self.notice)
        if region:
            self._add(node, KG.region, self._region(region))
        else:
            self._add(node, KG.attributedTo, self.notice)
        meetings = self.said.setdefault(node, set())
        if meeting and (held := self._held(meeting, region)):
            meetings.add(held)
            self._add(node, KG.meeting, held)
        self._prove(node, evidence)
        return node

    def _held(self, name: str, region: str | None) -> str | None:
        """Find the meeting of this name: the region's own, else the only one there is."""
        found = self.meetings.get(name, {})
        return found.get(region) or (next(iter(found.values())) if len(found) == 1 else None)

    def _days(self, meetings: set[str]) -> set[str]:
        """Tell when a statement was made: the days of its meetings; the notice's where one has none."""
        days = {self.dates.get(meeting) for meeting in meetings or ("",)}
        return {day for day in (d or self.record.published for d in days) if day}

    def _stress(self, item: Stress) -> None:
        sector = f"<{concept(item.hazard).iri}>"
        node = self._statement(
            "e", (KG.Emphasis,), item.region, (item.hazard,), item.evidence, item.meeting
        )
        self._add(node, KG.concept, sector)
        self.degrees[node] = max(item.degree, self.degrees.get(node, 0))
        if item.region:
            self._add(self._region(item.region), KG.stresses, sector)

    def _responsibility(self, item: Responsibility) -> None:
        doctrine = f"<{concept(item.type).iri}>"
        node = self._statement(
            "i", (KG.Invocation,), item.region, (item.type,), item.evidence, item.meeting
        )
        self._add(node, KG.concept, doctrine)
        if item.region:
            self._add(self._region(item.region), KG.invokes, doctrine)

    def _measure(self, item: Measure) -> None:
        kind = f"<{concept(item.measure).iri}>"
        node = self._statement(
            "m", (KG.MeasureOrder,), item.region, (item.measure,), item.evidence, item.meeting
        )
        self._add(node, KG.concept, kind)
        if item.region:
            self._add(self._region(item.region), KG.orders, kind)

    def _campaign(self, item: Campaign) -> None:
        name = item.canonical or item.name
        campaign = self._name("campaign", name, KG.Campaign)
        if item.name != name:
            self._add(campaign, SKOS.altLabel, text(item.name))
        node = self._statement("c", (KG.CampaignRun,), item.region, (name,), item.evidence)
        self._add(node, KG.campaign, campaign)
        if item.region:
            self._add(self._region(item.region), KG.runs, campaign)

    def _obligation(self, item: Obligation) -> None:
        where = ",".join(str(e.start) for e in item.evidence)
        node = self._statement(
            "o",
            (KG.DeonticStatement, _MODALITY[item.modality]),
            item.region,
            (item.modality, item.action, item.quote, where),
            item.evidence,
            item.meeting,
        )
        self._add(node, KG.modality, string(item.modality))
        self._add(node, ODRL.action, self._name("action", item.action, KG.Action))
        self._add(node, KG.text, text(item.quote))
        self._add(node, KG.strength, integer(item.strength))
        self._add(node, KG.aspect, string(item.kind))
        for responsibility in item.responsibilities:
            self._add(node, KG.responsibility, f"<{concept(responsibility).iri}>")
        for hazard in item.hazards:
            self._add(node, KG.about, f"<{concept(hazard).iri}>")
        brief = _BRIEF.get(item.modality)
        if brief is not None:
            self._add(node, brief, text(_demand(item)))
        for rest in _urged(item.quote):
            self._add(node, KG.urges, text(rest))
        if item.bearer:
            self._add(node, KG.bearer, self._name("org", item.bearer, KG.Addressee))
            self._add(node, KG.bearerInherited, boolean(item.bearer_inherited))
        for predicate, value in (
            (KG.cue, item.cue),
            (KG.object, item.object),
            (KG.condition, item.condition),
            (KG.deadlineText, item.deadline_text),
        ):
            if value:
                self._add(node, predicate, text(value))
        if item.deadline:
            start, _, end = item.deadline.rpartition("/")
            self._add(node, KG.deadline, date(end))
            if start:
                self._add(node, KG.deadlineStart, date(start))

    def _named_by(self, name: str, evidence: tuple[Evidence, ...]) -> None:
        """Link the places that name a thing to the regions whose clauses hold the name."""
        clauses = self.record.obligations
        for region in sorted({o.region for o in clauses if o.region and name in o.quote}):
            for item in evidence:
                self._add(self.spans[item], KG.namedBy, self._region(region))

    def _prove(self, node: str, evidence: tuple[Evidence, ...]) -> None:
        for item in evidence:
            self._add(node, KG.evidence, self.spans.get(item) or self._span(item))

    def _span(self, item: Evidence) -> str:
        """Make an evidence node with its selectors (Web Annotation Data Model, 4.2.4 and 4.2.5)."""
        iri = mint("ev", self.key, str(item.start), str(item.end), base=self.base)
        node = self.spans[item] = f"<{iri}>"
        self.lines += (
            f"{node} <{RDF.type}> <{KG.Evidence}>",
            f"{node} <{RDF.type}> <{OA.SpecificResource}>",
            f"{node} <{KG.quote}> {text(item.quote)}",
        )
        self._select(node, iri, item.start, item.end)
        if self.raw is not None:
            before = self.raw[max(0, item.start - CONTEXT) : item.start]
            after = self.raw[item.end : item.end + CONTEXT]
            self.lines += (
                f"{node} <{OA.hasSelector}> <{iri}_q>",
                f"<{iri}_q> <{RDF.type}> <{OA.TextQuoteSelector}>",
                f"<{iri}_q> <{OA.exact}> {string(self.raw[item.start : item.end])}",
                f"<{iri}_q> <{OA.prefix}> {string(before)}",
                f"<{iri}_q> <{OA.suffix}> {string(after)}",
            )
        return node

    def _select(self, node: str, iri: str, start: int, end: int) -> None:
        self.lines += (
            f"{node} <{OA.hasSource}> {self.notice}",
            f"{node} <{OA.hasSelector}> <{iri}_p>",
            f"<{iri}_p> <{RDF.type}> <{OA.TextPositionSelector}>",
            f"<{iri}_p> <{OA.start}> {integer(start)}",
            f"<{iri}_p> <{OA.end}> {integer(end)}",
        )

    def _correction(self, number: int, correction: Correction) -> None:
        node = f"<{mint('correction', self.key, str(number), base=self.base)}>"
        self._add(self.notice, KG.corrected, node)
        self._add(node, RDF.type, f"<{KG.Correction}>")
        self._add(node, KG.decision, string(correction.action))
        self._add(node, KG.layer, string(correction.layer))
        self._add(node, KG.passage, text(correction.quote))
        if correction.why:
            self._add(node, RDFS.comment, string(correction.why))

    def _damage(self, suspect: Edit) -> None:
        iri = mint("damage", self.key, str(suspect.start), str(suspect.end), base=self.base)
        node = f"<{iri}>"
        self._add(self.notice, KG.damage, node)
        self._add(node, RDF.type, f"<{KG.Damage}>")
        self._add(node, KG.kind, string(suspect.kind))
        self._add(node, KG.before, string(suspect.before))
        if suspect.after:
            self._add(node, KG.after, text(suspect.after))
        self._select(node, iri, suspect.start, suspect.end)


def _demand(item: Obligation) -> str:
    """Cut the demand alone out of a clause that has circumstances before it (针对…等情况,督促…)."""
    demand = item.action + (item.object or "")
    before, found, _ = item.quote.partition(demand)
    alone = item.object and found and before.endswith((",", "，"))
    return demand if alone else item.quote


def _urged(clause: str) -> tuple[str, ...]:
    """Cut what a clause makes another do: it begins with who that is.

    >>> _urged("督促各类企业整改")
    ('各类企业整改', '企业整改', '类企业整改')
    """
    rests = [clause[m.end() :] for m in _URGING.finditer(clause)]
    cut = (rest.removeprefix(each) for rest in rests for each in _EACH if rest.startswith(each))
    return tuple(dict.fromkeys(rest for rest in cut if rest))


@cache
def _agent(base: str) -> tuple[str, tuple[str, ...]]:
    """Make the program, in its version, that reads notices."""
    from kg import __version__

    node = f"<{mint('run', 'kg', __version__.replace('.', '-'), base=base)}>"
    return node, (
        f"{node} <{RDF.type}> <{PROV.SoftwareAgent}>",
        f"{node} <{RDFS.label}> {string('kg ' + __version__)}",
        f"{node} <{SCHEMA.softwareVersion}> {string(__version__)}",
        f"{node} <{PROV.specializationOf}> <{KG.extractor}>",
    )


@lru_cache(maxsize=8192)
def _place(name: str, base: str) -> tuple[str, tuple[str, ...]]:
    """Make a region's node and all that is said of it and of the divisions that contain it.

    A name that several divisions in force bear (和平区) gets no code: the record has only the name.
    """
    found = full_names().get(name, ())
    found = tuple(d for d in found if d.until is None) or found
    if len(found) != 1:
        node = f"<{mint('region', name, base=base)}>"
        return node, _described(node, name)
    lines: list[str] = []
    chain = [(_division_node(d, base), d) for d in (found[0], *ancestors(found[0]))]
    for node, division in chain:
        lines += _described(node, division.name)
        lines.append(f"{node} <{KG.level}> {string(division.level)}")
        if division.code:
            lines.append(f"{node} <{SKOS.notation}> {string(division.code)}^^<{KG.GBT2260}>")
    for (node, _), (above, _) in pairwise(chain):
        lines.append(f"{node} <{SCHEMA.containedInPlace}> {above}")
    return chain[0][0], tuple(lines)


def _division_node(division: Division, base: str) -> str:
    return f"<{mint('region', division.code or division.name, base=base)}>"


def _described(node: str, name: str) -> tuple[str, ...]:
    return (
        f"{node} <{RDF.type}> <{KG.Region}>",
        f"{node} <{RDFS.label}> {text(name)}",
        f"{node} <{RDFS.label}> {traditional(name)}",
    )
