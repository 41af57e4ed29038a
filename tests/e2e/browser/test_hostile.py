"""What publishers send may be meant to harm: it changes no layout, runs nothing, and leaves no trace in the console."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pytest
from playwright.sync_api import Page

from tests.e2e.browser.conftest import Visits
from tests.fakes.browsing import PHONE
from tests.fakes.origin import Answer, Origin
from tests.fakes.running_site import RunningSite, run_site

pytestmark = pytest.mark.e2e

ALARM = "window.alarm = 1"
SCRIPTS = (
    f"<script>{ALARM}</script>",
    f'"><script>{ALARM}</script>',
    f'<img src=x onerror="{ALARM}">',
    f'<svg onload="{ALARM}"><animate onbegin="{ALARM}" attributeName=x dur=1s></svg>',
    f'<a href="javascript:{ALARM}">drücken</a>',
    f'<iframe srcdoc="<script>parent.{ALARM}</script>"></iframe>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{ALARM}">',
    f"</title></script><script>{ALARM}</script>",
    f'{{{{ 7 * 7 }}}}{{% raw %}}<details open ontoggle="{ALARM}">',
)
STYLES = (
    "<style>body { display: none } .masthead { position: fixed; inset: 0 }</style>",
    '<div style="position:fixed;inset:0;z-index:9999;background:red">zu</div>',
    "<link rel=stylesheet href=https://evil.example/x.css>",
    '<base href=https://evil.example/><meta http-equiv=refresh content="0;url=https://evil.example/">',
    "<form action=https://evil.example/><input name=password autofocus></form>",
    "<div id=content class=masthead name=live>geklont</div>",
)
TITLES = (
    "A" * 10_000,
    "Wort " * 2_000,
    "\u202eRückwärts \u2066\u2067\u202d gemischt \u202b",
    "مرحبا \u202e abc",
    "😀👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈" * 300,
    "Z" + "\u0335\u0336\u0337\u0338" * 400 + "algo",
    "\u0000\u0008 Steuerzeichen \ufffe".replace("\u0000", "").replace("\u0008", "").replace("\ufffe", ""),
    "﷽" * 200,
    "W\u00adei\u00adch" * 500,
)


def hostile_feed(origin: Origin) -> bytes:
    texts = [*SCRIPTS, *STYLES, *TITLES]
    items = []
    for number, text in enumerate(texts):
        told = escape(text)
        link = escape(f"javascript:{ALARM}" if number % 3 == 0 else f'{origin.url("/artikel")}/{number}?"onmouseover={ALARM}')
        picture = f"data:text/html,<script>{ALARM}</script>" if number % 2 else f'{origin.url("/bild.svg")}?" onerror={ALARM}'
        picture = escape(picture)
        items.append(
            f'<item><title>{told}</title><link>{link}</link><guid isPermaLink="false">{number}-{told[:50]}</guid>'
            f"<dc:creator>{told}</dc:creator><category>{told}</category><description>{told}</description>"
            f"<content:encoded>{told}</content:encoded><dc:language>{told[:40]}</dc:language>"
            f'<media:content url="{picture}" medium="image"/><source url="{link}">{told}</source></item>'
        )
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(SCRIPTS[1])}</title><link>javascript:{escape(ALARM)}</link><description>{escape(STYLES[0])}</description>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with Origin() as origin:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ALARM}"><script>{ALARM}</script></svg>'.encode()
        origin.answer("/feed", Answer(body=hostile_feed(origin), headers={"content-type": "application/rss+xml"}))
        origin.answer("/bild.svg", Answer(body=svg, headers={"content-type": "image/svg+xml"}))
        feed = origin.url("/feed")
        config = f"feeds: [{{url: '{feed}'}}]\ntopics: [{{slug: alles, title: Alles, feeds: ['{feed}']}}]\n"
        with run_site(tmp_path_factory.mktemp("attacked"), config) as site:
            site.aggregator.configure()
            site.aggregator.poll()
            site.aggregator.group()
            site.aggregator.rank(at_once=True)
            site.aggregator.publish()
            yield site


def paths_of(site: RunningSite) -> list[str]:
    with site.aggregator.storage.read() as tx:
        entries = tx.entries.newest(limit=100)
    assert len(entries) == len(SCRIPTS + STYLES + TITLES)
    lists = ["/", "/topics/alles", "/trending", "/feeds", "/subscribe", "/subscribe?feed=/topics/alles", "/topics/alles.rss"]
    return [*lists, *(f"/entries/{entry.id}" for entry in entries)]


STRANGE = "iframe, object, embed, form:not([role=search]), style, base, main svg:not(.spark, .qr), [style], [href^=javascript]"


def measure(page: Page) -> dict[str, object]:
    """Where the parts of the page stand, and what must not be there."""
    found: dict[str, object] = page.evaluate(
        """strange => ({
            alarm: window.alarm ?? null,
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            covered: document.elementFromPoint(30, 30)?.closest('.masthead') === null,
            first: document.body.firstElementChild.className,
            parts: [...document.body.children].map(part => part.localName).join(' '),
            ids: [...document.querySelectorAll('[id]')].map(part => part.id).filter((id, at, all) => all.indexOf(id) !== at),
            strange: document.querySelectorAll(strange).length,
            leaving: document.baseURI.startsWith(location.origin) ? 0 : 1,
        })""",
        STRANGE,
    )
    return found


HARMLESS: dict[str, object] = {
    "alarm": None,
    "wide": 0,
    "covered": False,
    "first": "skip",
    "parts": "a header main footer",
    "ids": [],
    "strange": 0,
    "leaving": 0,
}


@pytest.mark.parametrize("size", [(1240, 900), PHONE, (320, 600)], ids=["desktop", "phone", "small"])
def test_nothing_a_publisher_sends_runs_or_changes_the_layout(
    visitor: Visits, attacked: RunningSite, size: tuple[int, int]
) -> None:
    anna = visitor(size=size, base_url=attacked.base_url)
    for path in paths_of(attacked):
        page = anna.open(path)
        assert measure(page) == HARMLESS, path
        page.close()
    assert anna.complaints == []


def test_a_hostile_title_takes_no_more_room_than_a_long_one(visitor: Visits, attacked: RunningSite) -> None:
    page = visitor(base_url=attacked.base_url).open("/topics/alles")
    heights: list[float] = page.evaluate("[...document.querySelectorAll('#stream > li')].map(item => item.offsetHeight)")
    assert len(heights) > len(SCRIPTS + STYLES)  # some are so alike that they are one story
    assert max(heights) < 400
    overlapping: int = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll('#stream > li h2')].map(each => each.getBoundingClientRect());
           return boxes.filter((box, at) => at && box.top < boxes[at - 1].bottom).length; }"""
    )
    assert overlapping == 0
