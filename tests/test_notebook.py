"""docs/analysis.ipynb, run anew: it prints what it shows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parent.parent / "docs" / "analysis.ipynb"
_RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=sys.argv[2])
json.dump(notebook, open(sys.argv[3], "w", encoding="utf-8"))
"""


def texts(notebook):
    """What each cell of code shows, but pictures: they depend on the fonts of a machine."""
    return [
        [
            {kind: text for kind, text in (out.get("data") or {"text": out["text"]}).items()
             if kind.startswith("text")}
            for out in cell["outputs"]
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]  # fmt: skip


def joined(value):
    """Undo the lines into which a stored notebook cuts a text."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "".join(value)
    if isinstance(value, list):
        return [joined(part) for part in value]
    if isinstance(value, dict):
        return {key: joined(part) for key, part in value.items()}
    return value


@pytest.mark.slow
def test_the_notebook_shows_what_running_it_anew_gives(tmp_path):
    for needed in ("nbclient", "nbformat", "ipykernel", "matplotlib", "pandas"):
        pytest.importorskip(needed)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(NOTEBOOK), str(tmp_path), str(tmp_path / "out.ipynb")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    anew = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))
    assert joined(texts(stored)) == joined(texts(anew)), "run make docs"
    assert sum(bool(outs) for outs in texts(stored)) >= 9
    pictures = [
        out
        for cell in stored["cells"]
        for out in cell.get("outputs", ())
        if "image/png" in out.get("data", {})
    ]
    assert len(pictures) == 1
    assert "/home/" not in json.dumps(stored)
