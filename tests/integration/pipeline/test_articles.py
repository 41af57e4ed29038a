"""Articles behind entries: fetched as the sites allow, kept beside what the feed says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.errors import FetchError, Redirected
from aggregator.model.article import Article
from aggregator.model.fetching import Fetched
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

Open = Callable[[str, FakeFetcher], Aggregator]
A, B = "https://a.example/feed", "https://b.example/feed"
ROBOTS_A = "https://a.example/robots.txt"
FULL = f"feeds:\n- {{url: {A}, full_text: true}}\n- {{url: {B}}}\n"
SENTENCE = "Der Bundesrat hat am Dienstag eine Vorlage verabschiedet, die viele betrifft. "


def page(url: str, title: str = "Titel") -> Fetched:
    html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{SENTENCE * 6}</p>"
    html += "<p onclick='x()'>Ende<script>alert(1)</script></p></article></body></html>"
    return Fetched(url=url, body=html.encode(), media_type="text/html")


def error(url: str, status: int) -> FetchError:
    return FetchError(f"the server answered {status}", feed_url=url, status=status)


def sites(clock: FakeClock, robots: str, *, entries: int = 2) -> FakeFetcher:
    urls = [f"https://a.example/{number}" for number in range(1, entries + 1)]
    feed = rss(*(item(url, url, at=clock.at - timedelta(minutes=place)) for place, url in enumerate(urls)))
    fetcher = FakeFetcher({A: feed, B: rss(item("Zwei", "https://b.example/1", at=clock.at)), ROBOTS_A: robots.encode()})
    fetcher.outcomes |= {url: page(url) for url in urls}
    return fetcher


def asked(fetcher: FakeFetcher) -> list[str]:
    return [request.url for request in fetcher.requests if request.url not in {A, B}]


def article_of(aggregator: Aggregator, url: str) -> Article | None:
    with aggregator.storage.read() as tx:
        (entry_id,) = (entry.id for entry in tx.entries.newest(limit=99) if entry.data.url == url)
        return tx.articles.get(entry_id)


def test_articles_of_feeds_that_ask_for_it_are_fetched_once_after_robots_txt(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "")
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    report = aggregator.fetch_articles()
    again = aggregator.fetch_articles()
    article = article_of(aggregator, "https://a.example/1")

    assert (report.fetched, report.failed, report.forbidden) == (2, 0, 0)
    assert again.fetched == 0
    assert asked(fetcher) == [ROBOTS_A, "https://a.example/1", "https://a.example/2"]
    assert article is not None
    assert "Bundesrat" in article.content_html
    assert "alert" not in article.content_html
    assert "onclick" not in article.content_html


def test_what_robots_txt_forbids_is_never_fetched(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "User-agent: aggregator\nDisallow: /2\n")
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    report = aggregator.fetch_articles()
    forbidden = article_of(aggregator, "https://a.example/2")

    assert (report.fetched, report.forbidden) == (1, 1)
    assert "https://a.example/2" not in asked(fetcher)
    assert forbidden is not None
    assert forbidden.reason == "The robots.txt of the site forbids it."


def test_a_site_that_cannot_say_what_it_allows_is_left_alone_for_a_day(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "")
    fetcher.outcomes[ROBOTS_A] = error(ROBOTS_A, 503)
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    for _ in range(3):
        aggregator.fetch_articles()
    fetcher.outcomes[ROBOTS_A] = error(ROBOTS_A, 404)
    clock.advance(timedelta(hours=25))
    report = aggregator.fetch_articles()

    assert report.fetched == 2
    assert asked(fetcher)[:2] == [ROBOTS_A, ROBOTS_A]


def test_the_delay_that_a_site_wants_is_kept_from_pass_to_pass_and_over_a_restart(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "User-agent: *\nCrawl-delay: 120\n", entries=3)
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()
    fetched = []
    for _ in range(5):
        fetched.append(aggregator.fetch_articles().fetched)
        clock.advance(timedelta(minutes=1))
        aggregator = open_with(FULL, fetcher)

    assert fetched == [1, 0, 1, 0, 1]


def test_a_site_gets_only_so_many_requests_a_pass(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(FULL, sites(clock, "", entries=8))
    aggregator.poll()

    assert [aggregator.fetch_articles().fetched for _ in range(3)] == [5, 3, 0]


def test_a_page_without_an_article_is_not_asked_for_again_and_says_why(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "")
    fetcher.outcomes["https://a.example/1"] = error("https://a.example/1", 403)
    fetcher.outcomes["https://a.example/2"] = b"<html><body>Cookies?</body></html>"
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    reports = [aggregator.fetch_articles() for _ in range(2)]
    reasons = [article_of(aggregator, f"https://a.example/{number}") for number in (1, 2)]

    assert [report.failed for report in reports] == [2, 0]
    assert [article.reason for article in reasons if article] == [
        "the server answered 403",
        "there is no article on the page",
    ]


def test_what_was_there_before_is_not_caught_up_on(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "")
    aggregator = open_with(FULL.replace(", full_text: true", ""), fetcher)
    aggregator.poll()
    clock.advance(timedelta(days=3))
    aggregator = open_with(FULL, fetcher)

    assert aggregator.fetch_articles().fetched == 0
    assert asked(fetcher) == []


def test_a_redirect_is_followed_as_far_as_robots_txt_of_its_target_allows(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "", entries=3)
    elsewhere = {1: "https://c.example/open", 2: "https://c.example/closed", 3: "https://a.example/neu"}
    for number, target in elsewhere.items():
        url = f"https://a.example/{number}"
        fetcher.outcomes[url] = Redirected(feed_url=url, target=target)
    fetcher.outcomes |= {
        "https://c.example/robots.txt": b"User-agent: *\nDisallow: /closed\n",
        "https://c.example/open": page("https://c.example/open"),
        "https://a.example/neu": page("https://a.example/neu"),
    }
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    report = aggregator.fetch_articles()
    articles = [article_of(aggregator, f"https://a.example/{number}") for number in elsewhere]

    assert (report.fetched, report.failed, report.forbidden) == (2, 0, 1)
    assert [article.url for article in articles if article] == list(elsewhere.values())
    assert [article.reason for article in articles if article] == [None, "The robots.txt of the site forbids it.", None]
    assert "https://c.example/closed" not in asked(fetcher)
    assert all(not request.follows for request in fetcher.requests if request.url in {*elsewhere.values()})


def test_articles_that_are_sent_around_without_end_are_given_up(open_with: Open, clock: FakeClock) -> None:
    fetcher = sites(clock, "", entries=1)
    for number in range(1, 10):
        url = f"https://a.example/{number}"
        fetcher.outcomes[url] = Redirected(feed_url=url, target=f"https://a.example/{number + 1}")
    aggregator = open_with(FULL, fetcher)
    aggregator.poll()

    report = aggregator.fetch_articles()
    article = article_of(aggregator, "https://a.example/1")

    assert report.failed == 1
    assert article is not None
    assert article.reason == "The server redirects too often."
    assert len(asked(fetcher)) == 1 + 5, "robots.txt, and five hops"
    assert aggregator.fetch_articles().failed == 0
