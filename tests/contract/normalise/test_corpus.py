"""What normalising promises, held against every feed captured from the web."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.model.change import FeedUpdate
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedFeed
from aggregator.normalise.html import sanitise
from aggregator.normalise.update import normalise_feed
from aggregator.parse.choose import FeedParser

pytestmark = pytest.mark.corpus

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "feeds" / "real"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://feeds.example/feed"
# Over what the sanitiser writes: attributes in one form, quotes in values escaped.
ACTIVE = re.compile(
    r'<(?:script|style|svg|iframe|form|object|embed|base|meta|link)\b|<[a-z0-9]+[^>]* (?:on[a-z]+|style|id|class)="'
)
ADDRESS = re.compile(r'<[a-z0-9]+(?: [a-z]+="[^"]*")* (?:href|src)="(?!https?://|mailto:)')


def read_documents() -> list[tuple[str, ParsedFeed]]:
    documents = []
    for path in sorted(REAL.glob("*")):
        if path.suffix != ".tsv":
            try:
                documents.append((path.name, FeedParser().parse(Fetched(url=URL, body=path.read_bytes()))))
            except ParseError:  # pages that are no feeds are in the corpus on purpose
                continue
    return documents


@pytest.fixture(scope="module")
def documents() -> list[tuple[str, ParsedFeed]]:
    if not REAL.is_dir():
        pytest.skip("the shared corpus of real feeds is not beside the checkout")
    return read_documents()


@pytest.fixture(scope="module")
def updates(documents: list[tuple[str, ParsedFeed]]) -> dict[str, FeedUpdate]:
    return {name: normalise_feed(parsed, url=URL, received_at=NOW) for name, parsed in documents}


def test_normalising_again_gives_the_same(documents: list[tuple[str, ParsedFeed]], updates: dict[str, FeedUpdate]) -> None:
    changed = [name for name, parsed in documents if normalise_feed(parsed, url=URL, received_at=NOW) != updates[name]]
    assert changed == []


def test_identities_are_unique_in_every_document(updates: dict[str, FeedUpdate]) -> None:
    for name, update in updates.items():
        guid_keys = [entry.guid_key for entry in update.entries]
        url_keys = [entry.url_key for entry in update.entries if entry.url_key is not None]
        assert len(set(guid_keys)) == len(guid_keys), name
        assert len(set(url_keys)) == len(url_keys), name


def test_hardly_an_entry_is_taken_for_a_repetition(
    documents: list[tuple[str, ParsedFeed]], updates: dict[str, FeedUpdate]
) -> None:
    read = sum(len(parsed.entries) for _, parsed in documents)
    kept = sum(len(update.entries) for update in updates.values())
    assert read * 0.998 < kept <= read


def test_every_address_is_absolute(updates: dict[str, FeedUpdate]) -> None:
    for name, update in updates.items():
        for entry in update.entries:
            data = entry.data
            urls = [data.url, data.image_url, data.comments_url, data.source_url, *(file.url for file in data.enclosures)]
            for url in urls:
                assert url is None or url.startswith(("https://", "http://")), (name, url)
            assert not ADDRESS.search(data.summary_html + data.content_html), (name, data.guid)


def test_no_markup_is_active(updates: dict[str, FeedUpdate]) -> None:
    for name, update in updates.items():
        for entry in update.entries:
            assert not ACTIVE.search(entry.data.summary_html), (name, entry.data.guid)
            assert not ACTIVE.search(entry.data.content_html), (name, entry.data.guid)


def test_texts_are_one_clean_line(updates: dict[str, FeedUpdate]) -> None:
    for name, update in updates.items():
        for entry in update.entries:
            data = entry.data
            for text in chain([data.title], data.categories, (author.name for author in data.authors)):
                assert text == " ".join(text.split()), name
                assert "\x00" not in text


def test_sanitising_again_changes_nothing(updates: dict[str, FeedUpdate]) -> None:
    for name, update in updates.items():
        for entry in update.entries:
            for html in (entry.data.summary_html, entry.data.content_html):
                assert sanitise(html, base_url=URL) == html, (name, entry.data.guid)
