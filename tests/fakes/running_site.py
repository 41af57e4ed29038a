"""A whole aggregator with its web server on loopback, its flows called by the test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from aggregator.app import Aggregator, open_aggregator
from aggregator.config.loading import parse_settings
from aggregator.protocols import Clock
from aggregator.web.wiring import open_web
from tests.fakes.databases import store_setting

START_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSite:
    """The aggregator and where it is served."""

    aggregator: Aggregator
    base_url: str
    config: Path


@contextmanager
def run_site(
    folder: Path,
    config: str,
    *,
    clock: Clock | None = None,
    title: str = "Probe",
    language: str = "de",
    database_url: str | None = None,
) -> Iterator[RunningSite]:
    """Serve an aggregator with that configuration (without `site`), kept in a file, until the block ends.

    Its store is a file of SQLite in the folder where no database is named.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        site = f"site: {{title: {title}, base_url: '{base_url}', language: {language}}}\n"
        site += "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}\n"
        site += store_setting(database_url) if database_url else ""
        file = folder / "config.yaml"
        file.write_text(site + config)
        settings = parse_settings(site + config, path=file, environ={})
        with (
            open_aggregator(settings, clock=clock) as aggregator,
            open_web(aggregator, config=file) as app,
            serve(app, listener),
        ):
            yield RunningSite(aggregator=aggregator, base_url=base_url, config=file)


@contextmanager
def serve(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve an application on a socket that listens until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the web server does not start"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
