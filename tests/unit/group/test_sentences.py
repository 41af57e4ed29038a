"""Sentences: what ends one and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.group.sentences import plain_lines, sentence_spans, split_sentences

GERMAN = (
    "Die Wahl ist am 24. April.|Danach wird gezählt.",
    "Der 1. FC Köln gewann im 19. Jahrhundert nichts.|2004 auch nicht.",
    "Er kam auf Platz 3.|Die Nächste folgte.",
    "Sie wurde am 3. 4. 2024 eröffnet.",
    "«Ich bin froh.»|Er ging.",
    "«Komm!», rief sie.|»Nein«, sagte er.",
    "«Komm!» sagte er.",
    "„Das reicht.“|Die Sitzung endete.",
    "«Gut.» \u2013 «Finde ich auch.»",
    "Das kostet 3 Mio. Franken.|Bezahlt sind 2 Mio.|Den Rest zahlt der Kanton.",
    "Die Stadt St. Gallen hat z. B. ca. 80'000 Einwohner.",
    "Laut Art. 8 gilt das.|Das ist keine Art.|Bhutan folgt.",
    "Verteidiger H. Müller und Ernst A. Grandits sprachen.",
    "Angeklagt ist Peter K.|Er schweigt.",
    "Das ist Plan B.|Nichts wird verschoben.",
    "Johannes XXIII. Roncalli hiess er.|Er starb 1963.|Rom trauerte.",
    "Er fuhr 160 km/h.|Eine Streife hielt ihn an.",
    "Es gab Musik, Tanz usw.|Alle blieben.",
    "Was nun?|Niemand weiss es …|Abwarten!",
    "Er kam (angeblich!) Montag an.",
    "Das ist das Ende.|Hier stand es.",
    "Sie schrieb für ntv.de.|Danach zog sie um.",
    "Die Polizei ermittelt.|(sda)",
    "Erste Zeile\nZweite Zeile.",
)


@pytest.mark.parametrize("marked", GERMAN)
def test_german_text_is_parted_where_its_sentences_end(marked: str) -> None:
    assert "|".join(split_sentences(marked.replace("|", " "))) == marked.replace("\n", "|")


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("en", "Mr. Smith met Sen. Jones in the U.S. Senate.|He left at 5 p.m.|They stayed."),
        ("en", "See no. 5 on e.g. the list.|I know."),
        ("fr", "M. Macron est venu.|« Je pars ! » dit-il.|L'accord tient."),
        ("fr", "Il a dit « Non. »|Puis il est parti."),
        ("it", "Il sig. Rossi è arrivato con libri, fiori ecc.|Poi è partito."),
    ],
)
def test_other_languages_have_their_own_abbreviations(language: str, marked: str) -> None:
    assert "|".join(split_sentences(marked.replace("|", " "), language)) == marked


def test_a_sentence_glued_to_the_next_is_parted_where_a_small_word_is_large() -> None:
    assert split_sentences("Das ist das Ende.Hier stand es.") == ("Das ist das Ende.", "Hier stand es.")
    assert split_sentences("Man liest es auf Spiegel.Online heute.") == ("Man liest es auf Spiegel.Online heute.",)


_FRAGMENTS = st.lists(
    st.sampled_from(
        (
            "Das",
            "ist",
            "gut",
            ".",
            "!",
            "?",
            "…",
            "...",
            " ",
            "\n",
            "«",
            "»",
            "„",
            "“",
            '"',
            "(",
            ")",
            "24",
            "z.",
            "B.",
            "Dr.",
            "\u2013",
            "[1]",
        )
    )
    | st.text(max_size=5),
    max_size=30,
)


@given(_FRAGMENTS, st.sampled_from(("de", "fr", "it", "en", "xx")))
def test_nothing_is_lost_and_the_order_is_kept(fragments: list[str], language: str) -> None:
    text = "".join(fragments)
    spans = sentence_spans(text, language)
    assert all(start < end for start, end in spans)
    assert [place for span in spans for place in span] == sorted(place for span in spans for place in span)
    kept = "".join("".join(text[start:end].split()) for start, end in spans)
    assert kept == "".join(text.split())


def test_markup_inside_a_line_parts_no_words_and_blocks_part_lines() -> None:
    assert (
        plain_lines("<p>Der <b>Rat</b>, sagt <a href='/x'>Muster</a>.</p><p>Zwei<br>drei</p>")
        == "Der Rat, sagt Muster.\nZwei\ndrei"
    )
