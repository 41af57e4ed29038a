from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from aggregator.errors import StorageBusy, StorageError
from aggregator.library import reads
from aggregator.library.reads import ReadRecorder
from aggregator.model.reading import ReadEvent, ReadFacts, Via
from aggregator.rank.abuse import AFTER_FETCH, NETWORK_FLOOR, Site
from aggregator.rank.levels import Level
from aggregator.storage import Storage

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BROWSER = ReadFacts(method="GET", user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
AT_ONCE = timedelta(0)


class FakeReads:
    """Keeps transactions of reads; refuses as often as told, and stands still while `gate` is closed."""

    def __init__(self, refusals: Sequence[Exception] = ()) -> None:
        self.batches: list[list[ReadEvent]] = []
        self.salts: list[date] = []
        self.views: Counter[tuple[str, int]] = Counter()
        self.refusals = list(refusals)
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    @property
    def reads(self) -> FakeReads:
        return self

    @contextmanager
    def write(self) -> Iterator[FakeReads]:
        self.entered.set()
        self.gate.wait(10)
        yield self

    @property
    def lists(self) -> FakeReads:
        return self

    def add_views(self, views: Mapping[tuple[str, int], int]) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.views.update(views)

    def salt(self, day: date) -> bytes:
        self.salts.append(day)
        return day.isoformat().encode()

    def add(self, events: Sequence[ReadEvent]) -> int:
        if self.refusals:
            raise self.refusals.pop(0)
        self.batches.append(list(events))
        return len(events)

    @property
    def events(self) -> list[ReadEvent]:
        return [event for batch in self.batches for event in batch]


def record(store: FakeReads, **options: Any) -> ReadRecorder:
    return ReadRecorder(cast("Storage", store), **{"delay": AT_ONCE, "retry": AT_ONCE, **options})


def count(
    recorder: ReadRecorder, entry_id: int = 1, *, facts: ReadFacts = BROWSER, at: datetime = NOON, address: str = "203.0.113.9"
) -> str | None:
    return recorder.count_read(facts, entry_id=entry_id, at=at, via=Via.CLICK, address=address)


def test_closing_writes_what_is_left() -> None:
    store = FakeReads()
    recorder = record(store, delay=timedelta(hours=1))
    assert [count(recorder, number) for number in (1, 2, 3)] == [None, None, None]
    assert recorder.close() == 0
    assert [event.entry_id for event in store.events] == [1, 2, 3]
    assert recorder.recorded == 3
    assert not recorder.alive


def test_a_request_does_not_wait_for_the_store() -> None:
    store = FakeReads()
    store.gate.clear()
    recorder = record(store)
    count(recorder, 1)
    assert store.entered.wait(10)
    assert count(recorder, 2) is None  # the thread stands in the store's lock meanwhile
    assert store.batches == []
    store.gate.set()
    recorder.close()
    assert [event.entry_id for event in store.events] == [1, 2]


def test_reads_go_in_batches_of_bounded_size() -> None:
    store = FakeReads()
    store.gate.clear()
    recorder = record(store, batch=2)
    for number in range(1, 6):
        count(recorder, number)
    store.gate.set()
    recorder.close()
    assert all(len(batch) <= 2 for batch in store.batches)
    assert [event.entry_id for event in store.events] == [1, 2, 3, 4, 5]


def test_what_the_store_refuses_is_tried_again_once_each() -> None:
    store = FakeReads([StorageBusy("locked"), StorageError("disk full"), StorageBusy("locked")])
    recorder = record(store)
    count(recorder, 7)
    assert recorder.close() == 0
    assert [event.entry_id for event in store.events] == [7]
    assert len(store.salts) == 4  # a salt made in a transaction that was given up is asked for anew


def test_a_store_that_never_takes_them_is_given_up_and_the_loss_is_told() -> None:
    store = FakeReads([StorageBusy("locked")] * 3)
    store.gate.clear()
    recorder = record(store, retry=timedelta(hours=1))
    count(recorder, 1)
    count(recorder, 2)
    assert recorder.close(timeout=AT_ONCE) == 2
    store.gate.set()


def test_a_reader_is_known_again_on_the_same_day_and_not_on_the_next() -> None:
    store = FakeReads()
    recorder = record(store)
    count(recorder, 1)
    count(recorder, 2)
    count(recorder, 1, address="198.51.100.7")
    count(recorder, 1, at=NOON + timedelta(days=1))
    recorder.close()
    keys = [event.reader_key for event in store.events]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert all(len(key) == 16 for key in keys)


def test_a_salt_is_asked_for_once_a_day() -> None:
    store = FakeReads()
    recorder = record(store, batch=1)
    for hour in (1, 2, 30):
        count(recorder, hour, at=NOON.replace(hour=0) + timedelta(hours=hour))
    recorder.close()
    assert store.salts == [date(2026, 11, 24), date(2026, 11, 25)]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (ReadFacts(method="HEAD", user_agent=BROWSER.user_agent), "method"),
        (ReadFacts(method="GET", user_agent=""), "no_user_agent"),
        (ReadFacts(method="GET", user_agent="Googlebot/2.1"), "bot"),
        (ReadFacts(method="GET", user_agent=BROWSER.user_agent, headers=(("sec-purpose", "prefetch"),)), "prefetch"),
    ],
)
def test_what_is_no_read_is_discarded_and_the_reason_counted(facts: ReadFacts, reason: str) -> None:
    store = FakeReads()
    recorder = record(store)
    assert count(recorder, facts=facts) == reason
    assert count(recorder, facts=facts) == reason
    recorder.close()
    assert recorder.discarded == {reason: 2}
    assert store.events == []


