from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.library.search_query import MAX_QUERY_CHARS, MAX_WORDS, Operator, ParsedQuery, QueryWord, Trouble, parse_query

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def parse(text: str) -> ParsedQuery:
    return parse_query(text, now=NOW, zone=UTC)


def words(parsed: ParsedQuery) -> list[list[str]]:
    return [[word.text for word in group] for group in parsed.groups]


@given(st.text(max_size=400))
def test_any_text_is_a_query(text: str) -> None:
    parsed = parse(text)
    assert len(parsed.groups) + len(parsed.excluded) + len(parsed.filters) <= MAX_WORDS
    assert all(group for group in parsed.groups)


@given(st.lists(st.sampled_from(["OR", "-", '"', "(", ")", "title:", "date:", "a", "since:7d", "*", ":", "source:x", "NOT"])))
def test_any_heap_of_operators_is_a_query_and_read_again_it_is_the_same(parts: list[str]) -> None:
    parsed = parse(" ".join(parts))
    again = parse(" ".join(parsed.tokens))
    assert (again.filters, again.since, again.until) == (parsed.filters, parsed.since, parsed.until)


def test_words_are_joined_by_and_alternatives_bind_closer() -> None:
    assert words(parse("bern wahl OR abstimmung zürich")) == [["bern"], ["wahl", "abstimmung"], ["zürich"]]
    assert words(parse("bern ODER basel | chur")) == [["bern", "basel", "chur"]]
    assert words(parse("bern UND basel")) == [["bern"], ["basel"]]


def test_a_phrase_in_any_quotes_is_one_term() -> None:
    for text in ('"neue regeln"', "„neue regeln“", "«neue regeln»", '"neue regeln'):
        assert parse(text).groups == ((QueryWord(text="neue regeln", is_phrase=True),),)


def test_a_minus_or_a_not_takes_out_words_phrases_and_filters() -> None:
    parsed = parse('bern -sport NOT fussball -"fc bern" -source:blick -lang:fr')
    assert [word.text for word in parsed.excluded] == ["sport", "fussball", "fc bern"]
    assert [(each.operator, each.value, each.negated) for each in parsed.filters] == [
        (Operator.SOURCE, "blick", True),
        (Operator.LANGUAGE, "fr", True),
    ]


def test_a_hyphen_inside_a_word_takes_nothing_out() -> None:
    assert words(parse("US-Aussenminister")) == [["US-Aussenminister"]]


def test_a_star_stands_for_the_rest_of_a_word() -> None:
    assert parse("bundes*").groups == ((QueryWord(text="bundes", is_prefix=True),),)


@pytest.mark.parametrize("name", ["title", "Titel", "TITRE", "titolo"])
def test_operators_have_names_in_four_languages(name: str) -> None:
    assert parse(f"{name}:wahl").groups == ((QueryWord(text="wahl", in_title=True),),)


def test_an_operator_nobody_knows_is_told_and_its_words_are_looked_for() -> None:
    parsed = parse("farbe:blau")
    assert words(parsed) == [["farbe blau"]]
    assert [(each.trouble, each.text) for each in parsed.misread] == [(Trouble.NO_OPERATOR, "farbe:")]


def test_a_colon_at_the_end_of_a_word_is_no_operator() -> None:
    assert parse("Corona: die Folgen").misread == ()


DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("date:2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
        ("datum:20.11.2026", datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)),
        ("date:2026-12", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("date:2025", datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        ("date:heute", MIDNIGHT, MIDNIGHT + DAY),
        ("date:yesterday", MIDNIGHT - DAY, MIDNIGHT),
        ("since:2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), None),
        ("until:2026-11-20", None, datetime(2026, 11, 21, tzinfo=UTC)),
        ("since:7d", NOW - 7 * DAY, None),
        ("until:2w", None, NOW - 14 * DAY),
        ("date:24h", NOW - DAY, NOW),
        ("since:2026-11-01 since:2026-11-10", datetime(2026, 11, 10, tzinfo=UTC), None),
    ],
)
def test_dates_are_days_months_years_and_spans(text: str, since: datetime | None, until: datetime | None) -> None:
    parsed = parse(text)
    assert (parsed.since, parsed.until, parsed.misread) == (since, until, ())


def test_days_begin_where_the_site_is() -> None:
    parsed = parse_query("date:2026-07-01", now=NOW, zone=ZoneInfo("Europe/Zurich"))
    assert parsed.since == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2026-13", "31.02.2026", "0000-01-01", "9999-12-31", "morgen früh", "99999999d", "2026-1-1-1"]
)
def test_what_is_no_date_is_told_and_left_out_or_as_long_ago_as_there_is(value: str) -> None:
    parsed = parse(f"bern since:{value}")
    assert words(parsed)[0] == ["bern"]
    assert [each.trouble for each in parsed.misread] in ([Trouble.NO_DATE], [])
    assert parsed.since is None or parsed.misread == ()


def test_a_query_without_a_word_and_a_lone_or_are_told() -> None:
    assert [each.trouble for each in parse("??? OR").misread] == [Trouble.NO_WORD, Trouble.LONE_OR]
    assert [each.trouble for each in parse("bern OR").misread] == [Trouble.LONE_OR]
    assert parse("???").is_empty


def test_a_query_is_read_up_to_a_length_and_that_is_told() -> None:
    assert [each.trouble for each in parse("a" * (MAX_QUERY_CHARS + 1)).misread] == [Trouble.TOO_LONG]
    many = parse("wort " * (MAX_WORDS + 1))
    assert (len(many.groups), [each.trouble for each in many.misread]) == (MAX_WORDS, [Trouble.TOO_LONG])
