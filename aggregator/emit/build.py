"""From stored entries to feed documents, free of format and of time."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from aggregator.emit.coverage import coverage_html
from aggregator.emit.points import with_points
from aggregator.emit.related_links import NO_RELATED, RelatedLinks, with_related
from aggregator.emit.text import one_line, teaser
from aggregator.emit.words import Words, reason_line, words_of
from aggregator.model.coverage import ListedStory
from aggregator.model.document import Attribution, DocumentEntry, FeedDocument
from aggregator.model.entry import Enclosure, Entry
from aggregator.model.feed import Person
from aggregator.model.keypoint import KeyPoint
from aggregator.model.related import RelatedLink
from aggregator.model.story import Entered, Ranking
from aggregator.model.topic import Topic

TAG_YEAR = 2026
"""The year in our tag URIs (RFC 4151). It belongs to the ids, not to the calendar: it never changes."""

NEVER = datetime(TAG_YEAR, 1, 1, tzinfo=UTC)
"""When a feed that shows nothing yet was changed last."""

MAX_ENTRIES = 200
"""Most entries of a feed, whatever its topic says."""

MAX_CONTENT_CHARS = 65_536
"""Longest full text emitted; a longer one is left to the teaser and the link, so that one entry cannot fill a document."""

MAX_CATEGORIES = 20
MAX_AUTHORS = 10
MAX_ENCLOSURES = 10
MAX_MEDIA_TYPE_CHARS = 127  # RFC 6838, section 4.2
MAX_URL_CHARS = 2048
"""Longest URL emitted; the limits of an entry hold so that no single one can fill a document."""

Points = Mapping[int, Sequence[KeyPoint]]
"""Key points by the id of their story."""

NO_POINTS: Points = {}
_NO_STORIES: Mapping[int, ListedStory] = MappingProxyType({})

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")  # the shape of BCP 47, section 2.1


class Links(enum.StrEnum):
    """Where an entry's link leads: straight to the publisher, or there over our counted redirect."""

    DIRECT = "direct"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who emits. `base_url` has no slash at its end.

    `tag_authority` is the host name in every id; keep it when the site moves, or every entry becomes new to every reader.
    """

    title: str
    base_url: str
    language: str
    tag_authority: str
    links: Links = Links.DIRECT
    hub_url: str | None = None


def tag_authority_of(base_url: str) -> str:
    """Return the authority that a site at `base_url` starts with: its host, without port."""
    return re.sub(r"[^a-z0-9.-]", "-", (urlsplit(base_url).hostname or "localhost").lower())


def build_topic_feed(
    site: Site,
    topic: Topic,
    entries: Sequence[Entry],
    *,
    stories: Mapping[int, ListedStory] = _NO_STORIES,
    points: Points = NO_POINTS,
    related: RelatedLinks = NO_RELATED,
    full_text: bool = False,
) -> FeedDocument:
    """Return the feed "Mehr zum Thema" of a topic, of the first `topic.limit` entries in the order given.

    `stories` says by entry id which of them stand for a story, `points` are the key points of stories, `related` what to name
    beside them. `full_text` says that the publishers allow their full texts.
    """
    words = words_of(site.language)
    shown = entries[: min(topic.limit, MAX_ENTRIES)]
    return FeedDocument(
        path=f"/topics/{topic.slug}",
        base_url=site.base_url,
        id=mint_id(site, f"topics/{topic.slug}"),
        title=words.more_on_topic.format(title=topic.title),
        description=topic.description or words.topic_description.format(title=topic.title, site=site.title),
        language=site.language,
        updated_at=max((_changed_at(entry) for entry in shown), default=NEVER),
        entries=tuple(
            with_links(
                site,
                _story_entry(site, entry, stories.get(entry.id), full_text=full_text, points=points.get(entry.story_id, ())),
                related.get(entry.story_id, ()),
            )
            for entry in shown
        ),
        hub_url=site.hub_url,
    )


def _story_entry(
    site: Site, entry: Entry, story: ListedStory | None, *, full_text: bool, points: Sequence[KeyPoint]
) -> DocumentEntry:
    """Return the entry of a story, named and dated by the story's first in the list, with what others report."""
    made = document_entry(
        site,
        entry,
        published_at=entry.dated_at,
        updated_at=updated_at_of(entry),
        full_text=full_text,
        points=points,
    )
    if story is None:
        return made
    published_at = min(story.first_dated_at, made.updated_at)
    made = replace(made, id=mint_id(site, f"entry/{story.first_entry_id}"), published_at=published_at)
    return with_coverage(site, made, entry.id, story)


