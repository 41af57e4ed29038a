from __future__ import annotations

import pytest

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import FeedFormat, ParsedFeed
from aggregator.parse.choose import FeedParser
from aggregator.protocols import Parser

URL = "https://example.org/feed"


def read(body: bytes, media_type: str | None = None, charset: str | None = None) -> ParsedFeed:
    parser: Parser = FeedParser()
    return parser.parse(Fetched(url=URL, body=body, media_type=media_type, charset=charset))


def test_a_sound_feed_goes_the_fast_way() -> None:
    assert read(b"<rss version='2.0'><channel><item/></channel></rss>").parser == "fast"


def test_a_broken_feed_goes_to_feedparser() -> None:
    parsed = read(b"<rss version='2.0'><channel><item><title>a & b</title></item></channel></rss>")
    assert parsed.parser == "feedparser"
    assert parsed.problem


def test_json_goes_to_the_json_reader() -> None:
    parsed = read(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/feed+json")
    assert (parsed.parser, parsed.format) == ("json", FeedFormat.JSON)


def test_an_encoding_of_the_header_reaches_the_fast_way() -> None:
    parsed = read("<rss><channel><title>Привет</title></channel></rss>".encode("windows-1251"), charset="windows-1251")
    assert (parsed.parser, parsed.data.title) == ("fast", "Привет")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "an empty document, not a feed"),
        (b"  \n", "an empty document, not a feed"),
        (b"<!DOCTYPE html><html><head><title>404</title>", "an HTML page, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "XML, but not a feed: its root is <opml>"),
        (b"<?xml version='1.0'?>", "XML without an element"),
        (b"\x89PNG\r\n\x1a\n", "neither XML nor a JSON Feed"),
        (b'{"message": "not found"}', "neither XML nor a JSON Feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, sentence: str) -> None:
    with pytest.raises(NotAFeed, match=sentence) as caught:
        read(body)
    assert caught.value.feed_url == URL


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(b"<rss version='2.0'><channel><title>Leer</title></channel></rss>").entries == ()


def test_a_body_over_the_cap_is_refused() -> None:
    with pytest.raises(ParseError, match="larger than"):
        read(b" " * (20 * 1024 * 1024 + 1))
