"""Items as the Google Reader API writes them: what every client needs, and nothing a client trips over."""

from __future__ import annotations

from starlette.responses import Response

from aggregator.googlereader.calls import Call, as_json, for_reader
from aggregator.googlereader.ids import (
    LABEL_PREFIX,
    READING_LIST,
    STATE_PREFIX,
    long_id,
    parse_item_ids,
    to_microseconds,
    to_seconds,
)
from aggregator.library.catalogue import ReaderSite
from aggregator.library.syncing import Item, read_items
from aggregator.model.reader import Reader

MOST_CONTENTS = 5000
"""Items given at once by their ids; clients ask for 50 (Liferea) to 999 (RSS Guard) at a time."""


@for_reader
def item_contents(call: Call, reader: Reader) -> Response:
    """Give the items named by `i`."""
    door = call.door
    ids = parse_item_ids(call.parameters.all("i"))[:MOST_CONTENTS]
    return as_json(write_items(read_items(door.storage, reader, door.site, ids), site=door.site))


def write_items(
    items: list[Item], *, site: ReaderSite, stream: str = READING_LIST, title: str = "", continuation: str | None = None
) -> dict[str, object]:
    """Return a page of items. NetNewsWire needs `id` and `updated`; `continuation` must be absent at the end."""
    newest = max((to_seconds(item.ref.at) for item in items), default=0)
    page: dict[str, object] = {
        "direction": "ltr",
        "id": stream,
        "title": title or site.title,
        "self": [{"href": f"{site.base_url}/reader/api/0/stream/contents/{stream}"}],
        "updated": newest,
        "items": [write_item(item) for item in items],
    }
    if continuation is not None:
        page["continuation"] = continuation
    return page


def write_item(item: Item) -> dict[str, object]:
    """Return one item. The order in `summary` matters: newsboat takes its first value for the text."""
    data, at = item.entry.data, item.ref.at
    url = data.url or item.page_url
    return {
        "id": long_id(item.ref.id),
        "crawlTimeMsec": str(to_microseconds(at) // 1000),
        "timestampUsec": str(to_microseconds(at)),
        "published": to_seconds(item.published_at),
        "updated": to_seconds(item.published_at),
        "title": data.title or url,
        "author": author_of(item),
        "canonical": [{"href": url}],
        "alternate": [{"href": url, "type": "text/html"}],
        "summary": {"content": data.content_html or data.summary_html, "direction": "ltr"},
        "categories": categories_of(item),
        "origin": {"streamId": f"feed/{item.stream_id}", "title": item.stream_title, "htmlUrl": item.page_url},
        "enclosure": [
            {
                "href": enclosure.url,  # FreshRSS' word
                "url": enclosure.url,  # Miniflux' word
                "type": enclosure.media_type or "application/octet-stream",
                "length": enclosure.length_bytes or 0,
            }
            for enclosure in data.enclosures
        ],
    }


def categories_of(item: Item) -> list[str]:
    """Return the states and folders of an item; read is the exact `user/-/` form, by which newsboat tells."""
    categories = [READING_LIST, *(f"{LABEL_PREFIX}{folder}" for folder in item.folders)]
    if item.ref.read:
        categories.append(f"{STATE_PREFIX}read")
    if item.ref.starred:
        categories.append(f"{STATE_PREFIX}starred")
    return categories


def author_of(item: Item) -> str:
    """Return the authors; in our lists, which hold many publishers, the publisher too."""
    authors = ", ".join(person.name for person in item.entry.data.authors)
    if item.is_source:
        return authors
    publisher = item.entry.data.source_title or item.entry.origins[0].feed_title
    return f"{authors} ({publisher})" if authors and authors != publisher else publisher
