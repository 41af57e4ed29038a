"""The callback that hubs ask and deliver to (WebSub). What came of a delivery is not told: nobody can probe for secrets."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.library.callbacks import Received, answer_hub, is_callback, receive_delivery
from aggregator.web.problems import RETRY_AFTER_SECONDS
from aggregator.web.site import web_of

TOKEN_CHARACTERS = 64  # ours have 43
_NO_STORE = {"cache-control": "no-store"}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:+-]{1,40})""", re.IGNORECASE)


async def answer_callback(request: Request) -> Response:
    """Answer a hub that asks whether we subscribed, or take what it delivers."""
    token = request.path_params["token"]
    if len(token) > TOKEN_CHARACTERS:
        raise HTTPException(404)
    if request.method == "POST":
        return await _receive(request, token)
    return await run_in_threadpool(_verify, request, token)


def _verify(request: Request, token: str) -> Response:
    web = web_of(request)
    asked = dict(request.query_params)
    challenge = answer_hub(web.storage, token, asked, rules=web.callbacks, now=web.clock.now())
    if challenge is None:
        raise HTTPException(404)
    return PlainTextResponse(challenge, headers=_NO_STORE)


async def _receive(request: Request, token: str) -> Response:
    web = web_of(request)
    if not await run_in_threadpool(is_callback, web.storage, token):  # before the body is read: it may be large
        raise HTTPException(410)  # section 7: the hub ends the subscription
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > web.callbacks.max_body_bytes:
            raise HTTPException(413)
    content_type = request.headers.get("content-type", "")
    charset = _CHARSET.search(content_type)
    received = await run_in_threadpool(
        lambda: receive_delivery(
            web.storage,
            token,
            bytes(body),
            signature=request.headers.get("x-hub-signature"),
            media_type=content_type.partition(";")[0].strip().lower() or None,
            charset=charset[1] if charset else None,
            rules=web.callbacks,
            now=web.clock.now(),
        )
    )
    if received is Received.UNKNOWN:
        raise HTTPException(410)
    if received is Received.FULL:
        return Response(status_code=503, headers={**_NO_STORE, "retry-after": str(RETRY_AFTER_SECONDS)})
    return Response(status_code=202, headers=_NO_STORE)
