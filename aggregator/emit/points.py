"""Key points in feeds: a list before the teaser, each sentence with its publisher and page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from aggregator.emit.words import words_of
from aggregator.model.document import DocumentEntry
from aggregator.model.keypoint import KeyPoint
from aggregator.model.language import primary_language


def with_points(
    entry: DocumentEntry, points: Sequence[KeyPoint], *, language: str, counted_below: str | None = None
) -> DocumentEntry:
    """Return an entry whose text begins with the key points of its story; `language` is the site's.

    `counted_below` is the base address of counted links, where links are counted. The summary stays what it is.
    """
    if not points:
        return entry
    spoken = points[0].language
    tag = f' lang="{escape(spoken)}"' if spoken != primary_language(language) else ""
    items = "".join(
        point_item(
            sentence=point.text,
            publisher=point.publisher,
            url=f"{counted_below}/r/{point.entry_id}" if point.url and counted_below is not None else point.url,
        )
        for point in points
    )
    heading = escape(words_of(language).key_points, quote=False)
    text = entry.content_html or (f"<p>{entry.summary_html}</p>" if entry.summary_html else "")
    return replace(entry, content_html=f"<p><strong>{heading}</strong></p><ul{tag}>{items}</ul>{text}")


def point_item(*, sentence: str, publisher: str, url: str | None) -> str:
    """Return a key point as an item of a list; every text is escaped, nothing is taken as markup."""
    name = escape(publisher, quote=False)
    credit = f'<a href="{escape(url)}">{name}</a>' if url else name
    return f"<li>{escape(sentence, quote=False)} ({credit})</li>"
