"""The main job on every captured feed: import, poll, publish, poll again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.origin import Origin
from tests.e2e.processes import Home, get

ENTRIES = 14_700  # the manifest counts 14,729 items; a few are empty, or the same entry listed twice

pytestmark = [pytest.mark.e2e, pytest.mark.corpus]


def test_every_captured_feed_is_imported_polled_published_and_then_found_unchanged(home: Home, real_feeds: Path) -> None:
    with Origin(directory=real_feeds) as origin:
        home.configure()
        (home.folder / "all.opml").write_text(origin.opml(folder="alle"))
        home.run("opml", "import", "all.opml")
        with home.config.open("a") as config:
            config.write("topics:\n- {slug: alles, title: Alles, tags: [alle]}\n")
        assert home.report("status")["feeds"]["total"] == len(origin.urls)

        origin.reset()
        first = home.report("poll", "--all")
        assert first["feeds"] == {"polled": 521, "ok": 520, "not_modified": 0, "failed": 1, "gone": 0}
        failure = first["failures"][0]
        assert failure["url"].endswith("DuplicateContentAtomFeed.xml")  # an HTML page with a feed inside
        assert failure["error"] == "NotAFeed"
        assert first["entries"]["new"] + first["entries"]["unmodified"] >= ENTRIES
        assert home.report("status")["entries"] == first["entries"]["new"]
        assert origin.counters()["requests"] == len(origin.urls)

        home.run("publish")

        origin.reset()
        second = home.report("poll", "--all")
        assert (second["entries"]["new"], second["entries"]["modified"]) == (0, 0)
        assert second["feeds"]["not_modified"] == first["feeds"]["ok"]
        assert {failure["url"] for failure in second["failures"]} == {failure["url"] for failure in first["failures"]}
        assert origin.counters()["unconditional"] == first["feeds"]["failed"]  # what could not be read is asked for anew
    home.run("database", "check")
    with home.start_daemon():
        assert get(f"{home.base_url}/feeds")[0] == 200
