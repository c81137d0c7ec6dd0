"""Notices are removed, compared, copied, put back; a store is written anew and examined."""

from __future__ import annotations

import json
import shutil

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

import kg
from bench.generate import notice
from kg.changes import diff
from kg.cli import app
from kg.doctor import examine
from kg.errors import QueryError, StoreError
from kg.folder import FORMAT, MARKER, read_marker
from kg.keeping import backup, compact, restore, size
from kg.store import Store
from kg.vocab import KG

OLD = "湖南省政府4月10日召开全省安全生产会议。会议要求，要狠抓尾矿库安全。"
NEW = "湖南省政府4月10日召开全省安全生产会议。会议要求，要狠抓煤矿安全。"


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "in"
    for place in ("a", "b"):
        (where / place).mkdir(parents=True)
        for number in range(2):
            path = where / place / f"{place}{number}.txt"
            path.write_text(notice(number, seed=ord(place)), encoding="utf-8")
    return where


@pytest.fixture
def store(folder, tmp_path):
    kg.build(folder, store=tmp_path / "s")
    return tmp_path / "s"


def ids(store):
    with Store.open(store, read_only=True) as opened:
        return [n.id for n in opened.notices()]


def dump(store):
    with Store.open(store, read_only=True) as opened:
        return opened.dump()


# --- removing -------------------------------------------------------------------------------------


def test_a_notice_is_removed_by_id_iri_file_or_folder(store, folder):
    assert run("remove", "a0", "--store", store).exit_code == 0
    assert ids(store) == ["a1", "b0", "b1"]
    (folder / "a/a1.txt").unlink()  # a file that is gone can be named all the same
    done = run("remove", folder / "a/a1.txt", "--store", store)
    assert "1 notice removed" in done.stderr
    with Store.open(store, read_only=True) as opened:
        iri = opened.notices()[0].iri
    assert run("remove", iri, "--store", store).exit_code == 0
    assert ids(store) == ["b1"]
    assert "1 notice removed" in run("remove", folder / "b", "--store", store).stderr
    assert ids(store) == []


def test_what_remains_is_what_a_build_without_it_gives(store, folder, tmp_path):
    run("remove", folder / "a", "--store", store)
    kg.build(folder / "b", store=tmp_path / "t")
    assert dump(store) == dump(tmp_path / "t")
    with Store.open(store, read_only=True) as opened:
        merged = {f"{q.subject} {q.predicate} {q.object}" for q in opened.merged()}
        assert merged == {f"{q.subject} {q.predicate} {q.object}" for q in opened.quads()}


def test_a_notice_of_two_files_goes_with_the_last(tmp_path):
    for place in ("x", "y"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "n.txt").write_text(OLD, encoding="utf-8")
    kg.build([tmp_path / "x", tmp_path / "y"], store=tmp_path / "s")
    assert "0 notices removed" in run("remove", tmp_path / "x", "--store", tmp_path / "s").stderr
    assert ids(tmp_path / "s") == ["n"]
    assert "1 notice removed" in run("remove", tmp_path / "y", "--store", tmp_path / "s").stderr
    assert ids(tmp_path / "s") == []


def test_an_unknown_name_removes_nothing(store):
    done = run("remove", "a0", "nobody", "--store", store)
    assert done.exit_code == 1
    assert "unknown notice 'nobody'" in done.stderr
    assert len(ids(store)) == 4


# --- differences ----------------------------------------------------------------------------------


def test_versions_of_a_notice_differ_by_what_they_say(tmp_path):
    (tmp_path / "old.txt").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.txt").write_text(NEW, encoding="utf-8")
    lost, gained = sorted(
        (
            c
            for c in diff(tmp_path / "old.txt", tmp_path / "new.txt")
            if c.fact.relation == "stresses"
        ),
        key=lambda c: c.gained,
    )
    assert (lost.fact.region, lost.fact.what) == ("湖南省", "tailings-pond")
    assert (gained.fact.region, gained.fact.what) == ("湖南省", "coal-mine")
    (place,) = gained.places
    assert place.quote in NEW
    assert NEW[place.start : place.end] == place.quote
    done = run("diff", tmp_path / "old.txt", tmp_path / "new.txt")
    assert "- 湖南省 stresses tailings-pond" in done.stdout
    assert "+ 湖南省 stresses coal-mine" in done.stdout
    assert f"({'new.txt'} {place.start}-{place.end})" in done.stdout


def test_a_store_and_its_exports_do_not_differ(store, tmp_path):
    for suffix in ("ttl", "nq", "trig", "nt", "jsonld", "rdf"):
        with kg.open(store) as graph:
            graph.export(tmp_path / f"g.{suffix}")
        assert diff(store, tmp_path / f"g.{suffix}") == []


def test_stores_differ_by_the_notice_that_one_lacks(store, tmp_path):
    backup(store, tmp_path / "before")
    run("remove", "a0", "--store", store)
    changes = diff(tmp_path / "before", store)
    assert changes
    assert {(c.gained, c.fact.notice) for c in changes} == {(False, "a0")}
    assert all(c.places for c in changes)
    done = run("diff", store, tmp_path / "before", "-f", "json")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert {s["change"] for s in said} == {"gained"}
    assert len(said) == len(changes)


