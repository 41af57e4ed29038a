"""What pages say of sources in trouble, and of articles that were fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.model.article import Article
from aggregator.model.change import FeedChange, NewEntry
from aggregator.model.feed import FeedState
from aggregator.model.health import FeedEvent, FeedEventKind, FeedSearch
from tests.fakes.changes import make_update, ok_poll, read_feed, save
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom, open_site

NEW = "https://neu.example/feed"


@pytest.fixture
def troubled(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose first source is not found any more, and perhaps elsewhere."""
    with newsroom.storage.read() as tx:
        feed = tx.feeds.all()[0]
    poll = replace(ok_poll(), state=FeedState.FAILING, failing_since_at=NOON, status=404, failures=3)
    save(newsroom.storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=poll))
    with newsroom.storage.write() as tx:
        tx.health.save_search(FeedSearch(feed_id=feed.id, searched_at=NOON + timedelta(days=3), found_url=NEW))
        tx.health.add([FeedEvent(feed_id=feed.id, kind=FeedEventKind.FAILING, at=NOON, reason="The server answered 404.")])
    return newsroom


def test_the_page_of_sources_shows_what_happened_and_where_a_lost_one_may_be(troubled: Newsroom) -> None:
    page = troubled.client.get("/feeds").text

    assert "Zuletzt geschehen" in page
    assert "ist nicht mehr zu lesen" in page
    assert f"Vielleicht jetzt hier: {NEW}" in page
    assert 'id="event-1"' in page


def test_the_page_of_sources_draws_what_a_source_brought_day_by_day(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/feeds").text
    labels = re.findall(r'<svg class="spark" role="img" aria-label="([^"]+)"', html)
    assert sorted(labels) == [f"{number} Artikel in 14 Tagen" for number in (1, 2, 3, 3, 3)]
    bars = html.partition('aria-label="1 Artikel in 14 Tagen"')[2].partition("</svg>")[0]
    assert re.findall(r'height="(\d+)"', bars) == ["1"] * 13 + ["24"]


def test_the_page_of_sources_counts_days_that_are_over_once_for_a_while_and_today_each_time(newsroom: Newsroom) -> None:
    def bring(guid: str, at: datetime) -> None:
        with newsroom.storage.read() as tx:
            number = tx.entries.known([]).next_entry_id
        save(newsroom.storage, read_feed(1, new=[NewEntry(id=number, update=make_update(guid), dated_at=at)]))

    def total() -> int:
        html = newsroom.client.get("/feeds").text
        return sum(map(int, re.findall(r'aria-label="(\d+) Artikel in 14 Tagen"', html)))

    before = total()
    bring("today", NOON)
    bring("late", NOON - timedelta(days=3))
    assert total() == before  # within five seconds, the page as it was made
    newsroom.clock.advance(timedelta(seconds=6))
    assert total() == before + 1
    newsroom.clock.advance(timedelta(minutes=10))
    assert total() == before + 2


def test_an_article_that_was_fetched_is_shown_only_where_that_is_set(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        entry = tx.entries.newest(limit=1)[0]
        html = "<p>Der ganze Text des Artikels.</p>"
        tx.articles.save([Article(entry_id=entry.id, fetched_at=NOON, url="https://a.example/1", content_html=html)])
    hidden = newsroom.client.get(f"/entries/{entry.id}").text
    shown = open_site(newsroom.storage, full_text=True)
    page = shown.client.get(f"/entries/{entry.id}").text
    shown.recorder.close()

    assert "Der ganze Text" not in hidden
    assert html in page
