"""What the documents say: the reference is current, links lead somewhere, README's examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/*.md", "docs/*/*.md", "ontology/*.md", "kg/repair/data/*.md")
    for path in ROOT.glob(pattern)
)
needs_checkout = pytest.mark.skipif(
    not (ROOT / "tools" / "reference.py").is_file(), reason="not a checkout"
)


@needs_checkout
def test_the_reference_is_current():
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check", "docs/reference"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


@needs_checkout
def test_the_reference_tells_what_is_not_current(tmp_path):
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check", tmp_path],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "run make docs" in done.stderr


def test_the_pages_are_there():
    assert {Path("README.md"), Path("README.zh-CN.md"), Path("CONTRIBUTING.md")} <= set(PAGES)
    assert len(PAGES) >= 15


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("page", ["README.md"])
def test_the_python_example_runs(page, tmp_path, monkeypatch):
    code = re.search(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    from kg.data import SEEDS

    monkeypatch.chdir(tmp_path)
    text = code[1].replace('"seeds"', repr(str(SEEDS)))
    names: dict[str, object] = {}
    exec(compile(text, page, "exec"), names)
    assert names["record"].stresses[0].hazard == "tailings-pond"


def test_readme_shows_what_the_demo_answers(tmp_path):
    """The rows printed in README.md are those that the query gives."""
    import kg
    from kg.data import SEEDS

    kg.build(SEEDS, store=tmp_path / "s")
    with kg.open(tmp_path / "s") as graph:
        rows = graph.query("regions-stressing", hazard="尾矿库").rows
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert rows
    for row in rows:
        line = next(x for x in shown.splitlines() if str(row["quote"]) in x)
        assert str(row["start"]) in line
        assert str(row["end"]) in line
