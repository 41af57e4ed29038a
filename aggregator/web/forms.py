"""Forms of our own pages: read, and refused where another site's page sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import AccessDenied
from aggregator.web.site import web_of

BODY_LIMIT = 64 * 1024  # bytes; a password, and a box for every topic
FIELD_LIMIT = 2000

FORM_HEADERS = {"cache-control": "no-store", "referrer-policy": "same-origin"}
"""For every page with a form: without a referrer, browsers do not say either where a form was sent from (Fetch, "append a
request `Origin` header")."""


class Form:
    """The fields of a form; a field may be repeated."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, [""])[0]

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return list(self._fields.get(name, ()))


FormHandler = Callable[[Request, Form], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def takes_form(handler: FormHandler) -> Endpoint:
    """Return the handler of a form that a page of ours sent; it runs in a thread, as every handler of a page."""

    @wraps(handler)
    async def serve(request: Request) -> Response:
        require_own_page(request)
        return await run_in_threadpool(handler, request, await _read_form(request))

    return serve


def require_own_page(request: Request) -> None:
    """Refuse a form that is not from a page of this site.

    A browser tells where a form is from by Origin, and by Sec-Fetch-Site, neither of which a page can forge; the second
    holds as well under another name of the same machine (localhost).

    Raises: AccessDenied.
    """
    base = urlsplit(web_of(request).site.base_url)
    if request.headers.get("origin", "").lower() == f"{base.scheme}://{base.netloc}".lower():
        return
    if request.headers.get("sec-fetch-site", "") != "same-origin":
        raise AccessDenied("the form was sent from a page of another site")


async def _read_form(request: Request) -> Form:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise HTTPException(413)
    try:
        fields = parse_qs(body.decode("latin-1"), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
    except ValueError:
        raise HTTPException(400) from None
    return Form(fields)
