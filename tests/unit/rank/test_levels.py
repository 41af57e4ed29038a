from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.rank.levels import FROM_READERS, Level, level_of, rules_for


@pytest.mark.parametrize(
    ("readers", "level"),
    [
        (0, Level.HOUSEHOLD),
        (100, Level.HOUSEHOLD),
        (101, Level.CLUB),
        (500, Level.CLUB),
        (2_000, Level.CLUB),
        (5_000, Level.BIG),
        (50_000, Level.NEWSROOM),
        (10_000_000, Level.NEWSROOM),
    ],
)
def test_the_level_follows_the_readers_a_day(readers: float, level: Level) -> None:
    assert level_of(readers) is level


def test_a_site_rises_at_once_and_falls_only_when_clearly_below() -> None:
    start = FROM_READERS[Level.BIG]
    assert level_of(start, standing=Level.CLUB) is Level.BIG
    assert level_of(start * 0.9, standing=Level.BIG) is Level.BIG
    assert level_of(start * 0.9, standing=Level.CLUB) is Level.CLUB
    assert level_of(start * 0.7, standing=Level.BIG) is Level.CLUB


def test_a_site_that_lost_nearly_all_falls_through_every_level() -> None:
    assert level_of(3, standing=Level.NEWSROOM) is Level.HOUSEHOLD


def test_a_margin_never_lifts_a_site_above_where_it_stood() -> None:
    for standing in Level:
        for readers in range(0, 30_000, 50):
            found = level_of(readers, standing=standing)
            assert FROM_READERS[found] in {FROM_READERS[level_of(readers)], FROM_READERS[standing]} or (
                FROM_READERS[level_of(readers)] < FROM_READERS[found] < FROM_READERS[standing]
            )


@pytest.mark.parametrize("level", Level)
def test_no_number_below_three_readers_enters_a_feed(level: Level) -> None:
    assert rules_for(level).crossing.min_readers >= 3


def test_trend_is_faster_than_most_read_at_every_level() -> None:
    assert all(rules_for(level).trend_half_life < rules_for(level).day_half_life for level in Level)


def test_households_do_not_subtract_exposure() -> None:
    assert (rules_for(Level.HOUSEHOLD).kappa_day, rules_for(Level.HOUSEHOLD).kappa_trend) == (0.0, 0.0)


def test_parameters_are_those_of_the_simulation() -> None:
    club = rules_for(Level.CLUB)
    assert (club.day_half_life, club.kappa_day) == (timedelta(hours=18), 0.4)
    assert (club.trend_half_life, club.kappa_trend) == (timedelta(hours=8), 1.0)
    assert (club.coverage, club.day_hysteresis, club.trend_hysteresis) == (0.5, 0.25, 0.75)
    assert (club.crossing.top, club.crossing.min_readers, club.crossing.dwell) == (5, 10, timedelta(0))
