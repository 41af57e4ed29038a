"""What every storage promises of reads and salts."""

from __future__ import annotations

from datetime import date, datetime

from aggregator.model.entry import Entry
from aggregator.model.reading import ReadEvent, Via
from aggregator.storage import Storage
from tests.fakes.changes import DAY, NOON, add_entries, configure, key_of, prune_old

FEED = "https://a.example/feed"
TODAY = date(2026, 11, 24)


def read(entry_id: int, reader: str, *, at: datetime = NOON, weight: float = 1.0) -> ReadEvent:
    return ReadEvent(entry_id=entry_id, at=at, via=Via.CLICK, reader_key=key_of(reader), weight=weight)


def add_reads(storage: Storage, *events: ReadEvent) -> int:
    with storage.write() as transaction:
        return transaction.reads.add(events)


def get(storage: Storage, entry_id: int) -> Entry:
    with storage.read() as transaction:
        return transaction.entries.get_many([entry_id])[entry_id]


def three_entries(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one", "two", "three")


def test_reads_raise_the_count_and_not_the_revision(storage: Storage) -> None:
    three_entries(storage)
    before = get(storage, 1)
    assert add_reads(storage, read(1, "anna"), read(1, "berta", weight=0.2)) == 2
    after = get(storage, 1)
    assert (after.reads, after.revision) == (2, before.revision)


def test_a_reader_counts_once_an_entry(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, read(1, "anna"), read(1, "anna"), read(2, "anna")) == 2
    assert add_reads(storage, read(1, "anna", at=NOON + DAY)) == 0
    assert get(storage, 1).reads == 1


def test_a_reader_of_two_entries_of_a_story_counts_once(storage: Storage) -> None:
    three_entries(storage)
    with storage.write() as transaction:
        transaction.stories.merge(1, 2)
    assert add_reads(storage, read(1, "anna"), read(2, "anna"), read(2, "berta")) == 2
    assert add_reads(storage, read(1, "berta")) == 0
    assert (get(storage, 1).reads, get(storage, 2).reads) == (2, 2)


def test_reads_of_entries_that_do_not_exist_or_without_weight_are_dropped(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, read(99, "anna"), read(1, "anna"), read(2, "anna", weight=0.0)) == 1
    assert add_reads(storage) == 0
    with storage.read() as transaction:
        assert transaction.counts().reads == 1


def test_many_reads_are_added_at_once(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, *(read(1 + n % 3, f"reader {n}") for n in range(1200))) == 1200
    assert get(storage, 1).reads == 400


def test_pruning_reads_keeps_counts(storage: Storage) -> None:
    three_entries(storage)
    add_reads(storage, read(1, "anna", at=NOON - DAY), read(1, "berta", at=NOON))
    before = get(storage, 1)
    with storage.write() as transaction:
        assert transaction.reads.prune(before=NOON) == 1
        assert transaction.counts().reads == 1
    assert get(storage, 1) == before


def test_readers_a_day_is_the_mean_of_the_days_on_which_anybody_read(storage: Storage) -> None:
    three_entries(storage)
    midnight = NOON.replace(hour=0)
    assert read_readers(storage, midnight) == 0
    add_reads(storage, read(1, "anna"), read(2, "anna"), read(1, "berta"), read(3, "anna", at=NOON - DAY))
    assert read_readers(storage, midnight) == 1.5


def read_readers(storage: Storage, midnight: datetime) -> float:
    with storage.read() as transaction:
        return transaction.reads.readers_a_day(since=midnight - 3 * DAY, until=midnight + DAY)


def test_a_salt_is_made_once_a_day_and_gone_after_two(storage: Storage) -> None:
    with storage.write() as transaction:
        salt = transaction.reads.salt
        first = salt(TODAY)
        assert len(first) >= 16
        assert salt(TODAY) == first
        following = salt(date(2026, 11, 25))
        assert following != first
        assert salt(TODAY) == first
        salt(date(2026, 11, 26))
        assert salt(date(2026, 11, 25)) == following
        assert salt(TODAY) != first


def test_a_pruned_entry_takes_its_story_and_reads_along(storage: Storage) -> None:
    three_entries(storage)
    add_reads(storage, read(1, "anna"))
    with storage.write() as transaction:
        prune_old(transaction, before=NOON + DAY, keep_per_feed=0)
        assert (transaction.counts().reads, transaction.counts().stories) == (0, 0)
