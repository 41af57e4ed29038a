from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.library.search_facets import Facet, narrow_dates, widen
from aggregator.library.search_query import parse_query

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = (HOUR, 2 * HOUR, 3 * DAY, 20 * DAY, 70 * DAY, 71 * DAY)


def offered(query: str, ages: Sequence[timedelta] = AGES, *, is_more: bool = False) -> list[Facet]:
    parsed = parse_query(query, now=NOW, zone=UTC)
    return list(narrow_dates([NOW - age for age in ages], parsed, now=NOW, zone=UTC, is_more=is_more))


def test_times_are_offered_with_what_they_hold_from_the_shortest_to_what_is_older() -> None:
    assert [(each.value, each.count, each.query) for each in offered("bern")] == [
        ("today", 2, "bern date:today"),
        ("week", 3, "bern since:7d"),
        ("month", 4, "bern since:30d"),
        ("older", 2, "bern until:30d"),
    ]


def test_a_time_that_leaves_nothing_or_everything_is_no_choice() -> None:
    assert [each.value for each in offered("bern", (3 * DAY, 40 * DAY))] == ["week", "month", "older"]
    assert [each.value for each in offered("bern", (HOUR, 3 * DAY))] == ["today"]
    assert offered("bern", (HOUR, 2 * HOUR)) == []
    assert offered("bern", (50 * DAY,)) == []


def test_where_all_is_old_its_months_are_offered_the_newest_first_and_at_most_eight() -> None:
    ages = [40 * DAY, *(each * 31 * DAY for each in range(2, 14))]
    months = offered("bern", ages)
    assert [each.value for each in months[:2]] == ["2026-10", "2026-09"]
    assert months[1].query == "bern date:2026-09"
    assert len(months) == 8


@pytest.mark.parametrize(
    ("query", "value", "narrowed"),
    [
        ("bern since:30d sport", "week", "bern sport since:7d"),
        ("seit:30d bern", "today", "bern date:today"),
        ("bern date:2026", "month", "bern date:2026 since:30d"),
        ("bern until:2026-11-22", "week", "bern until:2026-11-22 since:7d"),
        ("bern until:10d", "older", "bern until:30d"),
        ('bern "datum:x"', "week", 'bern "datum:x" since:7d'),
    ],
)
def test_a_time_takes_the_place_of_those_it_lies_within_and_of_no_other(query: str, value: str, narrowed: str) -> None:
    assert {each.value: each.query for each in offered(query)}[value] == narrowed


def test_what_was_not_counted_is_offered_as_older_without_a_number() -> None:
    found = offered("bern", (HOUR, 3 * DAY), is_more=True)
    assert [(each.value, each.count) for each in found] == [("today", 1), ("older", None)]
    assert [each.value for each in offered("bern since:7d", (HOUR, 3 * DAY), is_more=True)] == ["today"]


def test_a_day_begins_where_the_site_is() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    parsed = parse_query("bern", now=NOW, zone=zone)
    dates = [NOW - 2 * HOUR, NOW - 20 * HOUR, NOW - 22 * HOUR]
    assert [each.count for each in narrow_dates(dates, parsed, now=NOW, zone=zone)] == [2]


def test_times_can_be_taken_back_like_every_filter() -> None:
    parsed = parse_query('bern since:7d topic:schweiz bis:"2026-11"', now=NOW, zone=UTC)
    assert [(each.token, each.query) for each in widen(parsed)] == [
        ("topic:schweiz", 'bern since:7d bis:"2026-11"'),
        ("since:7d", 'bern topic:schweiz bis:"2026-11"'),
        ('bis:"2026-11"', "bern since:7d topic:schweiz"),
    ]
