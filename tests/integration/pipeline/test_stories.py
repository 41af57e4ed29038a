"""Entries find their stories: over polls, restarts, other processes, edits and a person's decisions."""

from __future__ import annotations

from datetime import timedelta

from aggregator.app import Aggregator
from aggregator.library.stories import split_by_hand
from aggregator.model.story import Ranking
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.fetcher import FakeFetcher
from tests.integration.pipeline.conftest import Open

PAPERS = ("https://alpha.example/rss", "https://beta.example/rss", "https://gamma.example/rss")
CONFIG = "grouping: {model: none}\nfeeds:\n" + "".join(f"  - url: {url}\n" for url in PAPERS)
HOUR = timedelta(hours=1)
QUAKE = (
    "Erdbeben der Stärke 5 erschüttert den Kanton Glarus",
    "Starkes Erdbeben erschüttert Glarus",
    "Kanton Glarus: Erdbeben der Stärke 5",
)
BANK = "Nationalbank senkt überraschend den Leitzins"
AGENCY = (
    "(sda) Ein Erdbeben der Stärke 5 hat am Dienstagmorgen den Kanton Glarus erschüttert. Verletzt wurde nach ersten Angaben "
    "der Kantonspolizei niemand, an mehreren Häusern entstanden Risse in den Fassaden."
)


def feeds(clock: FakeClock, titles: list[list[str]], *, text: str = "") -> FakeFetcher:
    """Each paper brings its titles, an hour apart, the first the oldest."""
    bodies = {}
    for url, own in zip(PAPERS, titles, strict=True):
        site = url.removesuffix("/rss")
        items = [
            item(title, f"{site}/{place}", at=clock.now() - (len(own) - place) * HOUR, text=text)
            for place, title in enumerate(own)
        ]
        bodies[url] = rss(*items, title=site, link=site)
    return FakeFetcher(bodies)


def stories(aggregator: Aggregator) -> list[list[str]]:
    """The titles of each story, oldest story first."""
    with aggregator.storage.read() as tx:
        entries = sorted(tx.entries.newest(limit=99), key=lambda entry: entry.id)
    found: dict[int, list[str]] = {}
    for entry in entries:
        found.setdefault(entry.story_id, []).append(entry.data.title)
    return list(found.values())


def test_three_papers_on_one_event_are_one_story(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0], BANK], [QUAKE[1]], [QUAKE[2]]]))
    aggregator.poll()
    report = aggregator.group()
    assert (report.joined, report.merged) == (2, 0)
    assert sorted(map(len, stories(aggregator))) == [1, 3]
    with aggregator.storage.read() as tx:
        assert tx.counts().stories == 2
    aggregator.rank(at_once=True)
    with aggregator.storage.read() as tx:
        assert [one.publishers for one in tx.stories.ranked(Ranking.TRENDING, limit=9)] == [3, 1]
    assert aggregator.storage.check() == []
    assert aggregator.group().joined == 0


def test_what_an_agency_wrote_is_one_voice(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [QUAKE[1]], [QUAKE[2]]], text=AGENCY))
    aggregator.poll()
    aggregator.group()
    aggregator.rank(at_once=True)
    with aggregator.storage.read() as tx:
        (story,) = tx.stories.ranked(Ranking.TRENDING, limit=9)
        copies = [member.copy_of for member in tx.grouping.members([story.id])[story.id]]
    assert story.publishers == 1
    assert copies == [None, story.id, story.id]


def test_the_next_poll_joins_what_the_last_process_placed(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [], [BANK]]))
    aggregator.poll()
    aggregator.group()
    clock.advance(timedelta(hours=2))
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [QUAKE[1]], [BANK]]))
    aggregator.poll(everything=True)
    assert aggregator.group().joined == 1
    assert stories(aggregator) == [[QUAKE[0], QUAKE[1]], [BANK]]


def test_two_processes_that_group_in_turn_know_what_the_other_did(open_with: Open, clock: FakeClock) -> None:
    first = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [], []]))
    first.poll()
    first.group()
    second = Aggregator(first.settings, first.storage, clock, fetcher=feeds(clock, [[QUAKE[0]], [BANK], []]))
    clock.advance(timedelta(hours=2))
    second.poll(everything=True)
    second.group()
    first._given_fetcher = feeds(clock, [[QUAKE[0]], [BANK], ["Überraschend: Nationalbank senkt den Leitzins"]])
    first.__dict__.pop("fetcher", None)
    clock.advance(timedelta(hours=2))
    first.poll(everything=True)
    assert first.group().joined == 1
    assert sorted(map(len, stories(first))) == [1, 2]


