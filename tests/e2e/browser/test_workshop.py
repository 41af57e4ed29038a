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
from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.test_accessible import validator_messages, violations
from tests.fakes.browsing import DESKTOP, PHONE, node_package
from tests.fakes.origin import Answer, Origin
from tests.fakes.running_site import RunningSite, run_site

pytestmark = pytest.mark.e2e
PASSWORD = "correct horse"
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


def log_in(page: Page) -> None:
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_operator_adds_a_source_by_its_site_tries_a_topic_and_sees_it_fill(
    visitor: Visits, running: RunningSite, publisher: Origin, size: tuple[int, int], theme: str, *, scripts: bool
) -> None:
    page = visitor(size=size, theme=theme, scripts=scripts, base_url=running.base_url).open("/workshop/sources")
    log_in(page)
    expect(page).to_have_url(re.compile("/workshop/sources$"))
    page.get_by_label("Adresse").fill(publisher.url("/"))
    page.get_by_role("button", name="Suchen und hinzufügen").click()
    expect(page.get_by_role("status")).to_contain_text("Hinzugefügt")
    running.aggregator.poll()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Talbote")
    expect(page.get_by_role("link", name="Der Gotthardtunnel ist wieder offen")).to_be_visible()
    page.get_by_role("navigation", name="Werkstatt").get_by_role("link", name="Themen ausprobieren").click()
    page.get_by_label("Eines dieser Wörter", exact=True).fill("*tunnel")
    page.get_by_role("button", name="Ausprobieren").click()
    expect(page.get_by_text("1 der 2 neuesten Artikel passen")).to_be_visible()
    page.get_by_label("Titel").fill("Tunnel")
    page.get_by_label("Kürzel").fill("tunnel")
    page.get_by_role("button", name="Als Thema speichern").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert")
    expect(page.get_by_label("Eines dieser Wörter", exact=True)).to_have_value("*tunnel")
    page.get_by_label("Keines dieser Wörter").fill("Nebel")
    page.get_by_role("button", name="Ausprobieren").click()
    page.get_by_role("button", name="Thema ändern").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert")
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
