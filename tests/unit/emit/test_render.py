from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.emit.render import MAX_BODY_BYTES, document_fingerprint, render
from aggregator.model.document import DocumentEntry, FeedDocument, Format
from aggregator.model.entry import EntryData
from aggregator.protocols import FeedWriter
from tests.fakes.emitted import all_writers, topic_document
from tests.fakes.stored import make_entry
from tests.validators import problems_of_atom

writers = pytest.mark.parametrize("writer", all_writers(), ids=lambda writer: str(writer.format))


class SizedWriter:
    """Writes a byte count instead of a feed: `sizes` by entry id, and counts how often it is asked."""

    format = Format.RSS
    media_type = "application/rss+xml"

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        self.calls = 0

    def write(self, document: FeedDocument) -> bytes:
        self.calls += 1
        return b".".join(entry.id[-1].encode() * self.sizes[entry.id[-1]] for entry in document.entries)


def numbered(count: int) -> FeedDocument:
    return topic_document([make_entry(number) for number in range(1, count + 1)])


@writers
def test_a_rendered_document_is_ready_to_serve(writer: FeedWriter) -> None:
    document = topic_document()
    rendered = render(document, writer)
    assert rendered.path == f"/topics/schweiz.{writer.format}"
    assert rendered.media_type == f"{writer.media_type}; charset=utf-8"
    assert rendered.body == gzip.decompress(rendered.body_gzip) == writer.write(document)
    assert rendered.title == document.title
    assert rendered.fingerprint == document_fingerprint(document)


@writers
def test_rendering_twice_gives_the_same_bytes_and_tag(writer: FeedWriter) -> None:
    rendered = render(topic_document(), writer)
    assert rendered == render(topic_document(), writer)
    assert rendered.body_gzip[4:8] == bytes(4), "gzip writes the time of compression there unless it is told not to (RFC 1952)"


def test_the_tag_is_strong_quoted_and_over_the_body() -> None:
    first, second, _ = (render(topic_document(), writer).etag for writer in all_writers())
    assert first.startswith('"')
    assert first.endswith('"')
    assert first.count('"') == 2
    assert first != second


def test_the_date_of_change_is_in_whole_seconds_of_utc() -> None:
    moment = datetime(2026, 3, 29, 3, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    rendered = render(replace(topic_document(), updated_at=moment), all_writers()[0])
    assert rendered.last_modified_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert rendered.last_modified_at.tzinfo is UTC


def test_a_fingerprint_known_already_is_kept() -> None:
    assert render(topic_document(), all_writers()[0], fingerprint="known").fingerprint == "known"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Anders"},
        {"updated_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"hub_url": "https://hub.example/"},
        {"entries": ()},
        {"entries": tuple(reversed(topic_document().entries))},
        {"entries": (replace(topic_document().entries[0], image_url=None), *topic_document().entries[1:])},
    ],
    ids=["title", "date", "hub", "no entries", "order", "image"],
)
def test_whatever_is_written_is_in_the_fingerprint(change: dict[str, object]) -> None:
    document = topic_document()
    changed = replace(document, **change)  # type: ignore[arg-type]  # one field of several types
    assert document_fingerprint(changed) != document_fingerprint(document)
    assert document_fingerprint(topic_document()) == document_fingerprint(document)


def test_another_version_of_the_writers_makes_another_fingerprint() -> None:
    assert document_fingerprint(topic_document(), version="next") != document_fingerprint(topic_document())


def test_a_lone_surrogate_has_a_fingerprint() -> None:
    assert document_fingerprint(replace(topic_document(), title="\ud800"))


def test_a_document_too_large_loses_its_last_entries() -> None:
    writer = SizedWriter({str(number): 100_000 for number in range(1, 10)})
    rendered = render(numbered(9), writer)
    assert len(rendered.body) <= MAX_BODY_BYTES
    assert [part[:1] for part in rendered.body.split(b".")] == [b"1", b"2", b"3", b"4"]
    assert writer.calls == 2


def test_a_document_of_exactly_the_largest_size_keeps_everything() -> None:
    assert len(render(numbered(1), SizedWriter({"1": MAX_BODY_BYTES})).body) == MAX_BODY_BYTES


def test_a_document_whose_first_entry_is_too_large_still_ends() -> None:
    writer = SizedWriter({"1": MAX_BODY_BYTES + 1, "2": 1, "3": 1})
    assert render(numbered(3), writer).body == b""


@writers
def test_an_entry_as_large_as_the_builder_lets_it_be_still_fits(writer: FeedWriter) -> None:
    signs = "&" * 65_536
    document = topic_document([make_entry(1, EntryData(title=signs, content_html=signs, summary_html=signs))], full_text=True)
    rendered = render(document, writer)
    assert b"entry/1" in rendered.body
    assert len(rendered.body) > 65_536


def test_a_real_feed_too_large_is_cut_to_a_valid_feed_in_order() -> None:
    entries = [
        make_entry(number, EntryData(title=f"Nummer {number}", content_html="<p>" + "Wort " * 8_000 + "</p>"))
        for number in range(1, 41)
    ]
    document = topic_document(entries, full_text=True)
    body = render(document, all_writers()[1]).body
    kept: list[DocumentEntry] = [entry for entry in document.entries if f">{entry.id}<".encode() in body]
    assert 5 < len(kept) < 40
    assert kept == list(document.entries[: len(kept)])
    assert problems_of_atom(body) == []
