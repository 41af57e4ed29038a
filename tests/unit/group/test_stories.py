import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.group.assign import GroupingRules, Headline, Placement, StoryGrouper
from aggregator.group.suffixes import SuffixStripper

AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)


def headline(entry_id: int, title: str, *, publisher: str = "", after: timedelta = timedelta()) -> Headline:
    return Headline(entry_id=entry_id, title=title, language="de", publisher=publisher, at=AT + after)


def place_all(*headlines: Headline) -> list[Placement]:
    grouper = StoryGrouper(GroupingRules())
    return [grouper.place(one) for one in headlines]


def test_two_titles_on_one_event_are_one_story() -> None:
    _, second = place_all(
        headline(1, "Erdbeben erschüttert den Kanton Glarus"), headline(2, "Glarus: Starkes Erdbeben erschüttert Kanton")
    )
    assert (second.story_id, second.reason) == (1, "similar")


def test_two_subjects_stay_two_stories() -> None:
    _, second = place_all(headline(1, "Erdbeben erschüttert den Kanton Glarus"), headline(2, "Nationalbank senkt den Leitzins"))
    assert (second.story_id, second.reason) == (2, "new")


def test_a_story_outside_the_window_attracts_nothing() -> None:
    title = "Erdbeben erschüttert den Kanton Glarus"
    _, second = place_all(headline(1, title), headline(2, title, after=timedelta(hours=49)))
    assert second.story_id == 2


def test_an_issue_of_a_series_does_not_join_that_of_the_day_before() -> None:
    day = timedelta(days=1)
    _, second = place_all(
        headline(1, "Kurse am 1. Juni", publisher="b.example"),
        headline(2, "Kurse am 2. Juni", publisher="b.example", after=day),
    )
    assert (second.story_id, second.reason) == (2, "series")


def test_a_horoscope_attracts_nothing_even_with_the_same_title() -> None:
    first, second = place_all(headline(1, "Ihr Tageshoroskop"), headline(2, "Ihr Tageshoroskop"))
    assert (first.story_id, second.story_id) == (1, 2)


def test_a_restored_story_is_joined() -> None:
    grouper = StoryGrouper(GroupingRules())
    grouper.restore(headline(5, "Erdbeben erschüttert den Kanton Glarus"), 3)
    assert grouper.place(headline(6, "Erdbeben erschüttert den Kanton Glarus")).story_id == 3


def test_a_stream_of_days_leaves_only_the_window_in_memory() -> None:
    grouper = StoryGrouper(GroupingRules())
    for number in range(60):
        grouper.place(headline(number + 1, f"Wort{number}ab Satz{number}cd", after=timedelta(hours=12 * number)))
    assert len(grouper) <= 5


def test_the_name_of_the_publisher_is_taken_off_and_a_half_sentence_is_not() -> None:
    stripper = SuffixStripper()
    assert stripper.strip("Erdbeben in Glarus - WELT", "welt.de") == "Erdbeben in Glarus"
    assert stripper.strip("Erdbeben in Glarus - Menschen flohen", "welt.de") == "Erdbeben in Glarus - Menschen flohen"


def test_a_counter_is_no_name_however_often_it_came() -> None:
    stripper = SuffixStripper()
    for subject in ("Die Fischer", "Die Bauern", "Die Hirten", "Die Schmiede"):
        title = f"{subject} von Twann - Teil 2"
        assert stripper.strip(title, "a.example") == title


def test_an_entry_that_is_late_is_as_far_from_a_story_as_one_that_is_early() -> None:
    title, alike = "Erdbeben erschüttert den Kanton Glarus", "Glarus: Starkes Erdbeben erschüttert Kanton"
    grouper = StoryGrouper(GroupingRules(decay=1.0))
    grouper.place(headline(1, title, after=timedelta(hours=40)))
    assert grouper.place(headline(2, alike)).story_id == 2


def test_stories_that_somebody_parted_never_become_one() -> None:
    titles = ("Erdbeben erschüttert den Kanton Glarus", "Glarus: Starkes Erdbeben erschüttert Kanton")
    for apart in (False, True):
        grouper = StoryGrouper(GroupingRules(merge=0.2))
        for number, title in enumerate(titles, 1):
            grouper.restore(headline(number, title), number)
        if apart:
            grouper.keep_apart(1, 2)
        placement = grouper.place(headline(3, "Kanton Glarus: Erdbeben erschüttert den Kanton"))
        assert bool(placement.merged) is not apart


def test_a_headline_can_be_asked_about_without_being_placed() -> None:
    grouper = StoryGrouper(GroupingRules())
    grouper.place(headline(1, "Erdbeben erschüttert den Kanton Glarus"))
    ((score, story_id), *_) = grouper.nearest(headline(2, "Starkes Erdbeben in Glarus"))
    assert (story_id, score > 0.2) == (1, True)
    assert all(other < score for other, _ in grouper.nearest(headline(2, "Nationalbank senkt den Leitzins")))
    assert len(grouper) == 1


def test_a_publisher_alone_makes_no_story_of_a_rubric() -> None:
    frame = "Programme für das Nokia: "
    first, second, third = place_all(
        headline(1, f"{frame}MobileAgent", publisher="a.example"),
        headline(2, f"{frame}Talkonaut", publisher="a.example"),
        headline(3, f"{frame}Talkonaut", publisher="b.example"),
    )
    assert (first.story_id, second.story_id, third.story_id) == (1, 2, 2)


def test_a_model_that_knows_nothing_yet_keeps_no_titles_apart() -> None:
    meanings = pytest.importorskip("aggregator.group.nearest", reason="a sentence model needs numpy").Meanings(4)
    grouper = StoryGrouper(GroupingRules(), meanings)
    vector = struct.pack("<4e", 1.0, 0.5, 0.25, 0.0)
    titles = ("Erdbeben erschüttert den Kanton Glarus", "Glarus: Starkes Erdbeben erschüttert Kanton")
    placed = [grouper.place(replace(headline(number, title), meaning=vector)) for number, title in enumerate(titles, 1)]
    assert [placement.story_id for placement in placed] == [1, 1]


def test_a_story_of_brief_titles_draws_nothing_that_only_shares_its_word() -> None:
    longer = "Wahlen in der Ukraine am Sonntag"
    assert place_all(headline(1, "Ukraine"), headline(2, longer))[1].reason == "new"
    assert place_all(headline(1, "Wahlen in der Ukraine verschoben"), headline(2, longer))[1].story_id == 1
