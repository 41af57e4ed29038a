"""The Fever API (feedafever.com/api): always 200, operations in the query, changes in the form.

Subscriptions cannot be edited with it. Clients page by rising ids: those of items rise with time, on ranked lists too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.responses import Response

from aggregator.errors import AccessDenied
from aggregator.googlereader.calls import Call, as_json
from aggregator.googlereader.folders import folder_named, number_of
from aggregator.googlereader.ids import parse_time, to_seconds
from aggregator.googlereader.items import author_of
from aggregator.library.readers import reader_by_fever_key
from aggregator.library.subscribing import Subscription, folders_of, read_subscriptions
from aggregator.library.syncing import (
    Item,
    Kind,
    StreamName,
    find_items,
    mark_all_read,
    mark_items,
    read_items,
    read_stream,
)
from aggregator.model.reader import ItemFilter, Reader

API_VERSION = 3
PAGE = 50  # the API's own
MOST_IDS = 100_000
EVERYTHING = StreamName(kind=Kind.READING_LIST)
NEWEST_ID = 10**15  # above every id
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def fever(call: Call) -> Response:
    """Answer every operation named in the query, after the change that the form asks for."""
    now = call.door.clock.now()
    answer: dict[str, object] = {"api_version": API_VERSION, "auth": 0}
    try:
        reader = reader_by_fever_key(call.door.storage, call.form.first("api_key").strip() if call.is_post else "")
    except AccessDenied:
        return as_json(answer)
    answer |= {"auth": 1, "last_refreshed_on_time": to_seconds(now)}
    subscriptions = read_subscriptions(call.door.storage, reader, call.door.site)
    marked = _mark(call, reader, subscriptions) if "mark" in call.form else None
    if "groups" in call.query:
        answer["groups"] = [{"id": number_of(folder), "title": folder} for folder in folders_of(subscriptions)]
    if "feeds" in call.query:
        answer["feeds"] = [_feed(each, now) for each in subscriptions]
    if "groups" in call.query or "feeds" in call.query:
        answer["feeds_groups"] = _feeds_groups(subscriptions)
    if "favicons" in call.query:
        answer["favicons"] = []
    if "links" in call.query:
        answer["links"] = []
    if "items" in call.query:
        answer["total_items"] = len(_ids(call, reader, ItemFilter(by_id=True, limit=MOST_IDS)))
        answer["items"] = [_item(item) for item in _items(call, reader)]
    if "unread_item_ids" in call.query or marked in {"read", "unread"}:
        answer["unread_item_ids"] = _joined(_ids(call, reader, ItemFilter(read=False, by_id=True, limit=MOST_IDS)))
    if "saved_item_ids" in call.query or marked in {"saved", "unsaved"}:
        wanted = ItemFilter(by_id=True, limit=MOST_IDS)
        answer["saved_item_ids"] = _joined(_ids(call, reader, wanted, StreamName(kind=Kind.STARRED)))
    return as_json(answer)


def _feed(subscription: Subscription, now: datetime) -> dict[str, object]:
    stream = subscription.stream
    return {
        "id": stream.id,
        "favicon_id": 0,
        "title": subscription.title,
        "url": stream.feed_url,
        "site_url": stream.page_url,
        "is_spark": 0,
        "last_updated_on_time": to_seconds(now),
    }


def _feeds_groups(subscriptions: Sequence[Subscription]) -> list[dict[str, object]]:
    return [
        {
            "group_id": number_of(folder),
            "feed_ids": _joined([each.stream.id for each in subscriptions if folder in each.folders]),
        }
        for folder in folders_of(subscriptions)
    ]


def _items(call: Call, reader: Reader) -> list[Item]:
    """Return up to 50 items: those named, those above an id rising, or those below an id falling."""
    door = call.door
    if "with_ids" in call.query:
        ids = [int(text) for text in call.query.first("with_ids").split(",") if _is_number(text)]
        return read_items(door.storage, reader, door.site, ids[:PAGE])
    rising = "max_id" not in call.query
    place = call.query.whole("since_id" if rising else "max_id", default=0 if rising else NEWEST_ID, most=NEWEST_ID)
    wanted = ItemFilter(after=(NO_TIME, place), oldest_first=rising, by_id=True, limit=PAGE)
    items, _ = read_stream(door.storage, reader, door.site, EVERYTHING, wanted)
    return items


def _item(item: Item) -> dict[str, object]:
    data = item.entry.data
    return {
        "id": item.ref.id,
        "feed_id": item.stream_id,
        "title": data.title or data.url or "",
        "author": author_of(item),
        "html": data.content_html or data.summary_html,
        "url": data.url or item.page_url,
        "is_saved": int(item.ref.starred),
        "is_read": int(item.ref.read),
        "created_on_time": to_seconds(item.published_at),
    }


def _ids(call: Call, reader: Reader, wanted: ItemFilter, name: StreamName = EVERYTHING) -> list[int]:
    return [ref.id for ref in find_items(call.door.storage, reader, call.door.site, name, wanted).items]


def _mark(call: Call, reader: Reader, subscriptions: Sequence[Subscription]) -> str:
    """Make the change the form asks for and return what was made of the items."""
    form, door, now = call.form, call.door, call.door.clock.now()
    state, number = form.first("as"), form.first("id").strip()
    kind = form.first("mark")
    if kind == "item" and _is_number(number):
        read = {"read": True, "unread": False}.get(state)
        starred = {"saved": True, "unsaved": False}.get(state)
        if read is not None or starred is not None:
            mark_items(door.storage, reader, [int(number)], now=now, read=read, starred=starred, tell=door.tell)
    elif kind in {"feed", "group"} and state == "read":
        folder = folder_named(subscriptions, number)
        name = (
            StreamName(kind=Kind.FEED, name=number)
            if kind == "feed" and _is_number(number)
            else EVERYTHING
            if kind == "group" and number == "0"
            else StreamName(kind=Kind.FOLDER, name=folder)
            if kind == "group" and folder is not None
            else StreamName(kind=Kind.UNKNOWN)
        )
        until = parse_time(form.first("before")) or now
        mark_all_read(door.storage, reader, door.site, name, until=until, now=now, tell=door.tell)
    return state


def _joined(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(NEWEST_ID))
