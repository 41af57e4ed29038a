"""Articles behind entries, and robots.txt, in every database."""

from __future__ import annotations

from dataclasses import fields

from aggregator.model.article import Article, WantedArticle
from aggregator.model.robots import RobotsFile
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, prune_old


def test_the_newest_entries_of_the_feeds_are_wanted_until_their_article_is_there(storage: Storage) -> None:
    wanted_feed, other = configure(storage, "https://a.example/feed", "https://b.example/feed")
    old = add_entries(storage, wanted_feed.id, "old", now=NOON - 3 * DAY)
    newer, older = add_entries(storage, wanted_feed.id, "newer", "older")
    add_entries(storage, other.id, "of another")
    with storage.write() as tx:
        wanted = tx.articles.wanted([wanted_feed.id], since=NOON - DAY, limit=9)
        tx.articles.save([Article(entry_id=newer.id, fetched_at=NOON, url="https://a.example/1", reason="none")])
        left = tx.articles.wanted([wanted_feed.id], since=NOON - DAY, limit=9)
        every = tx.articles.wanted([wanted_feed.id], since=NOON - 9 * DAY, limit=9)

    assert wanted == [
        WantedArticle(entry_id=newer.id, url="https://example.org/newer"),
        WantedArticle(entry_id=older.id, url="https://example.org/older"),
    ]
    assert [one.entry_id for one in left] == [older.id]
    assert [one.entry_id for one in every] == [older.id, old[0].id]


def test_an_article_goes_with_its_entry(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    (entry,) = add_entries(storage, feed.id, "one", now=NOON - 9 * DAY)
    article = Article(
        entry_id=entry.id,
        fetched_at=NOON,
        url="https://a.example/1",
        title="Titel",
        content_html="<p>Text</p>",
        image_url="https://a.example/1.jpg",
        reason="why not",
    )
    assert all(getattr(article, field.name) for field in fields(article))
    with storage.write() as tx:
        tx.articles.save([article, Article(entry_id=999, fetched_at=NOON, url="https://a.example/2")])
        assert tx.articles.get(entry.id) == article
        assert tx.articles.get(999) is None
        assert prune_old(tx, before=NOON - DAY, keep_per_feed=0) == 1
        assert tx.articles.get(entry.id) is None


def test_what_sites_said_is_kept_with_the_last_visit(storage: Storage) -> None:
    said = RobotsFile(site="a.example", fetched_at=NOON, failing_since_at=NOON - HOUR, body="User-agent: *", visited_at=NOON)
    silent = RobotsFile(site="b.example", fetched_at=NOON)
    with storage.write() as tx:
        tx.articles.save_robots([said, silent])
        assert tx.articles.robots(["a.example", "b.example", "c.example"]) == {"a.example": said, "b.example": silent}
        tx.articles.visited(["b.example", "c.example"], at=NOON + HOUR)
        assert tx.articles.robots(["b.example"])["b.example"].visited_at == NOON + HOUR
