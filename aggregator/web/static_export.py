"""The site as static files: every page and feed, asked of the application itself, so there is one way to render."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from aggregator.app import Aggregator
from aggregator.library.editions import LISTED
from aggregator.model.document import Format
from aggregator.model.edition import EditionKind
from aggregator.web.static_files import static_files
from aggregator.web.wiring import open_web

FIXED_PATHS = (
    "/",
    "/most-read",
    "/trending",
    "/editions/daily",
    "/editions/weekly",
    "/feeds",
    "/subscribe",
    "/opml",
    "/manifest.webmanifest",
    *static_files(),
)
HTTP_OK = 200
LISTED_STORIES = 50
"""Stories of a topic whose pages are written: as many as its feed has unless set otherwise."""


def export_site(
    aggregator: Aggregator, directory: Path, *, on_progress: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Write every emitted feed, every page of lists, and the pages of the stories and entries listed; return how many files.

    A page becomes `index.html` in a folder of its name, which any web server finds by the page's address.
    """
    with aggregator.storage.read() as tx:
        rows = tx.topics.all(counted=False)
        listed = [one for row in rows for one in tx.topics.stories(row.slug, limit=LISTED_STORIES)]
        entries = {one.entry.id for one in listed} | {each.entry_id for one in listed for each in one.story.coverage}
        stories = {one.story.story_id for one in listed if len(one.story.coverage) > 1}
        editions = [edition.path for kind in EditionKind for edition in tx.editions.latest(kind, limit=LISTED[kind])]
        feeds = [document.path for document in tx.documents.all()]
    paths = [*FIXED_PATHS, *feeds, *editions]
    paths += [
        path
        for row in rows
        for path in (f"/topics/{row.slug}", f"/topics/{row.slug}/most-read", f"/topics/{row.slug}/trending")
    ]
    paths += [f"/entries/{entry_id}" for entry_id in sorted(entries)]
    paths += [
        f"/stories/{story_id}{suffix}" for story_id in sorted(stories) for suffix in ("", *(f".{form}" for form in Format))
    ]
    written = 0
    with open_web(aggregator, counted=False) as application:
        for done, path in enumerate(paths, start=1):
            status, media_type, body = asyncio.run(_get(application, path))
            if status == HTTP_OK:
                _write(directory, path, media_type, body)
                written += 1
            on_progress(done, len(paths))
    return written


def _write(directory: Path, path: str, media_type: str, body: bytes) -> None:
    target = directory / path.strip("/")
    if media_type.startswith("text/html"):
        target /= "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)


async def _get(application: Starlette, path: str) -> tuple[int, str, bytes]:
    """Ask the application for a path, as a server would (ASGI 3, HTTP); no User-Agent, so no reader, so not counted."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "client": None,
        "server": None,
    }
    status, headers, body = 0, dict[bytes, bytes](), bytearray()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.update(message["headers"])
        else:
            body.extend(message.get("body", b""))

    await application(scope, receive, send)
    return status, headers.get(b"content-type", b"").decode(), bytes(body)
