"""Operators merge, part and block stories, and see what is read."""

from __future__ import annotations

import re

import pytest

from aggregator.model.change import EntryUpdate, FeedUpdate
from aggregator.model.feed import FeedData
from aggregator.normalise.decide import FeedToDecide, decide
from aggregator.normalise.identity import url_key
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.newsroom import NOON
from tests.fakes.outline import HOSTILE
from tests.fakes.website import Newsroom, open_site
from tests.fakes.workshop import FakeConfig
from tests.integration.web.test_accounts import Browser, add_anna


def test_two_stories_are_merged_by_number_or_address_and_parted_again(operator: Browser) -> None:
    merged = operator.submit("/workshop/stories/merge", story="5", other="https://news.example/stories/1.atom")
    assert merged.headers["location"] == "/workshop/stories/1?done=merged"
    assert operator.get("/workshop/stories/5").headers["location"] == "/workshop/stories/1"
    html = operator.get("/workshop/stories/1").text
    assert "Ständerat stimmt dem Kompromiss zu" in html
    assert "von Hand" in html
    parted = operator.submit("/workshop/stories/split", story="1", entry="5")
    assert parted.headers["location"] == "/workshop/stories/5?done=split"
    assert "Ständerat" not in operator.get("/workshop/stories/1").text.partition('<section aria-labelledby="entries">')[2]


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("merge", {"story": "1", "other": "999"}, "gibt es nicht"),
        ("merge", {"story": "1", "other": HOSTILE}, "gibt es nicht"),
        ("merge", {"story": "1", "other": "1"}, "schon dieselbe"),
        ("split", {"story": "1"}, "kein Artikel ausgewählt"),
        ("split", {"story": "1", "entry": "1"}, "Mindestens ein Artikel"),
    ],
)
def test_what_cannot_be_merged_or_parted_is_said(operator: Browser, path: str, fields: dict[str, str], words: str) -> None:
    answer = operator.submit(f"/workshop/stories/{path}", **fields)
    assert (answer.status_code, words in answer.text, "<script>alert" in answer.text) == (422, True, False)


def test_a_blocked_entry_is_gone_from_everything_and_does_not_come_back(operator: Browser) -> None:
    site, client = operator.newsroom, operator.newsroom.client
    with site.storage.read() as tx:
        entry = tx.entries.get(3)
    assert entry is not None
    assert operator.submit("/workshop/stories/block", entry="3").status_code == 400  # not confirmed
    assert client.get("/entries/3").status_code == 200
    done = operator.submit("/workshop/stories/block", entry="3", sure="1")
    assert done.headers["location"] == "/workshop/stories?done=blocked"
    assert client.get("/entries/3").status_code == 410
    assert client.get("/stories/3").status_code == 410
    for path in ("/", "/topics/schweiz", "/most-read", "/search?q=gotthard"):
        assert "Gotthard-Basistunnel" not in client.get(path).text
    key = url_key(entry.data.url or "")
    again = EntryUpdate(data=entry.data, guid_key=key, url_key=key, content_hash=key)
    listed = FeedUpdate(data=FeedData(title="Der Talbote"), entries=(again,))
    ids = (entry.origins[0].feed_id, 1)
    feeds = [FeedToDecide(feed_id=feed_id, update=listed, first_poll=False) for feed_id in ids]
    with site.storage.write() as tx:  # listed again, by its own feed and by another
        known = tx.entries.known([(feed.feed_id, feed.update.entries) for feed in feeds])
        assert [changes.new for changes in decide(feeds, known, now=NOON)] == [(), ()]


def test_a_story_that_loses_an_entry_goes_on_with_the_others(operator: Browser) -> None:
    operator.submit("/workshop/stories/merge", story="1", other="5")
    done = operator.submit("/workshop/stories/block", entry="1", sure="1")
    assert done.headers["location"] == "/workshop/stories/1?done=blocked"
    html = operator.get("/workshop/stories/1").text
    assert "Ständerat stimmt dem Kompromiss zu" in html
    assert "Krankenkassenprämien" not in html


def test_what_is_read_is_drawn_and_tells_of_nobody(operator: Browser) -> None:
    html = operator.get("/workshop/reading?window=24h").text
    assert '<svg class="plot" role="img" aria-label="Balken je Stunde, zusammen 31 Lektüren"' in html
    assert re.search(r"Schweiz</span>.*?<span class=\"n\">16</span>", html, re.DOTALL)
    assert re.search(r"La Tribune du Lac</span><span class=\"meta\">weniger als drei Personen", html)
    assert operator.get("/workshop/reading?window=9").status_code == 200


def test_where_nothing_was_read_that_is_said(empty: Newsroom) -> None:
    tools = WorkshopTools(find_feed=FakeConfig(storage=empty.storage).find, topics=tuple, default_language="de")
    site = open_site(empty.storage, workshop=tools)
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    assert "noch nichts gelesen" in browser.get("/workshop/reading").text
    assert "Keine Geschichten" in browser.get("/workshop/stories").text
    assert "Noch keine Quellen" in browser.get("/workshop").text
    site.recorder.close()
