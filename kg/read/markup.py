"""HTML as tokens that know where they stand, after the HTML standard's tokenisation (13.2.5).

Parsers that build a tree (lxml, selectolax) forget the offsets, and evidence needs them. Every
character is looked at a bounded number of times, whatever the markup: the time is linear.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Literal, NamedTuple

#: Elements whose content is characters up to their own end tag.
VERBATIM = frozenset(
    ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
)
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+)"""
_OPEN = re.compile(
    rf"<([a-zA-Z][^\s/>]*+)((?:[\s/]++|[^\s/>=]++(?:{_VALUE})?+|=)*+)>"
    r"|<([a-zA-Z][^\s/>]*+)([^>]*+)>"  # a quotation mark that is never closed
)
_CLOSE = re.compile(r"</([a-zA-Z][^\s/>]*+)[^>]*+>")
_BOGUS = re.compile(r"<[!?/][^>]*+>")
_ATTRIBUTE = re.compile(r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?+""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8};?|#[xX][0-9a-fA-F]{1,7};?|[A-Za-z][A-Za-z0-9]{1,31};?)")


class Token(NamedTuple):
    """A piece of markup: ``raw[start:end]``. Verbatim content comes as kind ``verbatim``."""

    kind: Literal["text", "open", "close", "verbatim"]
    start: int
    end: int
    name: str = ""
    """Of an element, in lower case."""
    attributes: str = ""
    """As written; see attributes()."""


def tokens(raw: str) -> Iterator[Token]:
    """Cut ``raw`` into tokens in order; comments, doctypes and broken tags come as nothing.

    >>> [(t.kind, t.name or "<b>尾矿</b>库"[t.start:t.end]) for t in tokens("<b>尾矿</b>库")]
    [('open', 'b'), ('text', '尾矿'), ('close', 'b'), ('text', '库')]
    """
    position = text_start = 0
    last_end = raw.rfind(">")
    while (at := raw.find("<", position)) >= 0:
        if at > last_end and not raw.startswith("<!--", at):
            break
        following = raw[at + 1 : at + 2]
        token: Token | None = None
        if following.isascii() and following.isalpha() and (opened := _OPEN.match(raw, at)):
            name, written = (opened[1], opened[2]) if opened[1] else (opened[3], opened[4])
            end = opened.end()
            token = Token("open", at, end, name.lower(), written)
        elif closed := _CLOSE.match(raw, at):
            end = closed.end()
            token = Token("close", at, end, closed[1].lower())
        elif raw.startswith("<!--", at):
            found = raw.find("-->", at + 2)
            end = len(raw) if found < 0 else found + 3
        elif bogus := _BOGUS.match(raw, at):
            end = bogus.end()
        else:
            position = at + 1
            continue
        if text_start < at:
            yield Token("text", text_start, at)
        if token is not None:
            yield token
        if token is not None and token.kind == "open" and token.name in VERBATIM:
            stop = _verbatim_end(raw, end, token.name)
            yield Token("verbatim", end, stop, token.name)
            end = stop
        position = text_start = end
    if text_start < len(raw):
        yield Token("text", text_start, len(raw))


def attributes(written: str) -> dict[str, str]:
    """Read the attributes of an opening tag: names in lower case, entities decoded, first counts.

    >>> attributes(' id="zoom" hidden class=a&amp;b')
    {'id': 'zoom', 'hidden': '', 'class': 'a&b'}
    """
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), html.unescape(next(filter(None, values), "")))
    return found


def characters(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Cut text into stretches ``(shown, start, end)``: as written, or one character reference.

    >>> list(characters("a&lt;b", 0, 6))
    [('a', 0, 1), ('<', 1, 5), ('b', 5, 6)]
    """
    position = start
    for found in _ENTITY.finditer(raw, start, end):
        stop = _reference_end(found[0]) + found.start()
        if stop == found.start():
            continue
        if position < found.start():
            yield raw[position : found.start()], position, found.start()
        yield html.unescape(raw[found.start() : stop]), found.start(), stop
        position = stop
    if position < end:
        yield raw[position:end], position, end


def _reference_end(written: str) -> int:
    """Tell how much of ``&notit;`` is a character reference (``&not``): 0 where nothing is."""
    if written.startswith("&#"):
        return len(written)
    return next((n for n in range(len(written), 1, -1) if written[1:n] in html5), 0)


def _verbatim_end(raw: str, start: int, name: str) -> int:
    found = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(raw, start)
    return found.start() if found else len(raw)
