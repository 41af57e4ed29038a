"""What of an entry is shown where it was searched: title and a piece of its text, the words that were found marked."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from aggregator.library.search_terms import find_words
from aggregator.model.entry import Entry
from aggregator.model.search import SearchQuery
from aggregator.web.presentation import TEASER_CHARACTERS, headline, plain, shorten

LEAD_CHARACTERS = 60  # that stand before the first word found, where the text does not begin with it
SEARCHED_CHARACTERS = 20_000  # of a text in which words are looked for

Ranges = Sequence[tuple[int, int]]


def marked_title(entry: Entry, query: SearchQuery, *, language: str) -> Markup:
    """Return the title with the words found."""
    title = headline(entry)
    return mark(title, find_words(title, query, language=language))


def marked_excerpt(entry: Entry, query: SearchQuery, *, language: str) -> Markup:
    """Return the beginning of the text, or from shortly before the first word found in it; empty where it repeats the title."""
    summary, content = plain(entry.data.summary_html), plain(entry.data.content_html[:SEARCHED_CHARACTERS])
    for text in (summary, content):
        found = find_words(text, query, language=language)
        if found:
            return _cut(text, found)
    text = summary or content
    return escape("" if text == entry.data.title else shorten(text, limit=TEASER_CHARACTERS))


def mark(text: str, ranges: Ranges) -> Markup:
    """Return the text with ranges of it marked; everything is escaped."""
    pieces, at = [Markup()], 0
    for start, end in ranges:
        pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup().join([*pieces, escape(text[at:])])


def _cut(text: str, found: Ranges) -> Markup:
    start = 0
    if found[0][1] > TEASER_CHARACTERS:
        start = text.find(" ", found[0][0] - LEAD_CHARACTERS) + 1
        start = start if 0 < start <= found[0][0] else found[0][0]
    shown = shorten(text[start:], limit=TEASER_CHARACTERS)
    ranges = [(first - start, last - start) for first, last in found if start <= first and last - start <= len(shown)]
    kept = [(first, last) for first, last in ranges if shown[first:last] == text[start + first : start + last]]
    return (Markup("… ") if start else Markup()) + mark(shown, kept)
