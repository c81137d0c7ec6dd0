"""Proof that every quote stands where the graph says: the file is read again, nothing is believed.

For each evidence node: ``raw[start:end]`` is ``oa:exact`` (with its neighbours ``oa:prefix`` and
``oa:suffix``), and repairing the file gives ``kg:quote`` at the place that came from that span.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, VerifyError
from kg.model import Evidence, Notice, Record
from kg.read import read_path
from kg.repair import repair
from kg.vocab import KG, OA

if TYPE_CHECKING:
    from kg.stores import GraphStore, StoredNotice

__all__ = ["Verified", "verify", "verify_notice", "verify_record"]

_EVIDENCE = f"""
SELECT ?ev ?start ?end ?exact ?prefix ?suffix ?quote WHERE {{ GRAPH <%s> {{
  ?ev a <{KG.Evidence}> .
  OPTIONAL {{ ?ev <{KG.quote}> ?quote }}
  OPTIONAL {{ ?ev <{OA.hasSelector}> ?p . ?p <{OA.start}> ?start ; <{OA.end}> ?end }}
  OPTIONAL {{ ?ev <{OA.hasSelector}> ?q . ?q <{OA.exact}> ?exact ;
             <{OA.prefix}> ?prefix ; <{OA.suffix}> ?suffix }}
}} }} ORDER BY ?start ?end ?ev ?quote
"""
_SHOWN = 40  # characters of a quote in a message


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was proven."""

    notices: int = 0
    quotes: int = 0

    def __add__(self, other: Verified) -> Verified:
        return Verified(self.notices + other.notices, self.quotes + other.quotes)


def verify(store: GraphStore, *, progress: Callable[[int, int], None] | None = None) -> Verified:
    """Prove every quote of a store; ``progress(done, all)`` is called after each notice.

    Raises VerifyError at the first quote that does not hold, naming file, offsets, what was
    expected and what is there; also for a file that is gone or has changed since it was stored.
    """
    notices = store.notices()
    proven = Verified()
    for done, stored in enumerate(notices, 1):
        proven += verify_notice(store, stored)
        if progress is not None:
            progress(done, len(notices))
    return proven


def verify_record(record: Record) -> Verified:
    """Prove every quote of a record; the file is read again where the notice came from one.

    >>> from kg.model import Region
    >>> from kg.read import read_text
    >>> there = Evidence(start=0, end=4, quote="湖南省")
    >>> notice = read_text("湖南省要狠抓煤矿")
    >>> said = (Region(name="湖南省", evidence=(there,)),)
    >>> verify_record(Record(id="a", title=None, published=None, notice=notice, regions=said))
    Traceback (most recent call last):
    kg.errors.VerifyError: <text>: characters 0 to 4 ('湖南省要') do not restore to '湖南省'
    """
    if record.notice is None:
        raise VerifyError(f"record {record.id}: it does not know the notice it was made of")
    notice = record.notice
    if notice.path != "<text>":
        notice = _read_again(Path(notice.path), notice.sha256)
    page = _Page(notice)
    count = 0
    for layer, item in _items(record):
        if not item.evidence:
            raise VerifyError(f"{notice.path}: an item of {layer} has no evidence: {item}")
        for evidence in item.evidence:
            page.prove(evidence)
            count += 1
    return Verified(1, count)


class _Page:
    """A notice as it lies on disk, with what repair makes of it."""

    def __init__(self, notice: Notice) -> None:
        self.path = notice.path
        self.raw = notice.raw
        self._repaired = repair(notice)
        self._origins = [run[1] for run in self._repaired.alignment.runs]

    def prove(self, evidence: Evidence) -> None:
        """Raise VerifyError unless some restored text that came from the span is the quote."""
        start, end, quote = evidence.start, evidence.end, evidence.quote
        where = f"{self.path}: characters {start} to {end}"
        if not 0 <= start < end <= len(self.raw) or not quote:
            raise VerifyError(f"{where} are no span of its {len(self.raw)} characters")
        text, to_raw = self._repaired.text, self._repaired.alignment.to_input
        for begin in self._restored_from(start):
            stop = begin + len(quote)
            if text[begin:stop] == quote and to_raw(begin, stop) == (start, end):
                return
        there = _cut(self.raw[start:end])
        raise VerifyError(f"{where} ({there}) do not restore to {_cut(quote)}")

    def _restored_from(self, start: int) -> Iterator[int]:
        """Yield the places in the restored text that came from raw offset ``start``."""
        runs = self._repaired.alignment.runs
        index = bisect_left(self._origins, start)
        if index:
            out, origin, length, raw_length = runs[index - 1]
            if length == raw_length and start < origin + raw_length:
                yield out + start - origin
        while index < len(runs) and runs[index][1] == start:
            out, _, length, raw_length = runs[index]
            yield from range(out, out + (1 if length == raw_length else length))
            index += 1


def verify_notice(store: GraphStore, stored: StoredNotice) -> Verified:
    """Prove every quote of one notice of a store; raises VerifyError as :func:`verify` does."""
    if stored.path is None:
        raise VerifyError(
            f"notice {stored.id}: no file is known for it, so nothing can be proven",
            hint="only notices built from files can be verified: kg build PATH",
        )
    page = _Page(_read_again(Path(stored.path), stored.sha256))
    count = 0
    for row in store.query(_EVIDENCE % stored.iri):
        values = {name: _value(row[name]) for name in ("start", "end", "exact", "quote")}
        if lacking := [name for name, value in values.items() if value is None]:
            raise VerifyError(f"{stored.path}: evidence {row['ev']} has no {lacking[0]}")
        start, end = int(values["start"] or 0), int(values["end"] or 0)
        where = f"{stored.path}: characters {start} to {end}"
        there = page.raw[start:end]
        if there != values["exact"]:
            raise VerifyError(f"{where} are {_cut(there)}, the graph says {_cut(values['exact'])}")
        prefix, suffix = _value(row["prefix"]) or "", _value(row["suffix"]) or ""
        if not (page.raw[:start].endswith(prefix) and page.raw.startswith(suffix, end)):
            raise VerifyError(f"{where} stand in another context than the graph says")
        page.prove(Evidence(start=start, end=end, quote=values["quote"] or ""))
        count += 1
    return Verified(1, count)


def _read_again(path: Path, sha256: str) -> Notice:
    try:
        notice = read_path(path)
    except InputError as error:
        raise VerifyError(str(error), hint="build again from where the file lies now") from error
    if notice.sha256 != sha256:
        raise VerifyError(
            f"{path}: the file has changed since it was read", hint=f"build again: kg build {path}"
        )
    return notice


def _items(record: Record) -> Iterator[tuple[str, Any]]:
    for field in fields(record):
        value = getattr(record, field.name)
        for item in value if isinstance(value, tuple) else ():
            if hasattr(item, "evidence") and isinstance(item.evidence, tuple):
                yield field.name, item


def _value(term: Any) -> str | None:
    return None if term is None else str(term.value)


def _cut(text: str | None) -> str:
    shown = text or ""
    return repr(shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…")
