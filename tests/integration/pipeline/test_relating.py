"""Related stories are found as stories come and change, kept, and left alone while nothing happens."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count

import pytest

from aggregator.app import Aggregator
from aggregator.model.related import Reason
from aggregator.pipeline import relating
from aggregator.pipeline.relating import NEIGHBOUR_DELAY, REFRESHED, RelatedMemory, relate_stories
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher
from tests.integration.pipeline.conftest import Open

PAPERS = tuple(f"https://{name}.example/rss" for name in ("alpha", "beta", "gamma"))
CONFIG = "grouping: {model: none}\nretention: {entries: 36500d}\nfeeds:\n" + "".join(f"  - url: {url}\n" for url in PAPERS)
DAY = timedelta(days=1)
DAM = "Staudamm Grimsel: Bundesrätin Karin Rossi stoppt Bau der neuen Mauer"
PROTEST = "Nach dem Baustopp am Grimsel-Staudamm: Proteste der Kraftwerke in Innertkirchen"
PLANS = "Kraftwerke wollen am Grimsel eine höhere Mauer für den Staudamm"
ABROAD = "Swiss energy minister Karin Rossi halts Grimsel dam"
OTHER = (
    "Meister Basel verliert das Spitzenspiel in der Nachspielzeit",
    "Notenbank lässt den Leitzins unverändert",
    "Festival in Locarno eröffnet mit einem Film über die Kindheit am See",
    "Polizei nimmt nach Überfall auf Juwelier zwei Männer fest",
    "Neuer Impfstoff schützt auch ältere Menschen vor Grippe",
    "Kita-Plätze werden in vielen Städten knapp",
)
News = tuple[str, datetime]


def fetch(aggregator: Aggregator, *news: News) -> None:
    """Each paper brings out what is its turn; then everything but relating is done."""
    fetcher = aggregator.fetcher
    assert isinstance(fetcher, FakeFetcher)
    for place, url in enumerate(PAPERS):
        site = url.removesuffix("/rss")
        own = [item(title, f"{site}/{len(title)}", guid=title, at=at) for title, at in news[place :: len(PAPERS)]]
        fetcher.outcomes[url] = rss(*own, title=site, link=site)
    aggregator.poll(everything=True)
    aggregator.group()
    aggregator.index()


def named(aggregator: Aggregator, title: str) -> dict[str, Reason]:
    """What is named beside the story of a title."""
    with aggregator.storage.read() as tx:
        texts = tx.related.texts(tx.related.newest(limit=99))
        story_id = next(number for number, text in texts.items() if text.title == title)
        return {texts[one.story_id].title: one.reason for one in tx.related.of([story_id]).get(story_id, ())}


@pytest.fixture
def aggregator(open_with: Open, clock: FakeClock) -> Aggregator:
    opened = open_with(CONFIG, FakeFetcher({}))
    fetch(opened, (DAM, clock.now()), *((title, clock.now()) for title in OTHER), (PLANS, clock.now() - 6 * DAY))
    return opened


def test_background_is_named_and_other_subjects_are_not(aggregator: Aggregator) -> None:
    assert aggregator.relate().related == 2 + len(OTHER)
    assert named(aggregator, DAM) == {PLANS: Reason.BACKGROUND}
    assert named(aggregator, OTHER[0]) == {}


def test_nothing_is_looked_for_twice_until_it_is_due(aggregator: Aggregator, clock: FakeClock) -> None:
    aggregator.relate()
    assert aggregator.relate().related == 0
    clock.advance(REFRESHED)
    assert aggregator.relate().related == 1 + len(OTHER)  # what is old is done with
    assert aggregator.relate().related == 0


def test_a_story_that_others_newly_name_is_looked_at_soon(aggregator: Aggregator, clock: FakeClock) -> None:
    aggregator.relate()
    clock.advance(timedelta(hours=4))
    fetch(aggregator, (PROTEST, clock.now()))
    assert aggregator.relate().related == 1
    assert DAM in named(aggregator, PROTEST)
    assert PROTEST not in named(aggregator, DAM)
    clock.advance(NEIGHBOUR_DELAY)
    assert aggregator.relate().related >= 1
    assert named(aggregator, DAM)[PROTEST] in {Reason.FOLLOWS, Reason.SUBJECT}


def test_a_person_leads_across_languages(aggregator: Aggregator, clock: FakeClock) -> None:
    clock.advance(timedelta(hours=1))
    fetch(aggregator, (ABROAD, clock.now()))
    aggregator.relate()
    assert named(aggregator, ABROAD)[DAM] is Reason.PEOPLE


def test_changed_rules_make_every_list_anew(aggregator: Aggregator, monkeypatch: pytest.MonkeyPatch) -> None:
    aggregator.relate()
    monkeypatch.setattr(relating, "RULES", "others")
    assert aggregator.relate().related == 2 + len(OTHER)


def test_a_pass_ends_in_time_and_the_next_goes_on(
    aggregator: Aggregator, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setattr(relating, "BATCH_STORIES", 3)
    memory = RelatedMemory("de")
    seconds = count(0, relating.BUDGET.total_seconds() / 2)
    first = relate_stories(aggregator.storage, memory, now=clock.now(), elapsed=lambda: float(next(seconds)))
    assert first.related == 3
    assert first.related + relate_stories(aggregator.storage, memory, now=clock.now()).related == 2 + len(OTHER)


def test_it_waits_for_what_is_not_searchable_yet(aggregator: Aggregator, clock: FakeClock) -> None:
    with aggregator.storage.write() as tx:
        tx.search.forget()
    assert relate_stories(aggregator.storage, RelatedMemory("de"), now=clock.now()).related == 0
    assert aggregator.relate().related == 2 + len(OTHER)


def test_feeds_link_to_what_is_related_change_only_with_it_and_date_nothing_anew(open_with: Open, clock: FakeClock) -> None:
    topics = "topics:\n  - {slug: damm, title: Damm, any: [Staudamm]}\n"
    aggregator = open_with(CONFIG + topics, FakeFetcher({}))
    fetch(aggregator, (DAM, clock.now()), *((title, clock.now()) for title in OTHER), (PLANS, clock.now() - 6 * DAY))
    aggregator.publish()
    before = json.loads(body(aggregator, "/topics/damm.json"))
    aggregator.relate()
    assert aggregator.publish().written == 3
    after = json.loads(body(aggregator, "/topics/damm.json"))
    link = {"url": f"https://beta.example/{len(PLANS)}", "title": PLANS, "reason": "Hintergrund"}
    dam = next(each for each in after["items"] if each["title"] == DAM)
    assert dam["_aggregator"]["related"] == [link]
    times = [
        [(each["id"], each["date_published"], each["date_modified"]) for each in feed["items"]] for feed in (before, after)
    ]
    assert times[0] == times[1]
    for form in ("rss", "atom"):
        assert PLANS in body(aggregator, f"/topics/damm.{form}")
        assert "(Hintergrund)" in body(aggregator, f"/topics/damm.{form}")
    clock.advance(REFRESHED)
    assert aggregator.relate().related > 0
    assert aggregator.publish().written == 0


def body(aggregator: Aggregator, path: str) -> str:
    with aggregator.storage.read() as tx:
        document = tx.documents.get(path)
    assert document is not None
    return document.body.decode()
