"""Two pollers on one store share the work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from aggregator.storage import Storage
from tests.fakes.changes import NOON, configure

FEEDS = 60
POLLERS = 3


def test_pollers_that_claim_at_the_same_time_never_get_the_same_feed(storage: Storage) -> None:
    configure(storage, *(f"https://{number}.example/feed" for number in range(FEEDS)))

    def claim_all(owner: str) -> list[int]:
        mine: list[int] = []
        while True:
            with storage.write() as transaction:
                claimed = transaction.feeds.claim_due(now=NOON, limit=7, lease=timedelta(minutes=5), owner=owner)
            if not claimed:
                return mine
            mine += [feed.id for feed in claimed]

    with ThreadPoolExecutor(POLLERS) as pool:
        claimed = [
            feed_id for mine in pool.map(claim_all, (f"poller {number}" for number in range(POLLERS))) for feed_id in mine
        ]
    assert len(claimed) == len(set(claimed)) == FEEDS
