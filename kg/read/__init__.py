"""Bytes to Notice: the first stage. One module per format, found by its ``SUFFIXES``.

To add a format, put ``kg/read/<format>.py`` beside the others with ``SUFFIXES: tuple[str, ...]``
and ``read(data: bytes) -> Page``; nothing else needs to be told. Heavy imports go inside ``read``.

Offsets count the code points of ``Notice.raw``, and ``Notice.raw`` is the file's bytes under
``decode(notice.encoding, "replace")``: the file exactly as it lies on disk, line ends as they are,
without the byte order mark that the codec consumes. In a container (.docx, .pdf) it is the part that
holds the words: see the module of the format.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from stat import S_ISREG

from kg.errors import InputError
from kg.model import Alignment, Notice
from kg.read.encoding import SAVE_AS_TEXT
from kg.read.page import Page

__all__ = ["MAX_BYTES", "find", "formats", "notice_id", "read_path", "read_text"]

#: A larger file is refused: 20 MiB is some seven million characters, a thousand long notices.
MAX_BYTES = 20 * 1024 * 1024
#: At least so many Chinese characters ...
MIN_HAN = 4
#: ... that make up at least this share of all letters. Pinyin glosses leave a notice above 0.6.
MIN_HAN_SHARE = 0.25
#: More Japanese or Korean letters than this, in proportion to Chinese characters: another language.
MAX_KANA_SHARE = 0.1
#: More control characters than this, in proportion to all: no text.
MAX_CONTROL_SHARE = 0.005

#: Documents that are known and not read, and how to say it.
REFUSED = {
    ".doc": "an old Word document",
    ".wps": "a WPS document",
    ".ofd": "an OFD document",
    ".rtf": "an RTF document",
    ".xls": "a spreadsheet",
    ".xlsx": "a spreadsheet",
    ".eml": "an e-mail",
    ".mht": "a web archive",
    ".mhtml": "a web archive",
    ".zip": "a zip archive",
    ".rar": "a RAR archive",
    ".7z": "a 7-Zip archive",
}

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]+")
_KANA_HANGUL = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


@cache
def formats() -> dict[str, Callable[[bytes], Page]]:
    """Map each file suffix to its reader.

    >>> sorted(formats())[2:4]
    ['.htm', '.html']
    """
    readers: dict[str, Callable[[bytes], Page]] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for suffix in getattr(module, "SUFFIXES", ()):
            readers[suffix] = module.read
    return readers


def read_path(path: Path) -> Notice:
    """Read one file. A suffix that no format claims is read as plain text.

    Raises InputError, with the path and a hint, for a file that is missing, unreadable, empty,
    larger than MAX_BYTES, binary, undecodable, or not Chinese.
    """
    try:
        data, page = _page(path)
    except InputError as error:
        raise InputError(f"{_shown(path)}: {error}", hint=error.hint) from None
    name = _encodable(path.name)
    return Notice(
        id=notice_id(path),
        filename=name,
        path=str(path),
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=page.encoding,
        raw=page.raw,
        text=page.text,
        alignment=page.alignment,
        title=page.title,
        published=page.published,
    )


def notice_id(path: Path) -> str:
    """Name the notice that a file is: by its name without the ending.

    >>> notice_id(Path("notices/000_c8ec.txt"))
    '000_c8ec'
    """
    return _encodable(path.stem)


def read_text(text: str, *, id: str = "text") -> Notice:
    """Make a notice of a string: plain text, its hash that of its UTF-8 bytes.

    >>> notice = read_text("黑龙江省要狠抓尾矿库安全", id="a")
    >>> notice.id, notice.text == notice.raw, notice.path
    ('a', True, '<text>')
    """
    if found := _SURROGATES.search(text):
        raise InputError(f"the text holds half a character (a surrogate) at {found.start()}")
    try:
        _check(text)
    except InputError as error:
        raise InputError(f"the text: {error}", hint=error.hint) from None
    return Notice(
        id=id,
        filename=f"{id}.txt",
        path="<text>",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        encoding="utf-8",
        raw=text,
        text=text,
        alignment=Alignment.identity(len(text)),
    )


def find(paths: Iterable[Path | str]) -> tuple[list[Path], list[InputError]]:
    """List the files to read, sorted and each once, and what could not be looked into.

    A file that is named is taken whatever its suffix; of a folder (and its folders) those with a
    suffix of ``formats()`` are taken, hidden ones and links to folders left aside.
    """
    found: dict[Path, Path] = {}
    errors: list[InputError] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = list(_inside(path, errors))
            taken = [p for p in inside if p.suffix.lower() in formats()]
            if not taken:
                errors.append(_nothing_in(path, inside))
        elif os.path.lexists(path):
            taken = [path]
        else:
            errors.append(InputError(f"{_shown(path)}: no such file or folder"))
            continue
        for file in taken:
            found.setdefault(Path(os.path.realpath(file)), file)
    return sorted(found.values(), key=lambda p: p.as_posix()), errors


def _inside(folder: Path, errors: list[InputError]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        errors.append(InputError(f"{_shown(Path(error.filename))}: {error.strerror}"))

    for where, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where, name) for name in files if not name.startswith("."))


def _nothing_in(folder: Path, inside: list[Path]) -> InputError:
    others = Counter(p.suffix.lower() for p in inside if p.suffix.lower() in REFUSED)
    there = ", ".join(f"{n} {suffix}" for suffix, n in sorted(others.items()))
    known = ", ".join(sorted(formats()))
    return InputError(
        f"{_shown(folder)}: no notices in this folder" + (f" (there are {there})" if there else ""),
        hint=f"notices are files ending in {known}",
    )


def _page(path: Path) -> tuple[bytes, Page]:
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        raise InputError(f"it is {REFUSED[suffix]}, not text", hint=SAVE_AS_TEXT)
    data = _bytes(path)
    page = formats().get(suffix, formats()[".txt"])(data)
    _check(page.text)
    return data, page


def _bytes(path: Path) -> bytes:
    try:
        regular = S_ISREG(path.stat().st_mode)  # before opening: opening a pipe waits for a writer
        data = b""
        if regular:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror or error}") from None
    if not regular:
        raise InputError("it is no regular file")
    if len(data) > MAX_BYTES:
        raise InputError(
            f"it is larger than {MAX_BYTES // 2**20} MB", hint="split it into one file a notice"
        )
    if not data.strip():
        raise InputError("it is empty" if not data else "it holds only white space")
    return data


def _check(text: str) -> None:
    """Refuse what is no Chinese text, from the characters a reader sees."""
    if not text or text.isspace():
        raise InputError("it holds no text")
    controls = _count(_CONTROLS, text)
    if "\x00" in text or controls > max(2, MAX_CONTROL_SHARE * len(text)):
        raise InputError(f"it is binary: {controls} control characters", hint=SAVE_AS_TEXT)
    han = _count(_HAN, text)
    letters = _count(_LETTERS, text)
    others = _count(_KANA_HANGUL, text)
    if han < MIN_HAN or han < MIN_HAN_SHARE * letters or others > MAX_KANA_SHARE * han:
        raise InputError(
            f"it is not Chinese: {han} of its {letters} letters are Chinese characters"
            + (f", {others} Japanese or Korean" if others else "")
        )


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(end - start for start, end in (m.span() for m in pattern.finditer(text)))


def _encodable(name: str) -> str:
    """Make a file name writable as UTF-8: file systems allow any bytes."""
    return _SURROGATES.sub("\ufffd", name)


def _shown(path: Path) -> str:
    """Write a path for a message of one line: control characters escaped."""
    return _UNPRINTABLE.sub(lambda m: m[0].encode("unicode_escape").decode(), _encodable(str(path)))
