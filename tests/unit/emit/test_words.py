from __future__ import annotations

from dataclasses import asdict

import pytest

from aggregator.emit.words import GERMAN, LANGUAGES, reason_line, words_of


@pytest.mark.parametrize("language", ["de", "de-CH", "DE-at", "rm", ""])
def test_german_is_spoken_where_nothing_else_is_known(language: str) -> None:
    assert words_of(language) is GERMAN


def test_the_primary_subtag_chooses_the_words() -> None:
    assert words_of("fr-CH") is LANGUAGES["fr"]


def test_german_words_are_right_in_switzerland_too() -> None:
    assert "ß" not in "".join(asdict(GERMAN).values())


def test_every_language_fills_in_the_same_places() -> None:
    for phrase in asdict(GERMAN):
        places = {tuple(place in asdict(words)[phrase] for place in ("{title}", "{count}")) for words in LANGUAGES.values()}
        assert len(places) == 1, phrase


@pytest.mark.parametrize(
    ("language", "reads", "publishers", "line"),
    [
        ("de-CH", 12, 3, "Von 12 Personen gelesen · 3 Quellen berichten"),
        ("de", 1, 1, "Von einer Person gelesen"),
        ("en", 0, 2, "2 sources report"),
        ("fr", 0, 1, ""),
        ("it", 5, 1, "Letto da 5 persone"),
    ],
)
def test_the_reason_names_readers_and_publishers(language: str, reads: int, publishers: int, line: str) -> None:
    assert reason_line(language, reads=reads, publishers=publishers) == line
