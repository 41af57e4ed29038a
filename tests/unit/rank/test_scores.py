from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.rank.scores import (
    PER_PUBLISHER,
    REBASE_AFTER,
    Candidate,
    baseline,
    examination,
    has_crossed,
    order_key,
    rebase,
    score,
    top_list,
    weight_at,
)

ZERO = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HALF_LIFE = 8 * HOUR

minutes = st.integers(0, 60 * 24 * 20).map(lambda count: ZERO + timedelta(minutes=count))
histories = st.lists(minutes, max_size=30)


def sum_of(events: list[datetime], *, zero: datetime = ZERO) -> float:
    return sum(weight_at(at, zero=zero, half_life=HALF_LIFE) for at in events)


def decayed(events: list[datetime], now: datetime) -> float:
    """The plain definition: every event halves with its age."""
    return math.fsum(0.5 ** ((now - at) / HALF_LIFE) for at in events)


def test_an_event_weighs_one_at_zero_and_twice_that_a_half_life_later() -> None:
    assert weight_at(ZERO, zero=ZERO, half_life=HALF_LIFE) == 1.0
    assert weight_at(ZERO + HALF_LIFE, zero=ZERO, half_life=HALF_LIFE) == 2.0
    assert weight_at(ZERO - HALF_LIFE, zero=ZERO, half_life=HALF_LIFE) == 0.5


@given(histories, histories, st.integers(0, 24 * 30))
def test_two_stories_stand_in_the_same_order_at_every_later_time_without_events(
    first: list[datetime], second: list[datetime], hours_later: int
) -> None:
    now = ZERO + timedelta(days=20) + hours_later * HOUR
    assume(not math.isclose(decayed(first, now), decayed(second, now), rel_tol=1e-9))
    assert (sum_of(first) > sum_of(second)) == (decayed(first, now) > decayed(second, now))


@given(st.tuples(histories, histories), st.tuples(histories, histories), st.floats(0, 3), st.floats(0, 2))
def test_exposure_is_subtracted_and_the_order_still_does_not_change_with_time(
    first: tuple[list[datetime], list[datetime]], second: tuple[list[datetime], list[datetime]], q0: float, kappa: float
) -> None:
    one, other = (score(sum_of(reads), sum_of(views), q0=q0, kappa=kappa) for reads, views in (first, second))
    for now in (ZERO + timedelta(days=20), ZERO + timedelta(days=25)):
        mine, theirs = (decayed(reads, now) - kappa * q0 * decayed(views, now) for reads, views in (first, second))
        scale = decayed(first[0] + second[0], now) + kappa * q0 * decayed(first[1] + second[1], now)
        if abs(mine - theirs) > 1e-9 * scale:
            assert (one > other) == (mine > theirs)


def test_without_kappa_exposure_plays_no_part() -> None:
    assert score(3.0, 1e9, q0=0.5, kappa=0.0) == 3.0


def test_a_story_read_less_than_its_place_explains_is_worth_less_than_nothing() -> None:
    assert score(1.0, 100.0, q0=0.1, kappa=1.0) == -9.0


def test_exposure_of_a_quantum_at_once_is_exposure_of_each_view_at_its_start() -> None:
    start = ZERO + 5 * HOUR
    each = math.fsum(examination(3) * weight_at(start, zero=ZERO, half_life=HALF_LIFE) for _ in range(40))
    assert 40 * examination(3) * weight_at(start, zero=ZERO, half_life=HALF_LIFE) == pytest.approx(each, rel=1e-12)


def test_zero_stays_while_the_sums_are_small() -> None:
    assert rebase(ZERO, now=ZERO + (REBASE_AFTER - 1) * HALF_LIFE, half_life=HALF_LIFE) is None


@given(st.floats(1e-3, 1e6), st.integers(0, 600), st.integers(0, 59))
def test_moving_zero_loses_no_bit_and_new_events_go_on_in_the_new_measure(total: float, hours: int, more: int) -> None:
    now = ZERO + REBASE_AFTER * HALF_LIFE + hours * HOUR + timedelta(minutes=more)
    moved = rebase(ZERO, now=now, half_life=HALF_LIFE)
    assert moved is not None
    zero, factor = moved
    assert now - HALF_LIFE < zero <= now
    assert (total * factor) / factor == total
    assert weight_at(now, zero=zero, half_life=HALF_LIFE) == pytest.approx(
        weight_at(now, zero=ZERO, half_life=HALF_LIFE) * factor, rel=1e-9
    )


