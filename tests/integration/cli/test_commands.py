"""The command line on a configuration in a folder, called as a person calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aggregator.cli.main import app, main
from aggregator.errors import ConfigError, EntryNotFound, FeedNotFound, StoryNotFound, TopicNotFound, WrongStories
from tests.fakes.databases import kind_of, store_setting
from tests.fakes.feeds import item, rss
from tests.fakes.origin import Origin, document

CONFIG = """\
# our sources
fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}
feeds: []
topics:
  - {slug: bern, title: Bern, any: [Bern]}
"""
HOME = b'<!doctype html><title>Zeitung</title><link rel="alternate" type="application/rss+xml" href="/feed">'
Call = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG + store_setting(database_url))
    return file


@pytest.fixture
def call(config: Path) -> Call:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), *arguments])

    return run


@pytest.fixture
def newspaper() -> Iterator[Origin]:
    with Origin() as origin:
        origin.answer("/", document(HOME, media_type="text/html"))
        origin.answer("/feed", document(rss(item("Markt in Bern", "https://zeitung.example/1"))))
        yield origin


def test_add_finds_the_feed_of_a_site_and_keeps_comments(call: Call, config: Path, newspaper: Origin) -> None:
    done = call("add", newspaper.url("/"))

    assert done.exit_code == 0, done.output
    assert newspaper.url("/feed") in config.read_text()
    assert config.read_text().startswith("# our sources\n")


def test_the_main_job_by_hand(call: Call, newspaper: Origin) -> None:
    call("add", newspaper.url("/feed"))

    polled = json.loads(call("poll", "--json").stdout)
    published = json.loads(call("publish", "--json").stdout)
    status = json.loads(call("status", "--json").stdout)
    topics = json.loads(call("topics", "--json").stdout)

    assert polled["entries"] == {"new": 1, "modified": 0, "unmodified": 0}
    assert published["published"]["written"] > 0
    assert (status["feeds"]["total"], status["entries"]) == (1, 1)
    assert [(topic["slug"], topic["entries"]) for topic in topics["topics"]] == [("bern", 1)]


def test_a_person_merges_and_parts_stories(call: Call, newspaper: Origin) -> None:
    items = [
        item(title, f"https://zeitung.example/{place}") for place, title in enumerate(("Markt in Bern", "Fest in Basel"), 1)
    ]
    newspaper.answer("/feed", document(rss(*items)))
    call("add", newspaper.url("/feed"))
    call("poll")
    call("publish")

    assert call("stories", "merge", "1", "2").stdout == "story 1 holds both\n"
    shown = json.loads(call("stories", "show", "2", "--json").stdout)
    assert (shown["id"], [one["by_operator"] for one in shown["entries"]]) == (1, [False, True])
    assert json.loads(call("status", "--json").stdout)["stories"] == 1
    again = call("stories", "merge", "1", "2")
    assert isinstance(again.exception, WrongStories)
    assert call("stories", "split", "2").stdout == "story 2 holds what was parted from story 1\n"
    assert "founded it" in call("stories", "show", "1").stdout
    for wrong, error in ((("show", "77"), StoryNotFound), (("split", "1"), WrongStories), (("split", "77"), EntryNotFound)):
        assert isinstance(call("stories", *wrong).exception, error)
    assert call("database", "check").exit_code == 0


def test_preview_says_why_an_entry_matches(call: Call, newspaper: Origin) -> None:
    call("add", newspaper.url("/feed"))
    call("poll")

    preview = json.loads(call("topics", "preview", "bern", "--json").stdout)

    assert [match["title"] for match in preview["matches"]] == ["Markt in Bern"]
    assert "Bern" in preview["matches"][0]["reason"]


def test_feeds_shows_health_for_scripts(call: Call, newspaper: Origin) -> None:
    call("add", newspaper.url("/feed"))
    call("poll")

    (feed,) = json.loads(call("feeds", "--json").stdout)["feeds"]

    assert (feed["state"], feed["failures"], feed["error"]) == ("ok", 0, None)
    assert feed["next_poll_at"] > feed["last_success_at"]
    assert 0 < feed["expected_delay_seconds"] < 24 * 3600
    assert feed["achieved_delay_seconds"] is None  # what was there at the first poll says nothing of it


def test_export_writes_pages_and_feeds_as_files(call: Call, newspaper: Origin, tmp_path: Path) -> None:
    call("add", newspaper.url("/feed"))
    call("poll")

    done = call("export", str(tmp_path / "site"))

    assert done.exit_code == 0, done.output
    assert "Markt in Bern" in (tmp_path / "site/topics/bern/index.html").read_text()
    assert (tmp_path / "site/topics/bern.atom").is_file()


def test_a_place_that_cannot_be_written_to_is_told_in_a_sentence(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "file").write_text("")
    monkeypatch.setattr(sys, "argv", ["aggregator", "--config", str(config), "export", str(config.parent / "file/below")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("aggregator: ")
    assert "file/below" in said


def test_opml_goes_in_and_comes_out(call: Call, newspaper: Origin, tmp_path: Path) -> None:
    call("add", newspaper.url("/feed"), "--tag", "schweiz")
    exported = tmp_path / "out.opml"
    exported.write_text(call("opml", "export").stdout)
    call("remove", newspaper.url("/feed"))

    done = call("opml", "import", str(exported))

    assert "1 feeds added" in done.stdout
    assert newspaper.url("/feed") in call("opml", "export").stdout


def test_a_backup_is_a_database_of_its_own(call: Call, database_url: str, tmp_path: Path) -> None:
    assert "intact" in call("database", "check").stdout
    done = call("database", "backup", str(tmp_path / "copy.db"))
    if kind_of(database_url) == "sqlite":
        assert done.exit_code == 0
        assert (tmp_path / "copy.db").stat().st_size > 0
    else:
        assert "pg_dump" in str(done.exception)


def test_a_site_without_a_feed_is_told_what_was_tried(call: Call) -> None:
    with Origin() as origin:
        origin.answer("/", document(b"<!doctype html><title>Verein</title>", media_type="text/html"))
        done = call("add", origin.url("/"))

    assert isinstance(done.exception, FeedNotFound)
    assert "/feed" in str(done.exception)


def test_an_unknown_topic_names_the_nearest(call: Call) -> None:
    done = call("topics", "preview", "bernn")
    assert isinstance(done.exception, TopicNotFound)
    assert done.exception.nearest == "bern"


def test_a_wrong_configuration_names_the_line(call: Call, config: Path) -> None:
    config.write_text(config.read_text().replace("topics:", "topcis:"))
    done = call("check")
    assert isinstance(done.exception, ConfigError)
    assert done.exception.line == 4


def test_check_online_fetches_every_feed_once(call: Call, newspaper: Origin) -> None:
    call("add", newspaper.url("/feed"))
    done = call("check", "--online")
    assert done.exit_code == 0
    assert "1 entries" in done.stdout


def test_a_topic_learns_from_a_file_and_the_preview_suggests_words(
    call: Call, config: Path, tmp_path: Path, newspaper: Origin
) -> None:
    titles = [f"Markt in Bern mit Käse und Brot am {day}. Mai" for day in range(1, 7)]
    newspaper.answer("/feed", document(rss(*(item(title, f"https://zeitung.example/{title[-7:]}") for title in titles))))
    examples = tmp_path / "examples.txt"
    examples.write_text("# of last year\nMarkt in Bern\n\nKäse und Brot auf dem Markt\n", encoding="utf-8")

    learned = call("topics", "learn", "bern", "--from", str(examples))
    again = call("topics", "learn", "bern", "--from", str(examples))
    call("add", newspaper.url("/feed"))
    call("poll")
    preview = json.loads(call("topics", "preview", "bern", "--json").stdout)

    assert "2 examples learned" in learned.output, learned.output
    assert "0 examples learned, 2 known already" in again.output
    assert "examples: [Markt in Bern, Käse und Brot auf dem Markt]" in config.read_text(encoding="utf-8")
    assert len(preview["matches"]) == 6
    assert "Käse" in preview["suggested_words"]
    assert "Bern" not in preview["suggested_words"]
    assert "did you mean" in str(call("topics", "learn", "bernn", "--from", str(examples)).exception)
