"""What the end of a sentence takes back of the clauses before it: …由市级监管，此次未作安排."""

from __future__ import annotations

from itertools import pairwise, takewhile

from kg.cues import pattern
from kg.relate.clause import Clause

_LEFT_OUT = pattern("clauses", "left-out")
_DEALT_NOUN = pattern("clauses", "dealt-noun")
_PASSIVE = pattern("clauses", "passive")
#: Verbs of those who come to something.
_COMES = frozenset({"参加", "出席", "列席", "陪同"})


def leave_out(clauses: list[Clause], sentence: int, text: str, *, report: bool) -> None:
    """…由市级监管，此次未作安排: what is left out at the end was not ordered before."""
    tail = list(takewhile(lambda c: c.sentence == sentence, reversed(clauses)))[::-1]
    if tail and tail[-1].why in {"attends", "left out"} and tail[-1].action in _COMES:
        for clause in tail[:-1]:  # 市安委会全体成员，各区分管负责人参加会议
            if clause.cue is None:
                clause.force, clause.why = "told", "attends"
    for before, clause in pairwise(tail):
        if (
            before.cue is None
            and _PASSIVE.match(text, clause.start)
            and "的" in text[before.start : before.end]
            and (
                before.action_at == before.start
                or _DEALT_NOUN.search(text, before.start, before.end) is not None
            )
        ):
            before.force, before.why = "told", "object put first"
            if clause.force == "order":
                clause.condition_at = before.begin
        done = (
            report
            and clause.why in {"了", "已", "count"}
            and before.force == "order"
            and before.strength < 3
        )
        if done and before.cue is None and before.subject is not None:
            before.force, before.why = "doing", "done"  # 有关单位设置展台，摆放了灭火器
        later = "另行" in text[clause.start : clause.end]  # 景区停业，恢复时间另行通知
        if before.cue is None and not later and _LEFT_OUT.search(text, clause.start, clause.end):
            before.force, before.why = "told", "left out"
