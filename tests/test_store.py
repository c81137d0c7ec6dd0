"""A store holds each notice's graph whole, merges them exactly, and says what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.folder import FORMAT, MARKER
from kg.store import Store
from kg.triples import quads
from kg.vocab import KG, catalog_graph
from kg.vocabulary import vocabulary_quads
from tests.records import NASTY
from tests.stores import fill, iri, memory, on_disk, world

NOTICES = [f"urn:n:{letter}" for letter in "abc"]


def line(graph: str, subject: str, value: str = "x") -> str:
    literal = ox.Literal(value)
    return f"<urn:s:{subject}> <urn:p> {literal} <{graph}> .\n"


def merge_of(store: Store) -> set[str]:
    return {f"{q.subject} {q.predicate} {q.object}" for q in store.merged()}


def union_of(store: Store) -> set[str]:
    return {f"{q.subject} {q.predicate} {q.object}" for q in store.quads()}


# --- replacing and removing -----------------------------------------------------------------------


def test_a_notice_is_added_then_known_then_changed():
    store = Store.memory()
    graph = NOTICES[0]
    assert store.replace(graph, line(graph, "1").encode()) == "added"
    assert store.replace(graph, line(graph, "1").encode()) == "unchanged"
    assert store.replace(graph, line(graph, "2").encode()) == "changed"
    assert merge_of(store) == {'<urn:s:2> <urn:p> "x"'}


def test_what_two_notices_say_stays_until_the_last_is_gone():
    store = Store.memory()
    for graph in NOTICES[:2]:
        store.replace(graph, line(graph, "shared").encode())
    assert len(store) == 1  # once, though two graphs have it
    assert store.remove(NOTICES[0])
    assert len(store) == 1
    assert store.remove(NOTICES[1])
    assert len(store) == 0
    assert store.graphs() == ()
    assert not store.remove(NOTICES[1])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NOTICES),
            st.none() | st.sets(st.tuples(st.sampled_from("12345"), st.sampled_from(NASTY))),
        ),
        max_size=8,
    )
)
def test_the_merge_is_always_the_union_of_the_graphs(steps):
    store = Store.memory(vocabulary=b"")
    model: dict[str, str] = {}
    for graph, content in steps:
        if content is None:
            store.remove(graph)
            model.pop(graph, None)
        else:
            text = "".join(line(graph, subject, value) for subject, value in sorted(content))
            store.replace(graph, text.encode("utf-8", "surrogatepass"), path=f"/tmp/{graph}")
            model[graph] = text
        assert merge_of(store) == union_of(store)
    lines = sorted(f"{text}\n" for text in "".join(model.values()).split("\n") if text)
    assert store.dump() == "".join(lines).encode()


def test_a_quad_of_another_graph_is_refused_and_nothing_written():
    store = Store.memory()
    text = line(NOTICES[0], "1") + line(NOTICES[1], "2")
    with pytest.raises(ValueError, match="not in <urn:n:a>"):
        store.replace(NOTICES[0], text.encode())
    assert len(store) == 0


def test_broken_quads_leave_the_store_as_it_was():
    store = memory()
    before = store.dump()
    with pytest.raises(SyntaxError):
        store.replace(iri(world()["a"]), b"<urn:s> nonsense\n")
    assert store.dump() == before


def test_order_of_building_does_not_show(tmp_path):
    one, other = memory(), Store.memory(vocabulary=vocabulary_quads())
    records = list(world().values())
    for record in [*records[::-1], *records]:
        other.replace(iri(record), quads(record))
    assert one.dump() == other.dump()


def test_a_file_that_changed_takes_the_place_of_what_it_was():
    store = Store.memory()
    store.replace(NOTICES[0], line(NOTICES[0], "1").encode(), path="/n/a.txt")
    store.replace(NOTICES[1], line(NOTICES[1], "1").encode(), path="/n/b.txt")
    assert store.replace(NOTICES[2], line(NOTICES[2], "2").encode(), path="/n/a.txt") == "changed"
    assert store.graphs() == (NOTICES[1], NOTICES[2])
    assert merge_of(store) == union_of(store)
    assert len(store) == 2


def test_the_vocabulary_is_reloaded_only_when_it_differs():
    store = Store.memory()
    assert store.set_vocabulary(vocabulary_quads())
    assert not store.set_vocabulary(vocabulary_quads())
    lines = vocabulary_quads().splitlines(keepends=True)
    assert store.set_vocabulary(b"".join(lines[:-5]))
    assert len(store) == len({x.rsplit(b" <", 1)[0] for x in lines[:-5]})


# --- what is asked and what is exported -----------------------------------------------------------


def test_queries_count_a_fact_once_however_many_notices_state_it():
    store = memory()
    query = "SELECT (COUNT(*) AS ?n) { ?r kg:stresses hazard:tailings-pond ; rdfs:label ?l }"
    (row,) = store.query(query)
    assert row["n"].value == "2"  # one region, a label in each script; three notices say so


def test_local_paths_are_neither_asked_nor_exported(tmp_path):
    store = Store.memory(vocabulary=vocabulary_quads())
    record = world()["a"]
    store.replace(iri(record), quads(record), path="/home/li/a.txt")
    assert [n.path for n in store.notices()] == ["/home/li/a.txt"]
    assert b"/home/li" not in store.dump()
    assert catalog_graph() not in store.graphs()
    assert not list(store.query("SELECT ?p { ?n kg:localPath ?p }"))
    everything = store.quads_for_pattern(None, None, None)
    assert all(q.predicate.value != KG.localPath for q in everything)
    assert not list(store.quads(catalog_graph()))


def test_notices_come_with_what_verification_needs():
    store = memory()
    assert [n.id for n in store.notices()] == ["a", "b", "c", "d"]
    first = store.notices()[0]
    assert (first.filename, first.title, first.published) == ("a.txt", "通知a", "2020-04-13")
    assert (len(first.sha256), first.encoding, first.path) == (64, "utf-8", None)
    assert store.notice(first.iri) == first
    assert store.notice("urn:nobody") is None


def test_dump_of_one_graph_is_that_notice_alone():
    store, record = memory(), world()["c"]
    assert store.dump(iri(record)) == b"".join(sorted(quads(record).splitlines(keepends=True)))


# --- on disk --------------------------------------------------------------------------------------


def test_a_store_on_disk_keeps_what_was_put_in(tmp_path):
    path = on_disk(tmp_path / "deep" / "store")
    with Store.open(path, read_only=True) as store:
        assert store.dump() == memory().dump()
        assert merge_of(store) == union_of(store)
    assert json.loads((path / MARKER).read_text(encoding="utf-8"))["format"] == FORMAT


def test_a_base_is_kept_with_the_store(tmp_path):
    base = "https://data.example.gov.cn/kg/"
    store = Store.create(tmp_path / "s", base=base, vocabulary=vocabulary_quads(base=base))
    fill(store).close()
    with Store.open(tmp_path / "s") as opened:
        assert opened.base == base
        assert all(n.iri.startswith(base) for n in opened.notices())


def test_creation_leaves_nothing_behind_when_it_fails(tmp_path):
    with pytest.raises(SyntaxError):
        Store.create(tmp_path / "s", vocabulary=b"nonsense")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_become_a_store(tmp_path):
    (tmp_path / "s").mkdir()
    Store.create(tmp_path / "s").close()
    assert Store.exists(tmp_path / "s")


def test_readers_look_on_while_one_writes(tmp_path):
    path = on_disk(tmp_path / "s")
    with Store.open(path) as writer, Store.open(path, read_only=True) as reader:
        before = len(reader)
        writer.remove(iri(world()["a"]))
        assert len(reader) == before  # a snapshot
    with Store.open(path, read_only=True) as later:
        assert len(later) < before


def test_nothing_is_written_through_a_reader(tmp_path):
    with (
        Store.open(on_disk(tmp_path / "s"), read_only=True) as store,
        pytest.raises(StoreError, match="for reading only"),
    ):
        store.remove(iri(world()["a"]))


def test_a_closed_store_says_so(tmp_path):
    store = Store.open(on_disk(tmp_path / "s"))
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.notices()


# --- what is wrong with a folder ------------------------------------------------------------------


def test_no_store_is_told_with_the_way_to_make_one(tmp_path):
    with pytest.raises(StoreError, match="there is no store") as caught:
        Store.open(tmp_path / "s")
    assert "kg build" in (caught.value.hint or "")


def test_a_folder_of_other_things_is_no_store_and_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    for act in (Store.open, Store.create, Store.exists):
        with pytest.raises(StoreError, match="not a kg store"):
            act(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "s").write_text("x", encoding="utf-8")
    for act in (Store.open, Store.create, Store.exists):
        with pytest.raises(StoreError, match="a store is a folder"):
            act(tmp_path / "s")


def test_a_store_of_a_newer_kg_is_refused(tmp_path):
    path = on_disk(tmp_path / "s")
    marker = {"format": FORMAT + 1, "base": "https://example.org/"}
    (path / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    with pytest.raises(StoreError, match="a newer kg made this store") as caught:
        Store.open(path)
    assert "upgrade" in (caught.value.hint or "")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "x"}', '{"base": "y"}', "\x00"])
def test_a_broken_marker_is_named(tmp_path, content):
    path = on_disk(tmp_path / "s")
    (path / MARKER).write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=MARKER):
        Store.open(path)


def test_a_store_is_not_made_over_another(tmp_path):
    path = on_disk(tmp_path / "s")
    with pytest.raises(StoreError, match="there is a store already"):
        Store.create(path)


def test_a_damaged_database_is_named(tmp_path):
    path = on_disk(tmp_path / "s")
    for table in (path / "rdf").glob("*.sst"):
        table.write_bytes(b"")
    with pytest.raises(StoreError, match="the store is damaged"):
        Store.open(path, read_only=True)


def test_a_database_that_is_gone_is_named(tmp_path):
    path = on_disk(tmp_path / "s")
    (path / "rdf" / "CURRENT").unlink()
    with pytest.raises(StoreError, match="missing"):
        Store.open(path, read_only=True)


def test_a_second_writer_is_told_to_wait(tmp_path):
    path = on_disk(tmp_path / "s")
    code = (
        "import sys; from kg.store import Store\n"
        "try: Store.open(sys.argv[1])\n"
        "except Exception as e: print(type(e).__name__, e, e.hint)"
    )
    with Store.open(path):
        with pytest.raises(StoreError, match="another process is writing"):
            Store.open(path)
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    assert done.stdout.startswith("StoreError")
    assert "wait until it is done" in done.stdout


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_folder_of_someone_else_is_told(tmp_path):
    path = on_disk(tmp_path / "s")
    code = (
        "import os, sys; from kg.store import Store; os.setuid(65534)\n"
        "for act in (Store.open, lambda p: Store.create(p + '2')):\n"
        "    try: act(sys.argv[1])\n"
        "    except Exception as e: print(type(e).__name__, e)\n"
        "with Store.open(sys.argv[1], read_only=True) as s: print(len(s.notices()))"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for folder in (path, path / "rdf"):
        folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, encoding="utf-8", check=False
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 3, done.stderr
    assert all(x.startswith("StoreError") and "permission" in x.lower() for x in lines[:2]), lines
    assert lines[2] == "4"  # reading needs no right to write


def test_a_write_that_fails_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    path = on_disk(tmp_path / "s")
    with Store.open(path) as store:
        before = store.dump()
        record = world()["b"]
        changed = quads(record).splitlines(keepends=True)[:-3]

        class Full:
            def __init__(self, engine):
                self._engine = engine

            def __getattr__(self, name):
                return getattr(self._engine, name)

            def update(self, _):
                raise OSError("IO error: No space left on device: While appending to file")

        engine = store.engine
        store._engine = Full(engine)
        with pytest.raises(StoreError, match="no space is left"):
            store.replace(iri(record), b"".join(changed))
        store._engine = engine
        assert store.dump() == before
