"""Related stories are found as stories come and change, kept, and left alone while nothing happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest

from aggregator.app import Aggregator
from aggregator.group.embed import text_key
from aggregator.model.document import Format, Rendered
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.related import Reason
from aggregator.pipeline import relating
from aggregator.pipeline.relating import AWAITED, NEIGHBOUR_DELAY, REFRESHED, relate_stories
from aggregator.pipeline.said import RelatedMemory
from aggregator.web.story_feeds import RECHECKED, StoryFeeds
from tests.fakes.changes import key_of
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
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
TOWNS = ("Aarau", "Baden", "Chur", "Davos", "Elgg", "Flims", "Genf", "Horw", "Ilanz")
UNLIKE = tuple(f"{subject} {place}" for subject in ("Wetter", "Verkehr", "Oper", "Schach", "Wein", "Kino") for place in TOWNS)
"""Titles enough that a model shows what they have in common."""
News = tuple[str, datetime]


def address(site: str, title: str) -> str:
    return f"{site}/{key_of(title).hex()}"


def fetch(aggregator: Aggregator, *news: News) -> None:
    """Each paper brings out what is its turn; then everything but relating is done."""
    fetcher = aggregator.fetcher
    assert isinstance(fetcher, FakeFetcher)
    for place, url in enumerate(PAPERS):
        site = url.removesuffix("/rss")
        own = [item(title, address(site, title), guid=title, at=at) for title, at in news[place :: len(PAPERS)]]
        fetcher.outcomes[url] = rss(*own, title=site, link=site)
    aggregator.poll(everything=True)
    aggregator.group()
    aggregator.index()


def named(aggregator: Aggregator, title: str) -> dict[str, Reason]:
    """What is named beside the story of a title."""
    with aggregator.storage.read() as tx:
        texts = tx.related.texts(tx.related.newest(limit=99))
        story_id = story_of(aggregator, title)
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


MODEL = FakeEmbedder(("stoppt Bau", "barrage"))
BARRAGE = "Le barrage du lac ne sera pas rehaussé"


def fetch_in_two_languages(open_with: Open, clock: FakeClock) -> tuple[Aggregator, RelatedMemory]:
    """A store whose stories have no vectors, and the memory of a process that has a model."""
    aggregator = open_with(CONFIG.replace(PAPERS[2], f"{PAPERS[2]}\n    language: fr"), FakeFetcher({}))
    news = ((DAM, clock.now()), (PLANS, clock.now() - 6 * DAY), (BARRAGE, clock.now()))
    fetch(aggregator, *news, *((title, clock.now()) for title in (*OTHER, *UNLIKE)))
    return aggregator, RelatedMemory("de", lambda: MODEL)


def test_what_means_the_same_is_found_in_another_language(open_with: Open, clock: FakeClock) -> None:
    """Stories of the last weeks are given the vectors that they lack, once."""
    aggregator, memory = fetch_in_two_languages(open_with, clock)
    clock.advance(2 * DAY)
    MODEL.asked.clear()
    relate_stories(aggregator.storage, memory, now=clock.now())
    assert DAM in named(aggregator, BARRAGE)
    clock.advance(NEIGHBOUR_DELAY)
    relate_stories(aggregator.storage, memory, now=clock.now())
    assert BARRAGE in named(aggregator, DAM)
    assert named(aggregator, OTHER[0]) == {}
    asked = len(MODEL.asked)
    assert asked == len(set(MODEL.asked))
    assert {DAM, PLANS, BARRAGE, *OTHER} <= set(MODEL.asked)
    clock.advance(REFRESHED)
    relate_stories(aggregator.storage, RelatedMemory("de", lambda: MODEL), now=clock.now())
    assert len(MODEL.asked) == asked
    assert BARRAGE in named(aggregator, DAM)


def test_titles_that_grouping_still_compares_are_left_to_it_and_their_lists_made_anew_soon(
    open_with: Open, clock: FakeClock
) -> None:
    aggregator, memory = fetch_in_two_languages(open_with, clock)
    MODEL.asked.clear()
    relate_stories(aggregator.storage, memory, now=clock.now())
    assert MODEL.asked == [PLANS]
    assert DAM not in named(aggregator, BARRAGE)
    titles = [DAM, BARRAGE, *OTHER, *UNLIKE]
    with aggregator.storage.write() as tx:
        vectors = {text_key(title): vector for title, vector in zip(titles, MODEL.embed(titles), strict=True)}
        tx.grouping.save_meanings(vectors, model=MODEL.name, now=clock.now())
    clock.advance(AWAITED)
    relate_stories(aggregator.storage, memory, now=clock.now())
    assert DAM in named(aggregator, BARRAGE)


def test_what_a_publisher_says_every_time_makes_nothing_related(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, FakeFetcher({}))
    fetcher = aggregator.fetcher
    assert isinstance(fetcher, FakeFetcher)
    tail = "Radio Beispiel, Kultur heute. Direkter Link zur Audiodatei"
    items = [item(title, f"https://alpha.example/{number}", at=clock.now(), text=tail) for number, title in enumerate(OTHER)]
    fetcher.outcomes.update(dict.fromkeys(PAPERS, rss()))
    fetcher.outcomes[PAPERS[0]] = rss(*items, title="alpha", link="https://alpha.example")
    aggregator.poll(everything=True)
    aggregator.group()
    aggregator.relate()
    assert [named(aggregator, title) for title in OTHER] == [{}] * len(OTHER)


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


PUBLISHED = ("/topics/damm", "/most-read", "/trending", "/topics/damm/most-read", "/topics/damm/trending")


@pytest.fixture
def emitting(open_with: Open, clock: FakeClock) -> Aggregator:
    """Three stories stand in the lists of the site and of a topic, and nothing was related yet."""
    topics = "ranking: {min_reads: 1}\ntopics:\n  - {slug: damm, title: Damm, any: [Staudamm]}\n"
    aggregator = open_with(CONFIG + topics, FakeFetcher({}))
    fetch(aggregator, (DAM, clock.now()), *((title, clock.now()) for title in OTHER), (PLANS, clock.now() - 6 * DAY))
    reads = [ReadEvent(entry_id=number, at=clock.now(), via=Via.CLICK, reader_key=key_of("who")) for number in range(1, 9)]
    with aggregator.storage.write() as tx:
        tx.reads.add(reads)
    aggregator.rank(at_once=True)
    aggregator.publish()
    return aggregator


def test_every_feed_links_to_what_is_related_and_dates_nothing_anew(emitting: Aggregator) -> None:
    number = story_of(emitting, DAM)
    asked: dict[str, Callable[[Format], str]] = {
        path: partial(lambda path, form: body(emitting, f"{path}.{form}"), path) for path in PUBLISHED
    }
    asked["story"] = lambda form: emitting.render_story(number, form).body.decode()
    asked["search"] = lambda form: emitting.render_search("Grimsel", form).body.decode()
    before = {name: json.loads(ask(Format.JSON))["items"] for name, ask in asked.items()}
    emitting.relate()
    emitting.publish()
    link = {"url": address("https://beta.example", PLANS), "title": PLANS, "reason": "Hintergrund"}
    for name, ask in asked.items():
        after = json.loads(ask(Format.JSON))["items"]
        assert [dated(each) for each in after] == [dated(each) for each in before[name]], name
        dam = next(each for each in after if each["title"] == DAM)
        assert dam["_aggregator"]["related"] == [link], name
        assert dam["content_html"].count("Mehr zum Thema:") == 1, name
        for form in (Format.RSS, Format.ATOM):
            assert "(Hintergrund)" in ask(form), name


def test_a_list_made_anew_with_the_same_content_changes_no_feed(emitting: Aggregator, clock: FakeClock) -> None:
    followed = Followed(emitting, clock)
    emitting.relate()
    assert emitting.publish().written > 0
    etag = followed.etag()
    clock.advance(REFRESHED)
    assert emitting.relate().related > 0
    assert emitting.publish().written == 0
    assert followed.etag() == etag
    assert followed.rendered == 1


def test_the_feed_of_a_story_changes_with_what_stands_beside_it(emitting: Aggregator, clock: FakeClock) -> None:
    followed = Followed(emitting, clock)
    before = followed.etag()
    emitting.relate()
    assert followed.etag() != before


class Followed:
    """The feed of a story as it is served."""

    def __init__(self, aggregator: Aggregator, clock: FakeClock) -> None:
        self.rendered = 0
        self._aggregator, self._clock = aggregator, clock
        self._feeds = StoryFeeds(aggregator.storage, self._render)

    def _render(self, story_id: int, form: Format) -> Rendered:
        self.rendered += 1
        return self._aggregator.render_story(story_id, form)

    def etag(self) -> str:
        self._clock.advance(RECHECKED)
        made = self._feeds.get(story_of(self._aggregator, DAM), Format.ATOM, now=self._clock.now())
        assert made is not None
        return made.etag


def test_an_edition_keeps_the_nearest_beside_each_story(emitting: Aggregator, clock: FakeClock) -> None:
    emitting.relate()
    emitting.rank()  # the first look of all
    clock.advance(DAY)
    emitting.poll(everything=True)
    assert emitting.rank().editions == 1
    emitting.publish()
    (edition,) = json.loads(body(emitting, "/editions/daily.json"))["items"]
    link = address("https://beta.example", PLANS)
    linked = f'<a href="{link}">{PLANS}</a> (Hintergrund)'
    assert edition["content_html"].count(linked) == 1
    with emitting.storage.write() as tx:
        tx.related.save({story_of(emitting, DAM): []}, due_at={})
    assert emitting.publish().written > 0
    assert json.loads(body(emitting, "/editions/daily.json"))["items"] == [edition], "nothing of an edition ever changes"


def dated(item: dict[str, str]) -> tuple[str, str, str]:
    return item["id"], item["date_published"], item["date_modified"]


def story_of(aggregator: Aggregator, title: str) -> int:
    with aggregator.storage.read() as tx:
        return next(number for number, text in tx.related.texts(tx.related.newest(limit=99)).items() if text.title == title)


def body(aggregator: Aggregator, path: str) -> str:
    with aggregator.storage.read() as tx:
        document = tx.documents.get(path)
    assert document is not None
    return document.body.decode()


def test_what_a_publisher_says_again_in_other_punctuation_is_not_named_beside_it(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, FakeFetcher({}))
    again = DAM.replace(":", " -") + "!"
    before = clock.now() - 6 * DAY
    fetch(aggregator, (DAM, clock.now()), (OTHER[0], clock.now()), (OTHER[1], clock.now()), (again, before), (PLANS, before))
    aggregator.relate()
    assert named(aggregator, DAM) == {PLANS: Reason.BACKGROUND}
