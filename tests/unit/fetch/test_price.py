from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.fetch.price import CHEAPEST, DEAREST, FIRST_PRICE, PriceState, spend

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
START = PriceState(at=NOW)


def spend_hourly(polls: int, hours: int, *, budget: float = 100, state: PriceState = START) -> PriceState:
    for _ in range(hours):
        state = spend(state, polls=polls, now=state.at + HOUR, budget=budget)
    return state


def test_a_budget_kept_moves_no_price() -> None:
    assert spend_hourly(100, 48).price == pytest.approx(FIRST_PRICE)


def test_polls_get_dearer_over_the_budget_and_cheaper_under_it() -> None:
    assert spend_hourly(150, 48).price > FIRST_PRICE > spend_hourly(50, 48).price


def test_within_an_hour_polls_are_only_counted() -> None:
    state = spend(START, polls=7, now=NOW + HOUR / 2, budget=100)
    state = spend(state, polls=5, now=NOW + HOUR / 1.5, budget=100)
    assert (state.polls, state.price, state.at) == (12, FIRST_PRICE, NOW)
    assert spend(state, polls=88, now=NOW + HOUR, budget=100).price == pytest.approx(FIRST_PRICE)


def test_many_small_passes_count_as_one_large() -> None:
    many = START
    for minute in range(1, 61):
        many = spend(many, polls=3, now=NOW + minute * HOUR / 60, budget=100)
    assert many == spend(START, polls=180, now=NOW + HOUR, budget=100)


def test_a_pause_is_no_thrift() -> None:
    state = spend(START, polls=1, now=NOW + 30 * HOUR, budget=100)
    assert (state.price, state.at, state.polls) == (FIRST_PRICE, NOW + 30 * HOUR, 0)


def test_a_budget_out_of_reach_drives_the_price_no_further_than_its_bounds() -> None:
    assert spend_hourly(1_000_000, 5000).price == DEAREST
    assert spend_hourly(0, 5000).price == CHEAPEST
