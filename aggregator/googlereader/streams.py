"""Streams: which items there are, with or without their content, and how many are unread."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote_to_bytes

from starlette.responses import Response

from aggregator.googlereader.atom import write_atom
from aggregator.googlereader.calls import PRIVATE, BadCall, Call, as_json, for_reader
from aggregator.googlereader.ids import (
    LABEL_PREFIX,
    READ,
    READING_LIST,
    STARRED,
    parse_place,
    parse_stream,
    parse_time,
    state_in,
    to_microseconds,
    write_place,
)
from aggregator.googlereader.items import write_items
from aggregator.library.syncing import count_unread, find_items, read_stream
from aggregator.model.reader import ItemFilter, Reader, Unread

DEFAULT_ITEMS = 20
MOST_IDS = 10_000
"""Ids a page; RSS Guard asks for 200,000 and follows the continuation."""

MOST_CONTENTS = 1000
MOST_ATOM = 500
OVERLAP = timedelta(minutes=10)
"""How far before `ot` is looked: clients send the time of their last visit, and what was seen just before it may have been
stored, or assigned to a topic, only after. What a client has already it knows by its id."""

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


@for_reader
def item_ids(call: Call, reader: Reader) -> Response:
    """Give the ids of a stream's items."""
    door = call.door
    name = parse_stream(call.parameters.first("s"))
    page = find_items(door.storage, reader, door.site, name, wanted_items(call, most=MOST_IDS))
    answer: dict[str, object] = {
        "itemRefs": [
            {"id": str(ref.id), "directStreamIds": [], "timestampUsec": str(to_microseconds(ref.at))} for ref in page.items
        ]
    }
    if page.more is not None:
        answer["continuation"] = write_place(page.more)
    return as_json(answer)


@for_reader
def stream_contents(call: Call, reader: Reader) -> Response:
    """Give a stream's items with their content; the stream stands in the path or in `s`."""
    door = call.door
    text = stream_in_path(call) or call.parameters.first("s")
    items, more = read_stream(door.storage, reader, door.site, parse_stream(text), wanted_items(call, most=MOST_CONTENTS))
    continuation = write_place(more) if more is not None else None
    title = items[0].stream_title if items and text.startswith("feed/") else ""
    return as_json(write_items(items, site=door.site, stream=text or READING_LIST, title=title, continuation=continuation))


@for_reader
def atom_stream(call: Call, reader: Reader) -> Response:
    """Give a stream as Atom, as Google Reader once did; Newsboat before 2.24 reads nothing else."""
    door = call.door
    text = stream_in_path(call) or READING_LIST
    items, more = read_stream(door.storage, reader, door.site, parse_stream(text), wanted_items(call, most=MOST_ATOM))
    body = write_atom(items, site=door.site, stream=text, continuation=write_place(more) if more is not None else None)
    return Response(body, headers={**PRIVATE, "content-type": "application/atom+xml; charset=utf-8"})


@for_reader
def unread_count(call: Call, reader: Reader) -> Response:
    """Give how much is unread, by subscription, folder and as a whole."""
    counts = count_unread(call.door.storage, reader, call.door.site)
    rows = [
        *((f"feed/{each.stream.id}", unread) for each, unread in counts.subscriptions),
        *((f"{LABEL_PREFIX}{folder}", unread) for folder, unread in counts.folders.items()),
        (READING_LIST, counts.total),
    ]
    return as_json({"max": counts.total.count, "unreadcounts": [_unread_row(stream, unread) for stream, unread in rows]})


def _unread_row(stream: str, unread: Unread) -> dict[str, object]:
    newest = to_microseconds(unread.newest_at) if unread.newest_at is not None else 0
    return {"id": stream, "count": unread.count, "newestItemTimestampUsec": str(newest)}


def wanted_items(call: Call, *, most: int) -> ItemFilter:
    """Return what the parameters ask for. Times are whole seconds and speak of when we first saw an item.

    Raises: BadCall for a continuation that is none of ours.
    """
    parameters = call.parameters
    excluded = {state_in(text) for text in parameters.all("xt")}
    included = {state_in(text) for text in parameters.all("it")}
    since, until = parse_time(parameters.first("ot")), parse_time(parameters.first("nt"))
    try:
        after = parse_place(parameters.first("c"))
    except ValueError as error:
        raise BadCall(str(error)) from error
    return ItemFilter(
        read=_wanted(READ, included, excluded),
        starred=_wanted(STARRED, included, excluded),
        seen_from=since - OVERLAP if since is not None else None,
        seen_until=until + _SECOND - _MICROSECOND if until is not None else None,
        after=after,
        oldest_first=parameters.first("r") == "o",
        limit=parameters.whole("n", default=DEFAULT_ITEMS, most=most),
    )


def _wanted(state: str, included: set[str], excluded: set[str]) -> bool | None:
    return False if state in excluded else True if state in included else None


def stream_in_path(call: Call) -> str:
    """Return the stream in the path, decoded once.

    The server decodes the path before it is routed, and slashes of an address in it are ours to keep: the raw path has them.
    """
    raw: bytes = call.request.scope.get("raw_path") or call.request.url.path.encode()
    for marker in (b"/stream/contents/", b"/reader/atom/"):
        if marker in raw:
            return unquote_to_bytes(raw.partition(b"?")[0].partition(marker)[2]).decode(errors="replace")
    return call.path_rest
