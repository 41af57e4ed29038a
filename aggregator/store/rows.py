"""Rows to values and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from struct import Struct
from typing import Any

from sqlalchemy import Row

from aggregator.model.document import Rendered
from aggregator.model.entry import Enclosure, Entry, EntryData, Origin
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, Person, PollState, Rhythm, Source, Validators
from aggregator.store.columns import from_microseconds, to_microseconds

_KEPT_TEXTS = 4096  # of people, and of categories, as they are stored
_KEPT_CHARS = 300  # of one of them: those of hostile feeds have 50,000, and 4,000 of them took 400 MiB for ever
_SECOND = timedelta(seconds=1)
_DAY_HOURS, _WEEK_DAYS = 24, 7
_RHYTHM = Struct(f"<q{2 + _DAY_HOURS + _WEEK_DAYS}f")
_STATES = {state.value: state for state in FeedState}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read_json = json.JSONDecoder().raw_decode


def _decode(text: str) -> Any:
    """Return what `_encode` wrote; nothing stands around it, so that looking for white space is saved: half the time."""
    return _read_json(text)[0]


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration / _SECOND


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _people(people: Sequence[Person]) -> list[list[str | None]]:
    return [[person.name, person.email, person.url] for person in people]


def _persons(lists: Sequence[Sequence[str]]) -> tuple[Person, ...]:
    return tuple(Person(name=name, email=email, url=url) for name, email, url in lists)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None and value not in ("", (), [])}


def settings_text(settings: FeedSettings) -> str:
    """Return the settings as stored: what is set, without the URL, which has its column."""
    fields = {
        "title": settings.title,
        "language": settings.language,
        "tags": settings.tags,
        "interval": _seconds(settings.interval),
        "full_text": settings.full_text or None,
    }
    return _encode(_said(fields))


def settings_of(url: str, text: str) -> FeedSettings:
    """Return the settings of `settings_text`."""
    fields = _decode(text)
    return FeedSettings(
        url=url,
        title=fields.get("title"),
        language=fields.get("language"),
        tags=tuple(fields.get("tags", ())),
        interval=_duration(fields.get("interval")),
        full_text=fields.get("full_text", False),
    )


def feed_data_text(data: FeedData) -> str:
    """Return as stored what a feed says of itself: what it says at all."""
    fields = {
        "title": data.title,
        "subtitle": data.subtitle,
        "id": data.id,
        "home_url": data.home_url,
        "self_url": data.self_url,
        "hub_urls": data.hub_urls,
        "language": data.language,
        "authors": _people(data.authors),
        "image_url": data.image_url,
        "rights": data.rights,
        "updated_at": None if data.updated_at is None else to_microseconds(data.updated_at),
        "ttl": _seconds(data.ttl),
        "skip_hours": data.skip_hours,
        "skip_days": data.skip_days,
    }
    return _encode(_said(fields))


def feed_data_of(text: str) -> FeedData:
    """Return the data of `feed_data_text`."""
    fields = _decode(text)
    return FeedData(
        title=fields.get("title", ""),
        subtitle=fields.get("subtitle", ""),
        id=fields.get("id"),
        home_url=fields.get("home_url"),
        self_url=fields.get("self_url"),
        hub_urls=tuple(fields.get("hub_urls", ())),
        language=fields.get("language"),
        authors=_persons(fields.get("authors", ())),
        image_url=fields.get("image_url"),
        rights=fields.get("rights"),
        updated_at=from_microseconds(fields["updated_at"]) if "updated_at" in fields else None,
        ttl=_duration(fields.get("ttl")),
        skip_hours=tuple(fields.get("skip_hours", ())),
        skip_days=tuple(fields.get("skip_days", ())),
    )


def _rhythm_bytes(rhythm: Rhythm) -> bytes:
    """Return the numbers packed: as JSON they would cost every poll more than all else that it writes."""
    return _RHYTHM.pack(to_microseconds(rhythm.at), rhythm.entries, rhythm.exposure_hours, *rhythm.hours, *rhythm.weekdays)


def _rhythm_of(packed: bytes | None) -> Rhythm | None:
    """Return the rhythm; one that was packed otherwise is learnt anew."""
    if packed is None or len(packed) != _RHYTHM.size:
        return None
    at, entries, exposure, *counts = _RHYTHM.unpack(packed)
    return Rhythm(
        at=from_microseconds(at),
        entries=entries,
        exposure_hours=exposure,
        hours=tuple(counts[:_DAY_HOURS]),
        weekdays=tuple(counts[_DAY_HOURS:]),
    )


def feed_of(row: Row[*tuple[Any, ...]]) -> Feed:
    """Return the feed of a whole row of `feeds`."""
    # Taken apart at once: a pass that finds nothing new reads each of these, and by name a row gives them one by one.
    (
        feed_id, url, fetch_url, site, _configured, settings_json, data_json, state, etag, last_modified, body_hash,
        last_polled_at, last_success_at, last_new_entry_at, next_poll_at, interval, failures, failing_since_at, error, reason,
        status, moved_url, moved_polls, moved_since_at, entries_per_day, rhythm, document_url, document_entries, delay,
        delay_weight, _due_at, _read_since_prune, pushed_until,
    ) = row  # fmt: skip
    settings = settings_of(url, settings_json)
    data = feed_data_of(data_json)
    return Feed(
        id=feed_id,
        settings=settings,
        fetch_url=fetch_url,
        source=Source(site=site, title=settings.title or data.title or site, home_url=data.home_url),
        data=data,
        poll=PollState(
            state=_STATES[state],
            validators=Validators(etag=etag, last_modified=last_modified),
            body_hash=body_hash,
            last_polled_at=last_polled_at,
            last_success_at=last_success_at,
            last_new_entry_at=last_new_entry_at,
            next_poll_at=next_poll_at,
            interval=interval,
            failures=failures,
            failing_since_at=failing_since_at,
            error=error,
            reason=reason,
            status=status,
            moved_url=moved_url,
            moved_polls=moved_polls,
            moved_since_at=moved_since_at,
            entries_per_day=entries_per_day,
            rhythm=_rhythm_of(rhythm),
            document_url=document_url,
            document_entries=document_entries,
            delay=delay,
            delay_weight=delay_weight,
        ),
        pushed_until=pushed_until,
    )


def poll_values(poll: PollState) -> dict[str, Any]:
    """Return the columns of `feeds` that hold a poll state."""
    return {
        "state": poll.state.value,
        "etag": poll.validators.etag,
        "last_modified": poll.validators.last_modified,
        "body_hash": poll.body_hash,
        "last_polled_at": poll.last_polled_at,
        "last_success_at": poll.last_success_at,
        "last_new_entry_at": poll.last_new_entry_at,
        "next_poll_at": poll.next_poll_at,
        "interval": poll.interval,
        "failures": poll.failures,
        "failing_since_at": poll.failing_since_at,
        "error": poll.error,
        "reason": poll.reason,
        "status": poll.status,
        "moved_url": poll.moved_url,
        "moved_polls": poll.moved_polls,
        "moved_since_at": poll.moved_since_at,
        "entries_per_day": poll.entries_per_day,
        "rhythm": None if poll.rhythm is None else _rhythm_bytes(poll.rhythm),
        "document_url": poll.document_url,
        "document_entries": poll.document_entries,
        "delay": poll.delay,
        "delay_weight": poll.delay_weight,
    }


def origin_of(row: Row[*tuple[Any, ...]]) -> Origin:
    """Return what attribution needs to know of a feed."""
    settings = settings_of(row.url, row.settings)
    data = feed_data_of(row.data)
    return Origin(
        feed_id=row.id,
        feed_url=row.url,
        feed_title=settings.title or data.title or row.site,
        home_url=data.home_url,
        site=row.site,
        tags=settings.tags,
        language=settings.language or data.language,
    )


ENTRY_DATA_COLUMNS = (
    "title", "guid", "url", "image_url", "comments_url", "language", "published_at", "updated_at", "source_title", "source_url",
    "authors", "categories", "enclosures", "summary_html", "content_html",
)  # fmt: skip
"""The columns of `entries` that hold what a feed says, in the order of the table."""


def entry_data_values(data: EntryData) -> tuple[Any, ...]:
    """Return the values of ENTRY_DATA_COLUMNS as the driver takes them: times in microseconds."""
    published_at, updated_at, enclosures = data.published_at, data.updated_at, data.enclosures
    return (
        data.title,
        data.guid,
        data.url,
        data.image_url,
        data.comments_url,
        data.language,
        None if published_at is None else to_microseconds(published_at),
        None if updated_at is None else to_microseconds(updated_at),
        data.source_title,
        data.source_url,
        _people_text(data.authors) if data.authors else None,
        _categories_text(data.categories) if data.categories else None,
        _encode([[e.url, e.media_type, e.length_bytes, _seconds(e.duration)] for e in enclosures]) if enclosures else None,
        data.summary_html,
        data.content_html,
    )


def _people_text(people: tuple[Person, ...]) -> str:
    """Return people as they are stored. A newsroom's authors come again and again; what is long is not kept."""
    is_short = sum(len(one.name) + len(one.email or "") + len(one.url or "") for one in people) <= _KEPT_CHARS
    return _short_people_text(people) if is_short else _encode(_people(people))


