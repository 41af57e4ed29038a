from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.rhythm import expected_delay, learn, next_poll, rate_per_hour
from aggregator.model.feed import Rhythm

NOW = datetime(2026, 11, 24, 13, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FLOOR, CAP = timedelta(minutes=15), DAY
AGES = st.lists(st.floats(min_value=0, max_value=3000), max_size=40)
PRICES = st.floats(min_value=1e-4, max_value=100)


def learnt(ages_hours: list[float], now: datetime = NOW) -> Rhythm:
    dates = [now - age * HOUR for age in ages_hours]
    return learn(None, new=dates, oldest=min(dates, default=None), overflowed=False, now=now)


def steady(per_day: float, days: int = 60) -> Rhythm:
    return learnt([number * 24 / per_day + 0.1 for number in range(int(per_day * days))])


def poll(
    rhythm: Rhythm, price: float, *, now: datetime = NOW, floor: timedelta = FLOOR, entries: int | None = None
) -> datetime:
    return next_poll(rhythm, now=now, price=price, floor=floor, cap=CAP, document_entries=entries)


def test_a_steady_feed_is_polled_when_half_the_rate_by_the_square_of_the_wait_is_the_price() -> None:
    rhythm = steady(24)
    rate = rate_per_hour(rhythm, NOW)
    assert rate == pytest.approx(1.0, rel=0.2)  # the prior still weighs
    waited = (poll(rhythm, 2.0) - NOW) / HOUR
    assert rate * waited**2 / 2 == pytest.approx(2.0, rel=0.02)


def test_the_poll_waits_through_the_night_for_the_morning() -> None:
    mornings = [DAY * day + HOUR * 5.5 for day in range(40)]  # before NOW: about eight o'clock
    dates = [NOW - age for age in mornings]
    rhythm = learn(None, new=dates, oldest=min(dates), overflowed=False, now=NOW)
    at = poll(rhythm, 1.4, now=NOW.replace(hour=10))
    assert at.date() == (NOW + DAY).date()
    assert 7 <= at.hour <= 10


def test_weekends_count() -> None:
    workdays = [NOW - DAY * day for day in range(90) if (NOW - DAY * day).weekday() < 5]
    rhythm = learn(None, new=workdays, oldest=min(workdays), overflowed=False, now=NOW)
    saturday, monday = datetime(2026, 11, 28, 0, tzinfo=UTC), datetime(2026, 11, 30, 0, tzinfo=UTC)
    assert poll(rhythm, 0.5, now=saturday) - saturday > (poll(rhythm, 0.5, now=monday) - monday) * 1.25


@given(AGES, PRICES, PRICES)
def test_a_dearer_poll_never_comes_sooner(ages: list[float], one: float, other: float) -> None:
    cheap, dear = sorted((one, other))
    rhythm = learnt(ages)
    assert poll(rhythm, cheap) <= poll(rhythm, dear)


@given(AGES, PRICES, st.integers(min_value=0, max_value=200_000), st.integers(min_value=0, max_value=100))
def test_the_floor_is_never_undercut_nor_the_cap_overrun(ages: list[float], price: float, seconds: int, entries: int) -> None:
    floor = timedelta(seconds=seconds)
    at = poll(learnt(ages), price, floor=floor, entries=entries)
    assert NOW + floor <= at <= NOW + max(CAP, floor)


@given(AGES, PRICES, st.integers(min_value=0, max_value=10**8))
def test_a_millisecond_later_is_about_a_millisecond_later(ages: list[float], price: float, offset: int) -> None:
    now, rhythm = NOW + timedelta(milliseconds=offset), learnt(ages)
    step = timedelta(milliseconds=1)
    moved = poll(rhythm, price, now=now + step) - poll(rhythm, price, now=now)
    # Where the rate falls to a ninth from one hour to the next, the wait may grow ten times as fast as time passes.
    assert abs(moved) <= 100 * step


@given(AGES, st.floats(min_value=0.05, max_value=48))
def test_the_expected_delay_is_less_than_the_wait(ages: list[float], hours: float) -> None:
    delay = expected_delay(learnt(ages), since=NOW, until=NOW + hours * HOUR)
    assert timedelta(0) <= delay <= hours * HOUR


def test_the_expected_delay_of_a_steady_feed_is_half_the_wait() -> None:
    assert expected_delay(steady(24), since=NOW, until=NOW + 4 * HOUR) / HOUR == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe"])
def test_clocks_put_forward_or_back_change_nothing(zone: str) -> None:
    before_change = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)  # the night in which Europe puts its clocks back
    local = before_change.astimezone(ZoneInfo(zone))
    dates = [before_change - DAY * day for day in range(30)]
    here = learn(None, new=dates, oldest=min(dates), overflowed=False, now=before_change)
    there = learn(
        None,
        new=[date.astimezone(ZoneInfo(zone)) for date in dates],
        oldest=min(dates).astimezone(ZoneInfo(zone)),
        overflowed=False,
        now=local,
    )
    assert (there.entries, there.hours, there.weekdays) == (here.entries, here.hours, here.weekdays)
    wait = poll(here, 1.0, now=before_change) - before_change
    assert poll(there, 1.0, now=before_change) == before_change + wait


