"""Reading: encodings, refusals, which files are found, how a notice is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Notice
from kg.read import MAX_BYTES, find, formats, read_path, read_text
from kg.read.encoding import decode

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "000_c8ec3da968c620af.txt"

SIMPLIFIED = (
    "4月10日上午，黑龙江省政府召开全省安全生产电视电话会议。会议强调，要狠抓尾矿库安全风险防范。"
)
TRADITIONAL = (
    "4月10日上午，黑龍江省政府召開全省安全生產電視電話會議。會議強調，要狠抓尾礦庫安全風險防範。"
)


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "text", "named"),
    [
        ("utf-8", SIMPLIFIED, "utf-8"),
        ("utf-8-sig", SIMPLIFIED, "utf-8-sig"),
        ("utf-16", SIMPLIFIED, "utf-16"),
        ("utf-16-le", SIMPLIFIED, "utf-16-le"),
        ("utf-16-be", SIMPLIFIED, "utf-16-be"),
        ("utf-32", SIMPLIFIED, "utf-32"),
        ("gbk", SIMPLIFIED, "gb18030"),
        ("gb18030", SIMPLIFIED, "gb18030"),
        ("gb18030", TRADITIONAL, "gb18030"),
        ("utf-8", TRADITIONAL, "utf-8"),
        ("big5", TRADITIONAL, "big5hkscs"),
        ("utf-16-le", TRADITIONAL.replace("4", "四").replace("10", "十"), "utf-16-le"),
    ],
)
def test_read_detects_the_encoding_and_loses_no_character(
    tmp_path: Path, codec: str, text: str, named: str
) -> None:
    file = tmp_path / "notice.txt"
    file.write_bytes(text.encode(codec))
    notice = read_path(file)
    assert (notice.encoding, notice.raw, notice.text) == (named, text, text)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_read_reads_the_seed_alike_in_every_encoding(tmp_path: Path, codec: str) -> None:
    text = SEED.read_bytes().decode()
    file = tmp_path / "seed.txt"
    file.write_bytes(text.encode(codec))
    assert read_path(file).raw == text


def test_read_does_not_translate_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("会议要求\r\n狠抓尾矿库\r安全\n".encode())
    assert read_path(file).raw == "会议要求\r\n狠抓尾矿库\r安全\n"


def test_read_counts_offsets_after_the_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(SIMPLIFIED.encode("utf-8-sig"))
    assert read_path(file).raw[0] == "4"


def test_read_takes_two_words_that_are_also_valid_utf8_for_the_chinese_they_are() -> None:
    assert decode("联通".encode("gbk")) == ("联通", "gb18030")


def test_read_marks_a_cut_character_instead_of_refusing_a_whole_notice() -> None:
    text, encoding = decode((SIMPLIFIED * 20).encode()[:-1])
    assert encoding == "utf-8"
    assert text == (SIMPLIFIED * 20)[:-1] + "\ufffd"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"])
@given(cut=st.integers(0, 80), junk=st.binary(max_size=2))
def test_decoding_is_what_the_named_codec_makes_of_the_bytes(
    codec: str, cut: int, junk: bytes
) -> None:
    whole = (TRADITIONAL * 20).encode(codec)
    data = whole[:cut] + junk + whole[cut:]
    try:
        text, encoding = decode(data)
    except InputError:
        return
    assert data.decode(encoding, "replace") == text


@given(st.binary(max_size=400))
def test_decoding_never_crashes_on_any_bytes(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except InputError:
        return
    assert data.decode(encoding, "replace") == text


# --- refusals ----------------------------------------------------------------------------------

REFUSALS = {
    "empty.txt": (b"", "it is empty"),
    "blank.txt": (b" \r\n\t ", "only white space"),
    "mark.txt": (b"\xef\xbb\xbf", "holds no text"),
    "wide.txt": ("\u3000\u3000\n".encode(), "holds no text"),
    "nul.txt": (SIMPLIFIED.encode() + b"\x00", "NUL"),
    "noise.txt": (bytes(range(256)) * 40, "it is binary"),
    "control.txt": ("安\x01全\x02生\x03产\x04".encode(), "control characters"),
    "english.txt": (b"All mines must be inspected before the flood season. " * 20, "not Chinese"),
    "russian.txt": ("Все шахты должны быть проверены до паводка. " * 20).encode(),
    "korean.txt": ("모든 사업장에서 안전 관리 규정을 지켜야 한다. " * 20).encode(),
    "korean-old.txt": ("모든 사업장에서 안전 관리 규정을 지켜야 한다. " * 20).encode("euc_kr"),
    "japanese.txt": (
        "鉱山の安全を確保するため、すべての事業場を点検しなければならない。" * 9
    ).encode(),
    "latin.txt": ("Toutes les mines doivent être inspectées. " * 20).encode("latin-1"),
    "pdf.txt": (b"%PDF-1.7 ...", "a PDF"),
    "zip.txt": (b"PK\x03\x04....", "a zip archive"),
    "doc.txt": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "an old Office"),
    "png.html": (b"\x89PNG\r\n", "a PNG picture"),
    "notice.pdf": (SIMPLIFIED.encode(), "a broken PDF"),
    "notice.docx": (SIMPLIFIED.encode(), "cannot be unpacked as a Word document"),
    "notice.doc": (SIMPLIFIED.encode(), "an old Word document"),
    "notice.eml": (SIMPLIFIED.encode(), "an e-mail"),
    "notice.zip": (SIMPLIFIED.encode(), "a zip archive"),
    "half.txt": (b"\xff\xfe" + SIMPLIFIED.encode("utf-16-le") + b"\x89", "broken"),
    "script.html": (f"<script>{SIMPLIFIED}</script>".encode(), "holds no text"),
}


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_read_refuses_in_one_line_that_names_the_file(tmp_path: Path, name: str) -> None:
    case = REFUSALS[name]
    data, message = case if isinstance(case, tuple) else (case, "Chinese")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_path(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)


def test_read_refuses_a_file_larger_than_the_limit_without_reading_it_all(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    with file.open("wb") as out:
        out.write(SIMPLIFIED.encode())
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than 20 MB"):
        read_path(file)


def test_read_refuses_a_missing_file_a_folder_and_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for path, message in (
        (tmp_path / "no.txt", "No such file"),
        (tmp_path, "no regular file"),
        (pipe, "no regular file"),
    ):
        with pytest.raises(InputError, match=message):
            read_path(path)


def test_read_refuses_a_file_without_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(SIMPLIFIED, encoding="utf-8")

    def refuse(*_: object) -> None:  # as root, a mode of 0 refuses nothing
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        read_path(file)


def test_read_escapes_a_hostile_file_name_in_its_message(tmp_path: Path) -> None:
    file = tmp_path / "a\n\x1b[31m\u202ebad.txt"
    file.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read_path(file)
    assert "a\\n\\x1b[31m\\u202ebad.txt: it is empty" in str(caught.value)


def test_read_replaces_what_utf8_cannot_write_in_a_file_name(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    file.write_text(SIMPLIFIED, encoding="utf-8")
    assert (read_path(file).id, read_path(file).filename) == ("\ufffd", "\ufffd.txt")


def test_read_accepts_the_few_characters_of_a_single_demand() -> None:
    assert read_text("狠抓煤矿").raw == "狠抓煤矿"
    with pytest.raises(InputError, match="not Chinese"):
        read_text("煤矿")


def test_read_text_refuses_half_a_character() -> None:
    with pytest.raises(InputError, match="surrogate"):
        read_text("狠抓煤矿\ud800安全")


def test_read_keeps_an_escape_code_that_a_notice_contains() -> None:
    assert "\x1b[31m" in read_text(SIMPLIFIED + "\x1b[31m").raw


# --- finding -----------------------------------------------------------------------------------


def test_find_takes_readable_files_of_a_folder_sorted_and_each_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.html", "c.json", ".hidden.txt", "sub/d.MD", ".git/e.txt", "x.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "again.txt").symlink_to(tmp_path / "b.txt")
    found, errors = find([tmp_path, tmp_path / "b.txt", str(tmp_path / "c.json")])
    assert errors == []
    names = [p.relative_to(tmp_path).as_posix() for p in found]
    assert names in (
        ["a.html", "b.txt", "c.json", "sub/d.MD"],
        ["a.html", "again.txt", "c.json", "sub/d.MD"],
    )


def test_find_reports_what_is_missing_and_still_finds_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "b.zip").write_bytes(b"PK")
    found, errors = find([tmp_path / "no", tmp_path / "scans", tmp_path / "a.txt"])
    assert [p.name for p in found] == ["a.txt"]
    assert [str(e) for e in errors] == [
        f"{tmp_path / 'no'}: no such file or folder",
        f"{tmp_path / 'scans'}: no notices in this folder (there are 1 .zip)",
    ]
    assert all(e.hint for e in errors[1:])


def test_find_does_not_run_in_circles(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "sub" / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    assert [p.name for p in find([tmp_path])[0]] == ["a.txt"]


def test_every_format_is_found_by_its_suffixes() -> None:
    assert sorted(formats()) == [
        ".docm", ".docx", ".htm", ".html", ".markdown", ".md", ".pdf", ".shtml", ".txt", ".xhtml",
    ]  # fmt: skip


# --- the notice --------------------------------------------------------------------------------


def test_read_path_names_the_notice_by_the_files_stem() -> None:
    notice = read_path(SEED)
    assert notice.id == "000_c8ec3da968c620af"
    assert notice.filename == "000_c8ec3da968c620af.txt"
    assert notice.text == notice.raw == SEED.read_bytes().decode()
    assert notice.alignment.to_input(100, 200) == (100, 200)
    assert isinstance(notice, Notice)
