"""The Miniflux API as Newsboat speaks it."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from httpx import Response

from tests.fakes.feed_reader import FORM, NAME, READ, STARRED, FeedReader


def basic(reader: FeedReader, *, password: str | None = None) -> dict[str, str]:
    secret = base64.b64encode(f"{NAME}:{password or reader.api_password}".encode()).decode()
    return {"Authorization": f"Basic {secret}"}


def ask(reader: FeedReader, method: str, path: str, body: Any = None) -> Response:
    # Newsboat sends JSON and says it is a form.
    content = b"" if body is None else json.dumps(body).encode()
    return reader.send(method, path, headers={**basic(reader), **FORM}, content=content)


def test_newsboat_miniflux_lists_reads_and_marks(reader: FeedReader) -> None:
    categories = ask(reader, "GET", "/v1/categories").json()
    titles = {each["id"]: each["title"] for each in categories}
    feeds = ask(reader, "GET", "/v1/feeds").json()
    assert {titles[feed["category"]["id"]] for feed in feeds} == {"Themen", "Meistgelesen"}
    number = next(feed["id"] for feed in feeds if feed["title"] == "Wissen")
    path = f"/v1/feeds/{number}/entries?order=published_at&direction=desc"
    page = ask(reader, "GET", path).json()
    assert page["total"] == 3
    assert [entry["id"] for entry in page["entries"]] == [11, 6, 2]
    for entry in page["entries"]:
        assert datetime.fromisoformat(entry["published_at"]).tzinfo is not None
        assert entry["status"] == "unread"
        assert isinstance(entry["enclosures"], list)
        assert all(isinstance(entry[name], str) for name in ("title", "url", "content", "author"))
    marked = ask(reader, "PUT", "/v1/entries", {"entry_ids": [11], "status": "read"})
    assert (marked.status_code, marked.content) == (204, b"")
    assert [entry["status"] for entry in ask(reader, "GET", path).json()["entries"]] == ["read", "unread", "unread"]
    assert ask(reader, "PUT", "/v1/entries", {"entry_ids": [11], "status": "unread"}).status_code == 204
    assert reader.ids(READ) == []
    assert ask(reader, "PUT", f"/v1/feeds/{number}/mark-all-as-read").status_code == 204
    assert set(reader.ids(READ)) >= {11, 6, 2}


def test_newer_newsboats_ask_who_they_are_star_and_page(reader: FeedReader) -> None:
    assert ask(reader, "GET", "/v1/me").json()["username"] == NAME
    assert ask(reader, "PUT", "/v1/entries/6/bookmark").status_code == 204
    assert reader.ids(STARRED) == [6]
    starred = ask(reader, "GET", "/v1/entries?starred=true").json()["entries"]
    assert [(entry["id"], entry["starred"]) for entry in starred] == [(6, True)]
    assert ask(reader, "GET", "/v1/entries/6").json()["starred"] is True
    assert ask(reader, "PUT", "/v1/entries/6/bookmark").status_code == 204
    assert ask(reader, "GET", "/v1/entries?starred=true").json() == {"total": 0, "entries": []}
    pages = [ask(reader, "GET", f"/v1/entries?limit=5&offset={offset}").json() for offset in (0, 5, 10, 15)]
    ids = [entry["id"] for page in pages for entry in page["entries"]]
    assert len(ids) == len(set(ids)) == 14


def test_a_search_finds_among_what_is_subscribed_to_and_pages_and_filters_as_ever(reader: FeedReader) -> None:
    def search(query: str) -> list[str]:
        found = ask(reader, "GET", f"/v1/entries?{query}").json()
        assert found["total"] >= len(found["entries"])
        return [entry["title"] for entry in found["entries"]]

    assert any("Gotthard-Basistunnel" in title for title in search("search=tunnels"))
    assert search("search=gibtesnirgends") == []
    assert search("search=%22%22") == []
    assert len(search("search=")) == len(search("limit=100"))
    assert search("search=date:2026-11-25") != [], "days begin where the site is"
    every = ask(reader, "GET", "/v1/entries?search=tunnels").json()["entries"]
    ids = list({entry["id"] for entry in every})
    assert ask(reader, "PUT", "/v1/entries", {"entry_ids": ids, "status": "read"}).status_code == 204
    assert search("search=tunnels&status=unread") == []
    number = next(feed["id"] for feed in ask(reader, "GET", "/v1/feeds").json() if feed["title"] == "Wissen")
    within = ask(reader, "GET", f"/v1/feeds/{number}/entries?search=tunnels").json()["entries"]
    assert all(entry["feed_id"] == number for entry in within)
    assert len(within) < len(every)


def test_a_folder_is_marked_read_by_its_number(reader: FeedReader) -> None:
    number = next(each["id"] for each in ask(reader, "GET", "/v1/categories").json() if each["title"] == "Themen")
    assert ask(reader, "PUT", f"/v1/categories/{number}/mark-all-as-read").status_code == 204
    assert len(set(reader.ids(READ))) == 14
    assert ask(reader, "PUT", "/v1/categories/1/mark-all-as-read").status_code == 404


def test_a_wrong_password_is_refused_in_the_words_of_the_api(reader: FeedReader) -> None:
    answer = reader.send("GET", "/v1/feeds", headers=basic(reader, password="wrong"))
    assert (answer.status_code, answer.json()) == (401, {"error_message": "Access Unauthorized"})
    assert reader.send("GET", "/v1/feeds").status_code == 401
    assert reader.send("GET", "/v1/feeds", headers={"Authorization": "Basic %%%"}).status_code == 401
    for _ in range(10):
        answer = reader.send("GET", "/v1/feeds", headers=basic(reader, password="wrong"))
    assert answer.status_code == 429


def test_nonsense_is_a_bad_request_and_marks_nothing(reader: FeedReader) -> None:
    bodies: tuple[Any, ...] = (
        None,
        [],
        {"entry_ids": "1", "status": "read"},
        {"entry_ids": [1], "status": "gone"},
        {"status": "read"},
    )
    for body in bodies:
        assert ask(reader, "PUT", "/v1/entries", body).status_code == 400
    assert ask(reader, "PUT", "/v1/entries", {"entry_ids": [True, "2", 10**30, -1], "status": "read"}).status_code == 204
    assert reader.ids(READ) == []
    assert ask(reader, "PUT", "/v1/entries/999/bookmark").status_code == 404
