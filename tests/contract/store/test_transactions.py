"""What every storage promises of transactions, and of the database as a whole."""

from __future__ import annotations

from contextlib import closing

import pytest

from aggregator.errors import StorageError
from aggregator.model.change import FeedChange
from aggregator.model.feed import FeedSettings, FeedState, PollState
from aggregator.model.topic import Topic
from aggregator.storage import LAST_PASS_NOTE, TITLES_LEFT_NOTE, TOPICS_LEFT_NOTE, Storage
from aggregator.store.database import open_database
from tests.fakes.changes import NOON, add_entries, configure, save

A, B, C, D, E = (f"https://{name}.example/feed" for name in "abcde")


class Interrupted(Exception):
    """Something of the caller's own."""


def test_nothing_is_kept_of_a_block_that_raises_and_the_error_passes_through(storage: Storage) -> None:
    def write_and_fail() -> None:
        with storage.write() as transaction:
            transaction.note("key", "value")
            transaction.feeds.configure([FeedSettings(url=A)], now=NOON)
            raise Interrupted

    with pytest.raises(Interrupted):
        write_and_fail()
    with storage.read() as transaction:
        assert transaction.noted("key") is None
        assert transaction.feeds.all() == []


def test_a_reader_sees_one_state_while_another_writes(storage: Storage) -> None:
    with storage.read() as before:
        assert before.noted("key") is None
        with storage.write() as transaction:
            transaction.note("key", "new")
        assert before.noted("key") is None
    with storage.read() as after:
        assert after.noted("key") == "new"


def test_what_was_written_is_there_after_opening_again(database_url: str) -> None:
    with closing(open_database(database_url)) as storage, storage.write() as transaction:
        transaction.note("key", "one")
        transaction.note("key", "two")
    with closing(open_database(database_url)) as storage, storage.read() as transaction:
        assert transaction.noted("key") == "two"


def test_a_broken_rule_of_the_database_is_a_storage_error(storage: Storage) -> None:
    with pytest.raises(StorageError):
        add_entries(storage, 12345, "an entry of no feed")


def test_the_store_at_a_glance(storage: Storage) -> None:
    a, b, c, d, _ = configure(storage, A, B, C, D, E)
    add_entries(storage, a.id, "one", "two")
    for feed, state in ((b, FeedState.FAILING), (c, FeedState.GONE), (d, FeedState.BROKEN)):
        save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=PollState(state=state)))
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="t", title="T")])
        assert transaction.counts().last_pass_at is None
        assert (transaction.counts().titles_left, transaction.counts().topics_left) == (0, 0)
        transaction.note(LAST_PASS_NOTE, NOON.isoformat())
        transaction.note(TITLES_LEFT_NOTE, "7")
        transaction.note(TOPICS_LEFT_NOTE, '{"t": [1, 9], "u": [0, 1]}')
        counts = transaction.counts()
    assert (counts.feeds, counts.feeds_ok, counts.feeds_failing, counts.feeds_gone) == (5, 2, 1, 1)
    assert (counts.entries, counts.topics, counts.reads, counts.stories, counts.readers) == (2, 1, 0, 2, 0)
    assert (counts.titles_left, counts.topics_left) == (7, 2)
    assert counts.last_pass_at == NOON


def test_a_sound_store_has_nothing_to_complain_about_and_takes_room(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one")
    assert storage.check() == []
    assert storage.size_bytes() > 0


def test_the_address_is_told_without_the_password(storage: Storage) -> None:
    assert storage.url.startswith(("sqlite:///", "postgresql"))
