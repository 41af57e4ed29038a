"""The whole web application over a store, as tests ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from aggregator.emit.build import Site, build_search_feed
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.emit.render import render
from aggregator.library.reads import ReadRecorder
from aggregator.library.related import read_related_feed
from aggregator.library.reported_reads import record_reported
from aggregator.library.searching import read_search_entries
from aggregator.library.stories import read_story_feed
from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.document import Format, Rendered
from aggregator.model.entry import Entry, EntryData
from aggregator.model.feed import PollState
from aggregator.model.topic import Assignment
from aggregator.protocols import FeedWriter
from aggregator.storage import Storage
from aggregator.web.asgi import create_app
from aggregator.web.site import OwnSite, WebSite
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.clock import FakeClock
from tests.fakes.newsroom import NOON

WRITERS: Mapping[Format, FeedWriter] = {writer.format: writer for writer in (RssWriter(), AtomWriter(), JsonFeedWriter())}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TOKEN = "a-token-of-our-own-server"
ORIGIN = "https://www.seeblick.example"  # of entry 1, 6 and 11


class SiteClient:
    """Asks the application without a socket, as Firefox from behind our own proxy; follows no redirect."""

    def __init__(self, app: Starlette, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        peer: str = "127.0.0.1",
    ) -> httpx.Response:
        """Return the answer; an error of the application is its 500 page."""
        request = httpx.Request(method, self._base_url + path, params=params, content=body)
        return asyncio.run(self._ask(request, dict(headers or {}), peer))

    def get(
        self, path: str, *, headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Return the answer to GET."""
        return self.request("GET", path, headers=headers, params=params)

    def head(self, path: str) -> httpx.Response:
        """Return the answer to HEAD."""
        return self.request("HEAD", path)

    def post(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> httpx.Response:
        """Return the answer to POST."""
        return self.request("POST", path, headers=headers, params=params, body=body)

    async def _ask(self, request: httpx.Request, headers: dict[str, str], peer: str) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=(peer, 1))
        defaults = {"user-agent": FIREFOX, "accept-encoding": "identity"}
        async with httpx.AsyncClient(transport=transport) as client:
            client.headers = httpx.Headers()
            return await client.request(
                request.method, request.url, headers={**defaults, **headers}, content=request.content or None
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """An application over a real store, and what a test needs to look behind it."""

    storage: Storage
    client: SiteClient
    app: Starlette
    recorder: ReadRecorder
    clock: FakeClock

    def entry(self, entry_id: int) -> Entry:
        with self.storage.read() as tx:
            entry = tx.entries.get(entry_id)
        assert entry is not None
        return entry


def add_entry(newsroom: Newsroom, entry_id: int, data: EntryData, *, topic: str = "schweiz", minutes: int = 0) -> None:
    """Store an entry of the first feed, so many minutes old, in a topic."""
    key = entry_id.to_bytes(16)
    update = EntryUpdate(data=data, guid_key=key, url_key=None, content_hash=key)
    with newsroom.storage.write() as tx:
        new = NewEntry(id=entry_id, update=update, dated_at=NOON - timedelta(minutes=minutes))
        change = FeedChange(feed_id=tx.feeds.all()[0].id, polled_at=NOON, poll=PollState(), entries=EntryChanges(new=(new,)))
        tx.entries.apply([change])
        tx.topics.assign([topic], [entry_id], [Assignment(slug=topic, entry_id=entry_id, reason="Wort")], revision=entry_id)


def render_search(storage: Storage, site: Site, text: str, form: Format) -> Rendered:
    """Return the feed of a search, as the open aggregator makes it."""
    entries = read_search_entries(storage, text, now=NOON, language=site.language, zone=UTC)
    return render(build_search_feed(site, text, entries), WRITERS[form])


def render_related(storage: Storage, site: Site, url: str, form: Format, *, every_language: bool) -> tuple[Rendered, bool]:
    """Return the feed of what to read after an article, as the open aggregator makes it."""
    document, is_known = read_related_feed(storage, site, url, every_language=every_language)
    return render(document, WRITERS[form]), is_known


def open_site(
    storage: Storage,
    *,
    language: str = "de",
    base_url: str = "https://news.example",
    full_text: bool = False,
    workshop: WorkshopTools | None = None,
    descriptions: Mapping[str, str] | None = None,
) -> Newsroom:
    clock = FakeClock(NOON)
    recorder = ReadRecorder(storage)
    site = WebSite(
        title="Mehr zum Tag",
        base_url=base_url,
        language=language,
        zone=UTC,
        full_text=full_text,
        descriptions=descriptions or {},
    )
    emitted = Site(title=site.title, base_url=base_url, language=language, tag_authority="news.example")
    app = create_app(
        storage=storage,
        site=site,
        recorder=recorder,
        clock=clock,
        trusted_proxies=["127.0.0.1"],
        own_site=OwnSite(
            tokens=(TOKEN, "another-token-of-ours"),
            allowed_origins=frozenset({ORIGIN}),
            record=lambda reads, now: record_reported(storage, reads, now=now),
        ),
        metrics_from=["127.0.0.0/8"],
        render_story=lambda story_id, form: render(read_story_feed(storage, emitted, story_id), WRITERS[form]),
        workshop=workshop,
        render_search=lambda text, form: render_search(storage, emitted, text, form),
        render_related=partial(render_related, storage, emitted),
    )
    client = SiteClient(app, base_url=base_url.removesuffix(urlsplit(base_url).path))  # a proxy in front takes the path off
    return Newsroom(storage=storage, client=client, app=app, recorder=recorder, clock=clock)