def with_coverage(site: Site, made: DocumentEntry, shown: int, story: ListedStory) -> DocumentEntry:
    """Return the entry with links to what others report; its page is that of the story."""
    if len(story.coverage) <= 1:  # nobody else
        return made
    story_url = f"{site.base_url}/stories/{story.story_id}"
    listed = coverage_html(
        words_of(site.language),
        story.coverage,
        shown=shown,
        link_of=lambda other: link_of(site, other.entry_id, other.url),
        story_url=story_url,
    )
    content = made.content_html or (f"<p>{made.summary_html}</p>" if made.summary_html else "")
    return replace(made, content_html=content + listed if listed else made.content_html, page_url=story_url)


def with_links(site: Site, made: DocumentEntry, related: Sequence[RelatedLink]) -> DocumentEntry:
    """Return the entry with links to related stories at its end; it is the last that is done to an entry, in every feed."""
    return with_related(made, related, language=site.language, link_of=partial(link_of, site))


def link_of(site: Site, entry_id: int, url: str | None) -> str:
    """Return where an entry's link leads: to the publisher, over our counted redirect if the site counts, or to its page."""
    article_url = web_url(url)
    if article_url is None:
        return f"{site.base_url}/entries/{entry_id}"
    return f"{site.base_url}/r/{entry_id}" if site.links is Links.COUNTED else article_url


def build_ranked_feed(
    site: Site,
    ranking: Ranking,
    topic: Topic | None,
    listed: Sequence[tuple[Entry, Entered]],
    *,
    points: Points = NO_POINTS,
    related: RelatedLinks = NO_RELATED,
    full_text: bool = False,
) -> FeedDocument:
    """Return the feed of a ranking ("Meistgelesene Artikel", "Im Trend") of a topic or of the whole site, in the order given.

    `listed` says when each entry entered the list, and that is its date: feed readers sort by date and would hide a rank.
    Why it entered stands before its summary, with the figures of that time, so that nothing published changes with its rank.
    """
    words = words_of(site.language)
    shown = listed[:MAX_ENTRIES]
    path = f"/topics/{topic.slug}/{ranking}" if topic else f"/{ranking}"
    names = words.rankings[ranking]
    return FeedDocument(
        path=path,
        base_url=site.base_url,
        id=mint_id(site, path.removeprefix("/")),
        title=names.on_topic.format(title=topic.title) if topic else names.title,
        description=names.description.format(site=site.title),
        language=site.language,
        updated_at=max((max(entered.at, entry.modified_at) for entry, entered in shown), default=NEVER),
        entries=tuple(
            with_links(
                site,
                with_reason(
                    document_entry(
                        site,
                        entry,
                        published_at=entered.at,
                        updated_at=entered.at,
                        full_text=full_text,
                        points=points.get(entry.story_id, ()),
                    ),
                    reason_line(site.language, readers=entered.readers, publishers=entered.publishers or 0),
                ),
                related.get(entry.story_id, ()),
            )
            for entry, entered in shown
        ),
        hub_url=site.hub_url,
    )


def build_search_feed(site: Site, text: str, entries: Sequence[Entry], *, related: RelatedLinks = NO_RELATED) -> FeedDocument:
    """Return the feed of a search, of the entries in the order given.

    It names no hub: it is made when it is asked for, so nobody would tell the hub of what is new in it.
    """
    words = words_of(site.language)
    title = one_line(text)
    return FeedDocument(
        path="/search",
        query=f"?{urlencode({'q': text})}",
        base_url=site.base_url,
        id=mint_id(site, f"search/{quote(text, safe='')}"),
        title=words.search.format(query=title),
        description=words.search_description.format(query=title, site=site.title),
        language=site.language,
        updated_at=max((_changed_at(entry) for entry in entries), default=NEVER),
        entries=tuple(with_links(site, describe_entry(site, entry), related.get(entry.story_id, ())) for entry in entries),
    )


def with_reason(entry: DocumentEntry, reason: str) -> DocumentEntry:
    """Return the entry with a reason before its summary."""
    if not reason:
        return entry
    line = escape(reason, quote=False)
    return replace(
        entry,
        summary_html=f"{line} \u2013 {entry.summary_html}" if entry.summary_html else line,
        content_html=f"<p>{line}</p>{entry.content_html}" if entry.content_html else "",
    )


def describe_entry(site: Site, entry: Entry) -> DocumentEntry:
    """Return an entry as our feeds show it, with its teaser."""
    return document_entry(site, entry, published_at=entry.dated_at, updated_at=updated_at_of(entry), full_text=False)


