from __future__ import annotations

import pytest

from aggregator.group.words import fold, open_compound, plain_text, spellings, stem, tokenise, without_ending


def test_folding_takes_case_accents_and_ligatures_off() -> None:
    assert fold("Straße ÉCOLE Œuvre Łódź Bauer") == "strasse ecole oeuvre lodz bauer"


def test_folding_does_not_guess_digraphs() -> None:
    assert fold("Zuerich") == "zuerich"


def test_a_rule_is_spelt_in_every_way() -> None:
    assert set(spellings("Zürich")) == {"zurich", "zuerich"}
    assert set(spellings("Zuerich")) == {"zurich", "zuerich"}
    assert spellings("Bauer") == ("bauer",)
    assert spellings("Quelle") == ("quelle",)


def test_an_umlaut_of_two_code_points_is_the_same_letter() -> None:
    assert set(spellings("Zu\u0308rich")) == {"zurich", "zuerich"}
    assert stem("Ha\u0308user", "de") == stem("Häuser", "de")


def test_compounds_stay_in_one_piece_until_opened() -> None:
    assert tokenise("Der US-Aussenminister, l'Ukraine & 3\u2011D") == ["Der", "US-Aussenminister", "l", "Ukraine", "3\u2011D"]
    assert open_compound("US-Aussenminister") == ["US", "Aussenminister"]


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Häuser", "de", "haus"),
        ("Außenminister", "de", "aussenminist"),
        ("Bauern", "de", "bauer"),
        ("elections", "en", "elect"),
        ("2026", "de", "2026"),
        ("Wort", "zz", "wort"),
    ],
)
def test_stems(word: str, language: str, expected: str) -> None:
    assert stem(word, language) == expected


def test_an_ending_leaves_a_word_behind() -> None:
    assert without_ending("rates") == "rat"
    assert without_ending("gas") == "gas"


def test_markup_parts_words_and_entities_are_read() -> None:
    assert plain_text("<p>eins</p><p>zwei &amp; drei</p>").split() == ["eins", "zwei", "&", "drei"]
    assert plain_text("cut <a href='x").split() == ["cut"]
