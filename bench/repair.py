"""How well damaged notices are restored: python -m bench.repair [--seeds N] [FOLDER].

Damages every clean notice of a folder (default ../shared/gold) with the generator of tests/damage.py, restores
it, and counts; then the folder's own damaged twins (``<id>d.txt`` beside ``<id>.txt``). Nothing of the notices
is shown, so figures on unseen notices stay blind.

A run is a stretch that the damage broke: *exact* if all that was put in its place, and nothing else, is what stood
there; *wrong* if something else was; *flagged* if it was left and listed; *missed* if it was left and not listed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from kg.model import Alignment, Notice, Repaired
from kg.read import read_path
from kg.repair import gloss, repair, script
from tests.damage import Damaged, Run, breaking, corrupt

ROOT = Path(__file__).resolve().parent.parent
#: Lines of five million characters that a slow program would choke on.
HOSTILE = ("(a)", "!", "?;", "會議(yì)!", "化(huà)")
SIZE = 5_000_000


@dataclass
class Tally:
    """Counts over damaged twins."""

    count: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    """Processor time by what it was spent on."""

    def add(self, damaged: Damaged, restored: Repaired) -> None:
        """Count one twin."""
        clean, runs = damaged.clean, damaged.runs
        inside = bytearray(len(clean))
        for run in runs:
            inside[run.clean_start : run.clean_end] = b"\1" * (run.clean_end - run.clean_start)
            self.count[verdict(damaged, restored, run)] += 1
        self.count["runs"] += len(runs)
        outside = [e for e in (*restored.edits, *restored.suspects) if not _touches(e, runs)]
        self.count["outside"] += sum(e.kind == "bytes" for e in outside if e.applied)
        self.count["alarms"] += sum(not e.applied for e in outside)
        self.count["characters"] += len(clean) - sum(inside)
        self.count["same"] += _same(clean, restored.text, inside)
        self.count["twins"] += 1

    def only(self, damaged: Damaged, restored: Repaired, runs: Sequence[Run]) -> None:
        """Count some of a twin's runs."""
        self.count.update(verdict(damaged, restored, run) for run in runs)
        self.count["runs"] += len(runs)
        self.count["twins"] += 1

    def line(self, name: str) -> str:
        """Say it in a line."""
        c = self.count
        runs, chars = max(1, c["runs"]), max(1, c["characters"])
        whole = f"{c['same'] / chars:10.3%}" if c["characters"] else " " * 10
        return (
            f"{name:34} {c['twins']:5} {whole} {c['runs']:5} {c['exact'] / runs:7.1%}"
            f" {c['wrong'] / runs:7.1%} {c['flagged'] / runs:8.1%} {c['missed'] / runs:7.1%}"
            f" {c['outside']:6} {c['alarms']:6}"
        )


HEADER = (
    f"{'class':34} {'twins':>5} {'unbroken':>10} {'runs':>5} {'exact':>7} {'wrong':>7}"
    f" {'flagged':>8} {'missed':>7} {'edits':>6} {'alarms':>6}"
)


def _touches(edit: object, runs: Iterable[Run]) -> bool:
    start, end = edit.start, edit.end  # type: ignore[attr-defined]
    return any(r.start < max(end, start + 1) and start < max(r.end, r.start + 1) for r in runs)


