"""What pages say of sources in trouble, and of articles that were fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.model.article import Article
from aggregator.model.change import FeedChange, NewEntry
from aggregator.model.feed import FeedSettings, FeedState
from aggregator.model.health import FeedEvent, FeedEventKind, FeedSearch
from aggregator.web.pages import PAGE_FEEDS
from tests.fakes.changes import make_update, ok_poll, read_feed, save
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom, open_site

NEW = "https://neu.example/feed"
MAX_PAGE_BYTES = 150_000  # uncompressed


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
    assert re.findall(r"v-(\d+)", bars) == ["1"] * 13 + ["24"]


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


MANY = 230


@pytest.fixture
def many(newsroom: Newsroom) -> Newsroom:
    """A newsroom with hundreds of sources, those it had before among them."""
    with newsroom.storage.write() as tx:
        known = [feed.settings for feed in tx.feeds.all()]
        new = [
            FeedSettings(url=f"https://blatt{number}.example/feed", title=f"Das längste Blatt von Zürich-Nord {number:03}")
            for number in range(MANY)
        ]
        tx.feeds.configure([*known, *new], now=NOON)
    return newsroom


def sources_on(html: str) -> int:
    return html.count('<th scope="row"')


def test_many_sources_stand_on_pages_of_a_hundred_that_lead_to_each_other(many: Newsroom) -> None:
    first = many.client.get("/feeds").text
    assert sources_on(first) == PAGE_FEEDS
    assert len(first.encode()) <= MAX_PAGE_BYTES
    assert "Seite 1 von 3" in first
    assert 'rel="prev"' not in first
    paths = re.findall(r'rel="next" href="([^"]+)"', first)
    assert paths == ["/feeds?page=2"]
    second = many.client.get(paths[0]).text
    assert 'rel="prev" href="/feeds"' in second
    last = many.client.get("/feeds?page=3").text
    assert 'rel="next"' not in last
    names = [re.findall(r'<th scope="row"[^>]*>(.*?)<span', page, re.DOTALL) for page in (first, second, last)]
    assert len({name for page in names for name in page}) == sum(map(len, names)) == MANY + 5


@pytest.mark.parametrize("page", ["0", "4", "-1", "x", "", "9999999"])
def test_a_page_that_there_is_not_is_a_404(many: Newsroom, page: str) -> None:
    assert many.client.get(f"/feeds?page={page}").status_code == 404


def test_sources_are_filtered_by_words_of_name_and_address_in_any_case(many: Newsroom) -> None:
    assert sources_on(many.client.get("/feeds?q=zuRICH-nord+007").text) == 1
    assert sources_on(many.client.get("/feeds?q=blatt12.example").text) == 1
    found = many.client.get("/feeds?q=längste").text
    assert f"{MANY} Quellen passen" in found
    assert 'href="/feeds?q=l%C3%A4ngste&amp;page=2"' in found
    nothing = many.client.get("/feeds", params={"q": "<script>alert(1)"})
    assert nothing.status_code == 200
    assert "0 Quellen passen" in nothing.text
    assert "<script>alert" not in nothing.text
    assert "Alle Quellen zeigen" in nothing.text


def test_sources_in_trouble_can_be_shown_alone(many: Newsroom) -> None:
    html = many.client.get("/feeds?trouble=1").text
    assert sources_on(html) == 2
    assert 'value="1" checked' in html
