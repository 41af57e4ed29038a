"""The operator's walk: log in, add a source by the address of its site, try a topic, see it fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aggregator.app import open_aggregator
from aggregator.config import load_settings
from aggregator.library.catalogue import ReaderSite
from aggregator.library.readers import add_reader
from aggregator.web.words import Words
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.test_accessible import validator_messages, violations
from tests.fakes.browsing import DESKTOP, PHONE, node_package
from tests.fakes.origin import Answer, Origin
from tests.fakes.running_site import RunningSite, run_site

pytestmark = pytest.mark.e2e
PASSWORD = "correct horse"
GERMAN = Words("de")
FEED = b"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Talbote</title><link>http://x.example/</link>
<description>Nachrichten</description><language>de</language>
<item><title>Der Gotthardtunnel ist wieder offen</title><guid>t1</guid><link>http://x.example/1</link></item>
<item><title>Nebel im Mittelland</title><guid>t2</guid><link>http://x.example/2</link></item>
</channel></rss>"""
PAGE = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
CONFIG = "# kept\nfeeds: []\ntopics:\n- {slug: verkehr, title: Verkehr, any: ['*tunnel']}\nstore: {url: 'sqlite:///news.db'}\n"
PAGES = (
    "/workshop",
    "/workshop/sources",
    "/workshop/topics?any=tunnel",
    "/workshop/stories",
    "/workshop/readers",
    "/workshop/reading",
)


@pytest.fixture
def publisher() -> Iterator[Origin]:
    with Origin() as origin:
        origin.answer("/", Answer(body=PAGE, headers={"Content-Type": "text/html"}))
        origin.answer("/rss", Answer(body=FEED, headers={"Content-Type": "application/rss+xml"}))
        yield origin


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSite]:
    with run_site(tmp_path, CONFIG) as site:
        reader_site = ReaderSite(title="Probe", base_url=site.base_url)
        add_reader(
            site.aggregator.storage,
            "anna",
            password=PASSWORD,
            site=reader_site,
            now=site.aggregator.clock.now(),
            is_operator=True,
        )
        yield site


def log_in(page: Page, words: Words = GERMAN) -> None:
    page.get_by_label(words.say("account_name")).fill("anna")
    page.get_by_label(words.say("password")).fill(PASSWORD)
    page.get_by_role("button", name=words.say("login")).click()


def first_sentence(text: str) -> str:
    return text.partition(".")[0]


@pytest.mark.parametrize(
    ("window", "scripts", "language"),
    [
        ((DESKTOP, "light"), True, "de"),
        ((DESKTOP, "light"), False, "de"),
        ((PHONE, "dark"), True, "de"),
        ((PHONE, "dark"), False, "de"),
        ((DESKTOP, "light"), True, "en"),
        ((PHONE, "dark"), False, "en"),
    ],
)
def test_an_operator_adds_a_source_by_its_site_tries_a_topic_and_sees_it_fill(
    visitor: Visits,
    running: RunningSite,
    publisher: Origin,
    window: tuple[tuple[int, int], str],
    language: str,
    *,
    scripts: bool,
) -> None:
    words = Words(language)
    say = words.say
    size, theme = window
    opened = visitor(size=size, theme=theme, scripts=scripts, language=language, base_url=running.base_url)
    page = opened.open("/workshop/sources")
    log_in(page, words)
    expect(page).to_have_url(re.compile("/workshop/sources$"))
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_label(say("ws_address"), exact=True).fill(publisher.url("/"))
    page.get_by_role("button", name=say("ws_find_and_add")).click()
    expect(page.get_by_role("status")).to_contain_text(first_sentence(say("ws_done_added")))
    running.aggregator.poll()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Talbote")
    expect(page.get_by_role("link", name="Der Gotthardtunnel ist wieder offen")).to_be_visible()
    page.get_by_role("navigation", name=say("workshop")).get_by_role("link", name=say("ws_part_topics")).click()
    page.get_by_label(say("ws_any"), exact=True).fill("*tunnel")
    page.get_by_role("button", name=say("ws_try_now")).click()
    expect(page.get_by_text(say("ws_matches", n=1, of=2))).to_be_visible()
    expect(page.locator(".why")).to_contain_text(say("ws_place_title"))
    page.get_by_label(say("ws_topic_title"), exact=True).fill("Tunnel")
    page.get_by_label(say("ws_slug"), exact=True).fill("tunnel")
    page.get_by_role("button", name=say("ws_save_new")).click()
    expect(page.get_by_role("status")).to_contain_text(first_sentence(say("ws_done_topic")))
    expect(page.get_by_label(say("ws_any"), exact=True)).to_have_value("*tunnel")
    page.get_by_label(say("ws_none"), exact=True).fill("Nebel")
    page.get_by_role("button", name=say("ws_try_now")).click()
    page.get_by_role("button", name=say("ws_save_changed")).click()
    expect(page.get_by_role("status")).to_contain_text(first_sentence(say("ws_done_topic")))
    with open_aggregator(load_settings(running.config, environ={})) as reloaded:  # as the daemon does when the file changes
        reloaded.group()
        reloaded.publish()
    for topic in ("verkehr", "tunnel"):
        page.goto(f"{running.base_url}/topics/{topic}")
        expect(page.get_by_role("link", name="Der Gotthardtunnel ist wieder offen").first).to_be_visible()
    config = running.config.read_text()
    assert "# kept\n" in config
    assert publisher.url("/rss") in config
    assert '{slug: tunnel, title: Tunnel, any: ["*tunnel"], none: [Nebel]}' in config


def test_the_search_finds_what_came_in(visitor: Visits, running: RunningSite, publisher: Origin) -> None:
    page = visitor(base_url=running.base_url).open("/workshop/sources")
    log_in(page)
    page.get_by_label("Adresse").fill(publisher.url("/rss"))
    page.get_by_role("button", name="Suchen und hinzufügen").click()
    running.aggregator.poll()
    running.aggregator.index()
    page.goto(running.base_url)
    page.get_by_label("Suchwörter").fill("tunnels")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Der Gotthardtunnel ist wieder offen")).to_be_visible()
    expect(page.locator("mark")).to_have_text("Gotthardtunnel")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_workshop(visitor: Visits, running: RunningSite, theme: str) -> None:
    node_package("axe-core")
    page = visitor(theme=theme, base_url=running.base_url).open("/workshop")
    log_in(page)
    found: list[str] = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for path in PAGES:
            page.goto(running.base_url + path)
            found += [f"{path}: {each}" for each in violations(page)]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == []


def test_the_validator_of_html_finds_nothing_in_the_workshop(
    visitor: Visits, running: RunningSite, publisher: Origin, tmp_path: Path
) -> None:
    operator = visitor(base_url=running.base_url)
    page = operator.open("/workshop/sources")
    log_in(page)
    page.get_by_label("Adresse").fill(publisher.url("/rss"))
    page.get_by_role("button", name="Suchen und hinzufügen").click()
    running.aggregator.poll()
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, path in enumerate((*PAGES, "/workshop/sources/1", "/workshop/stories/1")):
        answer = operator.context.request.get(running.base_url + path)
        assert answer.ok, path
        (folder / f"{number}.html").write_bytes(answer.body())
    assert validator_messages(folder, "workshop.css") == []
