"""Web pages: the text a reader sees, every character tied to its place in the markup.

What is left out: scripts, styles, ruby glosses, hidden elements, and furniture (navigation,
footers, lists of links, elements so named by class or id). Furniture that holds more than half of
the page's words is none. Furniture that looks like text (字体, 责任编辑, 相关阅读) stays: to see
that is the segmenter's work.

White space collapses as in a browser; a line break between two wide characters vanishes (CSS
Text 3, 4.1.3), for it would cut a term in two. Block elements give one line end, table cells a tab.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

from kg.model import Alignment
from kg.read.encoding import decode
from kg.read.markup import characters
from kg.read.page import Page, iso_date
from kg.read.tree import Tree

SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")

#: Names of <meta> elements: the Chinese government's own standard first, then the common ones.
_TITLE_METAS = ("articletitle", "og:title", "headline")
_DATE_METAS = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:release_date",
    "firstpublishedtime",
    "datepublished",
    "publicationdate",
)
_SITE_NAME = re.compile(
    r"\s?[-_|｜–]{1,3}\s?[^-_|｜–]{0,40}"
    r"(?:[网站局厅委办部網廳辦]|政府|在线|频道|要闻|动态|新闻|首页|门户)\s?$"
)
_MAX_TITLE = 300  # characters; a longer one is a page whose <title> is never closed
_SPACES = " \t\r\n\f"
_LINE_END_OR_NOT = re.compile(r"[\r\n]+|[^\r\n]+")
_SPACE_OR_NOT = re.compile(rf"[{_SPACES}]+|[^{_SPACES}]+")


def read(data: bytes) -> Page:
    """Decode, and find the text a reader sees with its title and date of publication.

    >>> page = read("<title>通知</title><p>要狠抓<b>尾矿</b>库&ldquo;安全&rdquo;".encode())
    >>> page.text, page.title, page.raw[slice(*page.alignment.to_input(3, 6))]
    ('要狠抓尾矿库“安全”', '通知', '尾矿</b>库')
    """
    raw, encoding = decode(data)
    tree = Tree(raw)
    dropped = tree.dropped()
    text, alignment = _flow(tree, dropped)
    return Page(
        raw=raw,
        encoding=encoding,
        text=text,
        alignment=alignment,
        title=_title(tree, tree.headings(dropped)),
        published=_published(tree),
    )


def _title(tree: Tree, headings: Sequence[str]) -> str | None:
    """Find the title as the page states it, without the site's name."""
    stated = next(filter(None, (tree.metas.get(name) for name in _TITLE_METAS)), None)
    whole = " ".join((stated or _json_ld(tree, "headline") or tree.title).split())[:_MAX_TITLE]
    for heading in headings:
        if heading in whole:
            return heading
    while (site := _SITE_NAME.search(whole)) and site.start() >= 4:
        whole = whole[: site.start()]
    return whole or (headings[0][:_MAX_TITLE] if headings else None)


def _published(tree: Tree) -> str | None:
    stated = [tree.metas.get(name, "") for name in _DATE_METAS]
    stated.append(_json_ld(tree, "datePublished"))
    return next(filter(None, map(iso_date, stated)), None)


def _json_ld(tree: Tree, key: str) -> str:
    """Find a string that the page's JSON-LD gives for ``key`` (schema.org), or an empty one."""
    for content in tree.json_ld:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            continue
        for item in _items(value):
            if isinstance(found := item.get(key), str):
                return found
    return ""


def _items(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (g for g in graph if isinstance(g, dict)) if isinstance(graph, list) else ()


def _flow(tree: Tree, dropped: Sequence[bool]) -> tuple[str, Alignment]:
    """Join the kept pieces, white space collapsed, and record where each character came from."""
    raw = tree.raw
    parts: list[str] = []
    lengths: list[tuple[int, int]] = []
    position = 0  # in raw: everything before it is accounted for
    last = "\n"  # the last character written
    pending = ""  # a line end or tab to write before the next character
    space = (0, 0)  # raw white space that waits likewise
    for shown, at, to in _stretches(tree, dropped):
        if at < 0:
            pending = pending if pending == "\n" else shown
            continue
        if to - at == len(shown) and shown[0] in _SPACES and shown.isspace():
            space = space if space[1] else (at, to)
            continue
        if pending and last != "\n":
            lengths += [(0, at - position), (1, 0)]
            parts.append(pending)
            position = at
        elif space[1] and last != "\n" and not _vanishes(raw[slice(*space)], last, shown[0]):
            lengths += [(0, space[0] - position), (1, space[1] - space[0])]
            parts.append(" ")
            position = space[1]
        lengths += [(0, at - position), (len(shown), to - at)]
        parts.append(shown)
        position, last, pending, space = to, shown[-1], "", (0, 0)
    return "".join(parts), Alignment.build(lengths)


def _stretches(tree: Tree, dropped: Sequence[bool]) -> Iterator[tuple[str, int, int]]:
    """Cut the kept pieces: words, white space, character references; breaks start at -1."""
    preformatted = tree.named("pre")
    for element, start, end in tree.pieces:
        if start < 0:
            yield chr(end), -1, -1
        elif not dropped[element]:
            for shown, at, to in characters(tree.raw, start, end):
                if to - at != len(shown):
                    if shown:
                        yield shown, at, to
                elif preformatted[element]:
                    for line in _LINE_END_OR_NOT.finditer(tree.raw, at, to):
                        is_end = line[0][0] in "\r\n"
                        yield ("\n", -1, -1) if is_end else (line[0], *line.span())
                else:
                    for run in _SPACE_OR_NOT.finditer(tree.raw, at, to):
                        yield run[0], run.start(), run.end()


def _vanishes(space: str, before: str, after: str) -> bool:
    """Tell whether a browser shows nothing for this: a line break between wide characters."""
    return ("\n" in space or "\r" in space) and _wide(before) and _wide(after)


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF" or character in "“”‘’…—"
