"""Boxes that other pages show: as JSON, and as a piece of HTML without script or style."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.library.boxes import BOX_LIMIT, MostReadBox, read_most_read_box
from aggregator.model.story import RankedStory, Window
from aggregator.web import feeds, presentation
from aggregator.web.rendering import render
from aggregator.web.respond import accepts_gzip, represent, respond
from aggregator.web.site import Web, web_of

CACHE_CONTROL = "public, max-age=300"  # seconds; lists change every quarter of an hour, and a page waits for its cache only
FOR_ALL = {"access-control-allow-origin": "*", "x-robots-tag": "noindex"}
DEFAULT_LIMIT = 5
ASKED_BY = frozenset({"feed", "window", "limit"})  # parameters of a box; feed readers add others of their own


async def serve_most_read(request: Request) -> Response:
    """Serve the box as JSON; without its parameters, the address is that of the JSON Feed."""
    if ASKED_BY.isdisjoint(request.query_params):
        return await feeds.serve_feed(request)
    return await run_in_threadpool(_most_read_json, request)


def show_most_read(request: Request) -> Response:
    """Serve the box as a piece of HTML for the page of somebody else."""
    web = web_of(request)
    box, window, _ = _read(request)
    html = render(web, "box.html", words=web.words, box=box, window=window, url_of=lambda story: _url(web, story))
    return _respond(request, html, media_type="text/html; charset=utf-8")


def _most_read_json(request: Request) -> Response:
    web = web_of(request)
    box, window, feed = _read(request)
    body = {
        "title": web.words.say("most_read"),
        "of": box.of,
        "feed": feed,
        "window": window,
        "language": web.words.language,
        "entries": [_told(web, story) for story in box.stories],
    }
    return _respond(request, json.dumps(body, ensure_ascii=False), media_type="application/json; charset=utf-8")


def _told(web: Web, story: RankedStory) -> dict[str, object]:
    entry = story.entry
    told = {
        "place": story.place,
        "url": _url(web, story),
        "title": presentation.headline(entry),
        "publisher": presentation.publisher(entry),
        "published_at": None if entry.is_undated else entry.dated_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "language": entry.data.language or entry.origins[0].language,
        "image": presentation.picture(entry, secure=True),
        "readers": story.readers,
        "sources": story.publishers if story.publishers > 1 else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _url(web: Web, story: RankedStory) -> str:
    return presentation.web_url(story.entry.data.url) or f"{web.site.base_url}/entries/{story.entry.id}"


def _read(request: Request) -> tuple[MostReadBox, Window, str | None]:
    query = request.query_params
    feed = query.get("feed") or None
    limit = query.get("limit", str(DEFAULT_LIMIT))
    try:
        window = Window(query.get("window", Window.DAY))
    except ValueError:
        raise HTTPException(404) from None
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:4]) <= BOX_LIMIT):
        raise HTTPException(404)
    return read_most_read_box(web_of(request).storage, feed=feed, window=window, limit=int(limit)), window, feed


def _respond(request: Request, text: str, *, media_type: str) -> Response:
    gzipped = accepts_gzip(request.headers.get("accept-encoding", ""))
    made = represent(text, media_type=media_type, gzipped=gzipped)
    return respond(request, made, cache_control=CACHE_CONTROL, headers=FOR_ALL)
