"""How far a figure could lie off: the bootstrap over notices (Efron, 1979), percentile intervals.

Notices, not items, are drawn: the items of one notice stand or fall together. The draws are seeded, so the
same evaluation gives the same intervals.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.evaluate.score import Count, Evaluation

#: Draws; the ends of a 95 % interval then move by less than a hundredth from seed to seed.
DRAWS = 2000
LEVEL = 0.95
SEED = 20200410


def intervals(
    evaluation: Evaluation, *, draws: int = DRAWS, level: float = LEVEL
) -> Mapping[str, tuple[float, float]]:
    """Give the interval of each layer's F1 (micro); a layer of one notice has none.

    >>> from kg.evaluate import Evaluation, score
    >>> same = score({"id": "a", "regions": ["湖南省"]}, {"regions": ["湖南省"]})
    >>> intervals(Evaluation(notices=(same, same)))
    {'regions': (1.0, 1.0)}
    """
    import numpy as np

    found = {}
    for layer in evaluation.layers:
        counts = [n.layers[layer] for n in evaluation.notices if layer in n.layers]
        if len(counts) < 2:
            continue
        table = np.array([_row(c) for c in counts], dtype=np.int64)
        random = np.random.Generator(np.random.PCG64(SEED))
        drawn = random.integers(0, len(counts), size=(draws, len(counts)))
        right, false, missed = table[drawn].sum(axis=1).T
        total = 2 * right + false + missed
        rates = 2 * right[total > 0] / total[total > 0]
        if rates.size:
            low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
            found[layer] = (round(float(low), 6), round(float(high), 6))
    return found


def _row(count: Count) -> tuple[int, int, int]:
    return count.right, count.false, count.missed
