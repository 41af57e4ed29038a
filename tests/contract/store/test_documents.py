"""What every storage promises of rendered documents."""

from __future__ import annotations

import dataclasses

from aggregator.model.document import Rendered
from aggregator.storage import Storage
from tests.fakes.changes import HOUR, NOON

NEWS = Rendered(
    path="/topics/news.rss",
    media_type="application/rss+xml; charset=utf-8",
    body=b"<rss/>\x00\xff",
    body_gzip=b"\x1f\x8b",
    etag='"abc"',
    last_modified_at=NOON,
    fingerprint="f1",
    title="News",
)
SPORT = dataclasses.replace(NEWS, path="/topics/sport.rss", fingerprint="f2")


def test_a_document_comes_back_whole(storage: Storage) -> None:
    with storage.write() as transaction:
        transaction.documents.put([SPORT, NEWS])
    with storage.read() as transaction:
        assert transaction.documents.get(NEWS.path) == NEWS
        assert transaction.documents.get("/nothing") is None
        assert transaction.documents.all() == [NEWS, SPORT]
        assert transaction.documents.fingerprints() == {NEWS.path: "f1", SPORT.path: "f2"}


def test_a_new_rendering_replaces_the_old(storage: Storage) -> None:
    again = dataclasses.replace(NEWS, body=b"<rss>2</rss>", etag='"def"', fingerprint="f3", last_modified_at=NOON + HOUR)
    with storage.write() as transaction:
        transaction.documents.put([NEWS])
        transaction.documents.put([again])
        assert transaction.documents.all() == [again]


def test_a_document_taken_out_is_remembered_as_gone_until_it_is_back(storage: Storage) -> None:
    with storage.write() as transaction:
        documents = transaction.documents
        documents.put([NEWS])
        assert not documents.is_gone(NEWS.path)
        documents.remove([NEWS.path, "/never-there"])
        documents.remove([NEWS.path])
        assert documents.get(NEWS.path) is None
        assert documents.is_gone(NEWS.path)
        assert not documents.is_gone("/never-there")
        documents.put([NEWS])
        assert not documents.is_gone(NEWS.path)
