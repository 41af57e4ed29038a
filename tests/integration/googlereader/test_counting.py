"""Reads that feed readers report: once a person and entry, for ever, and only if they stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.library.readers import export_reader, remove_reader, set_reader
from aggregator.model.reading import Via
from aggregator.rank.counting import NotCounted
from aggregator.store.tables import metadata
from tests.fakes.feed_reader import API, KEPT_UNREAD, NAME, READ, READING_LIST, SITE, FeedReader, long_ids


def mark(reader: FeedReader, *ids: int, read: bool = True) -> None:
    tags = [("a", READ), ("r", KEPT_UNREAD)] if read else [("r", READ), ("a", KEPT_UNREAD)]
    assert reader.post(f"{API}/edit-tag", *long_ids(ids), *tags).text == "OK"


def test_a_read_counts_once_it_stood_for_a_minute(reader: FeedReader) -> None:
    before = reader.entry(6).reads
    mark(reader, 6)
    assert reader.settle(timedelta(seconds=59)) == 0
    assert reader.settle(timedelta(seconds=1)) == 1
    assert reader.entry(6).reads == before + 1
    with reader.storage.read() as tx:
        (event,) = tx.readers.reads(1)
    assert (event.via, event.weight) == (Via.SYNC, 1.0)


def test_an_unread_within_a_minute_takes_it_back_and_a_later_one_does_not(reader: FeedReader) -> None:
    mark(reader, 6)
    mark(reader, 7)
    reader.clock.advance(timedelta(seconds=30))
    mark(reader, 6, read=False)
    reader.clock.advance(timedelta(seconds=31))
    mark(reader, 7, read=False)
    assert reader.ids(READ) == []
    assert reader.settle() == 1
    assert (reader.entry(6).reads, reader.entry(7).reads) == (0, 1)


def test_reading_again_never_counts_again_even_when_the_raw_reads_are_gone(reader: FeedReader) -> None:
    mark(reader, 6)
    assert reader.settle() == 1
    for _ in range(3):
        mark(reader, 6, read=False)
        mark(reader, 6)
    assert reader.settle() == 0
    with reader.storage.write() as tx:
        tx.reads.prune(before=reader.clock.now() + timedelta(days=90))
    mark(reader, 6, read=False)
    mark(reader, 6)
    assert reader.settle() == 0
    assert reader.entry(6).reads == 1


def test_the_same_entry_on_the_ranking_and_in_its_topic_is_one_read(reader: FeedReader) -> None:
    before = reader.entry(2).reads
    mark(reader, reader.ranked()[1])
    mark(reader, 2)
    assert reader.settle() == 1
    assert reader.entry(2).reads == before + 1


@pytest.mark.parametrize(("batch", "weight"), [(1, 1.0), (5, 1.0), (6, 0.2), (12, 0.2)])
def test_a_batch_counts_for_less_the_larger_it_is(reader: FeedReader, batch: int, weight: float) -> None:
    mark(reader, *range(1, batch + 1))
    assert reader.settle() == batch
    with reader.storage.read() as tx:
        assert {event.weight for event in tx.readers.reads(1)} == {weight}


def test_marking_all_changes_states_and_counts_nothing(reader: FeedReader) -> None:
    assert reader.post(f"{API}/mark-all-as-read", ("s", READING_LIST)).text == "OK"
    assert len(reader.ids(READ)) == 14
    assert reader.settle() == 0


def test_mark_all_spares_what_came_after_its_time(reader: FeedReader) -> None:
    seconds = int(reader.clock.now().timestamp()) - 1
    for ts in (str(seconds), f"{seconds}000", f"{seconds}000000"):
        reader.post(f"{API}/mark-all-as-read", ("s", READING_LIST), ("ts", ts))
        assert reader.ids(READ) == []
    reader.post(f"{API}/mark-all-as-read", ("s", "user/-/label/Themen"), ("ts", f"{seconds + 1}000000"))
    assert set(reader.ids(READ)) == {*range(1, 13), *reader.ranked()}


def test_who_does_not_want_to_be_counted_is_not(reader: FeedReader) -> None:
    mark(reader, 6)
    set_reader(reader.storage, NAME, site=SITE, counts_reads=False, topics=None, now=reader.clock.now())
    mark(reader, 7)
    assert reader.settle() == 0
    assert reader.ids(READ) == [7, 6]


def test_what_does_not_count_is_told_by_its_reason_and_never_by_whose_it_is(reader: FeedReader) -> None:
    mark(reader, 1, 2)
    mark(reader, 1, read=False)
    mark(reader, 2)  # it is read already
    assert reader.told == {None: 2, NotCounted.TAKEN_BACK: 1}
    reader.post(f"{API}/mark-all-as-read", ("s", READING_LIST))
    set_reader(reader.storage, NAME, site=SITE, counts_reads=False, topics=None, now=reader.clock.now())
    mark(reader, 3, read=False)
    mark(reader, 3)
    assert reader.told == {None: 2, NotCounted.TAKEN_BACK: 1, NotCounted.MARK_ALL: 11, NotCounted.UNWANTED: 1}


def test_a_program_that_marks_a_great_many_is_told_as_bulk(reader: FeedReader) -> None:
    mark(reader, *range(1, 13), *range(100, 120))
    assert reader.told == {NotCounted.BULK: 12}, "those that are no entries are passed over"
    assert reader.settle() == 0


KEPT_IN = {"sessions": "sessions", "reader_subscriptions": "subscriptions", "entry_states": "entries", "reads": "reads"}
"""Under which key of an export each table that names a reader is found."""


def test_every_table_that_holds_something_of_a_reader_is_in_the_export(reader: FeedReader) -> None:
    of_readers = {name for name, table in metadata.tables.items() if {"reader_id", "reader_key"} & set(table.c.keys())}
    assert of_readers == set(KEPT_IN), "library.readers.export_reader and this table need the new one"
    assert set(export_reader(reader.storage, NAME, site=SITE)) == {"account", *KEPT_IN.values()}


def test_an_export_holds_everything_and_a_removal_leaves_nothing(reader: FeedReader) -> None:
    before = reader.entry(6).reads
    mark(reader, 6)
    reader.settle()
    mark(reader, 7)
    exported = export_reader(reader.storage, NAME, site=SITE)
    assert [read["entry"] for read in exported["reads"]] == [6]  # type: ignore[attr-defined] # JSON
    assert [state["id"] for state in exported["entries"]] == [6, 7]  # type: ignore[attr-defined] # JSON
    assert len(exported["subscriptions"]) == 4  # type: ignore[arg-type] # JSON
    remove_reader(reader.storage, NAME)
    with reader.storage.read() as tx:
        assert tx.readers.all() == []
        assert tx.readers.reads(1) == []
        assert tx.states.all_of(1) == {}
        assert tx.readers.subscriptions(1) == []
    assert reader.entry(6).reads == before + 1
    assert reader.get(f"{API}/token").status_code == 401
