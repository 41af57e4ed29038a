"""Following a story: a subscriber of its feed gets each new turn once, whoever prints the agency's text later or earlier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from aggregator.app import Aggregator
from aggregator.model.document import Format
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher
from tests.integration.pipeline.conftest import Open

PAPERS = ("alpha", "beta", "gamma", "delta")
CONFIG = "grouping: {model: none}\nfeeds:\n" + "".join(f"  - url: https://{paper}.example/rss\n" for paper in PAPERS)
HOUR = timedelta(hours=1)
AGENCY = (
    "Ein Erdbeben der Stärke 5 hat am Dienstagmorgen den Kanton Glarus erschüttert. Verletzt wurde nach ersten Angaben "
    "der Kantonspolizei niemand, an mehreren Häusern entstanden Risse in den Fassaden."
)
CUT = AGENCY.partition(", an mehreren")[0] + "."
OWN = (
    "Um 6.14 Uhr wackelten in Näfels die Gläser. Unsere Reporterin hat mit Anwohnern gesprochen, die auf die Strasse gerannt "
    "sind und dort lange nicht wieder hineinwollten."
)
ATOM = "{http://www.w3.org/2005/Atom}"


class Follower:
    """Polls and groups, and reads the feed of the story that was first, as a feed reader does: by the ids of its entries."""

    def __init__(self, aggregator: Aggregator, clock: FakeClock) -> None:
        self.aggregator = aggregator
        self.clock = clock
        self.items: dict[str, list[str]] = {paper: [] for paper in PAPERS}
        self.known: set[str] = set()

    def print(self, paper: str, title: str, text: str, *, ago: timedelta = timedelta(0)) -> list[str]:
        """A paper prints something; return the titles of what is new to the follower then."""
        fetcher = self.aggregator.fetcher
        assert isinstance(fetcher, FakeFetcher)
        self.clock.advance(HOUR)
        site = f"https://{paper}.example"
        self.items[paper].append(item(title, f"{site}/{len(self.items[paper])}", at=self.clock.now() - ago, text=text))
        for each, items in self.items.items():
            fetcher.outcomes[f"https://{each}.example/rss"] = rss(*items, title=each, link=f"https://{each}.example/")
        self.aggregator.poll(everything=True)
        self.aggregator.group()
        return self.read()

    def read(self) -> list[str]:
        with self.aggregator.storage.read() as tx:
            (story_id,) = set(tx.stories.of_entries([1]).values())
        feed = etree.fromstring(self.aggregator.render_story(story_id, Format.ATOM).body)
        new: list[str] = []
        for entry in feed.iterfind(f"{ATOM}entry"):
            if (identity := str(entry.findtext(f"{ATOM}id"))) not in self.known:
                self.known.add(identity)
                new.append(str(entry.findtext(f"{ATOM}title")))
        return new


@pytest.fixture
def follower(open_with: Open, clock: FakeClock) -> Follower:
    return Follower(open_with(CONFIG, FakeFetcher({})), clock)


def test_each_new_turn_comes_once_and_no_copy(follower: Follower) -> None:
    first = "Erdbeben der Stärke 5 erschüttert den Kanton Glarus"
    assert follower.print("alpha", first, f"(sda) {AGENCY}") == [first]
    assert follower.print("beta", "Starkes Erdbeben erschüttert den Kanton Glarus", AGENCY) == []
    assert follower.print("gamma", "Erdbeben der Stärke 5 im Kanton Glarus", f"Glarus (dpa/sda) - {CUT}", ago=9 * HOUR) == []
    turn = "Nach dem Erdbeben im Kanton Glarus: die Stärke 5 erschüttert Näfels"
    assert follower.print("delta", turn, OWN) == [turn]
    assert follower.print("beta", "Das Erdbeben der Stärke 5 im Kanton Glarus: was wir wissen", f"(awp) {AGENCY}") == []
    assert follower.read() == []
    with follower.aggregator.storage.read() as tx:
        assert len(set(tx.stories.of_entries(range(1, 6)).values())) == 1, "all of it is one story"


def test_other_news_of_the_same_papers_is_not_in_it(follower: Follower) -> None:
    follower.print("alpha", "Erdbeben der Stärke 5 erschüttert den Kanton Glarus", AGENCY)
    assert follower.print("beta", "Nationalbank senkt überraschend den Leitzins", OWN) == []
