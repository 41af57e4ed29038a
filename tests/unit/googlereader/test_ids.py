from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.googlereader.ids import (
    label_in,
    long_id,
    parse_item_id,
    parse_item_ids,
    parse_place,
    parse_stream,
    parse_time,
    state_in,
    to_seconds,
    write_place,
)
from aggregator.library.syncing import Kind

OURS = st.integers(min_value=1, max_value=10**15 - 1)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(OURS)
def test_every_form_of_an_id_is_read_as_the_same_number(number: int) -> None:
    forms = (long_id(number), f"tag:google.com,2005:reader/item/{number:x}", f"{number:016x}", f"{number:016X}", str(number))
    assert {parse_item_id(form) for form in forms} == {number}
    assert parse_item_id(long_id(number).replace(":", "%3A").replace("/", "%2F")) == number


def test_the_long_form_has_sixteen_hex_digits() -> None:
    assert long_id(1001) == "tag:google.com,2005:reader/item/00000000000003e9"


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "-1", "abc", "tag:google.com,2005:reader/item/", "tag:google.com,2005:reader/item/xyz", "1e3",
     "\uff11", "9" * 40, "f" * 17, "ffffffffffffffff", "tag:google.com,2005:reader/item/00000000000000001"],
)  # fmt: skip
def test_what_is_no_id_of_ours_is_none(text: str) -> None:
    assert parse_item_id(text) is None


def test_ids_keep_their_order_and_come_once() -> None:
    assert parse_item_ids(["3", "x", "1", long_id(3), "2"]) == [3, 1, 2]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("", Kind.READING_LIST, ""),
        ("user/-/state/com.google/reading-list", Kind.READING_LIST, "com.google/reading-list"),
        ("user/17/state/com.google/read", Kind.READ, "com.google/read"),
        ("user/-/state/com.google/starred", Kind.STARRED, "com.google/starred"),
        ("user/-/state/com.google/fresh", Kind.UNKNOWN, "com.google/fresh"),
        ("user/-/label/Bern & Umland/Süd", Kind.FOLDER, "Bern & Umland/Süd"),
        ("user/1/label/Themen", Kind.FOLDER, "Themen"),
        ("user%2F-%2Flabel%2FThemen", Kind.FOLDER, "Themen"),
        ("user/-/label/100%25", Kind.FOLDER, "100%25"),
        ("feed/12", Kind.FEED, "12"),
        ("feed%2F12", Kind.FEED, "12"),
        ("feed/https://a.example/?x=1&y=%20", Kind.FEED, "https://a.example/?x=1&y=%20"),
        ("splice/x", Kind.UNKNOWN, "splice/x"),
        ("user/-/label/", Kind.UNKNOWN, "user/-/label/"),
    ],
)
def test_streams_are_told_apart(text: str, kind: Kind, name: str) -> None:
    stream = parse_stream(text)
    assert (stream.kind, stream.name) == (kind, name)


def test_states_and_folders_in_tags() -> None:
    assert state_in("user/-/state/com.google/read") == "read"
    assert state_in("user/1005921515/state/com.google/kept-unread") == "kept-unread"
    assert state_in("user/-/label/read") == ""
    assert state_in("read") == ""
    assert label_in("user/-/label/Themen") == "Themen"
    assert label_in("user/-/state/com.google/read") == ""


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)), OURS)  # noqa: DTZ001 - hypothesis adds the zone
def test_a_place_in_a_stream_comes_back_as_it_was(at: datetime, number: int) -> None:
    text = write_place((at, number))
    assert parse_place(text) == (at, number)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text())
def test_no_text_breaks_the_reading_of_a_place_or_an_id(text: str) -> None:
    parse_item_id(text)
    parse_stream(text)
    parse_time(text)
    try:
        parse_place(text)
    except ValueError as error:
        assert "none of ours" in str(error)  # noqa: PT017 - both ways out are right


def test_times_are_seconds_milliseconds_or_microseconds_by_their_length() -> None:
    seconds = int(NOON.timestamp())
    assert {parse_time(str(seconds)), parse_time(f"{seconds}000"), parse_time(f"{seconds}000000")} == {NOON}
    assert [parse_time(text) for text in ("", "x", "-5", "1.5")] == [None] * 4
    assert parse_time("9" * 20) == datetime(9999, 12, 31, tzinfo=UTC)


def test_seconds_fit_into_what_newsboat_has_for_them() -> None:
    assert to_seconds(NOON) == 1795521600
    assert to_seconds(datetime(1960, 1, 1, tzinfo=UTC)) == 0
    assert to_seconds(NOON + timedelta(days=365 * 200)) == 2**31 - 1
