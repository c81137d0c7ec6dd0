"""The command line: every command, its streams and exit codes, as a person or a script meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rdflib
from typer.testing import CliRunner

from kg.cli import app
from kg.data import QUERIES, SEEDS
from kg.export import FORMATS
from kg.results import FORMATS as ANSWERS
from tests.stores import on_disk

COMMANDS = [
    "build",
    "extract",
    "repair",
    "ask",
    "query",
    "view",
    "export",
    "validate",
    "verify",
    "eval",
    "serve",
]


@pytest.fixture(scope="module")
def seed_store(tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("cli") / "store"
    done = kg("build", SEEDS, store=store)
    assert done.exit_code == 0, done.stderr
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return on_disk(tmp_path_factory.mktemp("cli") / "world")


def kg(*arguments: object, store: Path | None = None, stdin: str | bytes | None = None):
    """Run a command in this process."""
    words = [str(a) for a in arguments] + (["--store", str(store)] if store else [])
    return CliRunner().invoke(app, words, input=stdin, prog_name="kg", catch_exceptions=False)


def spawn(*arguments: object, **options):
    """Run a command as a process of its own."""
    words = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, encoding="utf-8", check=False, **options)


# --- help -----------------------------------------------------------------------------------------


def test_help_names_every_command_and_the_exit_codes():
    text = " ".join(spawn("--help", env={**os.environ, "COLUMNS": "100"}).stdout.split())
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", text)
    assert "Exit codes: 0 done; 1 bad input" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_tells_exit_codes_and_options(command):
    done = kg(command, "--help")
    assert done.exit_code == 0
    assert "Exit codes" in done.stdout
    assert kg(command, "-h").stdout == done.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom kg.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pyoxigraph', 'spacy', 'rdflib', 'networkx', 'pyvis', 'pyshacl', 'yaml', 'opencc',"
        "'kg.api', 'kg.model', 'kg.errors', 'numpy'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.endswith("LOADED []\n"), done.stdout


def test_the_version_is_told():
    import kg as package

    assert kg("--version").stdout == f"kg {package.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["bild"],
        ["query"],
        ["query", "meetings", "--format", "yaml"],
        ["query", "meetings", "--param", "region"],
        ["query", "meetings", "--param", "=x"],
        ["build"],
        ["extract"],
        ["view"],
        ["export"],
        ["eval"],
        ["view", "-o", "x.html", "--limit", "0"],
        ["view", "-o", "x.html", "--param", "a=b"],
        ["query", "--nonsense"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments, store):
    done = kg(
        *arguments, **({} if arguments[0] in ("bild", "eval", "extract") else {"store": store})
    )
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


# --- build and extract ----------------------------------------------------------------------------


def test_build_ends_with_a_summary_in_words(tmp_path):
    done = kg("build", SEEDS, store=tmp_path / "s")
    assert done.exit_code == 0
    assert done.stdout == ""
    first = done.stderr.splitlines()[0]
    assert re.search(r"1 notice \(1 new\), \d+ regions, \d+ statements$", first)
    again = kg("build", SEEDS, store=tmp_path / "s")
    assert "1 notice (1 as before)" in again.stderr


def test_build_takes_the_store_from_the_environment(tmp_path):
    environment = {"KG_STORE": str(tmp_path / "e"), "KG_BASE": "https://x.example/"}
    runner = CliRunner()
    assert runner.invoke(app, ["build", str(SEEDS)], env=environment).exit_code == 0
    done = runner.invoke(app, ["query", "notices", "--format", "csv"], env=environment)
    assert "https://x.example/notice/" in done.stdout


def test_extract_writes_one_object_a_notice(seed_store):
    done = kg("extract", SEEDS)
    assert done.exit_code == 0
    (line,) = done.stdout.splitlines()
    record = json.loads(line)
    assert "黑龙江省" in {r["name"] for r in record["regions"]}
    assert "黑龙江省" in line  # not as \u escapes


@pytest.mark.parametrize(
    ("format", "parser"), [("ttl", "turtle"), ("trig", "trig"), ("nq", "nquads")]
)
def test_extract_writes_rdf_without_a_store(format, parser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = kg("extract", SEEDS, "--format", format, "--base", "https://x.example/")
    data = rdflib.Dataset().parse(data=done.stdout_bytes, format=parser)
    assert len(data) > 500
    assert "https://x.example/" in done.stdout
    assert list(tmp_path.iterdir()) == []


# --- query ----------------------------------------------------------------------------------------


def test_the_tailings_pond_question_answers_with_the_sentence(seed_store):
    done = kg("query", "regions-stressing", "--param", "hazard=尾矿库", store=seed_store)
    assert done.exit_code == 0
    rows = [line for line in done.stdout.splitlines() if "黑龙江省" in line]
    assert any("狠抓尾矿库安全风险防范" in row for row in rows)
    assert done.stderr == f"{len(rows)} rows\n"


def test_query_list_names_all_with_titles_and_parameters():
    done = kg("query", "--list")
    assert done.exit_code == 0
    assert len(done.stdout.strip().splitlines()) == 1 + len(list(QUERIES.glob("*.rq")))
    (line,) = (x for x in done.stdout.splitlines() if x.startswith("regions-stressing"))
    assert "哪些地区强调了" in line
    assert "hazard (hazard, required)" in line


def test_query_list_is_legible_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    done = kg("query", "--list")
    assert "regions-stressing\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 60


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "xml"])
def test_query_formats_are_machine_readable(format, store):
    done = kg("query", "meetings", "--format", format, store=store)
    assert done.exit_code == 0
    assert done.stderr == ""
    if format == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert rows[0]["organiser"] == "国务院安委会"
    elif format == "json":
        assert len(json.loads(done.stdout)["results"]["bindings"]) == 3
    else:
        assert "国务院安委会" in done.stdout


def test_query_reads_files_and_standard_input(store, tmp_path):
    text = "SELECT (COUNT(*) AS ?n) { ?notice a kg:Notice }"
    (tmp_path / "q.rq").write_text(text, encoding="utf-8-sig")
    by_file = kg("query", tmp_path / "q.rq", "-f", "csv", store=store)
    by_pipe = kg("query", "-", "-f", "csv", store=store, stdin=text)
    inline = kg("query", text, "-f", "csv", store=store)
    assert by_file.stdout_bytes == by_pipe.stdout_bytes == inline.stdout_bytes == b"n\r\n4\r\n"


def test_ask_construct_and_describe(store):
    yes = kg("query", "ASK { ?r kg:stresses hazard:tailings-pond }", store=store)
    assert (yes.stdout, yes.stderr) == ("yes\n", "")
    built = kg("query", "CONSTRUCT WHERE { ?r kg:stresses ?s }", store=store)
    assert len(rdflib.Graph().parse(data=built.stdout, format="turtle")) == 9
    told = kg("query", "DESCRIBE hazard:flood", "--format", "ttl", store=store)
    assert "防汛" in told.stdout


def test_a_parameter_may_be_given_twice(store):
    done = kg(
        "query", "sectors", "-p", "hazard=flood", "-p", "hazard=煤矿", "-f", "csv", store=store
    )
    assert len(done.stdout.splitlines()) == 1 + 2


def test_no_rows_are_said_in_words(store):
    done = kg("query", "meetings", "-p", "since=2030-01-01", store=store)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no rows\n")


def test_the_choices_of_format_are_those_that_work():
    from kg.cli.ask import AnswerFormat, GraphFormat, Language
    from kg.cli.make import RecordFormat
    from kg.view.page import LANGUAGES

    assert [f.value for f in AnswerFormat] == list(ANSWERS)
    assert [f.value for f in GraphFormat] == list(FORMATS)
    assert {f.value for f in RecordFormat} - {"jsonl"} <= set(FORMATS)
    assert {x.value for x in Language} == set(LANGUAGES)


# --- view, export, validate, verify, eval ---------------------------------------------------------


def test_view_writes_one_page(seed_store, tmp_path):
    page = tmp_path / "g.html"
    done = kg("view", "-o", page, "--region", "黑龙江", "--hazard", "矿山", store=seed_store)
    assert done.exit_code == 0, done.stderr
    assert "黑龙江省" in page.read_text(encoding="utf-8")
    assert re.search(r"g\.html: \d+ nodes, \d+ relations", done.stderr.replace("\n", ""))
    done = kg("view", "-o", page, "--query", "campaigns", "-p", "region=湖南", store=seed_store)
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("format", list(FORMATS))
def test_export_writes_every_format_the_same_each_time(format, store, tmp_path):
    one, two = tmp_path / f"a{FORMATS[format].suffixes[0]}", tmp_path / "b"
    assert kg("export", "-o", one, store=store).exit_code == 0
    assert kg("export", "-o", two, "--format", format, store=store).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size > 1000


def test_export_of_one_notice_and_to_standard_output(store, tmp_path):
    done = kg("export", "-o", "-", "--notice", "c", "--format", "nq", store=store)
    assert done.exit_code == 0
    assert "江西会议" in done.stdout
    assert "黑龙江省" not in done.stdout
    whole = kg("export", "-o", "-", "--format", "nq", store=store)
    assert len(whole.stdout) > len(done.stdout)


def test_validate_conforms_and_says_what_is_broken(store, tmp_path):
    done = kg("validate", store=store)
    assert done.exit_code == 0, done.stdout
    assert "conforms" in done.stderr
    broken = tmp_path / "broken"
    shutil.copytree(store, broken)
    from kg.store import Store
    from tests.stores import iri, world

    with Store.open(broken) as opened:
        record = world()["c"]
        lines = opened.dump(iri(record)).splitlines(keepends=True)
        kept = b"".join(x for x in lines if b"ns#concept>" not in x)
        opened.replace(iri(record), kept)
    done = kg("validate", store=broken)
    assert done.exit_code == 1
    assert "StatementShape" in done.stdout or "EmphasisShape" in done.stdout
    assert "violations" in done.stderr
    as_json = kg("validate", "--json", store=broken)
    found = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert "Violation" in {result["severity"] for result in found}


def test_verify_proves_every_quote_or_names_the_first_that_fails(tmp_path):
    folder = tmp_path / "notices"
    folder.mkdir()
    (path,) = SEEDS.glob("*.txt")
    copy = folder / "a.txt"
    copy.write_bytes(path.read_bytes())
    kg("build", folder, "--no-validate", store=tmp_path / "s")
    done = kg("verify", store=tmp_path / "s")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"\d+ quotes of 1 notices hold", done.stderr)
    copy.write_text(copy.read_text(encoding="utf-8").replace("尾", "头", 1), encoding="utf-8")
    done = kg("verify", store=tmp_path / "s")
    assert done.exit_code == 1
    assert "a.txt" in done.stderr


def test_eval_prints_figures_and_exit_codes():
    gold = Path(__file__).parent / "gold"
    done = kg("eval", gold)
    assert done.exit_code == 0, done.stderr
    assert "stresses" in done.stdout
    figures = json.loads(kg("eval", gold, "--json").stdout)
    assert figures["layers"]["regions"]["f1"] > 0.5
    missing = kg("eval", "nowhere.json")
    assert missing.exit_code == 1
    assert "nowhere.json" in missing.stderr


# --- as a process ---------------------------------------------------------------------------------


def test_chinese_goes_through_whatever_the_locale(store):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = spawn("query", "regions", "-f", "csv", "--store", store, env=environment)
    assert "黑龙江省" in done.stdout
    done = spawn("query", "regions", "--store", store, env=environment)
    assert "黑龙江省" in done.stdout
    done = spawn("query", "nichts尾", "--store", store, env=environment)
    assert "尾" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_a_reader_that_leaves_early_is_no_error(seed_store):
    code = "import sys; sys.stdin.buffer.read(10)"
    with (
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "kg",
                "export",
                "-o",
                "-",
                "--format",
                "nq",
                "--store",
                seed_store,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as writer,
        subprocess.Popen([sys.executable, "-c", code], stdin=writer.stdout) as reader,
    ):
        assert writer.stdout is not None
        writer.stdout.close()
        reader.wait(timeout=60)
        assert writer.stderr is not None
        said = writer.stderr.read()
    assert said == b""
    assert writer.returncode == 141


def wait_until_it_waits(pid: int) -> None:
    """Return when a process sleeps, ten looks long: it has started, and waits for its input."""
    about, looks = Path(f"/proc/{pid}/stat"), 0
    if not about.exists():
        time.sleep(5)
        return
    while looks < 10:
        time.sleep(0.1)
        looks = looks + 1 if about.read_text().rsplit(")", 1)[1].split()[0] == "S" else 0


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_an_interrupt_is_exit_code_130(store):
    words = [sys.executable, "-m", "kg", "query", "-", "--store", str(store)]
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a shell's background job ignores the signal, and hands that on
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        wait_until_it_waits(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == b"interrupted\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_is_not_commanded_by_a_notice(tmp_path):
    import pty

    from kg.store import Store
    from kg.triples import quads
    from tests.records import spoilt
    from tests.stores import iri

    record = spoilt("尾\x1b[31m矿\x07\u202e库")
    with Store.create(tmp_path / "s") as opened:
        opened.replace(iri(record), quads(record))
    for format in ("table", "csv", "tsv", "json"):
        parent, child = pty.openpty()
        words = [sys.executable, "-m", "kg", "query", "meetings", "-f", format]
        with subprocess.Popen([*words, "--store", str(tmp_path / "s")], stdout=child) as process:
            os.close(child)
            seen = b""
            while True:
                try:
                    chunk = os.read(parent, 4096)
                except OSError:
                    break
                if not chunk:
                    break
                seen += chunk
            process.wait(timeout=60)
        os.close(parent)
        assert "尾".encode() in seen
        stripped = re.sub(rb"\x1b\[[0-9;]*m", b"", seen)  # the styles of the table itself
        assert b"\x1b[31m\xe7" not in seen
        assert b"\x1b" not in stripped
        assert b"\x07" not in seen
        assert "\u202e".encode() not in seen


def test_python_m_kg_is_kg():
    script = shutil.which("kg", path=Path(sys.executable).parent)
    if script is None:
        pytest.skip("the kg script is not installed beside this Python")
    done = subprocess.run([script, "--version"], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == spawn("--version").stdout
