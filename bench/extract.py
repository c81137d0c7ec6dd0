"""Extraction against its floors, side by side: python -m bench.extract [--folder DIR] [--out DIR].

In one process and one run, in turns, the best of each: the whole of extraction (repair included), spaCy's
``spacy.blank("zh")`` tokenising the same texts and nothing else, and one Aho-Corasick pass over them with the
words of the lexicons. Seconds are of the processor. The texts are the clean notices of a folder (default: those
written for the project, tests/written); put end to end, some of them are extracted at growing lengths, for the
exponent of time against length. Writes extract.json.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "written"
LENGTHS = (50_000, 200_000, 800_000)
"""Characters of the notices that growth is measured on."""
ROUNDS = 3


def measure(folder: Path) -> dict[str, Any]:
    """Measure the notices of a folder."""
    import spacy

    from kg.annotate import Matcher
    from kg.cues import rows
    from kg.ontology import concepts
    from kg.pipeline import extract
    from kg.read import find, read_path, read_text

    notices = [read_path(path) for path in find([folder])[0] if path.suffix == ".txt"]
    texts = [notice.text for notice in notices]
    nlp = spacy.blank("zh")
    labels = (label for c in concepts() for label in (c.zh, *c.alt, *c.hidden))
    cues = (word for name in ("modality", "verbs") for row in rows(name) for word in row.words)
    words = Matcher(dict.fromkeys((*labels, *cues), ("word",)))
    acts: dict[str, Callable[[], object]] = {
        "extraction": lambda: [extract(notice) for notice in notices],
        "tokeniser": lambda: [nlp.make_doc(text) for text in texts],
        "one pass": lambda: [words.find(text) for text in texts],
    }
    best = dict.fromkeys(acts, math.inf)
    for number in range(ROUNDS + 1):
        for name, act in acts.items():
            spent = seconds(act)
            if number:  # the first loads tables
                best[name] = min(best[name], spent)
    characters = sum(map(len, texts))
    growth = {}
    for length in LENGTHS:
        text = "\n".join(texts) * (1 + length // characters)
        long = read_text(text[:length])
        growth[length] = seconds(lambda long=long: extract(long))
    return {
        "notices": len(texts),
        "characters": characters,
        "rates": {name: characters / spent for name, spent in best.items()},
        "growth": growth,
        "exponent": math.log(growth[LENGTHS[-1]] / growth[LENGTHS[0]])
        / math.log(LENGTHS[-1] / LENGTHS[0]),
    }


def seconds(act: Callable[[], object]) -> float:
    """Run it; seconds of the processor."""
    start = time.process_time()
    act()
    return time.process_time() - start


def table(said: dict[str, Any]) -> str:
    """Write what was measured as a table."""
    rates = said["rates"]
    lines = [
        f"{said['notices']} notices, {said['characters']:,} characters",
        "| | characters a second | times extraction |",
        "|---|---|---|",
    ]
    for name, rate in rates.items():
        lines.append(f"| {name} | {rate:,.0f} | {rate / rates['extraction']:.1f} |")
    grown = ", ".join(f"{length:,}: {spent:.2f} s" for length, spent in said["growth"].items())
    lines.append(f"\nBy length: {grown}; exponent {said['exponent']:.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, keep the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    told = parser.parse_args()
    said = measure(told.folder)
    told.out.mkdir(parents=True, exist_ok=True)
    (told.out / "extract.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    print(table(said))


if __name__ == "__main__":
    main()