def test_an_entry_of_last_year_joins_nothing_and_crowds_nothing(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [], []]))
    aggregator.poll()
    aggregator.group()
    old = rss(item(QUAKE[1], "https://beta.example/old", at=clock.now() - timedelta(days=365)))
    clock.advance(timedelta(hours=2))
    aggregator = open_with(CONFIG, FakeFetcher({**feeds(clock, [[QUAKE[0]], [], []]).outcomes, PAPERS[1]: old}))
    aggregator.poll(everything=True)
    assert aggregator.group().joined == 0
    assert stories(aggregator) == [[QUAKE[0]], [QUAKE[1]]]


def test_a_first_poll_is_placed_in_order_of_time_whatever_the_order_of_feeds(open_with: Open, clock: FakeClock) -> None:
    week = [clock.now() - timedelta(days=day) for day in range(7, 0, -1)]
    bodies = {}
    subjects = ("Erdbeben erschüttert Glarus", "Leitzins sinkt unter null", "Gotthard wieder offen", "Wolf reisst Schafe")
    for place, url in enumerate(PAPERS):
        bodies[url] = rss(
            *(item(f"{title} ({place})", f"{url}/{day}", at=week[day] + place * HOUR) for day, title in enumerate(subjects))
        )
    aggregator = open_with(CONFIG, FakeFetcher(bodies))
    aggregator.poll()
    aggregator.group()
    assert sorted(map(len, stories(aggregator))) == [3, 3, 3, 3]


def test_a_story_stays_whole_when_its_first_entry_is_seen_again_beside_an_earlier_report(
    open_with: Open, clock: FakeClock
) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [QUAKE[1]], []]))
    aggregator.poll()
    aggregator.group()
    began = clock.now() - 2 * HOUR
    clock.advance(timedelta(days=4))  # nothing is active any more
    bodies = {
        PAPERS[0]: rss(item(QUAKE[0], "https://alpha.example/0", at=began + HOUR, text="Neu: mehr dazu."), title=PAPERS[0]),
        PAPERS[1]: rss(title=PAPERS[1]),
        PAPERS[2]: rss(item(QUAKE[2], "https://gamma.example/0", at=began), title=PAPERS[2]),
    }
    aggregator = open_with(CONFIG, FakeFetcher(bodies))
    aggregator.poll(everything=True)
    aggregator.group()
    assert stories(aggregator) == [list(QUAKE[:2]), [QUAKE[2]]]


def test_a_new_title_moves_an_entry_only_if_it_is_of_something_else(open_with: Open, clock: FakeClock) -> None:
    titles = [[QUAKE[0], BANK], [QUAKE[1]], []]
    aggregator = open_with(CONFIG, feeds(clock, titles))
    aggregator.poll()
    aggregator.group()
    assert stories(aggregator) == [[QUAKE[0], QUAKE[1]], [BANK]]
    for edited, expected in (
        ("Glarus: Zahl der Verletzten unklar", [2, 1]),
        ("Nationalbank senkt den Leitzins überraschend", [1, 2]),
    ):
        clock.advance(timedelta(hours=2))
        aggregator._given_fetcher = feeds(clock, [titles[0], [edited], []])
        aggregator.__dict__.pop("fetcher", None)
        aggregator.poll(everything=True)
        aggregator.group()
        assert [len(story) for story in stories(aggregator)] == expected
    assert aggregator.storage.check() == []


def test_what_a_person_parted_the_pass_does_not_join_again(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [QUAKE[1]], []]))
    aggregator.poll()
    aggregator.group()
    with aggregator.storage.read() as tx:
        (story,) = {entry.story_id for entry in tx.entries.newest(limit=9)}
        entries = tx.stories.entries(story)
    split_by_hand(aggregator.storage, [entry for entry in entries if entry != story], language="de")
    clock.advance(timedelta(hours=2))
    aggregator._given_fetcher = feeds(clock, [[QUAKE[0]], [QUAKE[1]], [QUAKE[2]]])
    aggregator.__dict__.pop("fetcher", None)
    aggregator.poll(everything=True)
    assert aggregator.group().joined == 1
    assert sorted(map(len, stories(aggregator))) == [1, 2]


def test_a_pass_that_is_stopped_goes_on_where_it_was(open_with: Open, clock: FakeClock) -> None:
    aggregator = open_with(CONFIG, feeds(clock, [[QUAKE[0]], [QUAKE[1]], [QUAKE[2]]]))
    aggregator.poll()
    aggregator.stop()
    assert aggregator.group().joined == 0
    aggregator._stopping = False
    assert aggregator.group().joined == 2
