"""What returns day after day, or minute after minute, must not grow into one giant story. All titles are made up."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.group.assign import GroupingRules, Headline, StoryGrouper

AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def stories(titles: list[str], *, gap: timedelta, publishers: int = 1) -> list[int]:
    grouper = StoryGrouper(GroupingRules())
    return [
        grouper.place(
            Headline(
                entry_id=number + 1,
                title=title,
                language="de",
                publisher=f"zeitung{number % publishers}.example",
                at=AT + number * gap,
            )
        ).story_id
        for number, title in enumerate(titles)
    ]


def largest(placed: list[int]) -> int:
    return max(Counter(placed).values())


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param([f"Börse aktuell: SMI am {day} {number} Punkte fester" for number, day in enumerate(DAYS)], id="market"),
        pytest.param([f"Ihr Tageshoroskop für {day}" for day in DAYS], id="horoscope"),
        pytest.param([f"Wettervorhersage für {day}: Sonne und Wolken" for day in DAYS], id="weather"),
        pytest.param(
            [f"Das Wetter am {day}: bis {20 + number} Grad" for number, day in enumerate(DAYS)], id="weather in words"
        ),
        pytest.param([f"Lottozahlen vom {number}. Juni" for number in range(1, 8)], id="lottery"),
        pytest.param([f"Abendnachrichten vom {number}.06.2026" for number in range(1, 8)], id="news of the evening"),
        pytest.param([f"Sportnachrichten am {number}.6.2026 um 18.25 Uhr" for number in range(1, 8)], id="news of sport"),
        pytest.param([f"Lektion {number}" for number in range(1, 8)], id="course"),
    ],
)
@pytest.mark.parametrize("publishers", [1, 3])
def test_a_series_is_no_story_whoever_prints_it(titles: list[str], publishers: int) -> None:
    assert largest(stories(titles, gap=12 * HOUR, publishers=publishers)) <= 2


def test_a_ticker_over_days_does_not_swallow_what_it_reports() -> None:
    reported = [
        "Brücke in Olten gesperrt",
        "Streik der Lokführer beginnt",
        "Waldbrand im Wallis unter Kontrolle",
        "Neuer Rektor für Bern",
    ]
    titles = [f"+++ News-Ticker: {reported[number % 4]} +++" for number in range(40)]
    placed = stories([*titles, *reported], gap=HOUR, publishers=4)
    assert len(set(placed[40:])) == len(reported)
    assert largest(placed) <= 10 + 1


def test_one_day_of_a_live_ticker_is_at_most_a_story() -> None:
    titles = [
        f"Liveticker Abstimmung: +++ {9 + number // 4}:{number % 4}5 Gemeinde {number} ist ausgezählt +++"
        for number in range(30)
    ]
    placed = stories([*titles, "Erdbeben erschüttert den Kanton Glarus"], gap=HOUR / 4)
    assert placed[-1] == len(placed)


def test_what_the_same_issue_says_in_two_feeds_is_one_story() -> None:
    placed = stories(["Nationalrat lehnt das Mediengesetz ab", "Mediengesetz: Nationalrat lehnt ab"], gap=HOUR, publishers=2)
    assert len(set(placed)) == 1


def test_a_title_of_few_words_needs_more_than_one_that_is_the_same() -> None:
    placed = stories(["Facebook geht im Sommer in New York an die Börse", "Facebook Sucht"], gap=HOUR, publishers=2)
    assert len(set(placed)) == 2
