"""Access logs of the publisher's own site, imported over a real store."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aggregator.cli.main import app
from aggregator.errors import AggregatorError
from aggregator.library.log_import import ImportReport, import_log
from aggregator.library.reads import ReadRecorder
from aggregator.model.reading import ReadFacts, Via
from aggregator.rank.abuse import Site
from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.databases import store_setting
from tests.fakes.newsroom import NEWS, NOON, News, open_newsroom

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SITE = "https://www.seeblick.example"
FIRST = "/artikel/1"  # entry 1; 6 and 11 are the site's as well
LONG_AGO = NOON - timedelta(days=9)


def line(
    path: str = FIRST,
    *,
    at: datetime = NOON,
    address: str = "203.0.113.9",
    agent: str = FIREFOX,
    status: int = 200,
    method: str = "GET",
    size: int = 5123,
) -> str:
    return f'{address} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "{method} {path} HTTP/1.1" {status} {size} "-" "{agent}"\n'


def people(number: int, *, at: datetime, path: str = FIRST) -> list[str]:
    """Return a line each for so many people of as many networks, a minute apart."""
    return [line(path, at=at + timedelta(minutes=each), address=f"203.0.{each}.9") for each in range(number)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A store that nobody has read in, and logs to import into it as at `now`."""

    storage: Storage

    def take(self, lines: list[str], *, now: datetime = NOON + timedelta(hours=6), site: str | None = SITE) -> ImportReport:
        return import_log(
            self.storage,
            lambda: iter(lines),
            site_url=site,
            site=Site(),
            now=now,
            keep=timedelta(days=30),
        )

    def reads(self, entry_id: int = 1) -> int:
        with self.storage.read() as tx:
            entry = tx.entries.get(entry_id)
        assert entry is not None
        return entry.reads


@pytest.fixture
def log(database_url: str) -> Iterator[Log]:
    with closing(open_database(database_url)) as storage:
        open_newsroom(storage, news=[replace(item, reads=0) for item in NEWS])
        yield Log(storage=storage)


def test_people_are_counted_once_an_article_and_the_rest_is_told_by_its_reason(log: Log) -> None:
    report = log.take(
        [
            line(),
            line(at=NOON + timedelta(hours=1)),
            line(address="198.51.100.7"),
            line("/artikel/6?utm_source=newsletter"),
            line("/artikel/1/", address="192.0.2.1"),
            line("/impressum"),
            line("/style.css"),
            line(agent="Googlebot/2.1 (+http://www.google.com/bot.html)"),
            line(agent="-"),
            line(method="POST"),
            line(status=404),
            line(status=304, address="192.0.2.200"),
            line(at=NOON - timedelta(days=40)),
            line(at=NOON + timedelta(days=1)),
            "not a line\n",
        ]
    )
    assert (report.lines, report.counted, report.known, report.unknown, report.imported_before) == (15, 4, 2, 2, 0)
    assert report.discarded == {
        "bot": 1, "no_user_agent": 1, "method": 1, "status": 1, "too_old": 1, "future": 1, "malformed": 1,
    }  # fmt: skip
    assert (log.reads(1), log.reads(6)) == (3, 1)


@pytest.mark.parametrize("at", [NOON, LONG_AGO], ids=["today", "when the salt is gone"])
def test_a_file_imported_twice_adds_nothing(log: Log, at: datetime) -> None:
    lines = people(20, at=at)
    assert log.take(lines).counted == 20
    again = log.take(lines)
    assert (again.counted, again.imported_before) == (0, 20)
    assert log.reads() == 20


@pytest.mark.parametrize("at", [NOON, LONG_AGO], ids=["today", "when the salt is gone"])
def test_a_file_that_grew_adds_what_is_new(log: Log, at: datetime) -> None:
    lines = people(90, at=at)  # over two hours
    for length, new in ((30, 30), (70, 40), (90, 20), (90, 0), (70, 0), (30, 0)):
        report = log.take(lines[:length])
        assert (report.counted, report.imported_before) == (new, length - new)
    assert log.reads() == 90


def test_what_was_imported_before_its_salt_was_gone_is_known_afterwards(log: Log) -> None:
    lines = people(20, at=NOON)
    log.take(lines)
    for days in (1, 2, 5):
        assert log.take(lines, now=NOON + timedelta(days=days)).counted == 0


