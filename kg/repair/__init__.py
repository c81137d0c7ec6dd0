"""Damaged text restored, with a receipt for every change: glosses, script, broken bytes.

What mirror pages do to a notice is described in docs/damage.md. Repair works in the opposite order:
broken bytes first (they may hide half a gloss), then glosses, then traditional to simplified. Each
step is gated by evidence on the page; clean simplified text comes back as it is.
"""

from __future__ import annotations

from kg.model import Alignment, Edit, EditKind, Notice, Repaired
from kg.repair import broken, gloss, patches, script

__all__ = ["repair"]

#: Decided stretches that speak for broken bytes on a page without glosses.
FEW = 2


def repair(notice: Notice) -> Repaired:
    """Restore a notice's text.

    >>> from kg.repair import _notice
    >>> repair(_notice("安全生產(chǎn)工作會議(yì),緊接著生產(chǎn)會議(yì)")).text
    '安全生产工作会议,紧接着生产会议'
    """
    text = notice.text
    converted = script.convert(text)
    traditional = script.is_traditional(text, converted)
    glosses = gloss.find(text, traditional=traditional)
    if not traditional and not glosses.damage:
        return Repaired(text=text, alignment=notice.alignment)
    edits: list[Edit] = []
    suspects: list[Edit] = []
    alignment = notice.alignment
    found = broken.find(text, converted, traditional=traditional, glossed=glosses.gated)
    gated = glosses.gated or sum(f.decided for f in found) >= FEW
    chosen = [f for f in found if f.decided and gated]
    for f in found:
        p = f.patch
        begin, stop = alignment.to_input(p.start, p.end)
        edit = Edit(
            start=begin, end=stop, before=text[p.start : p.end], after=p.after, kind="bytes",
            evidence=f.evidence, reproduced=f.reproduced, applied=f in chosen,
        )  # fmt: skip
        (edits if edit.applied else suspects).append(edit)
    if chosen:
        text, step = patches.apply(text, [f.patch for f in chosen])
        alignment = step.compose(alignment)
        glosses = gloss.find(text, traditional=traditional)
    if glosses.damage:
        damage = glosses.damage
        repeated = f"pinyin of the character before it, one of {len(damage)} on the page"
        for g in damage:
            edits.append(_edit(alignment, g.start, g.end, text, "", "gloss", repeated))
        text, step = patches.apply(
            text, [patches.Patch(g.start - 1, g.end, text[g.start - 1]) for g in damage]
        )
        alignment = step.compose(alignment)
    if traditional:
        simplified = script.finish(script.convert(text))
        edits.extend(_script_edits(text, simplified, alignment))
        text = simplified
    edits.sort(key=lambda edit: (edit.start, edit.end))
    return Repaired(text=text, alignment=alignment, edits=tuple(edits), suspects=tuple(suspects))


def _edit(
    alignment: Alignment, start: int, end: int, text: str, after: str, kind: EditKind, evidence: str
) -> Edit:
    """Make an applied edit of ``text[start:end]``, its span mapped to the raw file."""
    begin, stop = alignment.to_input(start, end)
    return Edit(
        start=begin, end=stop, before=text[start:end], after=after, kind=kind, evidence=evidence
    )


def _script_edits(text: str, simplified: str, alignment: Alignment) -> list[Edit]:
    """One edit a stretch of neighbouring characters that conversion changed."""
    edits = []
    begin = -1
    for i, (a, b) in enumerate(zip(text + "\n", simplified + "\n", strict=True)):
        if a != b:
            if begin < 0:
                begin = i
        elif begin >= 0:
            edits.append(
                _edit(alignment, begin, i, text, simplified[begin:i], "script", "OpenCC t2s")
            )
            begin = -1
    return edits


def _notice(text: str) -> Notice:
    """Make a notice of a string (for examples and tests)."""
    return Notice(
        id="text",
        filename="text",
        path="<text>",
        sha256="",
        encoding="utf-8",
        raw=text,
        text=text,
        alignment=Alignment.identity(len(text)),
    )