def test_what_cannot_be_compared_is_told(store, tmp_path):
    done = run("diff", store, tmp_path / "nothing.txt")
    assert done.exit_code == 1
    assert "no such file" in done.stderr


# --- copies ---------------------------------------------------------------------------------------


def test_a_backup_is_a_store_and_is_put_back(store, tmp_path):
    before = dump(store)
    with Store.open(store) as writer:  # while another process writes
        assert run("backup", tmp_path / "copy", "--store", store).exit_code == 0
        writer.remove(writer.notices()[0].iri)
    assert dump(tmp_path / "copy") == before
    assert dump(store) != before
    assert run("restore", tmp_path / "copy", "--store", store).exit_code == 0
    assert dump(store) == before
    shutil.rmtree(store)
    restore(tmp_path / "copy", store)
    assert dump(store) == before
    assert {p.name for p in tmp_path.iterdir()} == {"in", "s", "copy"}


def test_a_backup_is_not_made_over_something(store, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear", encoding="utf-8")
    with pytest.raises(StoreError, match="not a kg store"):
        backup(store, tmp_path / "full")
    with pytest.raises(StoreError, match="there is a store already"):
        backup(store, store)
    with pytest.raises(StoreError, match="no store"):
        restore(tmp_path / "nothing", store)


def test_a_store_written_anew_says_the_same_in_less_space(store, folder):
    for version in range(3):
        for path in folder.rglob("*.txt"):
            path.write_text(notice(version, seed=version), encoding="utf-8")
        kg.build(folder, store=store)
    before = dump(store)
    was, now = compact(store)
    assert now == size(store) < was
    assert dump(store) == before
    assert kg.build(folder, store=store).count("unchanged") == 4  # its bookkeeping is there too


def test_a_store_of_format_1_is_read_and_written(store):
    before = dump(store)
    if read_marker(store).data != "rdf":
        pytest.fail("a small build stays in rdf/")
    base = json.loads((store / MARKER).read_text(encoding="utf-8"))["base"]
    (store / MARKER).write_text(json.dumps({"format": 1, "base": base}), encoding="utf-8")
    assert dump(store) == before
    compact(store)
    assert json.loads((store / MARKER).read_text(encoding="utf-8"))["format"] == FORMAT
    assert dump(store) == before


# --- examination ----------------------------------------------------------------------------------


def test_a_sound_store_is_found_sound(store):
    findings = list(examine(store))
    assert [f.check for f in findings] == [
        "folder",
        "merge",
        "vocabulary",
        "files and quotes",
        "shapes",
    ]
    assert all(f.sound for f in findings)
    assert run("doctor", "--store", store).exit_code == 0


def _lose_a_merged_triple(store, folder):
    with Store.open(store) as opened:
        opened.engine.remove(next(q for q in opened.merged() if q.predicate.value == KG.quote))


def _add_a_merged_triple(store, folder):
    with Store.open(store) as opened:
        opened.engine.add(ox.Quad(*[ox.NamedNode("urn:x")] * 3))


def _change_a_file(store, folder):
    (folder / "a/a0.txt").write_text(NEW, encoding="utf-8")


def _lose_a_file(store, folder):
    (folder / "a/a0.txt").unlink()


def _break_a_shape(store, folder):
    with Store.open(store) as opened:
        iri = opened.notices()[0].iri
        lines = opened.dump(iri).splitlines(keepends=True)
        path = opened.notices()[0].path
        opened.replace(iri, b"".join(x for x in lines if b"ns#degree>" not in x), path=path)


def _leave_a_database(store, folder):
    (store / "rdf-77").mkdir()


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (_lose_a_merged_triple, "merge", "queries do not see"),
        (_add_a_merged_triple, "merge", "what no notice says"),
        (_change_a_file, "files and quotes", "has changed since"),
        (_lose_a_file, "files and quotes", "cannot be read"),
        (_break_a_shape, "shapes", "EmphasisShape"),
        (_leave_a_database, "folder", "not in use"),
    ],
)
def test_what_is_wrong_is_found(spoil, check, said, store, folder):
    spoil(store, folder)
    wrong = {f.check: f for f in examine(store) if not f.sound}
    assert set(wrong) == {check}
    assert any(said in line for line in wrong[check].wrong)
    assert wrong[check].hint
    done = run("doctor", "--store", store)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_server_has_its_own_means():
    for arguments in (("backup", "x"), ("restore", "x"), ("compact",), ("doctor",)):
        done = run(*arguments, "--store", "http://127.0.0.1:9/")
        assert done.exit_code == 1
        assert "a folder, not on a server" in done.stderr


def test_two_notices_of_one_id_must_be_told_apart(tmp_path):
    for place, text in (("x", OLD), ("y", NEW)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "n.txt").write_text(text, encoding="utf-8")
    kg.build([tmp_path / "x", tmp_path / "y"], store=tmp_path / "s")
    from kg.keeping import remove

    with Store.open(tmp_path / "s") as store, pytest.raises(QueryError, match="2 notices"):
        remove(store, ["n"])
