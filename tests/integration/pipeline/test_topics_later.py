"""Topics by what they are about, where a pass has no time for it: words at once, meaning later, and nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from aggregator.group.topics import TopicMatcher
from aggregator.model.change import NewEntry
from aggregator.model.topic import Topic
from aggregator.pipeline import grouping
from aggregator.pipeline.grouping import compare_later, group_entries
from aggregator.store.database import SqlStorage, open_database
from tests.fakes.changes import NOON, configure, make_update, read_feed, save
from tests.fakes.embedder import FakeEmbedder

QUAKES = Topic(slug="quakes", title="Beben", about="Erdbeben", any_of=("Glarus",))
BANKS = Topic(slug="banks", title="Banken", any_of=("Bank",))
IN_OTHER_WORDS = "Strong quake hits a valley"


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with closing(open_database(database_url)) as opened:
        yield opened


@pytest.fixture
def matcher() -> TopicMatcher:
    embedder = FakeEmbedder(("Erdbeben", "quake"))
    return TopicMatcher([QUAKES, BANKS], default_language="de", open_embedder=lambda: embedder)


def bring(storage: SqlStorage, *titles: str, first: int = 1) -> None:
    (feed,) = configure(storage, "https://p.example/feed")
    for number, title in enumerate(titles, first):
        save(
            storage, read_feed(feed.id, new=[NewEntry(id=number, update=make_update(f"g{number}", title=title), dated_at=NOON)])
        )


def set_topics(storage: SqlStorage, *topics: Topic) -> None:
    with storage.write() as tx:
        tx.topics.configure(topics)


def held(storage: SqlStorage, slug: str) -> list[int]:
    with storage.read() as tx:
        return sorted(entry.id for entry in tx.topics.entries(slug, limit=999))


def left(storage: SqlStorage) -> int:
    with storage.read() as tx:
        return tx.counts().topics_left


class Seconds:
    """A clock that goes on by a step each time it is looked at."""

    def __init__(self, step: float) -> None:
        self._at = 0.0
        self._step = step

    def __call__(self) -> float:
        self._at += self._step
        return self._at


def without_time() -> Seconds:
    return Seconds(2 * grouping.BUDGET.total_seconds())


def test_words_are_matched_at_once_and_meaning_later(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES, BANKS)
    bring(storage, "Glarus feiert", IN_OTHER_WORDS, "Bank in Not")
    group_entries(storage, matcher, now=NOON, elapsed=without_time())
    assert (held(storage, "quakes"), held(storage, "banks"), left(storage)) == ([1], [3], 3)
    report = compare_later(storage, matcher, now=NOON, elapsed=lambda: 0.0)
    assert (report.entries, report.entries_left) == (3, 0)
    assert (held(storage, "quakes"), held(storage, "banks"), left(storage)) == ([1, 2], [3], 0)
    assert compare_later(storage, matcher, now=NOON).entries == 0


def test_the_newest_are_compared_first_and_a_step_ends_in_time(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES)
    bring(storage, *[IN_OTHER_WORDS] * 5)
    group_entries(storage, matcher, now=NOON, elapsed=without_time())
    found = []
    while left(storage):
        compare_later(storage, matcher, now=NOON, elapsed=Seconds(0.4 * grouping.STEP.total_seconds()))
        found.append(held(storage, "quakes"))
    assert found == [[4, 5], [2, 3, 4, 5], [1, 2, 3, 4, 5]]


def test_what_comes_meanwhile_is_not_forgotten(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES)
    bring(storage, IN_OTHER_WORDS, IN_OTHER_WORDS)
    group_entries(storage, matcher, now=NOON, elapsed=without_time())
    bring(storage, IN_OTHER_WORDS, first=3)
    group_entries(storage, matcher, now=NOON, elapsed=without_time())
    assert left(storage) == 3
    compare_later(storage, matcher, now=NOON, elapsed=lambda: 0.0)
    assert held(storage, "quakes") == [1, 2, 3]


def test_a_topic_keeps_what_it_holds_until_it_is_compared_anew(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES)
    bring(storage, IN_OTHER_WORDS)
    group_entries(storage, matcher, now=NOON)
    assert held(storage, "quakes") == [1]
    changed = Topic(slug="quakes", title="Banken", about="Banken und Börsen")
    set_topics(storage, changed)
    other = TopicMatcher([changed], default_language="de", open_embedder=FakeEmbedder)
    group_entries(storage, other, now=NOON, elapsed=without_time())
    assert held(storage, "quakes") == [1]
    compare_later(storage, other, now=NOON, elapsed=lambda: 0.0)
    assert held(storage, "quakes") == []


def test_new_entries_do_not_wait_for_a_topic_that_starts_over(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES, BANKS)
    bring(storage, *["Bank in Not"] * 3)
    group_entries(storage, matcher, now=NOON)
    set_topics(storage, Topic(slug="quakes", title="Beben", about="Beben"), BANKS)
    bring(storage, "Bank gerettet", first=4)
    assert group_entries(storage, matcher, now=NOON, elapsed=without_time()).is_behind
    assert held(storage, "banks") == [1, 2, 3, 4]
    assert not group_entries(storage, matcher, now=NOON).is_behind
    with storage.read() as tx:
        assert len({row.revision for row in tx.topics.all()}) == 1


def test_a_topic_that_was_taken_out_is_waited_for_no_longer(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES, BANKS)
    bring(storage, IN_OTHER_WORDS)
    group_entries(storage, matcher, now=NOON, elapsed=without_time())
    set_topics(storage, BANKS)
    rest = TopicMatcher([BANKS], default_language="de")
    compare_later(storage, rest, now=NOON)
    assert left(storage) == 0


def test_of_what_changed_rules_meet_the_newest_are_compared_first(storage: SqlStorage, matcher: TopicMatcher) -> None:
    set_topics(storage, QUAKES, BANKS)
    bring(storage, *[IN_OTHER_WORDS] * 3)
    rest = TopicMatcher([BANKS], default_language="de")
    set_topics(storage, BANKS)
    group_entries(storage, rest, now=NOON)
    set_topics(storage, QUAKES, BANKS)
    group_entries(storage, matcher, now=NOON)
    assert (held(storage, "quakes"), left(storage)) == ([], 3)
    compare_later(storage, matcher, now=NOON, elapsed=Seconds(0.8 * grouping.STEP.total_seconds()))
    assert held(storage, "quakes") == [3]
