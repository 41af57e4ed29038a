"""Commands on readers, called as a person calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aggregator.app import open_aggregator
from aggregator.cli.main import app
from aggregator.cli.opening import reader_site
from aggregator.config import load_settings
from aggregator.errors import AccessDenied, ReaderExists, ReaderNotFound, TopicNotFound
from aggregator.library.passwords import is_password
from aggregator.library.readers import list_readers, log_in
from aggregator.library.sessions import Logins, find_session
from aggregator.library.subscribing import subscribe
from tests.fakes.databases import store_setting

CONFIG = """\
site: {language: en}
feeds: []
topics:
  - {slug: bern, title: Bern, any: [Bern]}
  - {slug: jazz, title: Jazz, any: [Jazz]}
"""
Call = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG + store_setting(database_url))
    return file


@pytest.fixture
def call(config: Path) -> Call:
    def run(*arguments: str, given: str = "correct horse\n") -> Result:
        return CliRunner().invoke(app, ["--config", str(config), "reader", *arguments], input=given)

    return run


def shown_password(output: str) -> str:
    found = re.search(r"(?:[a-z2-7]{5}-){5}[a-z2-7]", output)
    assert found is not None, output
    return found[0]


def can_log_in(config: Path, password: str, name: str = "anna") -> bool:
    with open_aggregator(load_settings(config, environ={})) as aggregator:
        try:
            log_in(aggregator.storage, name, password)
        except AccessDenied:
            return False
    return True


def test_a_new_reader_gets_an_api_password_that_is_shown_once(call: Call, config: Path) -> None:
    added = call("add", "anna", "--password-stdin")
    assert added.exit_code == 0, added.output
    password = shown_password(added.output)
    assert can_log_in(config, password)
    assert not can_log_in(config, "correct horse")
    listed = json.loads(call("list", "--json").stdout)["readers"]
    assert [(each["name"], each["counts_reads"], each["subscriptions"]) for each in listed] == [("anna", True, 3)]
    assert password not in call("export", "anna").output + call("list").output


def test_the_password_is_asked_twice_on_a_terminal(call: Call) -> None:
    assert call("add", "anna", given="correct horse\ncorrect house\ncorrect horse\ncorrect horse\n").exit_code == 0
    assert "do not match" in call("add", "berta", given="correct horse\ncorrect house\n").output


def test_a_name_or_password_that_cannot_be_used_is_wrong_use(call: Call) -> None:
    short = call("add", "anna", "--password-stdin", given="short\n")
    assert short.exit_code == 2
    assert "at least 8 characters" in short.output
    for name in ("", "a:b", "-anna", "x" * 65):
        assert call("add", "--password-stdin", "--", name).exit_code == 2
    assert json.loads(call("list", "--json").stdout) == {"readers": []}


def test_no_password_is_asked_for_where_the_name_is_wrong(call: Call) -> None:
    call("add", "anna", "--password-stdin")
    for arguments in (("add", "a:b"), ("add", "Anna"), ("password", "berta")):
        done = call(*arguments, given="")
        assert done.exit_code != 0
        assert "Password" not in done.output
        assert "Aborted" not in done.output


def test_a_change_of_nothing_is_wrong_use(call: Call) -> None:
    call("add", "anna", "--password-stdin")
    done = call("set", "anna")
    assert done.exit_code == 2
    assert "--topic" in done.output


def test_two_readers_cannot_share_a_name(call: Call) -> None:
    call("add", "anna", "--password-stdin")
    assert isinstance(call("add", "Anna", "--password-stdin").exception, ReaderExists)


def test_renewing_the_api_password_ends_the_old_one(call: Call, config: Path) -> None:
    old = shown_password(call("add", "anna", "--password-stdin").output)
    new = shown_password(call("token", "anna").output)
    assert (can_log_in(config, old), can_log_in(config, new)) == (False, True)


def test_the_web_password_changes_alone(call: Call, config: Path) -> None:
    api_password = shown_password(call("add", "anna", "--password-stdin").output)
    assert call("password", "anna", "--password-stdin", given="another horse\n").exit_code == 0
    with open_aggregator(load_settings(config, environ={})) as aggregator, aggregator.storage.read() as tx:
        stored = tx.readers.credentials(1)
    assert is_password("another horse", stored)
    assert not is_password("correct horse", stored)
    assert can_log_in(config, api_password)


def test_settings_change_what_counts_and_which_topics_are_shown(call: Call) -> None:
    call("add", "anna", "--password-stdin", "--dont-count")
    assert json.loads(call("list", "--json").stdout)["readers"][0]["counts_reads"] is False
    assert call("set", "anna", "--count", "--topic", "jazz").exit_code == 0
    exported = json.loads(call("export", "anna").stdout)
    assert exported["account"]["counts_reads"] is True
    assert [each["title"] for each in exported["subscriptions"]] == ["Jazz", "Most read articles"]
    assert [each["folders"] for each in exported["subscriptions"]] == [["Topics"], ["Most read"]]
    call("set", "anna", "--topic", "bern", "--topic", "jazz")
    assert [each["title"] for each in json.loads(call("export", "anna").stdout)["subscriptions"]][:2] == ["Bern", "Jazz"]
    assert isinstance(call("set", "anna", "--topic", "rock").exception, TopicNotFound)


def test_who_runs_the_site_is_said_and_unsaid(call: Call, config: Path) -> None:
    assert call("add", "anna", "--password-stdin", "--operator").exit_code == 0
    call("add", "berta", "--password-stdin")
    assert [each["is_operator"] for each in json.loads(call("list", "--json").stdout)["readers"]] == [True, False]
    with open_aggregator(load_settings(config, environ={})) as aggregator:
        now = aggregator.clock.now()
        token = Logins(aggregator.storage).log_in("anna", "correct horse", address="", now=now).token
        assert call("set", "anna", "--no-operator").exit_code == 0
        assert find_session(aggregator.storage, token, now=now) is None
    assert json.loads(call("export", "anna").stdout)["account"]["is_operator"] is False


def test_a_topic_that_comes_later_can_be_subscribed_and_numbers_stay(call: Call, config: Path) -> None:
    call("add", "anna", "--password-stdin")
    before = json.loads(call("export", "anna").stdout)["subscriptions"]
    config.write_text(config.read_text().replace("topics:\n", "topics:\n  - {slug: rock, title: Rock, any: [Rock]}\n"))
    with open_aggregator(load_settings(config, environ={})) as aggregator:
        storage, site = aggregator.storage, reader_site(aggregator.settings)
        ((anna, _),) = list_readers(storage)
        url = f"{site.base_url}/topics/rock.atom"
        found = subscribe(storage, anna, site, url, title=None, folders=(), now=aggregator.clock.now())
        assert found is not None
    after = json.loads(call("export", "anna").stdout)["subscriptions"]
    assert [each["title"] for each in after] == ["Rock", "Bern", "Jazz", "Most read articles"]
    assert {each["id"] for each in after} == {each["id"] for each in before} | {found.id}


def test_a_removed_reader_is_gone(call: Call, config: Path) -> None:
    password = shown_password(call("add", "anna", "--password-stdin").output)
    assert call("remove", "anna").exit_code == 0
    assert not can_log_in(config, password)
    for command in (["remove"], ["export"], ["token"], ["password", "--password-stdin"], ["set", "--count"]):
        assert isinstance(call(*command, "anna").exception, ReaderNotFound)
    assert call("list").exit_code == 0