def test_expected_overflow_of_the_document_brings_the_poll_forward() -> None:
    rhythm = steady(24)
    assert (poll(rhythm, 100, entries=10) - NOW) / HOUR == pytest.approx(3 / rate_per_hour(rhythm, NOW), rel=0.02)
    assert poll(rhythm, 100, entries=100) == poll(rhythm, 100)


# Learning


def test_what_nothing_is_known_of_brings_an_entry_in_six_days() -> None:
    assert rate_per_hour(Rhythm(at=NOW), NOW) == pytest.approx(1 / 144)


@pytest.mark.parametrize("per_day", [0.2, 1, 12, 96])
def test_the_first_document_is_history_enough(per_day: float) -> None:
    assert rate_per_hour(steady(per_day), NOW) * 24 == pytest.approx(per_day, rel=0.25)


def test_learning_in_steps_is_learning_at_once() -> None:
    dates = [NOW - 100 * HOUR + number * HOUR for number in range(100)]
    start = Rhythm(at=NOW - 100 * HOUR)
    at_once = learn(start, new=dates, oldest=None, overflowed=False, now=NOW)
    stepwise = start
    for since, until in pairwise(range(0, 101, 10)):
        now = start.at + until * HOUR
        stepwise = learn(stepwise, new=dates[since:until], oldest=None, overflowed=False, now=now)
    assert stepwise.entries == pytest.approx(at_once.entries)
    assert stepwise.exposure_hours == pytest.approx(at_once.exposure_hours)
    assert stepwise.hours == pytest.approx(at_once.hours)
    assert sum(stepwise.weekdays) == pytest.approx(sum(stepwise.hours))


def test_silence_is_forgotten_rate() -> None:
    rhythm = steady(24)
    rates = [rate_per_hour(rhythm, NOW + days * DAY) for days in (0, 7, 14, 60)]
    assert rates == sorted(rates, reverse=True)
    assert rates[2] == pytest.approx(rates[0] / 2.7, rel=0.2)


def test_a_document_that_overflowed_was_watched_only_as_far_as_it_reaches() -> None:
    before = Rhythm(at=NOW - 10 * DAY)
    dates = [NOW - HOUR * number / 10 for number in range(1, 11)]
    overflowed = learn(before, new=dates, oldest=min(dates), overflowed=True, now=NOW)
    whole = learn(before, new=dates, oldest=min(dates), overflowed=False, now=NOW)
    assert rate_per_hour(overflowed, NOW) > 3 * rate_per_hour(whole, NOW)


def test_a_clock_put_back_is_no_time() -> None:
    rhythm = steady(24)
    again = learn(rhythm, new=[], oldest=None, overflowed=False, now=NOW - DAY)
    assert (again.entries, again.exposure_hours) == (rhythm.entries, rhythm.exposure_hours)
