"""The ASGI application of the readers' APIs."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.errors import AccessDenied, AggregatorError, StorageBusy, StorageError
from aggregator.googlereader.calls import PRIVATE, BadCall, BodyTooLarge, Door, denied
from aggregator.googlereader.routes import ALIAS, make_routes
from aggregator.library.catalogue import ReaderSite
from aggregator.library.login_limits import LoginLimiter
from aggregator.library.syncing import Tell, tell_nobody
from aggregator.protocols import Clock
from aggregator.storage import Storage

log = logging.getLogger(__name__)

GZIP_MINIMUM_BYTES = 1024
RETRY_SECONDS = 30
_STREAMS = re.compile(r"(.*/(?:stream/contents|reader/atom)/)(.*)", re.DOTALL)
_SLASHES = re.compile(r"//+")


def create_reader_app(
    *,
    storage: Storage,
    site: ReaderSite,
    clock: Clock,
    address_of: Callable[[Request], str],
    tell: Tell = tell_nobody,
) -> Starlette:
    """Return the application over an open store.

    `address_of` tells a client's address, for the limit on wrong passwords; `tell` hears what becomes of reads.
    """
    app = Starlette(
        routes=make_routes(),
        exception_handlers={
            AccessDenied: _denied,
            BadCall: _refused,
            HTTPException: _http_problem,
            AggregatorError: _failed,
            Exception: _failed,
        },
        middleware=[Middleware(PlainPaths), Middleware(GZipMiddleware, minimum_size=GZIP_MINIMUM_BYTES, compresslevel=5)],
    )
    app.router.redirect_slashes = False
    app.state.door = Door(storage=storage, site=site, clock=clock, limiter=LoginLimiter(), address_of=address_of, tell=tell)
    return app


class PlainPaths:
    """Brings paths to the one form that is routed: no alias, no doubled slashes, none at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            scope = {**scope, "path": plain_path(scope["path"])}
        await self.app(scope, receive, send)


def plain_path(path: str) -> str:
    """Return a path as it is routed; the stream at its end, which may be an address, stays as it is."""
    streamed = _STREAMS.fullmatch(path)
    head, stream = (streamed[1], streamed[2]) if streamed else (path, "")
    head = _SLASHES.sub("/", head)
    if (at := head.rfind(f"{ALIAS}/")) >= 0:
        head = head[at + len(ALIAS) :]
    if not streamed:
        head = head.rstrip("/") or "/"
    return head + stream


async def _denied(_request: Request, error: Exception) -> Response:
    return denied(error)


async def _refused(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 413 if isinstance(error, BodyTooLarge) else 400, headers=PRIVATE)


async def _http_problem(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict((isinstance(error, HTTPException) and error.headers) or {})
    return PlainTextResponse("", status, headers={**PRIVATE, **headers})


async def _failed(request: Request, error: Exception) -> Response:
    """Answer what went wrong here; the path is logged, never the query or the form, which may hold a password."""
    log.warning("%s %s failed: %s: %s", request.method, request.url.path, type(error).__name__, error)
    if isinstance(error, StorageBusy | StorageError):
        return PlainTextResponse("", 503, headers={**PRIVATE, "retry-after": str(RETRY_SECONDS)})
    return PlainTextResponse("", 500, headers=PRIVATE)
