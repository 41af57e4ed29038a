"""The feed of the aggregator's own health."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.emit.build import Site
from aggregator.emit.feed_events import build_health_feed, describe_event
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.model.health import FeedEvent, FeedEventKind
from aggregator.protocols import FeedWriter

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SITE = Site(title="Tag", base_url="https://news.example", language="de-CH", tag_authority="news.example")


def event(kind: FeedEventKind = FeedEventKind.FAILING, *, number: int = 3) -> FeedEvent:
    return FeedEvent(
        id=number,
        feed_id=7,
        kind=kind,
        at=NOON,
        reason="The server answered 404 (Not Found).",
        url="https://a.example/new",
        feed_title="Die <Zeitung>",
        feed_url="https://a.example/feed",
    )


def test_an_event_keeps_its_id_and_says_what_happened_where_and_why() -> None:
    document = build_health_feed(SITE, [event()])
    (entry,) = document.entries

    assert entry.id == "tag:news.example,2026:feed-event/3"
    assert entry.title == "Die <Zeitung> ist nicht mehr zu lesen"
    assert entry.summary_html == "The server answered 404 (Not Found). https://a.example/new (https://a.example/feed)"
    assert entry.url == "https://news.example/feeds#event-3"
    assert document.updated_at == NOON


@pytest.mark.parametrize("kind", FeedEventKind)
def test_every_event_has_words_in_german_and_english(kind: FeedEventKind) -> None:
    german, english = (describe_event(event(kind), language=language) for language in ("de", "en-GB"))

    assert german.startswith("Die <Zeitung> ")
    assert english.startswith("Die <Zeitung> ")
    assert german != english
    assert "ß" not in german


@pytest.mark.parametrize("writer", [RssWriter(), AtomWriter(), JsonFeedWriter()], ids=lambda writer: str(writer.format))
def test_it_can_be_written_in_every_format_also_empty(writer: FeedWriter) -> None:
    assert b"Die &lt;Zeitung&gt;" in writer.write(build_health_feed(SITE, [event()])).replace(b"<Zeitung>", b"&lt;Zeitung&gt;")
    assert b"Zustand der Quellen" in writer.write(build_health_feed(SITE, []))
