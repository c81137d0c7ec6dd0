"""The profile of a region as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse.page import fill, shell, style, words
from kg.regions.english import in_english

if TYPE_CHECKING:
    from kg.analyse.profile import Profile

#: Passages listed for a topic, and directive clauses in all; the page says how many more there are.
LISTED, DUTIES = 10, 200


def fragment(profile: Profile, *, embedded: bool = False) -> str:
    """Make the profile as HTML to put into a page; ``embedded`` brings the style along."""
    body = fill("profile.html", p=profile, listed=LISTED, most=DUTIES)
    return f"<style>{style()}</style>\n{body}" if embedded else body


def page(profile: Profile) -> str:
    """Make a whole page, which needs no network."""
    name = profile.place.name if profile.lang == "zh" else in_english(profile.place.name)
    title = f"{name} · {words()[profile.lang]['profile']}"
    return shell(fragment(profile), title=title, lang=profile.lang)