def mint_id(site: Site, specific: str) -> str:
    """Return a tag URI (RFC 4151) of ours."""
    return f"tag:{site.tag_authority},{TAG_YEAR}:{specific}"


def entry_id(site: Site, entry: Entry) -> str:
    """Return the permanent id of an entry, the same in all our feeds.

    It is minted from our own id, never taken from the publisher, even where the origin is Atom: one entry has several
    origins with an id each, origins come and go, and a feed that renews its ids must not make old entries new.
    """
    return mint_id(site, f"entry/{entry.id}")


def attribution_of(entry: Entry) -> Attribution:
    """Return whose entry it is: the publisher that an aggregated feed names, else the feed whose words it has."""
    origin, data = entry.origins[0], entry.data
    source_title, source_url = one_line(data.source_title or ""), web_url(data.source_url)
    if source_title and source_url:
        return Attribution(title=source_title, home_url=None, feed_url=source_url)
    title = one_line(origin.feed_title) or origin.site
    return Attribution(title=title, home_url=origin.home_url, feed_url=origin.feed_url)


def document_entry(
    site: Site,
    entry: Entry,
    *,
    published_at: datetime,
    updated_at: datetime,
    full_text: bool,
    points: Sequence[KeyPoint] = (),
) -> DocumentEntry:
    """Return an entry as it goes out."""
    data = entry.data
    attribution = attribution_of(entry)
    page_url = f"{site.base_url}/entries/{entry.id}"
    article_url = web_url(data.url)
    counted = article_url is not None and site.links is Links.COUNTED
    summary = teaser(data.summary_html) or teaser(data.content_html)
    content = data.content_html if full_text and len(data.content_html) <= MAX_CONTENT_CHARS else ""
    described = DocumentEntry(
        id=entry_id(site, entry),
        url=link_of(site, entry.id, data.url),
        title=_title_of(entry, summary, words_of(site.language)),
        published_at=published_at,
        updated_at=updated_at,
        summary_html=escape(summary, quote=False),
        content_html=content,
        authors=_authors_of(entry, attribution),
        categories=_distinct(one_line(category) for category in data.categories[:MAX_CATEGORIES]),
        enclosures=tuple(map(_clean_enclosure, filter(_is_of_web, data.enclosures[:MAX_ENCLOSURES]))),
        image_url=web_url(data.image_url),
        language=_language_tag(data.language) or _language_tag(entry.origins[0].language),
        attribution=attribution,
        page_url=page_url,
        external_url=article_url if counted else None,
    )
    counted_below = site.base_url if site.links is Links.COUNTED else None
    return with_points(described, points, language=site.language, counted_below=counted_below)


def _title_of(entry: Entry, summary: str, words: Words) -> str:
    # Feeds of notes have no titles, yet Atom and most readers need one: the beginning of the text serves.
    return one_line(entry.data.title) or one_line(summary, limit=80) or words.untitled


def _authors_of(entry: Entry, attribution: Attribution) -> tuple[Person, ...]:
    """Return the authors without their e-mail addresses, which are not ours to spread; else the publisher."""
    named = ((one_line(person.name), web_url(person.url)) for person in entry.data.authors[:MAX_AUTHORS])
    authors = tuple(Person(name=name, url=url) for name, url in named if name)
    return authors or (Person(name=attribution.title, url=attribution.home_url),)


def web_url(url: str | None) -> str | None:
    """Return the URL if it is of the web: no `javascript:`, no `data:`, whatever a feed says."""
    return url if url and url.startswith(("https://", "http://")) and len(url) <= MAX_URL_CHARS else None


def _language_tag(tag: str | None) -> str | None:
    return tag if tag and _LANGUAGE_TAG.fullmatch(tag) else None


def _is_of_web(enclosure: Enclosure) -> bool:
    return web_url(enclosure.url) is not None


def _clean_enclosure(enclosure: Enclosure) -> Enclosure:
    media_type = one_line(enclosure.media_type or "", limit=MAX_MEDIA_TYPE_CHARS) or None
    length = enclosure.length_bytes if enclosure.length_bytes and enclosure.length_bytes > 0 else None
    return replace(enclosure, media_type=media_type, length_bytes=length)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def updated_at_of(entry: Entry) -> datetime:
    """When the content changed last, but not when we found it: a first sighting is no change."""
    changed = entry.modified_at > entry.first_seen_at
    return max(entry.dated_at, entry.modified_at) if changed else entry.dated_at


def _changed_at(entry: Entry) -> datetime:
    """When a feed that shows the entry changed by it: an old entry found today is news to the feed's readers today."""
    return max(entry.dated_at, entry.modified_at)
