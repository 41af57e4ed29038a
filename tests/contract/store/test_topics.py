"""What every storage promises of topics and what belongs to them."""

from __future__ import annotations

import dataclasses

from aggregator.model.grouping import Joining, StorySettlement
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage, TopicRow
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, prune_old

FEED = "https://a.example/feed"
SWISS = Topic(slug="schweiz", title="Schweiz", any_of=("Bundesrat*",))
SPORT = Topic(slug="sport", title="Sport", tags=("sport",))


def set_topics(storage: Storage, *topics: Topic) -> list[TopicRow]:
    with storage.write() as transaction:
        transaction.topics.configure(topics)
        return transaction.topics.all()


def assign(storage: Storage, slugs: list[str], ids: list[int], made: list[tuple[str, int]], *, revision: int = 9) -> None:
    with storage.write() as transaction:
        transaction.topics.assign(
            slugs,
            ids,
            [Assignment(slug=slug, entry_id=entry, reason=f"{slug} has {entry}") for slug, entry in made],
            revision=revision,
        )


def entry_ids(storage: Storage, slug: str) -> list[int]:
    with storage.read() as transaction:
        return [entry.id for entry in transaction.topics.entries(slug, limit=99)]


def test_topics_stand_in_the_order_of_the_configuration(storage: Storage) -> None:
    set_topics(storage, SWISS, SPORT)
    assert [row.slug for row in set_topics(storage, SPORT, SWISS)] == ["sport", "schweiz"]


def test_a_topic_whose_rules_changed_starts_over_and_the_others_go_on(storage: Storage) -> None:
    configure(storage, FEED)
    set_topics(storage, SWISS, SPORT)
    assign(storage, ["schweiz", "sport"], [], [], revision=7)
    rows = set_topics(storage, dataclasses.replace(SWISS, any_of=("Bern",)), dataclasses.replace(SPORT, title="New", limit=9))
    assert [(row.slug, row.title, row.revision) for row in rows] == [("schweiz", "Schweiz", 0), ("sport", "New", 7)]


