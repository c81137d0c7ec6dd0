"""The stages in order. To see what kg does, read this file.

read -> repair -> segment -> annotate -> resolve -> relate -> triples -> store -> query -> view
"""

from __future__ import annotations

from pathlib import Path

from kg.model import Notice, Record
from kg.repair import repair


def extract(notice: Notice) -> Record:
    """Find what a notice says, with the place in the raw file that says it.

    The text is repaired first; the spaCy components of ``kg.components`` (segment, annotate, resolve,
    relate) then work on the restored text, and every span found is mapped back to the raw file.
    """
    from kg.components import run  # spaCy takes half a second to import

    return run(notice, repair(notice))


def extract_path(path: Path) -> Record:
    """Read a file and extract it."""
    from kg.read import read_path

    return extract(read_path(path))
