"""The Fever API as Reeder, Unread and ReadKit speak it."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from tests.fakes.feed_reader import FORM, NAME, READ, STARRED, FeedReader


def ask(reader: FeedReader, query: str, *, key: str | None = None, **form: str) -> Any:
    if key is None:
        key = hashlib.md5(f"{NAME}:{reader.api_password}".encode(), usedforsecurity=False).hexdigest().upper()
    content = urlencode({"api_key": key, **form})
    answer = reader.send("POST", f"/fever/?api{query}", headers=FORM, content=content)
    assert answer.status_code == 200
    return answer.json()


def test_a_wrong_key_gets_nothing_but_that_it_is_wrong(reader: FeedReader) -> None:
    for key in ("", "0" * 32, "ä"):
        assert ask(reader, "&items&feeds", key=key) == {"api_version": 3, "auth": 0}
    assert reader.send("GET", "/fever/?api&items").json() == {"api_version": 3, "auth": 0}


def test_groups_and_feeds_name_each_other(reader: FeedReader) -> None:
    answer = ask(reader, "&groups&feeds&favicons&links")
    assert answer["auth"] == 1
    assert isinstance(answer["last_refreshed_on_time"], int)
    assert [group["title"] for group in answer["groups"]] == ["Themen", "Meistgelesen"]
    assert [each["group_id"] for each in answer["feeds_groups"]] == [group["id"] for group in answer["groups"]]
    members = [number for each in answer["feeds_groups"] for number in each["feed_ids"].split(",")]
    assert members == [str(feed["id"]) for feed in answer["feeds"]]
    assert (answer["favicons"], answer["links"]) == ([], [])


def test_items_page_by_rising_and_by_falling_ids(reader: FeedReader) -> None:
    first = ask(reader, "&items&since_id=0")
    assert first["total_items"] == 12 + len(reader.ranked())
    assert [item["id"] for item in first["items"]] == [*range(1, 13), *reader.ranked()]
    assert [item["id"] for item in ask(reader, "&items&since_id=10")["items"]] == [11, 12, *reader.ranked()]
    assert [item["id"] for item in ask(reader, "&items&max_id=4")["items"]] == [3, 2, 1]
    assert [item["id"] for item in ask(reader, "&items&with_ids=5,3,99,x")["items"]] == [5, 3]
    feeds = {feed["id"] for feed in ask(reader, "&feeds")["feeds"]}
    assert {item["feed_id"] for item in first["items"]} <= feeds
    assert all(item["is_read"] == item["is_saved"] == 0 for item in first["items"])


def test_marking_items_feeds_and_groups(reader: FeedReader) -> None:
    ranked = ",".join(map(str, reversed(reader.ranked())))
    assert ask(reader, "", mark="item", id="3", **{"as": "read"})["unread_item_ids"] == f"{ranked},12,11,10,9,8,7,6,5,4,2,1"
    assert ask(reader, "", mark="item", id="3", **{"as": "saved"})["saved_item_ids"] == "3"
    assert (reader.ids(READ), reader.ids(STARRED)) == ([3], [3])
    ask(reader, "", mark="item", id="3", **{"as": "unsaved"})
    ask(reader, "", mark="item", id="3", **{"as": "unread"})
    assert (reader.ids(READ), reader.ids(STARRED)) == ([], [])
    number = next(feed["id"] for feed in ask(reader, "&feeds")["feeds"] if feed["title"] == "Wissen")
    before = int(reader.clock.now().timestamp())
    ask(reader, "", mark="feed", id=str(number), before=str(before), **{"as": "read"})
    left = ranked.partition(",")[2]  # one of what is ranked is of that topic
    assert ask(reader, "&unread_item_ids")["unread_item_ids"] == f"{left},12,10,9,8,7,5,4,3,1"
    ask(reader, "", mark="feed", id=str(number + 1), before="1", **{"as": "read"})  # nothing came before 1970
    group = ask(reader, "&groups")["groups"][0]["id"]
    ask(reader, "", mark="group", id="12345", **{"as": "read"})
    assert ask(reader, "&unread_item_ids")["unread_item_ids"] == f"{left},12,10,9,8,7,5,4,3,1"
    ask(reader, "", mark="group", id=str(group), **{"as": "read"})
    assert ask(reader, "&unread_item_ids")["unread_item_ids"] == ""


def test_changes_are_read_from_the_form_only(reader: FeedReader) -> None:
    ask(reader, "&mark=item&as=read&id=3")
    assert reader.ids(READ) == []
