"""Finds ontology/, queries/ and seeds/, in an installed wheel or in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
#: In a wheel the folders lie in kg/_data; in a checkout, beside kg/. The packaged place comes first:
#: beside an installed kg/ is site-packages/, where another distribution may own ontology/.
#: KG_DATA names another folder with the three, for experts who try changes of their own.
DATA = (
    Path(os.environ["KG_DATA"])
    if os.environ.get("KG_DATA")
    else _HERE / "_data"
    if (_HERE / "_data").is_dir()
    else _HERE.parent
)
ONTOLOGY = DATA / "ontology"
QUERIES = DATA / "queries"
SEEDS = DATA / "seeds"
