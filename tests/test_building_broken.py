"""A build that is killed, meets another, or finds no room loses nothing and leaves the store as it was."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

import kg
from kg import bulk, loading
from kg.errors import StoreError
from kg.folder import MARKER, PARTS
from kg.lock import LOCK
from kg.store import Store
from tests.building import dump, merge_is_exact, write

SLOW = os.environ.get("KG_SLOW") == "1"
slow = pytest.mark.skipif(not SLOW, reason="slow: set KG_SLOW=1")


BUILD = """
import sys, kg
from kg import loading, partition
loading.BULK, loading.CHUNK = int(sys.argv[3]), 4
partition.partitions.__kwdefaults__["size"] = 2
kg.build(sys.argv[1], store=sys.argv[2], progress=lambda done, *_: print(done, flush=True))
"""


def start(folder: Path, store: Path, *, threshold: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(folder), str(store), str(threshold)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


@cache
def expected(root: Path) -> tuple[Path, bytes, dict[str, bytes]]:
    write(root / "in", range(8))
    kg.build(root / "in", store=root / "whole")
    with Store.open(root / "whole", read_only=True) as store:
        return root / "in", store.dump(), {n: store.dump(n) for n in store.graphs()}


def kill_and_look(root: Path, tmp: Path, *, threshold: int, after: float, by_time: bool) -> None:
    """Kill a build, see that what is there is whole and nothing that was said done is lost."""
    folder, whole, graphs = expected(root)
    store = tmp / "s"
    process = start(folder, store, threshold=threshold)
    assert process.stdout is not None
    done = 0
    if by_time:
        time.sleep(after)
    else:
        for line in process.stdout:
            done = int(line)
            if done >= after:
                break
    process.kill()
    for line in process.stdout:
        done = int(line)
    process.wait()
    process.stdout.close()
    if Store.exists(store):
        with Store.open(store, read_only=True) as opened:
            names = set(opened.graphs())
            assert all(opened.dump(name) == graphs[name] for name in names)
            if threshold > 8:  # one by one: what is said to be done is there
                assert len(names) - 1 >= done
        assert merge_is_exact(store)
    again = start(folder, store, threshold=threshold)
    again.communicate()
    assert again.returncode == 0
    assert dump(store) == whole
    assert merge_is_exact(store)
    left = {p.name for p in store.iterdir()}
    assert left == {MARKER, LOCK, json.loads((store / MARKER).read_text("utf-8"))["data"]}
    assert [p.name for p in tmp.iterdir()] == ["s"]


@pytest.mark.parametrize(("threshold", "after"), [(100, 3), (1, 5)])
def test_a_build_that_is_killed_loses_nothing(threshold, after, tmp_path, tmp_path_factory):
    root = tmp_path_factory.getbasetemp() / "expected"
    kill_and_look(root, tmp_path, threshold=threshold, after=after, by_time=False)


@slow
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_a_build_killed_at_any_moment_loses_nothing(seed, tmp_path, tmp_path_factory):
    rng = random.Random(seed)
    root = tmp_path_factory.getbasetemp() / "expected"
    kill_and_look(
        root,
        tmp_path,
        threshold=rng.choice((1, 100)),
        after=rng.uniform(0.3, 2.5),
        by_time=True,
    )


def test_what_a_build_left_that_was_killed_when_all_was_loaded_is_removed(tmp_path):
    write(tmp_path / "in", range(2))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    (tmp_path / "s" / PARTS).mkdir()
    kg.build(tmp_path / "in", store=tmp_path / "s")
    assert not (tmp_path / "s" / PARTS).exists()


def test_what_a_process_left_that_was_killed_while_it_made_a_store_is_removed(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, os.getppid()):
        (tmp_path / f".s.{pid}.new" / "rdf").mkdir(parents=True)
    Store.create(tmp_path / "s").close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f".s.{os.getppid()}.new", "s"]


def test_a_broken_bulk_load_leaves_the_store_as_it_was(tmp_path):
    write(tmp_path / "in", range(3))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    before = dump(tmp_path / "s")

    def items():
        yield bulk.Item("urn:x", b"<urn:a> <urn:b> <urn:c> <urn:x> .\n", ("/x",), "{}")
        raise KeyError("in the middle")

    with Store.open(tmp_path / "s") as store:
        with pytest.raises(KeyError, match="in the middle"):
            bulk.load(store, items())
        broken = [bulk.Item("urn:x", b"no quads\n", ("/x",), "{}")]
        with pytest.raises(SyntaxError):
            bulk.load(store, broken)
        assert store.dump() == before
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == [MARKER, "rdf", LOCK]


# --- beside others --------------------------------------------------------------------------------


HOLD = """
import sys, time
from kg.store import Store
with Store.open(sys.argv[1]):
    print(1, flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_a_second_writer_waits_or_is_told_who_writes(tmp_path):
    write(tmp_path / "in", range(2))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    with Store.open(tmp_path / "s"):
        with pytest.raises(StoreError, match=rf"process {os.getpid()} since 20") as caught:
            kg.build(tmp_path / "in", store=tmp_path / "s")
        assert "--wait" in (caught.value.hint or "")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "s"), "1"], stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    assert kg.build(tmp_path / "in", store=tmp_path / "s", wait=60).notices == 2
    other.communicate()


