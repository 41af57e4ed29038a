"""A person with a browser: Debian's Chromium, driven by Playwright, on a newsroom served on loopback."""

from __future__ import annotations

import hashlib
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Route, sync_playwright

from aggregator.store.database import open_database
from tests.fakes.newsroom import open_newsroom
from tests.fakes.running_site import serve
from tests.fakes.website import Newsroom, open_site

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
PHONE, DESKTOP = (390, 844), (1240, 900)
WAIT_MILLISECONDS = 10_000  # for anything that is awaited on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedNewsroom:
    """A newsroom and where it is served."""

    newsroom: Newsroom
    base_url: str

    def reads(self, entry_id: int) -> int:
        """How many people read the entry's story, as far as written."""
        return self.newsroom.entry(entry_id).reads


@dataclass  # without slots: Playwright keeps what it needs to know of a handler beside it
class Visitor:
    """One person: a browser of its own, and what it complained of."""

    context: BrowserContext
    base_url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page in a new tab."""
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", self._note_error)
        page.goto(self.base_url + path)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _note_error(self, error: Error) -> None:
        self.complaints.append(str(error))


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Give the browser; skips, saying so, where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@contextmanager
def serve_newsroom(folder: Path) -> Iterator[ServedNewsroom]:
    """Serve the newsroom as at NOON."""
    storage = open_database(f"sqlite:///{folder / 'news.db'}")
    open_newsroom(storage)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        newsroom = open_site(storage, base_url=base_url)
        with serve(newsroom.app, listener):
            yield ServedNewsroom(newsroom=newsroom, base_url=base_url)
    newsroom.recorder.close()
    storage.close()


@contextmanager
def visit(
    browser: Browser,
    base_url: str,
    *,
    size: tuple[int, int] = DESKTOP,
    theme: str = "light",
    language: str = "de-CH",
    scripts: bool = True,
) -> Iterator[Visitor]:
    """Give a visitor; nothing but the site, and pictures we draw for the publishers, is reachable."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale=language,
        java_script_enabled=scripts,
        user_agent=AGENT,
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MILLISECONDS)
    context.route(lambda url: not url.startswith(base_url + "/"), _answer_outside)
    yield Visitor(context=context, base_url=base_url)
    context.close()


def draw_picture(name: str) -> str:
    """Return a landscape as SVG, always the same for a name."""
    seed = hashlib.sha256(name.encode()).digest()
    hue = seed[0] * 360 // 256
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360"><defs>'
        f'<linearGradient id="sky" x2="1" y2="1"><stop stop-color="hsl({hue},32%,70%)"/>'
        f'<stop offset="1" stop-color="hsl({hue},32%,34%)"/></linearGradient></defs>'
        f'<rect width="640" height="360" fill="url(#sky)"/><circle cx="{200 + seed[1]}" cy="110" r="52" fill="#fff" '
        f'opacity=".35"/><path d="M0 360 {150 + seed[2] // 2} {170 + seed[3] // 4} 340 280 {480 + seed[4] // 4} '
        f'{150 + seed[5] // 4} 640 290V360Z" opacity=".3"/></svg>'
    )


def node_package(name: str) -> Path:
    """Return the folder of a package that `make` installs beside the environment; skips, saying so, where it is not there."""
    folder = Path(sys.prefix) / "node" / "node_modules" / name
    if not folder.is_dir():
        pytest.skip(f"the npm package {name} is not installed (make test installs it where npm is)")
    return folder


def _answer_outside(route: Route) -> None:
    url = route.request.url
    if route.request.resource_type == "image":
        route.fulfill(body=draw_picture(url), content_type="image/svg+xml")
    elif route.request.is_navigation_request():
        route.fulfill(body=f"<!doctype html><html lang=de><title>Verlag</title><h1>{url}</h1>", content_type="text/html")
    else:
        route.abort()
