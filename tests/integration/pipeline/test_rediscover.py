"""Feeds that are gone are looked for on their site, politely, and what is found is told and not done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.errors import FetchError
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

Open = Callable[[str, FakeFetcher], Aggregator]
OLD, NEW, HOME = "https://zeitung.example/old.xml", "https://zeitung.example/new.xml", "https://zeitung.example/"
ROBOTS = "https://zeitung.example/robots.txt"
CONFIG = f"feeds: [{{url: {OLD}}}]\n"
DAY = timedelta(days=1)
PAGE = (
    f'<html><head><link rel="alternate" type="application/rss+xml" href="{OLD}">'
    '<link rel="alternate" type="application/rss+xml" href="/new.xml"></head></html>'
).encode()


def not_found(url: str) -> FetchError:
    return FetchError("the server answered 404 (Not Found)", feed_url=url, status=404)


def lose_feed(open_with: Open, clock: FakeClock, *, days: int = 4) -> tuple[Aggregator, FakeFetcher]:
    """Poll a feed that is there, then for days one that is not found."""
    fetcher = FakeFetcher({OLD: rss(item("Eins", "https://zeitung.example/1", at=clock.at)), ROBOTS: b"", HOME: PAGE})
    fetcher.outcomes[NEW] = rss(item("Zwei", "https://zeitung.example/2", at=clock.at), title="Die neue Zeitung")
    aggregator = open_with(CONFIG, fetcher)
    aggregator.poll()
    fetcher.outcomes[OLD] = not_found(OLD)
    for _ in range(days + 1):
        clock.advance(DAY)
        aggregator.poll(everything=True)
    return aggregator, fetcher


def asked(fetcher: FakeFetcher) -> list[str]:
    return [request.url for request in fetcher.requests if request.url != OLD]


def test_a_feed_not_found_for_days_is_found_on_its_home_page_and_told(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)

    report = aggregator.search_lost_feeds()
    aggregator.publish()

    assert (report.searched, report.found) == (1, 1)
    assert asked(fetcher) == [ROBOTS, HOME, NEW]
    with aggregator.storage.read() as tx:
        (feed,) = tx.feeds.all()
        search = tx.health.found()[feed.id]
        document = tx.documents.get("/feeds.atom")
    assert (search.found_url, search.found_title) == (NEW, "Die neue Zeitung")
    assert feed.fetch_url == OLD  # nothing is rewritten
    assert document is not None
    assert "Die Zeitung hat vielleicht eine neue Adresse" in document.body.decode()
    assert "Die Zeitung ist nicht mehr zu lesen" in document.body.decode()


def test_what_was_found_is_not_searched_for_again(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)
    aggregator.search_lost_feeds()
    clock.advance(30 * DAY)

    assert aggregator.search_lost_feeds().searched == 0
    assert asked(fetcher) == [ROBOTS, HOME, NEW]


def test_a_site_is_asked_once_a_week(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)
    fetcher.outcomes[HOME] = b"<html><body>nothing here</body></html>"
    for _ in range(14):
        aggregator.search_lost_feeds()
        clock.advance(DAY)

    assert asked(fetcher).count(HOME) == 2


def test_a_feed_that_fails_for_a_short_time_is_not_searched_for(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock, days=2)

    assert aggregator.search_lost_feeds().searched == 0
    assert asked(fetcher) == []


def test_a_home_page_that_robots_txt_forbids_is_not_fetched(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)
    fetcher.outcomes[ROBOTS] = b"User-agent: *\nDisallow: /"

    assert aggregator.search_lost_feeds().found == 0
    assert asked(fetcher) == [ROBOTS]


def test_a_link_that_is_no_feed_is_no_suggestion(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)
    fetcher.outcomes[NEW] = b"<html><body>a page</body></html>"

    report = aggregator.search_lost_feeds()

    assert (report.searched, report.found) == (1, 0)


def test_a_feed_that_comes_back_is_told(open_with: Open, clock: FakeClock) -> None:
    aggregator, fetcher = lose_feed(open_with, clock)
    fetcher.outcomes[OLD] = rss(item("Drei", "https://zeitung.example/3", at=clock.at))
    clock.advance(DAY)
    aggregator.poll(everything=True)

    with aggregator.storage.read() as tx:
        assert [event.kind for event in tx.health.latest(limit=9)] == ["recovered", "failing"]
