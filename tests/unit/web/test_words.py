from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.web.words import ENGLISH, GERMAN, Words

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GERMANY = Words("de", zone=UTC)
SWITZERLAND = Words("de-CH", zone=UTC)
ENGLAND = Words("en", zone=UTC)


def fields(text: str | tuple[str, str]) -> set[str]:
    many = text if isinstance(text, str) else text[1]
    return set(re.findall(r"{(\w+)}", many))


def test_both_languages_say_the_same_things() -> None:
    assert GERMAN.keys() == ENGLISH.keys()
    for key, text in GERMAN.items():
        assert isinstance(text, str) is isinstance(ENGLISH[key], str), key
        assert fields(text) == fields(ENGLISH[key]), key


@pytest.mark.parametrize(
    ("minutes", "german", "english"),
    [
        (-5, "gerade eben", "just now"),
        (0, "gerade eben", "just now"),
        (1, "vor 1 Minute", "1 minute ago"),
        (18, "vor 18 Minuten", "18 minutes ago"),
        (60, "vor 1 Stunde", "1 hour ago"),
        (5 * 60, "vor 5 Stunden", "5 hours ago"),
        (11 * 60, "vor 11 Stunden", "11 hours ago"),
        (13 * 60, "gestern", "yesterday"),
        (47 * 60, "vor 2 Tagen", "2 days ago"),
        (7 * 24 * 60, "vor 7 Tagen", "7 days ago"),
        (9 * 24 * 60, "15. November 2026", "15 November 2026"),
    ],
)
def test_times_are_told_as_people_do(minutes: int, german: str, english: str) -> None:
    at = NOW - timedelta(minutes=minutes)
    assert GERMANY.ago(at, NOW) == german
    assert ENGLAND.ago(at, NOW) == english


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-9, "gleich"), (0, "gleich"), (12, "in 12 Minuten"), (60, "in 1 Stunde"), (1440, "morgen")]
)
def test_the_next_poll_is_told_ahead(minutes: int, expected: str) -> None:
    assert GERMANY.ahead(NOW + timedelta(minutes=minutes), NOW) == expected


def test_numbers_are_written_as_the_language_does() -> None:
    assert (GERMANY.number(12345), SWITZERLAND.number(12345), ENGLAND.number(12345)) == ("12.345", "12\u2019345", "12,345")
    assert (GERMANY.decimal(2.5), SWITZERLAND.decimal(2.5), ENGLAND.decimal(3.0)) == ("2,5", "2.5", "3")


def test_spans_are_told_in_minutes_or_hours() -> None:
    assert [GERMANY.span(timedelta(minutes=minutes)) for minutes in (0.4, 12, 119, 150)] == [
        "0 Min.",
        "12 Min.",
        "119 Min.",
        "2,5 Std.",
    ]
    assert ENGLAND.span(timedelta(hours=3)) == "3 h"


def test_one_and_many_differ() -> None:
    assert GERMANY.count("n_sources", 1) == "1 Quelle"
    assert GERMANY.count("n_sources", 1000) == "1.000 Quellen"


def test_swiss_spelling_has_no_sharp_s_and_its_own_quotes_but_leaves_names_alone() -> None:
    assert GERMANY.say("error_TooLarge") == "zu groß"
    assert SWITZERLAND.say("error_TooLarge") == "zu gross"
    assert SWITZERLAND.say("subscribe_to", title="Weiß & Söhne") == "«Weiß & Söhne» abonnieren"


@pytest.mark.parametrize("language", ["fr", "it-CH", "xx"])
def test_a_language_without_words_falls_back_to_english(language: str) -> None:
    words = Words(language)
    assert words.say("overview") == "Overview"
    assert words.language == "en"


def test_the_zone_of_the_site_decides_the_day() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert Words("de", zone=ZoneInfo("Europe/Zurich")).day(late) == "Mittwoch, 25. November 2026"
    assert Words("en", zone=UTC).moment(late) == "24 November 2026, 23:30"