def verdict(damaged: Damaged, restored: Repaired, run: Run) -> str:
    """Say what became of a run: exact, wrong, flagged or missed.

    Exact is measured over the run and all edits that touch it: what they made must be what stood there.
    """
    stop = max(run.end, run.start + 1)
    edits = [
        e for e in restored.edits if e.kind == "bytes" and e.start < stop and run.start < e.end
    ]
    if not edits:
        touched = any(
            e.start < stop and run.start < max(e.end, e.start + 1) for e in restored.suspects
        )
        return "flagged" if touched else "missed"
    start = min(run.start, *(e.start for e in edits))
    end = max(run.end, *(e.end for e in edits))
    before = [o for o in damaged.origin[start : run.start] if o >= 0]
    behind = [o for o in damaged.origin[run.end : end] if o >= 0]
    want = damaged.clean[
        min(run.clean_start, *before, run.clean_start) : max(
            run.clean_end, *(o + 1 for o in behind), 0
        )
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


def _same(clean: str, text: str, inside: bytearray) -> int:
    """Count the characters outside runs that are as in the clean text, in order."""
    clean, text = clean.translate(_TO_HALF), text.translate(_TO_HALF)
    matcher = SequenceMatcher(None, clean, text, autojunk=False)
    return sum(
        block.size - sum(inside[block.a : block.a + block.size])
        for block in matcher.get_matching_blocks()
    )


@cache
def labels() -> tuple[str, ...]:
    """Labels of the vocabulary written in Chinese characters alone."""
    from kg import ontology

    found = {label for c in ontology.concepts() for label in (c.zh, *c.alt, *c.hidden)}
    return tuple(
        sorted(x for x in found if len(x) > 1 and all("\u4e00" <= c <= "\u9fff" for c in x))
    )


def of_terms(damaged: Damaged) -> list[Run]:
    """Runs made only of terms of the vocabulary and the marks between them."""
    clean = damaged.clean
    covered = bytearray("、“”".count(c) for c in clean)
    for label in labels():
        at = clean.find(label)
        while at >= 0:
            covered[at : at + len(label)] = b"\1" * len(label)
            at = clean.find(label, at + 1)
    return [
        run
        for run in damaged.runs
        if all(covered[run.clean_start : run.clean_end])
        and any(c not in "、“”" for c in clean[run.clean_start : run.clean_end])
    ]


def twin_of(clean: str, text: str) -> Damaged:
    """A twin that came from elsewhere: its runs are where its text differs but for glosses and script."""
    glosses = gloss.find(text, traditional=True).damage
    kept = [True] * len(text)
    for g in glosses:
        kept[g.start : g.end] = [False] * (g.end - g.start)
    places = [i for i, keep in enumerate(kept) if keep]
    shown = script.finish(script.convert("".join(text[i] for i in places))).translate(_TO_HALF)
    places.append(len(text))
    clean = clean.translate(_TO_HALF)
    blocks = SequenceMatcher(None, clean, shown, autojunk=False).get_matching_blocks()
    origin = [-1] * len(text)
    runs: list[Run] = []
    a = b = 0
    for block in blocks:
        same = clean[block.a : block.a + block.size]
        if block.size < 3 and same != "、" and block.a + block.size < len(clean):
            continue  # a stray likeness within a run
        if block.a > a or block.b > b:
            runs.append(Run(a, block.a, places[b], places[block.b]))
        for i in range(block.size):
            origin[places[block.b + i]] = block.a + i
        a, b = block.a + block.size, block.b + block.size
    return Damaged(clean, text, tuple(runs), tuple(origin))


def _notice(text: str) -> Notice:
    return Notice(
        id="twin", filename="twin", path="twin", sha256="", encoding="utf-8",
        raw=text, text=text, alignment=Alignment.identity(len(text)),
    )  # fmt: skip


def measure(
    texts: Sequence[str],
    seeds: Iterable[int],
    *,
    extract: bool = False,
    traditional: bool = True,
) -> tuple[Tally, Tally]:
    """Damage each text once a seed and count what comes back: all runs, and those of terms alone."""
    tally, terms = Tally(), Tally()
    for text in texts:
        for seed in seeds:
            damaged = corrupt(text, seed=seed, script=traditional)
            notice = _notice(damaged.text)
            begin = time.process_time()
            restored = repair(notice)
            tally.seconds["repair"] += time.process_time() - begin
            if extract:
                from kg.pipeline import understand

                begin = time.process_time()
                understand(notice, restored)
                tally.seconds["extract"] += time.process_time() - begin
            tally.count["read"] += len(damaged.text)
            tally.add(damaged, restored)
            terms.only(damaged, restored, of_terms(damaged))
    return tally, terms


def measure_terms(texts: Sequence[str], seeds: Iterable[int]) -> tuple[Tally, Tally]:
    """Put terms of the vocabulary whose bytes break into the enumerations of each text, and count those.

    Counted apart: runs of a term that shows the same bytes as another one (`危化、` and `危化品、` are both `;、`).
    """
    tally, shared = Tally(), Tally()
    terms = breaking(labels())
    for text in texts:
        for seed in seeds:
            damaged = corrupt(text, seed=seed, terms=terms)
            restored = repair(_notice(damaged.text))
            runs = of_terms(damaged)
            twofold = [r for r in runs if _twofold(damaged, r)]
            tally.only(damaged, restored, [r for r in runs if r not in twofold])
            shared.only(damaged, restored, twofold)
    return tally, shared


def _twofold(damaged: Damaged, run: Run) -> bool:
    """Whether a run ends with 危化 or 危化品 before a mark that cut the stream."""
    words = damaged.clean[: run.clean_end]
    return words.endswith(("危化", "危化品")) and damaged.text[run.end : run.end + 1] == "、"


def measure_twins(folder: Path) -> Tally:
    """Count the folder's own damaged twins."""
    tally = Tally()
    for path in sorted(folder.glob("*d.txt")):
        clean = path.with_stem(path.stem[:-1])
        if clean.exists():
            damaged = twin_of(read_path(clean).text, read_path(path).text)
            tally.add(damaged, repair(_notice(damaged.text)))
    return tally


def _speed(texts: Sequence[str], tally: Tally) -> None:
    begin = time.process_time()
    for text in texts:
        repair(_notice(text))
    clean = time.process_time() - begin
    size, spent = tally.count["read"], tally.seconds
    print(
        f"\nthousand characters/s: repair of twins {size / spent['repair'] / 1e3:.0f}, extraction of the same "
        f"{size / spent['extract'] / 1e3:.0f} (repair costs {spent['repair'] / spent['extract']:.2f} of it); "
        f"repair of clean notices {sum(map(len, texts)) / clean / 1e3:.0f}"
    )
    for piece in HOSTILE:
        line = (piece * (SIZE // len(piece) + 1))[:SIZE]
        begin = time.process_time()
        repair(_notice(line))
        spent = time.process_time() - begin
        begin = time.process_time()
        sum(match.end() for match in gloss.GLOSS.finditer(line)), Counter(line)
        plain = time.process_time() - begin
        print(
            f"a line of {SIZE:,} characters of {piece!r}: {spent:.1f} s of processor time"
            f" (finding glosses and counting characters alone: {plain:.1f} s)"
        )


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.repair", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "gold")
    parser.add_argument("--seeds", type=int, default=4, help="twins of each notice")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument(
        "--simplified", action="store_true", help="twins that stayed simplified, without glosses"
    )
    parser.add_argument("--only", default="", help="stems, comma between")
    parser.add_argument("--but", default="", help="stems to leave out")
    parser.add_argument("--quick", action="store_true", help="leave the long lines out")
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
    clean = [t for p, t in zip(paths, texts, strict=True) if not p.stem.startswith("seed")]
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    untouched = sum(not (r := repair(_notice(t))).edits and not r.suspects for t in clean)
    print(
        f"{untouched} of {len(clean)} clean notices untouched; generator seeds {seeds[0]}-{seeds[-1]}\n"
    )
    print(HEADER)
    if chosen.simplified:
        tally, terms = measure(clean, seeds, traditional=False)
        print(tally.line("all runs, simplified pages"))
        print(terms.line("of them, terms alone"))
        return 0
    tally, terms = measure(clean, seeds, extract=True)
    print(tally.line("all runs"))
    print(terms.line("of them, terms alone"))
    put, shared = measure_terms(clean, seeds)
    print(put.line("terms put into enumerations"))
    print(shared.line("危化 and 危化品 shown alike"))
    if not only and not chosen.but:
        print(measure_twins(chosen.folder).line("the folder's own twins"))
    print("edits, alarms: byte edits and suspicions outside runs")
    _speed(clean, tally) if not chosen.quick else None
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
