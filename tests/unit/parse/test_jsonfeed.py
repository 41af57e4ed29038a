from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.entry import Enclosure
from aggregator.model.feed import Person
from aggregator.model.parsed import FeedFormat, ParsedFeed, Text
from aggregator.parse.decode import decode
from aggregator.parse.jsonfeed import parse_json

VERSION = "https://jsonfeed.org/version/1.1"


def read(document: object) -> ParsedFeed:
    return parse_json(decode(json.dumps(document).encode()), feed_url="https://example.org/feed.json")


def read_item(**item: Any) -> Any:
    return read({"version": VERSION, "items": [item]}).entries[0]


def test_a_feed_says_what_the_specification_lets_it_say() -> None:
    parsed = read(
        {
            "version": VERSION,
            "title": "Blatt",
            "description": "Neues",
            "home_page_url": "https://example.org/",
            "feed_url": "https://example.org/feed.json",
            "icon": "https://example.org/icon.png",
            "language": "de-CH",
            "authors": [{"name": "Redaktion", "url": "https://example.org/wir"}],
            "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
            "items": [],
        }
    )
    assert (parsed.format, parsed.problem, parsed.entries) == (FeedFormat.JSON, None, ())
    assert parsed.data.title == "Blatt"
    assert parsed.data.home_url == "https://example.org/"
    assert parsed.data.self_url == "https://example.org/feed.json"
    assert parsed.data.hub_urls == ("https://hub.example.org/",)
    assert parsed.data.authors == (Person(name="Redaktion", url="https://example.org/wir"),)
    assert parsed.data.language == "de-CH"


def test_an_item_keeps_its_texts_dates_tags_and_attachments() -> None:
    entry = read_item(
        id="1",
        url="https://example.org/1",
        title="Eins",
        content_html="<p>Ja</p>",
        content_text="Ja",
        summary="Kurz",
        image="https://example.org/1.jpg",
        date_published="2024-03-05T13:00:00+01:00",
        date_modified="2024-03-06T12:00:00Z",
        tags=["a", "b", "a"],
        attachments=[
            {"url": "https://example.org/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9, "duration_in_seconds": 60}
        ],
    )
    assert entry.guid == "1"
    assert entry.content == Text(value="<p>Ja</p>", html=True)
    assert entry.summary == Text(value="Kurz")
    assert entry.published_at == datetime(2024, 3, 5, 12, tzinfo=UTC)
    assert entry.updated_at == datetime(2024, 3, 6, 12, tzinfo=UTC)
    assert entry.categories == ("a", "b")
    assert entry.enclosures == (
        Enclosure(url="https://example.org/1.mp3", media_type="audio/mpeg", length_bytes=9, duration=timedelta(minutes=1)),
    )


def test_plain_text_is_not_markup() -> None:
    assert read_item(id="1", content_text="a < b & c").content == Text(value="a < b & c", html=False)


@pytest.mark.parametrize("number", [7, 7.0])
def test_a_number_as_id_is_written_out(number: float) -> None:
    assert read_item(id=number).guid in {"7", "7.0"}


def test_an_item_without_id_goes_by_its_url() -> None:
    entry = read_item(url="https://example.org/1")
    assert entry.guid == entry.url
    assert entry.guid_is_permalink


@pytest.mark.parametrize(
    "fields",
    [
        {"author": {"name": "Anna"}},
        {"authors": [{"name": "Anna"}]},
        {"authors": ["Anna"]},
        {"author": "Anna"},
        {"authors": [{"name": "Anna"}], "author": {"name": "Anna"}},
    ],
)
def test_authors_are_read_in_the_forms_of_both_versions(fields: dict[str, Any]) -> None:
    assert [author.name for author in read_item(id="1", **fields).authors] == ["Anna"]


def test_items_without_a_version_are_read_and_the_lack_is_a_problem() -> None:
    parsed = read({"items": [{"id": "1"}, "no item"]})
    assert len(parsed.entries) == 1
    assert parsed.problem == "no version of JSON Feed named"


@pytest.mark.parametrize("document", [[], {"error": "gone"}, {"version": 3}, "text"])
def test_other_json_is_not_a_feed(document: object) -> None:
    with pytest.raises(NotAFeed, match="not a JSON Feed"):
        read(document)


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"items": [1e'])
def test_broken_json_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError, match="not JSON"):
        parse_json(decode(body), feed_url="https://example.org/feed.json")


def test_values_of_the_wrong_kind_are_left_out() -> None:
    entry = read_item(
        id={"a": 1},
        url=True,
        title=["x"],
        tags="einzeln",
        authors=[None, 3],
        date_published=12,
        attachments=[{"url": 4.5}, "x", {}],
    )
    assert entry.guid is None
    assert entry.url is None
    assert entry.title is None
    assert entry.categories == ("einzeln",)
    assert [author.name for author in entry.authors] == ["3"]
    assert [enclosure.url for enclosure in entry.enclosures] == ["4.5"]
