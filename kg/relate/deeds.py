"""What the main verb of a directive clause tells of a measure: 对塔吊复查 orders a screening."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kg.cues import compiled, rows
from kg.relate.clause import Clause

#: Marks that may stand around a verb: 开展“回头看”.
_MARKS = '“”"‘’「」'


class _Deed(NamedTuple):
    words: frozenset[str]
    value: tuple[str, ...]
    context: re.Pattern[str]


class _Deeds(NamedTuple):
    rows: tuple[_Deed, ...]
    light: frozenset[str]
    """Verbs that leave to their object what is done."""
    ends: re.Pattern[str]
    """A verb of some row at the end of a clause or of an item, with what may follow it there."""
    listed: re.Pattern[str]
    """A verb of some row right behind the main verb, in a list with it."""


@cache
def _table() -> _Deeds:
    words = {kind: [w for r in rows("deeds") if r.kind == kind for w in r.words] for kind in KINDS}
    verbs = _either([word for word in words["measure"] if len(word) > 1])  # 查 also ends 巡查
    marks = f"[{_MARKS}]?"
    return _Deeds(
        tuple(
            _Deed(frozenset(row.words), tuple(row.value.split()), compiled(row))
            for row in rows("deeds")
            if row.kind == "measure"
        ),
        frozenset(words["light"]),
        re.compile(f"({verbs}){marks}(?:{_either(words['tail'])})*(?=$|[、，并和与及])"),
        re.compile(f"[、并和与及]{marks}({verbs})"),
    )


#: Kinds of rows: what tells a measure; verbs that leave it to their object; what may follow that object.
KINDS = ("measure", "light", "tail")


def _either(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def deeds(clause: Clause, text: str) -> Iterator[str]:
    """The measures that the clause orders by its verb; none where it forbids, or only names a topic."""
    if not clause.action or clause.force not in {"order", "doing"}:
        return
    if clause.modality == "prohibition":
        return
    table = _table()
    done = [clause.action]
    behind = clause.action_at + len(clause.action)
    if clause.action in table.light:
        found = table.ends.search(text, behind, clause.end)
    else:
        found = table.listed.match(text, behind, clause.end)
    if found is not None:
        done.append(found[1])
    words = ""
    for row in table.rows:
        if not row.words.isdisjoint(done):
            words = words or text[clause.begin : clause.end]
            if row.context.search(words):
                yield from row.value
