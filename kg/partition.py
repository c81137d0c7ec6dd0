"""Some notices -> one file of N-Quads and its manifest: the unit of work of every large build.

``process_partition`` is what a process of the local pool runs, and what a task of a cluster runs.
It may run twice, or be killed and run again: the names of its files follow from what goes in, they
appear whole or not at all, and the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from kg import places
from kg.data import ONTOLOGY
from kg.errors import InputError, KgError
from kg.read import notice_id
from kg.review.corrections import NONE, Corrections
from kg.vocab import BASE

#: Notices in a file: at 210 bytes a quad and 1,000 quads a notice, some 13 MB.
SIZE = 64
SUFFIX = ".nq"
_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: a notice in a graph of its own, or why not."""

    path: str
    """As it was given: a path or a URL."""
    notice: str | None = None
    """IRI of the notice and of its graph; None where there is none."""
    sha256: str = ""
    regions: tuple[str, ...] = ()
    statements: int = 0
    suspects: int = 0
    start: int = 0
    """Where its N-Quads begin in the file of the partition, and where they end, in bytes."""
    end: int = 0
    corrected: str = ""
    """Key of the corrections that could change it (kg.review.corrections)."""
    corrections: int = 0
    """How many did."""
    stale: tuple[str, ...] = ()
    """Why others did not."""
    failure: str | None = None
    """Why it is no notice."""
    hint: str | None = None

    def state(self) -> str:
        """Write what a store shall keep beside a notice: with what it was read, and how much."""
        said = {
            "by": fingerprint(),
            "regions": list(self.regions),
            "statements": self.statements,
            "suspects": self.suspects,
        }
        if self.corrected:
            said |= {
                "corrected": self.corrected,
                "corrections": self.corrections,
                "stale": list(self.stale),
            }
        return json.dumps(said, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies in a partition's file, and how to prove it."""

    file: str
    """Its name, without the folder."""
    base: str
    by: str
    """The fingerprint of program and data that made it."""
    quads: int
    sha256: str
    """Of the N-Quads, before they are compressed."""
    outcomes: tuple[Outcome, ...]


@cache
def fingerprint() -> str:
    """Hash the program and the data of ontology/: what a notice's record follows from.

    Where it differs a notice is read again, though its file is as it was.
    """
    hashed = hashlib.sha256()
    for root, pattern in ((_PACKAGE, "*"), (ONTOLOGY, "*")):
        for path in sorted(root.rglob(pattern)):
            inside = path.relative_to(root)
            if path.suffix == ".pyc" or "_data" in inside.parts or not path.is_file():
                continue
            hashed.update(f"{root.name}/{inside.as_posix()}\0".encode())
            hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()[:16]


def process_one(
    path: str, *, base: str = BASE, validate: bool = True, corrections: Corrections = NONE
) -> tuple[Outcome, bytes]:
    """Read, extract and check one notice; its N-Quads, empty where it failed.

    Only what would fail for every notice raises: a broken data file, a missing package.
    """
    from kg.pipeline import extract_path
    from kg.triples import notice_iri, quads

    try:
        with _local(path) as (file, shown):
            record = extract_path(file, corrections=corrections)
        if record.notice is not None and shown is not None:
            record = replace(record, notice=replace(record.notice, path=shown))
        nquads = quads(record, base=base)
        if validate:
            _refuse_broken(path, nquads, base)
    except InputError as error:
        return Outcome(path=path, failure=str(error), hint=error.hint), b""
    except (KgError, ImportError):
        raise  # our own data files, or the installation: no other notice would fare better
    except Exception as error:  # one notice must not cost a folder of others
        reason = f"{path}: kg failed on it: {type(error).__name__}: {error}"
        hint = "this is a defect of kg; please report it with the notice"
        return Outcome(path=path, failure=reason, hint=hint), b""
    if record.notice is None:
        raise ValueError("a record of a file without its notice")
    found = Outcome(
        path=path,
        notice=notice_iri(record.notice, base=base),
        sha256=record.notice.sha256,
        regions=tuple(dict.fromkeys(region.name for region in record.regions)),
        statements=record.statements,
        suspects=len(record.suspects),
        corrected=corrections.key(record.notice.id),
        corrections=len(record.corrections),
        stale=record.stale,
        end=len(nquads),
    )
    return found, nquads


def process_partition(
    inputs: Sequence[str],
    *,
    folder: str,
    base: str = BASE,
    validate: bool = True,
    suffix: str = SUFFIX,
    corrections: Corrections = NONE,
) -> str:
    """Write what these notices say to one file of N-Quads in ``folder``; return its place.

    Inputs and folder are paths or URLs. Beside the file stands its manifest (:func:`manifest`).
    Where both are there already, nothing is done: the name holds a hash of the inputs' names and
    bytes, of the base, of the corrections, and of the program.
    """
    name = partition_name(
        inputs, base=base, validate=validate, suffix=suffix, corrections=corrections
    )
    place = places.join(folder, name)
    if places.exists(_beside(place)) and places.exists(place):
        return place
    outcomes: list[Outcome] = []
    parts: list[bytes] = []
    position = 0
    for path in inputs:
        found, nquads = process_one(path, base=base, validate=validate, corrections=corrections)
        outcomes.append(replace(found, start=position, end=position + len(nquads)))
        parts.append(nquads)
        position += len(nquads)
    data = b"".join(parts)
    made = Manifest(
        file=name,
        base=base,
        by=fingerprint(),
        quads=data.count(b"\n"),
        sha256=hashlib.sha256(data).hexdigest(),
        outcomes=tuple(outcomes),
    )
    places.write(place, data)
    text = json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n"
    places.write(_beside(place), text.encode("utf-8", "surrogateescape"))
    return place


def partition_name(
    inputs: Sequence[str],
    *,
    base: str,
    validate: bool = True,
    suffix: str = SUFFIX,
    corrections: Corrections = NONE,
) -> str:
    """Name the file of a partition after all that its content follows from."""
    hashed = hashlib.sha256(f"{fingerprint()}\0{base}\0{validate}\0".encode())
    for path in inputs:
        try:
            content = hashlib.sha256(places.read(path)).hexdigest()
        except InputError:
            content = "unreadable"
        key = corrections.key(notice_id(Path(PurePosixPath(path).name)))
        hashed.update(f"{path}\0{content}\0{key}\0".encode("utf-8", "surrogateescape"))
    return f"part-{hashed.hexdigest()[:24]}{suffix}"


def manifest(place: str) -> Manifest:
    """Read the manifest of a partition's file; InputError where there is none or it is broken."""
    where = _beside(place)
    try:
        said: dict[str, Any] = json.loads(places.read(where))
        outcomes = tuple(
            Outcome(**{**o, "regions": tuple(o["regions"]), "stale": tuple(o["stale"])})
            for o in said.pop("outcomes")
        )
        return Manifest(**said, outcomes=outcomes)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{where}: is no manifest of a partition: {error}") from error


def nquads_of(place: str, known: Manifest) -> Iterator[tuple[Outcome, bytes]]:
    """Yield each file's outcome with its N-Quads; InputError where the bytes are others."""
    data = places.read(place)
    if hashlib.sha256(data).hexdigest() != known.sha256:
        raise InputError(f"{place}: is not what its manifest says", hint="remove it; build again")
    for outcome in known.outcomes:
        yield outcome, data[outcome.start : outcome.end]


def partitions(inputs: Iterable[str], *, size: int = SIZE) -> Iterator[list[str]]:
    """Cut the inputs into partitions, in their order.

    >>> [len(p) for p in partitions(["a", "b", "c"], size=2)]
    [2, 1]
    """
    part: list[str] = []
    for path in inputs:
        part.append(path)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _beside(place: str) -> str:
    return f"{place}.json"


class _local:  # noqa: N801 - a context manager reads as a verb
    """Give a file by path: itself, or a copy of what a URL leads to, with how to show it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> tuple[Path, str | None]:
        if not places.is_url(self.path):
            return Path(self.path), None
        self._folder = TemporaryDirectory(prefix="kg-")
        copy = Path(self._folder.name, PurePosixPath(self.path).name or "notice.txt")
        copy.write_bytes(places.read(self.path))
        return copy, self.path

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _refuse_broken(path: str, nquads: bytes, base: str) -> None:
    from kg.validate import violations

    broken = violations(nquads, base=base)
    if broken:
        first = broken[0]
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        where = f"{first.shape} {first.path}".strip()
        raise InputError(
            f"{path}: what it gives breaks a shape: {where}: {first.message}{more}",
            hint="kg build --no-validate stores it all the same",
        )
