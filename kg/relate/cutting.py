"""A few sentences without a title, cut from a longer page: what their clauses direct.

The page around them would tell where a report demands and where it tells; here only the sentence does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from kg.cues import pattern
from kg.layers import Layers
from kg.relate.clause import Clause
from kg.turns import Speakers

_REPORTED = pattern("clauses", "reported")
_WHEN_ONLY = pattern("clauses", "when-only")
_ASKED = re.compile("(?:要求|责令|通知[，：]|规定[，：]|明确[，：])$")
_WHO = pattern("clauses", "bearer")
#: A text of so many sentences may be cut from a longer one.
LONGEST = 5
#: So long is what is demanded, at least, and what stands before it is looked at, in characters.
SAID = 8
#: What a clause is that no sign speaks for or against.
_PLAIN = frozenset({"narrative", "statement"})


def is_cutting(layers: Layers) -> bool:
    """Whether a text is some sentences in one paragraph without a title.

    >>> from kg.segment import segment
    >>> layers = Layers("某县叫停渡船三艘。县长说，渡口要逐个过。")
    >>> segment(layers)
    >>> is_cutting(layers)
    True
    """
    if layers.title is not None or len({s.sentence for s in layers.segments}) > LONGEST:
        return False
    return sum(line.kind == "body" for line in layers.lines) == 1


def weigh(layers: Layers, clauses: Sequence[Clause], speakers: Speakers) -> None:
    """A division does whatever verb it is told by; a sentence behind its demands that asks nobody only tells."""
    text = layers.text
    said = {s.sentence for s in layers.segments if _REPORTED.search(text, s.start, s.end)}
    single = len({turn.region for turn in speakers.turns}) == 1
    demanded = False
    _asked(clauses, text)
    for sentence, group in groupby(clauses, key=lambda c: c.sentence):
        own = list(group)
        if demanded and _tells(own, speakers, text):
            for clause in own:
                clause.force = "told"
            continue
        for clause in own if sentence not in said else ():
            turn = speakers.turn_at(clause.said)
            acts = turn is not None and (turn.acts or single)
            plain = clause.force == "told" and clause.why in _PLAIN
            if acts and plain and _WHEN_ONLY.search(text, clause.start, clause.end) is None:
                clause.force = "doing"
        demanded = demanded or any(c.force == "order" for c in own)


def _asked(clauses: Sequence[Clause], text: str) -> None:
    """要求中小型水库空库迎汛: what is demanded at once directs, though no verb of it is known."""
    for clause in clauses:
        if clause.why != "no predicate" or clause.end - clause.start < SAID:
            continue
        if _ASKED.search(text, max(0, clause.start - SAID), clause.start):
            clause.force, clause.why = "order", ""


def _tells(sentence: Iterable[Clause], speakers: Speakers, text: str) -> bool:
    """Whether nothing in a sentence demands, nobody takes the word in it, and its subject can bear no duty."""
    own = list(sentence)
    first = own[0]
    if any(c.cue is not None or c.force == "topic" for c in own):
        return False
    opens = max(text.rfind(mark, 0, first.start) for mark in "。！？\n")
    if speakers.taken_in(opens, own[-1].end) is not None or first.subject is None:
        return False
    return _WHO.search(text[slice(*first.subject)]) is None
