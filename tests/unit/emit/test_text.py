from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.emit.text import one_line, shorten, strip_forbidden, teaser


@given(st.text(st.characters(codec=None, categories=None)))
def test_what_is_left_of_any_text_can_stand_in_xml(text: str) -> None:
    element = etree.Element("a")
    element.text = strip_forbidden(text)
    assert etree.fromstring(etree.tostring(element, encoding="UTF-8")).text == (element.text or None)


def test_text_without_forbidden_characters_stays_as_it_is() -> None:
    text = "Zeile\n\tTab \u200e\u00e4\u2026\U0001f600"
    assert strip_forbidden(text) == text


def test_controls_surrogates_and_non_characters_go() -> None:
    assert strip_forbidden("a\x00b\x1bc\x7fd\x85e\ud800f\ufffeg") == "abcdefg"


@given(st.text(max_size=600), st.integers(min_value=10, max_value=300))
def test_a_shortened_text_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit=limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_text_of_exactly_the_limit_stays_whole() -> None:
    assert shorten("a" * 20, limit=20) == "a" * 20


def test_a_text_is_cut_at_a_word() -> None:
    assert shorten("Der Bundesrat hat am Dienstag entschieden", limit=27) == "Der Bundesrat hat am…"
    assert shorten("Der Bundesrat hat am Dienstag so entschieden", limit=34) == "Der Bundesrat hat am Dienstag so…"


def test_a_text_cut_after_a_sentence_keeps_a_space_before_the_ellipsis() -> None:
    assert shorten("Ein Satz ist hier aus. Noch einer folgt", limit=26) == "Ein Satz ist hier aus. …"


def test_one_endless_word_is_cut_anywhere() -> None:
    assert shorten("a" * 50, limit=20) == "a" * 18 + "…"


def test_a_line_has_no_breaks_and_reaches_no_further_than_its_end() -> None:
    assert one_line("  Titel\n\u202eedrev\u202c \u2066x\u2069\t Ende\x00 ") == "Titel edrev x Ende"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("Nur Text", "Nur Text"),
        ("K&ouml;ln &amp; Bonn &lt;b&gt;", "Köln & Bonn <b>"),
        ("<p>Eins</p><p>zwei</p>", "Eins zwei"),
        ("Eins<br>zwei<br/>drei", "Eins zwei drei"),
        ("<b>W</b>ort", "Wort"),
        ('<img alt=">" src="x">Bild', "Bild"),
        ("<!-- nichts -->", ""),
        ("<p></p>", ""),
        ("a <script>alert(1)</script>b<style>p{}</style>", "a b"),
        ("1 < 2", "1 < 2"),
        ("<<<>>>", "<<<>>>"),
        ("\x00<p>\x01Ja</p>", "Ja"),
    ],
)
def test_a_teaser_is_the_text_of_the_markup(markup: str, text: str) -> None:
    assert teaser(markup) == text


@given(st.text(alphabet="<>/pbra \"'=&;#x!-\x00ä", max_size=200))
def test_any_markup_gives_a_teaser(markup: str) -> None:
    assert len(teaser(markup)) <= 250


def test_a_teaser_of_a_long_text_has_at_most_250_characters() -> None:
    text = teaser("<p>" + "Wörter und Worte " * 100 + "</p>")
    assert 230 < len(text) <= 250
    assert text.endswith("…")


def test_hostile_nesting_is_read_without_an_error() -> None:
    assert teaser("<div>" * 4000 + "tief") in {"tief", ""}
