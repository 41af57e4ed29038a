"""An open store with the flows that work on it: settings in, an aggregator out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from aggregator.app.bodies import SystemClock, make_fetcher, make_parser, make_poster
from aggregator.app.lease_owner import is_alive
from aggregator.app.rules import ingest_rules, ranking_rules, retention_of
from aggregator.config import Settings
from aggregator.emit.build import Links, Site, build_search_feed, tag_authority_of
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.emit.related_links import LINKED_STORIES
from aggregator.emit.render import render
from aggregator.errors import ExtraMissing
from aggregator.fetch.fleet import CurlFetcher
from aggregator.group.assign import GroupingRules
from aggregator.group.embed import is_installed, open_embedder
from aggregator.group.recollection import Recollection
from aggregator.group.topics import TopicMatcher
from aggregator.library.catalogue import list_paths
from aggregator.library.related import read_related_feed
from aggregator.library.searching import read_search_entries
from aggregator.library.stories import read_story_feed
from aggregator.model.document import Format, Rendered
from aggregator.model.report import (
    ArticleReport,
    CatchUpReport,
    DeliveryReport,
    GroupReport,
    IndexReport,
    PingReport,
    PollReport,
    PruneReport,
    PublishReport,
    RankReport,
    RelateReport,
    SearchReport,
    SubscribeReport,
)
from aggregator.parse.article import open_extractor
from aggregator.pipeline.articles import fetch_articles
from aggregator.pipeline.catching_up import TURN, catch_up
from aggregator.pipeline.deliveries import forget_deliveries, take_in_deliveries
from aggregator.pipeline.editions import make_editions
from aggregator.pipeline.grouping import group_entries
from aggregator.pipeline.indexing import index_entries
from aggregator.pipeline.ingest import ingest
from aggregator.pipeline.passages import recall_passages
from aggregator.pipeline.publish import publish
from aggregator.pipeline.push import SubscriberRules, ping_hub, subscribe
from aggregator.pipeline.ranking import rank_stories
from aggregator.pipeline.reading import DocumentReader
from aggregator.pipeline.reading_pool import ReadingPool
from aggregator.pipeline.rediscover import search_lost_feeds
from aggregator.pipeline.relating import relate_stories
from aggregator.pipeline.retain import prune
from aggregator.pipeline.said import RelatedMemory
from aggregator.pipeline.settling import settle_reads
from aggregator.pipeline.stories import StoryMemory, open_memory, place_entries
from aggregator.pipeline.summarising import edition_points, summarise_stories
from aggregator.protocols import Clock, Embedder, FeedWriter, Fetcher, Parser, Poster
from aggregator.storage import Storage
from aggregator.store.database import open_database
from aggregator.store.upgrade import upgrade

log = logging.getLogger(__name__)

_WRITERS: Mapping[Format, FeedWriter] = {writer.format: writer for writer in (RssWriter(), AtomWriter(), JsonFeedWriter())}


class Aggregator:
    """An open store with the flows that work on it; made by `open_aggregator`."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        clock: Clock,
        *,
        fetcher: Fetcher | None = None,
        poster: Poster | None = None,
    ) -> None:
        self._given_poster = poster
        self.settings = settings
        self.storage = storage
        self.clock = clock
        self._given_fetcher = fetcher
        self._stopping = False
        # Two passes of one flow never overlap: the later one would store what the earlier one read.
        self._grouping = threading.Lock()
        self._ingesting = threading.Lock()
        self._indexing = threading.Lock()
        self._relating = threading.Lock()
        self._publishing = threading.Lock()
        self._ranking = threading.Lock()

    @cached_property
    def poster(self) -> Poster:
        """What sends forms to hubs, made on first use."""
        return self._given_poster or make_poster(self.settings)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The fetcher, made on first use: a command that fetches nothing loads no HTTP client."""
        return self._given_fetcher or make_fetcher(self.settings)

    @cached_property
    def parser(self) -> Parser:
        """The parser of every format."""
        return make_parser()

    @cached_property
    def reader(self) -> DocumentReader:
        """What reads documents; it starts a process only for those that may take long."""
        return DocumentReader(self.parser, ReadingPool())

    @cached_property
    def site(self) -> Site:
        """What emitted feeds say of themselves."""
        site = self.settings.site
        return Site(
            title=site.title,
            base_url=site.base_url,
            language=site.language,
            tag_authority=self._tag_authority(),
            links=Links(self.settings.ranking.links),
            hub_url=self.settings.push.hub,
        )

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the site."""
        return ZoneInfo(self.settings.site.timezone)

    def _tag_authority(self) -> str:
        """Return the host name in every id: that of the first publication for ever, so that a site that moves keeps its ids."""
        with self.storage.write() as tx:
            authority = tx.noted("tag_authority")
            if authority is None:
                authority = tag_authority_of(self.settings.site.base_url)
                tx.note("tag_authority", authority)
        return authority

    @cached_property
    def _matcher(self) -> TopicMatcher:
        return TopicMatcher(
            self.settings.topics,
            default_language=self.settings.site.language,
            open_embedder=self.open_embedder,
            recall=self.recall,
        )

    @cached_property
    def _stories(self) -> StoryMemory:
        return open_memory(GroupingRules(), default_language=self.settings.site.language, open_embedder=self.open_embedder)

    @cached_property
    def _related(self) -> RelatedMemory:
        return RelatedMemory(self.settings.site.language, self.open_embedder)

    def open_embedder(self) -> Embedder | None:
        """Return the sentence model of the settings, loaded once; without it, stories and topics are found by words."""
        return self._embedder

    @property
    def compares_meaning(self) -> bool:
        """Whether a sentence model is at hand; it is not loaded to tell."""
        return is_installed(self.settings.grouping.model)

    def recall(self, embedder: Embedder, texts: Iterable[str]) -> Recollection:
        """Return the newest entries, and what the model has read of them and of `texts`."""
        return recall_passages(self.storage, embedder, texts)

    @cached_property
    def _embedder(self) -> Embedder | None:
        try:
            return open_embedder(self.settings.grouping.model)
        except ExtraMissing as error:
            log.error("stories and topics are found by words alone: %s", error)  # noqa: TRY400 - the sentence says all
            return None

    def configure(self) -> tuple[int, int]:
        """Bring feeds and topics in the store to the settings; return how many feeds came and went."""
        with self.storage.write() as tx:
            for owner in tx.feeds.lease_owners():
                if not is_alive(owner):
                    # It may have asked and died before it could say so: a crash must not make anybody be asked twice.
                    tx.feeds.release(owner, not_before=self.clock.now() + self.settings.polling.min_interval)
            added, removed = tx.feeds.configure(self.settings.feeds, now=self.clock.now())
            tx.topics.configure(self.settings.topics)
            tx.streams.number(list_paths(topic.slug for topic in self.settings.topics))
        return added, removed

    def poll(
        self,
        *,
        everything: bool = False,
        site_feeds: int | None = None,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> PollReport:
        """Run one ingest pass."""
        with self._ingesting:
            return ingest(
                self.storage,
                self.fetcher,
                self.reader,
                self.clock,
                ingest_rules(self.settings),
                everything=everything,
                site_feeds=site_feeds,
                should_stop=lambda: self._stopping,
                on_progress=on_progress,
            )

    def take_in_deliveries(self) -> DeliveryReport:
        """Store what hubs delivered and, if it is news, bring it into the emitted feeds at once."""
        report = take_in_deliveries(self.storage, self.reader, self.clock, ingest_rules(self.settings))
        if report.new or report.modified:
            self.group()
            self.publish()
        return report

    def subscribe(self) -> SubscribeReport:
        """Ask the hubs whose turn it is to push."""
        rules = SubscriberRules(base_url=self.settings.site.base_url, lease=self.settings.push.lease)
        return subscribe(self.storage, self.poster, rules, now=self.clock.now(), should_stop=lambda: self._stopping)

    def fetch_articles(self) -> ArticleReport:
        """Fetch articles of the feeds that ask for them.

        Raises: ExtraMissing.
        """
        return fetch_articles(self.storage, self.fetcher, open_extractor(), self.clock, should_stop=lambda: self._stopping)

    def search_lost_feeds(self) -> SearchReport:
        """Look for feeds that are gone from their address."""
        return search_lost_feeds(
            self.storage, self.fetcher, self.reader, now=self.clock.now(), should_stop=lambda: self._stopping
        )

    def ping(self) -> PingReport:
        """Tell our hub of what changed."""
        hub_url = self.settings.push.hub
        if hub_url is None:
            return PingReport()
        return ping_hub(
            self.storage,
            self.poster,
            hub_url=hub_url,
            base_url=self.settings.site.base_url,
            now=self.clock.now(),
            should_stop=lambda: self._stopping,
        )

    def group(self) -> GroupReport:
        """Group until nothing is new: entries find their stories and topics, and stories their key points."""
        done = GroupReport(is_behind=True)
        while done.is_behind and not self._stopping:
            with self._grouping:
                stories = place_entries(self.storage, self._stories, now=self.clock.now(), should_stop=lambda: self._stopping)
                summarise_stories(self.storage, language=self.settings.site.language, should_stop=lambda: self._stopping)
                topics = group_entries(self.storage, self._matcher, now=self.clock.now(), should_stop=lambda: self._stopping)
            topics = replace(topics, joined=stories.joined, merged=stories.merged)
            found = {name: getattr(done, name) + getattr(topics, name) for name in ("entries", "assigned", "joined", "merged")}
            done = replace(topics, **found)
        return replace(done, is_behind=False)

    def catch_up(self, *, turn: timedelta = TURN) -> CatchUpReport:
        """Compare by meaning what there was no time for, in steps between which a grouping pass may come; end after a turn."""
        with self._grouping:
            memory, matcher = self._stories, self._matcher
        return catch_up(
            self.storage, memory, matcher, self.clock, lock=self._grouping, turn=turn, should_stop=lambda: self._stopping
        )

    def index(self) -> IndexReport:
        """Make what is new searchable; while a pass is under way, one batch at most, so that the pass hardly feels it."""
        with self._indexing:
            language = self.settings.site.language
            return index_entries(
                self.storage,
                default_language=language,
                should_stop=lambda: self._stopping,
                gives_way=self._ingesting.locked,
            )

    def relate(self) -> RelateReport:
        """Find related stories for those that are new or changed; what is new is made searchable first."""
        self.index()
        with self._relating:
            return relate_stories(self.storage, self._related, now=self.clock.now(), should_stop=lambda: self._stopping)

    def settle(self) -> int:
        """Count the reads that feed readers reported and nobody took back; return how many."""
        return settle_reads(self.storage, now=self.clock.now())

    def rank(self, *, at_once: bool = False) -> RankReport:
        """Rank the stories if a quantum began since the last time, or `at_once`, over what was read until now.

        Editions of days and weeks that are over are made.
        """
        with self._ranking:
            self.settle()
            now, rules = self.clock.now(), ranking_rules(self.settings)
            report = rank_stories(self.storage, self.settings.topics, rules, now=now, at_once=at_once)
            return replace(
                report, editions=make_editions(self.storage, self.site, self.zone, rules, now=now, key_points=edition_points)
            )

    def publish(self) -> PublishReport:
        """Run one publish pass."""
        with self._publishing:
            return publish(
                self.storage,
                self.settings.topics,
                self.site,
                tuple(_WRITERS.values()),
                now=self.clock.now(),
            )

    def render_story(self, story_id: int, form: Format) -> Rendered:
        """Return the feed of a story, rendered now.

        Raises: StoryNotFound.
        """
        return render(read_story_feed(self.storage, self.site, story_id), _WRITERS[form])

    def render_related(self, url: str, form: Format, *, every_language: bool) -> tuple[Rendered, bool]:
        """Return the feed of what to read after an article, rendered now, and whether the article is known."""
        document, is_known = read_related_feed(self.storage, self.site, url, every_language=every_language)
        return render(document, _WRITERS[form]), is_known

    def render_search(self, text: str, form: Format) -> Rendered:
        """Return the feed of a search, rendered now."""
        language = self.settings.site.language
        entries = read_search_entries(self.storage, text, now=self.clock.now(), language=language, zone=self.zone)
        with self.storage.read() as tx:
            related = tx.related.links((entry.story_id for entry in entries), limit=LINKED_STORIES)
        return render(build_search_feed(self.site, text, entries, related=related), _WRITERS[form])

    def prune(self) -> PruneReport:
        """Run one retention pass."""
        forget_deliveries(self.storage, self.clock)
        return prune(
            self.storage,
            retention_of(self.settings),
            now=self.clock.now(),
            should_stop=lambda: self._stopping,
        )

    def stop(self) -> None:
        """Let a pass under way, in whichever thread, store what it has and end."""
        self._stopping = True
        if isinstance(fetcher := self.__dict__.get("fetcher"), CurlFetcher):
            fetcher.close()
        if isinstance(reader := self.__dict__.get("reader"), DocumentReader):
            reader.close()

    def close(self) -> None:
        """Close connections to feeds and store."""
        self.stop()
        self.storage.close()


@contextmanager
def open_aggregator(
    settings: Settings, *, clock: Clock | None = None, fetcher: Fetcher | None = None, poster: Poster | None = None
) -> Iterator[Aggregator]:
    """Open the store of the settings, upgraded if it is an older one, and bring it to the settings.

    Raises: SchemaOutdated for a store made by a newer version, StorageError.
    """
    report = upgrade(settings.store.url)
    if report.backup is not None:
        log.info("database upgraded from=%s to=%s backup=%s", report.from_revision, report.to_revision, report.backup)
    aggregator = Aggregator(settings, open_database(settings.store.url), clock or SystemClock(), fetcher=fetcher, poster=poster)
    try:
        aggregator.configure()
        yield aggregator
    finally:
        aggregator.close()
