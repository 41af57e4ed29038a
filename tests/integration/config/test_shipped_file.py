from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from aggregator.config import add_feed, describe_settings, list_warnings, load_settings, remove_feed
from aggregator.group.topics import TopicMatcher
from aggregator.model.feed import FeedSettings
from docs.generate import stale_pages

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "config.yaml"


def test_the_shipped_file_is_valid_and_without_warnings() -> None:
    settings = load_settings(SHIPPED, environ={})
    assert list_warnings(settings, path=SHIPPED) == ()
    assert len(settings.feeds) >= 30
    assert {"schweiz", "deutschland", "oesterreich", "international"} <= {topic.slug for topic in settings.topics}
    TopicMatcher(settings.topics, default_language=settings.site.language)


def test_the_shipped_topics_show_every_rule() -> None:
    topics = load_settings(SHIPPED, environ={}).topics
    for rule in ("any_of", "all_of", "none_of", "tags", "feeds", "languages", "categories", "description"):
        assert any(getattr(topic, rule) for topic in topics), rule
    words = [word for topic in topics for word in topic.any_of]
    assert any(word.startswith("*") for word in words)
    assert any(word.endswith("*") for word in words)


def test_a_feed_added_to_the_shipped_file_and_taken_out_leaves_no_trace(tmp_path: Path) -> None:
    copy = tmp_path / "config.yaml"
    copy.write_bytes(SHIPPED.read_bytes())
    add_feed(copy, FeedSettings(url="https://www.example.org/feed"))
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (SHIPPED, copy))
    assert [line for line in after if line not in before] == ["  - {url: https://www.example.org/feed}"]
    remove_feed(copy, "https://www.example.org/feed")
    assert copy.read_bytes() == SHIPPED.read_bytes()


def test_the_generated_pages_say_what_the_code_says() -> None:
    assert stale_pages() == []


def test_every_setting_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for row in describe_settings():
        assert f"`{row.key.rpartition('.')[2]}`" in page
        assert row.description.replace("|", "\\|") in page


def test_the_words_of_topics_load_no_configuration() -> None:
    program = "import sys, aggregator.group.topics; sys.exit(any(m in sys.modules for m in ('pydantic', 'ruamel.yaml')))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60).returncode == 0
