"""After a day of anonymous reads nothing that identifies a person is anywhere: in the database, a backup, or the logs."""

from __future__ import annotations

import ipaddress
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.library.log_import import import_log
from aggregator.rank.abuse import Site
from aggregator.rank.counting import network_key, reader_key
from aggregator.storage import Storage
from tests.fakes.databases import content_of, kind_of
from tests.fakes.newsroom import NOON
from tests.fakes.website import ORIGIN, TOKEN, open_site

AGENT = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
ADDRESSES = ("203.0.113.77", "198.51.100.88", "2001:db8:77:88::99")
READER = "session-of-anna-muster"
REFERRER = "https://forum.example/anna"


def traces() -> list[bytes]:
    """Return everything that would tell of a person: whole or cut, as text or packed."""
    found = [AGENT, AGENT[:40], "Firefox/140.0", READER, REFERRER, "forum.example", TOKEN]
    packed = []
    for address in ADDRESSES:
        parsed = ipaddress.ip_address(address)
        network = ipaddress.ip_network((int(parsed), 24 if parsed.version == 4 else 48), strict=False)
        found += [
            address,
            str(parsed.exploded),
            str(network),
            str(network.network_address).rstrip("0:.") + ("." if parsed.version == 4 else ":"),
        ]
        packed.append(parsed.packed)
    return [text.encode() for text in found] + packed


def read_for_a_day(storage: Storage) -> None:
    site = open_site(storage)
    for hour in range(12):
        for address in ADDRESSES:
            headers = {"x-forwarded-for": address, "user-agent": AGENT, "referer": REFERRER}
            for path in ("/", f"/entries/{hour % 6 + 1}", f"/r/{hour % 6 + 1}", "/most-read.rss", "/most-read", "/r/999"):
                site.client.get(path, headers=headers)
            site.client.post("/api/read", params={"url": f"{ORIGIN}/artikel/1"}, headers={**headers, "origin": ORIGIN})
        told = [{"url": f"{ORIGIN}/artikel/1", "at": site.clock.now().isoformat(), "reader": READER}]
        site.client.post("/api/reads", headers={"authorization": f"Bearer {TOKEN}"}, body=json.dumps(told).encode())
        site.client.post("/api/reads", headers={"authorization": f"Bearer {TOKEN}x"}, body=json.dumps(told).encode())
        site.clock.advance(timedelta(hours=1))
    lines = [
        f'{address} - anna [24/Nov/2026:0{hour}:00:00 +0000] "GET /artikel/6 HTTP/1.1" 200 99 "{REFERRER}" "{AGENT}"\n'
        for hour in range(9)
        for address in ADDRESSES
    ]
    import_log(
        storage,
        lambda: iter(lines),
        site_url=ORIGIN,
        site=Site(),
        now=site.clock.now(),
        keep=timedelta(days=30),
    )
    assert site.recorder.close() == 0
    assert site.recorder.recorded > 50


def backup(storage: Storage, url: str, file: Path) -> bytes:
    """Return a backup; that of a server is made of its rows, by pg_dump."""
    if kind_of(url) == "sqlite":
        storage.backup(file)
        return file.read_bytes()
    return content_of(url)


def test_nothing_of_a_person_is_in_the_database_a_backup_or_the_logs(
    storage: Storage, newsroom_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        read_for_a_day(storage)
    copy = backup(storage, newsroom_url, tmp_path / "backup.sqlite")
    output = capfd.readouterr()
    places = {
        "the database": content_of(newsroom_url),
        "a backup": copy,
        "the logs": caplog.text.encode(),
        "what is printed": (output.out + output.err).encode(),
    }
    assert len(places["the database"]) > 100_000
    found = [(place, trace) for place, data in places.items() for trace in traces() if trace.lower() in data.lower()]
    assert found == []


def test_two_days_later_not_even_the_keys_can_be_made_again(storage: Storage, newsroom_url: str, tmp_path: Path) -> None:
    read_for_a_day(storage)
    with storage.write() as tx:
        salt = tx.reads.salt(NOON.date())
    keys = [reader_key(salt=salt, address=address, user_agent=AGENT) for address in ADDRESSES]
    kept = content_of(newsroom_url)
    assert [key for key in keys if key not in kept] == []  # the keys are there while the reads are,
    assert [key for address in ADDRESSES if (key := network_key(salt=salt, address=address)) and key in kept] == []
    with storage.write() as tx:
        tx.reads.salt(NOON.date() + timedelta(days=2))
    assert salt not in backup(storage, newsroom_url, tmp_path / "backup.sqlite")
    storage.close()
    assert salt not in content_of(newsroom_url)  # and what they were made with is not, not even in a page that is free
