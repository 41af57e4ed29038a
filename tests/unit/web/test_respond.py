from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from aggregator.web.respond import Representation, accepts_gzip, represent_page, respond

CHANGED_AT = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
MADE = Representation(
    media_type="application/atom+xml; charset=utf-8",
    body=b"plain",
    body_gzip=b"squeezed",
    etag='"abc"',
    last_modified_at=CHANGED_AT,
)


def ask(method: str = "GET", **headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": fields})


def status(**headers: str) -> int:
    return respond(ask(**headers), MADE, cache_control="public").status_code


def test_a_plain_request_gets_the_bytes_with_validators() -> None:
    response = respond(ask(), MADE, cache_control="public, max-age=900")
    assert response.status_code == 200
    assert response.body == b"plain"
    assert response.headers["etag"] == '"abc"'
    assert response.headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert response.headers["cache-control"] == "public, max-age=900"
    assert response.headers["vary"] == "accept-encoding"
    assert response.headers["content-length"] == "5"
    assert "content-encoding" not in response.headers


def test_the_gzip_representation_has_its_own_tag_and_length() -> None:
    response = respond(ask(accept_encoding="br, gzip"), MADE, cache_control="public")
    assert response.body == b"squeezed"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["etag"] == '"abc-gzip"'
    assert response.headers["content-length"] == "8"


@pytest.mark.parametrize("tags", ['"abc"', 'W/"abc"', '"zzz", "abc"', '"zzz",W/"abc" , "y"', '"abc-gzip"', "*", '"a,b", "abc"'])
def test_a_tag_the_client_has_gets_a_304(tags: str) -> None:
    assert status(if_none_match=tags) == 304
    assert status(if_none_match=tags, accept_encoding="gzip") == 304


@pytest.mark.parametrize("tags", ['"abcd"', "abc", "", '"zzz", "yyy"', '"abc,"'])
def test_a_tag_of_another_content_gets_a_200(tags: str) -> None:
    assert status(if_none_match=tags) == 200


def test_a_304_keeps_the_validators_and_has_no_body() -> None:
    response = respond(ask(if_none_match='"abc"', accept_encoding="gzip"), MADE, cache_control="public, max-age=900")
    assert response.status_code == 304
    assert response.body == b""
    assert response.headers["etag"] == '"abc"'  # the one the client named, so that its stored copy is the one kept fresh
    assert response.headers["cache-control"] == "public, max-age=900"
    assert response.headers["vary"] == "accept-encoding"
    assert response.headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert "content-type" not in response.headers
    assert "content-length" not in response.headers


@pytest.mark.parametrize(("since", "expected"), [(-1, 200), (0, 304), (3600, 304)])
def test_a_date_equal_to_or_after_the_change_gets_a_304(since: int, expected: int) -> None:
    at = CHANGED_AT + timedelta(seconds=since)
    assert status(if_modified_since=at.strftime("%a, %d %b %Y %H:%M:%S GMT")) == expected


@pytest.mark.parametrize("date", ["yesterday", "", "Tue, 99 Nov 2026 12:00:00 GMT"])
def test_a_date_that_is_none_is_ignored(date: str) -> None:
    assert status(if_modified_since=date) == 200


def test_a_date_of_unknown_zone_is_read_as_utc() -> None:
    assert status(if_modified_since="Tue, 24 Nov 2026 12:00:00 -0000") == 304


def test_the_tag_wins_over_the_date() -> None:
    later = "Wed, 25 Nov 2026 12:00:00 GMT"
    assert status(if_none_match='"other"', if_modified_since=later) == 200
    assert status(if_none_match='"abc"', if_modified_since="Mon, 23 Nov 2026 12:00:00 GMT") == 304


def test_head_has_the_headers_of_get_and_no_body() -> None:
    head = respond(ask("HEAD", accept_encoding="gzip"), MADE, cache_control="public")
    get = respond(ask("GET", accept_encoding="gzip"), MADE, cache_control="public")
    assert head.body == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("x-gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=1.0", True),
        ("gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, identity", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("br", False),
    ],
)
def test_gzip_is_sent_only_where_it_is_accepted(header: str, expected: bool) -> None:  # noqa: FBT001 - parametrised
    assert accepts_gzip(header) is expected


def test_a_page_has_the_same_tag_compressed_or_not_and_a_small_one_is_not_compressed() -> None:
    large = "<p>Text</p>" * 200
    assert represent_page(large, gzipped=True).etag == represent_page(large, gzipped=False).etag
    assert 0 < len(represent_page(large, gzipped=True).body_gzip) < len(large)
    assert represent_page("<p>Text</p>", gzipped=True).body_gzip == b""
    assert represent_page(large, gzipped=False).etag != represent_page(large + " ", gzipped=False).etag
