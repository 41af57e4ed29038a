from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from aggregator.web.recent_pages import RECENT, RECENT_PAGES, ReadyPage, RecentPages
from aggregator.web.respond import represent_page
from tests.fakes.newsroom import NOON

JOIN_SECONDS = 10


def page(text: str) -> ReadyPage:
    return ReadyPage(made=represent_page(text, gzipped=True), seen={})


def test_a_page_is_kept_for_seconds_and_then_made_anew() -> None:
    pages = RecentPages()
    assert pages.get("a", lambda: page("1"), now=NOON).made.body == b"1"
    assert pages.get("a", lambda: page("2"), now=NOON + RECENT / 2).made.body == b"1"
    assert pages.get("b", lambda: page("3"), now=NOON).made.body == b"3"
    assert pages.get("a", lambda: page("4"), now=NOON + RECENT).made.body == b"4"
    assert pages.get("a", lambda: page("5"), now=NOON - timedelta(days=1)).made.body == b"5", "a clock that was set back"


def test_a_page_that_cannot_be_made_is_made_by_the_next() -> None:
    pages = RecentPages()
    with pytest.raises(ZeroDivisionError):
        pages.get("a", lambda: page(str(1 // 0)), now=NOON)
    assert pages.get("a", lambda: page("1"), now=NOON).made.body == b"1"


def test_many_at_once_have_it_made_once() -> None:
    pages, made, begin = RecentPages(), [], threading.Barrier(8)

    def make() -> ReadyPage:
        made.append(1)
        return page("1")

    def ask() -> None:
        begin.wait(JOIN_SECONDS)
        pages.get("a", make, now=NOON)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_SECONDS)
    assert len(made) == 1


def test_not_more_is_kept_than_there_is_room_for() -> None:
    pages = RecentPages()
    for number in range(RECENT_PAGES + 1):
        pages.get(number, lambda: page("1"), now=NOON)
    assert len(pages._held) <= RECENT_PAGES
    assert pages._making == {}
