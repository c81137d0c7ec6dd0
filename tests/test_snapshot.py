"""A reader sees a store as it was when he opened it, whatever a writer does meanwhile."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from bench.generate import notice
from kg import doctor, keeping, loading
from kg.errors import StoreError
from kg.folder import read_marker
from kg.store import Store


def write(folder: Path, numbers, *, version: int = 1) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"n{number}.txt").write_text(notice(number, seed=version), encoding="utf-8")


def folders(store: Path) -> list[str]:
    return sorted(p.name for p in store.iterdir() if p.is_dir())


@pytest.fixture
def store(tmp_path) -> Path:
    write(tmp_path / "in", range(6))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    return tmp_path / "s"


def test_what_is_read_stays_while_everything_is_replaced_and_written_anew(store, monkeypatch):
    source = store.parent / "in"
    with Store.open(store, read_only=True) as early, Store.open(store, read_only=True) as late:
        before = early.dump()
        for version in range(2, 6):
            write(source, range(6), version=version)
            monkeypatch.setattr(loading, "BULK", 2 if version % 2 else 100)
            kg.build(source, store=store)
            keeping.compact(store)
        assert early.dump() == before
        assert late.dump() == before  # though nothing was read of it until now
    with Store.open(store, read_only=True) as now:
        assert now.dump() != before


def test_a_reader_leaves_nothing(store):
    before = folders(store)
    with Store.open(store, read_only=True) as opened:
        assert len(folders(store)) == len(before) + 1
        assert not [f for f in doctor.examine(store) if "not in use" in str(f)]
        assert len(opened.notices()) == 6
    assert folders(store) == before


READER = """
import sys
from kg.store import Store
store = Store.open(sys.argv[1], read_only=True)
print(len(store.notices()), flush=True)
if sys.argv[2] == "wait":
    sys.stdin.read()
"""


def start(store: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", READER, str(store), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def test_a_reader_that_ends_without_closing_leaves_nothing(store):
    before = folders(store)
    with start(store, "end") as reader:
        assert reader.communicate()[0] == "6\n"
    assert folders(store) == before


@pytest.mark.parametrize("read_only", [True, False])
def test_what_a_killed_reader_left_is_removed_by_the_next(read_only, store):
    before = folders(store)
    with start(store, "wait") as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with Store.open(store, read_only=read_only):
            pass
        assert len(folders(store)) == len(before) + 1, "a living reader's folder was removed"
        reader.kill()
        reader.communicate()
    assert len(folders(store)) == len(before) + 1
    with Store.open(store, read_only=read_only):
        pass
    assert folders(store) == before


@pytest.mark.parametrize("refused", ["mkdir", "hardlink_to"])
def test_where_no_links_can_be_made_it_is_read_as_it_lies(refused, store, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    before = folders(store)
    monkeypatch.setattr(Path, refused, refuse)
    with Store.open(store, read_only=True) as opened:
        monkeypatch.undo()
        assert len(opened.notices()) == 6
        keeping.compact(store)  # by a writer, who leaves alone what is read
        assert before[0] in folders(store)
        assert len(opened.notices()) == 6
    with Store.open(store):
        assert folders(store) == [read_marker(store).data]


def test_a_database_that_is_not_there_is_said(store):
    data = store / read_marker(store).data
    (data / "CURRENT").unlink()
    with pytest.raises(StoreError, match="database is missing"):
        Store.open(store, read_only=True)
    assert folders(store) == [data.name]
