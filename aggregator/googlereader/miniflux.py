"""The part of the Miniflux API (miniflux.app/docs/api.html) that Newsboat speaks, and search: Basic authentication, JSON."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from starlette.responses import Response

from aggregator.errors import AccessDenied
from aggregator.googlereader.calls import PRIVATE, Call, Handler, ReaderHandler, as_json
from aggregator.googlereader.folders import NO_FOLDER, folder_named, number_of
from aggregator.googlereader.ids import parse_time
from aggregator.googlereader.items import author_of
from aggregator.library.readers import log_in
from aggregator.library.searching import find_entry_ids
from aggregator.library.subscribing import Subscription, folders_of, read_subscriptions
from aggregator.library.syncing import (
    Item,
    Kind,
    StreamName,
    mark_all_read,
    mark_items,
    read_items,
    read_stream,
)
from aggregator.model.reader import ItemFilter, Reader

DEFAULT_ENTRIES = 100
MOST_ENTRIES = 1000
MOST_OFFSET = 10_000
EVERYTHING = StreamName(kind=Kind.READING_LIST)
STATUS = {"read": True, "unread": False}


def with_basic(handler: ReaderHandler) -> Handler:
    """Return the handler behind a name and an API password."""

    @wraps(handler)
    def serve(call: Call) -> Response:
        door, now = call.door, call.door.clock.now()
        address = door.address_of(call.request)
        name, password = _basic(call.request.headers.get("authorization", ""))
        if door.limiter.is_blocked(address=address, name=name, now=now):
            return _problem("Too many attempts", 429)
        try:
            reader, _ = log_in(door.storage, name, password)
        except AccessDenied:
            door.limiter.failed(address=address, name=name, now=now)
            answer = _problem("Access Unauthorized", 401)
            answer.headers["www-authenticate"] = 'Basic realm="aggregator"'
            return answer
        return handler(call, reader)

    return serve


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(encoded.strip(), validate=True).decode(errors="replace").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


@with_basic
def me(_call: Call, reader: Reader) -> Response:
    """Say who is logged in."""
    return as_json({"id": reader.id, "username": reader.name, "is_admin": False})


@with_basic
def categories(call: Call, reader: Reader) -> Response:
    """Give the folders, and one for what is in none."""
    folders = folders_of(_subscriptions(call, reader))
    return as_json([_category(folder, reader) for folder in dict.fromkeys([*folders, NO_FOLDER])])


@with_basic
def feeds(call: Call, reader: Reader) -> Response:
    """Give the subscriptions."""
    return as_json([_feed(each, reader) for each in _subscriptions(call, reader)])


@with_basic
def feed_entries(call: Call, reader: Reader) -> Response:
    """Give the entries of one subscription."""
    return _entries(call, reader, StreamName(kind=Kind.FEED, name=str(call.request.path_params["number"])))


@with_basic
def entries(call: Call, reader: Reader) -> Response:
    """Give the entries of all subscriptions, or the starred ones."""
    starred = call.query.first("starred") in {"true", "1"}
    return _entries(call, reader, StreamName(kind=Kind.STARRED) if starred else EVERYTHING)


@with_basic
def entry(call: Call, reader: Reader) -> Response:
    """Give one entry."""
    found = read_items(call.door.storage, reader, call.door.site, [_number(call)])
    return as_json(_entry(found[0], reader)) if found else _problem("Resource Not Found", 404)


@with_basic
def update_entries(call: Call, reader: Reader) -> Response:
    """Mark entries read or unread; the body is JSON whatever its Content-Type says (Newsboat says it is a form)."""
    asked = _json(call)
    ids, status = asked.get("entry_ids"), asked.get("status")
    if not isinstance(ids, list) or status not in STATUS:
        return _problem("entry_ids is a list, status is read or unread", 400)
    numbers = [number for number in ids if isinstance(number, int) and not isinstance(number, bool)]
    door = call.door
    mark_items(door.storage, reader, numbers, now=door.clock.now(), read=STATUS[str(status)], tell=door.tell)
    return _done()


@with_basic
def toggle_bookmark(call: Call, reader: Reader) -> Response:
    """Star an entry, or take the star off."""
    door, number = call.door, _number(call)
    found = read_items(door.storage, reader, door.site, [number])
    if not found:
        return _problem("Resource Not Found", 404)
    mark_items(door.storage, reader, [number], now=door.clock.now(), starred=not found[0].ref.starred)
    return _done()


@with_basic
def mark_feed_read(call: Call, reader: Reader) -> Response:
    """Mark a subscription read."""
    return _mark_read(call, reader, StreamName(kind=Kind.FEED, name=str(_number(call))))


@with_basic
def mark_category_read(call: Call, reader: Reader) -> Response:
    """Mark a folder read."""
    folder = folder_named(_subscriptions(call, reader), str(_number(call)))
    if folder is None:
        return _problem("Resource Not Found", 404)
    return _mark_read(call, reader, StreamName(kind=Kind.FOLDER, name=folder))


def _mark_read(call: Call, reader: Reader, name: StreamName) -> Response:
    door, now = call.door, call.door.clock.now()
    mark_all_read(door.storage, reader, door.site, name, until=now, now=now, tell=door.tell)
    return _done()


def _entries(call: Call, reader: Reader, name: StreamName) -> Response:
    door, query = call.door, call.query
    limit = query.whole("limit", default=DEFAULT_ENTRIES, most=MOST_ENTRIES)
    offset = query.whole("offset", default=0, most=MOST_OFFSET)
    text = query.first("search").strip()
    wanted = ItemFilter(
        entry_ids=_search(call, text) if text else None,
        read=STATUS.get(query.first("status")),
        seen_from=parse_time(query.first("after")),
        oldest_first=query.first("direction") == "asc",
        limit=offset + limit,
    )
    items, more = read_stream(door.storage, reader, door.site, name, wanted)
    shown = [_entry(item, reader) for item in items[offset:]]
    return as_json({"total": len(items) + (more is not None), "entries": shown})


def _search(call: Call, text: str) -> tuple[int, ...]:
    door = call.door
    return find_entry_ids(door.storage, text, now=door.clock.now(), language=door.site.language, zone=door.site.zone)


def _entry(item: Item, reader: Reader) -> dict[str, object]:
    data = item.entry.data
    url = data.url or item.page_url
    return {
        "id": item.ref.id,
        "user_id": reader.id,
        "feed_id": item.stream_id,
        "status": "read" if item.ref.read else "unread",
        "hash": hashlib.sha256(str(item.ref.id).encode()).hexdigest(),
        "title": data.title or url,
        "url": url,
        "comments_url": data.comments_url or "",
        "published_at": _time(item.published_at),
        "created_at": _time(item.ref.at),
        "changed_at": _time(item.entry.modified_at),
        "content": data.content_html or data.summary_html,
        "author": author_of(item),
        "share_code": "",
        "starred": item.ref.starred,
        "reading_time": 0,
        "enclosures": [
            {
                "id": place,
                "user_id": reader.id,
                "entry_id": item.ref.id,
                "url": enclosure.url,
                "mime_type": enclosure.media_type or "application/octet-stream",
                "size": enclosure.length_bytes or 0,
            }
            for place, enclosure in enumerate(data.enclosures, 1)
        ],
        "tags": list(data.categories),
    }


def _feed(subscription: Subscription, reader: Reader) -> dict[str, object]:
    stream = subscription.stream
    return {
        "id": stream.id,
        "user_id": reader.id,
        "feed_url": stream.feed_url,
        "site_url": stream.page_url,
        "title": subscription.title,
        "parsing_error_count": 0,
        "parsing_error_message": "",
        "category": _category(subscription.folders[0] if subscription.folders else NO_FOLDER, reader),
    }


def _category(folder: str, reader: Reader) -> dict[str, object]:
    return {"id": number_of(folder), "title": folder, "user_id": reader.id}


def _subscriptions(call: Call, reader: Reader) -> list[Subscription]:
    return read_subscriptions(call.door.storage, reader, call.door.site)


def _number(call: Call) -> int:
    return int(call.request.path_params["number"])


def _json(call: Call) -> dict[str, Any]:
    try:
        asked = json.loads(call.body)
    except ValueError:  # UnicodeDecodeError is one, too
        return {}
    return asked if isinstance(asked, dict) else {}


def _problem(sentence: str, status: int) -> Response:
    return as_json({"error_message": sentence}, status)


def _done() -> Response:
    return Response(status_code=204, headers=PRIVATE)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
