"""A store grows file by file or at once, in any order, broken off and gone on with: to the same bytes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from bench.generate import notice
from kg import loading, partition, processes
from kg.folder import PARTS, read_marker
from kg.store import Store
from tests.building import dump, merge_is_exact, write


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


def test_what_is_loaded_at_once_lies_in_one_file_an_index(tmp_path, small_bulk):
    """A query that must look into the files of every load takes three times as long."""
    write(tmp_path / "in", range(9))  # three loads
    kg.build(tmp_path / "in", store=tmp_path / "s")
    assert len(_tables(tmp_path / "s")) <= INDEXES
    before = dump(tmp_path / "s")
    write(tmp_path / "in", range(9, 13))  # a load that brings a third of what is there
    kg.build(tmp_path / "in", store=tmp_path / "s")
    assert len(_tables(tmp_path / "s")) <= INDEXES
    assert set(before.splitlines()) < set(dump(tmp_path / "s").splitlines())
    assert merge_is_exact(tmp_path / "s")


INDEXES = 14
"""Twelve and two to spare: nine orders of triples and quads, terms, names of graphs, the version."""


def _tables(store: Path) -> list[Path]:
    return list((store / read_marker(store).data).glob("*.sst"))


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
