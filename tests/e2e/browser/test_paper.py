"""A day of a real newspaper of newspapers: stories of several publishers, made by the real flows, walked and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Visits
from tests.e2e.browser.test_accessible import violations
from tests.e2e.processes import wait_until
from tests.fakes.browsing import DESKTOP, PHONE, node_package
from tests.fakes.paper import run_paper
from tests.fakes.running_site import RunningSite

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with run_paper(tmp_path_factory.mktemp("paper")) as site:
        yield site


def story_of(paper: RunningSite, word: str) -> int:
    with paper.aggregator.storage.read() as tx:
        return next(entry.story_id for entry in tx.entries.newest(limit=50) if word in entry.data.title)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_newcomer_reads_a_story_goes_to_a_publisher_and_follows_the_story(
    visitor: Visits, paper: RunningSite, size: tuple[int, int]
) -> None:
    story = story_of(paper, "Krankenkassenprämien")
    page = visitor(size=size, base_url=paper.base_url).open("/")
    lead = page.get_by_role("article").first
    expect(lead.get_by_role("heading", name="Das Wichtigste in Kürze")).to_be_visible()
    expect(lead.get_by_text("3 Quellen")).to_be_visible()
    expect(lead.get_by_text(re.compile("^Seeblick-Zeitung, Der Talbote"))).to_be_visible()
    lead.get_by_role("link", name=re.compile("Krankenkassenprämien")).first.click()
    expect(page).to_have_url(f"{paper.base_url}/stories/{story}")
    coverage = page.get_by_role("region", name="So berichten die Quellen")
    expect(coverage.get_by_role("listitem").filter(has_text="gleicher Agenturtext")).to_have_count(1)
    expect(page.locator(".address")).to_have_text(f"{paper.base_url}/stories/{story}.atom")
    coverage.get_by_role("link", name=re.compile("^Bundesrat beschliesst")).click()
    expect(page).to_have_url(re.compile(r"^http://seeblick\.localhost:\d+/artikel/18$"))


def test_who_reads_a_story_and_an_article_of_it_counts_once(visitor: Visits, paper: RunningSite) -> None:
    story = story_of(paper, "Gletscher")

    def readers() -> int:
        with paper.aggregator.storage.read() as tx:
            entry = tx.entries.get(story)
        assert entry is not None
        return entry.reads

    before = readers()
    anna = visitor(base_url=paper.base_url)
    anna.open(f"/stories/{story}")
    wait_until(lambda: readers() > before, "the read is counted")
    anna.open(f"/entries/{story}")
    anna.open(f"/stories/{story}")
    assert readers() == before + 1


@pytest.mark.parametrize("path", ["/", "/topics/schweiz", "/stories/{story}", "/most-read", "/search?q=Bundesrat"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_a_full_paper(visitor: Visits, paper: RunningSite, path: str, theme: str) -> None:
    node_package("axe-core")
    story = story_of(paper, "Krankenkassenprämien")
    page = visitor(theme=theme, base_url=paper.base_url).open(path.format(story=story))
    expect(page.get_by_role("link", name=re.compile("Krankenkassenprämien")).first).to_be_visible()
    assert violations(page) == []


def test_nothing_moves_while_a_page_loads(visitor: Visits, paper: RunningSite) -> None:
    page = visitor(base_url=paper.base_url).open("/")
    page.wait_for_load_state("networkidle")
    moved: list[float] = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(each => each.value)))
             .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 500))"""
    )
    assert sum(moved) < 0.01


def test_what_machines_are_told_can_be_read(visitor: Visits, paper: RunningSite) -> None:
    page = visitor(base_url=paper.base_url).open("/")
    told = [json.loads(text) for text in page.locator("script[type='application/ld+json']").all_text_contents()]
    assert [each["@type"] for each in told] == ["ItemList"]
    assert len(told[0]["itemListElement"]) == 4
