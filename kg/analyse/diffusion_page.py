"""Where clauses return, as HTML with the changes marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.page import fill, shell, style, words

if TYPE_CHECKING:
    from kg.analyse.diffusion import Clause, Diffusion, Return

#: Clauses that a page lists, and returns of each; the page says how many clauses more there are.
CLAUSES, RETURNS = 200, 20


def fragment(diffusion: Diffusion, *, embedded: bool = False) -> str:
    """Make the list of clauses as HTML to put into a page; ``embedded`` brings the style along."""
    groups = diffusion.by_clause()
    body = fill(
        "diffusion.html",
        d=diffusion,
        groups=[_group(diffusion, clause, found) for clause, found in groups[:CLAUSES]],
        more=max(0, len(groups) - CLAUSES),
    )
    return f"<style>{style()}</style>\n{body}" if embedded else body


def page(diffusion: Diffusion) -> str:
    """Make a whole page, which needs no network."""
    title = f"{words()[diffusion.lang]['diffusion']} · {diffusion.source}"
    return shell(fragment(diffusion), title=title, lang=diffusion.lang)


def _group(diffusion: Diffusion, clause: Clause, found: tuple[Return, ...]) -> dict[str, Any]:
    first = diffusion.first(clause)
    names = sorted({c.region for c in first})
    return {
        **_place(clause),
        "quote": clause.passage.quote,
        "first": f"{first[0].published} {'、'.join(names)}" if first else "",
        "returns": [
            {
                **_place(r.target),
                "kind": r.kind,
                "score": r.score,
                "boilerplate": r.boilerplate,
                "days": r.days,
                "changes": r.changes,
            }
            for r in found[:RETURNS]
        ],
    }


def _place(clause: Clause) -> dict[str, Any]:
    return {
        "region": clause.region,
        "published": clause.published,
        "file": clause.passage.file,
        "start": clause.passage.start,
        "end": clause.passage.end,
    }
