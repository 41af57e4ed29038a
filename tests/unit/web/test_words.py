from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.web.words import LANGUAGES, Words
from aggregator.web.words.german import GERMAN

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GERMANY = Words("de", zone=UTC)
SWITZERLAND = Words("de-CH", zone=UTC)
ENGLAND = Words("en", zone=UTC)


FRANCE = Words("fr", zone=UTC)
ITALY = Words("it", zone=UTC)


def fields(text: str | tuple[str, str]) -> tuple[set[str], ...]:
    """The places to fill in: of a text, or of the one for many; the one for one may leave `n` out."""
    one, many = (text, text) if isinstance(text, str) else text
    return set(re.findall(r"{(\w+)}", one)) - {"n"}, set(re.findall(r"{(\w+)}", many))


@pytest.mark.parametrize("primary", ["en", "fr", "it"])
def test_every_word_of_the_pages_exists_in_all_four_languages(primary: str) -> None:
    texts = LANGUAGES[primary].texts
    missing, spare = GERMAN.texts.keys() - texts.keys(), texts.keys() - GERMAN.texts.keys()
    assert (missing, spare) == (set(), set()), f"aggregator/web/words/: {primary} and de must have the same keys"
    for key, text in GERMAN.texts.items():
        assert isinstance(text, str) is isinstance(texts[key], str), key
        assert fields(text) == fields(texts[key]), key


@pytest.mark.parametrize("primary", LANGUAGES)
def test_a_language_is_complete_and_finished(primary: str) -> None:
    language = LANGUAGES[primary]
    assert (len(language.calendar.days), len(language.calendar.months)) == (7, 12)
    for key, text in language.texts.items():
        for said in (text,) if isinstance(text, str) else text:
            assert said == said.strip(), key
            assert said, key
            assert "'" not in said, f"{key}: the apostrophe is ’"
            assert "..." not in said, key


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


def test_spans_are_told_in_minutes_hours_or_days() -> None:
    assert [GERMANY.span(timedelta(minutes=minutes)) for minutes in (0.4, 12, 119, 150)] == [
        "0 Min.",
        "12 Min.",
        "119 Min.",
        "2,5 Std.",
    ]
    assert ENGLAND.span(timedelta(hours=3)) == "3 h"
    assert [GERMANY.span(timedelta(hours=hours)) for hours in (71.9, 72, 84)] == ["71,9 Std.", "3 Tage", "3,5 Tage"]


def test_a_story_of_today_is_told_by_the_time_of_day() -> None:
    this_morning, last_night = NOW - timedelta(hours=3), NOW - timedelta(hours=13)
    assert GERMANY.since(this_morning, NOW) == "seit heute 09:00"
    assert GERMANY.since(last_night, NOW) == "seit 23. November 2026, 23:00"
    assert Words("de", zone=ZoneInfo("Asia/Tokyo")).since(last_night, NOW) == "seit heute 08:00"
    assert (
        ITALY.say("story_span", since=ITALY.since(this_morning, NOW), last="ieri")
        == "dalle 09:00 di oggi, ultimo articolo ieri"
    )


def test_one_and_many_differ() -> None:
    assert GERMANY.count("n_sources", 1) == "1 Quelle"
    assert GERMANY.count("n_sources", 1000) == "1.000 Quellen"


def test_swiss_spelling_has_no_sharp_s_and_its_own_quotes_but_leaves_names_alone() -> None:
    assert GERMANY.say("error_TooLarge") == "zu groß"
    assert SWITZERLAND.say("error_TooLarge") == "zu gross"
    assert SWITZERLAND.say("subscribe_to", title="Weiß & Söhne") == "«Weiß & Söhne» abonnieren"


def test_french_and_italian_write_as_they_do() -> None:
    first = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert FRANCE.day(first) == "Mardi 1er décembre 2026"
    assert ITALY.day(first) == "Martedì 1° dicembre 2026"
    assert FRANCE.moment(NOW) == "24 novembre 2026 à 12:00"
    assert FRANCE.ago(NOW - 18 * timedelta(minutes=1), NOW) == "il y a 18 minutes"
    assert ITALY.ago(NOW - timedelta(days=1), NOW) == "ieri"
    assert (FRANCE.number(12345), ITALY.number(12345), FRANCE.decimal(2.5)) == ("12\u202f345", "12.345", "2,5")
    assert (Words("it-CH").number(12345), Words("fr-CH").number(12345)) == ("12\u2019345", "12\u202f345")
    assert FRANCE.say("subscribe_to", title="Wien : Graz") == "S’abonner à «\u202fWien : Graz\u202f»"
    assert FRANCE.say("most_read_in", topic="x") == "Les plus lus\u202f: x"
    assert (FRANCE.count("n_sources", 0), ITALY.count("n_sources", 0)) == ("0 source", "0 fonti")


@pytest.mark.parametrize(
    ("day", "expected"), [(1, "dal 1° novembre"), (7, "dal 7"), (8, "dall’8"), (11, "dall’11"), (18, "dal 18"), (28, "dal 28")]
)
def test_italian_elides_the_article_before_the_eighth_and_the_eleventh(day: int, expected: str) -> None:
    at = datetime(2026, 11, day, 12, 0, tzinfo=UTC)
    assert f"{expected} " in ITALY.say("account_since", when=ITALY.date(at)) + " "
    assert ITALY.say("subscribe_to", title="dal 8 al 11") == "Abbonati a «dal 8 al 11»"


def test_french_has_no_blank_that_may_break_before_a_mark() -> None:
    for key, text in LANGUAGES["fr"].texts.items():
        for said in FRANCE.pair(key) if isinstance(text, tuple) else [FRANCE._spell(text)]:
            assert not re.search("«[^\u202f]|[^\u202f][»;?!]| [:%]", said), key


@pytest.mark.parametrize("language", ["es", "rm-CH", "xx"])
def test_a_language_without_words_falls_back_to_english(language: str) -> None:
    words = Words(language)
    assert words.say("overview") == "Overview"
    assert words.language == "en"


def test_the_zone_of_the_site_decides_the_day() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert Words("de", zone=ZoneInfo("Europe/Zurich")).day(late) == "Mittwoch, 25. November 2026"
    assert Words("en", zone=UTC).moment(late) == "24 November 2026, 23:30"
