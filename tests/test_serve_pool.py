"""The pool of workers: turns of long questions, jobs whose worker cannot read, kept answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.serve.cache import Cache, Kept
from kg.serve.errors import Refused, Unreadable
from kg.serve.lane import LONG, Turns
from kg.serve.pool import Pool
from kg.serve.settings import Settings
from tests.stores import on_disk

# --- turns ------------------------------------------------------------------------------------------

used = st.dictionaries(st.integers(1, 30), st.floats(LONG, 100.0), min_size=1, max_size=12)


@given(used, st.integers(1, 16), st.integers(0, 16), st.integers(1, 40))
def test_long_questions_run_on_the_processors_that_short_ones_leave(long, cores, free, ticks):
    turns = Turns(cores)
    for _ in range(ticks):
        chosen = turns.next(long, free=free)
        assert chosen <= long.keys()
        assert len(chosen) >= min(free, len(long))
        assert len(chosen) <= max(free, 1, cores // 4)


@settings(deadline=None)
@given(used, st.integers(1, 16))
def test_where_short_ones_leave_nothing_they_have_a_third_of_the_time(long, cores):
    turns = Turns(cores)
    ran = [len(turns.next(long, free=0)) for _ in range(1200)]
    assert 0 < sum(1 for n in ran if n) <= 404


@settings(deadline=None)
@given(st.integers(2, 12), st.integers(0, 2))
def test_each_of_those_that_had_the_same_has_its_turn(count, free):
    turns = Turns(2)
    long = dict.fromkeys(range(count), 1.0)
    ran = Counter(number for _ in range(4000) for number in turns.next(long, free=free))
    assert ran.keys() == long.keys()
    assert max(ran.values()) - min(ran.values()) <= 16


@given(st.integers(1, 11))
def test_who_had_less_does_not_wait_for_those_that_had_much(others):
    turns = Turns(2)
    endless = dict.fromkeys(range(1, others + 1), 9.0)
    for _ in range(50):
        turns.next(endless, free=1)
    long = {**endless, 0: 0.3}
    ran = [0 in turns.next(long, free=1) for _ in range(40)]
    assert ran.index(True) <= 8  # the turn of another is not broken off
    assert all(ran[ran.index(True) :])


# --- workers that cannot read -------------------------------------------------------------------------


def fails_once(store, out, *, mark: str) -> None:
    """A job whose first worker cannot read."""
    if not Path(mark).exists():
        Path(mark).touch()
        raise OSError("a file of the snapshot is gone")
    answers(store, out)


def answers(store, out) -> None:
    """A job that answers."""
    out.start("text/plain")
    out.write(b"answered")


def never_reads(store, out) -> None:
    """A job that cannot be done."""
    raise OSError("gone")


def in_pool(store: Path, act):
    async def whole():
        pool = Pool(Settings(store=store, workers=1, seconds=20))
        await pool.start()
        try:
            return await act(pool)
        finally:
            await pool.close()

    return asyncio.run(whole())


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return on_disk(tmp_path_factory.mktemp("pool") / "store")


def test_a_question_is_asked_again_where_its_worker_cannot_read(store, tmp_path):
    async def act(pool):
        return (await pool.run(fails_once, mark=str(tmp_path / "mark"))).whole

    assert in_pool(store, act) == b"answered"


def test_who_cannot_be_answered_by_any_worker_is_told_to_come_again(store):
    async def act(pool):
        with pytest.raises(Unreadable) as caught:
            await pool.run(never_reads)
        return caught.value, (await pool.run(answers)).whole

    refused, after = in_pool(store, act)
    assert refused.status == 503
    assert dict(refused.headers)["Retry-After"]
    assert after == b"answered"


def test_a_job_that_must_not_be_done_twice_is_not(store, tmp_path):
    async def act(pool):
        with pytest.raises(Refused) as caught:
            await pool.run(fails_once, again=False, mark=str(tmp_path / "once"))
        return caught.value.status

    assert in_pool(store, act) == 503


# --- kept answers ---------------------------------------------------------------------------------------


def test_the_same_answer_to_two_questions_takes_its_place_once():
    cache = Cache(1000)
    cache.put("a", Kept("text/csv", b"x" * 240))
    once = cache.used
    cache.put("b", Kept("text/plain", bytes(b"x" * 240)))
    assert cache.used < once + 10
    assert cache.get("a").type == "text/csv"
    assert cache.get("b").type == "text/plain"


answer = st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 60))


@given(st.lists(answer, max_size=60))
def test_a_cache_never_holds_more_than_its_size_and_finds_what_was_put_last(puts):
    cache = Cache(200)
    for key, letter, length in puts:
        kept = Kept("text/plain", bytes([letter]) * length)
        cache.put(key, kept)
        assert cache.used <= 200
        if cache.takes(length):
            assert cache.get(key) == kept
    cache.clear()
    assert cache.used == 0
