"""A service for feed readers over a newsroom, with one account, and a client that logs in to it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
from httpx import Response
from starlette.applications import Starlette

from aggregator.googlereader.asgi import create_reader_app
from aggregator.library.catalogue import ReaderSite
from aggregator.library.readers import add_reader
from aggregator.model.entry import Entry
from aggregator.pipeline.settling import settle_reads
from aggregator.rank.counting import NotCounted
from aggregator.storage import Storage
from tests.fakes.clock import FakeClock
from tests.fakes.newsroom import NOON

API = "/reader/api/0"
READ = "user/-/state/com.google/read"
STARRED = "user/-/state/com.google/starred"
KEPT_UNREAD = "user/-/state/com.google/kept-unread"
READING_LIST = "user/-/state/com.google/reading-list"
NAME, PASSWORD = "alice", "correct horse"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SITE = ReaderSite(
    title="Nachrichten",
    base_url="https://news.example",
    language="de-CH",
    zone=ZoneInfo("Pacific/Kiritimati"),  # at noon in Greenwich it is tomorrow there
)


@dataclass(kw_only=True)
class FeedReader:
    """A client of the service, with the account's secrets; `address` is where it says it is, `told` what became of reads."""

    storage: Storage
    clock: FakeClock
    app: Starlette
    api_password: str
    told: Counter[NotCounted | None] = field(default_factory=Counter)
    auth: str = ""
    address: str = "203.0.113.9"

    def send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, content: str | bytes = b"") -> Response:
        """Send a request without a socket; the path is sent as it is written."""

        async def ask() -> Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 1))
            async with httpx.AsyncClient(transport=transport) as client:
                client.headers = httpx.Headers()
                return await client.request(method, SITE.base_url + path, headers=dict(headers or {}), content=content)

        return asyncio.run(ask())

    def log_in(self, **fields: str) -> Response:
        """Log in and keep the token."""
        form = {"Email": NAME, "Passwd": self.api_password, **fields}
        answer = self.send("POST", "/accounts/ClientLogin", headers=FORM, content=urlencode(form))
        if answer.status_code == 200 and "\nAuth=" in answer.text:
            self.auth = answer.text.split("\nAuth=")[1].strip()
        return answer

    @property
    def headers(self) -> dict[str, str]:
        """The header of every request after that."""
        return {"Authorization": f"GoogleLogin auth={self.auth}"}

    def get(self, path: str, **headers: str) -> Response:
        """Send a GET, logged in."""
        return self.send("GET", path, headers={**self.headers, **headers})

    def post(self, path: str, *fields: tuple[str, str]) -> Response:
        """Send a form, logged in; a field may be repeated."""
        return self.send("POST", path, headers={**self.headers, **FORM}, content=urlencode(fields))

    def json(self, path: str) -> Any:
        """Get JSON."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, stream: str, **parameters: str | int) -> list[int]:
        """Return all ids of a stream, following the continuation."""
        found: list[int] = []
        query: dict[str, str | int] = {"s": stream, "n": 1000, **parameters}
        for _ in range(100):
            page = self.json(f"{API}/stream/items/ids?{urlencode(query)}")
            found += [int(ref["id"]) for ref in page["itemRefs"]]
            if "continuation" not in page:
                return found
            query["c"] = page["continuation"]
        raise AssertionError("the continuation never ends")

    def streams(self) -> dict[str, str]:
        """Return the stream ids of the subscriptions by title."""
        return {each["title"]: each["id"] for each in self.json(f"{API}/subscription/list?output=json")["subscriptions"]}

    def ranked(self) -> list[int]:
        """Return the ids of the items of *Meistgelesen*, rising."""
        title = next(title for title in self.streams() if title.startswith("Meistgelesene"))
        return sorted(self.ids(self.streams()[title]))

    def settle(self, after: timedelta = timedelta(seconds=61)) -> int:
        """Let time pass, and count the reads that stood."""
        self.clock.advance(after)
        return settle_reads(self.storage, now=self.clock.now())

    def entry(self, entry_id: int) -> Entry:
        """Return an entry as stored."""
        with self.storage.read() as tx:
            entry = tx.entries.get(entry_id)
        assert entry is not None
        return entry


def add_alice(storage: Storage) -> str:
    """Make the account and return its API password."""
    _, api_password = add_reader(storage, NAME, password=PASSWORD, site=SITE, now=NOON)
    return api_password


def open_feed_reader(storage: Storage, api_password: str) -> FeedReader:
    """Return a client that is logged in to the account."""
    clock = FakeClock(NOON)
    told: Counter[NotCounted | None] = Counter()
    app = create_reader_app(
        storage=storage,
        site=SITE,
        clock=clock,
        address_of=lambda request: request.client.host if request.client else "",
        tell=lambda reason, count: told.update({reason: count}),
    )
    made = FeedReader(storage=storage, clock=clock, app=app, api_password=api_password, told=told)
    assert made.log_in().status_code == 200
    return made


def long_ids(ids: Sequence[int]) -> list[tuple[str, str]]:
    """Return ids as fields of a form, in their long form."""
    return [("i", f"tag:google.com,2005:reader/item/{item_id:016x}") for item_id in ids]
