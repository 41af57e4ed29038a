"""What a request says, what is remembered from one to the next, and where none is sent."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from aggregator.errors import AddressRefused
from aggregator.model.feed import Validators
from aggregator.model.fetching import FetchRequest, NotModified
from tests.fakes.fetching import FEED, failure, fetch, fetched, fetcher
from tests.fakes.origin import Answer, Origin

# What is asked


def test_a_request_says_who_asks_and_what_for_and_nothing_else(origin: Origin) -> None:
    fetch(origin, origin.answer("/feed?b=2&a=1", Answer(body=FEED)))
    [seen] = origin.requests
    assert seen.method == "GET"
    assert seen.path == "/feed?b=2&a=1"
    assert dict(seen.fields) == {
        "host": origin.address.encode(),
        "user-agent": b"aggregator/0 (+https://example.org/bot)",
        "accept": b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1",
        "accept-encoding": b"gzip, br, zstd",
    }


def test_a_proxy_in_the_environment_is_not_asked(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED)))).body == FEED


def test_cookies_are_neither_kept_nor_sent(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED, headers={"Set-Cookie": "id=1; Path=/"}))
    with closing(fetcher(origin)) as client:
        for _ in range(2):
            list(client.fetch_all([FetchRequest(url=url)]))
    assert [seen.field("cookie") for seen in origin.requests] == [None, None]


def test_the_connection_is_used_again_in_the_next_pass(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED))
    with closing(fetcher(origin)) as client:
        for _ in range(3):
            list(client.fetch_all([FetchRequest(url=url)]))
    assert [seen.connection for seen in origin.requests] == [1, 1, 1]


def test_an_accept_of_the_request_replaces_ours(origin: Origin) -> None:
    url = origin.answer("/page", Answer(body=b"<html>"))
    with closing(fetcher(origin)) as client:
        list(client.fetch_all([FetchRequest(url=url, accept="text/html")]))
    assert origin.requests[0].field("accept") == b"text/html"


# Validators


@pytest.mark.parametrize("etag", [b'W/"a b, c"', b'"\xfc\xe9"', b"unquoted", b'"' + b"x" * 3000 + b'"'])
def test_validators_come_back_byte_for_byte(origin: Origin, etag: bytes) -> None:
    since = b"Tue, 24 Nov 2026 13:00:00 +0000 (odd)"
    url = origin.answer("/feed", Answer(body=FEED, headers={"ETag": etag, "Last-Modified": since}), Answer(status=304))
    first = fetched(fetch(origin, url))
    assert first.validators == Validators(etag=etag, last_modified=since)
    second = fetch(origin, url, validators=first.validators)
    assert isinstance(second, NotModified)
    assert origin.requests[1].field("if-none-match") == etag
    assert origin.requests[1].field("if-modified-since") == since


def test_a_304_gives_only_the_validators_it_carries(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(status=304, headers={"ETag": '"2"', "Cache-Control": "max-age=7200"}))
    outcome = fetch(origin, url, validators=Validators(etag=b'"1"', last_modified=b"x"))
    assert isinstance(outcome, NotModified)
    assert outcome.validators == Validators(etag=b'"2"')
    assert outcome.hints.max_age == timedelta(hours=2)


def test_a_304_to_a_request_without_conditions_is_an_error(origin: Origin) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(status=304))))
    assert error.status == 304


def test_a_validator_cannot_smuggle_a_header_in(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED))
    fetch(origin, url, validators=Validators(etag=b'"1"\r\nX-Evil: 1'))
    assert origin.requests[0].field("x-evil") is None
    assert origin.requests[0].field("if-none-match") is None


# Addresses


def test_a_private_address_is_refused_unless_allowed(origin: Origin) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(body=FEED)), allow=()))
    assert isinstance(error, AddressRefused)
    assert not origin.requests


def test_a_name_that_leads_to_a_private_address_is_refused_where_it_connects(origin: Origin) -> None:
    url = origin.url("/feed", host="feeds.localhost")
    error = failure(fetch(origin, url, allow=(f"10.0.0.1:{origin.port}",)))
    assert isinstance(error, AddressRefused)
    assert "not a public address" in error.reason
    assert not origin.requests


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1"])
def test_an_address_in_disguise_is_refused_where_it_connects(origin: Origin, host: str) -> None:
    error = failure(fetch(origin, origin.url("/feed", host=host), allow=(f"10.0.0.1:{origin.port}",)))
    assert isinstance(error, AddressRefused)
    assert not origin.requests


@pytest.mark.parametrize(
    "url",
    ["", "feed", "http://", "http://exa mple.org/", "ftp://example.org/", "http://example.org:99999/", "http://\udcff/", "\0"],
)
def test_a_url_that_is_none_is_an_outcome(origin: Origin, url: str) -> None:
    assert isinstance(fetch(origin, url), AddressRefused)
