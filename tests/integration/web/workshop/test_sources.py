"""Operators add, ask again and take out sources, and what cannot be done is said in words."""

from __future__ import annotations

import pytest

from aggregator.errors import AddressRefused, ConfigError, FeedNotFound
from aggregator.model.feed import FeedSettings
from aggregator.storage import Storage
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.newsroom import NOON, SOURCES
from tests.fakes.outline import HOSTILE
from tests.fakes.website import open_site
from tests.fakes.workshop import NEW, FakeConfig
from tests.integration.web.test_accounts import BASE, Browser, add_anna


def test_the_state_of_the_system_is_shown(operator: Browser, storage: Storage) -> None:
    html = operator.get("/workshop").text
    assert "Der Talbote" in html
    assert "KiB" in html or "MiB" in html
    assert storage.url.split(":")[0] in html


def test_a_source_is_added_by_the_address_of_its_site_and_polled_at_once(operator: Browser, config: FakeConfig) -> None:
    answer = operator.submit("/workshop/sources/add", address=" neu.example ", title="Neu", tags="a, b,,a")
    assert config.added == [FeedSettings(url=NEW, title="Neu", tags=("a", "b"))]
    page = operator.get(answer.headers["location"])
    assert "Hinzugefügt" in page.text
    with operator.newsroom.storage.read() as tx:
        feed = tx.feeds.find(NEW)
    assert feed is not None
    assert feed.poll.next_poll_at == NOON


def test_a_source_that_is_there_already_is_shown(operator: Browser) -> None:
    answer = operator.submit("/workshop/sources/add", address=SOURCES[0][0])
    assert answer.headers["location"] == "/workshop/sources/1?done=known"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            FeedNotFound("no feed found", feed_url=NEW, tried=("https://neu.example/", f"https://neu.example/{HOSTILE}")),
            "Versucht wurde",
        ),
        (AddressRefused("10.0.0.1 is private", feed_url=NEW), "Adresse nicht erlaubt"),
        (ConfigError("cannot be written: Read-only file system"), "Read-only file system"),
    ],
)
def test_what_keeps_a_source_from_being_added_is_said_and_what_was_typed_stays(
    operator: Browser, config: FakeConfig, trouble: Exception, words: str
) -> None:
    config.trouble = trouble
    answer = operator.submit("/workshop/sources/add", address="neu.example", title=HOSTILE, tags="x")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="neu.example"' in answer.text
    assert "<script>alert" not in answer.text
    assert config.added == []


@pytest.mark.parametrize("address", ["", "zwei wörter", "x" * 3000])
def test_what_is_no_address_is_said(operator: Browser, address: str) -> None:
    answer = operator.submit("/workshop/sources/add", address=address)
    assert (answer.status_code, "keine Adresse" in answer.text) == (422, True)


def test_a_source_is_asked_again_at_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/sources/retry", feed="2")
    assert answer.headers["location"] == "/workshop/sources/2?done=retry"
    with operator.newsroom.storage.read() as tx:
        assert tx.feeds.get_many([2])[2].poll.next_poll_at == NOON


def test_a_source_is_taken_out(operator: Browser, config: FakeConfig) -> None:
    answer = operator.submit("/workshop/sources/remove", feed="1")
    assert answer.headers["location"] == "/workshop/sources?done=removed"
    assert SOURCES[0][0] not in config.urls
    assert operator.get("/workshop/sources/1").status_code == 404


@pytest.mark.parametrize("feed", ["", "x", "999", "1" * 30, "-1"])
def test_sources_that_are_not_there_are_not_found(operator: Browser, feed: str) -> None:
    for path in ("/workshop/sources/retry", "/workshop/sources/remove"):
        assert operator.submit(path, feed=feed).status_code == 404


def test_the_last_poll_of_a_source_is_told_in_words_and_in_detail(operator: Browser) -> None:
    with operator.newsroom.storage.read() as tx:
        talbote = next(feed for feed in tx.feeds.all() if feed.title == "Der Talbote")
    html = operator.get(f"/workshop/sources/{talbote.id}").text
    assert "Antwort mit Status 503" in html
    assert "connection refused at 10.0.0.7" in html  # for operators alone; the public page says it in words
    assert "Gotthard-Basistunnel wieder offen" in html


def test_without_the_configuration_file_sources_can_be_looked_at_only(storage: Storage, config: FakeConfig) -> None:
    site = open_site(storage, workshop=WorkshopTools(find_feed=config.find, topics=tuple, default_language="de"))
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    assert "nur ansehen" in browser.get("/workshop/sources").text
    assert browser.submit("/workshop/sources/add", address="neu.example").status_code == 422
    assert browser.submit("/workshop/sources/remove", feed="1").status_code == 422
    site.recorder.close()


def test_hostile_names_of_sources_are_shown_as_text(operator: Browser, storage: Storage) -> None:
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=SOURCES[0][0], title=HOSTILE)], now=NOON)
    for path in ("/workshop", "/workshop/sources", "/workshop/sources/1"):
        assert "<script>alert" not in operator.get(path).text
    assert operator.newsroom.client.get("/workshop", headers={"host": BASE}).status_code == 303
