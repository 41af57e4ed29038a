"""Rows to values and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from struct import Struct
from typing import Any

from sqlalchemy import Row

from aggregator.model.document import Rendered
from aggregator.model.entry import Enclosure, Entry, EntryData, Origin
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, Person, PollState, Rhythm, Source, Validators
from aggregator.store.columns import from_microseconds, to_microseconds

_SECOND = timedelta(seconds=1)
_DAY_HOURS, _WEEK_DAYS = 24, 7
_RHYTHM = Struct(f"<q{2 + _DAY_HOURS + _WEEK_DAYS}f")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.loads


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
    settings = settings_of(row.url, row.settings)
    data = feed_data_of(row.data)
    return Feed(
        id=row.id,
        settings=settings,
        fetch_url=row.fetch_url,
        source=Source(site=row.site, title=settings.title or data.title or row.site, home_url=data.home_url),
        data=data,
        poll=PollState(
            state=FeedState(row.state),
            validators=Validators(etag=row.etag, last_modified=row.last_modified),
            body_hash=row.body_hash,
            last_polled_at=row.last_polled_at,
            last_success_at=row.last_success_at,
            last_new_entry_at=row.last_new_entry_at,
            next_poll_at=row.next_poll_at,
            interval=row.interval,
            failures=row.failures,
            failing_since_at=row.failing_since_at,
            error=row.error,
            reason=row.reason,
            status=row.status,
            moved_url=row.moved_url,
            moved_polls=row.moved_polls,
            moved_since_at=row.moved_since_at,
            entries_per_day=row.entries_per_day,
            rhythm=_rhythm_of(row.rhythm),
            document_url=row.document_url,
            document_entries=row.document_entries,
            delay=row.delay,
            delay_weight=row.delay_weight,
        ),
        pushed_until=row.pushed_until,
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


def entry_data_values(data: EntryData) -> dict[str, Any]:
    """Return the columns of `entries` that hold what a feed says."""
    return {
        "title": data.title,
        "guid": data.guid,
        "url": data.url,
        "summary_html": data.summary_html,
        "content_html": data.content_html,
        "authors": _encode(_people(data.authors)) if data.authors else None,
        "categories": _encode(data.categories) if data.categories else None,
        "enclosures": _encode([[e.url, e.media_type, e.length_bytes, _seconds(e.duration)] for e in data.enclosures])
        if data.enclosures
        else None,
        "image_url": data.image_url,
        "comments_url": data.comments_url,
        "language": data.language,
        "published_at": data.published_at,
        "updated_at": data.updated_at,
        "source_title": data.source_title,
        "source_url": data.source_url,
    }


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
