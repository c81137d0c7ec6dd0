"""The stages in order, alone and as spaCy components."""

from __future__ import annotations

import subprocess
import sys

from kg.data import SEEDS
from kg.layers import Layers
from kg.pipeline import extract
from kg.read import read_path
from kg.repair import repair
from kg.segment import LONGEST, segment

SEED = SEEDS / "000_c8ec3da968c620af.txt"


def test_the_components_of_spacy_give_the_same_record_and_its_spans():
    from kg.components import COMPONENTS, pipeline, run

    notice = read_path(SEED)
    doc = run(notice, repair(notice))
    assert doc._.kg_record == extract(notice)
    concepts = {(span.label_, span.text) for span in doc.spans["concepts"]}
    assert ("tailings-pond", "尾矿库") in concepts
    assert {span.text for span in doc.spans["regions"]} > {"湖南省"}
    assert pipeline().analyze_pipes()["problems"] == {name: [] for name in COMPONENTS}


def test_a_doc_that_was_no_notice_gets_spans_and_no_record():
    from kg.components import pipeline

    doc = pipeline()("湖南省政府召开会议。会议强调，要狠抓煤矿安全。")
    assert [span.label_ for span in doc.spans["concepts"]] == ["coal-mine"]
    assert doc._.kg_record is None


def test_extraction_does_not_load_spacy():
    code = (
        "import sys, kg; kg.extract('湖南省政府召开会议。会议强调，要狠抓煤矿安全。');"
        "sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_stretch_without_a_mark_is_cut_and_nothing_of_it_is_lost():
    text = "会议要求，" + "严禁烟火" * 700 + "。"
    layers = Layers(text)
    segment(layers)
    assert max(s.end - s.start for s in layers.segments) == LONGEST
    assert "".join(text[s.start : s.end] for s in layers.segments) == text.replace(
        "，", ""
    ).replace("。", "")
