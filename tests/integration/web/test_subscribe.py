from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from aggregator.web.subscribe import WEB_READERS
from tests.fakes.newsroom import TOPICS, make_rendered
from tests.fakes.website import Newsroom


def test_every_feed_can_be_subscribed_to_with_its_address(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/subscribe").text
    addresses = re.findall(r'data-copy="([^"]+)"', html)
    assert len(addresses) == len(set(addresses)) == 3 * len(TOPICS) + 2
    assert all(address.startswith("https://news.example/") and address.endswith(".atom") for address in addresses)
    assert addresses[0] == "https://news.example/most-read.atom"
    for path in ("/topics/schweiz", "/most-read", "/topics/wissen/trending"):
        assert f'href="/subscribe?feed={path}&amp;format=atom"' in html
    assert 'href="/opml"' in html


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_the_format_can_be_chosen(newsroom: Newsroom, form: str) -> None:
    html = newsroom.client.get("/subscribe", params={"format": form}).text
    assert f'data-copy="https://news.example/topics/schweiz.{form}"' in html
    assert f'href="/subscribe?format={form}" aria-current="true"' in html


def test_one_feed_is_shown_with_every_way_into_a_reader(newsroom: Newsroom) -> None:
    items = [
        {"id": "1", "title": "Neue Regeln", "url": "https://zeitung.example/1", "date_published": "2026-11-24T11:42:00Z"},
        {"id": "2", "title": "<b>Trick</b>", "url": "javascript:alert(1)", "language": "en"},
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}).encode()
    with newsroom.storage.write() as tx:
        tx.documents.put([make_rendered("/topics/schweiz.json", body=body, title="Mehr zum Thema: Schweiz")])
    html = newsroom.client.get("/subscribe", params={"feed": "/topics/schweiz", "format": "rss"}).text
    url = "https://news.example/topics/schweiz.rss"
    assert f'data-copy="{url}"' in html
    assert f'href="feed:{url}"' in html
    for address in WEB_READERS.values():
        assert f'href="{address.format(url=quote(url, safe=""))}"' in html
    assert f'<svg role="img" aria-label="QR-Code: {url}"' in html
    assert "Neue Regeln</a>" in html
    assert "vor 18 Minuten" in html
    assert "&lt;b&gt;Trick&lt;/b&gt;" in html
    assert "javascript:" not in html


@pytest.mark.parametrize("feed", ["/nirgends", "", "https://evil.example/x", "/topics/schweiz.atom", "/a/../b", '"><i>'])
def test_what_is_not_emitted_cannot_be_subscribed_to(newsroom: Newsroom, feed: str) -> None:
    assert newsroom.client.get("/subscribe", params={"feed": feed}).status_code == 404


def test_an_unknown_format_is_not_found(newsroom: Newsroom) -> None:
    assert newsroom.client.get("/subscribe", params={"format": "pdf"}).status_code == 404


def test_a_document_that_is_no_json_feed_is_shown_without_its_items(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.documents.put([make_rendered("/topics/schweiz.json", body=b"[1, 2]")])
    response = newsroom.client.get("/subscribe", params={"feed": "/topics/schweiz"})
    assert response.status_code == 200
    assert "Noch leer." in response.text
