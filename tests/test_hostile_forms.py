"""No row of the data hangs on hostile text: each pattern on long runs of what it is made of."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import yaml

from kg.data import ONTOLOGY

RUNS = (
    "大小",
    "大",
    "的人",
    "、大",
    "安全生产",
    "不人",
    "由市",
    "每到",
    "隐患",
    "整改",
    "2024年",
    "报网",
    "日期",
    "会议",
    "（",
)
#: Repeated so often, and this many seconds for all patterns of a file on all runs (measured: under 3).
TIMES, SECONDS = 400, 60


def files():
    return sorted((ONTOLOGY / "cues").glob("*.yaml"))


def test_there_are_files_of_forms():
    assert len(files()) >= 10


@pytest.mark.parametrize("path", files(), ids=lambda p: p.stem)
def test_no_pattern_hangs(path):
    """In a process of its own: one that hangs is ended, and the test fails."""
    patterns = [
        row["pattern"] for row in yaml.safe_load(path.read_text("utf-8")) if row.get("pattern")
    ]
    for pattern in patterns:
        re.compile(pattern)
    code = (
        "import re, sys, json\n"
        "patterns, runs, times = json.loads(sys.stdin.read())\n"
        "for p in patterns:\n"
        "    for r in runs:\n"
        "        for text in (r * times, r * times + 'x'):\n"
        "            re.compile(p).match(text), re.compile(p).search(text)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([patterns, RUNS, TIMES]),
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0
