"""The price of a poll, from pass to pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.fetch.price import FIRST_PRICE, PriceState
from aggregator.pipeline.budget import PRICE_NOTE, read_price
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

A = "https://a.example/feed"
HOUR = timedelta(hours=1)
Open = Callable[[str, FakeFetcher], Aggregator]


def config(budget: float) -> str:
    return f"polling: {{budget: {budget}}}\nfeeds:\n  - url: {A}\n"


def fetcher(clock: FakeClock) -> FakeFetcher:
    return FakeFetcher({A: rss(item("Eins", "https://a.example/1", at=clock.at))})


def price(aggregator: Aggregator, clock: FakeClock) -> PriceState:
    with aggregator.storage.read() as tx:
        return read_price(tx, now=clock.at)


def test_polls_over_the_budget_make_polls_dearer_also_over_a_restart(open_with: Open, clock: FakeClock) -> None:
    for _ in range(6):
        aggregator = open_with(config(0.1), fetcher(clock))
        aggregator.poll(everything=True)
        clock.advance(HOUR)
    assert price(aggregator, clock).price > 1.1 * FIRST_PRICE


def test_a_budget_that_is_not_spent_makes_them_cheaper_and_so_sooner(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(config(10), fetcher(clock))
    for _ in range(12):
        aggregator.poll()
        clock.advance(HOUR)
    assert price(aggregator, clock).price < FIRST_PRICE / 1.1


def test_a_pass_within_the_hour_is_counted_and_moves_nothing(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(config(10), fetcher(clock))
    aggregator.poll()
    clock.advance(HOUR / 4)
    aggregator.poll(everything=True)
    state = price(aggregator, clock)
    assert (state.polls, state.price) == (2, FIRST_PRICE)


def test_a_note_that_cannot_be_read_begins_anew(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(config(10), fetcher(clock))
    for damaged in ("", "{}", "[1]", '{"at": "yesterday"}'):
        with aggregator.storage.write() as tx:
            tx.note(PRICE_NOTE, damaged)
        assert price(aggregator, clock) == PriceState(at=clock.at)
