from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from aggregator.emit.words import GERMAN, LANGUAGES, Words, reason_line, words_of


@pytest.mark.parametrize("language", ["de", "de-CH", "DE-at", "rm", ""])
def test_german_is_spoken_where_nothing_else_is_known(language: str) -> None:
    assert words_of(language) is GERMAN


def test_the_primary_subtag_chooses_the_words() -> None:
    assert words_of("fr-CH") is LANGUAGES["fr"]


def test_german_words_are_right_in_switzerland_too() -> None:
    assert "ß" not in "".join(phrases(GERMAN).values())


def test_every_language_fills_in_the_same_places() -> None:
    for phrase in phrases(GERMAN):
        places = {frozenset(re.findall(r"{\w+}", phrases(words)[phrase])) for words in LANGUAGES.values()}
        assert len(places) == 1, phrase


def test_french_has_no_blank_that_may_break_before_a_mark() -> None:
    for phrase, said in phrases(LANGUAGES["fr"]).items():
        assert not re.search("«[^\u202f]|[^\u202f][»:;?!]", said), phrase


@pytest.mark.parametrize(
    ("language", "readers", "publishers", "line"),
    [
        ("de-CH", 412, 7, "412 Leserinnen und Leser in 24 Stunden · 7 Quellen"),
        ("de", 2, 1, ""),
        ("en", 0, 2, "2 sources"),
        ("fr", None, 1, ""),
        ("it", 5, 1, "5 lettrici e lettori in 24 ore"),
    ],
)
def test_the_reason_names_readers_and_publishers(language: str, readers: int | None, publishers: int, line: str) -> None:
    assert reason_line(language, readers=readers, publishers=publishers) == line


def phrases(words: Words) -> dict[str, str]:
    """Every phrase by its name."""
    found: dict[str, str] = {}
    for name, value in asdict(words).items():
        if isinstance(value, str):
            found[name] = value
            continue
        for key, part in value.items():
            found |= (
                {f"{name} {key}": part} if isinstance(part, str) else {f"{name} {key} {n}": each for n, each in part.items()}
            )
    return found
