"""Ask questions in words of every kind, side by side: python -m bench.ask STORE [--keep FILE] [--against FILE].

The questions are those that the queries say they answer (``ask`` lines), with the region that says most,
the commonest themes and so on in their slots, each also with a period where the query takes one. Each is
asked several times; the best counts, in seconds of the processor: a shared machine's clock tells
little. ``--keep`` writes the answers, ``--against`` compares with answers kept before.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PERIODS = {"zh": "2020年", "en": " in 2020"}


def questions(store: Any) -> Iterator[str]:
    """Fill every ``ask`` line with what the store has most of."""
    from kg.question.match import ways

    common = _common(store)
    seen: dict[str, None] = {}
    for several in ways().values():
        for way in several:
            text = way.template.text
            lang = "en" if text.isascii() else "zh"
            for slot in way.slots:
                value = common[lang].get(slot) or common[lang].get(_kind(way, slot), "")
                if not value:
                    break
                text = text.replace("{" + slot + "}", value)
            else:
                seen[text] = None
                if any(p.name == "since" for p in way.query.parameters):
                    period = PERIODS[lang]
                    seen[f"{period}{text}" if lang == "zh" else f"{text}{period}"] = None
                if "themes" in way.slots:
                    first, second, third = common[lang]["several"]
                    joined = (
                        f"{first}和{second}", f"{first}或{second}", f"{first}但没有强调{third}"
                    ) if lang == "zh" else (
                        f"{first} and {second}", f"{first} or {second}", f"{first} but not {third}"
                    )  # fmt: skip
                    for part in joined:
                        seen[text.replace(first, part, 1)] = None
    yield from seen


def _kind(way: Any, slot: str) -> str:
    return next((p.kind for p in way.query.parameters if p.name == slot), "")


def _common(store: Any) -> dict[str, dict[str, Any]]:
    """What the store has most of, by slot or kind, in both languages."""
    from kg.ontology import concept
    from kg.regions.english import english

    def most(text: str, many: int = 1) -> list[str]:
        rows = store.query(f"{text} GROUP BY ?x ORDER BY DESC(COUNT(*)) ?x LIMIT {many}")
        return [row["x"].value for row in rows]

    def topics(cls: str, many: int) -> list[str]:
        return most(f"SELECT ?x {{ ?s a kg:{cls} ; kg:concept/skos:notation ?x }}", many)

    places = most(
        "SELECT ?x { ?s a kg:Emphasis ; kg:region/rdfs:label ?x"
        " FILTER(LANGMATCHES(LANG(?x), 'zh-Hans')) }",
        3,
    )
    hazards, duties, measures = (
        topics("Emphasis", 3), topics("Invocation", 1), topics("MeasureOrder", 1),
    )  # fmt: skip
    campaigns = most("SELECT ?x { ?s a kg:CampaignRun ; kg:campaign/rdfs:label ?x }")
    meetings = most("SELECT ?x { ?s kg:meeting/rdfs:label ?x }")
    out: dict[str, dict[str, Any]] = {}
    for lang in ("zh", "en"):
        label = (lambda id: concept(id).zh) if lang == "zh" else (lambda id: concept(id).en)
        names = places if lang == "zh" else [english().get(p, (p,))[0] for p in places]
        out[lang] = {
            "region": names[0],
            "inside": "云南" if lang == "zh" else "Yunnan",
            "without": names[1],
            "regions": f"{names[0]}和{names[1]}" if lang == "zh" else f"{names[0]} and {names[1]}",
            "hazard": label(hazards[0]),
            "concept": label(hazards[0]),
            "several": [label(id) for id in hazards],
            "responsibility": label(duties[0]),
            "measure": label(measures[0]),
            "bearer": "企业" if lang == "zh" else "enterprises",
            "campaign": campaigns[0] if campaigns else "",
            "meeting": meetings[0] if meetings else "",
        }
    return out


def measure(store: Any, question: str, rounds: int) -> dict[str, Any]:
    """Ask one question: seconds to understand it and to answer it (best), and what it answers."""
    from kg.question.answer import reply, understand

    linked, whole = [], []
    for _ in range(rounds):
        start = time.process_time()
        asked = understand(question, store=store)
        linked.append(time.process_time() - start)
        found = reply(question, asked, store=store)
        whole.append(time.process_time() - start)
        if sum(whole) > 5:
            break
    answer = list(found.answer) if isinstance(found.answer, tuple) else found.answer
    return {
        "question": question, "kind": found.query, "link": min(linked), "first": whole[0],
        "best": min(whole), "answer": answer, "why": found.why, "rows": len(found.rows),
    }  # fmt: skip


def main() -> None:
    """Ask, print a table by kind, the slowest question of each; keep and compare the answers."""
    from kg.store import Store

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--only", help="kinds whose name holds this")
    told = parser.parse_args()
    found = []
    with Store.open(told.store, read_only=True) as store:
        print(f"{len(store):,} triples")
        measure(store, "哪些地区强调了煤矿？", 1)  # tables are loaded
        asked = list(questions(store))
        for question in asked:
            one = measure(store, question, told.rounds)
            found.append(one)
            sys.stderr.write(
                f"{one['best'] * 1e3:8.1f} ms {one['kind']} {question} {one['rows']} rows {one['why']}\n"
            )
    print("| kind | questions | median ms | slowest ms | which |\n|---|---|---|---|---|")
    for kind in sorted({o["kind"] or "refused" for o in found}):
        group = sorted(
            (o for o in found if (o["kind"] or "refused") == kind), key=lambda o: o["best"]
        )
        middle, last = group[len(group) // 2], group[-1]
        print(
            f"| {kind} | {len(group)} | {middle['best'] * 1e3:.1f} | {last['best'] * 1e3:.1f}"
            f" | {last['question']} |"
        )
    print(f"linking and parsing: at most {max(o['link'] for o in found) * 1e3:.1f} ms")
    slow = [o for o in found if o["best"] > 0.3]
    print(f"{len(found)} questions, {len(slow)} of them longer than 0.3 s")
    answers = {o["question"]: [o["answer"], o["why"]] for o in found}
    if told.keep:
        told.keep.write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")
    if told.against:
        before = json.loads(told.against.read_text(encoding="utf-8"))
        other = [q for q in before.keys() | answers.keys() if before.get(q) != answers.get(q)]
        print(f"{len(other)} answers differ: {sorted(other)}")
        sys.exit(bool(other))


if __name__ == "__main__":
    main()
