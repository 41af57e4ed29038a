"""What the handlers work with: the values of the site, and the parts that `create_app` was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import Request

from aggregator.library.callbacks import CallbackRules
from aggregator.library.catalogue import ReaderSite
from aggregator.library.daily_counts import DailyCounts
from aggregator.library.reads import ReadRecorder
from aggregator.library.reported_reads import ReportedCounts, ReportedRead
from aggregator.library.sessions import Logins
from aggregator.library.streams import read_newest_ids
from aggregator.model.document import Format, Rendered
from aggregator.protocols import Clock
from aggregator.storage import Storage
from aggregator.web.figures import RecentFigures
from aggregator.web.languages import choose_language
from aggregator.web.listeners import Listeners
from aggregator.web.recent import RecentDocuments
from aggregator.web.recent_pages import RecentPages
from aggregator.web.searches import Searches
from aggregator.web.story_feeds import StoryFeeds
from aggregator.web.words import LANGUAGES, Words
from aggregator.web.workshop.tools import WorkshopTools


class RenderRelated(Protocol):
    """Makes the feed of what to read after the article at an address, and tells if it is known."""

    def __call__(self, url: str, form: Format, *, every_language: bool) -> tuple[Rendered, bool]:
        """Return the feed, in every language or that of the article alone."""
        ...


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
    descriptions: Mapping[str, str] = field(default_factory=dict)  # of topics, by slug, as the operator wrote them


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSite:
    """Who may tell of reads on the publisher's own site: servers by token, pages by origin; `record` counts the servers'."""

    tokens: tuple[str, ...] = ()
    allowed_origins: frozenset[str] = frozenset()
    record: Callable[[Sequence[ReportedRead], datetime], ReportedCounts] = lambda _reads, _now: ReportedCounts()


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
        stopping: Callable[[], bool],
        searches: Searches,
        workshop: WorkshopTools | None = None,
        story_feeds: StoryFeeds | None = None,
        render_related: RenderRelated | None = None,
    ) -> None:
        self.searches = searches
        self.workshop = workshop
        self.story_feeds = story_feeds
        self.render_related = render_related
        self.callbacks = callbacks
        self.storage = storage
        self.recent = RecentDocuments(storage)
        self.recent_pages = RecentPages()
        self.recent_figures = RecentFigures(storage)
        self.daily_counts = DailyCounts()
        self.listeners = Listeners(partial(read_newest_ids, storage), stopping=stopping)
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
        return self.words if tag == self.site.language else Words(tag, zone=self.site.zone, site=self.site.language)

    @property
    def root(self) -> str:
        """The path below which the site stands, without a slash at its end."""
        return urlsplit(self.site.base_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether the site is served by https, so that a browser would refuse plain pictures."""
        return self.site.base_url.startswith("https://")


def web_of(request: Request) -> Web:
    """Return the parts of the application that got the request."""
    web = request.app.state.web
    if not isinstance(web, Web):
        raise TypeError("the application was not made by create_app")
    return web
