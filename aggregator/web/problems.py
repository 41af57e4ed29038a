"""Errors as people and clients see them: the one table from error to status, and the page for each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.errors import (
    AccessDenied,
    AggregatorError,
    EditionNotFound,
    EntryGone,
    EntryNotFound,
    FeedNotFound,
    ReaderNotFound,
    StorageBusy,
    StorageError,
    StoryNotFound,
    TooManyAttempts,
    TopicNotFound,
)
from aggregator.web.headers import security_headers
from aggregator.web.pages import render_problem
from aggregator.web.rendering import VARY_BY_LANGUAGE
from aggregator.web.site import web_of

log = logging.getLogger(__name__)

STATUS: Mapping[type[AggregatorError], int] = {
    EntryNotFound: 404,
    EntryGone: 410,
    StoryNotFound: 404,
    TopicNotFound: 404,
    EditionNotFound: 404,
    FeedNotFound: 404,
    ReaderNotFound: 404,
    AccessDenied: 403,
    TooManyAttempts: 429,
    StorageBusy: 503,
    StorageError: 503,
    AggregatorError: 500,
}
RETRY_AFTER_SECONDS = 30  # with every 503: clients that know better than to try at once
SERVER_ERROR = 500
FORBIDDEN = 403  # depends on who asks

Handler = Callable[[Request, Exception], Awaitable[Response]]


def status_of(error: Exception) -> int:
    """Return the status of the nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), SERVER_ERROR)


async def show_problem(request: Request, error: Exception) -> Response:
    """Answer an error with a page in the language of the site; the text of the error stays in the log."""
    status = error.status_code if isinstance(error, HTTPException) else status_of(error)
    headers = dict((isinstance(error, HTTPException) and error.headers) or {})
    kept = status < SERVER_ERROR and request.method != "POST" and status != FORBIDDEN
    headers["cache-control"] = "public, max-age=60" if kept else "no-store"
    if status >= SERVER_ERROR:
        log.warning("%s %s failed: %s: %s", request.method, request.url.path, type(error).__name__, error)
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    web = web_of(request)
    headers.update(security_headers(web.site.base_url))  # the handler of last resort stands outside the middleware
    words = web.words_for(request)
    headers.update({"content-language": words.language, "vary": VARY_BY_LANGUAGE})
    html = render_problem(web, status, words=words)
    return HTMLResponse(html, status_code=status, headers=headers)


HANDLERS: Mapping[type[Exception], Handler] = {
    HTTPException: show_problem,
    AggregatorError: show_problem,
    Exception: show_problem,
}
