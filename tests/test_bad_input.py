"""Bad input gets one clear line and exit code 1, and nothing half-written is in the store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.store import Store
from tests.stores import on_disk

GOOD = "黑龙江省政府4月10日召开全省安全生产会议。会议强调，要狠抓尾矿库安全风险防范。"


def kg(*arguments: object, stdin: bytes | None = None):
    return CliRunner().invoke(
        app, [str(a) for a in arguments], input=stdin, prog_name="kg", catch_exceptions=False
    )


def complaint(done) -> str:
    """The one line that says what is wrong; a hint may follow, an excerpt for SPARQL."""
    assert done.exit_code == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture
def files(tmp_path) -> Path:
    folder = tmp_path / "notices"
    folder.mkdir()
    return folder


def make(name: str, folder: Path) -> Path:
    """A bad notice by its name."""
    path = folder / f"{name}.txt"
    if name == "empty":
        path.write_bytes(b"")
    elif name == "blank":
        path.write_bytes(b" \n\t\r\n")
    elif name == "binary":
        path.write_bytes(bytes(range(256)) * 20)
    elif name == "nul":
        path.write_bytes(GOOD.encode() + b"\x00" + GOOD.encode())
    elif name == "picture":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    elif name == "english":
        path.write_text("The meeting stressed the safety of tailings ponds. " * 9, encoding="utf-8")
    elif name == "japanese":
        path.write_text("これは日本語の安全に関する文書です。" * 9, encoding="utf-8")
    elif name == "huge":
        with path.open("wb") as file:
            file.truncate(50 * 1024 * 1024)
    elif name == "huge-text":
        path.write_bytes(GOOD.encode() * (50 * 1024 * 1024 // len(GOOD.encode())))
    elif name == "dangling":
        path.symlink_to(folder / "nowhere")
    elif name == "folder":
        path.mkdir()
    elif name == "pipe":
        os.mkfifo(path)
    elif name == "missing":
        pass
    return path


BAD = {
    "empty": "empty",
    "blank": "white space",
    "binary": "binary|no Chinese text",
    "nul": "binary",
    "picture": "PNG",
    "english": "not Chinese",
    "japanese": "not Chinese",
    "huge": "larger than",
    "huge-text": "larger than",
    "dangling": "cannot be read",
    "folder": "no notices in this folder",
    "pipe": "no regular file",
    "missing": "no such file",
}


@pytest.mark.parametrize(("name", "said"), BAD.items())
@pytest.mark.parametrize("command", ["build", "extract"])
def test_a_bad_file_gets_one_line_and_leaves_no_store(command, name, said, files, tmp_path):
    import re

    path = make(name, files)
    store = tmp_path / "store"
    done = kg(command, path, *(["--store", store] if command == "build" else []))
    line = complaint(done)
    assert re.search(said, line)
    assert path.name in line
    assert done.stdout == ""
    assert not store.exists()


@pytest.mark.parametrize("name", ["empty", "english", "huge"])
def test_a_bad_file_leaves_a_store_as_it_was(name, files, tmp_path):
    store = on_disk(tmp_path / "store")
    with Store.open(store, read_only=True) as opened:
        before = opened.dump()
    complaint(kg("build", make(name, files), "--store", store))
    with Store.open(store, read_only=True) as opened:
        assert opened.dump() == before


def test_an_unreadable_file_is_named(files, tmp_path, monkeypatch):
    path = files / "secret.txt"
    path.write_text(GOOD, encoding="utf-8")
    real = Path.open

    def refuse(self, *arguments, **options):
        if self.name == "secret.txt":
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    line = complaint(kg("build", path, "--store", tmp_path / "s"))
    assert "secret.txt" in line
    assert "Permission denied" in line


def test_one_bad_file_does_not_lose_the_others(files, tmp_path):
    for name in ("a", "c"):
        (files / f"{name}.txt").write_text(f"{GOOD}{name}", encoding="utf-8")
    make("empty", files)
    done = kg("build", files, "--store", tmp_path / "s")
    assert "empty.txt: it is empty" in complaint(done)
    assert "2 notices (2 new)" in done.stderr
    assert "not stored: 1 file" in done.stderr
    with Store.open(tmp_path / "s", read_only=True) as opened:
        assert [n.id for n in opened.notices()] == ["a", "c"]
    done = kg("extract", files)
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 2


def test_a_defect_on_one_notice_does_not_lose_the_others(files, tmp_path, monkeypatch):
    import kg.pipeline

    for name in ("a", "b"):
        (files / f"{name}.txt").write_text(f"{GOOD}{name}", encoding="utf-8")
    real = kg.pipeline.extract_path

    def fail(path, **options):
        if path.name == "a.txt":
            raise ZeroDivisionError("oops")
        return real(path, **options)

    monkeypatch.setattr(kg.pipeline, "extract_path", fail)
    done = kg_build(files, tmp_path)
    assert "a.txt: kg failed on it: ZeroDivisionError: oops" in complaint(done)
    assert "defect of kg" in done.stderr
    with Store.open(tmp_path / "s", read_only=True) as opened:
        assert [n.id for n in opened.notices()] == ["b"]


def kg_build(files: Path, tmp_path: Path):
    return kg("build", files, "--store", tmp_path / "s")


def test_a_notice_that_breaks_a_shape_is_not_stored(files, tmp_path, monkeypatch):
    from kg import triples

    (files / "a.txt").write_text(GOOD, encoding="utf-8")
    real = triples.quads

    def without_evidence(record, *, base):
        lines = real(record, base=base).splitlines(keepends=True)
        return b"".join(x for x in lines if b"ns#evidence>" not in x)

    monkeypatch.setattr(triples, "quads", without_evidence)
    done = kg_build(files, tmp_path)
    assert "breaks a shape" in complaint(done)
    assert not (tmp_path / "s").exists()
    assert kg("build", files, "--no-validate", "--store", tmp_path / "s").exit_code == 0
    assert kg("validate", "--store", tmp_path / "s").exit_code == 1


def test_a_folder_without_notices_is_told(files, tmp_path):
    (files / "a.zip").write_bytes(b"PK")
    line = complaint(kg("build", files, "--store", tmp_path / "s"))
    assert "no notices in this folder" in line


@pytest.mark.parametrize(
    "command",
    [
        ["query", "notices"],
        ["view", "-o", "x.html"],
        ["export", "-o", "x.ttl"],
        ["validate"],
        ["verify"],
        ["build", "."],
    ],
)
def test_a_store_that_is_not_one(command, tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "not a kg store" in complaint(kg(*command, "--store", "other"))
    if command[0] != "build":
        assert "there is no store" in complaint(kg(*command, "--store", "nothing"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other"]


def test_malformed_sparql_has_line_and_column(tmp_path):
    store = on_disk(tmp_path / "s")
    text = b"SELECT ?s {\n  ?s ?p ?o .\n  FILTR(?o = 1)\n}\n"
    done = kg("query", "-", "--store", store, stdin=text)
    assert complaint(done).startswith("error: <stdin>:3:3: malformed SPARQL")
    assert "\n    FILTR(?o = 1)\n    ^\n" in done.stderr
    (tmp_path / "q.rq").write_bytes(text)
    done = kg("query", tmp_path / "q.rq", "--store", store)
    assert f"{tmp_path / 'q.rq'}:3:3:" in complaint(done)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (b"", "malformed"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"INSERT DATA { <urn:a> <urn:b> <urn:c> }", "INSERT is refused"),
        (b"SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE is refused"),
        (b"SELECT * {" + b"{" * 3000, "malformed"),
    ],
)
def test_a_question_that_is_refused(question, said, tmp_path):
    assert said in complaint(kg("query", "-", "--store", on_disk(tmp_path / "s"), stdin=question))


def test_an_unknown_parameter_has_the_near_miss(tmp_path):
    store = on_disk(tmp_path / "s")
    done = kg("query", "regions-stressing", "-p", "hazrd=flood", "--store", store)
    assert "has no parameter 'hazrd'" in complaint(done)
    assert "hint: did you mean 'hazard'?" in done.stderr
    done = kg("query", "regions-stressing", "-p", "hazard=尾矿苦", "--store", store)
    assert "unknown hazard '尾矿苦'" in complaint(done)
    assert "尾矿库" in done.stderr.split("hint:")[1]
    done = kg("query", "region-stressing", "--store", store)
    assert "hint: did you mean 'regions-stressing'?" in done.stderr
    complaint(done)
    complaint(kg("query", "nowhere.rq", "--store", store))
    complaint(kg("query", "regions-stressing", "--store", store))
    complaint(kg("view", "-o", tmp_path / "x.html", "--region", "火星", "--store", store))
    complaint(kg("export", "-o", tmp_path / "x.ttl", "--notice", "zzz", "--store", store))
    complaint(kg("export", "-o", tmp_path / "x.unknown", "--store", store))
    complaint(kg("export", "-o", tmp_path / "no" / "such" / "x.ttl", "--store", store))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]


def test_a_bad_base_is_told(files, tmp_path):
    (files / "a.txt").write_text(GOOD, encoding="utf-8")
    for command in (["build", files, "--store", tmp_path / "s"], ["extract", files]):
        assert "base IRI 'nonsense'" in complaint(kg(*command, "--base", "nonsense"))
    assert not (tmp_path / "s").exists()


def test_hostile_names_of_files_do_not_reach_the_terminal(files, tmp_path):
    path = files / "a\x1b[31m\nb.txt"
    path.write_bytes(b"")
    done = kg("build", path, "--store", tmp_path / "s")
    assert "\x1b" not in done.stderr
    complaint(done)
