"""Which clauses return where: known cases, and all pairs measured anew."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analyse.diffusion import clauses, diffusion
from kg.analyse.diffusion_page import page
from kg.analyse.reuse import Circulation, changes, divide, plain, shingles, similar
from kg.errors import QueryError
from kg.model import Evidence, Obligation, Record, Region
from tests import browser
from tests.analysed import graph
from tests.records import notice
from tests.test_analyse_matrix import HOSTILE

COPIED = "严厉打击非法盗采矿产资源行为"
ADAPTED = "要立即开展高层建筑消防安全隐患排查"
LATER = "各区县要立即开展老旧小区消防安全隐患排查"


def said(name, day, **words):
    """A notice in which each region gives one clause after another."""
    raw = "。".join(f"{region}{'。'.join(texts)}" for region, texts in words.items())

    def at(text):
        start = raw.index(text)
        return (Evidence(start=start, end=start + len(text), quote=text),)

    return Record(
        id=name,
        title=name,
        published=day,
        notice=notice(name, raw),
        regions=tuple(Region(name=r, evidence=at(r)) for r in words),
        obligations=tuple(
            Obligation(
                region=region,
                modality="obligation",
                action="做",
                quote=text,
                hazards=(),
                evidence=at(text),
            )
            for region, texts in words.items()
            for text in texts
        ),
    )


WORLD = (
    said("n", "2021-01-01", 全国=[COPIED, ADAPTED, "切实加强组织领导工作"]),
    said("h", "2021-02-01", 湖南省=[COPIED, "切实加强组织领导工作"]),
    said("j", "2020-12-01", 江西省=[LATER, "切实加强组织领导工作", COPIED]),
    said("g", "2021-03-01", 贵州省=["切实加强组织领导工作", "春节期间燃放烟花爆竹须谨慎"]),
    *(said(f"r{n}", "2021-03-02", 贵州省=["切实加强组织领导工作"]) for n in range(40)),
)


def test_copies_and_adaptations_are_found_dated_and_told_apart():
    with graph(WORLD) as opened:
        found = diffusion(opened)
    got = {(r.source.passage.quote, r.target.region): r for r in found.returns}
    assert set(got) == {(COPIED, "湖南省"), (COPIED, "江西省"), (ADAPTED, "江西省")}
    assert got[COPIED, "湖南省"].kind == "verbatim"
    assert got[COPIED, "湖南省"].days == 31
    assert got[COPIED, "江西省"].earlier
    assert got[ADAPTED, "江西省"].kind == "adapted"
    ((first,),) = {found.first(r.source) for r in found.returns if r.source.passage.quote == COPIED}
    assert (first.region, first.published) == ("江西省", "2020-12-01")
    assert (found.clauses, found.compared) == (3, 7 + 40)
    changed = got[ADAPTED, "江西省"].changes
    assert [(c.op, c.text) for c in changed if c.op != "same"] == [
        ("inserted", "各区县"),
        ("deleted", "高层建筑"),
        ("inserted", "老旧小区"),
    ]


def test_what_every_notice_has_is_boilerplate():
    with graph(WORLD) as opened:
        found = diffusion(opened, least=0.01)
    score = {
        (r.source.passage.quote, r.target.region): (r.score, r.boilerplate) for r in found.returns
    }
    # all 42 other notices have it: log(43 / 43) / log 43
    assert ("切实加强组织领导工作", "湖南省") not in score
    # one other of 42 has the copied clause
    assert score[COPIED, "湖南省"][1] == pytest.approx(1 - log(43 / 2) / log(43), abs=1e-6)
    # of few notices that all have a clause tells little
    with graph(WORLD[:4]) as opened:
        few = diffusion(opened, least=0.01)
    score = {(r.source.passage.quote, r.target.region): r.boilerplate for r in few.returns}
    assert score["切实加强组织领导工作", "湖南省"] == pytest.approx(
        1 - log(31 / 3) / log(31), abs=1e-6
    )


def test_a_notice_may_be_the_source_and_an_unknown_one_is_told():
    with graph(WORLD) as opened:
        by_notice = diffusion(opened, source="n")
        assert {r.target.region for r in by_notice.returns} == {"湖南省", "江西省"}
        with pytest.raises(QueryError, match="no region, notice or meeting is called"):
            diffusion(opened, source="乌有")
        with pytest.raises(QueryError, match="no clause of '西藏' is held"):
            diffusion(opened, source="西藏")
        with pytest.raises(QueryError, match="between 0 and 1"):
            diffusion(opened, least=2)


WORDS = ("矿山", "安全", "隐患", "排查", "严格", "落实", "责任", "企业", "消防")
texts = st.lists(st.sampled_from(WORDS), min_size=4, max_size=9).map("".join)


@st.composite
def reused(draw):
    regions = ("全国", "湖南省", "江西省")
    out = []
    for number in range(draw(st.integers(1, 4))):
        words = {
            r: draw(st.lists(texts, min_size=1, max_size=3, unique=True))
            for r in draw(st.lists(st.sampled_from(regions), min_size=1, unique=True))
        }
        out.append(said(f"n{number}", f"2021-01-0{number + 1}", **words))
    return out


@given(reused(), st.sampled_from([0.1, 0.4, 0.8]))
@settings(max_examples=60, deadline=None)
def test_any_return_is_what_measuring_every_pair_gives(records, least):
    with graph(records) as opened:
        units = clauses(opened)
        if not any(u.region == "全国" for u in units):
            return
        found = diffusion(opened, least=least)

    def parts(text):
        return {text[i : i + 3] for i in range(len(text) - 2)}

    holders = {}
    for unit in units:
        for part in parts(unit.passage.quote):
            holders.setdefault(part, set()).add(unit.notice)
    names = {u.notice for u in units}
    best = {}
    for one in (u for u in units if u.region == "全国"):
        for two in (u for u in units if u.region != "全国"):
            pair = {one.notice, two.notice}
            others = max(30, len(names - pair))
            shared = parts(one.passage.quote) & parts(two.passage.quote)
            total = sum(
                log((others + 1) / (len(holders[s] - pair) + 1)) / log(others + 1) for s in shared
            )
            score = total / len(parts(one.passage.quote))
            if round(score, 6) >= least:
                key = (one, two.notice, two.place)
                best[key] = max(best.get(key, 0), score)
    got = {(r.source, r.target.notice, r.target.place): r.score for r in found.returns}
    assert got == {key: pytest.approx(score, abs=1e-5) for key, score in best.items()}


def test_minhash_finds_every_copy_and_most_of_what_is_alike():
    targets = {
        n: shingles(plain(f"第{n}项工作要求各级各部门认真抓好第{n * 7}号整改清单所列事项"))
        for n in range(200)
    }
    sources = {n: targets[n] for n in range(0, 200, 20)}
    quick = set(similar(sources, targets, exhaustive=False))
    assert {(n, n) for n in sources} <= quick
    every = set(similar(sources, targets, exhaustive=True))
    alike = {
        (a, b)
        for a, b in every
        if len(sources[a] & targets[b]) / len(sources[a] | targets[b]) > 0.5
    }
    assert len(alike & quick) >= 0.95 * len(alike) > 100
    assert quick == set(similar(sources, targets, exhaustive=False))


@given(st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_changes_lose_nothing_of_either_text(one, two):
    found = changes(one, two)
    assert "".join(c.text for c in found if c.op != "inserted") == one
    assert "".join(c.text for c in found if c.op != "deleted") == two
    assert "".join(divide(one)) == one


def test_a_word_alone_in_circulation_weighs_one():
    assert Circulation([("a", frozenset({"x"}))]).weight("x", "a", "a") == 1.0


@pytest.mark.browser
@pytest.mark.parametrize("size", [browser.DESKTOP, browser.PHONE])
def test_the_page_marks_what_was_changed_and_runs_nothing_of_a_notice(tmp_path, size):
    bad = (
        said("x", "2021-01-01", 全国=[f"{COPIED}{HOSTILE}"]),
        said("y", "2021-02-01", 湖南省=[f"坚决{COPIED}{HOSTILE}"]),
    )
    file = tmp_path / "d.html"
    with graph([*WORLD[:3], *bad]) as opened:
        text = page(diffusion(opened, least=0.2))
    assert "<img" not in text
    file.write_text(text, encoding="utf-8")
    with browser.chromium() as chromium, browser.opened(chromium, file, size) as shown:
        tab = shown.page
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert "老旧小区" in [x.strip() for x in tab.locator("ins").all_inner_texts()]
        assert shown.complaints == []
        assert shown.dialogs == []
        assert [r for r in shown.requests if not r.startswith("file:")] == []
