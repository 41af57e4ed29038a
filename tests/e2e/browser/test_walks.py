"""Walks through the site, as people take them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Visits
from tests.e2e.processes import wait_until
from tests.fakes.browsing import DESKTOP, PHONE, ServedNewsroom
from tests.fakes.newsroom import NOON

pytestmark = pytest.mark.e2e
WIDTHS = (320, 390, 768, 1240, 2560)
PAGES = (
    "/",
    "/topics/schweiz",
    "/most-read",
    "/entries/1",
    "/subscribe",
    "/subscribe?feed=/topics/schweiz",
    "/feeds",
    "/search?q=Regeln",
)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_newcomer_opens_a_story_goes_to_the_publisher_and_subscribes(
    visitor: Visits, site: ServedNewsroom, size: tuple[int, int], theme: str, *, scripts: bool
) -> None:
    page = visitor(size=size, theme=theme, scripts=scripts).open("/")
    page.get_by_role("link", name="Neue Regeln für die Krankenkassenprämien").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Neue Regeln für die Krankenkassenprämien")
    page.get_by_role("link", name=re.compile("^Weiterlesen bei Seeblick-Zeitung")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("https://seeblick.example/artikel/1")
    page.go_back()
    page.get_by_role("navigation").get_by_role("link", name="Abonnieren").click()
    page.get_by_role("link", name="QR-Code und Feedreader für „Mehr zum Thema: Schweiz“").click()
    expect(page.get_by_role("link", name="Feedly")).to_have_attribute(
        "href", re.compile(r"^https://feedly\.com/i/subscription/feed%2Fhttp%3A%2F%2F127")
    )
    expect(page.get_by_role("link", name="App auf diesem Gerät")).to_have_attribute(
        "href", f"feed:{site.base_url}/topics/schweiz.atom"
    )


def test_a_read_counts_once_however_often_one_person_opens_the_article(visitor: Visits, site: ServedNewsroom) -> None:
    before = site.reads(6)
    anna = visitor()
    for _ in range(2):
        page = anna.open("/entries/6")
        page.get_by_role("link", name=re.compile("^Weiterlesen bei")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("https://seeblick.example/artikel/6")
    wait_until(lambda: site.reads(6) > before, "the read is counted")
    anna.open("/entries/6")
    assert site.reads(6) == before + 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_sources_are_found_by_name_with_the_keyboard_alone(visitor: Visits, *, scripts: bool) -> None:
    page = visitor(size=PHONE, scripts=scripts).open("/feeds")
    field = page.get_by_role("search", name="Quellen filtern").get_by_label("Name oder Adresse")
    field.press_sequentially("talb")
    field.press("Enter")
    expect(page.get_by_text("1 Quelle passt")).to_be_visible()
    expect(page.get_by_role("rowheader")).to_have_text(re.compile("Der Talbote"))
    page.get_by_role("link", name="Alle Quellen zeigen").press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(5)


def test_the_pages_can_be_walked_with_the_keyboard_alone(visitor: Visits) -> None:
    page = visitor().open("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Neue Regeln für die Krankenkassenprämien").first).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/entries/1$"))


@pytest.mark.parametrize("path", PAGES)
def test_everything_that_can_be_focused_is_seen_in_the_order_it_is_read(visitor: Visits, path: str) -> None:
    page = visitor().open(path)
    count = page.locator("a[href], button, input").count()
    seen: list[int] = []
    for _ in range(count):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => { const all = [...document.querySelectorAll('a[href], button, input')], at = document.activeElement,
               box = at.getBoundingClientRect(); return [all.indexOf(at), box.width > 0 && box.height > 0]; }"""
        )
        assert state[1], "what has the focus is not shown"
        seen.append(state[0])
    assert all(after == before + 1 for before, after in pairwise(seen))
    assert seen[0] == 0


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_window(visitor: Visits, path: str, width: int) -> None:
    page = visitor(size=(width, 900)).open(path)
    assert overflow(page) == 0
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert overflow(page) == 0


