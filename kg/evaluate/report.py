"""An evaluation as text to read and as JSON to keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kg.evaluate import resample
from kg.evaluate.score import LAYERS, SCHEMES, Count, Evaluation

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MARKS = {
    "missed": "- missed",
    "false": "+ false hit",
    "modality": "~ modality",
    "action": "~ action",
}


def as_text(
    evaluation: Evaluation,
    *,
    differences: bool = True,
    intervals: bool = False,
    phenomena: bool = False,
) -> str:
    """Write a table of the layers, then each miss and false hit with its sentence.

    ``intervals`` adds how far each F1 could lie off (kg.evaluate.resample) and the F1 with credit for
    a broader or narrower concept; ``phenomena`` the F1 on the notices in which each is found.

    >>> from kg.evaluate import Evaluation, score
    >>> result = score({"id": "a", "regions": ["湖南省"]}, {"regions": [{"name": "湖北省"}]})
    >>> print(as_text(Evaluation(notices=(result,))))
    1 notice
    layer              gold  found  right  precision  recall     F1
    regions               1      1      0      0.000   0.000  0.000
    <BLANKLINE>
    a
      - missed       regions: 湖南省
      + false hit    regions: 湖北省
    """
    lines = [_head(evaluation)]
    lines += _table(evaluation)
    if intervals:
        lines += ["", *_intervals(evaluation)]
    if phenomena:
        lines += ["", *_phenomena(evaluation)]
    if differences:
        for notice in evaluation.notices:
            if notice.differences:
                lines += ["", _clean(notice.id)]
            for d in notice.differences:
                lines.append(f"  {_MARKS[d.kind]:<14} {d.layer}: {_clean(d.item)}")
                if d.sentence:
                    lines.append(f"{'':<17} {_clean(d.sentence)}")
    return "\n".join(lines)


def as_json(evaluation: Evaluation) -> str:
    """Write the figures (unrounded), the counts of each notice and its differences as JSON."""
    found = resample.intervals(evaluation)
    return json.dumps(
        {
            "layers": {
                name: _figures(count)
                | {"f1_interval": found.get(name)}
                | ({"f1_related_half": evaluation.near_f1(name)} if name in SCHEMES else {})
                for name, count in _ordered(evaluation.layers)
            },
            "phenomena": {
                name: {
                    "notices": len(part.notices),
                    "f1": {layer: count.f1 for layer, count in _ordered(part.layers)},
                }
                for name, part in evaluation.phenomena.items()
            },
            "modality": {
                "macro_f1": evaluation.modality_macro_f1,
                "classes": {n: _figures(c) for n, c in sorted(evaluation.modality.items())},
            },
            "action_accuracy": evaluation.action_accuracy,
            "notices": [
                {
                    "id": notice.id,
                    "layers": {name: _figures(c) for name, c in _ordered(dict(notice.layers))},
                    "differences": [
                        {"layer": d.layer, "kind": d.kind, "item": d.item, "sentence": d.sentence}
                        for d in notice.differences
                    ],
                }
                for notice in evaluation.notices
            ],
            "errors": [str(error) for error in evaluation.errors],
        },
        ensure_ascii=False,
        indent=1,
    )


def _head(evaluation: Evaluation) -> str:
    count = len(evaluation.notices)
    bare = sum("obligations" not in n.layers for n in evaluation.notices)
    head = f"{count} notice" + ("s" if count != 1 else "")
    return head + (f", {bare} of them without obligations in the gold" if 0 < bare < count else "")


def _table(evaluation: Evaluation) -> Iterator[str]:
    yield f"{'layer':<17}{'gold':>6}{'found':>7}{'right':>7}{'precision':>11}{'recall':>8}{'F1':>7}"
    for name, count in _ordered(evaluation.layers):
        yield _row(name, count)
    for name, count in sorted(evaluation.modality.items()):
        yield _row(f"  {name}", count)
    if evaluation.modality:
        yield f"{'modality, macro F1':<56}{_rate(evaluation.modality_macro_f1):>7}"
        yield f"{'action, of the clauses found':<56}{_rate(evaluation.action_accuracy):>7}"


def _intervals(evaluation: Evaluation) -> Iterator[str]:
    yield f"{'F1':<17}{'':>6}{'95 % interval':>17}{'related half':>14}"
    found = resample.intervals(evaluation)
    for name, count in _ordered(evaluation.layers):
        low, high = found.get(name, (None, None))
        between = "–" if low is None or high is None else f"{low:.3f} – {high:.3f}"
        near = _rate(evaluation.near_f1(name)) if name in SCHEMES else ""
        yield f"{name:<17}{_rate(count.f1):>6}{between:>17}{near:>14}"


def _phenomena(evaluation: Evaluation) -> Iterator[str]:
    yield f"{'phenomenon':<40}{'notices':>8}" + "".join(f"{name[:11]:>12}" for name in LAYERS)
    for name, part in evaluation.phenomena.items():
        layers = part.layers
        rates = (_rate(layers[x].f1 if x in layers else None) for x in LAYERS)
        yield f"{_clean(name)[:39]:<40}{len(part.notices):>8}" + "".join(f"{r:>12}" for r in rates)


def _row(name: str, count: Count) -> str:
    gold, found = count.right + count.missed, count.right + count.false
    return (
        f"{name:<17}{gold:>6}{found:>7}{count.right:>7}"
        f"{_rate(count.precision):>11}{_rate(count.recall):>8}{_rate(count.f1):>7}"
    )


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ordered(layers: dict[str, Count]) -> list[tuple[str, Count]]:
    return [(name, layers[name]) for name in LAYERS if name in layers]


def _figures(count: Count) -> dict[str, float | None]:
    return {
        "right": count.right,
        "false": count.false,
        "missed": count.missed,
        "precision": count.precision,
        "recall": count.recall,
        "f1": count.f1,
    }


def _clean(text: str) -> str:
    """Show what a notice holds without letting it command the terminal."""
    return _UNPRINTABLE.sub("·", text)
