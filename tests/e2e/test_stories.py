"""Three papers report one event: one story on the pages, in the feeds, and at one address for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.processes import Home, get, wait_until
from tests.fakes.feeds import item, rss
from tests.fakes.origin import Origin, document

pytestmark = pytest.mark.e2e

AGENCY = (
    "(sda) Ein Erdbeben der Stärke 5 hat am Dienstagmorgen den Kanton Glarus erschüttert. Verletzt wurde nach ersten Angaben "
    "der Kantonspolizei niemand, an mehreren Häusern entstanden Risse in den Fassaden."
)
OWN = (
    "Um 6.14 Uhr wackelten in Näfels die Gläser. Unsere Reporterin hat mit Anwohnern gesprochen, die auf die Strasse gerannt "
    "sind und dort lange nicht wieder hineinwollten."
)
EVENT = (
    ("Erdbeben der Stärke 5 erschüttert den Kanton Glarus", AGENCY),
    ("Starkes Erdbeben erschüttert Kanton Glarus", AGENCY),
    ("Kanton Glarus: Erdbeben der Stärke 5 erschüttert Näfels", OWN),
)
ELSE = ("Nationalbank senkt den Leitzins", "Wolf reisst Schafe im Wallis", "Gotthard nach Unfall wieder offen")


@pytest.fixture
def papers() -> Iterator[list[str]]:
    """The feeds of three papers: the event, two with the agency's text, and something else each."""
    now = datetime.now(UTC)
    with ExitStack() as stack:
        urls = []
        for number, (title, text) in enumerate(EVENT):
            origin = stack.enter_context(Origin())  # a port of its own is a publisher of its own
            body = rss(
                item(title, f"https://paper{number}.example/quake", at=now - timedelta(hours=3 - number), text=text),
                item(ELSE[number], f"https://paper{number}.example/else", at=now - timedelta(hours=2)),
                title=f"Blatt {number}",
                link=f"https://paper{number}.example/",
            )
            urls.append(origin.answer("/feed", document(body)))
        yield urls


def test_three_papers_on_one_event_are_one_story_everywhere(home: Home, papers: list[str]) -> None:
    home.configure(papers)
    with home.start_daemon() as daemon:
        feed_url = f"{home.base_url}/topics/alles.json"

        def items() -> list[dict[str, str]]:
            status, body = get(feed_url)
            found: list[dict[str, str]] = json.loads(body)["items"] if status == 200 else []
            return found

        wait_until(lambda: len(items()) == 4 and "Auch bei" in json.dumps(items()), "four stories, one of them with the others")
        (story,) = [one for one in items() if "Auch bei" in one.get("content_html", "")]
        assert "gleicher Agenturtext bei einer weiteren Quelle" in story["content_html"]
        (story_id,) = set(home.select("SELECT story_id FROM entries GROUP BY story_id HAVING count(*) = 3"))
        page = get(f"{home.base_url}/stories/{story_id}")[1].decode()
        assert "2 Quellen" in page
        assert "3 Artikel" in page
        assert "gleicher Agenturtext bei einer weiteren Quelle" in page
        front = get(f"{home.base_url}/")[1].decode()
        assert f'href="/stories/{story_id}"' in front
        turns = json.loads(get(f"{home.base_url}/stories/{story_id}.json")[1])["items"]
        assert len(turns) == 2
        gone = home.select("SELECT id FROM story_redirects")[0]
        assert (
            f'"/stories/{story_id}.atom"' in get(f"{home.base_url}/stories/{gone}")[1].decode()
        )  # urllib follows the redirect
        assert home.report("status")["stories"] == 4
        assert [(topic["entries"], topic["stories"]) for topic in home.report("topics")["topics"]] == [(6, 4)]
        assert daemon.stop() == 0
    (parted,) = home.select("SELECT id FROM entries WHERE title LIKE '%Näfels'")
    home.run("stories", "split", str(parted))
    assert home.report("status")["stories"] == 5
    home.run("publish")
    assert home.report("status")["stories"] == 5
    home.run("database", "check")
