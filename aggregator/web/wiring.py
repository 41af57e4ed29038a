"""The web application of an open aggregator."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette

from aggregator.app import Aggregator
from aggregator.config import add_feed, load_settings, remove_feed, save_topic
from aggregator.library.callbacks import CallbackRules
from aggregator.library.rankings import read_traffic
from aggregator.library.reads import ReadRecorder
from aggregator.library.reported_reads import record_reported
from aggregator.library.subscriptions import find_feed
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic
from aggregator.web.asgi import create_app
from aggregator.web.site import OwnSite, WebSite
from aggregator.web.workshop.tools import WorkshopTools


def make_tools(aggregator: Aggregator, config: Path | None) -> WorkshopTools:
    """Return what the workshop works with; without the configuration file it can look, but not change sources."""

    def bring_store_to(path: Path) -> None:
        settings = load_settings(path, environ=os.environ)
        with aggregator.storage.write() as tx:
            tx.feeds.configure(settings.feeds, now=aggregator.clock.now())

    def add(path: Path, feed: FeedSettings) -> None:
        add_feed(path, feed)
        bring_store_to(path)

    def remove(path: Path, url: str) -> None:
        remove_feed(path, url)
        bring_store_to(path)

    topics = list(aggregator.settings.topics)

    def save(path: Path, topic: Topic) -> None:
        save_topic(path, topic, environ=os.environ)
        topics[:] = load_settings(path, environ=os.environ).topics  # until the daemon has restarted this process

    return WorkshopTools(
        find_feed=lambda address: find_feed(address, fetcher=aggregator.fetcher, parser=aggregator.parser),
        topics=lambda: topics,
        default_language=aggregator.settings.site.language,
        compares_meaning=aggregator.compares_meaning,
        add_feed=partial(add, config) if config is not None else None,
        remove_feed=partial(remove, config) if config is not None else None,
        save_topic=partial(save, config) if config is not None else None,
    )


@contextmanager
def open_web(
    aggregator: Aggregator,
    *,
    counted: bool = True,
    stopping: Callable[[], bool] = lambda: False,
    config: Path | None = None,
) -> Iterator[Starlette]:
    """Give the application; reads that wait to be written are written at the end.

    `counted` False makes pages for a host that only has files: their links lead straight to the publisher.
    `stopping` says whether the server wants to end. `config` is the file that operators change sources in.
    """
    settings = aggregator.settings
    recorder = ReadRecorder(aggregator.storage, site_of=read_traffic)
    try:
        yield create_app(
            storage=aggregator.storage,
            site=WebSite(
                title=settings.site.title,
                base_url=settings.site.base_url,
                language=settings.site.language,
                contact=settings.site.contact or None,
                counted=counted,
                zone=aggregator.zone,
                hub_url=settings.push.hub,
                full_text=settings.publishing.full_text,
                descriptions={topic.slug: topic.description for topic in settings.topics if topic.description},
            ),
            recorder=recorder,
            render_story=aggregator.render_story,
            clock=aggregator.clock,
            trusted_proxies=settings.server.trusted_proxies,
            own_site=OwnSite(
                tokens=settings.reads.tokens,
                allowed_origins=frozenset(settings.reads.allowed_origins),
                record=lambda reads, now: record_reported(aggregator.storage, reads, now=now),
            ),
            metrics_from=settings.server.metrics_from,
            stopping=stopping,
            callbacks=CallbackRules(
                lease=settings.push.lease,
                max_body_bytes=settings.fetch.max_body,
                hint_gap=settings.polling.min_interval,
            ),
            render_search=aggregator.render_search,
            render_related=aggregator.render_related,
            workshop=make_tools(aggregator, config),
        )
    finally:
        recorder.close()
