"""The whole web application: pages and feeds, and behind their own paths the doors for feed readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.app import Aggregator
from aggregator.cli.opening import reader_site
from aggregator.googlereader.asgi import create_reader_app
from aggregator.googlereader.routes import takes
from aggregator.model.reading import Via
from aggregator.rank.counting import NotCounted
from aggregator.web.headers import SecurityHeaders, security_headers
from aggregator.web.site import Web
from aggregator.web.visitors import client_address
from aggregator.web.wiring import open_web


@contextmanager
def open_application(
    aggregator: Aggregator, *, config: Path | None = None, stopping: Callable[[], bool] = lambda: False
) -> Iterator[ASGIApp]:
    """Give the application; reads that wait to be written are written at the end.

    `config` is the file that operators change sources in; `stopping`: whether the server wants to end.
    """
    site = reader_site(aggregator.settings)
    with open_web(aggregator, stopping=stopping, config=config) as pages:
        web: Web = pages.state.web
        readers = create_reader_app(
            storage=aggregator.storage,
            site=site,
            clock=aggregator.clock,
            address_of=partial(client_address, trusted=web.trusted_proxies),
            tell=partial(_tell, web),
        )
        secured = SecurityHeaders(readers, headers=security_headers(site.base_url))

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            door = secured if scope["type"] == "http" and takes(scope["path"]) else pages
            await door(scope, receive, send)

        yield application


def _tell(web: Web, reason: NotCounted | None, count: int) -> None:
    """Bring what becomes of the reads of feed readers into the metrics."""
    web.recorder.tell(Via.SYNC, counted=0 if reason else count, discarded={reason: count} if reason else {})
