"""Stories as grouping writes them: joined, merged, parted; what redirects and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aggregator.model.change import NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.grouping import Joining, StorySettlement
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.story import Ranking, Window, Worth
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of, make_update, prune_old, read_feed, save

SITES = ("https://a.example/feed", "https://b.example/feed", "https://c.example/feed")


def prepare(storage: Storage, *guids: str) -> None:
    """Entries 1, 2, 3 ... of the feeds of three publishers in turn."""
    feeds = configure(storage, *SITES)
    for place, guid in enumerate(guids):
        add_entries(storage, feeds[place % len(feeds)].id, guid, dated_at=NOON + place * HOUR)


def join(storage: Storage, *pairs: tuple[int, int]) -> set[int]:
    with storage.write() as tx:
        return tx.grouping.join(
            [Joining(entry_id=entry, story_id=story, score=0.5, reason="similar") for entry, story in pairs]
        )


def settle(storage: Storage, story: int, lead: int, copies: dict[int, int] | None = None) -> None:
    with storage.write() as tx:
        tx.grouping.settle([StorySettlement(story_id=story, entry_id=lead, copies=copies or {})])


def read(storage: Storage, entry_id: int, *readers: str) -> None:
    with storage.write() as tx:
        tx.reads.add([ReadEvent(entry_id=entry_id, at=NOON, via=Via.CLICK, reader_key=key_of(name)) for name in readers])


def stories(storage: Storage, *entry_ids: int) -> list[int]:
    with storage.read() as tx:
        found = tx.stories.of_entries(entry_ids)
    return [found[entry_id] for entry_id in entry_ids]


def publishers(storage: Storage, story: int) -> int:
    with storage.read() as tx:
        return tx.stories.standings([story], Ranking.TRENDING)[story].publishers


def currents(storage: Storage, ids: Sequence[int]) -> list[int | None]:
    with storage.read() as tx:
        return [tx.stories.current(story) for story in ids]


def test_entries_join_a_story_and_theirs_redirect(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", "four")
    assert join(storage, (2, 1), (3, 1)) == {1}
    assert stories(storage, 1, 2, 3, 4) == [1, 1, 1, 4]
    assert currents(storage, [1, 2, 3, 4, 99]) == [1, 1, 1, 4, None]
    with storage.read() as tx:
        assert tx.counts().stories == 2
        evidence = tx.grouping.evidence([1, 2])
        assert tx.stories.entries(1) == [1, 2, 3]
    assert [(one.entry_id, one.score, one.reason) for one in evidence.values()] == [(2, 0.5, "similar")]
    assert storage.check() == []


def test_the_readers_of_an_entry_come_along(storage: Storage) -> None:
    prepare(storage, "one", "two")
    read(storage, 1, "anna")
    read(storage, 2, "anna", "berta")
    join(storage, (2, 1))
    with storage.write() as tx:
        tx.stories.rank(dict.fromkeys(Ranking, Worth(coverage=0.0, exposure=0.0)), now=NOON + HOUR, everything=True)
        (story,) = tx.stories.most_read(Window.DAY, limit=9)
    assert (story.id, story.readers) == (1, 2)
    assert storage.check() == []


def test_chains_of_redirects_are_one_step(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    join(storage, (3, 2))
    join(storage, (2, 1))
    assert stories(storage, 1, 2, 3) == [1, 1, 2]
    with storage.write() as tx:
        tx.stories.merge(1, 2)
    assert stories(storage, 1, 2, 3) == [1, 1, 1]
    assert currents(storage, [2, 3]) == [1, 1]


def test_what_is_no_longer_stored_is_passed_over(storage: Storage) -> None:
    prepare(storage, "one", "two")
    assert join(storage, (2, 77), (88, 1), (1, 1)) == set()
    assert stories(storage, 1, 2) == [1, 2]


def test_a_story_in_which_others_stand_is_left_by_the_entry_alone(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", "four")
    join(storage, (3, 2))
    read(storage, 2, "anna")
    join(storage, (2, 1))
    assert stories(storage, 1, 2, 3) == [1, 1, 2]
    with storage.read() as tx:
        standings = tx.stories.standings([1, 2], Ranking.TRENDING)
        assert tx.entries.get_many([1, 3])[1].reads == 1
        assert tx.entries.get_many([1, 3])[3].reads == 0
    assert (standings[2].entry_id, standings[2].publishers, standings[2].dated_at) == (3, 1, NOON + 2 * HOUR)
    assert storage.check() == []


def test_publishers_are_voices(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", "four")  # of a, b, c and a
    join(storage, (2, 1), (3, 1), (4, 1))
    settle(storage, 1, 3)
    assert publishers(storage, 1) == 3
    settle(storage, 1, 3, {2: 1, 3: 1})
    assert publishers(storage, 1) == 2
    settle(storage, 1, 3, {2: 1, 3: 1, 4: 1})
    assert publishers(storage, 1) == 1
    with storage.read() as tx:
        assert tx.stories.standings([1], Ranking.TRENDING)[1].entry_id == 3
        assert [(m.entry_id, m.copy_of) for m in tx.grouping.members([1])[1]] == [(1, None), (2, 1), (3, 1), (4, 1)]
    settle(storage, 1, 1)
    assert publishers(storage, 1) == 3


def test_a_settlement_of_what_has_changed_meanwhile_is_passed_over(storage: Storage) -> None:
    prepare(storage, "one", "two")
    settle(storage, 1, 2)
    settle(storage, 77, 77)
    with storage.read() as tx:
        assert tx.stories.standings([1], Ranking.TRENDING)[1].entry_id == 1


def test_parted_entries_get_back_their_story_and_its_address(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    join(storage, (2, 1), (3, 1))
    read(storage, 1, "anna", "berta")
    read(storage, 3, "carla", "anna")
    with storage.write() as tx:
        assert tx.grouping.split([3, 2]) == 2
    assert stories(storage, 1, 2, 3) == [1, 2, 2]
    assert currents(storage, [1, 2, 3]) == [1, 2, 2]
    with storage.read() as tx:
        assert tx.grouping.apart() == {(1, 2)}
        assert [tx.entries.get_many([entry])[entry].reads for entry in (1, 2)] == [2, 1]  # anna read the first one first
    assert (publishers(storage, 1), publishers(storage, 2)) == (1, 2)
    assert storage.check() == []


def test_the_founder_parted_leaves_the_address_to_the_rest(storage: Storage) -> None:
    prepare(storage, "one", "two")
    join(storage, (2, 1))
    with storage.write() as tx:
        new = tx.grouping.split([1])
    assert new == 3
    assert stories(storage, 1, 2) == [3, 1]
    (feed,) = configure(storage, SITES[0])
    (entry,) = add_entries(storage, feed.id, "three")
    assert entry.id == 4  # no entry ever founds a story under that number
    assert storage.check() == []


def test_what_a_person_placed_stays_and_what_was_parted_stays_parted(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    join(storage, (2, 1))
    with storage.write() as tx:
        tx.grouping.split([2])
    assert join(storage, (2, 1)) == set()
    with storage.write() as tx:
        tx.stories.merge(3, 1)
        assert tx.grouping.apart() == {(2, 3)}
        tx.stories.merge(2, 3)
        assert tx.grouping.apart() == set()


def test_what_arrives_is_told_by_revision_and_what_is_active_by_time(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    join(storage, (2, 1))
    with storage.read() as tx:
        arrived = tx.grouping.changed_since(1, limit=9)
        active = tx.grouping.active(since=NOON + HOUR, revision=3)
    assert [(one.entry_id, one.story_id, one.site, one.title) for one in arrived] == [
        (2, 1, "b.example", "Title of two"),
        (3, 3, "c.example", "Title of three"),
    ]
    assert [one.entry_id for one in active] == [2, 3]


def test_what_was_there_without_a_date_before_its_feed_was_read_is_undated(storage: Storage) -> None:
    (feed,) = configure(storage, SITES[0])
    dated = make_update("dated", data=EntryData(title="Dated", published_at=NOON - HOUR))
    changed = make_update("changed", data=EntryData(title="Changed", updated_at=NOON - HOUR))
    new = [NewEntry(id=number, update=update, dated_at=NOON - HOUR) for number, update in enumerate((dated, changed), 1)]
    save(storage, read_feed(feed.id, new=new))
    add_entries(storage, feed.id, "newest", "older")
    with storage.read() as tx:
        arrived = tx.grouping.changed_since(0, limit=9)
    assert {one.title: one.is_undated for one in arrived} == {
        "Dated": False,
        "Changed": False,
        "Title of newest": False,
        "Title of older": True,
    }


def test_retention_takes_redirects_and_evidence_along(storage: Storage) -> None:
    prepare(storage, "one", "two")
    join(storage, (2, 1))
    with storage.write() as tx:
        prune_old(tx, before=NOON + 30 * DAY, keep_per_feed=0)
        assert tx.counts().stories == 0
        assert tx.grouping.evidence([2]) == {}
        assert tx.stories.current(2) is None
    assert storage.check() == []


def test_sentence_vectors_are_kept_by_text_and_model(storage: Storage) -> None:
    with storage.write() as tx:
        tx.grouping.save_meanings({b"a": b"1", b"b": b"2"}, model="m", now=NOON)
        tx.grouping.save_meanings({b"a": b"3"}, model="n", now=NOON + DAY)
        assert tx.grouping.meanings([b"a", b"b", b"c"], model="m") == {b"a": b"1", b"b": b"2"}
        assert tx.grouping.prune_meanings(before=NOON + HOUR, model=None) == 2
        assert tx.grouping.meanings([b"a"], model="n") == {b"a": b"3"}
        assert tx.grouping.prune_meanings(before=NOON, model="m") == 1


@pytest.mark.parametrize("ids", [[1, 3], []])
def test_only_entries_of_one_story_can_be_parted(storage: Storage, ids: list[int]) -> None:
    prepare(storage, "one", "two", "three")
    join(storage, (2, 1))
    with storage.write() as tx, pytest.raises(ValueError, match="one story"):
        tx.grouping.split(ids)


def test_untouched_is_who_is_alone_unread_and_placed_by_nobody(storage: Storage) -> None:
    prepare(storage, *"abcdef")
    join(storage, (2, 1))
    read(storage, 3, "anna")
    with storage.write() as tx:
        tx.grouping.pin([4], reason="by hand")
    with storage.read() as tx:
        assert tx.grouping.untouched([1, 2, 3, 4, 5, 99]) == {5}