def test_what_comes_after_closing_is_discarded_and_said_so() -> None:
    recorder = record(FakeReads())
    recorder.close()
    assert count(recorder) == "closing"
    assert recorder.discarded == {"closing": 1}


def test_memory_is_bounded_while_the_store_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "WAITING_LIMIT", 2)
    store = FakeReads()
    store.gate.clear()
    recorder = record(store)
    assert [count(recorder, number) for number in (1, 2, 3)] == [None, None, "overflow"]
    store.gate.set()
    recorder.close()
    assert [event.entry_id for event in store.events] == [1, 2]


def agent(number: int) -> ReadFacts:
    return ReadFacts(method="GET", user_agent=f"{BROWSER.user_agent} {number}")


def test_one_network_is_held_to_its_cap_at_a_site_larger_than_a_household() -> None:
    store = FakeReads()
    recorder = record(store, site_of=lambda _tx: Site(level=Level.CLUB))
    for number in range(5):
        count(recorder, facts=agent(number), address=f"203.0.113.{number}")
    count(recorder, address="198.51.100.7")
    recorder.close()
    assert len(store.events) == NETWORK_FLOOR + 1
    assert recorder.discarded == {"network": 5 - NETWORK_FLOOR}
    assert recorder.recorded == NETWORK_FLOOR + 1


def test_a_burst_by_a_client_that_just_fetched_a_feed_is_discarded() -> None:
    store = FakeReads()
    recorder = record(store)
    recorder.note_fetch(at=NOON, address="203.0.113.9", user_agent=BROWSER.user_agent)
    for number in range(6):
        count(recorder, number, at=NOON + timedelta(seconds=1))
        count(recorder, number, at=NOON + timedelta(seconds=1), address="198.51.100.7")
    recorder.close()
    assert recorder.discarded == {"after_fetch": 4}
    assert len(store.events) == 8


def test_a_fetch_is_remembered_for_a_minute() -> None:
    recorder = record(FakeReads())
    for number in range(100):
        recorder.note_fetch(at=NOON + timedelta(seconds=number), address=f"203.0.113.{number}", user_agent="a")
    kept = recorder._fetches
    assert len(kept) == AFTER_FETCH.total_seconds() + 1
    recorder.close()


def test_a_read_is_judged_once_though_the_store_refuses_it() -> None:
    store = FakeReads([StorageBusy("locked"), StorageBusy("locked")])
    recorder = record(store, delay=timedelta(hours=1), site_of=lambda _tx: Site(level=Level.CLUB))
    for number in range(4):
        count(recorder, facts=agent(number))
    recorder.close()
    assert recorder.discarded == {"network": 4 - NETWORK_FLOOR}
    assert len(store.events) == NETWORK_FLOOR


def test_views_of_lists_are_counted_without_bots_and_written_by_themselves() -> None:
    store = FakeReads()
    recorder = record(store, views_delay=AT_ONCE)
    recorder.record_view(BROWSER, "trending")
    recorder.record_view(BROWSER, "most-read", places=5)
    recorder.record_view(BROWSER, "most-read", places=5)
    recorder.record_view(ReadFacts(method="GET", user_agent="Googlebot/2.1"), "trending")
    recorder.close()
    assert store.views == {("trending", 0): 1, ("most-read", 5): 2}
    assert store.batches == []


def test_views_wait_for_reads_and_each_is_written_once_though_the_store_refuses() -> None:
    store = FakeReads([StorageBusy("locked"), StorageBusy("locked")])
    recorder = record(store, views_delay=timedelta(hours=1))
    recorder.record_view(BROWSER, "trending")
    count(recorder, 1)
    recorder.close()
    assert store.views == {("trending", 0): 1}
    assert len(store.events) == 1
