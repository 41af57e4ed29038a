"""What every storage promises of ranked lists."""

from __future__ import annotations

from aggregator.model.story import Entered, ListPlace
from aggregator.storage import Storage
from tests.fakes.changes import HOUR, NOON, add_entries, configure, prune_old


def three_entries(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two", "three")


def test_an_entry_enters_a_list_once_and_keeps_its_time_and_figures(storage: Storage) -> None:
    three_entries(storage)
    second = Entered(entry_id=2, at=NOON, readers=412, publishers=7)
    with storage.write() as transaction:
        lists = transaction.lists
        lists.enter("most-read", [second, Entered(entry_id=99, at=NOON)])
        lists.enter("most-read", [Entered(entry_id=1, at=NOON + HOUR), Entered(entry_id=2, at=NOON + HOUR, readers=9)])
        lists.enter("other", [Entered(entry_id=3, at=NOON)])
        first = Entered(entry_id=1, at=NOON + HOUR)
        assert lists.entered("most-read", limit=9) == [first, second]
        assert lists.entered("most-read", limit=1) == [first]
        assert lists.entered("unknown", limit=9) == []


def test_a_list_is_replaced_as_a_whole(storage: Storage) -> None:
    three_entries(storage)
    places = [ListPlace(place=1, story_id=3, since_at=NOON), ListPlace(place=2, story_id=1, since_at=None)]
    with storage.write() as transaction:
        transaction.lists.put_places("trending", [ListPlace(place=1, story_id=2, since_at=NOON)])
        transaction.lists.put_places("trending", [*places, ListPlace(place=3, story_id=99, since_at=None)])
        transaction.lists.put_places("other", places)
        assert transaction.lists.places("trending") == places
        transaction.lists.drop_others(["trending"])
        assert transaction.lists.places("other") == []
        assert transaction.lists.places("trending") == places


def test_a_story_that_goes_leaves_the_lists(storage: Storage) -> None:
    three_entries(storage)
    with storage.write() as transaction:
        transaction.lists.put_places("trending", [ListPlace(place=1, story_id=3, since_at=NOON)])
        transaction.lists.enter("trending", [Entered(entry_id=3, at=NOON)])
        prune_old(transaction, before=NOON + HOUR, keep_per_feed=0)
        assert transaction.lists.places("trending") == []
        assert transaction.lists.entered("trending", limit=9) == []


def test_views_add_up_until_they_are_taken(storage: Storage) -> None:
    with storage.write() as transaction:
        transaction.lists.add_views({("most-read", 0): 2, ("most-read", 5): 1})
        transaction.lists.add_views({("most-read", 0): 3})
        transaction.lists.add_views({})
        assert transaction.lists.take_views() == {("most-read", 0): 5, ("most-read", 5): 1}
        assert transaction.lists.take_views() == {}
