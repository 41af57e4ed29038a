from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.answers import charset_of, hints_of, media_type_of, read_head, read_http_date, validators_of
from aggregator.model.feed import Validators
from aggregator.model.fetching import CacheHints

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def head(*lines: str, status: str = "HTTP/1.1 200 OK") -> list[bytes]:
    return [line.encode("latin-1") + b"\r\n" for line in (status, *lines, "")]


def hints(*lines: str) -> CacheHints:
    return hints_of(read_head(head(*lines)), now=NOW)


def test_the_head_of_the_last_answer_counts() -> None:
    lines = head("Link: </style>", status="HTTP/1.1 103 Early Hints") + head("ETag: 1", status="HTTP/2 304")
    read = read_head(lines)
    assert (read.status, read.fields) == (304, {b"etag": b"1"})


def test_lists_are_joined_and_of_other_fields_the_first_counts() -> None:
    fields = read_head(head("Cache-Control: public", "cache-control:max-age=5", "ETag: a", "ETag: b")).fields
    assert fields == {b"cache-control": b"public, max-age=5", b"etag": b"a"}


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_head_can_be_read(lines: list[bytes]) -> None:
    read = read_head(lines)
    hints_of(read, now=NOW)
    charset_of(read)
    media_type_of(read)
    assert read.status >= 0


def test_validators_are_opaque() -> None:
    read = read_head(head('ETag:   W/"ü  x"  ', "Last-Modified: yesterday"))
    assert validators_of(read) == Validators(etag='W/"ü  x"'.encode("latin-1"), last_modified=b"yesterday")
    assert validators_of(read_head(head("ETag:"))) == Validators()


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        (["Cache-Control: max-age=600"], 600),
        (["Cache-Control: public, MAX-AGE = 600, s-maxage=5"], 600),
        (["Cache-Control: s-maxage=600"], None),
        (["Cache-Control: max-age=600", "Age: 100"], 500),
        (["Cache-Control: max-age=600", "Age: 1000"], 0),
        (["Cache-Control: max-age=600", "Age: soon"], 600),
        (["Cache-Control: no-cache, max-age=600"], None),
        (["Cache-Control: max-age=600,no-store"], None),
        (["Cache-Control: max-age=never"], None),
        (["Cache-Control: max-age=9999999999"], 7 * 86400),
        (["Expires: Tue, 24 Nov 2026 14:00:00 GMT", "Date: Tue, 24 Nov 2026 12:00:00 GMT"], 7200),
        (["Expires: Tue, 24 Nov 2026 11:00:00 GMT", "Date: Tue, 24 Nov 2026 12:00:00 GMT"], 0),
        (["Expires: Tue, 24 Nov 2026 14:00:00 GMT"], None),
        (["Expires: 0", "Date: Tue, 24 Nov 2026 12:00:00 GMT"], None),
        (["Cache-Control: max-age=60", "Expires: Tue, 24 Nov 2026 14:00:00 GMT", "Date: Tue, 24 Nov 2026 12:00:00 GMT"], 60),
        ([], None),
    ],
)
def test_freshness_is_what_is_left_of_it(lines: list[str], seconds: int | None) -> None:
    assert hints(*lines).max_age == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999", 7 * 86400),
        ("Tue, 24 Nov 2026 14:30:00 GMT", 5400),
        ("Tue, 24 Nov 2026 12:30:00 GMT", 0),
        ("Tuesday, 24-Nov-26 14:30:00 GMT", 5400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: int | None) -> None:
    assert hints(f"Retry-After: {value}").retry_after == (None if seconds is None else timedelta(seconds=seconds))


def test_a_date_to_retry_is_read_on_the_clock_of_the_server() -> None:
    wait = hints("Retry-After: Tue, 24 Nov 2020 12:30:00 GMT", "Date: Tue, 24 Nov 2020 12:00:00 GMT").retry_after
    assert wait == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (b"Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        (b"Sunday, 06-Nov-94 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        (b"Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        (b"Sun, 06 Nov 1994 09:49:37 +0100", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        (b"Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (b"Sun, 06 Nov 1994 48:49:37 GMT", None),
        (b"Sun, 06 Nob 1994 08:49:37 GMT", None),
        (b"0", None),
        (b"", None),
        (None, None),
    ],
)
def test_dates_of_http_are_read(value: bytes | None, moment: datetime | None) -> None:
    assert read_http_date(value) == moment


@given(st.binary(max_size=40))
def test_any_bytes_are_a_date_or_none(value: bytes) -> None:
    moment = read_http_date(value)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/xml", "text/xml", None),
        ("Text/XML; Charset=UTF-8", "text/xml", "UTF-8"),
        ("text/xml;charset='iso-8859-1'", "text/xml", "iso-8859-1"),
        ('application/rss+xml; x=1; charset="utf-8"', "application/rss+xml", "utf-8"),
        ("charset=utf-8", None, "utf-8"),
        ("nonsense", None, None),
        ("", None, None),
    ],
)
def test_the_content_type_is_read(value: str, media_type: str | None, charset: str | None) -> None:
    read = read_head(head(f"Content-Type: {value}"))
    assert (media_type_of(read), charset_of(read)) == (media_type, charset)
