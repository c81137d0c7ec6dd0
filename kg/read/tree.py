"""The elements of a web page, and which of them a reader of the notice looks at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kg.read.markup import Token, attributes, characters, tokens


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_NEVER_SHOWN = _names(
    "head script style template noscript svg math iframe object audio video canvas select option"
    " datalist textarea title xmp noembed noframes rt rp"
)
_BLOCK = _names(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu"
    " nav ol p pre section summary table tbody tfoot thead tr ul"
)
_CELL = _names("td th")
_CLOSES_ITS_LIKE = _names("a p li tr td th dt dd option")
_LISTS = _names("ul ol dl div table tbody section aside header footer")
_FURNITURE_TAGS = _names("nav footer aside")
_FURNITURE_ROLES = _names("navigation banner contentinfo complementary search")
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|crumbs?|footer|sidebar|share|related|recommend"
    r"|copyright|pagination|comments?)(?=$|[\s_\d-])"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_WORDS = re.compile(r"\w+")

# Not swept: no gold of web pages exists yet. A list of links is nearly all link text; an article
# that links to a law in every sentence stays below a half.
_LINK_LIST = 0.6  # share of link text from which three or more links are a list of links
_MAIN_SHARE = 0.6  # share of the page's words from which <article> or <main> stands for the page


class Tree:
    """The elements of a page in document order, as columns (0 is the page), and its text.

    ``pieces`` are ``(element, start, end)`` in raw offsets, or ``(element, -1, break)`` where
    ``break`` is the code point of a line end or a tab that the markup asks for.

    >>> tree = Tree("<p>要狠抓<b>尾矿库</b>")
    >>> tree.name, tree.parent, tree.pieces
    (['', 'p', 'b'], [0, 0, 1], [(0, -1, 10), (1, 3, 6), (2, 9, 12)])
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.name = [""]
        self.parent = [0]
        self.furniture = [False]
        self.linked = [False]
        self.pieces: list[tuple[int, int, int]] = []
        self.metas: dict[str, str] = {}
        """<meta> by name or property in lower case; the first of a name."""
        self.title = ""
        """What <title> shows."""
        self.json_ld: list[str] = []
        self._stack = [0]
        self._open: Counter[str] = Counter()
        handlers = {
            "text": self._text,
            "open": self._opened,
            "close": self._closed,
            "verbatim": self._verbatim,
        }
        self._script = ""
        for token in tokens(raw):
            handlers[token.kind](token)

    def inherited(self, flags: list[bool]) -> list[bool]:
        """Hand each flag down to all descendants; changes ``flags`` and returns it."""
        for element in range(1, len(flags)):
            flags[element] = flags[element] or flags[self.parent[element]]
        return flags

    def named(self, names: frozenset[str] | str) -> list[bool]:
        """Tell which elements are, or stand in, an element of such a name."""
        wanted = frozenset((names,)) if isinstance(names, str) else names
        return self.inherited([name in wanted for name in self.name])

    def dropped(self) -> list[bool]:
        """Tell which elements no reader of the notice looks at."""
        hidden = self.named(_NEVER_SHOWN)
        per_piece = [
            sum(map(len, _WORDS.findall(self.raw, start, end))) if start >= 0 else 0
            for _, start, end in self.pieces
        ]
        words = self._totals(per_piece, [not h for h in hidden])
        linked = self._totals(
            per_piece, [a and not h for a, h in zip(self.linked, hidden, strict=True)]
        )
        links = self._sums([int(name == "a") for name in self.name])
        flags = hidden
        for element in range(1, len(flags)):
            if 2 * words[element] > words[0]:
                continue  # what holds most of the words is the page, whatever it is called
            flags[element] |= self.furniture[element] or (
                self.name[element] in _LISTS
                and links[element] >= 3
                and linked[element] >= _LINK_LIST * words[element]
            )
        dropped = self.inherited(flags)
        kept = self._totals(per_piece, [not d for d in dropped])
        for name in ("article", "main"):
            candidates = [e for e, other in enumerate(self.name) if other == name]
            best = max(candidates, key=kept.__getitem__, default=0)
            if best and kept[best] >= max(1, _MAIN_SHARE * kept[0]):
                inside = self.inherited([e == best for e in range(len(dropped))])
                return [d or not i for d, i in zip(dropped, inside, strict=True)]
        return dropped

    def headings(self, dropped: Sequence[bool]) -> list[str]:
        """Collect what each kept <h1> shows."""
        texts: dict[int, list[str]] = {}
        inside = [0] * len(self.name)
        for element in range(1, len(self.name)):
            is_heading = self.name[element] == "h1"
            inside[element] = element if is_heading else inside[self.parent[element]]
        for element, start, end in self.pieces:
            if start >= 0 and inside[element] and not dropped[element]:
                shown = (s for s, _, _ in characters(self.raw, start, end))
                texts.setdefault(inside[element], []).extend(shown)
        joined = (" ".join("".join(parts).split()) for parts in texts.values())
        return [text for text in joined if text]

    def _totals(self, per_piece: Sequence[int], counted: Sequence[bool]) -> list[int]:
        """Count the word characters that each element holds, its descendants included."""
        own = [0] * len(self.name)
        for (element, _, _), size in zip(self.pieces, per_piece, strict=True):
            own[element] += size * counted[element]
        return self._sums(own)

    def _sums(self, own: list[int]) -> list[int]:
        for element in range(len(own) - 1, 0, -1):
            own[self.parent[element]] += own[element]
        return own

    def _text(self, token: Token) -> None:
        self.pieces.append((self._stack[-1], token.start, token.end))

    def _opened(self, token: Token) -> None:
        name = token.name
        if name in _CLOSES_ITS_LIKE and self.name[self._stack[-1]] == name:
            self._pop()
        if name in _BLOCK or name in _CELL:
            self._break("\n" if name in _BLOCK else "\t")
        found = attributes(token.attributes) if token.attributes else {}
        if name == "meta":
            key = found.get("name") or found.get("property") or found.get("itemprop") or ""
            self.metas.setdefault(key.lower(), found.get("content", ""))
        elif name == "time" and ("pubdate" in found or found.get("itemprop") == "datePublished"):
            self.metas.setdefault("datepublished", found.get("datetime", ""))
        elif name == "script":
            self._script = found.get("type", "").lower()
        foreign = name in ("svg", "math") or ":" in name
        if name in _VOID or (foreign and token.attributes.endswith("/")):
            return
        top = self._stack[-1]
        self._stack.append(len(self.name))
        self._open[name] += 1
        self.name.append(name)
        self.parent.append(top)
        self.furniture.append(_is_furniture(name, found))
        self.linked.append(self.linked[top] or (name == "a" and "href" in found))

    def _closed(self, token: Token) -> None:
        if token.name in _BLOCK:
            self._break("\n")
        if self._open[token.name]:
            while self.name[self._stack[-1]] != token.name:
                self._pop()
            self._pop()

    def _pop(self) -> None:
        self._open[self.name[self._stack.pop()]] -= 1

    def _break(self, character: str) -> None:
        self.pieces.append((self._stack[-1], -1, ord(character)))

    def _verbatim(self, token: Token) -> None:
        if token.name == "title" and not self.title:
            shown = (s for s, _, _ in characters(self.raw, token.start, token.end))
            self.title = " ".join("".join(shown).split())
        elif token.name == "script" and self._script == "application/ld+json":
            self.json_ld.append(self.raw[token.start : token.end])


def _is_furniture(name: str, found: dict[str, str]) -> bool:
    if name in _FURNITURE_TAGS:
        return True
    if not found:
        return False
    named = f"{found.get('class', '')} {found.get('id', '')}"
    return bool(
        "hidden" in found
        or found.get("role") in _FURNITURE_ROLES
        or _FURNITURE_NAME.search(_CAMEL.sub("-", named).lower())
        or _HIDDEN.search(found.get("style", ""))
    )
