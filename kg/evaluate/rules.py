"""Which rows of ``ontology/cues`` fire, and on how many notices: a row that never fires, or on one notice only.

Rows are watched where the stages use them, in a process of their own, because the stages keep compiled rows from
the moment they are imported. One that is only a part of another's expression is not seen to fire.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import cues
from kg.data import ONTOLOGY
from kg.errors import InputError


@dataclass(frozen=True, slots=True, order=True)
class Fired:
    """A row of a cue file, and on how many notices and how often it matched."""

    file: str
    row: str
    notices: int
    times: int


def fired(notices: Iterable[Path]) -> list[Fired]:
    """Extract the notices and tell how each row of each cue file fared, in the order of the files."""
    paths = [str(path) for path in notices]
    done = subprocess.run(
        [sys.executable, "-m", "kg.evaluate.rules"],
        input=json.dumps(paths), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise InputError(f"the rules could not be watched: {done.stderr.strip()[-400:]}")
    counts: Mapping[str, list[int]] = json.loads(done.stdout)
    found = []
    for name, row in _rows():
        seen, times = counts.get(f"{name}/{row.id}", (0, 0))
        found.append(Fired(name, row.id, seen, times))
    return found


def as_text(found: Iterable[Fired], total: int) -> str:
    """List the rows that never fire, and those that fire on one notice only."""
    rows = list(found)
    lines = [f"{len(rows)} rows of cues over {total} notices"]
    for wanted, words in ((0, "never fire"), (1, "fire on one notice only")):
        some = [r for r in rows if r.notices == wanted]
        lines += ["", f"{len(some)} {words}:"]
        lines += [
            f"  {r.file}.yaml  {r.row}" + (f"  ({r.times}x)" if r.times else "") for r in some
        ]
    return "\n".join(lines)


def _rows() -> Iterator[tuple[str, cues.Row]]:
    for path in sorted((ONTOLOGY / "cues").glob("*.yaml")):
        for row in cues.rows(path.stem):
            yield path.stem, row


class _Words(frozenset[str]):
    """The words of a row, which tell when one of them is asked for and is there."""

    tell: Callable[[], None]

    def __contains__(self, word: object) -> bool:
        there = super().__contains__(word)
        if there:
            self.tell()
        return there


class _Watched:
    """A compiled expression that tells when it matches."""

    def __init__(self, pattern: Any, tell: Callable[[], None]) -> None:
        self._pattern, self._tell = pattern, tell

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._pattern, name)
        if name not in {"match", "search", "fullmatch", "finditer", "findall", "sub", "split"}:
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            if name == "finditer":
                return self._each(method(*args, **kwargs))
            result = method(*args, **kwargs)
            if name in {"sub", "split"}:
                if (result != args[1]) if name == "sub" else len(result) > 1:
                    self._tell()
            elif result:
                self._tell()
            return result

        return call

    def _each(self, matches: Iterable[Any]) -> Iterator[Any]:
        for match in matches:
            self._tell()
            yield match


def _watch(paths: list[str]) -> dict[str, tuple[int, int]]:
    """Extract with every row watched: ``file/row`` to notices and times."""
    times: Counter[str] = Counter()
    seen: dict[str, set[str]] = defaultdict(set)
    now = [""]
    names: dict[int, str] = {}

    def tell(name: str) -> None:
        times[name] += 1
        seen[name].add(now[0])

    original = cues.compiled

    def compiled(row: cues.Row) -> Any:
        pattern = original(row)
        name = names.get(id(row))
        return pattern if name is None else _Watched(pattern, lambda: tell(name))

    def word_set(name: str, identifier: str) -> frozenset[str]:
        found = _Words(original_set(name, identifier))
        found.tell = lambda: tell(f"{name}/{identifier}")
        return found

    for file, row in _rows():
        names[id(row)] = f"{file}/{row.id}"
    original_set = cues.word_set
    cues.compiled, cues.word_set = compiled, word_set  # type: ignore[assignment]
    from kg import annotate
    from kg.pipeline import extract, extract_path
    from kg.read import read_text

    of_word = {w: names[id(r)] for f in annotate.CUE_FILES for r in cues.rows(f) for w in r.words}
    find_cues = annotate.find_cues

    def watched_cues(text: str, hits: Any = None) -> Any:
        found = find_cues(text, hits)
        for cue in found:
            if cue.word in of_word:  # not a word of the general list
                tell(of_word[cue.word])
        return found

    of_thing, of_term = (
        {w: names[id(r)] for r in cues.rows(f) if not r.pattern for w in r.words}
        for f in ("things", "terms")
    )
    find_things, find_labels = annotate._faint, annotate._labels

    def watched_things(text: str, *rest: Any) -> Any:
        for found in find_things(text, *rest):
            tell(of_thing[text[found[0] : found[1]]])
            yield found

    def watched_labels(text: str, *rest: Any) -> Any:
        for found in find_labels(text, *rest):
            if (word := text[found[1] : found[2]]) in of_term:  # not a label of the vocabulary
                tell(of_term[word])
            yield found

    annotate.find_cues = watched_cues
    annotate._faint = watched_things  # type: ignore[assignment]
    annotate._labels = watched_labels  # type: ignore[assignment]
    for path in paths:
        now[0] = path
        try:
            if not path.endswith(".jsonl"):
                extract_path(Path(path))
                continue
            for number, line in enumerate(Path(path).read_text(encoding="utf-8").split("\n"), 1):
                if line.strip():
                    now[0] = f"{path}:{number}"
                    extract(read_text(json.loads(line)["text"]))
        except InputError as error:
            sys.stderr.write(f"{error}\n")
    return {name: (len(seen[name]), count) for name, count in sorted(times.items())}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_watch(json.load(sys.stdin))))
