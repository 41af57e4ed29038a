"""The feed behind what a person typed."""

from __future__ import annotations

import pytest

from aggregator.errors import FeedNotFound, FetchError
from aggregator.library.subscriptions import find_feed
from aggregator.model.fetching import FetchOutcome
from aggregator.parse.choose import FeedParser
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

FEED = rss(item("Eins", "https://a.example/1"))


def missing(url: str) -> FetchError:
    return FetchError("the server answered 404 (Not Found)", feed_url=url, status=404)


def test_the_address_of_a_repository_becomes_that_of_its_releases_without_asking_for_the_page() -> None:
    fetcher = FakeFetcher({"https://github.com/anna/tool/releases.atom": FEED})

    found = find_feed("github.com/anna/tool", fetcher=fetcher, parser=FeedParser())

    assert found.url == "https://github.com/anna/tool/releases.atom"
    assert len(fetcher.requests) == 1


def test_a_guess_that_is_wrong_leaves_what_was_typed() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/anna/feed"></head></html>'
    guess, typed, feed = "https://social.example/@anna.rss", "https://social.example/@anna", "https://social.example/anna/feed"
    fetcher = FakeFetcher({guess: missing(guess), typed: page, feed: FEED})

    assert find_feed(typed, fetcher=fetcher, parser=FeedParser()).url == feed


def test_who_finds_nothing_says_what_was_tried_each_once() -> None:
    page = b"<html><body>Hello</body></html>"
    fetcher = FakeFetcher({"https://a.example/": page})
    fetcher.outcomes = _Missing(fetcher.outcomes)

    with pytest.raises(FeedNotFound) as caught:
        find_feed("https://a.example/", fetcher=fetcher, parser=FeedParser())

    asked = [request.url for request in fetcher.requests]
    assert len(set(asked)) == len(asked) > 3
    assert all(url in caught.value.reason for url in asked)


class _Missing(dict[str, FetchOutcome | bytes]):
    def __missing__(self, url: str) -> FetchError:
        return missing(url)
