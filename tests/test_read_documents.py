"""Word and PDF documents: what a reader sees, each quote found again in the part that offsets count in."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import InputError
from kg.pipeline import extract_path
from kg.read import docx, pdf, read_path
from kg.verify import verify_record

TITLE = "关于切实做好尾矿库汛期安全生产工作的通知"
DEMAND = "各县（市、区）要狠抓尾矿库安全风险防范，6月底前完成“头顶库”隐患排查治理。"
LINES = [
    TITLE,
    "承德市安全生产委员会办公室",
    "一、压实企业主体责任。" + DEMAND,
    "二、加强应急值守。严禁带病运行，发现险情立即撤离下游群众，确保通信畅通、物资充足、人员到位，把各项防汛措施落实到岗到人。",
    "2021年5月20日",
]


def word(path: Path, *, title: str | None = None) -> Path:
    document = Document()
    document.core_properties.title = title or ""
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "序号", "单位 & 企业"
    document.save(str(path))
    return path


def typeset(path: Path, lines: list[str], *, width: int = 30) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), invariant=True)
    canvas.setFont("STSong-Light", 14)
    rows = [line[i : i + width] for line in lines for i in range(0, len(line), width)]
    for number in range(0, len(rows), 5):
        canvas.setFont("STSong-Light", 14)
        for row, text in enumerate(rows[number : number + 5]):
            canvas.drawString(60, 780 - 24 * row, text)
        canvas.drawString(280, 40, f"— {number // 5 + 1} —")
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture(params=["docx", "pdf"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"notice.{request.param}"
    return word(path) if request.param == "docx" else typeset(path, LINES)


def test_a_document_says_what_its_text_says_and_every_quote_holds(file: Path) -> None:
    record = extract_path(file)
    assert record.title == TITLE
    assert [r.name for r in record.regions] == ["承德市"]
    assert "tailings-pond" in {s.hazard for s in record.stresses}
    assert "各县（市、区）要狠抓尾矿库安全风险防范" in {o.quote for o in record.obligations}
    assert verify_record(record).quotes > 5


def test_the_offsets_of_word_count_in_its_main_part(tmp_path: Path) -> None:
    file = word(tmp_path / "notice.docx", title="省安委办：汛期通知")
    notice = read_path(file)
    assert notice.title == "省安委办：汛期通知"
    assert notice.text.endswith("2021年5月20日\n序号\t单位 & 企业\n")
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("word/document.xml").decode()
    at = notice.text.index("狠抓尾矿库")
    start, end = notice.alignment.to_input(at, at + 5)
    assert xml[start:end] == "狠抓尾矿库"


def test_word_leaves_out_what_is_deleted_hidden_or_an_instruction(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("要狠抓煤矿安全")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    gone = OxmlElement("w:delText")
    gone.text = "和尾矿库"
    run.append(gone)
    deleted.append(run)
    paragraph._p.append(deleted)
    paragraph.add_run("（内部掌握）").font.hidden = True
    field = paragraph.add_run()
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = "PAGE 非煤矿山"
    field._r.append(instruction)
    paragraph.add_run("，加强\t值守").add_break()
    paragraph.add_run("全力应对。")
    path = tmp_path / "a.docx"
    document.save(str(path))
    assert read_path(path).text == "要狠抓煤矿安全，加强\t值守\n全力应对。\n"


def test_lines_of_a_pdf_become_paragraphs_without_page_numbers(tmp_path: Path) -> None:
    notice = read_path(typeset(tmp_path / "notice.pdf", LINES))
    assert notice.text.split("\n") == LINES
    for line in LINES:
        at = notice.text.index(line)
        start, end = notice.alignment.to_input(at, at + len(line))
        assert "".join(notice.raw[start:end].split()).replace("—1—", "") == line


def test_a_scanned_pdf_is_told_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path))
    canvas.rect(50, 50, 300, 400, fill=1)
    canvas.save()
    with pytest.raises(InputError, match="it is a scan: its 1 pages hold pictures") as caught:
        read_path(path)
    assert "OCR" in str(caught.value.hint)


def test_a_locked_pdf_is_told_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(50, 50, "x")
    canvas.save()
    with pytest.raises(InputError, match="locked with a password"):
        read_path(path)


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    path = typeset(tmp_path / "notice.pdf", LINES)
    done = CliRunner().invoke(app, ["extract", str(path)])
    assert done.exit_code == 1
    assert "kg-safety[pdf]" in done.stderr


def zipped(packed: int = zipfile.ZIP_DEFLATED, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def test_another_archive_and_a_bomb_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"^it is no Word document: it has no word/document\.xml"):
        docx.read(zipped(xl__workbook_xml=b"<x/>"))
    monkeypatch.setattr(docx, "MAX_PART", 1000)
    with pytest.raises(InputError, match=r"^its word/document\.xml unpacks to more"):
        docx.read(zipped(word__document_xml=b"<w:t>" + b"a" * 2000))


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_packed_as_no_word_document_is_refused(packed: int) -> None:
    with pytest.raises(
        InputError, match=r"^its word/document\.xml is packed as no Word document is"
    ):
        docx.read(zipped(packed, word__document_xml=b"<w:t>a</w:t>"))


def test_a_document_with_a_password_is_refused() -> None:
    data = bytearray(zipped(word__document_xml=b"<w:t>a</w:t>"))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the archive's directory
    with pytest.raises(InputError, match=r"^it needs a password"):
        docx.read(bytes(data))


WHOLE = zipped(word__document_xml="<w:t>要狠抓尾矿库安全。</w:t>".encode() * 9)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6),
    st.integers(0, len(WHOLE)),
)
def test_a_damaged_document_is_read_or_refused_in_words(changes, end: int) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    for whole in (bytes(data), bytes(data[:end])):
        with suppress(InputError):
            assert isinstance(docx.read(whole).text, str)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:del>", "</w:del>", "<w:tab/>",
                         "<w:br/>", "煤矿", "&amp;", "&", "<", "<w:tc>", "</w:tc>", "<!--", "-->", "\n"]),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_any_markup_is_read_and_traced(markup: str) -> None:
    page = docx.read(zipped(word__document_xml=markup.encode()))
    for at, character in enumerate(page.text):
        start, end = page.alignment.to_input(at, at + 1)
        assert 0 <= start < end <= len(page.raw)
        if character not in "\n\t&":
            assert page.raw[start:end] == character


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_document_are_refused_in_words(data: bytes) -> None:
    for read in (docx.read, pdf.read):
        with pytest.raises(InputError):
            read(b"%PDF-1.4\n" + data)
