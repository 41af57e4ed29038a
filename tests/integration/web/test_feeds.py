from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from aggregator.web.recent import RECENT
from tests.fakes.newsroom import NOON, make_rendered
from tests.fakes.website import Newsroom

FEED = "/topics/schweiz.atom"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/topics/schweiz.rss", "application/rss+xml; charset=utf-8"),
        ("/topics/schweiz.atom", "application/atom+xml; charset=utf-8"),
        ("/topics/schweiz.json", "application/feed+json; charset=utf-8"),
        ("/topics/schweiz/most-read.rss", "application/rss+xml; charset=utf-8"),
        ("/most-read.json", "application/feed+json; charset=utf-8"),
    ],
)
def test_a_stored_document_is_served_as_it_is(newsroom: Newsroom, path: str, media_type: str) -> None:
    response = newsroom.client.get(path)
    with newsroom.storage.read() as tx:
        document = tx.documents.get(path)
    assert document is not None
    assert response.status_code == 200
    assert response.content == document.body
    assert response.headers["content-type"] == media_type
    assert response.headers["etag"] == document.etag
    assert parsedate_to_datetime(response.headers["last-modified"]) == NOON
    assert response.headers["cache-control"] == "public, max-age=900"
    assert response.headers["vary"] == "accept-encoding"
    assert response.headers["content-length"] == str(len(document.body))
    assert response.headers["link"] == f'<https://news.example{path}>; rel="self"'


def test_the_compressed_bytes_are_the_same_document(newsroom: Newsroom) -> None:
    plain = newsroom.client.get(FEED)
    squeezed = newsroom.client.get(FEED, headers={"accept-encoding": "gzip"})
    assert squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.content == plain.content  # the client has unpacked it
    assert int(squeezed.headers["content-length"]) < int(plain.headers["content-length"])
    assert squeezed.headers["etag"] == plain.headers["etag"].removesuffix('"') + '-gzip"'


def test_a_client_that_has_it_gets_a_304(newsroom: Newsroom) -> None:
    first = newsroom.client.get(FEED, headers={"accept-encoding": "gzip"})
    again = newsroom.client.get(FEED, headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert newsroom.client.get(FEED, headers={"if-modified-since": first.headers["last-modified"]}).status_code == 304


def test_a_changed_document_is_sent_to_who_has_the_old_one(newsroom: Newsroom) -> None:
    etag = newsroom.client.get(FEED).headers["etag"]
    with newsroom.storage.write() as tx:
        tx.documents.put([make_rendered(FEED, body=b"<feed>new</feed>")])
    newsroom.clock.advance(RECENT)
    response = newsroom.client.get(FEED, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (200, b"<feed>new</feed>")


def test_head_tells_what_get_would(newsroom: Newsroom) -> None:
    head, get = newsroom.client.head(FEED), newsroom.client.get(FEED)
    assert head.content == b""
    assert head.headers == get.headers


def test_a_feed_taken_out_is_gone_and_one_never_there_is_not_found(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.documents.remove([FEED])
    gone = newsroom.client.get(FEED)
    assert gone.status_code == 410
    assert "Das gibt es nicht mehr" in gone.text
    for path in ("/topics/nirgends.atom", "/topics/schweiz.xml", "/most-read.csv", "/topics/..%2f..%2fetc.rss"):
        assert newsroom.client.get(path).status_code == 404, path


BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}


def test_a_person_who_opens_a_feed_gets_an_explanation_that_no_cache_keeps(newsroom: Newsroom) -> None:
    response = newsroom.client.get(FEED, headers=BROWSER)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "sec-fetch-dest" in response.headers["vary"]
    assert "Das ist ein Feed" in response.text
    assert 'data-copy="https://news.example/topics/schweiz.atom"' in response.text
    assert 'href="feed:https://news.example/topics/schweiz.atom"' in response.text
    assert 'href="/topics/schweiz.atom?raw=1"' in response.text
    assert newsroom.client.get("/topics/nirgends.atom", headers=BROWSER).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},  # a script, or a reader made of a browser
        {"sec-fetch-dest": "iframe"},
        {"accept": "*/*"},
        {"accept": "application/atom+xml, text/xml;q=0.9"},
    ],
)
def test_everything_but_a_browser_that_opens_a_tab_gets_the_feed(newsroom: Newsroom, change: dict[str, str]) -> None:
    response = newsroom.client.get(FEED, headers={**BROWSER, **change})
    assert response.headers["content-type"].startswith("application/atom+xml")


def test_a_reader_that_accepts_html_but_is_no_browser_gets_the_feed(newsroom: Newsroom) -> None:
    for headers in ({"accept": BROWSER["accept"]}, {"accept": "text/html", "user-agent": "Feedreader/1.0"}, {}):
        assert newsroom.client.get(FEED, headers=headers).headers["content-type"].startswith("application/atom+xml")


def test_the_feed_itself_can_be_looked_at(newsroom: Newsroom) -> None:
    response = newsroom.client.get(FEED, headers=BROWSER, params={"raw": "1"})
    assert response.headers["content-type"].startswith("application/atom+xml")
