"""SPARQL as text: its tokens, what is refused before it runs, complaints that point at the place.

``SERVICE`` makes the engine call another server, and pyoxigraph has no switch against that. The
word is looked for among the tokens, so a string, an IRI, a variable or a comment may hold it; see
docs/decisions/0021 for why tokens and not a second parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple
from unicodedata import east_asian_width

from kg.errors import QueryError

# No dot inside a local name: pyoxigraph reads ``:a.SERVICE <…>`` as a name, a dot and the keyword.
_LOCAL = r"(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*"
#: In the order in which a lexer must try them.
_TOKEN = re.compile(
    r"(?P<space>\s+|\#[^\n\r]*)"
    r"|(?P<iri><[^\x00-\x20<>\"{}|^`]*>)"
    r"|(?P<string>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*')"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<tag>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)"
    r"|(?P<blank>_:[\w-]*)"
    rf"|(?P<prefixed>(?:[^\W\d_][\w-]*)?:{_LOCAL})"
    r"|(?P<number>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_WHERE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-zA-Z]+ [a-zA-Z ]{8,}")  # what pyoxigraph says in words, if it does
DEEPEST = 100
"""Levels of brackets that a query may have."""
_LONG = 20_000  # characters that rdflib's parser reads in about a second


class Token(NamedTuple):
    """A token, its kind, and where in the text it begins."""

    kind: str
    text: str
    start: int


def tokens(sparql: str) -> Iterator[Token]:
    """Split SPARQL into tokens, white space and comments left out.

    >>> [t.text for t in tokens("ASK { ?s :p 'SERVICE' } # why")]
    ['ASK', '{', '?s', ':p', "'SERVICE'", '}']
    """
    for match in _TOKEN.finditer(sparql):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield Token(kind, match.group(), match.start())


def refuse_service(sparql: str, *, name: str = "query") -> None:
    """Raise QueryError where a query would call another server.

    A token that holds the word is refused where the grammar, or a parser that reads keywords
    without a border (``1SERVICE<…>``, ``SERVICE:x{``), could take it for the keyword.
    """
    if "service" not in sparql.casefold():
        return
    found = list(tokens(sparql))
    for index, token in enumerate(found):
        if "service" not in token.text.casefold():
            continue
        if token.kind == "word" or (token.kind == "prefixed" and _opens(found, index)):
            line, column = position(sparql, token.start)
            raise QueryError(
                f"{name}:{line}:{column}: SERVICE is refused: a query may not call other servers\n"
                + excerpt(sparql, line, column),
                hint="load what you need into a store of your own",
            )


def refuse_deep(sparql: str, *, name: str = "query") -> None:
    """Raise QueryError where brackets or ``!`` stand deeper than DEEPEST.

    Both parsers go down a level of the machine's stack for each, and a stack that runs over ends the
    process without an exception (pyoxigraph 0.5.13: at some thousand).
    """
    if max(sparql.count(c) for c in "{([!") <= DEEPEST:
        return
    depth = signs = 0
    for token in tokens(sparql):
        if token.kind != "other":
            signs = 0
            continue
        signs = signs + 1 if token.text in "!-+^" else 0
        depth += (token.text in "{([") - (token.text in "})]")
        if max(depth, signs) > DEEPEST:
            line, column = position(sparql, token.start)
            raise QueryError(
                f"{name}:{line}:{column}: malformed SPARQL: nested deeper than {DEEPEST}\n"
                + excerpt(sparql, line, column)
            )


def _opens(found: list[Token], index: int) -> bool:
    """Whether a group follows a name at once, as after ``SERVICE :x``."""
    following = islice(found, index + 1, index + 2)
    return any(token.text == "{" for token in following)


def malformed(
    sparql: str, error: SyntaxError, *, prefixes: Mapping[str, str], name: str = "query"
) -> QueryError:
    """Make the complaint about SPARQL that did not parse: line, column, the place shown."""
    line, column, what, hint = _place(sparql, str(error))
    found = list(tokens(sparql))
    verb = _verb(found)
    if verb is not None and verb.text.upper() in _UPDATES:
        line, column = position(sparql, verb.start)
        what, hint = f"{verb.text.upper()} is refused: queries only read", "see kg build"
    else:
        unknown = _undeclared(found, prefixes)
        if unknown is not None:
            line, column = position(sparql, unknown.start)
            prefix = unknown.text.partition(":")[0]
            what = f"unknown prefix '{prefix}:'"
            near = get_close_matches(prefix, prefixes, n=1)
            hint = (
                f"did you mean '{near[0]}:'?"
                if near
                else f"declare it (PREFIX {prefix}: <…>); known are {', '.join(prefixes)}"
            )
    return QueryError(f"{name}:{line}:{column}: {what}\n{excerpt(sparql, line, column)}", hint=hint)


def _place(sparql: str, said: str) -> tuple[int, int, str, str | None]:
    """Find where a text stops being SPARQL.

    pyoxigraph names the farthest place that it looked at, several characters on where it tried a
    keyword; rdflib's parser, the slower one, names the place where it got stuck.
    """
    stuck = _stuck(sparql)
    if stuck is not None:
        line, column = position(sparql, stuck)
        token = next(tokens(sparql[stuck:]), None)
        if token is None:
            return line, column, "malformed SPARQL: it ends too early", None
        return line, column, f"malformed SPARQL from '{token.text.split(chr(10))[0]}' on", None
    match = _WHERE.match(said)
    if not match:
        return 1, 1, f"malformed SPARQL: {said.strip()}", None
    words = _SENTENCE.search(match[3])
    what = f": {words[0].strip()}" if words else ""
    line, column = int(match[1]), int(match[2])
    return line, max(1, column - 1), f"malformed SPARQL{what}", None


def _stuck(sparql: str) -> int | None:
    """Return where rdflib's parser stops, None where it does not, or the text is too long for it."""
    if len(sparql) > _LONG:
        return None
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(sparql.replace("\t", " "))
    except ParseException as error:
        return min(error.loc, len(sparql))
    except Exception:  # it fails in many ways on what is not SPARQL
        return None
    return None


def _verb(found: list[Token]) -> Token | None:
    """Find the first word after the prologue."""
    return next(
        (t for t in found if t.kind == "word" and t.text.upper() not in ("PREFIX", "BASE")), None
    )


def _undeclared(found: list[Token], prefixes: Mapping[str, str]) -> Token | None:
    known = set(prefixes)
    for before, token in zip([None, *found], found, strict=False):
        if token.kind == "prefixed":
            prefix = token.text.partition(":")[0]
            if before is not None and before.text.upper() == "PREFIX":
                known.add(prefix)
            elif prefix not in known:
                return token
    return None


def position(text: str, start: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in a text."""
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1


def excerpt(text: str, line: int, column: int, *, width: int = 72) -> str:
    r"""Show a line with a caret under a column, cut to ``width`` characters around it.

    >>> print(excerpt("ASK {\n  ?矿 ?p }", 2, 4))
        ?矿 ?p }
         ^
    """
    lines = text.split("\n")
    content = lines[line - 1] if 0 < line <= len(lines) else ""
    content = "".join(c if c.isprintable() else " " for c in content)
    first = max(0, min(column - 1 - width // 2, len(content) - width))
    shown = content[first : first + width]
    pad = sum(2 if east_asian_width(c) in "WF" else 1 for c in shown[: column - 1 - first])
    return f"  {shown}\n  {' ' * pad}^"
