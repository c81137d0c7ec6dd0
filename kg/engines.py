"""Many notices -> files of N-Quads, on this machine or on a cluster: the engines that run partitions.

An engine is a function of a few lines that runs :func:`kg.partition.process_partition` for each part and
yields the places of the files in the order of the parts. The files have names that follow from what goes
in, and appear whole or not at all, so an engine may run a part twice, or again after a worker died:
output is complete, holds nothing twice, and is the same bytes whatever the engine.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from kg import partition, places
from kg.errors import InputError, StoreError
from kg.loading import Failure, Progress
from kg.processes import in_processes
from kg.read import find, formats
from kg.review.corrections import NONE, Corrections
from kg.vocab import BASE, check_base

#: The list of a folder of partitions, with a hash of each.
MANIFEST = "manifest.json"
#: Compressed: the files travel, and every bulk loader reads Zstandard through a pipe.
SUFFIX = ".nq.zst"
_TRIES = 10  # times that a part whose worker died is run again


class Engine(Protocol):
    """Runs ``process_partition`` for each part."""

    def __call__(
        self,
        parts: Sequence[Sequence[str]],
        *,
        jobs: int,
        folder: str,
        base: str,
        validate: bool,
        suffix: str,
        corrections: Corrections,
        address: str | None,
    ) -> Iterator[str]:
        """Yield the places of the files, in the order of the parts."""
        ...


def _local(parts: Sequence[Sequence[str]], *, address: str | None, **given: Any) -> Iterator[str]:
    if address is not None:
        raise StoreError("--address is of a cluster", hint="--engine ray --address …")
    return in_processes(parts, **given)


def _ray(
    parts: Sequence[Sequence[str]], *, jobs: int, address: str | None, **given: Any
) -> Iterator[str]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers of each start
    try:
        import ray
    except ImportError as error:
        raise StoreError(
            "the engine ray needs the package ray", hint="pip install 'kg-safety[ray]'"
        ) from error
    try:
        if address is None:
            ray.init(num_cpus=jobs, include_dashboard=False, log_to_driver=False)
        else:
            ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise StoreError(f"{address or 'ray'}: no cluster answers: {error}") from error
    try:
        task = ray.remote(partition.process_partition).options(num_cpus=1, max_retries=_TRIES)
        window = 4 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        running: deque[Any] = deque()
        for part in parts:
            running.append(task.remote(list(part), **given))
            if len(running) >= window:
                yield str(ray.get(running.popleft()))
        while running:
            yield str(ray.get(running.popleft()))
    except ray.exceptions.RaySystemError as error:
        raise StoreError(f"ray: a worker died {_TRIES} times: {error}") from error
    finally:
        ray.shutdown()


#: Another engine is another line.
ENGINES: Mapping[str, Engine] = MappingProxyType({"local": _local, "ray": _ray})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a folder of partitions holds."""

    folder: str
    files: int
    notices: int
    quads: int
    failures: tuple[Failure, ...]


def write(
    paths: Iterable[Path | str],
    folder: str,
    *,
    engine: str = "local",
    address: str | None = None,
    jobs: int = 1,
    base: str | None = None,
    validate: bool = True,
    corrections: Corrections = NONE,
    progress: Progress | None = None,
) -> Written:
    """Extract notices into files of compressed N-Quads that any store bulk-loads, and their manifest.

    ``paths`` and ``folder`` are paths or URLs (fsspec's: ``s3://…``, ``gs://…``, ``hdfs://…``), which
    all workers must reach. What is in the folder already is not made again. Raises InputError,
    StoreError; a notice that cannot be used is in ``failures``.
    """
    base = check_base(base or BASE)
    inputs, errors = listed(paths)
    folder = folder if places.is_url(folder) else str(Path(folder).resolve())
    places.make_folder(folder)
    parts = list(partition.partitions(inputs))
    failures = [Failure(path="", reason=str(e), hint=e.hint) for e in errors]
    files: list[dict[str, object]] = []
    quads = notices = done = 0
    run = _engine(engine)
    made = run(
        parts,
        jobs=jobs,
        folder=folder,
        base=base,
        validate=validate,
        suffix=SUFFIX,
        corrections=corrections,
        address=address,
    )
    for part, place in zip(parts, made, strict=True):
        known = partition.manifest(place)
        good = sum(1 for o in known.outcomes if o.notice is not None)
        for o in known.outcomes:
            if o.notice is None:
                failures.append(Failure(path=o.path, reason=o.failure or "", hint=o.hint))
        files.append(
            {"file": known.file, "quads": known.quads, "sha256": known.sha256, "notices": good}
        )
        quads, notices, done = quads + known.quads, notices + good, done + len(part)
        if progress is not None:
            progress(done, len(inputs), part[-1])
    said = {"base": base, "by": partition.fingerprint(), "notices": notices, "quads": quads}
    text = json.dumps({**said, "files": files}, ensure_ascii=False, indent=1) + "\n"
    places.write(places.join(folder, MANIFEST), text.encode("utf-8"))
    return Written(
        folder=folder,
        files=len(files),
        notices=notices,
        quads=quads,
        failures=tuple(failures),
    )


def _engine(name: str) -> Engine:
    if name not in ENGINES:
        raise StoreError(f"there is no engine '{name}'", hint=f"known are {', '.join(ENGINES)}")
    return ENGINES[name]


def listed(paths: Iterable[Path | str]) -> tuple[list[str], list[InputError]]:
    """List the notices to read, paths made absolute, sorted, each once; and what is none."""
    here: list[Path | str] = []
    there: set[str] = set()
    errors: list[InputError] = []
    for path in paths:
        if not places.is_url(str(path)):
            here.append(path)
            continue
        inside = places.inside(str(path))
        taken = {p for p in inside if Path(p).suffix.lower() in formats()}
        if not taken:
            errors.append(InputError(f"{path}: no notices there"))
        there |= taken
    files, broken = find(here) if here else ([], [])
    return sorted({*there, *(str(f.absolute()) for f in files)}), [*errors, *broken]
