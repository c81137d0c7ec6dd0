"""How well damaged notices are restored: python -m bench.repair [--seeds N] [FOLDER].

Damages every clean notice of a folder (default ../shared/gold) with the generator of tests/damage.py, restores
it, and counts. Nothing of the notices is shown, so figures on unseen notices stay blind.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from kg.model import Alignment, Notice, Repaired
from kg.read import read_path
from kg.repair import repair
from tests.damage import Damaged, Run, corrupt

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Tally:
    """Counts over damaged twins."""

    count: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, damaged: Damaged, restored: Repaired) -> None:
        """Count one twin."""
        clean, runs = damaged.clean, damaged.runs
        applied = [e for e in restored.edits if e.kind == "bytes"]
        broken = set()
        for run in runs:
            broken.update(range(run.clean_start, run.clean_end))
            self.count[verdict(damaged, restored, run)] += 1
        self.count["runs"] += len(runs)
        self.count["outside"] += sum(
            not any(r.start < e.end and e.start < r.end for r in runs) for e in applied
        )
        self.count["characters"] += len(clean) - len(broken)
        self.count["same"] += _unbroken_same(damaged, restored)
        self.count["twins"] += 1

    def line(self) -> str:
        """Say it in a line."""
        c = self.count
        runs, chars = max(1, c["runs"]), max(1, c["characters"])
        return (
            f"{c['twins']:6} {c['same'] / chars:10.4%} {c['runs']:6} {c['exact'] / runs:8.1%}"
            f" {c['wrong'] / runs:7.1%} {c['flagged'] / runs:8.1%} {c['missed'] / runs:8.1%}"
            f" {c['outside']:8} {chars / max(self.seconds, 1e-9) / 1e3:9.0f}"
        )


def verdict(damaged: Damaged, restored: Repaired, run: Run) -> str:
    """Say what became of a run: exact, wrong, flagged or missed.

    Exact is measured over the run and all edits that touch it: what they made must be what stood there.
    """
    stop = max(run.end, run.start + 1)
    edits = [e for e in restored.edits if e.kind == "bytes" and e.start < stop and run.start < e.end]
    if not edits:
        touched = any(e.start < stop and run.start < max(e.end, e.start + 1) for e in restored.suspects)
        return "flagged" if touched else "missed"
    start = min(run.start, *(e.start for e in edits))
    end = max(run.end, *(e.end for e in edits))
    before = [o for o in damaged.origin[start : run.start] if o >= 0]
    behind = [o for o in damaged.origin[run.end : end] if o >= 0]
    want = damaged.clean[
        min(run.clean_start, *before, run.clean_start) : max(run.clean_end, *(o + 1 for o in behind), 0)
    ]
    return "exact" if _restored(restored, start, end) == want.translate(_TO_HALF) else "wrong"


_TO_HALF = str.maketrans("，！？；：", ",!?;:")


def _restored(restored: Repaired, start: int, end: int) -> str:
    """Give the restored characters that come from ``[start, end)`` of the damaged text."""
    out = []
    for o, i, n, m in restored.alignment.runs:
        if n == m:
            out.append(restored.text[o + max(0, start - i) : o + max(0, min(n, end - i))])
        elif start <= i and i + m <= max(end, start + 1):
            out.append(restored.text[o : o + n])
    return "".join(out).translate(_TO_HALF)


def _unbroken_same(damaged: Damaged, restored: Repaired) -> int:
    """Count the characters outside runs that are as in the clean text, in order."""
    broken = bytearray(len(damaged.clean))
    for run in damaged.runs:
        broken[run.clean_start : run.clean_end] = b"\1" * (run.clean_end - run.clean_start)
    matcher = SequenceMatcher(None, damaged.clean, restored.text, autojunk=False)
    return sum(
        block.size - sum(broken[block.a : block.a + block.size])
        for block in matcher.get_matching_blocks()
    )


def _notice(text: str) -> Notice:
    return Notice(
        id="twin", filename="twin", path="twin", sha256="", encoding="utf-8",
        raw=text, text=text, alignment=Alignment.identity(len(text)),
    )  # fmt: skip


def measure(texts: list[str], seeds: range) -> Tally:
    """Damage each text once a seed and count what comes back."""
    tally = Tally()
    for text in texts:
        for seed in seeds:
            damaged = corrupt(text, seed=seed)
            begin = time.perf_counter()
            restored = repair(_notice(damaged.text))
            tally.seconds += time.perf_counter() - begin
            tally.add(damaged, restored)
    return tally


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.repair", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "gold")
    parser.add_argument("--seeds", type=int, default=3, help="twins of each notice")
    parser.add_argument("--only", default="", help="stems, comma between")
    parser.add_argument("--but", default="", help="stems to leave out")
    chosen = parser.parse_args(arguments)
    only, but = set(filter(None, chosen.only.split(","))), set(chosen.but.split(","))
    paths = [
        p
        for p in sorted(chosen.folder.glob("*.txt"))
        if (not only or p.stem in only) and p.stem not in but
        if not (p.stem.endswith("d") and p.with_stem(p.stem[:-1]).exists())
    ]
    if not paths:
        print(f"no notices in {chosen.folder}", file=sys.stderr)
        return 1
    texts = [read_path(p).text for p in paths]
    seeds = range(1, chosen.seeds + 1)
    untouched = sum(not (r := repair(_notice(t))).edits and not r.suspects for t in texts)
    print(
        f"{untouched} of {len(texts)} clean notices untouched; generator seeds {seeds[0]}-{seeds[-1]}"
    )
    print(
        " twins  unbroken    runs    exact   wrong  flagged   missed  outside  thousand characters/s"
    )
    print(measure(texts, seeds).line())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
