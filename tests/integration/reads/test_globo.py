"""Real clicks of a news portal, counted through the recorder into SQLite and once more by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from aggregator.library.reads import ReadRecorder
from aggregator.model.change import NewEntry
from aggregator.model.reading import ReadFacts, Via
from aggregator.store.database import SqlStorage, open_database
from aggregator.store.tables import reads
from tests.fakes.changes import configure, make_update, read_feed, save
from tests.fakes.databases import kind_of, new_database

CLICKS = Path(__file__).parents[4] / "shared" / "data" / "reads" / "globo-clicks" / "clicks_hour_000.csv"
WINDOWS = (timedelta(hours=24), timedelta(days=7))
FEED = "https://portal.example/feed"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CLICKS.exists(), reason="the click data is not beside the checkout"),
]


class Click(NamedTuple):
    """A row of the log."""

    user: int
    article: int
    at: datetime


@pytest.fixture(scope="module")
def clicks() -> list[Click]:
    """The log, by time."""
    with CLICKS.open(newline="") as file:
        rows = [
            Click(
                user=int(row["user_id"]),
                article=int(row["click_article_id"]),
                at=datetime.fromtimestamp(int(row["click_timestamp"]) / 1000, UTC),
            )
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda click: click.at)


@pytest.fixture(scope="module")
def articles(clicks: list[Click]) -> list[int]:
    """Every article somebody opened; the n-th becomes entry n."""
    return sorted({click.article for click in clicks})


@pytest.fixture(scope="module")
def counted(
    clicks: list[Click], articles: list[int], empty_store: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SqlStorage, ReadRecorder]]:
    """A store that took every click twice, and for each one that is not a person's."""
    folder = tmp_path_factory.mktemp("globo")
    with new_database(kind_of(empty_store), folder, copy_of=empty_store) as url, closing(open_database(url)) as storage:
        [feed] = configure(storage, FEED, now=clicks[0].at)
        new = [
            NewEntry(id=number, update=make_update(str(article)), dated_at=clicks[0].at)
            for number, article in enumerate(articles, 1)
        ]
        save(storage, read_feed(feed.id, new=new, now=clicks[0].at))
        recorder = ReadRecorder(storage, delay=timedelta(0))
        for click in clicks:
            # A user is a network of their own, so that readers can be told apart by address alone.
            address = f"10.{click.user >> 8 & 255}.{click.user & 255}.7"
            browser = ReadFacts(method="GET", user_agent="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
            machine = ReadFacts(method="GET", user_agent="Googlebot/2.1")
            glance = ReadFacts(method="GET", user_agent=browser.user_agent, headers=(("sec-purpose", "prefetch"),))
            for facts in (browser, browser, machine, glance):
                recorder.count_read(
                    facts, entry_id=articles.index(click.article) + 1, at=click.at, via=Via.CLICK, address=address
                )
        assert recorder.close(timeout=timedelta(seconds=60)) == 0
        yield storage, recorder


def readers(clicks: list[Click], *, since: datetime | None = None) -> Counter[int]:
    """The independent count: different users of each article."""
    users: dict[int, set[int]] = defaultdict(set)
    for click in clicks:
        if since is None or click.at >= since:
            users[click.article].add(click.user)
    return Counter({article: len(seen) for article, seen in users.items()})


def test_every_article_has_one_count_a_user(
    clicks: list[Click], articles: list[int], counted: tuple[SqlStorage, ReadRecorder]
) -> None:
    storage, _ = counted
    expected = readers(clicks)
    with storage.read() as tx:
        found = {articles[entry.id - 1]: entry.reads for entry in tx.entries.get_many(range(1, len(articles) + 1)).values()}
    assert found == expected
    assert sum(found.values()) == sum(expected.values()) > 300


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_counts_the_users_within_it(
    clicks: list[Click], articles: list[int], counted: tuple[SqlStorage, ReadRecorder], window: timedelta
) -> None:
    since = clicks[-1].at - window
    statement = (
        select(reads.c.entry_id, func.count(reads.c.reader_key.distinct()))
        .where(reads.c.at >= since)
        .group_by(reads.c.entry_id)
    )
    storage, _ = counted
    with storage._engine.connect() as connection:
        found = {articles[entry_id - 1]: number for entry_id, number in connection.execute(statement)}
    assert found == readers(clicks, since=since)


def test_the_bots_and_the_glances_are_counted_apart(clicks: list[Click], counted: tuple[SqlStorage, ReadRecorder]) -> None:
    _, recorder = counted
    assert recorder.discarded == {"bot": len(clicks), "prefetch": len(clicks)}


def test_the_windows_differ_so_that_a_wrong_one_would_show(clicks: list[Click]) -> None:
    totals = [sum(readers(clicks, since=clicks[-1].at - window).values()) for window in WINDOWS]
    assert totals[0] < totals[1]
