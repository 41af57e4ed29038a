"""What the model has read of entries is in the store, and is not read again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from aggregator.group.embed import passage_key
from aggregator.group.topics import TopicMatcher
from aggregator.model.change import NewEntry
from aggregator.model.topic import Topic
from aggregator.pipeline.grouping import compare_later, group_entries
from aggregator.pipeline.passages import recall_passages
from aggregator.store.database import SqlStorage, open_database
from tests.fakes.changes import NOON, configure, make_update, read_feed, save
from tests.fakes.embedder import FakeEmbedder

QUAKES = Topic(slug="quakes", title="Beben", about="Erdbeben", any_of=("Glarus",))
TITLES = ("Strong quake hits a valley", "Notenbank senkt den Zins", "Erdstösse in Glarus")


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with closing(open_database(database_url)) as opened:
        (feed,) = configure(opened, "https://p.example/feed")
        for number, title in enumerate(TITLES, 1):
            update = make_update(f"g{number}", title=title)
            save(opened, read_feed(feed.id, new=[NewEntry(id=number, update=update, dated_at=NOON)]))
        with opened.write() as tx:
            tx.topics.configure([QUAKES])
        yield opened


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder(("Erdbeben", "quake"))


def make_matcher(storage: SqlStorage, embedder: FakeEmbedder) -> TopicMatcher:
    return TopicMatcher(
        [QUAKES], default_language="de", open_embedder=lambda: embedder, recall=partial(recall_passages, storage)
    )


def test_after_a_restart_nothing_is_read_again(storage: SqlStorage, embedder: FakeEmbedder) -> None:
    group_entries(storage, make_matcher(storage, embedder), now=NOON)
    assert len(embedder.asked) == len(set(embedder.asked)) > len(TITLES)
    embedder.asked.clear()
    with storage.read() as tx:
        entries = tx.entries.newest(limit=9)
    again = make_matcher(storage, embedder)
    assert [[found.slug for found in again.match(entry)] for entry in entries] == [["quakes"], [], ["quakes"]]
    assert embedder.asked == []


def test_what_is_compared_later_is_kept_too(storage: SqlStorage, embedder: FakeEmbedder) -> None:
    matcher = make_matcher(storage, embedder)
    group_entries(storage, matcher, now=NOON, elapsed=iter((0.0, *[99.0] * 9)).__next__)
    compare_later(storage, matcher, now=NOON)
    embedder.asked.clear()
    with storage.read() as tx:
        entries = tx.entries.newest(limit=9)
    make_matcher(storage, embedder).match(entries[-1])
    assert embedder.asked == []


def test_what_is_recalled_is_the_oldest_first(storage: SqlStorage, embedder: FakeEmbedder) -> None:
    group_entries(storage, make_matcher(storage, embedder), now=NOON)
    recalled = recall_passages(storage, embedder, ["Erdbeben"])
    assert [entry.data.title for entry in recalled.entries] == list(reversed(TITLES))
    texts = [*(f"{title}. " for title in TITLES), "Erdbeben"]
    assert list(recalled.vectors.items()) == [(passage_key(text), embedder.embed([text])[0]) for text in texts]
