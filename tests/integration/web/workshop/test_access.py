"""The workshop is for operators; nobody else sees it or changes anything."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from aggregator.web.routes import make_routes
from tests.fakes.newsroom import SOURCES
from tests.fakes.outline import Outline
from tests.fakes.website import Newsroom
from tests.fakes.workshop import NEW, FakeConfig
from tests.integration.web.test_accounts import PASSWORD, Browser, add_anna

PAGES = (
    "/workshop",
    "/workshop/sources",
    "/workshop/sources/1",
    "/workshop/topics",
    "/workshop/topics?slug=schweiz",
    "/workshop/stories",
    "/workshop/stories?q=tunnel",
    "/workshop/stories/3",
    "/workshop/reading",
    "/workshop/readers",
)
ACTIONS = [route.path for route in make_routes() if route.path.startswith("/workshop") and "POST" in (route.methods or ())]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_the_workshop_but_operators(site: Newsroom, path: str) -> None:
    stranger = Browser(site)
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path.partition('?')[0]}")
    add_anna(site)
    assert stranger.log_in().status_code == 303
    assert stranger.get(path).status_code == 403
    assert "/workshop" not in stranger.get("/account").text


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_changed_without_the_token_of_an_operators_session(operator: Browser, config: FakeConfig, path: str) -> None:
    fields = {
        "address": NEW,
        "feed": "1",
        "story": "1",
        "other": "2",
        "entry": "3",
        "sure": "1",
        "name": "anna",
        "new_password": "x" * 9,
        "password": PASSWORD,
        "role": "reader",
    }
    assert operator.send(path, fields).status_code == 403
    assert operator.send(path, {**fields, "form_token": "0" * 64}).status_code == 403
    elsewhere = {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example"}
    assert operator.send(path, fields, headers=elsewhere).status_code == 403
    assert operator.get(path).status_code in {404, 405}
    assert config.urls == [url for url, _ in SOURCES]


@pytest.mark.parametrize("path", ACTIONS)
def test_a_reader_changes_nothing_with_their_own_token(site: Newsroom, path: str) -> None:
    add_anna(site)
    reader = Browser(site)
    reader.log_in()
    assert reader.submit(path, feed="1", name="anna").status_code == 403


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_walked_without_seeing_it_in_every_language(operator: Browser, path: str, language: str) -> None:
    answer = operator.newsroom.client.get(path, headers={**operator._headers(), "accept-language": language})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = Outline(answer.text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    labels = {each.get("for") for each in page.all("label")}
    for field_ in (*page.all("input"), *page.all("textarea")):
        if field_.get("type") not in {"hidden", "checkbox"}:
            assert field_.get("id") in labels, field_
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all("action" in form for form in page.all("form"))


def test_the_account_of_an_operator_leads_to_the_workshop(operator: Browser) -> None:
    assert 'href="/workshop"' in operator.get("/account").text
    assert operator.log_in(next="/workshop/sources").headers["location"] == "/workshop/sources"
