"""Bare loops, the lower bounds of an ingest pass: `python -m bench.baselines.bare URLS DATABASE [--fetch-only]`.

Fetching is one pycurl multi loop. Without --fetch-only each new body is parsed by lxml, its HTML sanitised by nh3,
and its entries inserted with executemany: no dates, no identity, no politeness, no failure handled.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nh3
import pycurl
from lxml import etree

CONCURRENCY = 64  # a connection a host of the origin
BATCH = 20  # feeds a transaction
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT);
CREATE TABLE IF NOT EXISTS entries (
  feed TEXT, guid TEXT, title TEXT, link TEXT, published TEXT, summary TEXT, content TEXT, PRIMARY KEY (feed, guid)
);
"""
Row = tuple[str, str, str, str, str, str, str]


class Fetch:
    """One request and its answer, on a handle that is used again."""

    def __init__(self) -> None:
        self.curl = pycurl.Curl()
        self.curl.setopt(pycurl.ACCEPT_ENCODING, "gzip")
        self.curl.setopt(pycurl.WRITEFUNCTION, self._write)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._header)
        self.url = ""
        self.etag = ""
        self.chunks: list[bytes] = []

    def start(self, url: str, etag: str) -> None:
        self.url, self.etag, self.chunks = url, etag, []
        self.curl.setopt(pycurl.URL, url)
        self.curl.setopt(pycurl.HTTPHEADER, [f"If-None-Match: {etag}"] if etag else [])

    def _write(self, data: bytes) -> None:
        self.chunks.append(data)

    def _header(self, line: bytes) -> None:
        if line[:5].lower() == b"etag:":
            self.etag = line[5:].strip().decode()


def fetch_all(requests: list[tuple[str, str]]) -> Iterator[Fetch]:
    """Yield the answers as they become ready; each is good until the next is asked for."""
    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, CONCURRENCY)
    waiting = iter(requests)
    fetches: dict[pycurl.Curl, Fetch] = {}
    for fetch in (Fetch() for _ in range(min(CONCURRENCY, len(requests)))):
        fetches[fetch.curl] = fetch
        fetch.start(*next(waiting))
        multi.add_handle(fetch.curl)
    running = len(fetches)
    while running:
        multi.perform()
        _, done, failed = multi.info_read()
        if failed:
            raise RuntimeError(f"the origin failed: {failed[0][1:]}")
        for curl in done:
            multi.remove_handle(curl)
            yield fetches[curl]
            following = next(waiting, None)
            if following is None:
                running -= 1
            else:
                fetches[curl].start(*following)
                multi.add_handle(curl)
        if not done:
            multi.select(1.0)


def rows(url: str, body: bytes) -> Iterator[Row]:
    root = etree.fromstring(body)
    if root.tag == "rss":
        for item in root.iter("item"):
            texts = (item.findtext(name) or "" for name in ("guid", "title", "link", "pubDate", "description", CONTENT))
            guid, title, link, published, summary, content = texts
            yield url, guid, title, link, published, nh3.clean(summary), nh3.clean(content)
    else:
        for entry in root.iter(f"{ATOM}entry"):
            found = entry.find(f"{ATOM}link")
            link = "" if found is None else found.get("href", "")
            texts = (entry.findtext(ATOM + name) or "" for name in ("id", "title", "published", "summary", "content"))
            guid, title, published, summary, content = texts
            yield url, guid, title, link, published, nh3.clean(summary), nh3.clean(content)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("urls", type=Path)
    parser.add_argument("database")
    parser.add_argument("--fetch-only", action="store_true")
    chosen = parser.parse_args()
    store = sqlite3.connect(chosen.database)
    store.execute("PRAGMA journal_mode = WAL")
    store.executescript(SCHEMA)
    etags = dict(store.execute("SELECT url, etag FROM feeds"))
    report: dict[str, float] = {"ok": 0, "not_modified": 0, "new": 0}
    wall, cpu = time.perf_counter(), time.process_time()
    for fetch in fetch_all([(url, etags.get(url, "")) for url in chosen.urls.read_text().split()]):
        if fetch.curl.getinfo(pycurl.RESPONSE_CODE) == 304:
            report["not_modified"] += 1
            continue
        report["ok"] += 1
        if not chosen.fetch_only:
            known = store.total_changes
            store.executemany(
                "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", rows(fetch.url, b"".join(fetch.chunks))
            )
            report["new"] += store.total_changes - known
        store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (fetch.url, fetch.etag))
        if report["ok"] % BATCH == 0:
            store.commit()
    store.commit()
    report |= {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps(report))
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
