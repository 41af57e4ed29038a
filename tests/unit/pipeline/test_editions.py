from __future__ import annotations

import pytest

from aggregator.model.story import StoryStanding
from aggregator.pipeline.editions import EDITION_STORIES, order_stories
from aggregator.rank.scores import PER_PUBLISHER
from tests.fakes.stored import NOON


def story(number: int, *, readers: int = 0, publishers: int = 1, trend: float = 0.0, site: str = "") -> StoryStanding:
    return StoryStanding(
        id=number,
        entry_id=number,
        dated_at=NOON,
        site=site or f"p{number}.example",
        publishers=publishers,
        readers=readers,
        score=trend,
    )


def order(*stories: StoryStanding, coverage: float = 0.3) -> list[int]:
    return [each.id for each in order_stories(stories, coverage=coverage)]


def test_numbers_that_may_be_shown_come_first_and_fall() -> None:
    assert order(story(1, readers=3), story(2, readers=2, publishers=40), story(3, readers=9)) == [3, 1, 2]


def test_below_that_readers_and_sources_count_together_and_trend_breaks_ties() -> None:
    assert order(story(1, publishers=7), story(2, readers=2), story(3), story(4, trend=0.5)) == [2, 1, 4, 3]


def test_more_sources_go_first_among_equally_many_readers() -> None:
    assert order(story(1, readers=5, publishers=2), story(2, readers=5)) == [1, 2]


def test_a_publisher_does_not_win_by_volume_but_fills_a_list_that_nobody_else_fills() -> None:
    flood = [story(number, readers=50, site="p.example") for number in range(1, 9)]
    others = [story(number, readers=4) for number in range(20, 30)]
    ordered = order_stories([*flood, *others], coverage=0.3)
    assert len(ordered) == EDITION_STORIES
    assert sum(each.site == "p.example" for each in ordered) == PER_PUBLISHER
    assert len(order(*flood)) == len(flood)


@pytest.mark.parametrize("count", [0, 1, 30])
def test_an_edition_is_as_long_as_there_are_stories_and_no_longer_than_it_may_be(count: int) -> None:
    chosen = order(*(story(number) for number in range(count)))
    assert len(chosen) == len(set(chosen)) == min(count, EDITION_STORIES)
