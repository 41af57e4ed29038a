"""Key points are chosen as stories grow, kept, and shown in what goes out."""

from __future__ import annotations

from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.model.keypoint import KeyPoint
from aggregator.pipeline import summarising
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher
from tests.integration.pipeline.conftest import Open

PAPERS = ("https://alpha.example/rss", "https://beta.example/rss", "https://gamma.example/rss")
CONFIG = (
    "feeds:\n" + "".join(f"  - url: {url}\n" for url in PAPERS) + "topics:\n  - {slug: beben, title: Beben, any: [Erdbeben]}\n"
)
TITLES = (
    "Erdbeben der Stärke 5 erschüttert den Kanton Glarus",
    "Starkes Erdbeben erschüttert Glarus",
    "Kanton Glarus: Erdbeben der Stärke 5",
)
TEASERS = (
    "Im Kanton Glarus hat am Dienstagmorgen die Erde gebebt, an mehreren Häusern in Linthal entstanden Risse. Mehr …",
    "Verletzt wurde beim Erdbeben nach ersten Angaben der Kantonspolizei niemand. Das sagte sie am Nachmittag.",
    "Der Schweizerische Erdbebendienst rechnet in den nächsten Tagen mit Nachbeben bis zur Stärke 4.",
)
HOUR = timedelta(hours=1)


def feeds(clock: FakeClock, *teasers: str) -> FakeFetcher:
    """Each paper has one entry on the earthquake, those without a teaser none at all."""
    bodies = {}
    for url, title, teaser in zip(PAPERS, TITLES, teasers, strict=True):
        site = url.removesuffix("/rss")
        items = [item(title, f"{site}/beben", guid=site, at=clock.now(), text=teaser)] if teaser else []
        bodies[url] = rss(*items, title=f"Blatt {site[8]}", link=site)
    return FakeFetcher(bodies)


def points(aggregator: Aggregator) -> tuple[KeyPoint, ...]:
    with aggregator.storage.read() as tx:
        stories = {entry.story_id for entry in tx.entries.newest(limit=9)}
        return next(iter(tx.key_points.of(stories).values()), ())


def test_each_paper_adds_its_sentence_to_pages_feeds_and_nothing_is_chosen_twice(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, *TEASERS))
    aggregator.poll()
    aggregator.group()
    chosen = points(aggregator)
    assert {point.text for point in chosen} == {
        TEASERS[0].removesuffix(" Mehr …"),
        TEASERS[1].partition(" Das ")[0],
        TEASERS[2],
    }
    assert {(point.publisher, point.url) for point in chosen} == {
        (f"Blatt {site[8]}", f"{site}/beben") for site in (url.removesuffix("/rss") for url in PAPERS)
    }
    assert summarising.summarise_stories(aggregator.storage, language="de") == 0
    aggregator.publish()
    with aggregator.storage.read() as tx:
        shown = [tx.documents.get(f"/topics/beben.{suffix}") for suffix in ("rss", "atom", "json")]
    for document in shown:
        assert document is not None
        assert "Das Wichtigste in Kürze" in document.body.decode()
        assert "https://gamma.example/beben" in document.body.decode()
    assert aggregator.publish().written == 0


def test_one_paper_alone_is_not_summed_up(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, TEASERS[0], "", ""))
    aggregator.poll()
    aggregator.group()
    assert points(aggregator) == ()


def test_a_story_that_grows_or_is_edited_is_summed_up_anew(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, TEASERS[0], TEASERS[1], ""))
    aggregator.poll()
    aggregator.group()
    assert len(points(aggregator)) == 2
    clock.advance(2 * HOUR)
    aggregator = open_with(CONFIG, feeds(clock, *TEASERS))
    aggregator.poll(everything=True)
    aggregator.group()
    assert len(points(aggregator)) == 3
    clock.advance(2 * HOUR)
    edited = TEASERS[2].replace("Stärke 4", "Stärke 3")
    aggregator = open_with(CONFIG, feeds(clock, TEASERS[0], TEASERS[1], edited))
    aggregator.poll(everything=True)
    aggregator.group()
    assert edited in {point.text for point in points(aggregator)}


def test_a_pass_that_was_stopped_goes_on_where_it_stopped(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, *TEASERS))
    aggregator.poll()
    aggregator.group()
    with aggregator.storage.write() as tx:
        tx.key_points.save({})
        tx.note("summarised", "0 other rules")
    assert summarising.summarise_stories(aggregator.storage, language="de", should_stop=lambda: True) == 0
    assert summarising.summarise_stories(aggregator.storage, language="de") == 0  # the texts are those it was made from
    assert summarising.summarise_stories(aggregator.storage, language="en") == 1  # readers of another language


def test_editions_get_the_sentences_of_their_stories(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, *TEASERS))
    aggregator.poll()
    aggregator.group()
    with aggregator.storage.read() as tx:
        (story,) = {entry.story_id for entry in tx.entries.newest(limit=9)}
        given = summarising.edition_points(tx, [story, 77])
    assert [point.sentence for point in given[story]] == [point.text for point in points(aggregator)]
    assert list(given) == [story]
