"""Editions as feeds: one entry an edition, whose text is the ranking as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape

from aggregator.emit.build import NEVER, Site, describe_entry, link_of, mint_id, web_url
from aggregator.emit.edition_words import edition_lead, edition_title, feed_description, feed_title, story_reason
from aggregator.emit.points import point_item
from aggregator.emit.related_links import LINK_CHARS, document_links, links_html
from aggregator.emit.text import TEASER_CHARS, one_line, shorten
from aggregator.model.document import Attribution, DocumentEntry, FeedDocument
from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionStory
from aggregator.model.entry import Entry
from aggregator.model.feed import Person
from aggregator.model.related import RelatedLink

EDITION_LINKS = 1
"""Related stories that an edition names beside one of its own: ten stories with three each would be a list of forty."""

MAX_POINT_CHARS = 300
"""Longest key point that an edition keeps."""


def edition_story(
    site: Site,
    entry: Entry,
    *,
    readers: int | None,
    publishers: int,
    points: Sequence[EditionPoint] = (),
    related: Sequence[RelatedLink] = (),
) -> EditionStory:
    """Return a story as an edition keeps it, by the entry that stands for it; its texts are plain and of one line."""
    shown = describe_entry(site, entry)
    article = shown.external_url or (shown.url if shown.url != shown.page_url else None)
    return EditionStory(
        entry_id=entry.id,
        title=shown.title,
        url=article,
        publisher=shown.attribution.title,
        language=shown.language,
        readers=readers,
        publishers=publishers,
        points=tuple(
            EditionPoint(
                sentence=one_line(point.sentence, limit=MAX_POINT_CHARS),
                publisher=one_line(point.publisher),
                url=web_url(point.url),
            )
            for point in points
        ),
        related=tuple(
            replace(one, title=one_line(one.title, limit=LINK_CHARS), url=web_url(one.url)) for one in related[:EDITION_LINKS]
        ),
    )


def build_editions_feed(site: Site, kind: EditionKind, editions: Sequence[Edition]) -> FeedDocument:
    """Return the feed of the editions of a kind, latest first. An edition has its own id, and nothing of it ever changes."""
    return FeedDocument(
        path=kind.path,
        base_url=site.base_url,
        id=mint_id(site, kind.path.removeprefix("/")),
        title=feed_title(site.language, kind),
        description=feed_description(site.language, kind, site=site.title),
        language=site.language,
        updated_at=max((edition.made_at for edition in editions), default=NEVER),
        entries=tuple(_document_entry(site, edition) for edition in editions),
        hub_url=site.hub_url,
    )


def _document_entry(site: Site, edition: Edition) -> DocumentEntry:
    page_url = site.base_url + edition.path
    summary = " · ".join(f"{place}. {story.title}" for place, story in enumerate(edition.stories, 1))
    return DocumentEntry(
        id=mint_id(site, edition.path.removeprefix("/")),
        url=page_url,
        title=edition_title(site.language, edition),
        published_at=edition.ends_at,
        updated_at=edition.ends_at,
        summary_html=escape(shorten(summary, limit=TEASER_CHARS), quote=False),
        content_html=_content(site, edition),
        authors=(Person(name=site.title, url=site.base_url),),
        categories=(),
        enclosures=(),
        image_url=None,
        language=None,
        attribution=Attribution(title=site.title, home_url=site.base_url, feed_url=f"{site.base_url}{edition.kind.path}.atom"),
        page_url=page_url,
    )


def _content(site: Site, edition: Edition) -> str:
    """Return the ranking as HTML that is well-formed XML too; every text in it is escaped, nothing is taken as markup."""
    lead = escape(edition_lead(site.language, edition), quote=False)
    return f"<p>{lead}</p><ol>{''.join(_item(site, story) for story in edition.stories)}</ol>"


def _item(site: Site, story: EditionStory) -> str:
    url = escape(link_of(site, story.entry_id, story.url))
    language = f' lang="{escape(story.language)}"' if story.language else ""
    said = " · ".join(part for part in (story.publisher, story_reason(site.language, story)) if part)
    points = "".join(point_item(sentence=point.sentence, publisher=point.publisher, url=point.url) for point in story.points)
    related = document_links(story.related, language=site.language, link_of=partial(link_of, site))
    return (
        f'<li><p><a href="{url}"{language}>{escape(story.title, quote=False)}</a><br/>{escape(said, quote=False)}</p>'
        f"{f'<ul>{points}</ul>' if points else ''}{links_html(related, language=site.language)}</li>"
    )
