from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import cast

import pytest

from aggregator import errors
from aggregator.errors import AggregatorError, SchemaOutdated, StorageBusy, StorageError
from aggregator.storage import Storage, Transaction
from aggregator.web.problems import STATUS, status_of
from tests.fakes.website import Newsroom, open_site


class BrokenStorage:
    """A store whose every transaction fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self) -> AbstractContextManager[Transaction]:
        raise self.error

    write = read


@pytest.fixture
def broken() -> Iterator[Callable[[Exception], Newsroom]]:
    opened: list[Newsroom] = []

    def open_broken(error: Exception) -> Newsroom:
        opened.append(open_site(cast("Storage", BrokenStorage(error))))
        return opened[-1]

    yield open_broken
    for newsroom in opened:
        newsroom.recorder.close()


def test_a_working_process_says_so(newsroom: Newsroom) -> None:
    assert newsroom.client.get("/healthz").text == "ok\n"
    ready = newsroom.client.get("/readyz")
    assert (ready.status_code, ready.text, ready.headers["cache-control"]) == (200, "ready\n", "no-store")


def test_a_store_that_cannot_be_read_is_not_ready_but_alive(broken: Callable[[Exception], Newsroom]) -> None:
    newsroom = broken(SchemaOutdated("too old, at /var/lib/secret", found="1", expected="2"))
    assert newsroom.client.get("/healthz").status_code == 200
    ready = newsroom.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.text == "not ready: SchemaOutdated\n"


def test_a_process_that_no_longer_writes_reads_is_not_ready(newsroom: Newsroom) -> None:
    newsroom.recorder.close()
    assert newsroom.client.get("/readyz").status_code == 503


@pytest.mark.parametrize("path", ["/", "/most-read.rss", "/r/1", "/topics/schweiz", "/feeds"])
def test_a_busy_store_asks_to_come_back(broken: Callable[[Exception], Newsroom], path: str) -> None:
    response = broken(StorageBusy("locked")).client.get(path)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "30"
    assert response.headers["cache-control"] == "no-store"
    assert "Gerade nicht erreichbar" in response.text


def test_an_unexpected_error_is_a_page_with_the_same_protection_and_tells_nothing(
    broken: Callable[[Exception], Newsroom],
) -> None:
    response = broken(ZeroDivisionError("secret detail")).client.get("/")
    assert response.status_code == 500
    assert "Da ist bei uns etwas schiefgegangen" in response.text
    assert "secret" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/nirgends", "/topics/nirgends", "/topics/nirgends/most-read", "/entries/999", "/entries/x"])
def test_what_is_not_there_is_told_in_the_language_of_the_site(newsroom: Newsroom, path: str) -> None:
    response = newsroom.client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "Diese Seite gibt es nicht" in response.text


def test_a_path_with_a_slash_too_many_leads_nowhere_else(newsroom: Newsroom) -> None:
    assert newsroom.client.get("/topics/schweiz/", headers={"host": "evil.example"}).status_code == 404


def test_a_method_that_is_not_offered_is_refused_with_those_that_are(newsroom: Newsroom) -> None:
    response = newsroom.client.post("/feeds")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


def test_every_error_of_ours_has_a_status() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, AggregatorError)]
    assert len(classes) > 10
    for each in classes:
        assert 400 <= status_of(each.__new__(each)) < 600
    assert status_of(StorageBusy.__new__(StorageBusy)) == STATUS[StorageError]


def test_the_stylesheet_is_small_and_kept_for_ever_under_the_address_of_its_content(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]
    style = newsroom.client.get(address)
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(style.content) <= 20 * 1024
    assert len(gzip.compress(style.content)) <= 6 * 1024
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert "immutable" not in newsroom.client.get("/static/style.css?v=other").headers["cache-control"]
    assert newsroom.client.get(address, headers={"if-none-match": style.headers["etag"]}).status_code == 304


def test_crawlers_are_kept_off_the_counted_links(newsroom: Newsroom) -> None:
    assert "Disallow: /r/" in newsroom.client.get("/robots.txt").text


def test_the_icon_is_ours(newsroom: Newsroom) -> None:
    assert newsroom.client.get("/favicon.svg").headers["content-type"].startswith("image/svg+xml")


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_can_be_read_on_every_ground_in_light_and_dark(newsroom: Newsroom) -> None:
    themes = re.findall(r"--paper: [^}]+", newsroom.client.get("/static/style.css").text)[:2]
    for theme in themes:
        tokens = dict(re.findall(r"--(\w+): (#\w+);", theme))
        pairs = [(word, ground) for word in ("ink", "muted", "accent") for ground in ("paper", "card")]
        for word, ground in [*pairs, ("accent", "tint"), ("paper", "ink"), ("paper", "accent")]:
            high, low = sorted((luminance(tokens[word]), luminance(tokens[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{word} on {ground}"
    assert len(themes) == 2
