"""Which of its namesakes a name means."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from kg.regions.names import by_name, names
from kg.regions.table import RANK, Division, full_names, one_chain, within


def resolve(
    name: str, *, context: Iterable[Division] = (), date: str | datetime.date | None = None
) -> Division | None:
    """Tell which division a name means, or None where the text does not decide.

    ``context`` are the divisions whose report it stands in, nearest first; ``date`` (a day, ISO) lets
    a division be meant that was abolished since. In this order: a name with one bearer means it; a
    province goes before its namesakes below; then the context decides; then the highest of bearers
    that lie in one another, or of different levels; a tie of equals is not decided.

    >>> resolve("吉林").name, resolve("和平区")
    ('吉林省', None)
    >>> resolve("和平区", context=by_name("沈阳市")).code
    '210102'
    >>> resolve("大足县", date="2010-05-01").until
    2011
    """
    candidates = by_name(name)
    if date is not None:
        year = int(str(date)[:4])
        then = tuple(d for d in full_names().get(name, candidates) if d.existed(year))
        candidates = then or candidates
    return choose(candidates, context=context, contested=_contested(name))


def choose(
    candidates: tuple[Division, ...],
    *,
    context: Iterable[Division] = (),
    contested: bool = False,
) -> Division | None:
    """Choose among namesakes, as :func:`resolve` does."""
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    provinces = [d for d in candidates if RANK[d.level] <= RANK["province"]]
    if len(provinces) == 1:
        return provinces[0]
    for near in context:
        if near in candidates:
            return near
        inside = [d for d in candidates if within(d, near)]
        best = one_chain(inside)
        if best is not None:
            return best
        if inside:
            return None
    best = one_chain(candidates)
    if best is not None:
        return best
    if contested:
        return None
    top = min(RANK[d.level] for d in candidates)
    highest = [d for d in candidates if RANK[d.level] == top]
    return highest[0] if len(highest) == 1 else None


def _contested(name: str) -> bool:
    form = names().forms.get(name)
    return form is not None and form.weak
