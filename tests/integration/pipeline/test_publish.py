"""From stored entries to emitted feeds: grouping, ranking, rendering, over a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

import feedparser

from aggregator.app import Aggregator
from aggregator.model.document import Rendered
from aggregator.model.grouping import StorySettlement
from aggregator.model.reading import ReadEvent, Via
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher

A = "https://a.example/feed"
FEED = f"site: {{base_url: 'https://news.example'}}\nfeeds:\n  - url: {A}\n"
TOPIC = "topics:\n  - {slug: bern, title: Bern, any: [Bern]}\n"
ALL = f"{FEED}{TOPIC}  - {{slug: alles, title: Alles, feeds: ['{A}']}}\n"
HOUR = timedelta(hours=1)
Open = Callable[[str, FakeFetcher], Aggregator]


def news(clock: FakeClock) -> FakeFetcher:
    return FakeFetcher(
        {
            A: rss(
                item("Markt in Bern", "https://a.example/1", at=clock.at - HOUR),
                item("Fest in Basel", "https://a.example/2", at=clock.at - 2 * HOUR),
            )
        }
    )


def publish_all(aggregator: Aggregator) -> Mapping[str, Rendered]:
    aggregator.group()
    aggregator.rank(at_once=True)
    aggregator.publish()
    with aggregator.storage.read() as tx:
        return {document.path: document for document in tx.documents.all()}


def titles(document: Rendered) -> list[str]:
    return [entry.title for entry in feedparser.parse(document.body).entries]


def test_a_topic_feed_holds_the_entries_that_its_rules_match(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()

    documents = publish_all(aggregator)

    assert titles(documents["/topics/bern.atom"]) == ["Markt in Bern"]
    assert titles(documents["/topics/alles.rss"]) == ["Markt in Bern", "Fest in Basel"]


def test_nothing_is_written_when_nothing_changed(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()
    before = publish_all(aggregator)
    clock.advance(HOUR)

    report = aggregator.publish()

    assert report.written == 0
    assert report.unchanged == len(before)


def test_the_bytes_are_the_same_in_a_new_process(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()
    before = publish_all(aggregator)
    aggregator = open_with(ALL, news(clock))
    with aggregator.storage.write() as tx:
        tx.documents.remove(list(before))

    assert {path: made.body for path, made in publish_all(aggregator).items()} == {p: made.body for p, made in before.items()}


def test_changed_rules_are_applied_to_what_is_stored(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(f"{FEED}{TOPIC}", news(clock))
    aggregator.poll()
    publish_all(aggregator)

    documents = publish_all(open_with(f"{FEED}{TOPIC.replace('[Bern]', '[Basel]')}", news(clock)))

    assert titles(documents["/topics/bern.atom"]) == ["Fest in Basel"]


def test_a_topic_taken_out_takes_its_feeds_along_and_they_are_gone(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()
    publish_all(aggregator)

    aggregator = open_with(f"{FEED}{TOPIC}", news(clock))
    documents = publish_all(aggregator)

    assert "/topics/alles.atom" not in documents
    with aggregator.storage.read() as tx:
        assert tx.documents.is_gone("/topics/alles.atom")


def test_ids_and_dates_stay_when_a_title_is_edited(open_with: Open, clock: FakeClock) -> None:
    fetcher = news(clock)
    aggregator = open_with(ALL, fetcher)
    aggregator.poll()
    before = feedparser.parse(publish_all(aggregator)["/topics/bern.atom"].body).entries[0]
    fetcher.outcomes[A] = rss(item("Grosser Markt in Bern", "https://a.example/1", at=clock.at - HOUR))
    clock.advance(HOUR)
    aggregator.poll(everything=True)

    after = feedparser.parse(publish_all(aggregator)["/topics/bern.atom"].body).entries[0]

    assert (after.id, after.published) == (before.id, before.published)
    assert after.title == "Grosser Markt in Bern"
    assert after.updated > before.updated


def test_the_most_read_feed_lists_an_entry_once_and_keeps_its_date(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()
    publish_all(aggregator)
    with aggregator.storage.write() as tx:
        (basel, _bern) = sorted(tx.entries.newest(limit=2), key=lambda entry: entry.data.title)
        readers = [bytes([number]) * 16 for number in range(12)]
        events = [ReadEvent(entry_id=basel.id, at=clock.at, via=Via.CLICK, reader_key=key) for key in readers]
        tx.reads.add(events)
    first = feedparser.parse(publish_all(aggregator)["/most-read.atom"].body).entries
    clock.advance(HOUR)
    second = feedparser.parse(publish_all(aggregator)["/most-read.atom"].body).entries

    assert [entry.title for entry in first] == ["Fest in Basel"]
    assert [(entry.id, entry.published) for entry in second] == [(entry.id, entry.published) for entry in first]


def test_ids_stay_when_the_site_moves(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(ALL, news(clock))
    aggregator.poll()
    before = [entry.id for entry in feedparser.parse(publish_all(aggregator)["/topics/alles.atom"].body).entries]

    moved = open_with(ALL.replace("news.example", "moved.example"), news(clock))
    after = feedparser.parse(publish_all(moved)["/topics/alles.atom"].body)

    assert [entry.id for entry in after.entries] == before
    assert "moved.example" in after.feed.links[0].href


def test_a_topic_feed_lists_a_story_once_under_one_id_whichever_entry_stands_for_it(open_with: Open, clock: FakeClock) -> None:
    papers = {f"https://{name}.example/rss": f"https://{name}.example/1" for name in ("alpha", "beta")}
    config = (
        "topics: [{slug: beben, title: Beben, any: [Erdbeben]}, {slug: alles, title: Alles, any: [Erdbeben], per: entry}]\n"
        "feeds: [" + ", ".join(f"{{url: '{url}'}}" for url in papers) + "]\n"
    )
    titles = ("Erdbeben erschüttert Glarus", "Erdbeben der Stärke 5 erschüttert Kanton Glarus")

    def polled(count: int) -> list[dict[str, str]]:
        bodies = {
            url: rss(*[item(title, link, at=clock.at)] if place < count else [])
            for place, ((url, link), title) in enumerate(zip(papers.items(), titles, strict=True))
        }
        aggregator = open_with(config, FakeFetcher(bodies))
        aggregator.poll(everything=True)
        aggregator.group()
        if count == 2:
            with aggregator.storage.write() as tx:
                (story,) = set(tx.stories.of_entries([1, 2]).values())
                tx.grouping.settle([StorySettlement(story_id=story, entry_id=2)])
        aggregator.publish()
        with aggregator.storage.read() as tx:
            per_entry, per_story = (tx.documents.get(f"/topics/{slug}.json") for slug in ("alles", "beben"))
        assert per_entry is not None
        assert per_story is not None
        assert len(json.loads(per_entry.body)["items"]) == count
        items: list[dict[str, str]] = json.loads(per_story.body)["items"]
        return items

    (alone,) = polled(1)
    clock.advance(timedelta(hours=2))
    (joined,) = polled(2)
    assert (joined["id"], joined["date_published"]) == (alone["id"], alone["date_published"])
    assert (alone["title"], joined["title"]) == titles
    assert 'href="https://alpha.example/1"' in joined["content_html"]
