"""A store grows file by file or at once, in any order, broken off and gone on with: to the same bytes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from bench.generate import notice
from kg import bulk, loading, partition, processes
from kg.errors import StoreError
from kg.folder import MARKER, PARTS
from kg.lock import LOCK
from kg.store import Store

SLOW = os.environ.get("KG_SLOW") == "1"
slow = pytest.mark.skipif(not SLOW, reason="slow: set KG_SLOW=1")


def write(folder: Path, numbers, *, version: int = 1) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"n{number}.txt" for number in numbers]
    for number, path in zip(numbers, paths, strict=True):
        path.write_text(notice(number, seed=version), encoding="utf-8")
    return paths


def dump(store: Path) -> bytes:
    with Store.open(store, read_only=True) as opened:
        return opened.dump()


def merge_is_exact(store: Path) -> bool:
    with Store.open(store, read_only=True) as opened:
        merged = {f"{q.subject} {q.predicate} {q.object}" for q in opened.merged()}
        return merged == {f"{q.subject} {q.predicate} {q.object}" for q in opened.quads()}


@pytest.fixture
def small_bulk(monkeypatch):
    """Bulk loading for a handful of notices, so that tests are quick."""
    monkeypatch.setattr(loading, "BULK", 4)
    monkeypatch.setattr(loading, "CHUNK", 4)
    monkeypatch.setattr(partition, "SIZE", 2)
    monkeypatch.setattr(partition.partitions, "__kwdefaults__", {"size": 2})


# --- incremental ----------------------------------------------------------------------------------


def test_building_again_reads_nothing_again(tmp_path, monkeypatch):
    write(tmp_path / "in", range(3))
    first = kg.build(tmp_path / "in", store=tmp_path / "s")
    before = dump(tmp_path / "s")

    def never(*_, **__):
        raise AssertionError("an unchanged file was read again")

    monkeypatch.setattr(partition, "process_one", never)
    again = kg.build(tmp_path / "in", store=tmp_path / "s")
    assert set(again.changes.values()) == {"unchanged"}
    assert (again.regions, again.statements) == (first.regions, first.statements)
    assert dump(tmp_path / "s") == before


def test_another_program_or_vocabulary_reads_everything_again(tmp_path, monkeypatch):
    write(tmp_path / "in", range(2))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    read = []
    real = partition.process_one
    monkeypatch.setattr(partition, "process_one", lambda p, **k: read.append(p) or real(p, **k))
    monkeypatch.setattr(partition, "fingerprint", lambda: "other")
    report = kg.build(tmp_path / "in", store=tmp_path / "s")
    assert len(read) == 2
    assert set(report.changes.values()) == {"unchanged"}
    kg.build(tmp_path / "in", store=tmp_path / "s")
    assert len(read) == 2


def test_a_touched_file_of_the_same_size_and_time_is_seen(tmp_path):
    (path,) = write(tmp_path / "in", [1])
    kg.build(path, store=tmp_path / "s")
    about = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text[::-1] if text[-1] == text[0] else text.replace("安全", "全安", 1), "utf-8")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert path.stat().st_size == about.st_size
    assert kg.build(path, store=tmp_path / "s").changes == {str(path): "changed"}


@pytest.mark.parametrize("many", [False, True])
def test_a_changed_file_replaces_exactly_its_own_facts(many, tmp_path, request):
    if many:
        request.getfixturevalue("small_bulk")
    files = write(tmp_path / "in", range(8))
    kg.build(tmp_path / "in", store=tmp_path / "s")
    for number in range(6) if many else [2]:
        write(tmp_path / "in", [number], version=2)
    report = kg.build(tmp_path / "in", store=tmp_path / "s")
    assert report.count("changed") == (6 if many else 1)
    kg.build(files, store=tmp_path / "fresh")
    assert dump(tmp_path / "s") == dump(tmp_path / "fresh")
    assert merge_is_exact(tmp_path / "s")


@pytest.mark.parametrize("many", [False, True])
def test_a_copy_under_the_same_name_elsewhere_is_one_notice(many, tmp_path, request):
    if many:
        request.getfixturevalue("small_bulk")
    for folder in ("a", "b"):
        write(tmp_path / "in" / folder, range(3))
    report = kg.build(tmp_path / "in", store=tmp_path / "s")
    assert report.notices == 6
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert len(store.notices()) == 3
    assert kg.build(tmp_path / "in", store=tmp_path / "s").count("unchanged") == 6
    (tmp_path / "in/a/n1.txt").write_text(notice(9), encoding="utf-8")
    kg.build(tmp_path / "in", store=tmp_path / "s")
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert [n.id for n in store.notices()] == ["n0", "n1", "n1", "n2"]


def test_bulk_processes_and_transactions_give_the_same_bytes(tmp_path, small_bulk, monkeypatch):
    monkeypatch.setattr(loading, "_WORTH", 2)
    write(tmp_path / "in", range(9))
    (tmp_path / "in" / "bad.txt").write_text("not Chinese", encoding="utf-8")
    one = kg.build(tmp_path / "in", store=tmp_path / "bulk")
    two = kg.build(tmp_path / "in", store=tmp_path / "processes", jobs=2)
    monkeypatch.setattr(loading, "BULK", 100)
    three = kg.build(tmp_path / "in", store=tmp_path / "one by one")
    assert one.changes == two.changes == three.changes
    assert [f.reason for f in one.failures] == [f.reason for f in three.failures]
    assert len(one.failures) == 1
    assert dump(tmp_path / "bulk") == dump(tmp_path / "processes") == dump(tmp_path / "one by one")
    assert merge_is_exact(tmp_path / "bulk")
    assert not (tmp_path / "bulk" / PARTS).exists()


def test_a_bulk_build_of_nothing_good_leaves_nothing(tmp_path, small_bulk):
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("not Chinese", encoding="utf-8")
    report = kg.build(tmp_path, store=tmp_path / "s")
    assert len(report.failures) == 5
    assert not (tmp_path / "s").exists()


STEPS = st.lists(
    st.tuples(st.sampled_from(("add", "change", "remove")), st.sets(st.integers(0, 5), min_size=1)),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS, st.integers(1, 7))
def test_any_order_of_changes_ends_in_what_one_build_gives(tmp_path_factory, steps, threshold):
    from kg.keeping import remove

    tmp = tmp_path_factory.mktemp("steps")
    before, loading.BULK = loading.BULK, threshold
    model: dict[int, int] = {}
    try:
        for what, numbers in steps:
            if what == "remove":
                there = [str(tmp / "in" / f"n{n}.txt") for n in sorted(numbers & model.keys())]
                if there:
                    with Store.open(tmp / "s") as store:
                        assert len(remove(store, there)) == len(there)
                for number in numbers:
                    model.pop(number, None)
                continue
            for number in sorted(numbers):
                model[number] = model.get(number, 0) + 1 if what == "change" else 1
                write(tmp / "in", [number], version=model[number])
            paths = [tmp / "in" / f"n{n}.txt" for n in numbers]
            kg.build(paths, store=tmp / "s")
    finally:
        loading.BULK = before
    if not (tmp / "s").exists():
        return
    write(tmp / "one", [])
    for number, version in model.items():
        write(tmp / "one", [number], version=version)
    if model:
        kg.build(tmp / "one", store=tmp / "t")
        assert dump(tmp / "s") == dump(tmp / "t")
    assert merge_is_exact(tmp / "s")


def test_progress_tells_what_failed_so_far(tmp_path):
    write(tmp_path / "in", [1])
    (tmp_path / "in" / "bad.txt").write_text("not Chinese", encoding="utf-8")
    steps = []
    kg.build(tmp_path / "in", store=tmp_path / "s", progress=lambda *step: steps.append(step))
    assert steps[0] == (0, 2, "bad.txt")
    assert steps[-1] == (2, 2, "(failures: 1)")


# --- partitions -----------------------------------------------------------------------------------


def test_a_partition_is_the_same_file_each_time_and_made_once(tmp_path, monkeypatch):
    inputs = [str(p) for p in write(tmp_path / "in", range(3))]
    one = partition.process_partition(inputs, folder=str(tmp_path))
    data = Path(one).read_bytes()
    monkeypatch.setattr(partition, "process_one", lambda *_, **__: 1 / 0)
    assert partition.process_partition(inputs, folder=str(tmp_path)) == one
    monkeypatch.undo()
    (tmp_path / "other").mkdir()
    two = partition.process_partition(inputs, folder=str(tmp_path / "other"))
    assert Path(two).name == Path(one).name
    assert Path(two).read_bytes() == data
    known = partition.manifest(one)
    assert [o.path for o in known.outcomes] == inputs
    assert known.quads == data.count(b"\n")
    assert b"".join(nquads for _, nquads in partition.nquads_of(one, known)) == data
    assert sorted(p.name for p in tmp_path.glob("part-*")) == [
        Path(one).name,
        f"{Path(one).name}.json",
    ]


def test_another_content_or_base_is_another_partition(tmp_path):
    inputs = [str(p) for p in write(tmp_path / "in", range(2))]
    first = partition.partition_name(inputs, base=kg.vocab.BASE)
    assert partition.partition_name(inputs, base="https://example.org/") != first
    write(tmp_path / "in", [1], version=2)
    assert partition.partition_name(inputs, base=kg.vocab.BASE) != first


def test_a_partition_that_is_not_what_its_manifest_says_is_refused(tmp_path):
    inputs = [str(p) for p in write(tmp_path / "in", range(2))]
    place = partition.process_partition(inputs, folder=str(tmp_path))
    known = partition.manifest(place)
    Path(place).write_bytes(Path(place).read_bytes()[:-10])
    with pytest.raises(kg.InputError, match="not what its manifest says"):
        list(partition.nquads_of(place, known))


def test_a_worker_that_dies_costs_nothing_but_time(tmp_path, monkeypatch):
    inputs = [str(p) for p in write(tmp_path / "in", range(6))]
    parts = list(partition.partitions(inputs, size=2))
    monkeypatch.setenv("KG_TEST_DIE", str(tmp_path / "died"))
    monkeypatch.setattr(partition, "process_partition", dying)
    options = {"folder": str(tmp_path / "out"), "base": kg.vocab.BASE, "validate": True}
    (tmp_path / "out").mkdir()
    places = list(processes.in_processes(parts, jobs=2, **options))
    assert (tmp_path / "died").exists()
    monkeypatch.undo()
    (tmp_path / "here").mkdir()
    for part, place in zip(parts, places, strict=True):
        expected = partition.process_partition(part, folder=str(tmp_path / "here"))
        assert Path(place).read_bytes() == Path(expected).read_bytes()


_real = partition.process_partition


def dying(inputs, **options):
    """Kill the process that runs it, the first time; a pool pickles it by its name."""
    died = Path(os.environ["KG_TEST_DIE"])
    if not died.exists() and "n2" in inputs[0]:
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return _real(inputs, **options)


# --- broken off -----------------------------------------------------------------------------------

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
