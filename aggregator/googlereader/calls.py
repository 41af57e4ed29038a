"""One request of a feed reader: its parameters, from query and form alike, and who sends it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from aggregator.library.catalogue import ReaderSite
from aggregator.library.login_limits import LoginLimiter
from aggregator.library.readers import reader_by_token
from aggregator.library.syncing import Tell, tell_nobody
from aggregator.model.reader import Reader
from aggregator.protocols import Clock
from aggregator.storage import Storage

MOST_BODY_BYTES = 1024 * 1024
"""Largest body, 1 MiB: 10,000 item ids in their long form (RSS Guard) take 600 KB."""

MOST_PARAMETERS = 20_000
PRIVATE = {"cache-control": "private, no-store"}


class BadCall(ValueError):
    """A request that cannot be understood; says what is wrong."""


class BodyTooLarge(BadCall):
    """A request with more than `MOST_BODY_BYTES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What stands behind every handler.

    `address_of` tells the client's address, behind trusted proxies too; `tell` hears what becomes of reads.
    """

    storage: Storage
    site: ReaderSite
    clock: Clock
    limiter: LoginLimiter
    address_of: Callable[[Request], str]
    tell: Tell = tell_nobody


class Parameters:
    """Parameters in the order given; any may be repeated."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def first(self, name: str, default: str = "") -> str:
        """Return the first value."""
        return self._values.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """Return every value that is not empty."""
        return [value for value in self._values.get(name, ()) if value]

    def whole(self, name: str, *, default: int, most: int) -> int:
        """Return a number from 1 to `most`; what is no number, or none, is the default."""
        text = self.first(name).strip()
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 - digits of 10^15
        return min(number, most) if number > 0 else default


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, read: ready for a thread."""

    request: Request
    door: Door
    query: Parameters
    form: Parameters
    parameters: Parameters  # of both, the query's first
    body: bytes

    @property
    def is_post(self) -> bool:
        """Whether it may change anything."""
        return self.request.method == "POST"

    @property
    def path_rest(self) -> str:
        """What stands in the path where the route has `{rest}`, decoded once."""
        return str(self.request.path_params.get("rest", ""))


Handler = Callable[[Call], Response]
ReaderHandler = Callable[[Call, Reader], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(handler: Handler) -> Endpoint:
    """Return the handler as Starlette calls it: the body is read here, the work is done in a thread."""

    @wraps(handler)
    async def serve(request: Request) -> Response:
        return await run_in_threadpool(handler, await read_call(request))

    return serve


async def read_call(request: Request) -> Call:
    """Read a request.

    Raises: BodyTooLarge, BadCall.
    """
    body = await _read_body(request)
    try:
        query = _pairs(request.scope["query_string"])
        form = _pairs(body) if _is_form(request) else []
    except ValueError as error:
        raise BadCall("too many parameters") from error
    return Call(
        request=request,
        door=door_of(request),
        query=Parameters(query),
        form=Parameters(form),
        parameters=Parameters([*query, *form]),
        body=body,
    )


def door_of(request: Request) -> Door:
    """Return what stands behind the application that got the request."""
    door = request.app.state.door
    if not isinstance(door, Door):
        raise TypeError("the application was not made by create_reader_app")
    return door


def for_reader(handler: ReaderHandler) -> Handler:
    """Return the handler behind the token of the Google Reader API.

    The token stands in the Authorization header. Liferea sends it as `T` in the form of a POST and no header at all, which
    other servers (Miniflux) expect. Neither is sent by a browser unasked, so no other site can make a reader's browser act.
    """

    @wraps(handler)
    def serve(call: Call) -> Response:
        return handler(call, reader_by_token(call.door.storage, token_in(call)))

    return serve


def token_in(call: Call) -> str:
    """Return the token of a call, empty if there is none."""
    scheme, _, rest = call.request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "googlelogin":
        name, _, value = rest.strip().partition("=")
        return value.strip().strip('"') if name.strip().lower() == "auth" else ""
    return call.form.first("T").strip() if call.is_post else ""


def plain(text: str, status: int = 200) -> Response:
    """Return a text; `OK` is compared letter by letter by clients, so nothing follows it."""
    return PlainTextResponse(text, status, headers=PRIVATE)


def as_json(value: object, status: int = 200) -> Response:
    """Return a value as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Response(body, status, headers={**PRIVATE, "content-type": "application/json; charset=utf-8"})


def denied(_call_error: Exception) -> Response:
    """Return the answer to a missing or wrong token: clients log in anew on exactly this."""
    return PlainTextResponse("Unauthorized", 401, headers={**PRIVATE, "x-reader-google-bad-token": "true"})


async def _read_body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MOST_BODY_BYTES:
        raise BodyTooLarge("the body is larger than 1 MiB")
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MOST_BODY_BYTES:
                raise BodyTooLarge("the body is larger than 1 MiB")
            parts.append(part)
    except ClientDisconnect as error:
        raise BadCall("the client went away") from error
    return b"".join(parts)


def _is_form(request: Request) -> bool:
    """Return whether the body may be a form; clients that say nothing mean one."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type in {"", "application/x-www-form-urlencoded", "text/plain"}


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    # Latin-1 keeps every byte, so that `errors` speaks about UTF-8 in percent-encoding only.
    return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
