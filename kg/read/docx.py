"""Word documents (.docx): the text of ``word/document.xml``, every character tied to its place there.

The container is ECMA-376 (Office Open XML); its main part is the file that offsets count in:
``Notice.raw`` is that XML, so ``unzip -p FILE word/document.xml`` shows what a quote points at.
Paragraphs and breaks give a line end, cells and tabulators a tab. Left out: deleted text of tracked changes,
field instructions, text that is hidden. Headers, footers and notes are other parts and are not read; numbers
that Word makes by itself (automatic lists) are in no part as text.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import InputError
from kg.model import Alignment
from kg.read.encoding import SAVE_AS_TEXT
from kg.read.markup import attributes, characters, tokens
from kg.read.page import Page

SUFFIXES = (".docx", ".docm")

_MAIN, _CORE = "word/document.xml", "docProps/core.xml"
#: A part that unpacks to more is refused (a document of seven million characters has less).
MAX_PART = 200 * 2**20
#: What zipfile raises for bytes that are no archive (a seek before the beginning is a ValueError); caught
#: around its own calls only, for InputError is a ValueError too.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a part may be packed (ECMA-376, part 2)."""
_ENCRYPTED = 1
"""The flag of a part that needs a password."""
_BREAKS = {"w:br": "\n", "w:cr": "\n", "w:tab": "\t", "w:nobreakhyphen": "-"}
_ENDS = {"w:p": "\n", "w:tc": "\t", "w:tr": "\n"}
#: Elements whose text is not what a reader sees.
_UNSEEN = frozenset(("w:del", "w:movefrom", "w:instrtext", "w:deltext", "mc:fallback", "w:rt"))


def read(data: bytes) -> Page:
    """Unpack and read the main part.

    Raises InputError for what is no Word document, is damaged, encrypted, or unpacks to too much.
    """
    with _unpacking():
        archive = zipfile.ZipFile(io.BytesIO(data))
    with archive:
        raw = _part(archive, _MAIN)
        core = _part(archive, _CORE) if _CORE in archive.namelist() else ""
    text, alignment = _flow(raw)
    return Page(raw=raw, encoding="utf-8", text=text, alignment=alignment, title=_title(core))


@contextmanager
def _unpacking() -> Iterator[None]:
    """Say in words what zipfile raises for bytes that are no archive, or a damaged one."""
    try:
        yield
    except _BROKEN as error:
        raise InputError(
            f"it cannot be unpacked as a Word document: {error}", hint=SAVE_AS_TEXT
        ) from None


def _part(archive: zipfile.ZipFile, name: str) -> str:
    if name not in archive.namelist():
        raise InputError(f"it is no Word document: it has no {name}", hint=SAVE_AS_TEXT)
    about = archive.getinfo(name)
    if about.flag_bits & _ENCRYPTED:
        raise InputError("it needs a password", hint=SAVE_AS_TEXT)
    if about.compress_type not in _PACKED:
        raise InputError(f"its {name} is packed as no Word document is", hint=SAVE_AS_TEXT)
    if about.file_size > MAX_PART:
        raise InputError(f"its {name} unpacks to more than {MAX_PART // 2**20} MB")
    with _unpacking(), archive.open(name) as part:
        content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise InputError(f"its {name} unpacks to more than {MAX_PART // 2**20} MB")
    return content.decode(
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace"
    )


def _flow(raw: str) -> tuple[str, Alignment]:
    """Join what a reader sees, and record where each character came from."""
    parts: list[str] = []
    lengths: list[tuple[int, int]] = []
    position = 0
    last = "\n"
    for shown, start, end in _pieces(raw):
        if shown in "\n\t" and (last == "\n" or (last == "\t" and shown == "\t")):
            continue
        if shown == "\n" and last == "\t":
            parts[-1], last = "\n", "\n"
            continue
        lengths += [(0, start - position), (len(shown), end - start)]
        parts.append(shown)
        position, last = end, shown[-1]
    return "".join(parts), Alignment.build(lengths)


def _pieces(raw: str) -> Iterator[tuple[str, int, int]]:
    """Yield text with its span in ``raw``; a line end or tab points at the tag that makes it."""
    open_elements: list[str] = []
    unseen = 0
    in_text = hidden = False
    cells, started = 0, False  # open cells; whether the innermost has a paragraph already
    for token in tokens(raw):
        if token.kind == "text":
            if in_text and not unseen and not hidden:
                yield from characters(raw, token.start, token.end)
        elif token.kind == "open":
            empty = raw[token.end - 2 : token.end] == "/>"
            if token.name in _BREAKS and not unseen and "w:r" in open_elements[-2:]:
                yield _BREAKS[token.name], token.start, token.end
            if token.name == "w:p":
                if cells and started and not unseen:
                    yield "\n", token.start, token.end
                started = True
            elif token.name == "w:tc" and not empty:
                cells, started = cells + 1, False
            elif token.name == "w:r":
                hidden = False
            elif token.name == "w:vanish":
                hidden = attributes(token.attributes).get("w:val", "1") not in ("0", "false")
            if not empty:
                open_elements.append(token.name)
                unseen += token.name in _UNSEEN
                in_text = token.name == "w:t"
        elif token.kind == "close" and token.name in open_elements:
            while open_elements and (name := open_elements.pop()) != token.name:
                unseen -= name in _UNSEEN
            unseen -= token.name in _UNSEEN
            in_text = False
            cells -= token.name == "w:tc" and cells > 0
            if token.name in _ENDS and not unseen and not (cells and token.name == "w:p"):
                yield _ENDS[token.name], token.start, token.end


def _title(core: str) -> str | None:
    """Find the title that the document's properties state (their dates are the file's, not the notice's)."""
    name, title = "", ""
    for token in tokens(core):
        if token.kind == "open":
            name = token.name
        elif token.kind == "text" and name == "dc:title":
            title += "".join(shown for shown, _, _ in characters(core, token.start, token.end))
    return " ".join(title.split()) or None
