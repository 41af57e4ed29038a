from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model.edition import EditionKind, first_day_of, period_of, span_at, span_before

ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 23), 24)],
)
def test_a_day_is_as_long_as_its_clocks_make_it(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZURICH)
    span = span_at(EditionKind.DAILY, noon, ZURICH)
    assert span.period == day.isoformat()
    assert span.ends_at - span.begins_at == hours * HOUR
    assert span.begins_at.astimezone(ZURICH).timetuple()[:5] == (day.year, day.month, day.day, 0, 0)


@pytest.mark.parametrize(
    ("first_day", "hours"), [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169), (date(2026, 11, 23), 168)]
)
def test_a_week_begins_on_monday_and_is_an_hour_shorter_or_longer_when_clocks_change(first_day: date, hours: int) -> None:
    sunday_evening = datetime(first_day.year, first_day.month, first_day.day, 23, tzinfo=ZURICH) + timedelta(days=6)
    span = span_at(EditionKind.WEEKLY, sunday_evening, ZURICH)
    assert span.first_day == first_day
    assert span.ends_at - span.begins_at == hours * HOUR


@pytest.mark.parametrize("kind", EditionKind)
def test_spans_follow_each_other_without_gap_or_overlap_over_a_year(kind: EditionKind) -> None:
    span = span_at(kind, datetime(2027, 1, 10, tzinfo=UTC), ZURICH)
    periods = []
    while span.ends_at > datetime(2025, 12, 20, tzinfo=UTC):
        before = span_before(span, ZURICH)
        assert before.ends_at == span.begins_at
        assert span_at(kind, span.begins_at, ZURICH) == span
        assert span_at(kind, span.begins_at - timedelta(microseconds=1), ZURICH) == before
        periods.append(span.period)
        span = before
    assert len(set(periods)) == len(periods)
    assert sorted(periods, reverse=True) == periods, "the store sorts by the name"


def test_a_day_whose_midnight_is_skipped_begins_when_clocks_jump() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks went from 23:59:59 to 01:00 on 28 April 2023
    span = span_at(EditionKind.DAILY, datetime(2023, 4, 28, 12, tzinfo=cairo), cairo)
    assert span.begins_at == datetime(2023, 4, 27, 22, tzinfo=UTC)
    assert span.ends_at - span.begins_at == 23 * HOUR


@pytest.mark.parametrize(
    ("kind", "first_day", "period"),
    [
        (EditionKind.DAILY, date(2026, 11, 3), "2026-11-03"),
        (EditionKind.WEEKLY, date(2026, 1, 5), "2026-W02"),
        (EditionKind.WEEKLY, date(2026, 12, 28), "2026-W53"),
        (EditionKind.WEEKLY, date(2024, 12, 30), "2025-W01"),
    ],
)
def test_a_period_has_its_name_by_iso_8601_and_is_found_again_by_it(kind: EditionKind, first_day: date, period: str) -> None:
    assert period_of(kind, first_day) == period
    assert first_day_of(kind, period) == first_day
