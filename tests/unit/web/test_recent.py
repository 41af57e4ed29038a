from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

import pytest
from starlette.exceptions import HTTPException

from aggregator.model.document import Rendered
from aggregator.storage import Storage
from aggregator.web import recent
from aggregator.web.recent import RECENT, RecentDocuments
from tests.fakes.newsroom import NOON, make_rendered

A_TICK = timedelta(microseconds=1)


class FakeDocuments:
    """A store of documents that counts how often it is asked."""

    def __init__(self, *documents: Rendered) -> None:
        self.held = {document.path: document for document in documents}
        self.gone: set[str] = set()
        self.asked: list[str] = []

    @property
    def documents(self) -> FakeDocuments:
        return self

    @contextmanager
    def read(self) -> Iterator[FakeDocuments]:
        yield self

    def get(self, path: str) -> Rendered | None:
        self.asked.append(path)
        return self.held.get(path)

    def is_gone(self, path: str) -> bool:
        return path in self.gone


def over(store: FakeDocuments) -> RecentDocuments:
    return RecentDocuments(cast("Storage", store))


def test_within_a_second_the_store_is_asked_once() -> None:
    store = FakeDocuments(make_rendered("/a.rss"))
    documents = over(store)
    for passed in (timedelta(0), RECENT / 2, RECENT - A_TICK):
        documents.get("/a.rss", now=NOON + passed)
    assert store.asked == ["/a.rss"]


@pytest.mark.parametrize("passed", [RECENT, RECENT * 100, -A_TICK])
def test_after_a_second_or_when_the_clock_goes_back_it_is_asked_again(passed: timedelta) -> None:
    store = FakeDocuments(make_rendered("/a.rss", body=b"old"))
    documents = over(store)
    assert documents.get("/a.rss", now=NOON).body == b"old"
    store.held["/a.rss"] = make_rendered("/a.rss", body=b"new")
    assert documents.get("/a.rss", now=NOON + passed).body == b"new"


@pytest.mark.parametrize(("gone", "status"), [(True, 410), (False, 404)])
def test_what_was_taken_out_is_gone_and_what_never_was_is_not_found(gone: bool, status: int) -> None:  # noqa: FBT001 - parametrised
    store = FakeDocuments(make_rendered("/a.rss"))
    documents = over(store)
    documents.get("/a.rss", now=NOON)
    del store.held["/a.rss"]
    store.gone = {"/a.rss"} if gone else set()
    for _ in range(2):
        with pytest.raises(HTTPException) as raised:
            documents.get("/a.rss", now=NOON + RECENT)
        assert raised.value.status_code == status
    assert len(store.asked) == 3  # an absence is not remembered


def test_memory_is_bounded_and_every_document_is_still_served(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [make_rendered(f"/{number}.rss", body=b"x" * 1000) for number in range(20)]
    monkeypatch.setattr(recent, "RECENT_BYTES", 5000)
    store = FakeDocuments(*made)
    documents = over(store)
    for document in made:
        assert documents.get(document.path, now=NOON).body == document.body
        assert documents._bytes == sum(recent._size(held) for _, held in documents._held.values()) <= 5000


def test_a_document_larger_than_the_memory_is_served_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "RECENT_BYTES", 10)
    assert over(FakeDocuments(make_rendered("/a.rss"))).get("/a.rss", now=NOON).body
