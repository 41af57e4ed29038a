"""Emitted feeds: bytes out of the store, nothing is rendered in a request.

A browser gets the feed as well; negotiating a page for people comes with the pages (issue 5).
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.web.respond import Representation, respond
from aggregator.web.site import web_of

CACHE_CONTROL = "public, max-age=900"  # seconds; publish runs about as often, and polite clients keep to it


async def serve_feed(request: Request) -> Response:
    """Serve the document at the path: 410 if there was one, 404 if there never was.

    Runs on the event loop: reading it takes less than the way to a thread and back (docs/adr/0002-server.md).
    """
    web = web_of(request)
    path = request.url.path
    with web.storage.read() as tx:
        document = tx.documents.get(path)
        gone = document is None and tx.documents.is_gone(path)
    if document is None:
        raise HTTPException(410 if gone else 404)
    media_type = document.media_type if "charset" in document.media_type else f"{document.media_type}; charset=utf-8"
    made = Representation(
        media_type=media_type,
        body=document.body,
        body_gzip=document.body_gzip,
        etag=document.etag,
        last_modified_at=document.last_modified_at,
    )
    return respond(request, made, cache_control=CACHE_CONTROL, headers={"link": f'<{web.site.base_url}{path}>; rel="self"'})
