from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import dates
from aggregator.parse.dates import parse_date

NOON = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
USUAL = (
    "Tue, 05 Mar 2024 13:00:00 +0100",
    "Tue, 05 Mar 2024 12:00:00 GMT",
    "2024-03-05T13:00:00+01:00",
    "2024-03-05T12:00:00Z",
)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 05 Mar 2024 12:00:00 GMT",
        "Tue, 5 Mar 2024 13:00:00 +0100",
        "Tue, 05 Mar 2024 13:00 +01:00",
        "05 Mar 2024 12:00:00 Z",
        "Tue, 05 March 2024 07:00:00 EST",
        "Tue, 05 Mar 24 12:00:00 UT",
        "Tue, 05 Mar 2024 12:00:00 GMT+00:00",
        "Tue, 05 Mar 2024 13:00:00 +0100 (CET)",
        "Di, 05 Mär 2024 13:00:00 MEZ",
        "mar., 05 mars 2024 13:00:00 +0100",
        "2024-03-05T12:00:00Z",
        "2024-03-05T12:00:00.123456789Z",
        "2024-03-05T13:00:00+01:00",
        "2024-03-05T13:00:00+0100",
        "2024-03-05T12:00",
        "2024-03-05 12:00:00",
        "2024-03-05 12:00:00 UTC",
        "  2024-03-05t12:00:00z ",
        "20240305T12:00:00Z",
        "Tue Mar  5 12:00:00 2024",
    ],
)
def test_the_forms_of_feeds_give_the_same_moment_in_utc(text: str) -> None:
    assert parse_date(text) == NOON


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-03-05", datetime(2024, 3, 5, tzinfo=UTC)),
        ("Tue, 05 Mar 2024", datetime(2024, 3, 5, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("Thu, 31 Dec 1998 23:59:60 GMT", datetime(1998, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Tue, 05 Mar 2024 24:00:00 GMT", datetime(2024, 3, 6, tzinfo=UTC)),
        ("Sam, 19 août 2023 10:00:00 +0200", datetime(2023, 8, 19, 8, 0, tzinfo=UTC)),
        ("Mo, 07 Okt 2024 10:00:00 +0200", datetime(2024, 10, 7, 8, 0, tzinfo=UTC)),
        ("Lun, 01 juil 2024 00:00:00 +0000", datetime(2024, 7, 1, tzinfo=UTC)),
        ("Lun, 03 juin 2024 00:00:00 +0000", datetime(2024, 6, 3, tzinfo=UTC)),
        ("Fri, 01 Jan 93 00:00:00 GMT", datetime(1993, 1, 1, tzinfo=UTC)),
    ],
)
def test_short_old_and_foreign_dates_are_read(text: str, at: datetime) -> None:
    assert parse_date(text) == at


@pytest.mark.parametrize(
    "text", [None, "", "  ", "yesterday", "Tue, 35 Mar 2024 12:00:00 GMT", "0000-00-00T00:00:00Z", "x" * 5000]
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse_date(text) is None


def test_an_offset_beyond_the_calendar_is_none() -> None:
    assert parse_date("0001-01-01T00:00:00+14:00") is None


@given(st.text(max_size=60))
def test_any_text_gives_a_moment_in_utc_or_none(text: str) -> None:
    at = parse_date(text)
    assert at is None or at.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - the zone is written into the text
def test_the_two_standard_forms_agree(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    rfc822 = f"{moment.day:02} {months[moment.month - 1]} {moment.year} {moment:%H:%M:%S} +0000"
    assert parse_date(rfc822) == parse_date(moment.isoformat()) == moment


@given(st.sampled_from(USUAL), st.integers(0, 30), st.sampled_from("0123456789+-:., TtZGMWQé"))
def test_dates_read_by_place_are_read_as_the_patterns_read_them(text: str, place: int, character: str) -> None:
    altered = text[:place] + character + text[place + 1 :]
    at = parse_date(altered)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dates, "_read_usual", lambda _text: None)
        assert parse_date(altered) == at
