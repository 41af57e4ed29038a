from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.reading import ReadEvent, Via, add_scores
from aggregator.rank.popularity import EPOCH, NO_SCORE, decayed_reads, parameters, prior_score, read_score

HALF_LIFE = timedelta(hours=12)

half_lives = st.timedeltas(min_value=timedelta(hours=1), max_value=timedelta(days=7))
moments = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)).map(lambda gap: EPOCH + gap)
weights = st.floats(min_value=0.01, max_value=100)
events = st.builds(
    ReadEvent, entry_id=st.just(1), at=moments, via=st.sampled_from(Via), reader_key=st.just(b"k" * 16), weight=weights
)
stories = st.lists(events, min_size=1, max_size=8)


def read(at: datetime, *, weight: float = 1.0) -> ReadEvent:
    return ReadEvent(entry_id=1, at=at, via=Via.CLICK, reader_key=b"k" * 16, weight=weight)


def score_of(reads: list[ReadEvent], half_life: timedelta) -> float:
    return reduce(add_scores, (read_score(event, half_life=half_life) for event in reads))


def decayed_sum(reads: list[ReadEvent], now: datetime, half_life: timedelta) -> float:
    return math.fsum(event.weight * 2.0 ** -((now - event.at) / half_life) for event in reads)


def test_a_read_now_counts_one_and_one_of_a_half_life_ago_counts_half() -> None:
    score = read_score(read(EPOCH + timedelta(days=3)), half_life=HALF_LIFE)
    assert decayed_reads(score, now=EPOCH + timedelta(days=3), half_life=HALF_LIFE) == pytest.approx(1)
    assert decayed_reads(score, now=EPOCH + timedelta(days=3, hours=12), half_life=HALF_LIFE) == pytest.approx(0.5)


def test_two_reads_at_one_moment_count_two() -> None:
    now = EPOCH + timedelta(days=300)
    score = add_scores(read_score(read(now), half_life=HALF_LIFE), read_score(read(now), half_life=HALF_LIFE))
    assert decayed_reads(score, now=now, half_life=HALF_LIFE) == pytest.approx(2)


def test_a_read_before_the_epoch_has_a_score_too() -> None:
    assert read_score(read(EPOCH - timedelta(hours=24)), half_life=HALF_LIFE) == -2.0


def test_coverage_is_worth_its_weight_in_reads_at_publication() -> None:
    dated_at = EPOCH + timedelta(days=10)
    score = prior_score(dated_at, coverage_weight=0.3, half_life=HALF_LIFE)
    assert decayed_reads(score, now=dated_at, half_life=HALF_LIFE) == pytest.approx(0.3)


@given(moments, half_lives)
def test_coverage_without_weight_changes_no_bit_of_a_score(at: datetime, half_life: timedelta) -> None:
    score = read_score(read(at), half_life=half_life)
    nothing = prior_score(at, coverage_weight=0, half_life=half_life)
    assert add_scores(score, nothing) == score
    assert add_scores(nothing, nothing) == nothing == NO_SCORE
    assert math.isfinite(nothing)
    assert decayed_reads(nothing, now=at, half_life=half_life) == 0.0


def test_a_read_of_the_far_future_is_a_large_number_not_an_error() -> None:
    score = read_score(read(EPOCH + timedelta(days=36_500)), half_life=timedelta(minutes=1))
    assert math.isfinite(decayed_reads(score, now=EPOCH, half_life=timedelta(minutes=1)))


@given(stories, stories, half_lives, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=90)))
def test_the_order_of_scores_is_the_order_of_decayed_sums_at_any_later_time(
    first: list[ReadEvent], second: list[ReadEvent], half_life: timedelta, later: timedelta
) -> None:
    gap = score_of(first, half_life) - score_of(second, half_life)
    last_read = max(event.at for event in first + second)
    for now in (last_read, last_read + later):
        ours, theirs = decayed_sum(first, now, half_life), decayed_sum(second, now, half_life)
        if abs(gap) > 1e-9:  # nearer than that is a tie to the eye and to floats
            assert (gap > 0) == (ours > theirs) or ours == theirs == 0.0
        assert decayed_reads(score_of(first, half_life), now=now, half_life=half_life) == pytest.approx(ours, rel=1e-6)


@given(stories, half_lives)
def test_reads_may_arrive_in_any_order(reads: list[ReadEvent], half_life: timedelta) -> None:
    shuffled = sorted(reads, key=lambda event: (event.weight, event.at))
    assert score_of(shuffled, half_life) == pytest.approx(score_of(reads, half_life), abs=1e-9)
    first, second = read_score(reads[0], half_life=half_life), read_score(reads[-1], half_life=half_life)
    assert add_scores(first, second) == add_scores(second, first)


def test_the_key_of_parameters_changes_with_each_of_them() -> None:
    keys = {
        parameters(timedelta(hours=12), 0.3),
        parameters(timedelta(hours=6), 0.3),
        parameters(timedelta(hours=12), 0.1),
        parameters(timedelta(hours=12, milliseconds=1), 0.3),
    }
    assert len(keys) == 4
    assert parameters(timedelta(hours=12), 0.3) == parameters(timedelta(minutes=720), 0.3)
