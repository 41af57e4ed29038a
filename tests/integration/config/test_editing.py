from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.config import add_examples, add_feed, add_feeds, load_settings, remove_feed, save_topic
from aggregator.errors import ConfigError, FeedExists, FeedNotFound, TopicNotFound
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic

TEXT = "# Mine\nfeeds:\n  - url: https://a.org/feed  # first\n\nserver: {port:   9000}\n"
NEW = FeedSettings(url="https://b.org/feed", title="B", tags=("schweiz",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_an_added_feed_is_loaded_and_taken_out_again_leaves_the_file_as_it_was(file: Path) -> None:
    add_feed(file, NEW)
    assert load_settings(file, environ={}).feeds[1] == NEW
    remove_feed(file, "https://B.org/feed")
    assert file.read_text(encoding="utf-8") == TEXT


def test_a_feed_that_is_there_is_not_added_twice(file: Path) -> None:
    with pytest.raises(FeedExists):
        add_feed(file, FeedSettings(url="https://A.org/feed#top"))
    assert file.read_text(encoding="utf-8") == TEXT


def test_of_many_feeds_the_new_ones_are_added_once(file: Path) -> None:
    known = FeedSettings(url="https://a.org/feed")
    assert add_feeds(file, [known, NEW, NEW]) == [NEW]
    assert [feed.url for feed in load_settings(file, environ={}).feeds] == ["https://a.org/feed", "https://b.org/feed"]
    assert add_feeds(file, [known, NEW]) == []


def test_removing_an_unknown_feed_names_the_nearest(file: Path) -> None:
    with pytest.raises(FeedNotFound, match=r"did you mean https://a\.org/feed\?"):
        remove_feed(file, "https://a.org/fed")


def test_mode_and_byte_order_mark_stay_and_nothing_else_is_left_in_the_folder(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    file.chmod(0o640)
    add_feed(file, NEW)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["config.yaml"]


def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    add_feed(link, NEW)
    assert link.is_symlink()
    assert "b.org" in file.read_text(encoding="utf-8")


def test_a_file_without_the_key_gets_one(file: Path) -> None:
    file.write_text("server: {port: 9000}\n", encoding="utf-8")
    add_feed(file, NEW)
    settings = load_settings(file, environ={})
    assert (settings.feeds, settings.server.port) == ((NEW,), 9000)


@pytest.mark.parametrize("text", ["{feeds: []}", "feeds: text", "feeds: [", "feeds: []\n...\n--- x\n"])
def test_a_file_that_cannot_be_edited_stays_as_it_is(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        add_feed(file, NEW)
    assert caught.value.file == file
    assert file.read_text(encoding="utf-8") == text


def test_an_edit_that_would_say_something_else_is_refused(file: Path) -> None:
    file.write_text("server: {}\n...\n", encoding="utf-8")  # what follows the end mark would not be read
    with pytest.raises(ConfigError, match="by hand"):
        add_feed(file, NEW)


def test_files_that_cannot_be_read_are_errors_with_the_file(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("feeds: []\nsite: {title: Zürich}\n".encode("latin-1"))
    for path, words in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "cannot be read"), (latin, "not UTF-8")):
        with pytest.raises(ConfigError, match=words) as caught:
            load_settings(path, environ={})
        assert caught.value.file == path
    assert caught.value.line == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_is_an_error(file: Path) -> None:
    file.chmod(0)
    with pytest.raises(ConfigError, match="Permission denied"):
        load_settings(file, environ={})


TOPICS = """\
feeds: []
topics:
  # mine
  - slug: bahn  # trains
    title: Bahn
    about: Züge.  # why

  - {slug: kurz, title: Kurz, any: [a]}
  - slug: alt
    title: Alt
    any: [b]
    examples:
    - Eins
    # more to come
    limit: 7
"""


def test_examples_are_written_to_their_topic_once_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(TOPICS, encoding="utf-8")
    lines = ["SBB: neue Züge, mehr Platz", "Gleise gesperrt", "Gleise gesperrt"]
    for slug in ("bahn", "kurz", "alt"):
        assert add_examples(file, slug, lines) == lines[:2]
        assert add_examples(file, slug, [*lines, "Drei"]) == ["Drei"]
    topics = {topic.slug: topic for topic in load_settings(file, environ={}).topics}
    assert topics["bahn"].examples == topics["kurz"].examples == (*lines[:2], "Drei")
    assert topics["alt"].examples == ("Eins", *lines[:2], "Drei")
    assert (topics["alt"].limit, topics["bahn"].about) == (7, "Züge.")
    text = file.read_text(encoding="utf-8")
    assert all(comment in text for comment in ("# mine", "# trains", "# why", "# more to come"))
    learned = [line for line in text.splitlines() if line.lstrip(" -").strip('"') not in {"Eins", *lines, "Drei"}]
    assert [line for line in learned if "kurz" not in line and line != "    examples:"] == [
        line for line in TOPICS.splitlines() if "kurz" not in line and line not in {"    examples:", "    - Eins"}
    ]


def test_a_topic_that_is_not_in_the_file_learns_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(TOPICS, encoding="utf-8")
    with pytest.raises(TopicNotFound):
        add_examples(file, "bahnn", ["x"])
    file.write_text(TOPICS.replace("about: Züge.", "examples: []"), encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be edited by program"):
        add_examples(file, "bahn", ["x"])


def saved(file: Path, topic: Topic) -> Topic:
    save_topic(file, topic, environ={})
    return next(known for known in load_settings(file, environ={}).topics if known.slug == topic.slug)


NEW_TOPIC = Topic(
    slug="neu", title="Neu: # ja", any_of=("*tunnel", "it's", "#metoo"), about="Ein Satz.\nZwei", examples=("a, b",)
)


@pytest.mark.parametrize(
    "text", [TOPICS, "feeds: []\n", "feeds: []\ntopics: []\n", "feeds: []\ntopics: [{slug: a, title: A, any: [a]}]\n"]
)
def test_a_new_topic_is_written_behind_the_others_and_no_other_line_changes(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    assert save_topic(file, NEW_TOPIC, environ={})
    assert load_settings(file, environ={}).topics[-1] == NEW_TOPIC
    if text == TOPICS:
        assert set(TOPICS.splitlines()) <= set(file.read_text(encoding="utf-8").splitlines())


def test_a_topic_is_changed_where_it_stands_and_keeps_its_comments_and_all_else(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(TOPICS, encoding="utf-8")
    for slug in ("bahn", "kurz", "alt"):
        known = next(topic for topic in load_settings(file, environ={}).topics if topic.slug == slug)
        for wanted in (
            replace(known, any_of=("Zug", "Gleis*"), languages=("de", "fr"), about="Rollt: ja"),
            replace(known, title="Anders # so", any_of=("Zug",), about="Rollt: ja"),
            replace(known, title="Anders # so", any_of=("Zug",), about="Rollt: ja", examples=(*known.examples, "Zwei")),
        ):
            assert saved(file, wanted) == wanted
    text = file.read_text(encoding="utf-8")
    assert all(comment in text for comment in ("# mine", "# trains", "# why", "# more to come"))
    assert not save_topic(file, load_settings(file, environ={}).topics[0], environ={})
    assert file.read_text(encoding="utf-8") == text


def test_a_list_with_comments_in_it_is_left_to_the_person(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    text = "feeds: []\ntopics:\n  - slug: a\n    title: A\n    any:\n      - x  # because\n      - y\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="comments stand in any of 'a'"):
        save_topic(file, Topic(slug="a", title="A", any_of=("x",)), environ={})
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("topic", "told"), [(replace(NEW_TOPIC, slug="Ü b"), "did you mean 'ue-b'"), (Topic(slug="leer", title="Leer"), "rule")]
)
def test_a_topic_that_makes_no_sense_is_not_written(tmp_path: Path, topic: Topic, told: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(TOPICS, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        save_topic(file, topic, environ={})
    assert file.read_text(encoding="utf-8") == TOPICS
