"""Pages for people: Jinja2 templates in two languages, every value escaped, nothing inline.

A template is given ``data`` (what a job wrote), ``t`` (words of the page's language), ``lang``, ``link``
(where a thing is on this server), ``name`` (what it is called in that language) and ``path``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import jinja2

from kg.serve.guard import Scope, Send, respond
from kg.serve.negotiate import TYPES

if TYPE_CHECKING:
    from kg.serve.pool import Pool

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")


class Pages:
    """Renders pages."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def show(
        self, scope: Scope, send: Send, template: str, data: bytes | None = None, **more: Any
    ) -> None:
        """Send a page; ``data`` is JSON for it."""
        lang, told = language(scope)
        body = self.templates.get_template(template).render(
            data=None if data is None else json.loads(data),
            t=words()[lang],
            lang=lang,
            languages=[(other, _switched(scope, other)) for other in LANGUAGES],
            link=self.link,
            name=lambda thing: called(thing, lang),
            path=scope["path"],
            **more,
        )
        headers = [("vary", "Accept, Accept-Language, Cookie"), ("content-language", lang)]
        if told:
            cookie = f"lang={lang}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly"
            headers.append(("set-cookie", cookie))
        await respond(send, 200, body.encode(), type=TYPES["html"], headers=tuple(headers))

    def link(self, iri: str) -> str:
        """Return where a thing is on this server."""
        from kg.serve.entities import path_of

        return path_of(iri, self.pool.base)


def language(scope: Scope) -> tuple[str, bool]:
    """Return the language of a page, and whether the request chose it: ?lang=, cookie, browser."""
    for name, value in parse_qsl(scope["query_string"].decode("latin-1")):
        if name == "lang" and value in LANGUAGES:
            return value, True
    wanted = ""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for part in value.decode("latin-1").split(";"):
                if part.strip().removeprefix("lang=") in LANGUAGES and "lang=" in part:
                    return part.strip().removeprefix("lang="), False
        elif key == b"accept-language":
            wanted = value.decode("latin-1")
    return preferred(wanted), False


def preferred(accepted: str) -> str:
    """Return the language that an Accept-Language prefers; Chinese where it names none of ours.

    >>> preferred("fr, en-GB;q=0.8, zh;q=0.5"), preferred("")
    ('en', 'zh')
    """
    best, weight = LANGUAGES[0], 0.0
    for part in accepted.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        main = tag.strip().lower().partition("-")[0]
        if main in LANGUAGES and quality > weight:
            best, weight = main, quality
    return best


def called(thing: dict[str, Any], lang: str) -> str:
    """Return the name of a thing in a language, or any name, or its short IRI."""
    names: dict[str, str] = thing.get("names") or {}
    wanted = ("zh-hans", "zh", "") if lang == "zh" else ("en", "", "zh-hans")
    for tag in wanted:
        if names.get(tag):
            return names[tag]
    return next(iter(names.values()), None) or str(
        thing.get("short") or thing.get("text") or thing.get("iri") or ""
    )


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the words of the pages, by language."""
    table = json.loads((HERE / "words.json").read_text(encoding="utf-8"))
    return {lang: {key: said[lang] for key, said in table.items()} for lang in LANGUAGES}


@cache
def yasgui() -> dict[str, str]:
    """Return what the SPARQL editor says in English, and the same in Chinese.

    Keys that begin with ``^`` are regular expressions of JavaScript.
    """
    table: dict[str, str] = json.loads((HERE / "yasgui.json").read_text(encoding="utf-8"))
    return table


def _switched(scope: Scope, lang: str) -> str:
    """Return this page's address in another language."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return "?" + urlencode([(k, v) for k, v in pairs if k != "lang"] + [("lang", lang)])
