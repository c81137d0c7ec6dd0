"""kg ask: formats, exit codes, a conversation through a pipe."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli import app
from tests.asking import seed_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return seed_store(tmp_path_factory.mktemp("ask"))


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, ["ask", *map(str, arguments)], input=stdin)


def test_json_has_the_fields_that_programs_read(folder):
    done = run("How many regions stressed coal mines?", "--format", "json", "--store", folder)
    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(said) == ["question", "understood", "query", "sparql", "answer", "rows"]
    assert said["answer"] == 3
    assert said["understood"]["kind"] == "regions-by-themes"
    assert said["understood"]["slots"] == {"themes": ["coal-mine"]}
    assert {row["region"] for row in said["rows"]} == {"湖南省", "黑龙江省", "长春市"}


def test_a_refusal_has_exit_code_3_and_says_what_can_be_asked(folder):
    done = run("Which regions love coal mines?", "--format", "json", "--store", folder)
    said = json.loads(done.stdout)
    assert done.exit_code == 3
    assert said["answer"] is None
    assert "'love'" in said["why"]
    assert said["nearest"]


def test_text_has_answer_sentences_and_sparql(folder):
    done = run("哪些地区强调了尾矿库？", "--store", folder)
    assert done.exit_code == 0
    assert "黑龙江省" in done.stdout.splitlines()[0]
    assert "狠抓尾矿库安全风险防范" in done.stdout
    assert "SELECT DISTINCT ?region" in done.stdout


def test_csv_has_the_rows(folder):
    done = run("哪些地区强调了尾矿库？", "--format", "csv", "--store", folder)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["region"] for row in rows} == {"黑龙江省"}


def test_questions_can_be_piped_one_a_line(folder):
    done = run("-i", "--store", folder, stdin="Which regions stressed gas?\nand fireworks?\nquit\n")
    assert done.exit_code == 0
    assert "Changchun" in done.stdout
    assert "Hunan" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("x", "-i"), ("x", "--format", "yaml")])
def test_wrong_usage_has_exit_code_2(arguments, folder):
    assert run(*arguments, "--store", folder).exit_code == 2
