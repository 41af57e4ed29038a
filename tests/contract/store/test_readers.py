"""What every storage promises of readers, their subscriptions, and the numbers of lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import ReaderExists
from aggregator.model.reader import Credentials, ListedItem, Reader, StoredSubscription, account_key
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.story import Entered
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of


def credentials(name: str) -> Credentials:
    return Credentials(
        password_hash=f"$argon2id${name}",
        api_password=key_of(f"password {name}"),
        token=key_of(f"token {name}"),
        fever_key=key_of(f"fever {name}"),
    )


def add(storage: Storage, name: str) -> Reader:
    with storage.write() as transaction:
        return transaction.readers.add(name, credentials(name), now=NOON)


def test_a_reader_is_found_by_name_token_and_fever_key(storage: Storage) -> None:
    anna, zoe = add(storage, "Anna"), add(storage, "Zoë")
    assert anna == Reader(id=1, name="Anna", created_at=NOON, counts_reads=True, subscriptions_changed_at=NOON)
    with storage.read() as transaction:
        readers = transaction.readers
        assert readers.all() == [anna, zoe]
        assert readers.find("ZOË") == zoe
        assert readers.find("Berta") is None
        assert readers.by_token(key_of("token Anna")) == anna
        assert readers.by_fever_key(key_of("fever Zoë")) == zoe
        assert readers.by_token(key_of("fever Zoë")) is None
        assert readers.credentials(zoe.id) == credentials("Zoë")
        assert transaction.counts().readers == 2


def test_names_that_differ_in_case_only_are_the_same(storage: Storage) -> None:
    add(storage, "Anna")
    with pytest.raises(ReaderExists):
        add(storage, "anna")


def test_new_credentials_replace_the_old_ones(storage: Storage) -> None:
    anna = add(storage, "Anna")
    with storage.write() as transaction:
        transaction.readers.set_credentials(anna.id, credentials("other"))
    with storage.read() as transaction:
        assert transaction.readers.by_token(key_of("token Anna")) is None
        assert transaction.readers.by_token(key_of("token other")) == anna


def test_the_id_of_a_removed_reader_does_not_come_back(storage: Storage) -> None:
    anna = add(storage, "Anna")
    with storage.write() as transaction:
        transaction.readers.remove(anna.id)
    assert add(storage, "Anna").id == anna.id + 1


def test_removing_a_reader_leaves_nothing_of_theirs_and_all_of_the_others(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two")
    anna, zoe = add(storage, "Anna"), add(storage, "Zoë")
    with storage.write() as transaction:
        for reader in (anna, zoe):
            transaction.readers.subscribe(reader.id, [StoredSubscription(stream_id=feed.id)], now=NOON)
            transaction.states.mark(reader.id, [1, 2], at=NOON, read=True, starred=True, weight=1.0)
        transaction.reads.add(transaction.states.take_settled(before=NOON, limit=10))
        transaction.readers.remove(anna.id)
    with storage.read() as transaction:
        assert transaction.readers.all() == [zoe]
        assert [transaction.readers.subscriptions(reader.id) != [] for reader in (anna, zoe)] == [False, True]
        assert [len(transaction.states.all_of(reader.id)) for reader in (anna, zoe)] == [0, 2]
        assert [len(transaction.readers.reads(reader.id)) for reader in (anna, zoe)] == [0, 2]
        assert transaction.entries.get_many([1])[1].reads == 2
    assert storage.check() == []


def test_subscriptions_are_kept_replaced_and_ended(storage: Storage) -> None:
    anna = add(storage, "Anna")
    one, two = StoredSubscription(stream_id=1), StoredSubscription(stream_id=2, title="Zwei", folders=("A, B", "Ü"))
    with storage.write() as transaction:
        transaction.readers.subscribe(anna.id, [two, one], now=NOON + HOUR)
        assert transaction.readers.subscriptions(anna.id) == [one, two]
        transaction.readers.subscribe(anna.id, [replace(one, title="Eins")], now=NOON + HOUR)
        transaction.readers.unsubscribe(anna.id, [2, 3], now=NOON + DAY)
        assert transaction.readers.subscriptions(anna.id) == [replace(one, title="Eins")]
        found = transaction.readers.find("anna")
        assert found is not None
        assert found.subscriptions_changed_at == NOON + DAY


def test_who_is_not_counted_any_more_is_not_counted_for_what_waits(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one")
    anna = add(storage, "Anna")
    with storage.write() as transaction:
        transaction.states.mark(anna.id, [1], at=NOON, read=True, weight=1.0)
        transaction.readers.set_counts_reads(anna.id, counts_reads=False)
        assert transaction.states.take_settled(before=NOON + DAY, limit=10) == []
        found = transaction.readers.find("Anna")
        assert found is not None
        assert not found.counts_reads


def test_reads_of_an_account_are_found_under_its_key(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two")
    anna = add(storage, "Anna")
    events = [
        ReadEvent(entry_id=2, at=NOON, via=Via.SYNC, reader_key=account_key(anna.id), weight=0.2),
        ReadEvent(entry_id=1, at=NOON + HOUR, via=Via.SYNC, reader_key=account_key(anna.id)),
        ReadEvent(entry_id=1, at=NOON, via=Via.CLICK, reader_key=key_of("somebody")),
    ]
    with storage.write() as transaction:
        transaction.reads.add(events)
        assert transaction.readers.reads(anna.id) == events[:2]


def test_numbers_of_lists_are_given_once_and_never_again(storage: Storage) -> None:
    with storage.write() as transaction:
        streams = transaction.streams
        assert streams.number(["/topics/a", "/most-read"]) == {"/topics/a": 1_000_000_001, "/most-read": 1_000_000_002}
        assert streams.number(["/most-read", "/topics/b"]) == {"/most-read": 1_000_000_002, "/topics/b": 1_000_000_003}
    with storage.read() as transaction:
        assert transaction.streams.paths() == {
            1_000_000_001: "/topics/a",
            1_000_000_002: "/most-read",
            1_000_000_003: "/topics/b",
        }
        assert transaction.streams.number(["/topics/a"]) == {"/topics/a": 1_000_000_001}


def test_topics_of_many_entries_and_when_they_entered_a_list(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two", "three")
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="b", title="B"), Topic(slug="a", title="A")])
        made = [Assignment(slug=slug, entry_id=entry_id, reason="") for slug, entry_id in (("a", 1), ("b", 1), ("a", 3))]
        transaction.topics.assign(["a", "b"], [1, 2, 3], made, revision=3)
        transaction.lists.enter("top", [Entered(entry_id=each, at=NOON) for each in (1, 2)])
        assert transaction.streams.topics() == [("b", "B"), ("a", "A")]
        assert transaction.streams.topics_of([1, 2, 3, 99]) == {1: ["b", "a"], 3: ["a"]}
        transaction.lists.enter("other", [Entered(entry_id=1, at=NOON + HOUR)])
        transaction.lists.enter("top", [Entered(entry_id=each, at=NOON + DAY) for each in (2, 3)])
        assert transaction.streams.listed([1, 2, 3, 4, 5, 6, 7, 99]) == {
            4: ListedItem(name="top", entry_id=1, at=NOON),
            5: ListedItem(name="top", entry_id=2, at=NOON),  # entered before, and stays as it is
            6: ListedItem(name="other", entry_id=1, at=NOON + HOUR),
            7: ListedItem(name="top", entry_id=3, at=NOON + DAY),
        }
    add_entries(storage, feed.id, "four")
    with storage.read() as transaction:
        assert list(transaction.entries.get_many(range(1, 20))) == [1, 2, 3, 8]  # entries and items share their numbers
