"""Regions compared, described, measured against a meeting, in time: by hand, and counted anew."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import icalendar
import pytest
import yaml
from hypothesis import given, settings

import kg
from kg.analyse.bearers import classes
from kg.analyse.compare import compare
from kg.analyse.duties import duties
from kg.analyse.gaps import gaps
from kg.analyse.profile import profile
from kg.analyse.profile_page import page as profile_page
from kg.analyse.timeline import timeline
from kg.errors import DataFileError, QueryError
from kg.ontology import ancestors
from tests import browser
from tests.analysed import SEED, from_gold, graph, seed, shared, worlds
from tests.records import record, spoilt
from tests.stores import NATIONAL, memory
from tests.test_analyse_matrix import run

LAYERS = (
    ("hazard", "stresses", "hazard"),
    ("responsibility", "responsibilities", "type"),
    ("measure", "measures", "measure"),
    ("campaign", "campaigns", "name"),
)


def said(records):
    """Every (region, scheme, id, number of the notice), straight from the records."""
    return {
        (item.region, scheme, getattr(item, name), number)
        for number, record in enumerate(records)
        for scheme, layer, name in LAYERS
        for item in getattr(record, layer)
        if item.region is not None
    }


def above(scheme, id):
    return {id} if scheme == "campaign" else set(ancestors(id))


# --- compare --------------------------------------------------------------------------------------


def test_two_regions_of_the_seed_share_what_was_counted_by_hand():
    with seed() as opened:
        plain = compare(opened, "黑龙江", "江西省")
        folded = compare(opened, "黑龙江", "江西省", fold=True)
    # both: 森林防火 防汛; 安全生产责任制; 专项整治 风险管控 隐患排查 源头治理; 三年行动
    assert len(plain.of("both")) == 2 + 1 + 4 + 1
    assert {line.topic.id for line in plain.of("both") if line.topic.scheme == "hazard"} == {
        "forest-fire",
        "flood",
    }
    assert len(plain.of("first")) == 10 + 0 + 2 + 0
    assert len(plain.of("second")) == 3 + 10 + 4 + 1
    assert {x.topic.id for x in folded.of("both") if x.topic.scheme == "hazard"} == {
        "wildfire",
        "natural-disaster",
    }
    assert all(line.first_passages for line in plain.of("first"))


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_any_comparison_is_what_the_records_say(records):
    facts = said(records)
    speaking = sorted({r.name for record in records for r in record.regions})
    if len(speaking) < 2:
        return
    one, two = speaking[:2]
    with graph(records) as opened:
        found = compare(opened, one, two)
    got = {(x.topic.scheme, x.topic.id): (x.first, x.second, x.side) for x in found.lines}
    wanted = {}
    for _, scheme, id, _ in facts:
        first, second = (
            sum((r, s, i) == (name, scheme, id) for r, s, i, _ in facts) for name in (one, two)
        )
        if first or second:
            side = "both" if first and second else "first" if first else "second"
            wanted[scheme, id] = (first, second, side)
    assert got == wanted


def test_a_region_is_compared_with_another_one_that_is_held():
    with seed() as opened:
        with pytest.raises(QueryError, match="the same region"):
            compare(opened, "湖南", "430000")
        with pytest.raises(QueryError, match="no notice of the region '西藏'"):
            compare(opened, "湖南", "西藏")


# --- profile --------------------------------------------------------------------------------------


def test_the_profile_of_a_region_has_the_numbers_counted_by_hand():
    obligations = sum(o.region == "黑龙江省" for o in from_gold(SEED).obligations)
    with seed() as opened:
        found = profile(opened, "黑龙江")
    assert found.regions == 6
    here = {n.key: n.here for n in found.numbers}
    assert here == {
        "notices_n": 1, "meetings_n": 1, "sectors": 12, "responsibilities_n": 1,
        "measures_n": 6, "campaigns_n": 1, "obligations_n": obligations,
    }  # fmt: skip
    mean = {n.key: n.mean for n in found.numbers}
    assert mean["sectors"] == pytest.approx((6 + 23 + 12 + 5 + 7 + 11) / 6)
    assert mean["responsibilities_n"] == pytest.approx((9 + 7 + 1 + 11 + 5 + 2) / 6)
    assert mean["measures_n"] == pytest.approx((6 + 10 + 6 + 8 + 6 + 9) / 6)
    assert mean["campaigns_n"] == pytest.approx((0 + 1 + 1 + 2 + 3 + 2) / 6)
    assert mean["meetings_n"] == pytest.approx(5 / 6)  # 湖南省 reports none of its own
    shares = {n.topic.id: n.share for n in found.topics}
    assert shares["tailings-pond"] == pytest.approx(1 / 6)
    assert shares["forest-fire"] == pytest.approx(5 / 6)
    assert [m.name for m in found.meetings] == ["全省安全生产电视电话会议"]
    assert sum(found.modalities.values()) == obligations == len(found.duties)


@given(worlds())
@settings(max_examples=25, deadline=None)
def test_any_profile_is_what_counting_record_by_record_gives(records):
    facts = said(records)
    speaking = sorted({r.name for record in records for r in record.regions})
    others = [name for name in speaking if name != "全国"]
    if not speaking:
        return
    name = speaking[0]
    with graph(records) as opened:
        found = profile(opened, name)
    assert found.regions == len(others)

    def distinct(region, scheme):
        return len({i for r, s, i, _ in facts if (r, s) == (region, scheme)})

    for key, scheme in (
        ("sectors", "hazard"),
        ("responsibilities_n", "responsibility"),
        ("measures_n", "measure"),
        ("campaigns_n", "campaign"),
    ):
        (number,) = [n for n in found.numbers if n.key == key]
        assert number.here == distinct(name, scheme)
        mean = sum(distinct(r, scheme) for r in others) / len(others) if others else 0
        assert number.mean == pytest.approx(mean)
    for one in found.topics:
        key = (one.topic.scheme, one.topic.id)
        naming = {r for r, s, i, _ in facts if (s, i) == key}
        assert one.share == pytest.approx(
            len(naming & set(others)) / len(others) if others else 0.0
        )
        assert one.statements == sum((r, s, i) == (name, *key) for r, s, i, _ in facts)


# --- gaps -----------------------------------------------------------------------------------------


def test_what_two_places_did_not_take_up_of_the_state_is_as_counted_by_hand():
    with graph([from_gold(shared("c02"))]) as opened:
        found = gaps(opened)
    assert {t.id for t in found.themes} == {
        "coal-mine", "non-coal-mine", "quarry", "special-rectification", "hazard-screening",
    }  # fmt: skip
    assert [p.name for p in found.regions] == ["贵州省", "遵义市"]
    ids = {
        (region, status): {t.id for t in found.of(region, status)}
        for region in ("贵州省", "遵义市")
        for status in ("taken", "broader", "missed", "added")
    }
    assert ids["贵州省", "taken"] == {"coal-mine", "hazard-screening"}
    assert ids["贵州省", "missed"] == {"non-coal-mine", "quarry", "special-rectification"}
    assert len(ids["贵州省", "added"]) == 10 + 3 + 2
    assert ids["遵义市", "taken"] == {"coal-mine"}
    assert len(ids["遵义市", "missed"]) == 4
    assert ids["遵义市", "added"] == {"civil-explosives"}
    assert ids["贵州省", "broader"] == ids["遵义市", "broader"] == set()


def test_a_meeting_that_said_nothing_is_no_measure():
    with seed() as opened:
        with pytest.raises(QueryError, match="nothing is held of what '全国' said"):
            gaps(opened)
        with pytest.raises(QueryError, match="nothing is held of what '全国安全生产"):
            gaps(opened, against=NATIONAL)
        with pytest.raises(QueryError, match="neither a region nor a meeting"):
            gaps(opened, against="乌有会议")


def test_a_region_is_measured_by_what_its_own_meeting_said():
    base = record("m")
    extra = replace(
        base,
        regions=(*base.regions, replace(base.regions[0], name="大庆市")),
        stresses=(
            *base.stresses,
            replace(base.stresses[0], region="大庆市", hazard="mining", meeting=None),
        ),
    )
    with graph([extra]) as opened:
        found = gaps(opened, against="全省安全生产电视电话会议")
    assert [t.id for t in found.themes] == ["tailings-pond"]
    assert found.since == "2020-04-10"
    assert [(g.place.name, g.status) for g in found.gaps] == [("大庆市", "broader")]


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_any_gap_is_what_comparing_record_by_record_gives(records):
    facts = said(records)
    reference = {(s, i, n) for r, s, i, n in facts if r == "全国"}
    if not reference:
        return
    with graph(records) as opened:
        found = gaps(opened)
    got = {(g.place.name, g.topic.scheme, g.topic.id): g.status for g in found.gaps}
    # notices are dated in the order of their numbers
    start = min(n for _, _, n in reference)
    wanted = {}
    for region in {r for r, _, _, n in facts if r != "全国" and n >= start}:
        own = {(s, i, n) for r, s, i, n in facts if r == region and n >= start}
        for scheme, theme in {(s, i) for s, i, _ in reference}:
            first = min(n for s, i, n in reference if (s, i) == (scheme, theme))
            answers = {(s, i) for s, i, n in own if n >= first}
            if not answers:
                continue
            same = {i for s, i in answers if s == scheme}
            if any(theme in above(scheme, i) for i in same):
                status = "taken"
            elif any(i in above(scheme, theme) for i in same):
                status = "broader"
            else:
                status = "missed"
            wanted[region, scheme, theme] = status
        for scheme, id in {(s, i) for s, i, _ in own}:
            if not any(
                s == scheme and (t in above(s, id) or id in above(s, t)) for s, t, _ in reference
            ):
                wanted[region, scheme, id] = "added"
    assert got == wanted


# --- time -----------------------------------------------------------------------------------------


def test_the_timeline_has_the_meetings_and_deadlines_counted_by_hand():
    with kg.Graph(memory()) as opened:
        whole = timeline(opened)
        part = timeline(opened, since="2020-04-11", until="2020年5月30日")
        deadlines = timeline(opened, kind="deadline", region="江西")
    # three notices report one national meeting and one of their own each; the first two regions'
    # own have one name, day and region: 黑龙江
    assert [(e.date, e.kind) for e in whole.events] == [
        ("2020-04-10", "meeting"),
        ("2020-04-11", "meeting"),
        ("2020-04-11", "meeting"),
        ("2020-05-30", "deadline"),
        ("2020-06-30", "deadline"),
        ("2020-07-30", "deadline"),
    ]
    assert len(whole.events[0].passages) == 3
    assert [e.date for e in part.events] == ["2020-04-11", "2020-04-11", "2020-05-30"]
    assert [e.region for e in deadlines.events] == ["江西省"]
    with kg.Graph(memory()) as opened, pytest.raises(QueryError, match="is no date"):
        timeline(opened, since="gestern")
    with seed() as opened:
        assert [e.date for e in timeline(opened).events] == ["2020-04-10"] * 6


def test_undated_meetings_are_counted_not_placed():
    with graph([record()]) as opened:
        found = timeline(opened)
    assert found.undated == 1
    assert [e.what for e in found.events if e.kind == "meeting"] == ["全省安全生产电视电话会议"]


def test_duties_are_chosen_by_bearer_and_day():
    with kg.Graph(memory()) as opened:
        days = [d.deadline for d in duties(opened).duties]
        assert days == ["2020-05-30", "2020-06-30", "2020-07-30"]
        assert len(duties(opened, bearer="enterprise").duties) == 3
        assert len(duties(opened, bearer="各企业").duties) == 3
        assert len(duties(opened, bearer="government").duties) == 0
        chosen = {
            when: [d.deadline[5:7] for d in duties(opened, due=(when, "2020-06-30")).duties]
            for when in ("before", "by", "on", "after")
        }
        with pytest.raises(QueryError, match="unknown 'until'"):
            duties(opened, due=("until", "2020-06-30"))
    assert chosen == {"before": ["05"], "by": ["05", "06"], "on": ["06"], "after": ["07"]}


def test_the_calendar_is_one_that_others_read_and_always_the_same():
    with graph([record()]) as opened, graph([record()]) as again:
        found, other = duties(opened), duties(again)
    assert found.to_icalendar() == other.to_icalendar()
    calendar = icalendar.Calendar.from_ical(found.to_icalendar())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == date(2021, 3, 31)
    assert event.decoded("dtend") == date(2021, 4, 1)
    assert "完善应急预案" in str(event["summary"])
    assert "2021-01-04" in str(event["description"])
    assert b"DTSTAMP:20210331T000000Z" in found.to_icalendar()
    assert all(len(line) <= 75 for line in found.to_icalendar().split(b"\r\n"))


def test_hostile_words_stay_words_in_calendar_list_and_table():
    with graph([spoilt("END:VEVENT\r\nBEGIN:VALARM <b>*x*</b> [a](b)")]) as opened:
        found = duties(opened)
    (event,) = icalendar.Calendar.from_ical(found.to_icalendar()).walk("VEVENT")
    assert event.subcomponents == []
    text = found.to_markdown()
    assert "<b>" not in text
    assert "[a](b)" not in text
    assert len(text.split("- [ ] ")) == 2
    rows = list(csv.reader(io.StringIO(found.to_csv())))
    assert len(rows) == 2


@pytest.mark.parametrize("row", classes().values(), ids=lambda row: row.id)
def test_a_class_of_bearers_matches_its_examples(row):
    assert all(row.has(name) for name in row.matches)
    assert not any(row.has(name) for name in row.rejects)


def test_a_broken_row_of_bearers_is_named(tmp_path, monkeypatch):
    rows = [{"id": "x", "zh": "x", "en": "x", "words": ["x"], "matches": ["x"], "reject": ["y"]}]
    (tmp_path / "bearers.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    monkeypatch.setattr("kg.analyse.bearers.ONTOLOGY", tmp_path)
    classes.cache_clear()
    try:
        with pytest.raises(DataFileError, match="row 1: unknown key 'reject'") as caught:
            classes()
    finally:
        classes.cache_clear()
    assert "rejects" in caught.value.hint


# --- pages and commands ---------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [browser.DESKTOP, browser.PHONE])
def test_the_page_of_a_region_is_read_on_any_screen(tmp_path, size):
    file = tmp_path / "profile.html"
    with seed() as opened:
        file.write_text(profile_page(profile(opened, "黑龙江")), encoding="utf-8")
    with browser.chromium() as chromium, browser.opened(chromium, file, size) as shown:
        tab = shown.page
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        tab.click("summary >> nth=0")
        assert tab.is_visible("details[open] blockquote")
        tab.click("text=English")
        assert tab.is_visible("text=average of regions")
        assert shown.complaints == []
        assert [r for r in shown.requests if not r.startswith("file:")] == []


def test_the_commands_answer(tmp_path):
    from tests.stores import on_disk

    store = on_disk(tmp_path / "s")
    for args, wanted in (
        (("compare", "黑龙江", "江西", "-f", "csv"), "尾矿库"),
        (("profile", "黑龙江", "-f", "html"), "<!doctype html>"),
        (("timeline", "-f", "csv"), "2020-05-30"),
        (
            ("duties", "--bearer", "enterprise", "--due", "before", "2020-06-01", "-f", "md"),
            "05-30",
        ),
        (("duties", "-f", "ics"), "BEGIN:VCALENDAR"),
        (("gaps", "--against", "黑龙江", "-f", "csv"), "长春市"),
    ):
        done = run(*args, "--store", store)
        assert done.returncode == 0, done.stderr.decode()
        assert wanted in done.stdout.decode(), args
