"""What interests readers now, as a stream: to be subscribed to by its address, over all and by topic."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from aggregator.library.passwords import fever_key_of
from aggregator.model.story import Entered
from tests.fakes.feed_reader import API, FORM, NAME, SITE, FeedReader
from tests.fakes.newsroom import NOON


def listed(reader: FeedReader, name: str) -> set[int]:
    """Return the entries that are on a list."""
    with reader.storage.read() as tx:
        found = {each.entry_id for each in tx.lists.entered(name, limit=100)}
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
    assert len(reader.ids(stream)) == len(listed(reader, path.removeprefix("/")))


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
    with reader.storage.read() as tx:
        assert tx.streams.listed([first])[first].entry_id in read


def test_miniflux_clients_have_it_among_their_feeds(reader: FeedReader) -> None:
    subscribe(reader, "/trending.atom")
    secret = base64.b64encode(f"{NAME}:{reader.api_password}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    feeds = reader.send("GET", "/v1/feeds", headers=headers).json()
    number = next(feed["id"] for feed in feeds if feed["title"] == "Im Trend")
    entries = reader.send("GET", f"/v1/feeds/{number}/entries", headers=headers).json()["entries"]
    assert {entry["feed_id"] for entry in entries} == {number}
    assert len(entries) == len(listed(reader, "trending"))


def test_a_new_reader_is_not_given_it_unasked_and_a_list_of_ours_without_topic_is_none(reader: FeedReader) -> None:
    assert not any(title.startswith("Im Trend") for title in reader.streams())
    query = urlencode({"quickadd": f"{SITE.base_url}/topics/nirgends/trending"})
    assert reader.post(f"{API}/subscription/quickadd?{query}").json()["numResults"] == 0


def test_topics_rankings_and_any_source_can_be_subscribed_to(reader: FeedReader) -> None:
    for path in ("/most-read", "/trending", "/topics/wissen", "/topics/wissen/most-read", "/topics/wissen/trending"):
        assert subscribe(reader, path)
    for url in ("https://talbote.example/feed", "https://seeblick.example/rss"):
        assert reader.post(f"{API}/subscription/quickadd", ("quickadd", url)).json()["numResults"] == 1


def test_fever_clients_find_by_rising_ids_what_enters_a_ranking(reader: FeedReader) -> None:
    key = fever_key_of(NAME, reader.api_password)

    def ask(query: str) -> Any:
        return reader.send("POST", f"/fever/?api{query}", headers=FORM, content=f"api_key={key}").json()

    stream = int(subscribe(reader, "/trending").removeprefix("feed/"))
    assert stream in {feed["id"] for feed in ask("&feeds")["feeds"]}
    newest = 0
    while page := ask(f"&items&since_id={newest}")["items"]:
        newest = page[-1]["id"]
    (outside,) = [each for each in range(1, 13) if each not in listed(reader, "trending")][:1]
    with reader.storage.write() as tx:
        tx.lists.enter("trending", [Entered(entry_id=outside, at=NOON)])
    (entered,) = ask(f"&items&since_id={newest}")["items"]
    assert (entered["feed_id"], entered["title"]) == (stream, reader.entry(outside).data.title)
    assert str(entered["id"]) in ask("&unread_item_ids")["unread_item_ids"].split(",")
    assert [item["id"] for item in ask(f"&items&with_ids={entered['id']}")["items"]] == [entered["id"]]
    reader.send("POST", "/fever/?api", headers=FORM, content=f"api_key={key}&mark=item&as=read&id={entered['id']}")
    assert outside in reader.ids("user/-/state/com.google/read")
