"""Subscribing, for people: every feed with its address, one feed with every way into a feed reader, and what a feed is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.library.emitted import read_feed_page, read_subscribe_page
from aggregator.model.document import Format
from aggregator.web.rendering import VARY_BY_LANGUAGE, show_page
from aggregator.web.site import Web, web_of

# Addresses by which feed readers take a feed, `{url}` percent-encoded. Each is the one that the reader itself documents or
# offers as a button; those that everybody hosts for themselves (FreshRSS, Miniflux) have no common one.
WEB_READERS: Final = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F{url}",
    "Inoreader": "https://www.inoreader.com/?add_feed={url}",
    "NewsBlur": "https://www.newsblur.com/?url={url}",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url={url}",
    "Feedbin": "https://feedbin.com/?subscribe={url}",
}
DEFAULT_FORMAT = Format.ATOM  # its dates and ids are exact
NO_STORE = "no-store"  # the address is that of the feed: no cache may give the page to a feed reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLink:
    """A feed reader and the address that opens the feed there."""

    name: str
    url: str


def show_subscribe(request: Request) -> Response:
    """Show every feed, or with `?feed=` (a path without suffix) one with every way to subscribe to it."""
    web = web_of(request)
    path = request.query_params.get("feed")
    if path is not None:
        return _feed_page(request, web, path, form=_format(request), opened=False)
    view = read_subscribe_page(web.storage)
    return show_page(
        request,
        "subscribe.html",
        masthead=view.masthead,
        view=view,
        form=_format(request),
        active="subscribe",
        description=web.words_for(request).say("subscribe_lead"),
    )


def explain_feed(request: Request) -> Response:
    """Show a person who opened the address of a feed what it is, and how to subscribe."""
    web = web_of(request)
    path, _, suffix = request.scope["path"].rpartition(".")
    web.recent.get(request.scope["path"], now=web.clock.now())  # 404 or 410 where there is no such feed
    return _feed_page(request, web, path, form=Format(suffix), opened=True)


def app_link(url: str) -> str:
    """Return the address that opens a feed in the application for feeds of a device (NetNewsWire, Reeder, Feeder, …)."""
    return f"feed:{url}"


def reader_links(url: str) -> list[ReaderLink]:
    """Return the addresses that open a feed in feed readers of the web."""
    return [ReaderLink(name=name, url=address.format(url=quote(url, safe=""))) for name, address in WEB_READERS.items()]


def qr_code(url: str, *, label: str) -> Markup:
    """Return the address as a code for cameras: SVG, dark on light in every theme, with the quiet zone it needs."""
    code = segno.make(url, error="m", micro=False)
    svg = code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff")
    return Markup(svg.replace("<svg ", Markup('<svg role="img" aria-label="{}" ').format(label), 1))  # noqa: S704 - of segno


def _feed_page(request: Request, web: Web, path: str, *, form: Format, opened: bool) -> Response:
    view = read_feed_page(web.storage, path)
    if view is None:
        raise HTTPException(404)
    if form not in view.feed.formats:
        form = view.feed.formats[0]
    url = f"{web.site.base_url}{path}.{form}"
    headers = {"x-robots-tag": "noindex", "link": f'<{url}>; rel="alternate"'}
    if opened:
        headers["vary"] = f"{VARY_BY_LANGUAGE}, accept, sec-fetch-dest, sec-fetch-mode"
    return show_page(
        request,
        "feed.html",
        cache_control=NO_STORE if opened else "public, max-age=60",
        headers=headers,
        masthead=view.masthead,
        view=view,
        form=form,
        feed_url=url,
        opened=opened,
        app_url=app_link(url),
        readers=reader_links(url),
        qr=qr_code(url, label=web.words_for(request).say("qr_label", url=url)),
        active="subscribe",
    )


def _format(request: Request) -> Format:
    try:
        return Format(request.query_params.get("format", DEFAULT_FORMAT))
    except ValueError:
        raise HTTPException(404) from None
