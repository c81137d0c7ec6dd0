"""A few sentences cut from a page, without title or source: who acts in them and what they direct attention at."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg

LINES = Path(__file__).with_name("passages.tsv").read_text(encoding="utf-8").splitlines()
PASSAGES = [line.split("\t") for line in LINES if line and not line.startswith("#")]


def test_the_table_is_read():
    assert len(PASSAGES) >= 160


@pytest.mark.parametrize(("text", "regions", "sectors"), PASSAGES)
def test_a_passage_says_who_acts_and_what_it_stresses(text, regions, sectors):
    record = kg.extract(text)
    assert {region.name for region in record.regions} == set(regions.split()) - {"-"}
    assert {stress.hazard for stress in record.stresses} == set(sectors.split()) - {"-"}
