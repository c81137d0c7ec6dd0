"""Precision, recall and F1 of each layer against notices that people annotated.

A gold file is ``<id>.json`` beside its notice ``<id>.txt`` (or another format), in the schema of
the annotation guidelines; or a ``.jsonl`` of passages, a line each in the same schema, with its
``text`` in it. Items count once a notice; totals are micro: summed over the notices. A
layer that a gold file leaves out (most leave out ``obligations``) is not scored on that notice.

* regions, policies, incidents: by name; meetings: name, date and region together;
* stresses, responsibilities, measures, campaigns: region and concept (or name) together;
* obligations: the same region and OVERLAP of the clause's characters, paired one to one;
* modality: F1 of each class over all clauses, a clause that is not paired counting against its
  class; their mean over the classes that occur is the macro-F1; action: share right of the pairs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.evaluate.browser import as_html
from kg.evaluate.report import as_json, as_text
from kg.evaluate.score import (
    KEYS,
    LAYERS,
    Count,
    Difference,
    Evaluation,
    Item,
    NoticeScore,
    score,
)
from kg.evaluate.sentences import Sentences
from kg.model import Record
from kg.read import formats

__all__ = [
    "LAYERS",
    "Count",
    "Difference",
    "Evaluation",
    "NoticeScore",
    "as_html",
    "as_json",
    "as_text",
    "evaluate",
    "find_gold",
    "score",
]


def evaluate(
    paths: Iterable[Path | str], *, extract: Callable[[Path], Record] | None = None
) -> Evaluation:
    """Extract every notice that has a gold file among ``paths`` (files, folders) and compare.

    ``extract`` defaults to ``kg.pipeline.extract_path``. What cannot be used (a broken gold file, a
    notice that is refused) is reported in ``errors`` and does not stop the others.
    """
    extract = extract or _extract
    pairs, errors = find_gold(paths)
    scores = []
    for gold_path, notice_path in pairs:
        if gold_path == notice_path:
            found, broken = _passages(gold_path)
            scores += found
            errors += broken
            continue
        try:
            gold = _load(gold_path)
            record = extract(notice_path)
            scores.append(score(gold, record.to_json(), Sentences.of(record)))
        except InputError as error:
            errors.append(error)
    return Evaluation(notices=tuple(scores), errors=tuple(errors))


def find_gold(paths: Iterable[Path | str]) -> tuple[list[tuple[Path, Path]], list[InputError]]:
    """List ``(gold file, its notice)`` pairs, sorted and each once, and what has no partner.

    A file of passages is its own partner. In a folder (not the folders inside) a ``.json`` without a
    notice beside it is passed over, and a ``.jsonl`` whose first line has no ``text``.
    """
    found: set[tuple[Path, Path]] = set()
    errors: list[InputError] = []
    for path in map(Path, paths):
        inside = [path]
        if path.is_dir():
            inside = [*path.glob("*.json"), *filter(_has_text, path.glob("*.jsonl"))]
        pairs = [(gold, notice) for gold in inside if (notice := _notice_of(gold))]
        found.update(pairs)
        if not pairs:
            what = "no gold here" if path.is_dir() else "no notice beside it"
            hint = "gold is <id>.json beside its notice <id>.txt, or a .jsonl of passages"
            what = what if path.exists() else "no such file"
            errors.append(InputError(f"{path}: {what}", hint=hint))
    return sorted(found), errors


def _extract(path: Path) -> Record:
    from kg.pipeline import extract_path

    return extract_path(path)


def _passages(path: Path) -> tuple[list[NoticeScore], list[InputError]]:
    """Score the passages of a file, one a line."""
    from kg.pipeline import extract
    from kg.read import read_text

    scores: list[NoticeScore] = []
    errors: list[InputError] = []
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            gold = {"id": f"{path.stem}-{number}", **_checked(line, f"{path}:{number}", "text")}
            record = extract(read_text(gold["text"]))
            scores.append(score(gold, record.to_json(), Sentences.of(record)))
        except InputError as error:
            errors.append(error)
    return scores, errors


def _has_text(path: Path) -> bool:
    with path.open("rb") as lines:
        return b'"text"' in next(lines, b"")


def _notice_of(gold: Path) -> Path | None:
    if gold.suffix == ".jsonl":
        return gold if gold.is_file() else None
    beside = (gold.with_suffix(suffix) for suffix in (".txt", *sorted(formats())))
    return next((path for path in beside if path.is_file()), None) if gold.is_file() else None


def _load(path: Path) -> Item:
    return {"id": path.stem, **_checked(_text(path), str(path))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no gold can be read: {error}") from None


def _checked(text: str, where: str, *fields: str) -> Item:
    try:
        gold = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: no gold can be read: {error}") from None
    problem = _problem(gold) or next(
        (f"no text under '{field}'" for field in fields if not isinstance(gold.get(field), str)), ""
    )
    if problem:
        raise InputError(f"{where}: {problem}", hint="the schema is in docs/concepts.md")
    return dict(gold)


def _problem(gold: Any) -> str:
    """Say what is wrong with a gold object, or nothing."""
    if not isinstance(gold, dict) or not any(layer in gold for layer in LAYERS):
        return f"a gold file is an object with some of {', '.join(LAYERS)}"
    wanted = {**KEYS, "obligations": ("region", "modality", "action", "quote")}
    for layer, fields in wanted.items():
        for index, item in enumerate(gold.get(layer, ())):
            if isinstance(item, str) and fields == ("name",):
                continue
            lacking = [f for f in fields if not isinstance(item, dict) or f not in item]
            if lacking:
                return f"{layer}[{index}] has no '{lacking[0]}'"
    return ""
