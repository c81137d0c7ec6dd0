"""CONTRIBUTING's recipes, done as it says: each touches one place and has its effect."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.data import DATA

ROOT = Path(__file__).resolve().parent.parent
RECIPES = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(heading: str) -> str:
    """Return the code that CONTRIBUTING shows under a heading."""
    found = re.search(rf"## {heading}\n.*?```\w+\n(.*?)```", RECIPES, re.DOTALL)
    assert found is not None, heading
    return found[1]


@pytest.fixture
def data(tmp_path) -> Path:
    for name in ("ontology", "queries", "seeds"):
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    return tmp_path / "data"


def run(code: str, *, data: Path | None = None, path: Path | None = None) -> str:
    """Run Python with changed data, or with a changed copy of the package."""
    environment = dict(os.environ)
    if data is not None:
        environment["KG_DATA"] = str(data)
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=path or data,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


STRESSES = "import kg; print([s.hazard for s in kg.extract({!r}).stresses])"
SENTENCE = "黑龙江省政府4月10日召开会议。会议强调，要{}。"


def test_a_hazard_sector(data):
    sentence = SENTENCE.format("狠抓热气球安全监管")
    path = data / "ontology" / "hazard-sectors.ttl"
    assert "hot-air-balloon" not in run(STRESSES.format(sentence), data=data)
    text = path.read_text(encoding="utf-8") + "\n" + block("A hazard sector")
    path.write_text(text, encoding="utf-8")
    assert "hot-air-balloon" in run(STRESSES.format(sentence), data=data)


def test_a_query(data, tmp_path):
    (data / "queries" / "meeting-names.rq").write_text(block("A query"), encoding="utf-8")
    code = (
        f"import kg; kg.build({str(data / 'seeds')!r}, store={str(tmp_path / 's')!r})\n"
        f"with kg.open({str(tmp_path / 's')!r}) as g: print(g.query('meeting-names').rows)"
    )
    assert "全国安全生产电视电话会议" in run(code, data=data)


def test_a_question_in_words(data, tmp_path):
    store = str(tmp_path / "s")
    run(f"import kg; kg.build({str(data / 'seeds')!r}, store={store!r})", data=data)
    code = (
        f"import kg\nwith kg.open({store!r}) as g:\n"
        "    for q in ('Which notices of Hunan mentioned a meeting?', '湖南省有哪些通知提到会议？'):\n"
        "        reply = g.ask(q); print(reply.query, reply.answer)"
    )
    assert run(code, data=data) == "None None\nNone None\n"
    path = data / "queries" / "reporting.rq"
    path.write_text(block("A question in words"), encoding="utf-8")
    ids = f"({next((data / 'seeds').glob('*.txt')).stem!r},)"
    assert run(code, data=data) == f"reporting {ids}\nreporting {ids}\n"


def test_a_cue_word(data):
    sentence = SENTENCE.format("死磕煤矿安全")
    degree = "import kg; print([s.degree for s in kg.extract({!r}).stresses])"
    path = data / "ontology" / "cues" / "verbs.yaml"
    assert run(degree.format(sentence), data=data) != "[3]\n"
    text = path.read_text(encoding="utf-8") + block("A cue word")
    path.write_text(text, encoding="utf-8")
    assert run(degree.format(sentence), data=data) == "[3]\n"


def test_an_input_format(tmp_path):
    package = Path(kg.__file__).parent
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, tmp_path / "kg", ignore=ignore)
    for name in ("ontology", "queries", "seeds"):
        if not (tmp_path / "kg" / "_data").exists():
            shutil.copytree(DATA / name, tmp_path / name)
    (tmp_path / "kg" / "read" / "weixin.py").write_text(block("An input format"), encoding="utf-8")
    (tmp_path / "notice.wx").write_text(SENTENCE.format("狠抓煤矿安全"), encoding="utf-8")
    code = (
        "import kg, kg.read; print(kg.read.formats().keys())\n"
        f"print([s.hazard for s in kg.extract({str(tmp_path / 'notice.wx')!r}).stresses])"
    )
    said = run(code, path=tmp_path)
    assert "'.wx'" in said
    assert "coal-mine" in said
