"""Reads that the publisher's own site tells of: `POST /api/reads` by its server, `POST /api/read?url=` by its pages."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aggregator.errors import StorageError
from aggregator.library.reported_reads import ReportedRead, find_entry_at, is_page_of
from aggregator.model.reading import ReadFacts, Via
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address

BODY_LIMIT = 1024 * 1024  # bytes; some 10,000 reads
READER_CHARACTERS = 256  # a session id, an account's number, a hash
URL_CHARACTERS = 2048  # as normalise.urls
PREFLIGHT_SECONDS = 86_400  # for which a browser may remember that it may ask; browsers keep it for two hours at most
NO_STORE = {"cache-control": "no-store"}


class _Refused(Exception):
    """The request is answered with a status and a sentence."""

    def __init__(self, status: int, reason: str, *, place: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.place = place


async def receive_reads(request: Request) -> Response:
    """Count a list of reads that a server of ours tells, and say what became of them."""
    web = web_of(request)
    try:
        _require_token(request, web.own_site.tokens)
        reads = list(_parse_reads(await _read_body(request)))
    except _Refused as refused:
        return _refusal(refused)
    try:
        counts = await run_in_threadpool(web.own_site.record, reads, web.clock.now())
    except StorageError:
        return _refusal(_Refused(503, "the store is busy; send the same reads again, none is counted twice"))
    web.recorder.tell(
        Via.REPORT, counted=counts.counted + counts.known, discarded={**counts.discarded, "unknown": counts.unknown}
    )
    return JSONResponse(
        {
            "received": len(reads),
            "counted": counts.counted,
            "known": counts.known,
            "unknown": counts.unknown,
            "discarded": dict(sorted(counts.discarded.items())),
        },
        headers=NO_STORE,
    )


def receive_beacon(request: Request) -> Response:
    """Count the read that a page of an allowed origin tells of itself; the answer says nothing of what became of it."""
    web = web_of(request)
    origin = request.headers.get("origin", "")
    allowed = {**NO_STORE, "access-control-allow-origin": origin, "vary": "origin"}
    if origin.lower() not in web.own_site.allowed_origins:
        return _refusal(_Refused(403, "this origin is not among reads.allowed_origins"))
    if request.method == "OPTIONS":
        preflight = {
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "content-type",
            "access-control-max-age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers={**allowed, **preflight})
    url = request.query_params.get("url", "")
    if len(url) > URL_CHARACTERS or not is_page_of(url, origin):
        return _refusal(_Refused(422, "url must be the address of a page of this origin"), headers=allowed)
    entry_id = find_entry_at(web.storage, url)
    if entry_id is None:
        web.recorder.tell(Via.BEACON, discarded={"unknown": 1})
    else:
        # A page that somebody has open tells of itself, so neither the method nor Sec-Fetch-* say anything; that the page
        # was loaded in advance, they do say.
        told = tuple((name, value) for name, value in request.headers.items() if not name.startswith("sec-fetch-"))
        web.recorder.count_read(
            ReadFacts(method="GET", user_agent=request.headers.get("user-agent", ""), headers=told),
            entry_id=entry_id,
            at=web.clock.now(),
            via=Via.BEACON,
            address=client_address(request, web.trusted_proxies),
        )
    return Response(status_code=204, headers=allowed)


def _require_token(request: Request, tokens: tuple[str, ...]) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not tokens:
        raise _Refused(401, "no token is set up; see reads.tokens")
    if scheme.lower() != "bearer" or not given:
        raise _Refused(401, "send the token as Authorization: Bearer TOKEN")
    sent = given.strip().encode(errors="replace")
    # All are compared, each in constant time, so that nothing is learned from how long it takes.
    if sum(hmac.compare_digest(sent, token.encode()) for token in tokens) == 0:
        raise _Refused(401, "the token is not one of reads.tokens")


async def _read_body(request: Request) -> bytes:
    too_large = _Refused(413, f"the body is over {BODY_LIMIT} bytes; send the reads in parts")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > BODY_LIMIT:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise too_large
    return bytes(body)


def _parse_reads(body: bytes) -> Iterator[ReportedRead]:
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(422, "the body is not JSON") from None
    if not isinstance(rows, list):
        raise _Refused(422, "the body must be a list of objects with url, at and reader")
    for place, row in enumerate(rows):
        yield _parse_read(row, place)


def _parse_read(row: object, place: int) -> ReportedRead:
    if not isinstance(row, dict):
        raise _Refused(422, "not an object", place=place)
    url, at, reader = (row.get(name) for name in ("url", "at", "reader"))
    if not (isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= URL_CHARACTERS):
        raise _Refused(422, f"url must be a http or https address of at most {URL_CHARACTERS} characters", place=place)
    if not (isinstance(reader, str) and 0 < len(reader) <= READER_CHARACTERS):
        raise _Refused(422, f"reader must be a text of 1 to {READER_CHARACTERS} characters", place=place)
    moment = _moment(at)
    if moment is None:
        raise _Refused(422, "at must be a time with its zone, as 2026-11-24T12:00:00Z", place=place)
    return ReportedRead(url=url, at=moment, reader=reader)


def _moment(at: object) -> datetime | None:
    if not isinstance(at, str):
        return None
    try:
        moment = datetime.fromisoformat(at)
        return None if moment.utcoffset() is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _refusal(refused: _Refused, headers: dict[str, str] | None = None) -> Response:
    body = {"error": refused.reason} | ({} if refused.place is None else {"read": refused.place})
    challenge = {"www-authenticate": "Bearer"} if refused.status == 401 else {}  # noqa: PLR2004 - Unauthorized
    return JSONResponse(body, status_code=refused.status, headers={**NO_STORE, **challenge, **(headers or {})})
