r"""Queries and updates that would make the engine call another server are refused.

``SERVICE`` and ``LOAD`` are looked for in the algebra that rdflib's parser makes of a text, and among
its tokens, because the engine has a parser of its own that may read it otherwise. A text that does
not hold the word at all, as nearly none does, is not parsed twice: neither parser takes escapes
(``\u0053ERVICE``) for letters of a keyword. What is refused here could not be done in a worker anyway:
see :mod:`.sandbox`.
"""

from __future__ import annotations

from typing import Any

from kg.errors import QueryError
from kg.sparql import excerpt, position, refuse_service, tokens
from kg.vocab import prefixes

_NO = "a query may not call other servers"


def refuse_calls(sparql: str, *, name: str = "query") -> None:
    """Raise QueryError where a query would call another server.

    >>> refuse_calls("SELECT * { SERVICE SILENT <http://a/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.QueryError: query:1:12: SERVICE is refused: a query may not call other servers
    ...
    """
    if "service" not in sparql.casefold():
        return
    refuse_service(sparql, name=name)
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(sparql, initNs=prefixes()).algebra
    except Exception:  # it does not know all that the engine does
        return
    if _holds(algebra, "ServiceGraphPattern"):
        raise QueryError(f"{name}: SERVICE is refused: {_NO}")


def refuse_loads(sparql: str, *, name: str = "update") -> None:
    """Raise QueryError where an update would fetch something: ``LOAD``, or ``SERVICE`` in a WHERE.

    >>> refuse_loads("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 'LOAD' } }")
    """
    folded = sparql.casefold()
    if "service" in folded:
        refuse_service(sparql, name=name)
    if "load" not in folded:
        return
    for token in tokens(sparql):
        if token.kind in ("word", "number") and "load" in token.text.casefold():
            line, column = position(sparql, token.start)
            raise QueryError(
                f"{name}:{line}:{column}: LOAD is refused: {_NO}\n" + excerpt(sparql, line, column)
            )


def _holds(part: Any, kind: str) -> bool:
    """Whether a node of this kind stands anywhere in an algebra."""
    waiting, seen = [part], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if getattr(node, "name", None) == kind:
            return True
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, (list, tuple, set)):
            waiting.extend(node)
    return False
