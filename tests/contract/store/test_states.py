"""What every storage promises of what readers read and starred, and of the items of their streams."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from aggregator.model.change import AddedOrigin
from aggregator.model.reader import Credentials, EntryState, ItemFilter, Members, Selection, Unread, account_key
from aggregator.model.reading import Via
from aggregator.model.story import Entered
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of, make_update, prune_old, read_feed, save

LIST = 1_000_000_007
A, B = 1, 2  # feeds
TOPIC = Members(topics=("t",))
RANKED = Members(lists=((LIST, "top"),))
BOTH = Members(feeds=(A, B))
FIRST, THIRD = 6, 7  # items: entries 1 and 3 on the ranked list


def open_shelf(storage: Storage) -> None:
    """Fill a store: feed A has entries 1 to 4, an hour apart; B has 5, and 2 as well; 1, 4 and 5 are on the topic."""
    feeds = configure(storage, "https://a.example/feed", "https://b.example/feed")
    assert [feed.id for feed in feeds] == [A, B]
    for place, guid in enumerate(("one", "two", "three", "four")):
        add_entries(storage, A, guid, now=NOON + place * HOUR)
    add_entries(storage, B, "five", now=NOON + 3 * HOUR)
    save(storage, read_feed(B, added=[AddedOrigin(entry_id=2, update=make_update("two"), rebinds=False)], now=NOON + 4 * HOUR))
    with storage.write() as transaction:
        for name in ("anna", "zoe"):
            keys = [key_of(f"{kind} {name}") for kind in ("password", "token", "fever")]
            made = Credentials(password_hash="", api_password=keys[0], token=keys[1], fever_key=keys[2])
            transaction.readers.add(name, made, now=NOON)
        transaction.topics.configure([Topic(slug="t", title="T")])
        made_of = [Assignment(slug="t", entry_id=entry_id, reason="") for entry_id in (1, 4, 5)]
        transaction.topics.assign(["t"], [1, 4, 5], made_of, revision=5)
        transaction.lists.enter("top", [Entered(entry_id=each, at=NOON + 5 * HOUR) for each in (1, 3)])


def chosen(members: Members, *, reader_id: int = 1, **wanted: object) -> Selection:
    which = replace(ItemFilter(limit=100), **wanted)  # type: ignore[arg-type] # tests name fields
    return Selection(reader_id=reader_id, members=members, wanted=which)


def ids(storage: Storage, members: Members, *, reader_id: int = 1, **wanted: object) -> list[int]:
    with storage.read() as transaction:
        return [item.id for item in transaction.states.items(chosen(members, reader_id=reader_id, **wanted))]


def mark(storage: Storage, *entry_ids: int, reader_id: int = 1, at: datetime = NOON, **change: bool | float) -> int:
    with storage.write() as transaction:
        return transaction.states.mark(reader_id, entry_ids, at=at, **change)  # type: ignore[arg-type] # tests name fields


def test_a_selection_can_be_bounded_to_entries_that_were_found(storage: Storage) -> None:
    open_shelf(storage)
    everything = Members(everything=True, lists=RANKED.lists)
    with storage.read() as transaction:
        found = transaction.states.items(chosen(everything, entry_ids=(3, 5)))
    assert {item.entry_id for item in found} == {3, 5}
    assert len(found) == 3  # entry 3 stands on the list, too
    assert ids(storage, Members(topics=("t",)), entry_ids=(1, 2)) == [1]
    assert ids(storage, everything, entry_ids=()) == []


def test_streams_hold_their_entries_newest_first(storage: Storage) -> None:
    open_shelf(storage)
    assert ids(storage, Members(feeds=(A,))) == [4, 3, 2, 1]
    assert ids(storage, Members(feeds=(B,))) == [5, 2]
    assert ids(storage, BOTH) == [5, 4, 3, 2, 1]
    assert ids(storage, TOPIC) == [5, 4, 1]
    assert ids(storage, Members(feeds=(B,), topics=("t",))) == [5, 4, 2, 1]
    assert ids(storage, Members(everything=True)) == [5, 4, 3, 2, 1]
    assert ids(storage, RANKED) == [THIRD, FIRST]
    assert ids(storage, replace(TOPIC, lists=RANKED.lists)) == [THIRD, FIRST, 5, 4, 1]
    assert ids(storage, Members()) == []
    assert ids(storage, Members(feeds=(99,), topics=("gone",))) == []


def test_an_item_says_when_it_came_and_how_it_stands(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 3, read=True)
    mark(storage, 4, starred=True)
    with storage.read() as transaction:
        ranked, *rest = transaction.states.items(chosen(replace(BOTH, lists=RANKED.lists)))
    assert (ranked.id, ranked.entry_id, ranked.at, ranked.read) == (THIRD, 3, NOON + 5 * HOUR, True)
    assert (ranked.stream_id, rest[-1].stream_id) == (LIST, None)
    assert [(item.entry_id, item.at - NOON, item.read, item.starred) for item in rest] == [
        (1, 5 * HOUR, False, False),
        (5, 3 * HOUR, False, False),
        (4, 3 * HOUR, False, True),
        (3, 2 * HOUR, True, False),
        (2, HOUR, False, False),
        (1, 0 * HOUR, False, False),
    ]


@pytest.mark.parametrize(
    ("members", "oldest_first", "size"),
    list(product([BOTH, TOPIC, replace(BOTH, lists=RANKED.lists), Members(everything=True)], [False, True], [1, 2, 3])),
)
def test_pages_put_together_are_the_whole(storage: Storage, members: Members, oldest_first: bool, size: int) -> None:  # noqa: FBT001 - a parameter
    open_shelf(storage)
    whole = ids(storage, members, oldest_first=oldest_first)
    found: list[int] = []
    after = None
    with storage.read() as transaction:
        while page := transaction.states.items(chosen(members, oldest_first=oldest_first, after=after, limit=size)):
            assert len(page) <= size
            found += [item.id for item in page]
            after = (page[-1].at, page[-1].id)
    assert found == whole
    assert whole == (ids(storage, members)[::-1] if oldest_first else ids(storage, members))


def test_a_page_is_stable_when_newer_items_come(storage: Storage) -> None:
    open_shelf(storage)
    with storage.read() as transaction:
        first = transaction.states.items(chosen(BOTH, limit=2))
    add_entries(storage, A, "six", now=NOON + 6 * HOUR)
    assert ids(storage, BOTH, after=(first[-1].at, first[-1].id)) == [3, 2, 1]


def test_items_by_state_and_by_time(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 1, 4, read=True)
    mark(storage, 4, 2, starred=True)
    mark(storage, 5, reader_id=2, read=True, starred=True)
    assert ids(storage, BOTH, read=True) == [4, 1]
    assert ids(storage, BOTH, read=False) == [5, 3, 2]
    assert ids(storage, BOTH, starred=True) == [4, 2]
    assert ids(storage, BOTH, starred=False, read=False) == [5, 3]
    assert ids(storage, Members(everything=True, lists=RANKED.lists), read=True) == [FIRST, 4, 1]
    assert ids(storage, BOTH, seen_from=NOON + HOUR, seen_until=NOON + 2 * HOUR) == [3, 2]
    assert ids(storage, RANKED, seen_from=NOON + 5 * HOUR) == [THIRD, FIRST]
    assert ids(storage, RANKED, seen_until=NOON + 4 * HOUR) == []


def test_items_by_id(storage: Storage) -> None:
    open_shelf(storage)
    assert ids(storage, BOTH, by_id=True, oldest_first=True, after=(NOON, 2)) == [3, 4, 5]
    assert ids(storage, BOTH, by_id=True, after=(NOON, 4), limit=2) == [3, 2]
    assert ids(storage, replace(BOTH, lists=RANKED.lists), by_id=True, oldest_first=True, after=(NOON, 4)) == [5, FIRST, THIRD]
    assert ids(storage, replace(BOTH, lists=RANKED.lists), by_id=True, after=(NOON, THIRD), limit=2) == [FIRST, 5]


def test_marking_says_how_many_became_read_and_passes_over_what_is_not_there(storage: Storage) -> None:
    open_shelf(storage)
    assert mark(storage, 1, 2, 99, 1, read=True) == 2
    assert mark(storage, 2, 3, read=True, at=NOON + HOUR) == 1
    assert mark(storage, 1, read=False) == 0
    with storage.read() as transaction:
        assert transaction.states.of_entries(1, [1, 2, 3, 4]) == {
            1: EntryState(),
            2: EntryState(read_at=NOON),
            3: EntryState(read_at=NOON + HOUR),
        }
        assert transaction.states.of_entries(2, [1, 2, 3, 4]) == {}


def test_unread_is_counted_by_stream_and_as_a_whole(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 1, 5, read=True)
    members = replace(BOTH, topics=("t",), lists=RANKED.lists)
    with storage.read() as transaction:
        by_stream = transaction.states.unread_by_stream(chosen(members))
        assert by_stream == {
            A: Unread(count=3, newest_at=NOON + 3 * HOUR),
            B: Unread(count=1, newest_at=NOON + HOUR),
            "t": Unread(count=1, newest_at=NOON + 3 * HOUR),
            LIST: Unread(count=1, newest_at=NOON + 5 * HOUR),
        }
        assert transaction.states.count_unread(chosen(members)) == Unread(count=4, newest_at=NOON + 5 * HOUR)
        assert transaction.states.count_unread(chosen(Members())) == Unread(count=0, newest_at=None)


def test_marking_all_takes_what_the_selection_holds_and_counts_nothing(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 1, starred=True)
    mark(storage, 2, read=True, weight=1.0)
    with storage.write() as transaction:
        until = chosen(BOTH, seen_until=NOON + 2 * HOUR)
        assert transaction.states.mark_all_read(until, at=NOON + DAY) == 2
        assert transaction.states.mark_all_read(until, at=NOON + DAY) == 0
    assert ids(storage, BOTH, read=False) == [5, 4]
    assert ids(storage, BOTH, starred=True) == [1]
    with storage.write() as transaction:
        states = transaction.states.all_of(1)
        assert states[1] == EntryState(read_at=NOON + DAY, starred_at=NOON)
        assert states[2] == EntryState(read_at=NOON, pending_at=NOON, pending_weight=1.0)
        assert states[3] == EntryState(read_at=NOON + DAY)
        assert transaction.states.mark_all_read(chosen(replace(TOPIC, lists=RANKED.lists)), at=NOON + DAY) == 2
    assert ids(storage, BOTH, read=False) == []
    assert len(ids(storage, BOTH, read=False, reader_id=2)) == 5


def test_reads_settle_oldest_first_each_once(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 2, read=True, weight=0.2, at=NOON + HOUR)
    mark(storage, 1, read=True, weight=1.0)
    mark(storage, 1, reader_id=2, read=True, weight=1.0, at=NOON + DAY)
    with storage.write() as transaction:
        assert transaction.states.pending(1, since=NOON + timedelta(seconds=1)) == 1
        assert transaction.states.pending(1, since=NOON) == 2
        taken = transaction.states.take_settled(before=NOON + HOUR, limit=10)
        assert [(event.entry_id, event.at, event.weight) for event in taken] == [(1, NOON, 1.0), (2, NOON + HOUR, 0.2)]
        assert {event.reader_key for event in taken} == {account_key(1)}
        assert {event.via for event in taken} == {Via.SYNC}
        assert transaction.states.take_settled(before=NOON + HOUR, limit=10) == []
        assert transaction.states.pending(1, since=NOON) == 0
        assert transaction.states.of_entries(1, [1])[1] == EntryState(read_at=NOON, counted=True)
        assert len(transaction.states.take_settled(before=NOON + DAY, limit=1)) == 1


def test_states_go_with_their_entry_and_starred_entries_stay(storage: Storage) -> None:
    open_shelf(storage)
    mark(storage, 1, 2, read=True)
    mark(storage, 2, starred=True)
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON + 3 * HOUR - timedelta(minutes=1), keep_per_feed=0) == 2
        assert transaction.states.all_of(1).keys() == {2}
    assert ids(storage, BOTH) == [5, 4, 2]
    assert storage.check() == []


def test_a_thousand_entries_are_marked_at_once(storage: Storage) -> None:
    open_shelf(storage)
    made = add_entries(storage, A, *(f"more {number}" for number in range(1200)), now=NOON + DAY)
    assert mark(storage, *(entry.id for entry in made), read=True) == 1200
    assert len(ids(storage, BOTH, read=True, limit=5000)) == 1200
