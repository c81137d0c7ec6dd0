"""Misses and false hits as one HTML page: each in its sentence, to be filtered by layer, kind and notice.

The page loads nothing and runs no code that is not in it; everything of a notice is escaped. Without scripts all
entries are shown.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from kg.evaluate import resample
from kg.evaluate.score import LAYERS, Difference, Evaluation

_KINDS = {
    "missed": "missed",
    "false": "false hit",
    "modality": "modality",
    "action": "action",
}
_STYLE = """
:root{color-scheme:light dark;--line:#8886;--bad:#b3261e;--miss:#8a5a00;--near:#3b5bb5;--mark:#ffe08a}
@media (prefers-color-scheme:dark){:root{--bad:#ff8a80;--miss:#ffc46b;--near:#9db6ff;--mark:#6b5200}}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60rem;
margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.4rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.15rem .6rem;border-bottom:1px solid var(--line);text-align:right}
td:first-child,th:first-child{text-align:left}
.scroll{overflow-x:auto}form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin:1rem 0;align-items:center}
label{max-width:100%}select,input{font:inherit;max-width:100%;box-sizing:border-box}
@media (max-width:34rem){table{font-size:.8rem}td,th{padding:.15rem .3rem}h1{font-size:1.2rem}}
article{border-left:.3rem solid var(--miss);padding:.2rem .8rem;margin:.7rem 0}
article.false{border-color:var(--bad)}article.modality,article.action{border-color:var(--near)}
article p{margin:.1rem 0}.of{font-size:.85rem;opacity:.8}
mark{background:var(--mark);color:inherit}[hidden]{display:none}
"""
_SCRIPT = """
const form=document.querySelector('form'),items=[...document.querySelectorAll('article')],
count=document.querySelector('#count');
function show(){const f=new FormData(form),q=f.get('words').trim();let n=0;
for(const i of items){const on=['layer','kind','notice'].every(k=>!f.get(k)||i.dataset[k]===f.get(k))
&&(!f.get('phenomenon')||(' '+i.dataset.phenomena+' ').includes(' '+f.get('phenomenon')+' '))
&&(!q||i.textContent.includes(q));i.hidden=!on;n+=on}count.textContent=n+' shown';
history.replaceState(null,'','#'+new URLSearchParams(f))}
const given=new URLSearchParams(location.hash.slice(1));
for(const [k,v] of given)if(form.elements[k])form.elements[k].value=v;
form.hidden=false;form.addEventListener('input',show);form.addEventListener('submit',e=>e.preventDefault());show();
"""


def as_html(evaluation: Evaluation) -> str:
    """Write the page.

    >>> from kg.evaluate import Evaluation, score
    >>> result = score({"id": "<b>", "regions": ["湖南省"]}, {"regions": []})
    >>> "&lt;b&gt;" in as_html(Evaluation(notices=(result,)))
    True
    """
    differences = [(n, d) for n in evaluation.notices for d in n.differences]
    kinds = {d.kind for _, d in differences}
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
        f"<title>kg eval: {len(differences)} differences</title><style>{_STYLE}</style>",
        f"<h1>{len(differences)} differences in {len(evaluation.notices)} notices</h1>",
        '<div class="scroll"><table><tr><th>layer<th>gold<th>found<th>right<th>F1<th>95 %</tr>',
        *_table(evaluation),
        "</table></div>",
        "<form hidden>",
        _select("layer", [x for x in LAYERS if any(d.layer == x for _, d in differences)]),
        _select("kind", [k for k in _KINDS if k in kinds]),
        _select("notice", [n.id for n in evaluation.notices if n.differences]),
        _select("phenomenon", list(evaluation.phenomena)),
        '<label>words <input name="words" type="search"></label> <output id="count"></output>',
        "</form><main>",
        *(_article(n.id, n.phenomena, d) for n, d in differences),
        f"</main><script>{_SCRIPT}</script></html>\n",
    ]
    return "\n".join(parts)


def _table(evaluation: Evaluation) -> Iterator[str]:
    found = resample.intervals(evaluation)
    layers = evaluation.layers
    for name in (x for x in LAYERS if x in layers):
        c = layers[name]
        f1 = "–" if c.f1 is None else f"{c.f1:.3f}"
        between = "–".join(f"{x:.2f}" for x in found.get(name, ()))
        cells = (name, c.right + c.missed, c.right + c.false, c.right, f1, between)
        yield "<tr>" + "".join(f"<td>{x}" for x in cells) + "</tr>"


def _select(name: str, values: list[str]) -> str:
    options = "".join(
        f'<option value="{_e(v)}">{_e(_KINDS.get(v, v) if name == "kind" else v)}</option>'
        for v in values
    )
    return f'<label>{name} <select name="{name}"><option value="">all</option>{options}</select></label>'


def _article(notice: str, phenomena: tuple[str, ...], d: Difference) -> str:
    data = f'data-layer="{_e(d.layer)}" data-kind="{d.kind}" data-notice="{_e(notice)}"'
    data += f' data-phenomena="{_e(" ".join(phenomena))}"'
    return (
        f'<article class="{d.kind}" {data}><p class="of">{_e(notice)} · {_e(d.layer)} · '
        f"{_KINDS[d.kind]}</p><p><b>{_e(d.item)}</b></p>"
        f'<p lang="zh">{_marked(d.sentence, d.words)}</p></article>'
    )


def _marked(sentence: str, words: tuple[str, ...]) -> str:
    """Write the sentence, the first place of the longest word that it holds marked."""
    for word in sorted(words, key=len, reverse=True):
        at = sentence.find(word) if word else -1
        if at >= 0:
            end = at + len(word)
            return f"{_e(sentence[:at])}<mark>{_e(word)}</mark>{_e(sentence[end:])}"
    return _e(sentence)


def _e(text: str) -> str:
    return html.escape(text, quote=True)
