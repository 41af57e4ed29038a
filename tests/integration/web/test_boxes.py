from __future__ import annotations

import json
import re

import pytest

from tests.fakes.newsroom import SOURCES
from tests.fakes.website import Newsroom

OWN = SOURCES[0][0]  # entries 1 (9 readers), 6, 11 (5 readers)


def box(newsroom: Newsroom, **params: str) -> dict[str, object]:
    response = newsroom.client.get("/most-read.json", params=params)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    found: dict[str, object] = response.json()
    return found


def entries(newsroom: Newsroom, **params: str) -> list[tuple[object, ...]]:
    rows = box(newsroom, **params)["entries"]
    assert isinstance(rows, list)
    return [(row["place"], row["url"].rpartition("/")[2], row.get("readers")) for row in rows]


def test_a_publisher_gets_its_own_articles_in_the_order_of_their_readers(newsroom: Newsroom) -> None:
    assert entries(newsroom, feed=OWN) == [(1, "1", 9), (2, "11", 5)]
    found = box(newsroom, feed=OWN)
    assert (found["of"], found["window"], found["language"]) == ("Seeblick-Zeitung", "24h", "de")


def test_a_topic_gets_its_articles_and_a_number_below_three_is_told_to_nobody(newsroom: Newsroom) -> None:
    assert entries(newsroom, feed="schweiz") == [(1, "1", 9), (2, "3", 4), (3, "4", None), (4, "5", None)]
    assert re.search(r'"readers": ?[012]\b', newsroom.client.get("/most-read.json", params={"limit": "30"}).text) is None


def test_without_a_feed_everything_is_ranked(newsroom: Newsroom) -> None:
    assert entries(newsroom, limit="2") == [(1, "1", 9), (2, "2", 7)]


def test_without_its_parameters_the_address_is_the_feed(newsroom: Newsroom) -> None:
    for path in ("/most-read.json", "/most-read.json?nocache=1"):
        assert newsroom.client.get(path).headers["content-type"].startswith("application/feed+json")


@pytest.mark.parametrize("path", ["/most-read.json", "/boxes/most-read"])
@pytest.mark.parametrize(
    "params",
    [
        {"feed": "https://nowhere.example/rss"},
        {"feed": "no-topic"},
        {"window": "1h"},
        {"limit": "0"},
        {"limit": "31"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": "99999999999999999999"},
    ],
)
def test_what_is_not_there_is_a_404(newsroom: Newsroom, path: str, params: dict[str, str]) -> None:
    assert newsroom.client.get(path, params=params).status_code == 404


@pytest.mark.parametrize("path", ["/most-read.json", "/boxes/most-read"])
def test_any_page_may_take_a_box_in_and_keep_it_for_minutes(newsroom: Newsroom, path: str) -> None:
    first = newsroom.client.get(path, params={"feed": OWN})
    assert first.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in first.headers
    assert first.headers["cache-control"] == "public, max-age=300"
    again = newsroom.client.get(path, params={"feed": OWN}, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"


def test_the_piece_of_html_is_a_list_that_the_host_page_styles(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/boxes/most-read", params={"feed": OWN}).text
    assert html.startswith('<section class="most-read" lang="de">')
    assert re.findall(r'href="([^"]+)"', html) == ["https://seeblick.example/artikel/1", "https://seeblick.example/artikel/11"]
    assert "9 Leserinnen und Leser" in html
    for forbidden in ("<script", "style", "<html", "<img", "onclick", "/r/"):
        assert forbidden not in html


def test_a_box_speaks_the_language_of_the_site(english: Newsroom) -> None:
    html = english.client.get("/boxes/most-read").text
    assert 'lang="en"' in html
    assert "Most-read articles" in html
    assert "9 readers" in html


def test_where_nothing_was_read_the_box_says_so(empty: Newsroom) -> None:
    assert "most-read-empty" in empty.client.get("/boxes/most-read").text
    assert json.loads(empty.client.get("/most-read.json?limit=5").text)["entries"] == []
