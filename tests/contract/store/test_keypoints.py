"""Key points as the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.model.grouping import Joining
from aggregator.model.keypoint import KeyPoint
from aggregator.storage import Storage, Summary
from tests.fakes.changes import HOUR, NOON, add_entries, configure

SITES = ("https://a.example/feed", "https://b.example/feed")


def point(entry_id: int, text: str = "Ein Satz, wie er «dort» steht.") -> KeyPoint:
    return KeyPoint(text=text, entry_id=entry_id, publisher="Die Zeitung", url=f"https://a.example/{entry_id}", language="de")


def prepare(storage: Storage, *pairs: tuple[int, int]) -> None:
    """Entries 1 to 4; the first of each pair joins the story of the second."""
    feeds = configure(storage, *SITES)
    for place in range(4):
        add_entries(storage, feeds[place % 2].id, f"guid {place}", dated_at=NOON + place * HOUR)
    with storage.write() as tx:
        tx.grouping.join([Joining(entry_id=entry, story_id=story, score=1.0, reason="similar") for entry, story in pairs])


def save(storage: Storage, story: int, points: Sequence[KeyPoint], fingerprint: str = "f") -> None:
    with storage.write() as tx:
        tx.key_points.save({story: Summary(fingerprint=fingerprint, points=tuple(points))})


def test_stories_of_several_entries_are_touched_by_each_of_them(storage: Storage) -> None:
    prepare(storage, (2, 1), (4, 1))
    with storage.read() as tx:
        last = tx.entries.changed_since(0, limit=99)[-1].revision
        assert tx.key_points.touched(after=0, until=last, limit=99) == (last, {1: [1, 2, 4]})
        revisions = [entry.revision for entry in tx.entries.changed_since(0, limit=99)]
        assert tx.key_points.touched(after=revisions[2], until=last, limit=99) == (last, {1: [1, 2, 4]})
        assert tx.key_points.touched(after=revisions[1], until=revisions[2], limit=99) == (revisions[2], {})
        assert tx.key_points.touched(after=0, until=last, limit=1) == (revisions[0], {1: [1, 2, 4]})
        assert tx.key_points.touched(after=last, until=last, limit=99) == (last, {})


def test_key_points_come_back_as_they_were_chosen_and_the_next_replace_them(storage: Storage) -> None:
    prepare(storage, (2, 1))
    save(storage, 1, [point(2), point(1, text="Noch ein Satz.")])
    with storage.read() as tx:
        assert tx.key_points.of([1, 3, 77]) == {1: (point(2), point(1, text="Noch ein Satz."))}
        assert tx.key_points.fingerprints([1, 3]) == {1: "f"}
    save(storage, 1, [point(1)], fingerprint="g")
    with storage.read() as tx:
        assert tx.key_points.of([1]) == {1: (point(1),)}
        assert tx.key_points.fingerprints([1]) == {1: "g"}


def test_that_nothing_was_good_enough_is_remembered_and_shows_nothing(storage: Storage) -> None:
    prepare(storage, (2, 1))
    save(storage, 1, [])
    with storage.read() as tx:
        assert tx.key_points.of([1]) == {}
        assert tx.key_points.fingerprints([1]) == {1: "f"}


def test_a_story_that_is_gone_is_passed_over(storage: Storage) -> None:
    prepare(storage)
    save(storage, 77, [point(1)])
    with storage.read() as tx:
        assert tx.key_points.fingerprints([77]) == {}


def test_key_points_go_with_the_entry_they_stand_in(storage: Storage) -> None:
    prepare(storage, (2, 1), (4, 1))
    save(storage, 1, [point(1), point(4)])
    with storage.write() as tx:
        tx.grouping.split([4])
        assert tx.key_points.of([1]) == {}
        assert tx.key_points.of([4]) == {}


def test_key_points_go_with_their_story(storage: Storage) -> None:
    prepare(storage, (2, 1))
    save(storage, 1, [point(1), point(2)])
    with storage.write() as tx:
        tx.stories.merge(3, 1)
        assert tx.key_points.fingerprints([1]) == {}
