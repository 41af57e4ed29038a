"""Mehr zum Thema in what goes out: the feed of what to read after an article, and links below an entry."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from aggregator.emit.build import NEVER, Site, document_entry, mint_id, updated_at_of, with_reason
from aggregator.emit.text import one_line
from aggregator.emit.words import words_of
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Entry
from aggregator.model.related import RelatedEntry

EVERY_LANGUAGE = "all"
"""The value of the parameter `languages` that asks for stories in any."""


def build_related_feed(
    site: Site, url: str, article: Entry | None, stories: Sequence[RelatedEntry], *, every_language: bool
) -> FeedDocument:
    """Return the feed of what readers of the article at `url` would want next; why each is there stands before its summary.

    It names no hub: it is made when it is asked for, so nobody would tell the hub of what is new in it.
    """
    words = words_of(site.language)
    named = url if article is None else one_line(article.data.title) or url
    query = {"url": url, **({"languages": EVERY_LANGUAGE} if every_language else {})}
    return FeedDocument(
        path="/related",
        query=f"?{urlencode(query)}",
        base_url=site.base_url,
        id=mint_id(site, f"related/{quote(url, safe='')}"),
        title=words.more_on_topic.format(title=named),
        description=words.related_description.format(title=named, site=site.title),
        language=site.language,
        updated_at=max((max(one.entry.dated_at, one.entry.modified_at) for one in stories), default=NEVER),
        entries=tuple(
            with_reason(
                document_entry(
                    site,
                    one.entry,
                    published_at=one.entry.dated_at,
                    updated_at=updated_at_of(one.entry),
                    full_text=False,
                ),
                words.reasons[one.reason],
            )
            for one in stories
        ),
    )
