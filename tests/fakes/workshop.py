"""What the workshop changes, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aggregator.errors import ConfigError, FeedExists
from aggregator.library.subscriptions import FoundFeed
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic
from aggregator.storage import Storage
from tests.fakes.newsroom import NOON, SOURCES

NEW = "https://neu.example/feed.xml"


@dataclass(slots=True)
class FakeConfig:
    """A configuration in memory, and a web with one feed in it."""

    storage: Storage
    urls: list[str] = field(default_factory=lambda: [url for url, _ in SOURCES])
    trouble: Exception | None = None
    added: list[FeedSettings] = field(default_factory=list)
    topics: list[Topic] = field(
        default_factory=lambda: [Topic(slug="schweiz", title="Schweiz", any_of=("Ständerat", "Krankenkassenprämien"))]
    )

    def find(self, address: str) -> FoundFeed:
        if self.trouble is not None:
            raise self.trouble
        url = address if "://" in address else NEW
        return FoundFeed(url=url, title="Neue Zeitung", language="de", entries=12)

    def add(self, feed: FeedSettings) -> None:
        if feed.url in self.urls:
            raise FeedExists("is in the configuration already", feed_url=feed.url)
        self.added.append(feed)
        self.urls.append(feed.url)
        self._configure()

    def remove(self, url: str) -> None:
        self.urls.remove(url)
        self._configure()

    def save_topic(self, topic: Topic) -> None:
        if "unwritable" in topic.slug:
            raise ConfigError("cannot be written: Read-only file system", file=Path("config.yaml"))
        self.topics = [*(known for known in self.topics if known.slug != topic.slug), topic]

    def _configure(self) -> None:
        with self.storage.write() as tx:
            tx.feeds.configure([FeedSettings(url=url) for url in self.urls], now=NOON)
