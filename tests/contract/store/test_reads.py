"""What every storage promises of reads, scores and lists."""

from __future__ import annotations

import math
from datetime import date, datetime

import pytest

from aggregator.model.change import AddedOrigin
from aggregator.model.entry import Entry
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of, make_update, read_feed, save

FEED, OTHER = "https://a.example/feed", "https://b.example/feed"
TODAY = date(2026, 11, 24)


def read(entry_id: int, reader: str, *, at: datetime = NOON, weight: float = 1.0) -> ReadEvent:
    return ReadEvent(entry_id=entry_id, at=at, via=Via.CLICK, reader_key=key_of(reader), weight=weight)


def weight_of(event: ReadEvent) -> float:
    return math.log2(event.weight)


def add_reads(storage: Storage, *events: ReadEvent) -> int:
    with storage.write() as transaction:
        return transaction.reads.add(events, score_of=weight_of)


def get(storage: Storage, entry_id: int) -> Entry:
    with storage.read() as transaction:
        return transaction.entries.get_many([entry_id])[entry_id]


def three_entries(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one", "two", "three")


def test_reads_raise_score_and_count_and_not_the_revision(storage: Storage) -> None:
    three_entries(storage)
    before = get(storage, 1)
    assert add_reads(storage, read(1, "anna"), read(1, "berta", weight=2.0)) == 2
    after = get(storage, 1)
    assert (after.score, after.reads, after.revision) == (2.0, 2, before.revision)  # log2(1 of coverage + 1 + 2)


def test_a_reader_counts_once_an_entry(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, read(1, "anna"), read(1, "anna"), read(2, "anna")) == 2
    assert add_reads(storage, read(1, "anna", at=NOON + DAY)) == 0
    assert (get(storage, 1).reads, get(storage, 1).score) == (1, 1.0)


def test_reads_of_entries_that_do_not_exist_are_dropped(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, read(99, "anna"), read(1, "anna")) == 1
    assert add_reads(storage) == 0
    with storage.read() as transaction:
        assert transaction.counts().reads == 1


def test_many_reads_are_added_at_once(storage: Storage) -> None:
    three_entries(storage)
    assert add_reads(storage, *(read(1 + n % 3, f"reader {n}") for n in range(1200))) == 1200
    assert get(storage, 1).reads == 400


def test_the_most_read_come_by_score_and_hold_only_what_was_read(storage: Storage) -> None:
    three_entries(storage)
    add_reads(storage, read(1, "anna"), read(3, "anna"), read(3, "berta"))
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="t", title="T")])
        transaction.topics.assign(["t"], [1], [Assignment(slug="t", entry_id=1, reason="")], revision=1)
        most_read = transaction.entries.most_read
        assert [entry.id for entry in most_read(limit=9)] == [3, 1]
        assert [entry.id for entry in most_read(limit=1)] == [3]
        assert [entry.id for entry in most_read(limit=9, topic="t")] == [1]
        assert [entry.id for entry in most_read(limit=9, since=NOON - HOUR)] == [1]


def test_rescoring_gives_what_counting_gave_and_runs_once_a_set_of_parameters(storage: Storage) -> None:
    feed, other = configure(storage, FEED, OTHER)
    add_entries(storage, feed.id, "one", "two")
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]))
    add_reads(storage, read(1, "anna"), read(1, "berta", weight=4.0), read(2, "anna", weight=0.5))
    counted = [get(storage, entry_id).score for entry_id in (1, 2)]

    def rescore(parameters: str, factor: float) -> bool:
        with storage.write() as transaction:
            return transaction.reads.rescore(
                parameters, score_of=lambda event: math.log2(factor * event.weight), prior=lambda _: math.log2(factor)
            )

    assert rescore("v1", 1.0)
    assert [get(storage, entry_id).score for entry_id in (1, 2)] == pytest.approx(counted)
    assert not rescore("v1", 2.0)
    assert rescore("v2", 2.0)
    assert [get(storage, entry_id).score for entry_id in (1, 2)] == pytest.approx([score + 1 for score in counted])


def test_entries_without_any_worth_can_be_stored_and_read(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one")
    with storage.write() as transaction:
        transaction.reads.rescore("none", score_of=weight_of, prior=lambda _: -math.inf)
    assert get(storage, 1).score == -math.inf
    add_reads(storage, read(1, "anna"))
    assert get(storage, 1).score == 0.0


def test_pruning_reads_keeps_scores_and_counts(storage: Storage) -> None:
    three_entries(storage)
    add_reads(storage, read(1, "anna", at=NOON - DAY), read(1, "berta", at=NOON))
    before = get(storage, 1)
    with storage.write() as transaction:
        assert transaction.reads.prune(before=NOON) == 1
        assert transaction.counts().reads == 1
    assert get(storage, 1) == before


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


def test_an_entry_enters_a_list_once(storage: Storage) -> None:
    three_entries(storage)
    with storage.write() as transaction:
        reads = transaction.reads
        reads.enter("most-read", [2, 99], at=NOON)
        reads.enter("most-read", [1, 2], at=NOON + HOUR)
        reads.enter("other", [3], at=NOON)
        assert reads.entered("most-read", limit=9) == [(1, NOON + HOUR), (2, NOON)]
        assert reads.entered("most-read", limit=1) == [(1, NOON + HOUR)]
        assert reads.entered("unknown", limit=9) == []


def test_a_pruned_entry_takes_its_reads_along(storage: Storage) -> None:
    three_entries(storage)
    add_reads(storage, read(1, "anna"))
    with storage.write() as transaction:
        transaction.reads.enter("most-read", [1], at=NOON)
        transaction.entries.prune(before=NOON + DAY, keep_per_feed=0)
        assert transaction.counts().reads == 0
        assert transaction.reads.entered("most-read", limit=9) == []