def test_a_picture_that_does_not_come_leaves_a_box_of_the_same_size(visitor: Visits) -> None:
    anna = visitor()
    box = anna.open("/").locator(".lead .picture").bounding_box()
    anna.context.route("https://bilder.example/**", lambda route: route.fulfill(status=404))
    page = anna.open("/")
    expect(page.locator(".lead span.picture")).to_be_visible()
    expect(page.locator(".lead img.picture")).to_have_count(0)
    assert page.locator(".lead .picture").bounding_box() == box
    anna.complaints.clear()  # of the pictures


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_box_changes_its_window_and_the_page_stays(visitor: Visits, *, scripts: bool) -> None:
    page = visitor(scripts=scripts).open("/")
    box = page.get_by_role("region", name="Meistgelesene Artikel")
    box.get_by_role("link", name="7 Tage").click()
    expect(box.get_by_role("link", name="7 Tage")).to_have_attribute("aria-current", "true")
    expect(box.get_by_role("listitem").filter(has_text="Neue Regeln")).to_be_visible()
    expect(page.get_by_role("link", name="Ständerat stimmt dem Kompromiss zu")).to_be_attached()
    assert ("?window=7d" in page.url) is not scripts


def test_an_address_is_copied_by_a_press(visitor: Visits, site: ServedNewsroom) -> None:
    anna = visitor()
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = anna.open("/subscribe")
    button = page.get_by_role("button", name="Kopieren: Mehr zum Thema: Wissen")
    button.click()
    expect(button).to_have_text("Kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.base_url}/topics/wissen.atom"


def test_what_is_new_since_the_last_visit_is_marked_and_nothing_of_it_leaves_the_browser(visitor: Visits) -> None:
    anna = visitor()
    page = anna.open("/")
    assert page.locator(".fresh").count() == 0
    page.evaluate("at => localStorage.setItem('seen', at)", (NOON.timestamp() - 3600) * 1000)
    page.clock.set_fixed_time(NOON)
    page.reload()
    expect(page.locator("#since")).to_have_text(" · 2 Artikel neu seit dem letzten Besuch")
    assert page.locator(".fresh").count() == 2
    expect(page.get_by_role("heading", name="Neue Regeln für die Krankenkassenprämien (neu)")).to_be_visible()
    page.reload()
    assert page.locator(".fresh").count() == 2, "it stays for as long as the visit"
    assert anna.context.cookies() == []


def test_new_stories_announce_themselves_and_the_page_does_not_move(
    visitor: Visits, site: ServedNewsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.newsroom.app.state.web.listeners, "_newest", lambda: [902, 901, 12, 11])
    page = visitor().open("/")
    before = page.locator("main").bounding_box()
    line = page.get_by_role("status").filter(has_text="2 neue Geschichten")
    expect(line).to_be_visible()
    assert page.locator("main").bounding_box() == before
    line.get_by_role("link").click()
    expect(page).to_have_url(f"{site.base_url}/")


def test_the_pages_last_read_can_be_read_without_a_network(visitor: Visits, site: ServedNewsroom) -> None:
    anna = visitor()
    page = anna.open("/")
    kept = "address => caches.match(address, {ignoreVary: true}).then(Boolean)"
    wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the worker looks after the page")
    wait_until(lambda: page.evaluate(kept, "/"), "the front page is kept")
    anna.open("/entries/5")
    wait_until(lambda: page.evaluate(kept, "/entries/5"), "what is opened is kept")
    anna.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Ständerat stimmt dem Kompromiss zu")).to_be_visible()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(251, 250, 247)", "the stylesheet is there, too"
    page.goto(f"{site.base_url}/entries/5")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ständerat stimmt dem Kompromiss zu")
    page.goto(f"{site.base_url}/topics/wissen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mehr zum Tag")  # never read: the front page instead
    anna.complaints.clear()  # the pictures that could not be loaded


@pytest.mark.parametrize(
    ("language", "word"), [("de-CH", "Abonnieren"), ("en-GB", "Subscribe"), ("fr-CH", "S’abonner"), ("it-CH", "Abbonati")]
)
def test_people_read_the_site_in_their_language(visitor: Visits, language: str, word: str) -> None:
    page = visitor(language=language).open("/")
    expect(page.get_by_role("navigation").get_by_role("link", name=word)).to_be_visible()


def test_a_person_who_opens_a_feed_learns_what_it_is_and_a_script_gets_the_feed(visitor: Visits, site: ServedNewsroom) -> None:
    page = visitor().open("/topics/schweiz.rss")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mehr zum Thema: Schweiz")
    expect(page.get_by_text("Das ist ein Feed")).to_be_visible()
    fetched = "url => fetch(url).then(answer => answer.headers.get('content-type'))"
    kind = page.evaluate(fetched, f"{site.base_url}/topics/schweiz.rss")
    assert kind.startswith("application/rss+xml")
