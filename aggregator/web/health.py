"""For machines that watch: is the process up, can it read the store."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.errors import StorageError
from aggregator.web.site import web_of

_NO_STORE = {"cache-control": "no-store"}


async def healthz(_request: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n", headers=_NO_STORE)


def readyz(request: Request) -> Response:
    """Say whether the store can be read with the schema of this version, and reads are being written."""
    web = web_of(request)
    try:
        with web.storage.read() as tx:
            tx.topics.all(counted=False)
    except StorageError as error:
        return PlainTextResponse(f"not ready: {type(error).__name__}\n", 503, headers=_NO_STORE)
    if not web.recorder.alive:
        return PlainTextResponse("not ready: reads are not being written\n", 503, headers=_NO_STORE)
    return PlainTextResponse("ready\n", headers=_NO_STORE)


async def robots(_request: Request) -> Response:
    """Keep crawlers off the counted links, and off searches, of which there is no end."""
    return PlainTextResponse(
        "User-agent: *\nDisallow: /r/\nDisallow: /search\n", headers={"cache-control": "public, max-age=86400"}
    )