def test_files_rotated_within_an_hour_and_joined_again_add_nothing(log: Log) -> None:
    lines = people(50, at=LONG_AGO)
    assert log.take(lines[:20]).counted == 20
    assert log.take(lines[20:]).counted == 30
    assert log.take(lines).counted == 0


def test_lines_cut_off_at_the_head_add_nothing_while_the_salt_lives(log: Log) -> None:
    lines = people(50, at=NOON)
    log.take(lines)
    report = log.take(lines[7:])
    assert (report.counted, report.known) == (0, 43)


def test_two_servers_of_one_site_are_both_counted(log: Log) -> None:
    log.take(people(20, at=LONG_AGO))
    other = [each.replace("203.0.", "198.51.").replace("5123", "5124") for each in people(20, at=LONG_AGO)]
    assert log.take(other).counted == 20


def test_a_log_of_several_sites_needs_no_origin(log: Log) -> None:
    lines = ["www.seeblick.example:443 " + line(), "other.example:443 " + line(address="192.0.2.1")]
    report = log.take(lines, site=None)
    assert (report.counted, report.unknown) == (1, 1)


def test_a_reader_who_clicked_here_and_then_stands_in_the_log_is_one(log: Log) -> None:
    recorder = ReadRecorder(log.storage)
    facts = ReadFacts(method="GET", user_agent=FIREFOX)
    recorder.count_read(facts, entry_id=1, at=NOON, via=Via.CLICK, address="203.0.113.9")
    recorder.close()
    assert log.take([line(at=NOON + timedelta(seconds=1))]).known == 1
    assert log.reads() == 1


def test_nobody_opens_a_page_a_minute_for_an_hour(database_url: str) -> None:
    news = [News(title=f"{each}", summary="", topic="wissen", minutes=60, source=0) for each in range(70)]
    lines = [line(f"/artikel/{each + 1}", at=NOON + timedelta(seconds=each)) for each in range(70)]
    with closing(open_database(database_url)) as storage:
        open_newsroom(storage, news=news)
        report = Log(storage=storage).take(lines)
    assert (report.counted, report.discarded) == (60, {"over_active": 10})


def test_days_of_the_log_are_utc_days(log: Log) -> None:
    before = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    report = log.take([line(at=before), line(at=before + timedelta(minutes=2))])
    assert report.counted == 2


Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, database_url: str) -> Call:
    config = tmp_path / "config.yaml"
    config.write_text("feeds: []\n" + store_setting(database_url))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), *arguments])

    return run


def test_the_command_reads_plain_and_compressed_files(call: Call, log: Log, tmp_path: Path) -> None:
    now = datetime.now(UTC) - timedelta(minutes=30)
    lines = people(5, at=now - timedelta(minutes=10))
    plain, packed = tmp_path / "access.log", tmp_path / "access.log.2.gz"
    plain.write_text("".join(lines[:3]))
    packed.write_bytes(gzip.compress("".join(lines).encode()))

    first = json.loads(call("reads", "import", str(plain), "--site", SITE, "--json").stdout)
    second = json.loads(call("reads", "import", str(packed), "--site", SITE, "--json").stdout)

    assert (first["lines"], first["counted"]) == (3, 3)
    assert (second["lines"], second["imported_before"], second["counted"]) == (5, 3, 2)
    assert "reads counted\t0" in call("reads", "import", str(packed), "--site", SITE).stdout


def test_the_command_asks_for_the_site_where_the_log_names_none(call: Call, log: Log, tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    file.write_text(line(at=datetime.now(UTC)))
    assert "reads.site" in str(call("reads", "import", str(file)).exception)
    assert call("reads", "import", str(file), "--site", "seeblick.example").exit_code == 2


def test_a_file_that_is_no_log_is_told(call: Call, log: Log, tmp_path: Path) -> None:
    other, cut_off = tmp_path / "config.txt", tmp_path / "access.log.gz"
    other.write_text("feeds: []\ntopics: []\n")
    cut_off.write_bytes(gzip.compress("".join(people(5, at=datetime.now(UTC))).encode())[:-9])

    done = call("reads", "import", str(other), "--site", SITE)
    assert (done.exit_code, "combined format" in done.output) == (1, True)
    assert isinstance(call("reads", "import", str(cut_off), "--site", SITE).exception, AggregatorError)
