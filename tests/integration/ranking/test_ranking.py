"""The ranking flow over a real store: levels, lists, what enters their feeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.grouping import Joining, StorySettlement
from aggregator.model.story import Entered, Ranking, Window
from aggregator.pipeline.ranking import LIST_PLACES, UNREAD_DWELL, RankingRules, rank_stories
from aggregator.rank.levels import FROM_READERS, Level
from aggregator.storage import LAST_PASS_NOTE, LEVEL_NOTE, Storage
from tests.fakes.changes import DAY, NOON
from tests.fakes.press import BERN, HOUR, QUARTER, Press, people

MIDNIGHT = NOON.replace(hour=0)


def level(storage: Storage) -> str | None:
    with storage.read() as tx:
        return tx.noted(LEVEL_NOTE)


def half_life(storage: Storage, ranking: Ranking) -> timedelta:
    with storage.read() as tx:
        return tx.stories.scales()[ranking].half_life


def test_a_site_without_readers_has_a_trend_and_no_most_read(storage: Storage) -> None:
    press = Press(storage)
    for number in range(1, 4):
        press.publish_entry(number, publisher=number - 1, at=NOON - number * HOUR)
    press.rank()
    assert press.places(Ranking.TRENDING) == [1, 2, 3]
    assert press.places(Ranking.TRENDING, BERN) == [2]
    assert press.places(Ranking.MOST_READ) == []


def test_what_is_read_rises_in_both_lists_and_in_those_of_its_topic(storage: Storage) -> None:
    press = Press(storage)
    for number in range(1, 4):
        press.publish_entry(number, publisher=number - 1)
    press.read(2, people(3))
    press.read(1, people(1))
    press.rank()
    assert press.places(Ranking.TRENDING) == [2, 1, 3]
    assert press.places(Ranking.MOST_READ) == [2, 1]
    assert press.places(Ranking.MOST_READ, BERN) == [2]


def test_a_publisher_that_floods_has_three_of_the_first_ten(storage: Storage) -> None:
    press = Press(storage, publishers=9)
    for number in range(1, 61):
        press.publish_entry(number, publisher=0)
    for number in range(61, 69):
        press.publish_entry(number, publisher=number - 60, at=NOON - HOUR)
    press.rank()
    first_ten = press.places(Ranking.TRENDING)[:10]
    assert sum(number <= 60 for number in first_ten) == 3
    assert len(press.places(Ranking.TRENDING)) == LIST_PLACES


def test_a_site_of_one_publisher_fills_its_lists_all_the_same(storage: Storage) -> None:
    press = Press(storage)
    for number in range(1, 41):
        press.publish_entry(number)
    press.rank()
    assert len(press.places(Ranking.TRENDING)) == LIST_PLACES


def test_a_story_enters_the_feed_once_with_the_figures_of_then(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1)
    press.read(1, people(2))
    press.rank()
    assert press.entered(Ranking.MOST_READ) == []
    press.read(1, people(5))
    press.rank(NOON + QUARTER)
    entered = Entered(entry_id=1, at=NOON + QUARTER, readers=5, publishers=1)
    assert press.entered(Ranking.MOST_READ) == [entered]
    press.read(1, people(9))
    press.rank(NOON + HOUR)
    assert press.entered(Ranking.MOST_READ) == [entered]


def test_another_entry_of_a_story_that_entered_does_not_enter(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1)
    press.publish_entry(3, publisher=1)
    press.read(1, people(5))
    press.rank()
    with storage.write() as tx:
        tx.stories.merge(3, 1)
    press.rank(NOON + HOUR)
    assert press.places(Ranking.MOST_READ) == [3]
    assert [each.entry_id for each in press.entered(Ranking.MOST_READ)] == [1]


def test_the_feed_of_the_trend_begins_with_its_top_and_then_lets_in_what_stays(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1, at=NOON - DAY)
    press.rank()
    assert [each.entry_id for each in press.entered(Ranking.TRENDING)] == [1]
    press.publish_entry(3, publisher=1, at=NOON + HOUR)
    press.rank(NOON + HOUR)
    assert press.places(Ranking.TRENDING) == [3, 1]
    assert [each.entry_id for each in press.entered(Ranking.TRENDING)] == [1]
    press.rank(NOON + HOUR + UNREAD_DWELL)
    assert [each.entry_id for each in press.entered(Ranking.TRENDING)] == [3, 1]


def test_what_is_read_enough_enters_the_feed_of_the_trend_at_once(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1)
    press.rank()
    press.publish_entry(3, publisher=1, at=NOON + HOUR)
    press.read(3, people(3), at=NOON + HOUR)
    press.rank(NOON + HOUR)
    assert [each.entry_id for each in press.entered(Ranking.TRENDING)] == [3, 1]


def test_what_stands_in_the_top_is_passed_only_by_a_quarter_more(storage: Storage) -> None:
    press = Press(storage, rules=RankingRules(coverage=0.0, top=1))
    for number in (1, 3):
        press.publish_entry(number, publisher=number - 1)
    press.read(1, people(10))
    press.read(3, people(9))
    press.rank()
    press.read(3, people(12))
    press.rank(NOON + QUARTER)
    assert press.places(Ranking.MOST_READ) == [1, 3]
    press.read(3, people(13))
    press.rank(NOON + 2 * QUARTER)
    assert press.places(Ranking.MOST_READ) == [3, 1]


def test_between_quanta_nothing_is_ranked(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1)
    assert press.rank(NOON, at_once=False).lists == 0, "no pass over the feeds has ended yet"
    with storage.write() as tx:
        tx.note(LAST_PASS_NOTE, NOON.isoformat())
    assert press.rank(NOON + timedelta(minutes=14), at_once=False).lists == 4
    assert press.rank(NOON + timedelta(minutes=14, seconds=59), at_once=False).lists == 0
    assert press.rank(NOON + timedelta(minutes=15), at_once=False).lists == 4


def test_a_site_that_had_nothing_to_rank_does_not_wait_for_the_next_quantum(storage: Storage) -> None:
    press = Press(storage)
    press.rank()
    press.publish_entry(1)
    with storage.write() as tx:
        tx.note(LAST_PASS_NOTE, NOON.isoformat())
    assert press.rank(NOON + timedelta(seconds=10), at_once=False).lists == 4


def test_the_level_follows_the_readers_of_the_last_days_and_brings_its_half_lives(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1, at=MIDNIGHT)
    press.rank(MIDNIGHT)
    assert (level(storage), half_life(storage, Ranking.TRENDING)) == (Level.HOUSEHOLD, 12 * HOUR)
    press.read(1, people(FROM_READERS[Level.CLUB]), at=MIDNIGHT)
    press.rank(MIDNIGHT + 23 * HOUR)
    assert level(storage) == Level.HOUSEHOLD, "today is not over"
    press.rank(MIDNIGHT + DAY)
    assert (level(storage), half_life(storage, Ranking.TRENDING)) == (Level.CLUB, 8 * HOUR)
    assert press.places(Ranking.TRENDING) == [1]


def test_what_the_site_sets_wins_over_the_level(storage: Storage) -> None:
    press = Press(storage, rules=RankingRules(day_half_life=6 * HOUR, trend_half_life=HOUR))
    press.publish_entry(1)
    press.rank()
    assert [half_life(storage, ranking) for ranking in Ranking] == [6 * HOUR, HOUR]


def test_zero_moves_before_sums_overflow_and_no_order_changes(storage: Storage) -> None:
    press = Press(storage, rules=RankingRules(trend_half_life=HOUR))
    press.publish_entry(1)
    press.publish_entry(3, publisher=1)
    press.read(1, people(2))
    press.rank()
    before = press.places(Ranking.TRENDING)
    later = NOON + 600 * HOUR  # twice as many half-lives as zero may be away
    press.rank(later)
    with storage.read() as tx:
        scale = tx.stories.scales()[Ranking.TRENDING]
    assert later - scale.zero < HOUR
    press.publish_entry(5, publisher=2, at=later)
    press.rank(later + QUARTER)
    assert press.places(Ranking.TRENDING) == [5, *before]


def test_a_list_that_is_seen_much_and_read_little_sinks(storage: Storage) -> None:
    press = Press(storage)
    for number in (1, 3):
        press.publish_entry(number, publisher=number - 1, at=MIDNIGHT)
    press.read(1, people(FROM_READERS[Level.CLUB]), at=MIDNIGHT)
    press.read(3, people(FROM_READERS[Level.CLUB] - 5), at=MIDNIGHT)
    press.rank(MIDNIGHT + DAY)
    assert press.places(Ranking.TRENDING) == [1, 3]
    press.view("trending", 400)
    press.view("trending", 4_000, places=1)
    press.rank(MIDNIGHT + DAY + QUARTER)
    assert press.places(Ranking.TRENDING) == [3, 1]
    with storage.read() as tx:
        exposure = sum(hour.exposure for hour in tx.stories.site_hours(since=MIDNIGHT))
    assert exposure == pytest.approx(400 * (1 + 2**-0.85) + 4_000)


def test_a_topic_page_of_the_newest_counts_as_a_list_that_is_seen(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(2)
    press.rank()
    press.view("topics/bern", 10)
    press.rank(NOON + QUARTER)
    with storage.read() as tx:
        (hour,) = tx.stories.site_hours(since=NOON)
    assert hour.exposure == 10.0


def test_windows_are_as_of_the_last_ranking(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1)
    press.read(1, people(4))
    press.rank()
    press.read(1, people(6))
    with storage.read() as tx:
        assert [story.readers for story in tx.stories.most_read(Window.WEEK, limit=9)] == [4]
    press.rank(NOON + QUARTER)
    with storage.read() as tx:
        assert [story.readers for story in tx.stories.most_read(Window.WEEK, limit=9)] == [6]


def test_a_topic_taken_out_leaves_no_lists(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(2)
    press.rank()
    rank_stories(storage, [], RankingRules(), now=NOON, at_once=True)
    assert press.places(Ranking.TRENDING, BERN) == []
    assert press.places(Ranking.TRENDING) == [2]


def test_a_story_enters_once_whichever_entry_stands_for_it_and_whatever_it_merges_with(storage: Storage) -> None:
    press = Press(storage)
    for number in (1, 2, 3):
        press.publish_entry(number, publisher=number - 1, at=NOON - HOUR)
    press.read(1, people(9))
    press.rank()
    press.rank(NOON + HOUR)
    (first,) = press.entered(Ranking.MOST_READ)
    with storage.write() as tx:
        tx.grouping.join([Joining(entry_id=2, story_id=1, score=0.5, reason="similar")])
        tx.grouping.settle([StorySettlement(story_id=1, entry_id=2)])
    press.read(2, people(9, first=20), at=NOON + HOUR)
    press.rank(NOON + 2 * HOUR)
    assert press.places(Ranking.MOST_READ) == [1]
    press.read(3, people(30, first=40), at=NOON + 2 * HOUR)
    press.rank(NOON + 3 * HOUR)
    assert [one.entry_id for one in press.entered(Ranking.MOST_READ)] == [3, 1]
    with storage.write() as tx:
        tx.stories.merge(1, 3)
    press.rank(NOON + 4 * HOUR)
    entered = press.entered(Ranking.MOST_READ)
    assert [one.entry_id for one in entered] == [3, 1]
    assert entered[-1] == first
