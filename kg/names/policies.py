"""Policies: documents cited by title in 《》, with their number and issuing body."""

from __future__ import annotations

from dataclasses import dataclass

from kg.cues import pattern
from kg.layers import Name

_TITLE = pattern("names", "title")
_NUMBER = pattern("names", "document-number")
_ISSUER = pattern("names", "policy-issuer")
_TITLED = pattern("names", "policy-titled")


@dataclass(frozen=True, slots=True)
class Cited:
    """A document cited."""

    name: Name
    number: str | None = None
    issuer: str | None = None


def find_policies(text: str, start: int, end: int) -> list[Cited]:
    """Documents cited by title in 《》, with number and issuing body where the text gives them.

    >>> text = "执行国务院安委会办公室印发的《关于某事的通知》（安委办〔2021〕18号），学习《某某日报》社论"
    >>> [(c.name.name, c.number, c.issuer) for c in find_policies(text, 0, len(text))]
    [('关于某事的通知', '安委办〔2021〕18号', '国务院安委会办公室')]
    """
    if text.find("《", start, end) < 0:
        return []
    film, before, paper = (
        pattern("names", "film"),
        pattern("names", "film-before"),
        pattern("names", "newspaper"),
    )
    out: list[Cited] = []
    for match in _TITLE.finditer(text, start, end):
        if film.match(text, match.end() - 1) or paper.search(match[1]):
            continue
        if before.search(text[max(start, match.start() - 6) : match.start()]):
            continue
        number = _NUMBER.match(text, match.end())
        issuer = _TITLED.match(match[1]) or _ISSUER.search(
            text[max(start, match.start() - 24) : match.start()]
        )
        out.append(
            Cited(
                Name(match.start(), match.end(), "policy", match[1]),
                number[1] if number else None,
                issuer[1] if issuer else None,
            )
        )
    return out
