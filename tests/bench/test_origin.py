"""The origin of benchmarks and end-to-end tests keeps the rules of conditional requests, and counts what it was asked."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest

from bench.corpus import ENTRIES, generate
from bench.origin import Origin
from bench.origin_server import publisher_of


def get(url: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin(feeds=20, hosts=4) as running:
        yield running


def test_generated_feeds_are_the_same_every_time_and_read_back() -> None:
    for number in (1, 2):  # RSS and Atom
        feed = generate(number)
        assert feed == generate(number)
        read = feedparser.parse(feed.body)
        assert not read.bozo
        assert len({entry.id for entry in read.entries}) == ENTRIES
        assert all(entry.title and entry.link and entry.published_parsed for entry in read.entries)


def test_a_later_version_has_one_new_entry_and_lost_the_oldest() -> None:
    before = [entry.id for entry in feedparser.parse(generate(3).body).entries]
    after = [entry.id for entry in feedparser.parse(generate(3, version=1).body).entries]
    assert after[1:] == before[:-1]
    assert after[0] not in before


def test_feeds_are_spread_over_hosts(origin: Origin) -> None:
    assert len(set(origin.urls)) == 20
    assert len({urlsplit(url).hostname for url in origin.urls}) == 4


def test_a_validator_is_answered_with_304_and_counted(origin: Origin) -> None:
    origin.reset()
    url = origin.urls[1]
    status, headers, body = get(url)
    assert (status, body) == (200, generate(1).body)
    assert get(url, If_None_Match=headers["ETag"])[0] == 304
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert origin.counters() == {"requests": 4, "ok": 2, "not_modified": 2, "unconditional": 1, "not_found": 0}


def test_gzip_is_sent_only_where_it_is_accepted(origin: Origin) -> None:
    status, headers, body = get(origin.urls[0], Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == generate(0).body


def test_a_change_gives_a_share_of_the_feeds_a_new_entry() -> None:
    with Origin(feeds=20, hosts=1) as running:
        before = {url: get(url)[1]["ETag"] for url in running.urls}
        assert running.change(0.1) == 2
        after = {url: get(url, If_None_Match=etag)[0] for url, etag in before.items()}
    assert sorted(after.values()) == [200] * 2 + [304] * 18


def test_a_folder_is_served_by_file_name(tmp_path: Path) -> None:
    (tmp_path / "one.atom").write_bytes(b"<feed/>")
    (tmp_path / "two.json").write_bytes(b"{}")
    with Origin(directory=tmp_path, hosts=2) as running:
        found = {urlsplit(url).path: get(url) for url in running.urls}
        assert get(f"http://127.0.0.1:{running.port}/none")[0] == 404
    assert found["/one.atom"][1]["Content-Type"] == "application/atom+xml"
    assert found["/two.json"][2] == b"{}"


def test_a_publisher_has_one_address_that_nobody_else_has(tmp_path: Path) -> None:
    hosts = {"a": "medien.sender.example", "b": "www.sender.example", "c": "blatt.example", "d": ""}
    (tmp_path / "MANIFEST.tsv").write_text(
        "file\tkind\thost\n" + "".join(f"{name}\trss\t{host}\n" for name, host in hosts.items())
    )
    for name in hosts:
        (tmp_path / name).write_bytes(b"<rss/>")
    with Origin(feeds=3, directory=tmp_path, hosts=2) as running:
        address = {urlsplit(url).path: urlsplit(url).hostname for url in running.urls}
        assert get(running.urls[-2])[0] == 200
    assert address["/a"] == address["/b"] != address["/c"]
    own = {address["/a"], address["/c"]}
    assert own.isdisjoint({address[path] for path in ("/feeds/0", "/feeds/1", "/feeds/2", "/d")})


@pytest.mark.parametrize(
    ("host", "publisher"),
    [
        ("medien.wdr.de", "wdr.de"),
        ("WWW.Focusbiz.co.uk", "focusbiz.co.uk"),
        ("noticias.uol.com.br", "uol.com.br"),
        ("eins.podspot.de", "eins.podspot.de"),
        ("web.mac.com", "mac.com"),
        ("host", "host"),
    ],
)
def test_a_publisher_is_the_domain_it_registered(host: str, publisher: str) -> None:
    assert publisher_of(host) == publisher
