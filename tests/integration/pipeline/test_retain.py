"""Retention over a real store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.pipeline.retain import BATCH_ENTRIES, Retention, prune
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

A = "https://a.example/feed"
CONFIG = f"feeds:\n  - url: {A}\nretention: {{entries: 30d, keep_per_feed: 1}}\n"
Open = Callable[[str, FakeFetcher], Aggregator]


def test_old_entries_go_and_do_not_come_back_while_their_feed_lists_them(open_with: Open, clock: FakeClock) -> None:
    document = rss(*(item(f"Alt {n}", f"https://a.example/{n}", at=clock.at - timedelta(days=n)) for n in range(3)))
    fetcher = FakeFetcher({A: document})
    aggregator = open_with(CONFIG, fetcher)
    aggregator.poll()
    clock.advance(timedelta(days=60))

    pruned = aggregator.prune()
    fetcher.outcomes[A] = document + b" "  # other bytes, the same entries
    report = aggregator.poll(everything=True)

    assert pruned.entries == 2
    assert report.new == 0
    with aggregator.storage.read() as tx:
        assert [entry.data.title for entry in tx.entries.newest(limit=9)] == ["Alt 0"]


def test_what_is_old_goes_a_batch_at_a_time_and_the_rest_after_a_stop(open_with: Open, clock: FakeClock) -> None:
    many = rss(
        *(item(f"Alt {n}", f"https://a.example/{n}", at=clock.at - timedelta(minutes=n)) for n in range(BATCH_ENTRIES + 5))
    )
    aggregator = open_with(CONFIG, FakeFetcher({A: many}))
    aggregator.poll()
    later = clock.at + timedelta(days=60)
    retention = Retention(entries=timedelta(days=30), reads=timedelta(days=30), keep_per_feed=1)
    stops = iter([False, True])

    assert prune(aggregator.storage, retention, now=later, should_stop=lambda: next(stops)).entries == BATCH_ENTRIES
    assert prune(aggregator.storage, retention, now=later).entries == 4
    with aggregator.storage.read() as tx:
        assert [entry.data.title for entry in tx.entries.newest(limit=9)] == ["Alt 0"]
