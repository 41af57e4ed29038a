"""The workshop of an open aggregator writes its real configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.app import open_aggregator
from aggregator.config import load_settings
from aggregator.errors import FeedNotFound
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic
from aggregator.web.wiring import make_tools
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher

CONFIG = """\
# our sources
feeds:
  - url: https://a.example/feed  # the first
store: {url: "sqlite:///news.db"}
"""


def test_sources_are_written_to_the_file_with_its_comments_and_to_the_store(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    with open_aggregator(load_settings(file, environ={}), clock=FakeClock(), fetcher=FakeFetcher({})) as aggregator:
        tools = make_tools(aggregator, file)
        assert tools.add_feed is not None
        assert tools.remove_feed is not None
        tools.add_feed(FeedSettings(url="https://b.example/feed", title="B", tags=("x",)))
        text = file.read_text()
        assert "# our sources" in text
        assert "# the first" in text
        assert "https://b.example/feed" in text
        with aggregator.storage.read() as tx:
            assert [feed.settings.url for feed in tx.feeds.all()] == ["https://a.example/feed", "https://b.example/feed"]
        tools.remove_feed("https://a.example/feed")
        assert "a.example" not in file.read_text()
        with aggregator.storage.read() as tx:
            assert [feed.title for feed in tx.feeds.all()] == ["B"]
        with pytest.raises(FeedNotFound):
            tools.remove_feed("https://a.example/feed")


def test_a_topic_is_written_to_the_file_and_known_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    with open_aggregator(load_settings(file, environ={}), clock=FakeClock(), fetcher=FakeFetcher({})) as aggregator:
        tools = make_tools(aggregator, file)
        assert tools.save_topic is not None
        topic = Topic(slug="bahn", title="Bahn", any_of=("Zug",))
        tools.save_topic(topic)
        assert list(tools.topics()) == [topic]
        assert list(load_settings(file, environ={}).topics) == [topic]
        assert "# the first" in file.read_text()


def test_without_the_file_there_is_nothing_to_write(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    with open_aggregator(load_settings(file, environ={}), clock=FakeClock(), fetcher=FakeFetcher({})) as aggregator:
        tools = make_tools(aggregator, None)
        assert (tools.add_feed, tools.remove_feed, tools.save_topic) == (None, None, None)
