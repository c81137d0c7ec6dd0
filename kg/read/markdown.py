"""Markdown: the marks that would stand between two characters of a term are taken out, no more.

Heading and quotation marks, bullets, emphasis, code ticks, backslash escapes, pictures and the
targets of links go; the words stay. A front matter block gives title and date. Every pattern is
bounded, so the time is linear in the length.
"""

from __future__ import annotations

import re

from kg.model import Alignment
from kg.read.encoding import decode
from kg.read.page import Page, iso_date

SUFFIXES = (".md", ".markdown")

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n((?:(?!---)[^\r\n]{0,500}\r?\n){0,60})---[ \t]*(?:\r?\n|\Z)"
)
_FIELD = re.compile(
    r"^(title|date|published)[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.MULTILINE
)

#: A mark, of which only the group ``kept`` (where it matched) is text.
_MARK = re.compile(
    r"""
      ^[ ]{0,3}(?:\#{1,6}[ \t]{1,9}|>[ \t]?)                                # heading, quotation
    | ^[ \t]{0,9}[-*+][ \t]{1,9}(?=\S)                                      # bullet
    | !\[[^\[\]\n]{0,300}\]\([^()\s]{0,500}\)                               # picture
    | \[(?P<link>[^\[\]\n]{1,300})\]\([^()\s]{0,500}(?:[ ]"[^"\n]{0,200}")?\)
    | (?P<mark>\*{1,3})(?=[^\s*])(?P<strong>[^*\n]{1,300})(?<=\S)(?P=mark)
    | \\(?P<escaped>[!-/:-@\[-`{-~])
    | `{1,3}
    """,
    re.MULTILINE | re.VERBOSE,
)


def read(data: bytes) -> Page:
    r"""Decode and take the marks out.

    >>> page = read("# 通知\n要狠抓**尾矿**库".encode())
    >>> page.text, page.alignment.to_input(6, 9)
    ('通知\n要狠抓尾矿库', (10, 15))
    """
    raw, encoding = decode(data)
    fields: dict[str, str] = {}
    parts: list[str] = []
    lengths: list[tuple[int, int]] = []
    position = 0
    if front := _FRONT_MATTER.match(raw):
        fields = {name: value for name, value in _FIELD.findall(front[1]) if value}
        position = front.end()
        lengths.append((0, position))
    for found in _MARK.finditer(raw, position):
        group = next((g for g in ("link", "strong", "escaped") if found[g] is not None), None)
        start, end = found.span(group) if group else (found.start(), found.start())
        _keep(raw, position, found.start(), parts, lengths)
        lengths.append((0, start - found.start()))
        _keep(raw, start, end, parts, lengths)
        lengths.append((0, found.end() - end))
        position = found.end()
    _keep(raw, position, len(raw), parts, lengths)
    return Page(
        raw=raw,
        encoding=encoding,
        text="".join(parts),
        alignment=Alignment.build(lengths),
        title=fields.get("title"),
        published=iso_date(fields.get("date") or fields.get("published") or ""),
    )


def _keep(raw: str, start: int, end: int, parts: list[str], lengths: list[tuple[int, int]]) -> None:
    parts.append(raw[start:end])
    lengths.append((end - start, end - start))
