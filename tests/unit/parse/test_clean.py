"""What the fast path promises of the characters of a document is kept: `normalise` looks no second time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalise.html import clean_characters
from aggregator.parse.decode import decode
from aggregator.parse.fast import parse_fast

UNCLEAN = "\x7f\x80\x85\x9f\u202a\u202e\u2066\u2069\ufeff"
DOCUMENT = "<rss version='2.0'><channel><title>t</title><item><description>{}</description></item></channel></rss>"


def read(text: str) -> tuple[bool, str]:
    parsed = parse_fast(decode(DOCUMENT.format(text).encode()))
    assert parsed is not None
    summary = parsed.entries[0].summary
    return parsed.clean, summary.value if summary else ""


@pytest.mark.parametrize("text", ["Grüße aus Zürich", "„Grüße“, 5 €", "a &lt; b"])
def test_usual_documents_are_clean(text: str) -> None:
    assert read(text)[0]


@pytest.mark.parametrize("written", ["{}", "&#{:d};", "&#x{:x};"])
@pytest.mark.parametrize("character", UNCLEAN)
def test_a_document_with_an_unclean_character_is_not_clean(character: str, written: str) -> None:
    assert not read("a" + written.format(character if written == "{}" else ord(character)) + "b")[0]


@given(st.text(st.sampled_from("aäï»¿¾â€®\xa0„" + UNCLEAN), max_size=8))
def test_texts_of_clean_documents_are_clean(text: str) -> None:
    clean, value = read(text)
    assert not clean or clean_characters(value) == value
