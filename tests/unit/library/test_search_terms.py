from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.library.search_query import Trouble, parse_query
from aggregator.library.search_terms import find_words, resolve_query
from aggregator.model.search import SearchQuery, SearchSource

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCES = (
    SearchSource(feed_id=1, url="https://www.srf.ch/news/bnf/rss", site="srf.ch", title="SRF News"),
    SearchSource(feed_id=2, url="https://www.srf.ch/sport/rss", site="srf.ch", title="SRF Sport"),
    SearchSource(feed_id=3, url="https://zueri.example/rss", site="zueri.example", title="Zürcher Bote"),
)


def resolve(text: str, *, compounds: dict[str, list[str]] | None = None) -> tuple[SearchQuery, list[tuple[Trouble, str]]]:
    query, misread = resolve_query(
        parse_query(text, now=NOW, zone=UTC),
        languages=["de", "en", "fr", "it"],
        sources=SOURCES,
        slugs=["schweiz", "sport"],
        widen=lambda stem: (compounds or {}).get(stem, []),
    )
    return query, [(each.trouble, each.text) for each in misread]


def readings(text: str) -> set[tuple[str, ...]]:
    query, _ = resolve(text)
    return {reading for group in query.required for term in group for reading in term.readings}


def test_a_word_is_looked_for_in_the_stems_of_every_language() -> None:
    assert ("bundesrat",) in readings("Bundesräte")
    assert ("election",) in readings("élections")
    assert ("elect",) in readings("elections")


@pytest.mark.parametrize("written", ["Zürich", "Zuerich", "zurich", "ZÜRICH"])
def test_a_word_is_looked_for_in_every_spelling(written: str) -> None:
    assert ("zurich",) in readings(written)


def test_a_word_with_a_hyphen_or_an_apostrophe_is_a_phrase() -> None:
    assert ("us", "aussenminist") in readings("US-Aussenminister")
    assert ("l", "eau") in readings("l’eau")


def test_little_words_are_left_out_beside_others_but_not_in_quotes_or_alone() -> None:
    query, _ = resolve("die Wahl in Bern")
    assert len(query.required) == 2
    assert len(resolve("die")[0].required) == 1
    assert ("die", "wahl") in readings('"die Wahl"')


def test_a_source_is_found_by_site_title_address_or_a_part() -> None:
    for text, feeds in (("srf.ch", (1, 2)), ('"srf sport"', (2,)), ("zürcher", (3,)), ("https://zueri.example/rss", (3,))):
        assert resolve(f"source:{text}") == (SearchQuery(feeds=feeds), [])
    assert resolve("source:srf.ch source:zueri -source:sport")[0] == SearchQuery(feeds=(1, 2, 3), not_feeds=(2,))


def test_topics_and_languages_that_are_not_there_are_told_and_left_out() -> None:
    query, misread = resolve("topic:schweiz topic:mars lang:de lang:xx source:nix")
    assert (query.topics, query.languages, query.feeds) == (("schweiz",), ("de",), None)
    assert sorted(misread) == sorted([(Trouble.NO_TOPIC, "mars"), (Trouble.NO_LANGUAGE, "xx"), (Trouble.NO_SOURCE, "nix")])


def test_words_are_widened_by_compounds_but_phrases_beginnings_and_what_is_taken_out_are_not() -> None:
    known = {"prami": ["krankenkassenprami"], "pramie": ["krankenkassenpramie"]}
    (group,) = resolve("Prämien", compounds=known)[0].required
    assert set(group[0].compounds) & {"krankenkassenprami", "krankenkassenpramie"}
    for text in ('"Prämien"', "Prämien*"):
        (group,) = resolve(text, compounds=known)[0].required
        assert group[0].compounds == ()
    assert resolve("bern -Prämien", compounds=known)[0].excluded[0].compounds == ()


def test_the_words_found_are_told_by_their_place() -> None:
    query, _ = resolve("regel zürich minister")
    text = "Neue Regeln in Zürich: der US-Minister"
    assert [text[start:end] for start, end in find_words(text, query, language="de")] == ["Regeln", "Zürich", "Minister"]


def test_the_words_found_may_be_anywhere_in_a_text_with_invisible_letters() -> None:
    query, _ = resolve("tunnel")
    text = "Got\u00adthard Tunnel tunnel"
    assert [text[start:end] for start, end in find_words(text, query, language="de")] == ["Tunnel", "tunnel"]
