"""What interests readers now, as a stream: to be subscribed to by its address, over all and by topic."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from aggregator.model.reader import LIST_ITEMS
from tests.fakes.feed_reader import API, NAME, SITE, FeedReader


def entered(reader: FeedReader, name: str) -> int:
    with reader.storage.read() as tx:
        found = len(tx.lists.entered(name, limit=100))
    assert found
    return found


def subscribe(reader: FeedReader, path: str) -> str:
    answer = reader.post(f"{API}/subscription/quickadd", ("quickadd", SITE.base_url + path)).json()
    assert answer["numResults"] == 1, answer
    stream = answer["streamId"]
    assert isinstance(stream, str)
    return stream


@pytest.mark.parametrize("suffix", ["", ".rss", ".atom", ".json"])
@pytest.mark.parametrize(("path", "title"), [("/trending", "Im Trend"), ("/topics/wissen/trending", "Im Trend: Wissen")])
def test_it_is_found_by_any_of_its_addresses(reader: FeedReader, path: str, suffix: str, title: str) -> None:
    stream = subscribe(reader, path + suffix)
    assert reader.streams()[title] == stream
    assert len(reader.ids(stream)) == entered(reader, path.removeprefix("/"))


def test_its_items_are_its_own_and_share_what_was_read_with_the_entry(reader: FeedReader) -> None:
    stream = subscribe(reader, "/trending")
    first = reader.ids(stream)[0]
    contents = reader.post(f"{API}/stream/items/contents", ("i", str(first))).json()["items"]
    assert [item["origin"]["streamId"] for item in contents] == [stream]
    assert first not in reader.ids(reader.streams()["Wissen"])
    reader.post(f"{API}/edit-tag", ("i", str(first)), ("a", "user/-/state/com.google/read"))
    assert reader.settle() == 1
    read = reader.ids("user/-/state/com.google/read")
    assert first in read
    assert first % LIST_ITEMS in read


def test_miniflux_clients_have_it_among_their_feeds(reader: FeedReader) -> None:
    subscribe(reader, "/trending.atom")
    secret = base64.b64encode(f"{NAME}:{reader.api_password}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    feeds = reader.send("GET", "/v1/feeds", headers=headers).json()
    number = next(feed["id"] for feed in feeds if feed["title"] == "Im Trend")
    entries = reader.send("GET", f"/v1/feeds/{number}/entries", headers=headers).json()["entries"]
    assert {entry["feed_id"] for entry in entries} == {number}
    assert len(entries) == entered(reader, "trending")


def test_a_new_reader_is_not_given_it_unasked_and_a_list_of_ours_without_topic_is_none(reader: FeedReader) -> None:
    assert not any(title.startswith("Im Trend") for title in reader.streams())
    query = urlencode({"quickadd": f"{SITE.base_url}/topics/nirgends/trending"})
    assert reader.post(f"{API}/subscription/quickadd?{query}").json()["numResults"] == 0


def test_topics_rankings_and_any_source_can_be_subscribed_to(reader: FeedReader) -> None:
    for path in ("/most-read", "/trending", "/topics/wissen", "/topics/wissen/most-read", "/topics/wissen/trending"):
        assert subscribe(reader, path)
    for url in ("https://talbote.example/feed", "https://seeblick.example/rss"):
        assert reader.post(f"{API}/subscription/quickadd", ("quickadd", url)).json()["numResults"] == 1