def test_the_lock_of_a_killed_writer_is_free(tmp_path):
    write(tmp_path / "in", range(1))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "s"), "60"], stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    other.kill()
    other.communicate()
    Store.open(tmp_path / "s").close()


READ = """
import sys, time
from kg.store import Store
until, counts = time.time() + float(sys.argv[2]), 0
while time.time() < until:
    with Store.open(sys.argv[1], read_only=True) as store:
        names = store.graphs()
        for name in names[:: max(1, len(names) // 3)]:
            if name.endswith("vocabulary"):
                continue
            quads = store.dump(name)
            assert quads.count(b"ns#Notice>") == 1, name  # a notice is whole or not there
        (row,) = store.query("SELECT (COUNT(DISTINCT ?n) AS ?c) { ?n a kg:Notice }")
        assert int(row["c"].value) == len(names) - 1, (row["c"].value, len(names))
        counts += 1
print(counts)
"""


def many_readers(tmp_path: Path, seconds: float) -> None:
    folder = tmp_path / "in"
    write(folder, range(4))
    kg.build(folder, store=tmp_path / "s")
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(tmp_path / "s"), str(seconds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(4)
    ]
    until, number = time.monotonic() + seconds, 4
    while time.monotonic() < until:
        write(folder, range(number, number + 3))
        write(folder, [number % 4], version=number)
        loading_bulk, loading.BULK = loading.BULK, 2 if number % 2 else 100
        kg.build(folder, store=tmp_path / "s")
        loading.BULK = loading_bulk
        number += 3
    for reader in readers:
        out, err = reader.communicate()
        assert reader.returncode == 0, err
        assert int(out) > 0
    kg.build(folder, store=tmp_path / "t")
    assert dump(tmp_path / "s") == dump(tmp_path / "t")


def test_four_readers_look_on_while_one_writes(tmp_path):
    many_readers(tmp_path, 3.0)


@slow
@pytest.mark.slow
def test_four_readers_look_on_for_a_minute(tmp_path):
    many_readers(tmp_path, 60.0)


# --- no room, no right ----------------------------------------------------------------------------

LIMITED = """
import resource, sys, signal
import kg
from kg import loading
loading.BULK = int(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
try:
    kg.build(sys.argv[1], store=sys.argv[2])
except kg.StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("threshold", [100, pytest.param(1, marks=slow)])
def test_where_files_cannot_grow_it_is_said_and_the_store_is_intact(threshold, tmp_path):
    write(tmp_path / "in", range(2))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    before = dump(tmp_path / "s")
    write(tmp_path / "in", range(2, 12))
    done = subprocess.run(
        [
            *(sys.executable, "-c", LIMITED, str(tmp_path / "in"), str(tmp_path / "s")),
            *(str(threshold), "100000"),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search("may grow no further|File too large", done.stdout)
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert set(before.splitlines()) <= set(store.dump().splitlines())
        assert merge_is_exact(tmp_path / "s")
    kg.build(tmp_path / "in", store=tmp_path / "s")
    kg.build(tmp_path / "in", store=tmp_path / "t")
    assert dump(tmp_path / "s") == dump(tmp_path / "t")


@pytest.fixture
def little_room(tmp_path):
    """A file system of 24 MB, where one may be mounted."""
    room = tmp_path / "room"
    room.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(room)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield room
    subprocess.run(["umount", "-l", str(room)], check=True)


@pytest.mark.parametrize("threshold", [1, pytest.param(1000, marks=slow)])
def test_a_full_disk_is_said_and_the_store_is_intact(threshold, tmp_path, little_room, monkeypatch):
    monkeypatch.setattr(loading, "BULK", threshold)
    write(tmp_path / "in", range(2))
    kg.build(tmp_path / "in", store=little_room / "s")
    write(tmp_path / "in", range(2, 160))
    with pytest.raises(StoreError, match=r"(?i)no space (is )?left"):
        kg.build(tmp_path / "in", store=little_room / "s")
    with Store.open(little_room / "s", read_only=True) as store:
        held = len(store.notices())
    assert held >= 2
    assert merge_is_exact(little_room / "s")
