"""Emitted feeds: bytes out of the store, nothing is rendered in a request but the explanation for people."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from aggregator.web import subscribe
from aggregator.web.respond import respond
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address

CACHE_CONTROL = "public, max-age=900"  # seconds; publish runs about as often, and polite clients keep to it


async def serve_feed(request: Request) -> Response:
    """Serve the document at the path, on the event loop: the way to a thread and back doubles what a feed costs."""
    web = web_of(request)
    path: str = request.scope["path"]
    if is_opened_by_a_person(request):
        return await run_in_threadpool(subscribe.explain_feed, request)
    now = web.clock.now()
    made = web.recent.get(path, now=now)
    agent = request.headers.get("user-agent", "")
    web.recorder.note_fetch(at=now, address=client_address(request, web.trusted_proxies), user_agent=agent)
    link = f'<{web.site.base_url}{path}>; rel="self"'
    if web.site.hub_url:
        link += f', <{web.site.hub_url}>; rel="hub"'
    return respond(request, made, cache_control=CACHE_CONTROL, headers={"link": link})


def is_opened_by_a_person(request: Request) -> bool:
    """Return whether a browser opens the feed in a tab of its own, and not with `?raw`.

    Only browsers send Sec-Fetch headers, and only they can: everything else gets the feed, whatever it accepts or is called.
    """
    headers = request.headers
    return (
        headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and "text/html" in headers.get("accept", "")
        and "raw" not in request.query_params
    )
