"""Mehr zum Thema below an entry: a few links to other stories, each with the reason why it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape

from aggregator.emit.text import one_line
from aggregator.emit.words import words_of
from aggregator.model.document import DocumentEntry, DocumentLink
from aggregator.model.language import primary_language
from aggregator.model.related import RelatedLink

LINKED_STORIES = 3
"""Links in an entry: what fits below a teaser; the page of the story has more."""

LINK_CHARS = 120
"""Longest headline in a link."""

RelatedLinks = Mapping[int, Sequence[RelatedLink]]
"""What to name beside stories, by their ids."""

NO_RELATED: RelatedLinks = {}


def with_related(
    made: DocumentEntry,
    related: Sequence[RelatedLink],
    *,
    language: str,
    link_of: Callable[[int, str | None], str],
) -> DocumentEntry:
    """Return the entry with links to related stories at its end; `language` is the site's. Its dates stay what they are."""
    links = document_links(related[:LINKED_STORIES], language=language, link_of=link_of)
    if not links:
        return made
    content = made.content_html or (f"<p>{made.summary_html}</p>" if made.summary_html else "")
    return replace(made, content_html=content + links_html(links, language=language), related=links)


def document_links(
    related: Sequence[RelatedLink], *, language: str, link_of: Callable[[int, str | None], str]
) -> tuple[DocumentLink, ...]:
    """Return related stories as links whose words are in `language`; those told in another say in which."""
    words = words_of(language)
    return tuple(
        DocumentLink(
            url=link_of(one.entry_id, one.url),
            title=one_line(one.title, limit=LINK_CHARS) or words.untitled,
            reason=words.reasons[one.reason],
            language=one.language if one.language and primary_language(one.language) != primary_language(language) else None,
        )
        for one in related
    )


def links_html(links: Sequence[DocumentLink], *, language: str) -> str:
    """Return links as a list under its heading; empty if there are none. Every text is escaped, nothing is taken as markup."""
    if not links:
        return ""
    return f"<p>{escape(words_of(language).related)}</p><ul>{''.join(map(_item, links))}</ul>"


def _item(link: DocumentLink) -> str:
    tongue = f' lang="{escape(link.language)}" hreflang="{escape(link.language)}"' if link.language else ""
    title, reason = escape(link.title, quote=False), escape(link.reason, quote=False)
    return f'<li><a href="{escape(link.url)}"{tongue}>{title}</a> ({reason})</li>'
