"""What runs for every poll, click and page is answered from an index, however large the store is."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import event

from aggregator.group.topics import TopicMatcher
from aggregator.model.change import AddedOrigin, FeedChange, ModifiedEntry
from aggregator.model.grouping import Joining, StorySettlement
from aggregator.model.reader import ItemFilter, Members, Selection
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.story import Entered, ListPlace, Ranking, Window, Worth
from aggregator.model.topic import Assignment, Topic
from aggregator.pipeline.grouping import group_entries
from aggregator.store.database import SqlStorage
from tests.fakes.changes import HOUR, NOON, add_entries, configure, key_of, make_update, ok_poll, read_feed

LARGE = (
    "entries",
    "entry_origins",
    "feeds",
    "reads",
    "entry_topics",
    "list_entries",
    "documents",
    "stories",
    "story_hours",
    "list_places",
    "placements",
    "story_redirects",
    "meanings",
)


@dataclasses.dataclass
class Plans:
    """The statements that ran, each with its plan."""

    steps: list[tuple[str, str]]

    def scans(self) -> list[tuple[str, str]]:
        """Steps that walk through a whole table, not through an index in the order that is wanted."""
        return [
            (statement, step)
            for statement, step in self.steps
            if any(step == f"SCAN {table}" or step.startswith(f"SCAN {table} USING COVERING") for table in LARGE)
        ]

    def sorts(self) -> list[tuple[str, str]]:
        """Steps that sort what they found."""
        return [(statement, step) for statement, step in self.steps if "TEMP B-TREE" in step]


@pytest.fixture
def plans(storage: SqlStorage) -> Plans:
    """Explains every statement of the storage."""
    made = Plans([])

    @event.listens_for(storage._engine, "before_cursor_execute")
    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            raw = connection.connection.driver_connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters[0] if isinstance(parameters, list) else parameters
            )
            made.steps.extend((statement, row[3]) for row in raw)

    return made


def test_a_pass_looks_at_no_whole_table(storage: SqlStorage, plans: Plans) -> None:
    feed, other = configure(storage, "https://a.example/feed", "https://b.example/feed")
    add_entries(storage, feed.id, "one", "two")
    plans.steps.clear()
    copy, wordless = make_update("copy", url="https://example.org/one"), make_update("wordless", url=None)
    with storage.write() as transaction:
        for everything in (False, True):
            transaction.feeds.claim_due(now=NOON + 2 * HOUR, limit=9, lease=HOUR, owner="me", everything=everything)
        transaction.feeds.next_due_at()
        transaction.feeds.hold_site("a.example", until=NOON)
        transaction.entries.known([(feed.id, [make_update("one")]), (other.id, [copy, wordless])])
        transaction.entries.apply(
            [
                read_feed(
                    feed.id,
                    modified=[ModifiedEntry(entry_id=1, update=make_update("one", title="x"), primary=True)],
                    added=[AddedOrigin(entry_id=2, update=make_update("renewed", url="https://example.org/two"), rebinds=True)],
                ),
                read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]),
                FeedChange(feed_id=feed.id, polled_at=NOON, poll=ok_poll(), url="https://new.example/feed"),
            ],
        )
    assert len(plans.steps) > 15
    assert plans.scans() == []


def test_grouping_looks_at_no_whole_table(storage: SqlStorage, plans: Plans) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two", "three")
    plans.steps.clear()
    with storage.write() as transaction:
        transaction.grouping.changed_since(1, limit=9)
        transaction.grouping.active(since=NOON, revision=9)
        transaction.grouping.join([Joining(entry_id=entry_id, story_id=1, score=0.5, reason="similar") for entry_id in (2, 3)])
        transaction.grouping.members([1])
        transaction.grouping.settle([StorySettlement(story_id=1, entry_id=2, copies={3: 2})])
        transaction.grouping.evidence([1, 2])
        transaction.grouping.split([3])
        transaction.stories.merge(1, 3)
        transaction.grouping.meanings([b"key"], model="m")
    assert len(plans.steps) > 15
    assert plans.scans() == []


def test_a_pass_that_finds_nothing_new_counts_nothing(storage: SqlStorage, plans: Plans) -> None:
    topic = Topic(slug="t", title="T", any_of=("one",))
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two")
    with storage.write() as transaction:
        transaction.topics.configure([topic])
    matcher = TopicMatcher([topic], default_language="de", open_embedder=lambda: None)
    assert group_entries(storage, matcher).entries == 2
    plans.steps.clear()
    assert group_entries(storage, matcher).entries == 0
    assert len(plans.steps) > 1
    assert plans.scans() == []


def test_reads_lists_and_pages_look_at_no_whole_table_and_sort_nothing_large(storage: SqlStorage, plans: Plans) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, "one", "two")
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="t", title="T")])
    plans.steps.clear()
    with storage.write() as transaction:
        transaction.topics.assign(["t"], [1, 2], [Assignment(slug="t", entry_id=1, reason="")], revision=2)
        transaction.reads.add([ReadEvent(entry_id=1, at=NOON, via=Via.CLICK, reader_key=key_of("anna"))])
        transaction.stories.expose({1: 2.0}, at=NOON)
        transaction.stories.rank(dict.fromkeys(Ranking, Worth(coverage=0.3, exposure=0.1)), now=NOON)
        transaction.lists.enter("most-read", [Entered(entry_id=1, at=NOON)])
        transaction.lists.entered("most-read", limit=9)
        transaction.lists.put_places("most-read", [ListPlace(place=1, story_id=1, since_at=NOON)])
        transaction.lists.places("most-read")
        transaction.reads.prune(before=NOON)
        for ranking in Ranking:
            transaction.stories.ranked(ranking, limit=9)
        transaction.stories.ranked(Ranking.MOST_READ, limit=9, topic="t")
        for window in (Window.WEEK, Window.MONTH):
            transaction.stories.most_read(window, limit=9)
            transaction.stories.most_read(window, limit=9, topic="t")
        transaction.stories.standings([1], Ranking.TRENDING)
        transaction.stories.of_entries([1])
        transaction.entries.newest(limit=9)
        transaction.entries.newest(limit=9, before=NOON)
        transaction.entries.changed_since(1, limit=9)
        transaction.entries.ids_by_url([key_of("https://example.org/one")])
        transaction.topics.entries("t", limit=9)
        transaction.topics.entries("t", limit=9, before=(NOON, 1))
        transaction.topics.of_entry(1)
        transaction.topics.stories("t", limit=9)
        transaction.topics.stories("t", limit=9, before=(NOON, 1))
        transaction.stories.current(1)
        transaction.stories.version(1)
        transaction.stories.coverage([1])
        transaction.documents.get("/t.rss")
    assert len(plans.steps) > 15
    assert plans.scans() == []
    # Sorting is for the origins of what is shown, the topics of one entry, and the bounded number of stories among which those
    # of a topic are looked for: never a whole table.
    bounded = ("FROM entry_origins", "FROM topics", "AS newest")
    assert [statement for statement, _ in plans.sorts() if not any(part in statement for part in bounded)] == []


@pytest.mark.parametrize(
    "members",
    [
        Members(feeds=(1,)),
        Members(topics=("t",)),
        Members(feeds=(1, 2), topics=("t",)),
        Members(everything=True),
        Members(lists=((1_000_000_001, "top"),)),
    ],
)
def test_a_page_of_a_feed_reader_looks_at_no_whole_table(storage: SqlStorage, plans: Plans, members: Members) -> None:
    with storage.write() as transaction:
        plans.steps.clear()
        for read in (None, False):
            transaction.states.items(Selection(reader_id=1, members=members, wanted=ItemFilter(read=read, after=(NOON, 5))))
        transaction.states.mark(1, [1, 2], at=NOON, read=True, weight=1.0)
        transaction.states.pending(1, since=NOON)
        transaction.states.take_settled(before=NOON, limit=9)
        transaction.readers.by_token(b"")
    assert len(plans.steps) > 5
    assert plans.scans() == []


def test_pages_of_many_streams_come_in_the_order_of_the_index(storage: SqlStorage, plans: Plans) -> None:
    with storage.read() as transaction:
        plans.steps.clear()
        members = Members(feeds=(1, 2), topics=("t",))
        transaction.states.items(Selection(reader_id=1, members=members, wanted=ItemFilter(after=(NOON, 5))))
        transaction.states.items(Selection(reader_id=1, members=Members(everything=True), wanted=ItemFilter(read=True)))
    assert plans.sorts() == []
