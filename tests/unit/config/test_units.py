from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.units import format_duration, format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("30s", 30), ("0.5s", 0.5), ("15m", 900), ("1h", 3600), ("1h30m", 5400), ("7d", 604_800), ("1d 12h", 129_600)],
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [15, 0, 1.5, "15", "fifteen", "15 minutes", "1w", "-5m", "", "h", True, None, [], "1:30"])
def test_anything_else_is_refused_with_the_units(value: object) -> None:
    with pytest.raises(ValueError, match=r"s, m, h or d, as in 30s, 15m"):
        parse_duration(value)


@pytest.mark.parametrize("value", [15, "15"])
def test_a_number_alone_is_told_that_its_unit_is_missing(value: object) -> None:
    with pytest.raises(ValueError, match="15 has no unit"):
        parse_duration(value)


def test_a_duration_beyond_any_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than any duration"):
        parse_duration("99999999999999d")


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("1B", 1), ("512KiB", 524_288), ("10MiB", 10_485_760), ("1.5 GiB", 1_610_612_736)]
)
def test_a_size_is_a_number_with_a_binary_unit(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize("value", [10, "10", "10MB", "10M", "MiB", None, "-1KiB"])
def test_a_size_without_such_a_unit_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="KiB, MiB or GiB"):
        parse_size(value)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(st.integers(min_value=0, max_value=2**50))
def test_a_size_is_read_back_as_it_was_written(size_bytes: int) -> None:
    assert parse_size(format_size(size_bytes)) == size_bytes


def test_durations_are_written_short() -> None:
    assert [format_duration(timedelta(seconds=s)) for s in (0, 90, 5400, 86_400)] == ["0s", "1m30s", "1h30m", "1d"]
