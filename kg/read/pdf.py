"""PDF documents: their text layer, by pdfium (extra ``pdf``), lines put together to paragraphs.

Offsets count in the text that pdfium gives, pages parted by a form feed: that is ``Notice.raw``. A scanned document
has no text layer and is refused with words, not read as empty.
"""

from __future__ import annotations

import re
from collections import Counter

from kg.errors import InputError
from kg.model import Alignment
from kg.read.page import Page

SUFFIXES = (".pdf",)

#: Pages read; a longer document is a book, not a notice.
MAX_PAGES = 2000
#: Fewer characters a page than this, over the whole document: pictures of pages.
SCANNED = 8
_PAGE_NUMBER = re.compile(r"[\s\-—–―－·•第共页/]*\d{1,4}[\s\-—–―－·•页共/\d]*")
_ENDS = re.compile(r"[。！？；：!?;:](?:[”’）)】》])?$")
_BEGINS = re.compile(
    r"(?:[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}\s*[.．、](?!\d)|第[一二三四五六七八九十百]{1,4}[章节条]|附件|[●■★◆▲▪○·])"
)
#: A line that is shorter than this share of the longest usual one ends its paragraph.
_FULL = 0.82


def read(data: bytes) -> Page:
    """Read the text layer.

    Raises InputError for a broken or encrypted document, one without a text layer, and where pypdfium2
    is not installed.
    """
    try:
        import pypdfium2 as pdfium
    except ImportError:
        raise InputError(
            "it is a PDF, and the package that reads PDFs is not installed",
            hint="pip install 'kg-safety[pdf]', or save its text as .txt (UTF-8)",
        ) from None
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise InputError(
            "it is locked with a password" if locked else f"it is a broken PDF: {error}",
            hint="save its text as .txt (UTF-8)",
        ) from None
    try:
        if len(document) > MAX_PAGES:
            raise InputError(
                f"it has {len(document)} pages, more than {MAX_PAGES}", hint="split it"
            )
        pages = []
        for page in document:
            layer = page.get_textpage()
            pages.append(layer.get_text_bounded().replace("\ufffe", "-"))
            layer.close()
            page.close()
        title = document.get_metadata_dict(skip_empty=True).get("Title", "").strip() or None
    finally:
        document.close()
    raw = "\f".join(pages)
    if len("".join(raw.split())) < SCANNED * len(pages):
        raise InputError(
            f"it is a scan: its {len(pages)} pages hold pictures and no text",
            hint="run a program for character recognition (OCR) over it first",
        )
    text, alignment = _paragraphs(raw)
    if title is not None and title not in text.replace("\n", ""):
        title = None  # names of templates and files, mostly
    return Page(raw=raw, encoding="pdf", text=text, alignment=alignment, title=title)


def _paragraphs(raw: str) -> tuple[str, Alignment]:
    r"""Put the lines of one paragraph together; page numbers and empty lines go.

    >>> text, _ = _paragraphs("一、要狠抓尾矿库安全风险防范和汛期安\r\n全工作。\r\n— 2 —\r\n二、加强值守。")
    >>> text.split("\n")
    ['一、要狠抓尾矿库安全风险防范和汛期安全工作。', '二、加强值守。']
    """
    lines = [m.span() for m in re.finditer(r"[^\r\n\f]+", raw) if raw[m.start() : m.end()].strip()]
    lines = [span for span in lines if not _PAGE_NUMBER.fullmatch(raw[slice(*span)])]
    usual = _usual_width([raw[slice(*span)] for span in lines])
    parts: list[str] = []
    lengths: list[tuple[int, int]] = []
    position = 0
    previous = ""
    for start, end in lines:
        line = raw[start:end].strip()
        begin = start + raw[start:end].index(line)
        stop = begin + len(line)
        if previous:
            full = len(previous) >= _FULL * usual and not _ENDS.search(previous)
            joined = full and not _BEGINS.match(line)
            blank = " " if previous[-1].isascii() and line[0].isascii() else ""
            glue = blank if joined else "\n"
            lengths.append((len(glue), begin - position))
            parts.append(glue)
        else:
            lengths.append((0, begin - position))
        lengths.append((len(line), stop - begin))
        parts.append(line)
        position, previous = stop, line
    return "".join(parts), Alignment.build(lengths)


def _usual_width(lines: list[str]) -> int:
    """Tell how many characters a full line has: the longest length that several lines reach."""
    counts = Counter(len(line) for line in lines)
    reached = 0
    for length in sorted(counts, reverse=True):
        reached += counts[length]
        if reached >= max(2, len(lines) // 10):
            return length
    return max(counts, default=0)
