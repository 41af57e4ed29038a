from __future__ import annotations

import pytest

from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import PollState
from aggregator.web.clicks import location_of
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom


def add_entry(newsroom: Newsroom, entry_id: int, url: str | None) -> None:
    key = entry_id.to_bytes(16)
    update = EntryUpdate(data=EntryData(title="Neu", url=url), guid_key=key, url_key=None, content_hash=key)
    with newsroom.storage.write() as tx:
        feed = tx.feeds.all()[0]
        new = NewEntry(id=entry_id, update=update, dated_at=NOON)
        change = FeedChange(feed_id=feed.id, polled_at=NOON, poll=PollState(), entries=EntryChanges(new=(new,)))
        tx.entries.apply([change])


def test_a_click_leads_to_the_publisher_and_counts_once_a_reader(newsroom: Newsroom) -> None:
    before = newsroom.entry(5)
    for _ in range(3):
        response = newsroom.client.get("/r/5")
    newsroom.recorder.close()
    assert response.status_code == 302
    assert response.headers["location"] == before.data.url
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-robots-tag"] == "noindex"
    assert response.headers["referrer-policy"] == "no-referrer"
    after = newsroom.entry(5)
    assert after.reads == before.reads + 1


def test_two_people_behind_our_proxy_are_two_readers(newsroom: Newsroom) -> None:
    before = newsroom.entry(5).reads
    for address in ("203.0.113.9", "198.51.100.9"):
        newsroom.client.get("/r/5", headers={"x-forwarded-for": address})
    newsroom.recorder.close()
    assert newsroom.entry(5).reads == before + 2


@pytest.mark.parametrize(
    ("method", "headers", "reason"),
    [
        ("HEAD", {}, "method"),
        ("GET", {"sec-purpose": "prefetch;prerender"}, "prefetch"),
        ("GET", {"user-agent": "Slackbot-LinkExpanding 1.0"}, "bot"),
        ("GET", {"sec-fetch-dest": "image"}, "not_navigation"),
    ],
)
def test_what_is_no_reader_is_led_on_and_not_counted(
    newsroom: Newsroom, method: str, headers: dict[str, str], reason: str
) -> None:
    before = newsroom.entry(5).reads
    response = newsroom.client.request(method, "/r/5", headers=headers)
    newsroom.recorder.close()
    assert response.status_code == 302
    assert newsroom.recorder.discarded == {reason: 1}
    assert newsroom.entry(5).reads == before


@pytest.mark.parametrize(
    "path", ["/r/999", "/r/0", "/r/abc", "/r/-1", "/r/%D9%A3", "/r/" + "9" * 5000, "/r/9223372036854775808"]
)
def test_an_id_that_is_none_of_ours_is_not_found(newsroom: Newsroom, path: str) -> None:
    assert newsroom.client.get(path).status_code == 404


def test_the_target_is_never_taken_from_the_request(newsroom: Newsroom) -> None:
    response = newsroom.client.get("/r/5?url=https://evil.example/&next=//evil.example")
    assert "evil" not in response.headers["location"]


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "ftp://files.example/1"])
def test_an_entry_without_an_address_for_browsers_has_no_link_to_follow(newsroom: Newsroom, url: str | None) -> None:
    add_entry(newsroom, 500, url)
    assert newsroom.client.get("/r/500").status_code == 404
    assert "/r/500" not in newsroom.client.get("/entries/500").text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?a=1&b=%20#c", "https://a.example/x?a=1&b=%20#c"),
        ("https://a.example/zürich", "https://a.example/z%C3%BCrich"),
        ("https://a.example/x\r\nset-cookie: a=b", "https://a.example/x%0D%0Aset-cookie:%20a=b"),
    ],
)
def test_a_location_is_fit_for_a_header(url: str, expected: str) -> None:
    assert location_of(url) == expected
