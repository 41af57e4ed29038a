"""Stories in feeds: named by their first entry, with what others report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.emit.build import Links, build_topic_feed
from aggregator.emit.stories import build_story_feed
from aggregator.model.coverage import CoverageEntry, ListedStory, choose_others, fold_copies
from aggregator.model.document import DocumentEntry
from tests.fakes.emitted import SITE, TOPIC
from tests.fakes.stored import NOON, make_entry

HOUR = timedelta(hours=1)


def covered(entry_id: int, *, site: str | None = None, copy_of: int | None = None, title: str = "") -> CoverageEntry:
    return CoverageEntry(
        entry_id=entry_id,
        title=title or f"Titel {entry_id}",
        url=f"https://p{entry_id}.example/a",
        publisher=f"Blatt & {entry_id}",
        site=site or f"p{entry_id}.example",
        language="de",
        dated_at=NOON + entry_id * HOUR,
        copy_of=copy_of,
    )


def emitted(shown: int, *coverage: CoverageEntry, first: int = 1, links: Links = Links.DIRECT) -> DocumentEntry:
    entry = make_entry(shown, dated_at=NOON + shown * HOUR)
    story = ListedStory(story_id=1, first_entry_id=first, first_dated_at=NOON + first * HOUR, publishers=2, coverage=coverage)
    (made,) = build_topic_feed(replace(SITE, links=links), TOPIC, [entry], stories={shown: story}).entries
    return made


def test_a_story_keeps_the_name_and_date_of_its_first_entry_whichever_is_shown() -> None:
    one, other = (emitted(shown, covered(1), covered(2), covered(3)) for shown in (2, 3))
    assert one.id == other.id == "tag:news.example,2026:entry/1"
    assert one.published_at == other.published_at == NOON + HOUR
    assert one.title != other.title


def test_what_others_report_is_linked_latest_first_and_the_story_after_it() -> None:
    made = emitted(2, *(covered(number) for number in range(1, 10)))
    links = [part.split('"')[0] for part in made.content_html.split('href="')[1:]]
    assert links == [*(f"https://p{number}.example/a" for number in (9, 8, 7, 6, 5)), f"{SITE.base_url}/stories/1"]
    assert "Auch bei:" in made.content_html
    assert "Blatt &amp; 9: " in made.content_html
    assert made.page_url == f"{SITE.base_url}/stories/1"


def test_copies_are_told_and_not_linked() -> None:
    made = emitted(1, covered(1), covered(2, copy_of=1), covered(3, copy_of=1), covered(4), covered(5, copy_of=4))
    assert made.content_html.count("<li>") == 1
    assert "<p>gleicher Agenturtext bei 2 weiteren Quellen</p>" in made.content_html
    assert "(gleicher Agenturtext bei einer weiteren Quelle)" in made.content_html


def test_links_are_counted_where_the_site_counts() -> None:
    made = emitted(1, covered(1), covered(2), links=Links.COUNTED)
    assert f'href="{SITE.base_url}/r/2"' in made.content_html


def test_a_hostile_headline_stays_text() -> None:
    made = emitted(1, covered(1), covered(2, title='<script>alert("1")</script>'))
    assert "<script>" not in made.content_html


def test_a_story_of_one_is_an_entry() -> None:
    made = emitted(1, covered(1))
    assert (made.content_html, made.page_url) == ("", f"{SITE.base_url}/entries/1")


def test_an_original_that_is_gone_leaves_its_copies_to_speak() -> None:
    assert [report.entry.entry_id for report in fold_copies([covered(2, copy_of=1), covered(3, copy_of=1)])] == [3, 2]


def test_of_each_other_publisher_one_report_is_chosen() -> None:
    reports = fold_copies(
        [covered(1), covered(2, site="p1.example"), covered(3, site="x.example"), covered(4, site="x.example")]
    )
    assert [report.entry.entry_id for report in choose_others(reports, 1, limit=9)] == [4]


def test_the_feed_of_a_story_has_its_turns_under_the_ids_of_every_feed() -> None:
    coverage = [covered(1), covered(2, copy_of=1), covered(3)]
    entries = {number: make_entry(number, dated_at=NOON + number * HOUR) for number in (1, 3)}
    feed = build_story_feed(SITE, 1, "Beben in <Glarus>", fold_copies(coverage), entries)
    assert [entry.id for entry in feed.entries] == ["tag:news.example,2026:entry/3", "tag:news.example,2026:entry/1"]
    assert (feed.path, feed.title, feed.updated_at) == ("/stories/1", "Geschichte: Beben in <Glarus>", NOON + 3 * HOUR)
