"""Subscription lists as people really exchange them."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.emit.opml import Outline, read_opml, write_opml
from aggregator.errors import ConfigError

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "opml" / "awesome"


@pytest.mark.corpus
def test_real_lists_give_their_feeds() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the shared corpus is not beside this checkout")
    refused: list[ConfigError] = []
    feeds = 0
    files = sorted(FOLDER.rglob("*.opml"))
    for path in files:
        try:
            read = read_opml(path.read_bytes())
        except ConfigError as error:
            refused.append(error)
            continue
        assert read, path.name
        feeds += len(read)
        outlines = [Outline(title=feed.title or feed.url, feed_url=feed.url, tags=feed.tags) for feed in read]
        assert {feed.url for feed in read_opml(write_opml("x", outlines))} == {feed.url for feed in read}
    assert len(files) == 118
    assert feeds == 1068
    assert all(error.line for error in refused)
    assert len(refused) == 22, "quotes and angle brackets that stand bare in attributes: nobody can tell where those end"
