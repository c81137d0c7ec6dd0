"""Pages of the analyses: templates filled with escaping on, in a shell that loads nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kg.regions.english import in_english
from kg.view.safe import CSP_MARK, Safe, clip, seal

HERE = Path(__file__).resolve().parent / "pages"
TAGS = {"zh": "zh-Hans", "en": "en"}
#: Characters of a passage that a page shows.
SHOWN = 300


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every word of the pages in each language."""
    read: Mapping[str, Mapping[str, str]] = json.loads(_file("words.json"))
    return read


def style() -> str:
    """The style sheet that a page must have for the fragments to look as they should."""
    return _file("analyse.css")


def script() -> str:
    """The script that makes fragments sortable and switches the language; they are read without."""
    return _file("analyse.js")


def fill(template: str, **values: Any) -> str:
    """Fill a template of ``pages/``; every value is escaped, and freed of what disguises text."""
    rendered: str = _environment().get_template(template).render(words=words(), **values)
    return rendered


def shell(body: str, *, title: str, lang: str) -> str:
    """Put a body that is already HTML into a whole page, which asks nothing of the network."""
    return seal(
        fill(
            "shell.html",
            title=title,
            lang=lang,
            tag=TAGS[lang],
            css=Safe(style()),
            script=Safe(script()),
            body=Safe(body),
            csp=CSP_MARK,
        )
    )


def clean(text: str, length: int = SHOWN) -> str:
    """Shorten a text of a notice for a page."""
    return clip(" ".join(text.split()), length)


@cache
def _environment() -> Any:
    import jinja2

    def finalize(value: Any) -> Any:
        return clip(value, 10_000) if type(value) is str else value

    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["in_english"] = in_english
    return found


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
