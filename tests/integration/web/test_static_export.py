from __future__ import annotations

from pathlib import Path

from aggregator.app import Aggregator
from aggregator.config import Settings
from aggregator.storage import Storage
from aggregator.web.static_export import export_site
from tests.fakes.clock import FakeClock
from tests.fakes.newsroom import NOON


def test_an_export_holds_pages_and_feeds_and_counts_no_read(storage: Storage, tmp_path: Path) -> None:
    with storage.read() as tx:
        before = tx.counts().reads
    folder = tmp_path / "site"
    settings = Settings.model_validate({"feeds": []})
    written = export_site(Aggregator(settings, storage, FakeClock(NOON)), folder)
    assert "Neue Regeln" in (folder / "index.html").read_text(encoding="utf-8")
    assert "Neue Regeln" in (folder / "entries" / "1" / "index.html").read_text(encoding="utf-8")
    assert "https://seeblick.example/artikel/1" in (folder / "entries" / "1" / "index.html").read_text(encoding="utf-8")
    assert [page for page in folder.rglob("*.html") if 'href="/r/' in page.read_text(encoding="utf-8")] == []
    assert (folder / "topics" / "schweiz.atom").read_bytes()
    assert (folder / "static" / "style.css").is_file()
    assert len([path for path in folder.rglob("*") if path.is_file()]) == written
    with storage.read() as tx:
        assert tx.counts().reads == before
