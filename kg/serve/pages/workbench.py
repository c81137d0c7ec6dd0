"""What the pages for people ask for beside the JSON API: parameters read, jobs named, pages shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from kg.errors import QueryError
from kg.query import find, named
from kg.serve.api import only_get
from kg.serve.entities import whole
from kg.serve.errors import Refused
from kg.serve.guard import Receive, Scope, Send
from kg.serve.pages import explore, front, language, reader, words, yasgui
from kg.serve.protocol import fields
from kg.vocab import prefixes

if TYPE_CHECKING:
    from kg.serve.answer import Desk
    from kg.serve.pages import Pages

_LONGEST = 300  # characters of what is typed into a field
#: What the editor begins with.
FIRST = """
SELECT ?region ?name WHERE {
  ?region kg:stresses hazard:tailings-pond ; rdfs:label ?name .
  FILTER(LANGMATCHES(LANG(?name), "zh-Hans"))
}
ORDER BY ?name
"""
_FAR = 100_000_000  # beyond every offset
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Workbench:
    """The pages: matrix, sentences of a cell, reader, duties, coverage."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self.desk = desk
        self.pages = pages

    async def matrix(self, scope: Scope, send: Send, parameters: dict[str, list[str]]) -> None:
        """Show regions by topics; ``of`` says which topics."""
        from kg.analyse.matrix import Columns

        columns = one(fields(scope["query_string"]), "of") or "hazards"
        if columns not in get_args(Columns):
            raise Refused(400, "unknown 'of'", hint="one of " + ", ".join(get_args(Columns)))
        await self._show(
            scope, send, "matrix.html", front.matrix, columns=columns, parameters=parameters
        )

    async def sentences(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the sentences behind a cell."""
        only_get(scope)
        asked = fields(scope["query_string"])
        region, topic = one(asked, "region"), one(asked, "topic")
        if not region or not topic:
            raise Refused(400, "name a region and a topic by their IRIs")
        await self._show(scope, send, "sentences.html", front.sentences, region=region, topic=topic)

    async def notice(self, scope: Scope, send: Send) -> None:
        """Show one notice; ``at`` is a stretch of its raw text, as in 120-131."""
        told = one(fields(scope["query_string"]), "at")
        at = None
        if told:
            first, dash, last = told.partition("-")
            if not (dash and first.isascii() and first.isdigit() and last.isascii()
                    and last.isdigit() and len(told) < 24):  # fmt: skip
                raise Refused(400, "'at' must be two offsets", hint="as in ?at=120-131")
            at = (int(first), min(int(last), _FAR))
            at = at if at[0] < at[1] else None
        name = scope["path_params"]["id"]
        await self._show(scope, send, "notice.html", reader.read, name=name, at=at)

    async def duties(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the duties that have a deadline."""
        only_get(scope)
        asked = fields(scope["query_string"])
        given = {name: one(asked, name) for name in ("region", "bearer", "since", "until")}
        page = whole(asked, "page", 1, most=1_000_000)
        await self._show(scope, send, "duties.html", front.duties, page=page, **given)

    async def calendar(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send those duties as a calendar to import, with words of the page's language."""
        only_get(scope)
        scope["kg.route"] = "calendar"
        asked = fields(scope["query_string"])
        given = {name: one(asked, name) for name in ("region", "bearer", "since", "until")}
        lang, _ = language(scope)
        await self.desk.answer(
            scope,
            receive,
            send,
            front.calendar,
            key=("calendar", lang, tuple(given.values())),
            headers=(("content-disposition", 'attachment; filename="duties.ics"'),),
            lang=lang,
            **given,
        )

    async def coverage(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show what produced nothing, and where the sources seem damaged."""
        only_get(scope)
        await self._show(scope, send, "coverage.html", front.coverage)

    async def explore(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the graph: what is called ``q``, or what stands around ``from``."""
        only_get(scope)
        scope["kg.route"] = "explore"
        asked = fields(scope["query_string"])
        text, iri, chosen = one(asked, "q"), one(asked, "from", 2000), choice(asked)
        told: dict[str, Any] = {"q": text, "from": iri, **chosen, "found": None, "near": None}
        if text:
            kept = await self.desk.fetch(explore.found, key=("found", text), text=text)
            told["found"] = json.loads(kept.body)
        if iri:
            key = ("near", iri, tuple(chosen.values()))
            kept = await self.desk.fetch(explore.near, key=key, iri=iri, **chosen)
            told["near"] = json.loads(kept.body)
        await self.pages.show(
            scope, send, "explore.html", json.dumps(told).encode(), kinds=explore.SHOWN
        )

    async def explored(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the explorer's script with JSON: ``/explore/found``, ``near`` or ``all``."""
        only_get(scope)
        scope["kg.route"] = "explore"
        asked, what = fields(scope["query_string"]), scope["path_params"]["what"]
        text, iri, chosen = one(asked, "q"), one(asked, "iri", 2000), choice(asked)
        if what == "found" and text:
            key: Any = ("found", text)
            await self.desk.answer(scope, receive, send, explore.found, key=key, text=text)
        elif what == "near" and iri:
            key = ("near", iri, tuple(chosen.values()))
            await self.desk.answer(scope, receive, send, explore.near, key=key, iri=iri, **chosen)
        elif what == "all":
            key = ("all", tuple(chosen.values()))
            await self.desk.answer(scope, receive, send, explore.everything, key=key, **chosen)
        else:
            raise Refused(404, "there is no such page", hint="/explore")

    async def sparql(self, scope: Scope, send: Send) -> None:
        """Show the page to write SPARQL: ``edit`` is a query, ``example`` the name of one of ours."""
        asked = fields(scope["query_string"])
        text = one(asked, "edit", self.pages.pool.settings.query_length)
        name = one(asked, "example")
        if name and not text:
            try:
                text = find(name).sparql
            except QueryError as error:
                raise Refused(404, "there is no such query", hint="/queries lists them") from error
        known = prefixes(self.pages.pool.base)
        head = "".join(f"PREFIX {p}: <{known[p]}>\n" for p in ("kg", "region", "hazard", "rdfs"))
        first = head + FIRST
        lang, _ = language(scope)
        await self.pages.show(
            scope,
            send,
            "sparql.html",
            query=text or first,
            first=first,
            example=name,
            examples=named(),
            prefixes=json.dumps(known),
            result_words=json.dumps(
                {key[2:]: said for key, said in words()[lang].items() if key.startswith("r_")}
            ),
            said=json.dumps(yasgui() if lang == "zh" else {}),
        )

    async def _show(
        self, scope: Scope, send: Send, template: str, job: Any, **arguments: Any
    ) -> None:
        scope["kg.route"] = template.removesuffix(".html")
        key = (template, tuple((name, str(value)) for name, value in sorted(arguments.items())))
        kept = await self.desk.fetch(job, key=key, **arguments)
        await self.pages.show(scope, send, template, kept.body)


def one(asked: dict[str, list[str]], name: str, most: int = _LONGEST) -> str:
    """Return the value of a parameter, ``""`` without one; raises Refused (400) for a long one."""
    text = (asked.get(name) or [""])[0].strip()
    if len(text) > most:
        raise Refused(400, f"'{name}' has more than {most} characters")
    return text


def choice(asked: dict[str, list[str]]) -> dict[str, Any]:
    """Read what a graph is restricted to; raises Refused (400).

    >>> choice({"kind": ["region", "hazard"], "since": ["2020-01-01"]})["kinds"]
    ('hazard', 'region')
    """
    kinds = tuple(sorted(set(asked.get("kind", []))))
    if unknown := set(kinds) - set(explore.SHOWN):
        raise Refused(400, f"unknown kind '{min(unknown)}'"[:80], hint=", ".join(explore.SHOWN))
    days = {name: one(asked, name) for name in ("since", "until")}
    for name, day in days.items():
        if day and not _DAY.fullmatch(day):
            raise Refused(400, f"'{name}' must be a day", hint="as in 2020-04-13")
    return {"kinds": kinds, "region": one(asked, "region"), **days}