def test_a_million_reads_just_before_zero_moves_do_not_overflow() -> None:
    last = ZERO + REBASE_AFTER * HALF_LIFE
    assert math.isfinite(1e6 * weight_at(last, zero=ZERO, half_life=HALF_LIFE) * 1e6)


def test_attention_falls_with_the_place() -> None:
    assert examination(1) == 1.0
    assert [round(examination(place), 2) for place in (2, 10, 20)] == [0.55, 0.14, 0.08]


def test_a_site_without_exposure_expects_nothing() -> None:
    assert baseline(12.0, 0.0) == 0.0
    assert baseline(12.0, 48.0) == 0.25


def candidate(story: int, value: float, *, publisher: str | None = None, place: int | None = None) -> Candidate:
    return Candidate(id=story, score=value, publisher=publisher or f"p{story}", place=place)


def ids(candidates: list[Candidate]) -> list[int]:
    return [each.id for each in candidates]


def test_best_comes_first_and_ties_go_to_the_newer() -> None:
    assert ids(top_list([candidate(1, 2.0), candidate(2, 5.0), candidate(3, 2.0)], top=3)) == [2, 3, 1]


def test_what_is_listed_gives_way_only_to_what_is_a_quarter_better() -> None:
    standing = candidate(1, 10.0, place=1)
    assert ids(top_list([standing, candidate(2, 12.4)], top=1, hysteresis=0.25)) == [1]
    assert ids(top_list([standing, candidate(2, 12.6)], top=1, hysteresis=0.25)) == [2]
    assert ids(top_list([standing, candidate(2, 10.1)], top=1)) == [2]


def test_the_bonus_lifts_a_negative_score_too() -> None:
    assert order_key(candidate(1, -8.0, place=3), hysteresis=0.25, within=5) == (6.0, -1)


def test_no_bound_of_a_list_is_crossed_for_little() -> None:
    standing = [candidate(number, 20.0 - number, place=number) for number in range(1, 5)]
    assert set(ids(top_list(standing, top=4, bounds=(2,), hysteresis=0.25))[:2]) == {1, 2}
    near = [candidate(1, 19.0, place=1), candidate(2, 18.0, place=2), candidate(3, 21.0, place=3), candidate(9, 17.5)]
    assert ids(top_list(near, top=3, bounds=(2,), hysteresis=0.25)) == [1, 2, 3], "the third is not a quarter better"
    assert ids(top_list(near, top=3, hysteresis=0.25)) == [3, 1, 2], "one bonus for all holds the last place alone"


def test_the_cap_of_a_publisher_holds_over_all_bounds_together() -> None:
    flood = [candidate(number, 100.0 - number, publisher="flood") for number in range(1, 9)]
    others = [candidate(number, 1.0) for number in range(20, 30)]
    chosen = top_list([*flood, *others], top=10, bounds=(5,))
    assert len(chosen) == 10
    assert sum(each.publisher == "flood" for each in chosen) == 3


def test_one_publisher_takes_no_more_places_than_the_cap() -> None:
    flood = [candidate(number, 100.0 - number, publisher="flood") for number in range(1, 9)]
    chosen = top_list([*flood, candidate(20, 1.0), candidate(21, 2.0)], top=5)
    assert ids(chosen) == [1, 2, 3, 21, 20]
    assert PER_PUBLISHER == 3


def test_a_story_enters_once_with_enough_readers_after_standing_long_enough() -> None:
    has_entered = partial(has_crossed, 7, min_readers=10, dwell=HOUR)
    assert has_entered(entered={8}, readers=10, stood=HOUR)
    assert not has_entered(entered={7}, readers=10, stood=HOUR)
    assert not has_entered(entered={8}, readers=9, stood=HOUR)
    assert not has_entered(entered={8}, readers=10, stood=timedelta(minutes=59))
