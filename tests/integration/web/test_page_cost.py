"""What pages cost: queries, bytes, and how often they are made and sent."""

from __future__ import annotations

import gzip

import pytest
from sqlalchemy import Engine, event

from aggregator.model.entry import EntryData
from aggregator.model.topic import Topic
from aggregator.web.recent_pages import RECENT
from aggregator.web.respond import GZIP_LEVEL
from aggregator.web.static_files import static_files
from tests.fakes.newsroom import TOPICS
from tests.fakes.website import Newsroom, add_entry

QUERIES = {"/": 40, "/topics/schweiz": 30, "/entries/1": 40, "/most-read": 15, "/trending": 15, "/feeds": 15, "/subscribe": 10}


@pytest.mark.parametrize("path", QUERIES)
def test_a_page_is_made_with_few_queries_however_many_topics_there_are(newsroom: Newsroom, path: str) -> None:
    fill(newsroom, topics=20, entries=12)
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert newsroom.client.get(path, headers={"user-agent": "a bot"}).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    queries = [statement for statement in asked if statement.startswith("SELECT")]
    assert 0 < len(queries) <= QUERIES[path], "\n".join(queries)


def test_a_full_front_page_keeps_to_its_size(newsroom: Newsroom) -> None:
    fill(newsroom, topics=12, entries=12)
    html = newsroom.client.get("/").content
    assert html.count(b"<h3>") >= 12 * 6
    assert len(html) <= 60_000
    assert len(gzip.compress(html, GZIP_LEVEL)) <= 15_000
    script = static_files()["/static/app.js"]
    assert len(script.body) <= 20_000
    assert html.count(b'rel="stylesheet"') == 1


def test_a_page_is_made_once_for_all_who_ask_at_the_same_time_in_each_language(newsroom: Newsroom) -> None:
    before = newsroom.client.get("/").text
    add_entry(newsroom, 900, EntryData(title="Eben eingetroffen", url="https://zeitung.example/900"))
    assert newsroom.client.get("/").text == before
    assert "Eben eingetroffen" in newsroom.client.get("/", headers={"accept-language": "fr"}).text
    assert "Eben eingetroffen" in newsroom.client.get("/", params={"window": "7d"}).text
    newsroom.clock.advance(RECENT)
    assert "Eben eingetroffen" in newsroom.client.get("/").text
    assert "Eben eingetroffen" in newsroom.client.get("/", params={"anything": "else"}).text


def test_a_page_that_did_not_change_is_not_sent_again(newsroom: Newsroom) -> None:
    first = newsroom.client.get("/", headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    again = newsroom.client.get("/", headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def fill(newsroom: Newsroom, *, topics: int, entries: int) -> None:
    """Add topics with entries whose titles are as long as headlines get."""
    made = [Topic(slug=f"thema-{number}", title=f"Thema Nummer {number}") for number in range(topics)]
    with newsroom.storage.write() as tx:
        tx.topics.configure([*TOPICS, *made])
    for number in range(topics * entries):
        title = f"Meldung {number} " + " ".join(f"Wort{number * part % 997}" for part in range(1, 16))
        data = EntryData(title=title, url=f"https://zeitung.example/{number}", image_url="https://bild.example/1.jpg")
        add_entry(newsroom, 100 + number, data, topic=f"thema-{number % topics}", minutes=number)