def test_a_topic_taken_out_takes_its_assignments_along(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one")
    set_topics(storage, SWISS, SPORT)
    assign(storage, ["schweiz"], [1], [("schweiz", 1)])
    set_topics(storage)
    assert [(row.revision, row.entries) for row in set_topics(storage, SWISS)] == [(0, 0)]


def test_entries_of_a_topic_come_newest_first_and_page_on(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "1", "2", "3", step=HOUR)
    add_entries(storage, feed.id, "4")
    set_topics(storage, SWISS)
    assign(storage, ["schweiz"], [1, 2, 3, 4], [("schweiz", entry) for entry in (1, 2, 3, 4)])
    assert entry_ids(storage, "schweiz") == [4, 1, 2, 3]
    with storage.read() as transaction:
        first = transaction.topics.entries("schweiz", limit=1)
        rest = transaction.topics.entries("schweiz", limit=2, before=(first[0].dated_at, first[0].id))
        assert transaction.topics.all()[0].entries == 4
    assert [entry.id for entry in first + rest] == [4, 1, 2]


def test_assigning_replaces_what_was_looked_at_and_nothing_else(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "1", "2")
    set_topics(storage, SWISS, SPORT)
    assign(storage, ["schweiz", "sport"], [1, 2], [("schweiz", 1), ("schweiz", 2), ("sport", 1)])
    assign(storage, ["schweiz"], [1], [], revision=11)
    assert (entry_ids(storage, "schweiz"), entry_ids(storage, "sport")) == ([2], [1])
    with storage.read() as transaction:
        assert [row.revision for row in transaction.topics.all()] == [11, 9]
        assert transaction.topics.of_entry(1) == ["sport"]
        assert transaction.topics.of_entry(2) == ["schweiz"]


def test_assigning_what_is_no_longer_stored_is_passed_over(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "1")
    set_topics(storage, SWISS)
    assign(storage, ["schweiz", "gone"], [1, 99], [("schweiz", 99), ("gone", 1), ("schweiz", 1)])
    assert entry_ids(storage, "schweiz") == [1]


def test_a_pruned_entry_leaves_its_topics(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "1")
    set_topics(storage, SWISS)
    assign(storage, ["schweiz"], [1], [("schweiz", 1)])
    with storage.write() as transaction:
        prune_old(transaction, before=NOON + DAY, keep_per_feed=0)
        assert transaction.topics.all()[0].entries == 0


def join(storage: Storage, *pairs: tuple[int, int]) -> None:
    with storage.write() as transaction:
        transaction.grouping.join(
            [Joining(entry_id=entry_id, story_id=story, score=0.5, reason="similar") for entry_id, story in pairs]
        )


def test_a_topic_lists_a_story_once_by_its_newest_entry(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two", "three", "four", "five", "six")
    with storage.write() as transaction:
        transaction.topics.configure([SWISS])
        made = [Assignment(slug="schweiz", entry_id=entry_id, reason="") for entry_id in (1, 2, 4, 5, 6)]
        transaction.topics.assign(["schweiz"], [], made, revision=6)
    join(storage, (5, 2), (6, 3))
    with storage.write() as transaction:
        transaction.grouping.settle([StorySettlement(story_id=2, entry_id=5), StorySettlement(story_id=3, entry_id=3)])
    with storage.read() as transaction:
        listed = transaction.topics.stories("schweiz", limit=9)
        first = transaction.topics.stories("schweiz", limit=2)
        rest = transaction.topics.stories("schweiz", limit=9, before=first[-1].place)
        named = transaction.topics.listed("schweiz", [3, 2, 77])
        assert transaction.topics.story_counts() == {"schweiz": 4}
        newest = transaction.topics.newest_stories(["schweiz", "leer"], limit=3)
        assert {slug: [entry.id for entry in found] for slug, found in newest.items()} == {"schweiz": [1, 5, 4], "leer": []}
        assert [(topic.slug, topic.entries) for topic in transaction.topics.all(counted=False)] == [("schweiz", 0)]
    assert [(one.story.story_id, one.entry.id, one.story.first_entry_id) for one in listed] == [
        (1, 1, 1),
        (2, 5, 2),  # the entry that stands for the story
        (4, 4, 4),
        (3, 6, 6),  # what stands for the story is not in the topic
    ]
    assert [one.story.story_id for one in (*first, *rest)] == [1, 2, 4, 3]
    assert [[each.entry_id for each in one.story.coverage] for one in listed] == [[1], [2, 5], [4], [3, 6]]
    assert list(named) == [3, 2]


def test_pages_of_a_busy_topic_hold_every_story_once(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, *(f"g{number}" for number in range(500)))
    with storage.write() as transaction:
        transaction.topics.configure([SWISS])
        made = [Assignment(slug="schweiz", entry_id=entry_id, reason="") for entry_id in range(1, 501)]
        transaction.topics.assign(["schweiz"], [], made, revision=500)
    join(storage, *((entry_id, entry_id % 20 + 1) for entry_id in range(21, 401)))
    seen: list[int] = []
    before = None
    with storage.read() as transaction:
        while page := transaction.topics.stories("schweiz", limit=30, before=before):
            seen += [one.story.story_id for one in page]
            before = page[-1].place
    assert sorted(seen) == [*range(1, 21), *range(401, 501)]
    assert len(seen) == len(set(seen))


def test_what_changed_in_a_range_comes_newest_first_and_is_counted_once(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one", "two", "three", "four")
    with storage.read() as transaction:
        revisions = [entry.revision for entry in transaction.entries.changed_since(0, limit=9)]
        found = transaction.entries.changed_until(revisions[2], after=revisions[0], limit=9)
        assert [entry.revision for entry in found] == [revisions[2], revisions[1]]
        assert len(transaction.entries.changed_until(revisions[2], after=0, limit=1)) == 1
        assert transaction.entries.count_changed({(revisions[0], revisions[2]), (0, revisions[1])}) == 3
        assert transaction.entries.count_changed(set()) == 0


def test_entries_looked_at_out_of_order_bring_a_topic_no_further(storage: Storage) -> None:
    (feed,) = configure(storage, FEED)
    add_entries(storage, feed.id, "one")
    set_topics(storage, SWISS)
    assign(storage, ["schweiz"], [1], [], revision=7)
    with storage.write() as transaction:
        made = [Assignment(slug="schweiz", entry_id=1, reason="later")]
        transaction.topics.assign(["schweiz"], [1], made, revision=None)
        assert [(row.revision, row.entries) for row in transaction.topics.all()] == [(7, 1)]
