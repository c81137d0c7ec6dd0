"""The text of a notice as HTML: marks, changes and lines, whatever they overlap."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from kg.model import Alignment
from kg.read import read_text
from kg.repair import repair
from kg.serve.pages.marks import Mark, Places, changes, paragraphs

_TAG = re.compile(r"<[^>]*>")
_WAS = re.compile(r'<del class="was".*?</del>', re.DOTALL)
_PIECE = re.compile(r'<a class="m [^"]*" href="#n\d+" data-n="([\d ]+)"[^>]*>(.*?)</a>', re.DOTALL)


def plain(html: str) -> str:
    return unescape(_TAG.sub("", html))


def marked(html: str, number: int) -> str:
    pieces = _PIECE.findall(_WAS.sub("", html))
    return "".join(plain(body) for told, body in pieces if str(number) in told.split())


@st.composite
def texts(draw):
    """A raw text, the text restored from it, and how they correspond."""
    steps = draw(
        st.lists(
            st.one_of(
                st.text("生产安全<&\n", min_size=1, max_size=6).map(lambda s: (s, s)),
                st.text("a(ǎ)", min_size=1, max_size=4).map(lambda s: (s, "")),
                st.sampled_from([("產", "产"), ("&amp;", "&"), ("??", "库"), ("", "补")]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    raw = "".join(a for a, _ in steps)
    text = "".join(b for _, b in steps)
    pairs = []
    for a, b in steps:
        pairs += [(1, 1)] * len(a) if a == b else [(len(b), len(a))]
    return raw, text, Alignment.build(pairs)


@given(texts(), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8))
def test_both_texts_stay_what_they_are_and_each_mark_covers_its_characters(three, spans):
    raw, text, alignment = three
    marks = [
        Mark(a, min(a + n, len(raw)), number, "stresses")
        for number, (a, n) in enumerate(spans, 1)
        if a < len(raw)
    ]
    lines = paragraphs(raw, text, alignment, marks, changes(raw, text, alignment, ()), ())
    left = "".join(line.raw for line in lines)
    right = "".join(line.restored for line in lines)
    assert plain(left) == raw
    assert plain(_WAS.sub("", right)) == text
    places = Places(alignment)
    for mark in marks:
        assert marked(left, mark.number) == raw[mark.start : mark.end]
        begin, stop = places.span(mark.start, mark.end)
        assert marked(right, mark.number) == text[begin:stop]


def test_what_repair_changed_is_shown_with_its_receipt():
    notice = read_text("黑龙江省要狠抓生產(chǎn)安全&ldquo;头顶库&rdquo;,嚴(yán)防事故")
    repaired = repair(notice)
    found = changes(notice.raw, repaired.text, repaired.alignment, repaired.edits)
    (line,) = paragraphs(notice.raw, repaired.text, repaired.alignment, (), found, ())
    assert repaired.edits
    assert all(change.edits for change in found)
    for number, edit in enumerate(repaired.edits, 1):
        told = {n for change in found for n in change.edits}
        assert number in told, edit
    assert 'class="was"' in line.restored
    assert '<ins class="e"' in line.restored
    assert '<del class="e"' in line.raw


def test_what_would_disguise_the_text_is_shown_by_its_code():
    raw = "尾矿库\u202e<script>alert(1)</script>安全"
    alignment = Alignment.identity(len(raw))
    (line,) = paragraphs(raw, raw, alignment, [Mark(0, 3, 1, "stresses")], (), ())
    assert "U+202E" in line.raw
    assert "<script" not in line.raw + line.restored
    assert "\u202e" not in line.raw + line.restored
