"""Subscriptions and folders."""

from __future__ import annotations

import hashlib
from email.utils import format_datetime

from starlette.responses import PlainTextResponse, Response

from aggregator.errors import ConfigError
from aggregator.googlereader.calls import PRIVATE, BadCall, Call, as_json, for_reader, plain
from aggregator.googlereader.ids import FEED_PREFIX, LABEL_PREFIX, STATE_PREFIX, label_in
from aggregator.library import subscribing
from aggregator.library.subscribing import Subscription
from aggregator.model.reader import Reader

OK = "OK"
NOT_HERE = "Diese Quelle ist hier nicht bekannt. Quellen nimmt auf, wer diesen Dienst betreibt. / \
This source is not known here. The operator of this service adds sources."
KEPT = "private, no-cache"  # may be kept, must be asked for again: NetNewsWire does, with its validators


@for_reader
def subscription_list(call: Call, reader: Reader) -> Response:
    """Give the subscriptions, or 304 where nothing of them changed, names of sources included."""
    found = subscribing.read_subscriptions(call.door.storage, reader, call.door.site)
    answer = as_json({"subscriptions": [write_subscription(each, place) for place, each in enumerate(found, 1)]})
    etag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:24]}"'
    fields = {
        "etag": etag,
        "last-modified": format_datetime(reader.subscriptions_changed_at, usegmt=True),
        "cache-control": KEPT,
    }
    # The date alone proves nothing (a source may have changed its name since), so it is sent and never believed.
    if etag in [tag.strip().removeprefix("W/") for tag in call.request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=fields)
    answer.headers.update(fields)
    return answer


def write_subscription(subscription: Subscription, place: int) -> dict[str, object]:
    """Return one subscription; `categories` is a list and texts are texts whatever is missing: clients crash on null."""
    stream = subscription.stream
    return {
        "id": f"{FEED_PREFIX}{stream.id}",
        "title": subscription.title,
        "categories": [{"id": f"{LABEL_PREFIX}{folder}", "label": folder} for folder in subscription.folders],
        "url": stream.feed_url,
        "htmlUrl": stream.page_url,
        "iconUrl": "",
        "sortid": f"{place:08X}",
        "firstitemmsec": "0",
    }


@for_reader
def tag_list(call: Call, reader: Reader) -> Response:
    """Give the states and folders."""
    found = subscribing.read_subscriptions(call.door.storage, reader, call.door.site)
    folders = [{"id": f"{LABEL_PREFIX}{folder}", "type": "folder"} for folder in subscribing.folders_of(found)]
    return as_json({"tags": [{"id": f"{STATE_PREFIX}starred"}, *folders]})


@for_reader
def subscription_edit(call: Call, reader: Reader) -> Response:
    """Subscribe, end or change subscriptions, by `ac`."""
    door, now, parameters = call.door, call.door.clock.now(), call.parameters
    addresses = [text.removeprefix(FEED_PREFIX) for text in parameters.all("s")]
    titles = parameters.all("t")
    add = [folder for folder in map(label_in, parameters.all("a")) if folder]
    remove = [folder for folder in map(label_in, parameters.all("r")) if folder]
    action = parameters.first("ac")
    if action == "unsubscribe":
        subscribing.unsubscribe(door.storage, reader, door.site, addresses, now=now)
        return plain(OK)
    if action not in {"subscribe", "edit"} or not addresses:
        raise BadCall("ac is subscribe, unsubscribe or edit, and s names a feed")
    for place, address in enumerate(addresses):
        title = titles[place] if place < len(titles) else None
        if action == "subscribe":
            found = subscribing.subscribe(door.storage, reader, door.site, address, title=title, folders=add, now=now)
            done = found is not None
        else:
            done = subscribing.edit_subscription(
                door.storage, reader, door.site, address, title=title, add=add, remove=remove, now=now
            )
        if not done:
            return plain(NOT_HERE, 404)
    return plain(OK)


@for_reader
def quickadd(call: Call, reader: Reader) -> Response:
    """Subscribe to an address we know. Others are the operator's to add; that is said, and is no error of the protocol."""
    door = call.door
    query = call.parameters.first("quickadd").strip()
    address = query.removeprefix(FEED_PREFIX)
    found = subscribing.subscribe(door.storage, reader, door.site, address, title=None, folders=(), now=door.clock.now())
    if found is None:
        return as_json({"numResults": 0, "query": query, "error": NOT_HERE})
    return as_json({"numResults": 1, "query": query, "streamId": f"{FEED_PREFIX}{found.id}", "streamName": found.title})


@for_reader
def subscription_export(call: Call, reader: Reader) -> Response:
    """Give the subscriptions as OPML."""
    body = subscribing.write_subscriptions(call.door.storage, reader, call.door.site)
    return Response(body, headers={**PRIVATE, "content-type": "text/x-opml; charset=utf-8"})


@for_reader
def subscription_import(call: Call, reader: Reader) -> Response:
    """Subscribe to what an OPML list in the body names, as far as we have it."""
    door = call.door
    try:
        subscribing.import_subscriptions(door.storage, reader, door.site, call.body, now=door.clock.now())
    except ConfigError as error:
        return PlainTextResponse(error.reason, 400, headers=PRIVATE)
    return plain(OK)