def _categories_text(categories: tuple[str, ...]) -> str:
    """Return categories as they are stored. A newsroom's sections come again and again; what is long is not kept."""
    return _short_categories_text(categories) if sum(map(len, categories)) <= _KEPT_CHARS else _encode(categories)


@lru_cache(maxsize=_KEPT_TEXTS)
def _short_people_text(people: tuple[Person, ...]) -> str:
    return _encode(_people(people))


@lru_cache(maxsize=_KEPT_TEXTS)
def _short_categories_text(categories: tuple[str, ...]) -> str:
    return _encode(categories)


def entry_of(row: Row[*tuple[Any, ...]], origins: tuple[Origin, ...], *, score: float, reads: int, publishers: int) -> Entry:
    """Return the entry of a whole row of `entries`, with the figures of its story."""
    return Entry(
        id=row.id,
        data=EntryData(
            title=row.title,
            guid=row.guid,
            url=row.url,
            summary_html=row.summary_html,
            content_html=row.content_html,
            authors=_persons(_decode(row.authors)) if row.authors else (),
            categories=tuple(_decode(row.categories)) if row.categories else (),
            enclosures=_enclosures(row.enclosures) if row.enclosures else (),
            image_url=row.image_url,
            comments_url=row.comments_url,
            language=row.language,
            published_at=row.published_at,
            updated_at=row.updated_at,
            source_title=row.source_title,
            source_url=row.source_url,
        ),
        dated_at=row.dated_at,
        first_seen_at=row.first_seen_at,
        modified_at=row.modified_at,
        revision=row.revision,
        origins=origins,
        story_id=row.story_id,
        score=score,
        reads=reads,
        publishers=publishers,
    )


def _enclosures(text: str) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(url=url, media_type=media_type, length_bytes=length, duration=_duration(seconds))
        for url, media_type, length, seconds in _decode(text)
    )


def rendered_values(document: Rendered) -> dict[str, Any]:
    """Return the row of a rendered document."""
    return {
        "path": document.path,
        "fingerprint": document.fingerprint,
        "media_type": document.media_type,
        "etag": document.etag,
        "last_modified_at": document.last_modified_at,
        "title": document.title,
        "body": document.body,
        "body_gzip": document.body_gzip,
    }


def rendered_of(row: Row[*tuple[Any, ...]]) -> Rendered:
    """Return the rendered document of a whole row of `documents`."""
    return Rendered(
        path=row.path,
        media_type=row.media_type,
        body=row.body,
        body_gzip=row.body_gzip,
        etag=row.etag,
        last_modified_at=row.last_modified_at,
        fingerprint=row.fingerprint,
        title=row.title,
    )
