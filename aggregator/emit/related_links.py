"""Mehr zum Thema below an entry: a few links to other stories, each with the reason why it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape

from aggregator.emit.text import one_line
from aggregator.emit.words import words_of
from aggregator.model.document import DocumentEntry, DocumentLink
from aggregator.model.related import Reason, StoryText

LINKED_STORIES = 3
"""Links in an entry: what fits below a teaser; the page of the story has more."""

LINK_CHARS = 120
"""Longest headline in a link."""

RelatedTexts = Mapping[int, Sequence[tuple[StoryText, Reason]]]
"""What to name beside stories, by their ids."""

NO_RELATED: RelatedTexts = {}


def with_related(
    made: DocumentEntry,
    related: Sequence[tuple[StoryText, Reason]],
    *,
    language: str,
    link_of: Callable[[int, str | None], str],
) -> DocumentEntry:
    """Return the entry with links to related stories at its end; `language` is the site's. Its dates stay what they are."""
    words = words_of(language)
    links = tuple(
        DocumentLink(
            url=link_of(text.entry_id, text.url),
            title=one_line(text.title, limit=LINK_CHARS) or words.untitled,
            reason=words.reasons[reason],
        )
        for text, reason in related[:LINKED_STORIES]
    )
    if not links:
        return made
    items = "".join(
        f'<li><a href="{escape(link.url)}">{escape(link.title, quote=False)}</a> ({escape(link.reason, quote=False)})</li>'
        for link in links
    )
    content = made.content_html or (f"<p>{made.summary_html}</p>" if made.summary_html else "")
    return replace(made, content_html=f"{content}<p>{escape(words.related)}</p><ul>{items}</ul>", related=links)
