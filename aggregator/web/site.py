"""What the handlers work with: the values of the site, and the parts that `create_app` was given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_network

from starlette.requests import Request

from aggregator.library.callbacks import CallbackRules
from aggregator.library.catalogue import ReaderSite
from aggregator.library.reads import ReadRecorder
from aggregator.library.reported_reads import ReportedCounts, ReportedRead
from aggregator.library.sessions import Logins
from aggregator.protocols import Clock
from aggregator.storage import Storage
from aggregator.web.languages import choose_language
from aggregator.web.recent import RecentDocuments
from aggregator.web.words import LANGUAGES, Words

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSite:
    """The site as its pages show it.

    `base_url` has no trailing slash. `zone` None is the zone of this machine. `counted` False leads links straight to the
    publisher, for a host that only has files.
    """

    title: str
    base_url: str
    language: str = "de"
    contact: str | None = None
    counted: bool = True
    zone: tzinfo | None = None
    hub_url: str | None = None  # that our feeds name
    full_text: bool = False  # of articles that were fetched, on the pages of their entries


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSite:
    """Who may tell of reads on the publisher's own site: servers by token, pages by origin; `record` counts the servers'."""

    tokens: tuple[str, ...] = ()
    allowed_origins: frozenset[str] = frozenset()
    record: Callable[[Sequence[ReportedRead], datetime], ReportedCounts] = lambda _reads, _now: ReportedCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file of ours, read once; `url` changes with its content, so it may be cached for ever."""

    path: str
    media_type: str
    body: bytes
    version: str

    @property
    def url(self) -> str:
        """The address to write into pages."""
        return f"{self.path}?v={self.version}"


class Web:
    """The parts behind the handlers, one an application."""

    def __init__(
        self,
        *,
        storage: Storage,
        site: WebSite,
        recorder: ReadRecorder,
        clock: Clock,
        trusted_proxies: Sequence[str],
        own_site: OwnSite,
        metrics_from: Sequence[str],
        callbacks: CallbackRules,
    ) -> None:
        self.callbacks = callbacks
        self.storage = storage
        self.recent = RecentDocuments(storage)
        self.site = site
        self.recorder = recorder
        self.clock = clock
        self.trusted_proxies: tuple[Network, ...] = tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)
        self.own_site = own_site
        self.metrics_from: tuple[Network, ...] = tuple(ip_network(peer, strict=False) for peer in metrics_from)
        self.logins = Logins(storage)
        self.reader_site = ReaderSite(title=site.title, base_url=site.base_url, language=site.language)
        self.words = Words(site.language, zone=site.zone)

    def words_for(self, request: Request) -> Words:
        """Return the words of the language that a person reads; what depends on them varies by Accept-Language."""
        asked = request.headers.get("accept-language", "")
        tag = choose_language(asked, site=self.site.language, offered=LANGUAGES)
        return self.words if tag == self.site.language else Words(tag, zone=self.site.zone)

    @cached_property
    def style(self) -> StaticFile:
        """The one stylesheet."""
        return _read_static("style.css", path="/static/style.css", media_type="text/css; charset=utf-8")

    @cached_property
    def favicon(self) -> StaticFile:
        """The icon."""
        return _read_static("favicon.svg", path="/favicon.svg", media_type="image/svg+xml; charset=utf-8")


def web_of(request: Request) -> Web:
    """Return the parts of the application that got the request."""
    web = request.app.state.web
    if not isinstance(web, Web):
        raise TypeError("the application was not made by create_app")
    return web


def _read_static(name: str, *, path: str, media_type: str) -> StaticFile:
    body = (files("aggregator.web") / "static" / name).read_bytes()
    return StaticFile(path=path, media_type=media_type, body=body, version=hashlib.sha256(body).hexdigest()[:12])
