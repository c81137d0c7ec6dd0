"""The data files that experts edit: every row keeps its own examples, and mistakes are told with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kg
from kg.annotate import CUE_FILES, FAINT, find_cues, find_mentions
from kg.cues import Row, compiled, pattern, read_rows, rows
from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.frames import frames
from kg.frames import read as read_frames
from kg.ontology import concepts
from kg.read import read_text
from kg.segment import line_kind

FILES = sorted(path.stem for path in (ONTOLOGY / "cues").glob("*.yaml"))
OTHERS = ("terms", "things", "masks", "structure")
FORMS = ("names", "actors", "clauses", "titles", "aspects")
ROWS = [(name, row) for name in FILES for row in rows(name)]


#: Words that make cues (抓 + 牢) or hide them (维保单位), and are none themselves.
PARTS = ("stem", "complement", "noun", "frame")


def _id(value):
    return value.id if isinstance(value, Row) else value


def of(names):
    return [case for case in ROWS if case[0] in names]


def test_every_file_of_cues_is_known_here():
    assert set(FILES) == {*CUE_FILES, *FORMS, *OTHERS, "deeds", "frames"}
    assert len(ROWS) > 130


def test_nearly_every_row_has_an_example():
    bare = [f"{name}:{row.id}" for name, row in ROWS if not row.matches and row.kind != "class"]
    assert len(bare) <= 12, bare


@pytest.mark.parametrize(("name", "row"), of(CUE_FILES), ids=_id)
def test_cue_words_are_found_in_their_examples(name, row):
    if row.kind in PARTS:
        pytest.skip("tested by what they make or hide")
    for example in row.matches:
        assert any(c.kind == row.kind and c.word in row.words for c in find_cues(example)), example
    for example in row.rejects:
        hits = [c.word for c in find_cues(example) if c.kind == row.kind and c.word in row.words]
        assert not hits, example


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("抓牢民宿消防", ["抓牢"]),
        ("清走楼道杂物", ["清走"]),
        ("维保单位签批", ["签批"]),
        ("群众应撤尽撤，该停就停", ["应撤尽撤", "该停就停"]),
        ("检查结果要公开", ["公开"]),
        ("检查作业现场", ["检查"]),
    ],
)
def test_verbs_are_made_of_parts_and_hidden_in_nouns(text, verbs):
    found = [c.word for c in find_cues(text) if c.kind in {"verb", "v", "dual"}]
    assert found == verbs


@pytest.mark.parametrize(
    ("name", "row"), [*of(("terms",)), *(("frames", row) for row in frames())], ids=_id
)
def test_terms_name_their_concepts(name, row):
    for example in row.matches:
        found = {m.concept for m in find_mentions(example) if m.scheme == row.kind}
        assert set(row.value.split()) <= found, example
    for example in row.rejects:
        found = {m.concept for m in find_mentions(example) if m.scheme == row.kind}
        assert not set(row.value.split()) & found, example


def test_a_thing_of_a_sector_is_no_label_and_of_one_sector_only():
    labels = {label for c in concepts() for label in (c.zh, *c.alt, *c.hidden)}
    words = [word for row in rows("things") if not row.pattern for word in row.words]
    assert len(words) > 400
    assert not labels & set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize(("name", "row"), of(("things",)), ids=_id)
def test_things_are_found_and_marked_as_such(name, row):
    for example in row.matches:
        found = {m.concept: m.masked for m in find_mentions(example)}
        assert found.get(row.value) == FAINT, example
    for example in row.rejects:
        assert row.value not in {m.concept for m in find_mentions(example)}, example
    for word in () if row.pattern else row.words:
        assert row.value in {m.concept for m in find_mentions(word)}, word


@pytest.mark.parametrize(("name", "row"), of(("masks",)), ids=_id)
def test_masks_cover_their_examples(name, row):
    expression = compiled(row)
    for example in row.matches:
        assert expression.search(example), example
        assert not row.words or any(word in example for word in row.words), example
    for example in row.rejects:
        assert not expression.search(example), example


@pytest.mark.parametrize(("name", "row"), of(FORMS), ids=_id)
def test_forms_match_their_examples(name, row):
    expression = compiled(row)
    for example in row.matches:
        assert expression.search(example), example
    for example in row.rejects:
        assert not expression.search(example), example


def ordered(words):
    """The measures of a meeting that demands so much."""
    text = f"灵丘县召开会议\n发布时间：2022-03-06\n3月5日，灵丘县召开全县安全生产会议。会议要求，{words}。"
    return {m.measure for m in kg.extract(read_text(text)).measures}


@pytest.mark.parametrize(
    "row", [row for row in rows("deeds") if row.kind == "measure"], ids=lambda row: row.id
)
def test_the_main_verb_of_a_demand_tells_its_measure(row):
    assert row.matches
    for example in row.matches:
        assert set(row.value.split()) <= ordered(example), example
    for example in row.rejects:
        assert not set(row.value.split()) & ordered(example), example


def test_every_kind_of_deed_is_read():
    assert {row.kind for row in rows("deeds")} == {"measure", "light", "tail", "look"}


@pytest.mark.parametrize(("name", "row"), of(("structure",)), ids=_id)
def test_lines_of_a_page_are_told_apart(name, row):
    for example in row.matches:
        assert line_kind(example) == row.kind, example
    for example in row.rejects:
        assert line_kind(example) != row.kind, example


EXAMPLES = [(c, s, True) for c in concepts() for s in c.matches] + [
    (c, s, False) for c in concepts() for s in c.rejects
]


@pytest.mark.parametrize(
    ("concept", "sentence", "named"), EXAMPLES, ids=lambda v: getattr(v, "id", v)
)
def test_concepts_are_recognised_in_their_examples(concept, sentence, named):
    found = {
        m.concept
        for m in find_mentions(sentence)
        if m.masked is None and m.scheme == concept.scheme
    }
    assert (concept.id in found) is named


def test_there_are_examples_of_most_concepts():
    assert len({c.id for c, _, named in EXAMPLES if named}) > 0.9 * len(concepts())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: a, wrds: [x]}\n", "bad.yaml:1: unknown key 'wrds'"),
        ("- {id: a}\n- {id: a}\n", "bad.yaml:2: missing or repeated id"),
        ("- {kind: verb}\n", "bad.yaml:1: missing or repeated id"),
        ("- {id: a, pattern: '('}\n", "bad.yaml:1: pattern of 'a'"),
        ("", "bad.yaml: no rows"),
        ("a: b\n", "bad.yaml: no rows"),
        ("- x\n", "bad.yaml:1: a row is a mapping"),
        ("- {id: [\n", "bad.yaml: "),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_rows(path)
    assert message in str(caught.value)


def test_an_unknown_key_names_the_near_one(tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text("- {id: a, wrds: [x]}\n", encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_rows(path)
    assert caught.value.hint == "did you mean 'words'?"


def test_a_missing_row_is_told():
    with pytest.raises(DataFileError, match="no row with id 'nothing'"):
        pattern("clauses", "nothing")


def test_a_key_that_stands_twice_in_a_row_is_refused(tmp_path):
    path = tmp_path / "cues.yaml"
    path.write_text("- id: one\n  pattern: a\n  pattern: b\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="3: 'pattern' stands twice"):
        read_rows(path)


def test_every_class_of_words_stands_in_a_frame():
    table = rows("frames")
    tokens = {
        token.lstrip("!")
        for row in table
        for words in (*row.frame, *row.unless)
        for token in words.split()
    }
    assert {row.id for row in table if row.kind == "class"} <= tokens


def test_a_frame_with_a_class_that_is_none_is_refused():
    table = (
        Row(id="inspect", kind="class", words=("检查",)),
        Row(id="a", kind="measure", value="hazard-screening", frame=("inspct 4 隐患",)),
    )
    with pytest.raises(DataFileError, match="inspct") as error:
        read_frames(table)
    assert "did you mean 'inspect'" in (error.value.hint or "")


def test_a_gap_of_a_frame_runs_over_a_list_only_where_it_says_so():
    row = Row(id="a", kind="measure", value="x", frame=("捣毁 9 窝点", "取缔 9、 窝点"))
    (made,) = read_frames((row,))
    assert re.search(made.pattern, "捣毁非法窝点")
    assert not re.search(made.pattern, "捣毁作坊、窝点")
    assert re.search(made.pattern, "取缔作坊、窝点")
    assert not re.search(made.pattern, "取缔作坊，端掉窝点")
