"""Which measures a demand orders and which responsibilities it invokes: sentences written before the rules were."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
from kg.read import read_text

REPORT = (
    "灵丘县召开安全生产会议\n发布时间：2022-03-06　来源：某报\n3月5日，灵丘县召开全县安全生产会议。"
)


def table() -> list[tuple[str, str, str]]:
    lines = Path(__file__).with_name("ordered.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(words, measures, responsibilities) for words, measures, responsibilities in rows]


ROWS = table()


def test_the_table_names_every_measure_and_responsibility_often():
    named = [concept for _, *columns in ROWS for cell in columns for concept in cell.split()]
    often = {concept for concept in named if named.count(concept) > 4}
    assert len(ROWS) > 300
    assert len(often) > 27


@pytest.mark.parametrize(("words", "measures", "responsibilities"), ROWS)
def test_a_sentence_gives_its_measures_and_responsibilities_and_no_others(
    words, measures, responsibilities
):
    said = words[1:] if words.startswith("：") else f"会议要求，{words}"
    record = kg.extract(read_text(f"{REPORT}{said}。"))
    assert " ".join(sorted(m.measure for m in record.measures)) == measures.strip("-")
    assert " ".join(sorted(r.type for r in record.responsibilities)) == responsibilities.strip("-")
