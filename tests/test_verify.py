"""Every quote is proven against the file, and each way of being wrong is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import VerifyError
from kg.model import Evidence, Record, Region, Stress
from kg.read import read_path, read_text
from kg.repair import repair
from kg.store import Store
from kg.triples import notice_iri, quads, vocabulary_quads
from kg.verify import Verified, verify, verify_record

DAMAGED = (
    "會議強(qiáng)調(diào),黑龍江省要狠抓尾礦庫安全風(fēng)險防范。\r\n"
    "強(qiáng)化責(zé)任落實,嚴(yán)查煤礦。"
)
PAGE = f"<html><body><h1>通知</h1><p>{DAMAGED.replace('尾礦', '尾<b>礦</b>')}</p></body></html>"


def quote(record: Record, words: str) -> Evidence:
    """Evidence for words of the restored text, as the pipeline makes it."""
    assert record.notice is not None
    repaired = repair(record.notice)
    at = repaired.text.index(words)
    start, end = repaired.alignment.to_input(at, at + len(words))
    return Evidence(start=start, end=end, quote=words)


def record_of(path: Path) -> Record:
    record = Record(id=path.stem, title="通知", published=None, notice=read_path(path))
    return replace(
        record,
        regions=(Region(name="黑龙江省", evidence=(quote(record, "黑龙江省"),)),),
        stresses=(
            Stress(
                region="黑龙江省",
                hazard="tailings-pond",
                evidence=(quote(record, "要狠抓尾矿库安全风险防范"), quote(record, "强化责任落实")),
            ),
        ),
    )


@pytest.fixture(params=["a.txt", "a.html"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_bytes((PAGE if path.suffix == ".html" else DAMAGED).encode("utf-8-sig"))
    return path


def store_of(record: Record, path: str | None) -> Store:
    store = Store.memory(vocabulary=vocabulary_quads())
    assert record.notice is not None
    store.replace(notice_iri(record.notice), quads(record), path=path)
    return store


def edited(record: Record, path: Path, old: str, new: str) -> Store:
    """A store whose graph was changed by hand."""
    assert record.notice is not None
    written = quads(record).decode()
    assert old in written
    store = Store.memory()
    store.replace(notice_iri(record.notice), written.replace(old, new).encode(), path=str(path))
    return store


def test_verify_proves_every_quote_of_a_damaged_notice(file: Path) -> None:
    assert verify(store_of(record_of(file), str(file))) == Verified(notices=1, quotes=3)


def test_verify_record_proves_the_same(file: Path) -> None:
    assert verify_record(record_of(file)) == Verified(notices=1, quotes=3)


def test_verify_of_an_empty_store_proves_nothing() -> None:
    assert verify(Store.memory()) == Verified(0, 0)


def test_verify_tells_how_far_it_is(file: Path) -> None:
    seen: list[tuple[int, int]] = []
    verify(store_of(record_of(file), str(file)), progress=lambda *step: seen.append(step))
    assert seen == [(1, 1)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"要狠抓尾矿库安全风险防范"',
            '"要狠抓尾矿库安全"',
            "do not restore to '要狠抓尾矿库安全'",
        ),
        ('#exact> "黑', '#exact> "吉', "are '黑龍江省', the graph says '吉龍江省'"),
        ('#prefix> "', '#prefix> "煤', "another context"),
        ("oa#start", "oa#begin", "has no start"),
        ("oa#exact", "oa#text", "has no exact"),
        ("ns#quote", "ns#citation", "has no quote"),
    ],
)
def test_verify_finds_what_was_changed_in_the_graph(
    file: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(VerifyError, match=message):
        verify(edited(record_of(file), file, old, new))


def test_verify_finds_shifted_offsets(file: Path) -> None:
    record = record_of(file)
    evidence = record.regions[0].evidence[0]
    wrong = Evidence(start=evidence.start + 1, end=evidence.end + 1, quote=evidence.quote)
    moved = replace(record, regions=(replace(record.regions[0], evidence=(wrong,)),))
    for check in (lambda: verify_record(moved), lambda: verify(store_of(moved, str(file)))):
        with pytest.raises(VerifyError, match=f"characters {wrong.start} to {wrong.end}.*黑龙江省"):
            check()


@pytest.mark.parametrize(
    "wrong",
    [
        Evidence(start=-1, end=3, quote="会议"),
        Evidence(start=3, end=3, quote="会议"),
        Evidence(start=0, end=10_000, quote="会议"),
        Evidence(start=0, end=2, quote=""),
    ],
)
def test_verify_record_refuses_a_span_that_is_none(file: Path, wrong: Evidence) -> None:
    record = replace(record_of(file), regions=(Region(name="黑龙江省", evidence=(wrong,)),))
    with pytest.raises(VerifyError, match="no span"):
        verify_record(record)


def test_verify_record_refuses_an_item_without_evidence(file: Path) -> None:
    with pytest.raises(VerifyError, match="regions has no evidence"):
        verify_record(replace(record_of(file), regions=(Region(name="黑龙江省", evidence=()),)))


def test_verify_finds_a_file_that_changed_or_went(file: Path) -> None:
    record = record_of(file)
    store = store_of(record, str(file))
    file.write_bytes(file.read_bytes() + "。".encode())
    for check in (lambda: verify_record(record), lambda: verify(store)):
        with pytest.raises(VerifyError, match="has changed"):
            check()
    file.unlink()
    for check in (lambda: verify_record(record), lambda: verify(store)):
        with pytest.raises(VerifyError, match="No such file") as caught:
            check()
        assert caught.value.hint


def test_verify_says_so_where_no_file_is_known() -> None:
    record = Record(id="a", title=None, published=None, notice=read_text(DAMAGED, id="a"))
    with pytest.raises(VerifyError, match="no file is known"):
        verify(store_of(record, None))
    assert verify_record(record) == Verified(1, 0)
