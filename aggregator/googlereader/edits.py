"""Changes to items and folders; every one by POST."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.googlereader.calls import Call, for_reader, plain
from aggregator.googlereader.ids import KEPT_UNREAD, READ, STARRED, label_in, parse_item_ids, parse_stream, parse_time, state_in
from aggregator.library.subscribing import rename_folder
from aggregator.library.syncing import mark_all_read, mark_items
from aggregator.model.reader import Reader

OK = "OK"


@for_reader
def edit_tag(call: Call, reader: Reader) -> Response:
    """Add states to items (`a`) and take states off (`r`); states we do not keep are passed over."""
    added = {state_in(tag) for tag in call.parameters.all("a")}
    removed = {state_in(tag) for tag in call.parameters.all("r")}
    read = True if READ in added else False if READ in removed or KEPT_UNREAD in added else None
    starred = True if STARRED in added else False if STARRED in removed else None
    if read is not None or starred is not None:
        ids = parse_item_ids(call.parameters.all("i"))
        mark_items(call.door.storage, reader, ids, now=call.door.clock.now(), read=read, starred=starred, tell=call.door.tell)
    return plain(OK)


@for_reader
def mark_all_as_read(call: Call, reader: Reader) -> Response:
    """Mark a stream read, up to the time `ts` where it is given."""
    door, now = call.door, call.door.clock.now()
    streams = call.parameters.all("s")
    until = parse_time(call.parameters.first("ts")) or now
    for stream in streams:
        mark_all_read(door.storage, reader, door.site, parse_stream(stream), until=until, now=now, tell=door.tell)
    return plain(OK)


@for_reader
def rename_tag(call: Call, reader: Reader) -> Response:
    """Give a folder another name."""
    old = label_in(call.parameters.first("s")) or call.parameters.first("t")
    new = label_in(call.parameters.first("dest"))
    if old and new:
        rename_folder(call.door.storage, reader, old, new, now=call.door.clock.now())
    return plain(OK)


@for_reader
def disable_tag(call: Call, reader: Reader) -> Response:
    """Dissolve folders; what is in them stays subscribed."""
    for folder in filter(None, [*map(label_in, call.parameters.all("s")), *call.parameters.all("t")]):
        rename_folder(call.door.storage, reader, folder, None, now=call.door.clock.now())
    return plain(OK)
