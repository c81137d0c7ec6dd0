"""The stages in order. To see what kg does, read this file.

read -> repair -> segment -> annotate -> resolve -> relate -> triples -> store -> query -> view
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.annotate import annotate
from kg.layers import Layers
from kg.model import Notice, Record, Repaired
from kg.relate.record import is_document, relate
from kg.repair import repair
from kg.resolve import resolve
from kg.review.corrections import NONE, Corrections, apply
from kg.segment import segment


def extract(notice: Notice, *, corrections: Corrections = NONE) -> Record:
    """Find what a notice says, with the place in the raw file that says it.

    The text is repaired first; the stages then work on the restored text, and every span found is
    mapped back to the raw file. A reviewer's corrections come last. ``kg.components`` has the same
    stages as spaCy components.
    """
    repaired = repair(notice)
    record = understand(notice, repaired, terms=corrections.terms)[1]
    rows = corrections.of(notice.id)
    return apply(record, repaired, rows) if rows else record


def understand(
    notice: Notice, repaired: Repaired, *, terms: Mapping[str, str] = NONE.terms
) -> tuple[Layers, Record]:
    """Run the stages over a restored notice: all they found in its text, and the record of it."""
    layers = Layers(repaired.text, terms=terms)
    segment(layers)
    annotate(layers)
    speakers = resolve(layers, document=is_document(layers))
    return layers, relate(layers, speakers, notice, repaired)


def extract_path(path: Path, *, corrections: Corrections = NONE) -> Record:
    """Read a file and extract it."""
    from kg.read import read_path

    return extract(read_path(path), corrections=corrections)
