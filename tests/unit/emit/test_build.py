from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.emit.build import MAX_CONTENT_CHARS, NEVER, Links, build_ranked_feed, build_topic_feed, tag_authority_of
from aggregator.model.document import Attribution, DocumentEntry
from aggregator.model.entry import Enclosure, Entry, EntryData
from aggregator.model.feed import Person
from aggregator.model.story import Entered, Ranking
from aggregator.model.topic import Topic
from tests.fakes.emitted import SITE, TOPIC, most_read_document, plain_entries, topic_document
from tests.fakes.stored import NOON, make_entry, make_origin

HOUR = timedelta(hours=1)
COUNTED = replace(SITE, links=Links.COUNTED)


def entered(entry: Entry, at: datetime, *, readers: int | None = None, publishers: int = 1) -> tuple[Entry, Entered]:
    return entry, Entered(entry_id=entry.id, at=at, readers=readers, publishers=publishers)


def built(data: EntryData, *, full_text: bool = False) -> DocumentEntry:
    (entry,) = topic_document([make_entry(5, data)], full_text=full_text).entries
    return entry


def test_a_topic_feed_is_called_more_on_the_topic_in_the_language_of_the_site() -> None:
    assert topic_document().title == "Mehr zum Thema: Schweiz & Europa"
    assert build_topic_feed(replace(SITE, language="en"), TOPIC, []).title == "More on: Schweiz & Europa"


def test_the_description_of_a_topic_wins_over_ours() -> None:
    assert build_topic_feed(SITE, replace(TOPIC, description="Eigenes"), []).description == "Eigenes"
    assert "Newsraum" in topic_document().description


def test_braces_in_a_title_are_only_braces() -> None:
    assert build_topic_feed(SITE, Topic(slug="x", title="{count} {0}"), []).title == "Mehr zum Thema: {count} {0}"


def test_a_most_read_feed_has_a_place_for_the_site_and_one_for_each_topic() -> None:
    whole, one = most_read_document(), build_ranked_feed(SITE, Ranking.MOST_READ, TOPIC, [])
    assert (whole.path, whole.title) == ("/most-read", "Meistgelesene Artikel")
    assert (one.path, one.title) == ("/topics/schweiz/most-read", "Meistgelesene Artikel: Schweiz & Europa")
    assert len({whole.id, one.id, topic_document().id}) == 3


def test_an_entry_has_one_id_in_every_feed_and_over_every_edit() -> None:
    entry = plain_entries()[0]
    edited = replace(entry, data=EntryData(title="Anders", guid="tag:other"), modified_at=NOON + 9 * HOUR, score=99.0)
    feeds = [
        topic_document([entry]),
        topic_document([edited]),
        build_ranked_feed(SITE, Ranking.MOST_READ, None, [entered(edited, NOON)]),
    ]
    assert {feed.entries[0].id for feed in feeds} == {"tag:news.example,2026:entry/12"}


def test_an_id_does_not_follow_the_site_to_another_address() -> None:
    moved = replace(SITE, base_url="https://elsewhere.example")
    assert topic_document(site=moved).entries[0].id == topic_document().entries[0].id


@pytest.mark.parametrize(
    ("base_url", "authority"),
    [("https://News.example:8443/x", "news.example"), ("http://127.0.0.1:8040", "127.0.0.1"), ("http://[::1]:80", "--1")],
)
def test_the_authority_of_ids_is_a_host_without_port(base_url: str, authority: str) -> None:
    assert tag_authority_of(base_url) == authority


def test_rank_and_reads_change_nothing_in_a_document() -> None:
    entries = plain_entries()
    risen = [replace(entry, score=entry.score + 50, reads=1000) for entry in entries]
    assert topic_document(risen) == topic_document(entries)


def test_an_unchanged_entry_is_updated_when_it_was_published_even_if_it_was_found_late() -> None:
    late = make_entry(dated_at=NOON, first_seen_at=NOON + 5 * HOUR)
    document = topic_document([late])
    assert document.entries[0].published_at == document.entries[0].updated_at == NOON
    assert document.updated_at == NOON + 5 * HOUR, "but the feed has changed when the entry came into it"


def test_a_changed_entry_is_updated_when_it_changed() -> None:
    changed = make_entry(dated_at=NOON, first_seen_at=NOON + HOUR, modified_at=NOON + 3 * HOUR)
    document = topic_document([changed])
    assert (document.entries[0].published_at, document.entries[0].updated_at) == (NOON, NOON + 3 * HOUR)
    assert document.updated_at == NOON + 3 * HOUR


def test_a_document_is_as_new_as_the_newest_change_of_what_it_shows() -> None:
    entries = [make_entry(1, dated_at=NOON), make_entry(2, dated_at=NOON + HOUR), make_entry(3, dated_at=NOON + 9 * HOUR)]
    shown = build_topic_feed(SITE, replace(TOPIC, limit=2), entries)
    assert [entry.id[-1] for entry in shown.entries] == ["1", "2"]
    assert shown.updated_at == NOON + HOUR


def test_an_empty_document_has_a_date_that_is_always_the_same() -> None:
    assert topic_document([]).updated_at == build_ranked_feed(SITE, Ranking.MOST_READ, None, []).updated_at == NEVER


def test_entries_of_a_most_read_feed_are_dated_by_when_they_entered_it() -> None:
    changed = make_entry(modified_at=NOON + 8 * HOUR, first_seen_at=NOON)
    document = build_ranked_feed(
        SITE, Ranking.MOST_READ, None, [entered(changed, NOON + 2 * HOUR), entered(make_entry(2), NOON + HOUR)]
    )
    assert [entry.published_at for entry in document.entries] == [NOON + 2 * HOUR, NOON + HOUR]
    assert [entry.updated_at for entry in document.entries] == [NOON + 2 * HOUR, NOON + HOUR]
    assert document.updated_at == NOON + 8 * HOUR, "a changed text is a change of what is shown"


def test_an_entry_of_a_ranked_feed_tells_why_with_the_figures_of_when_it_entered() -> None:
    entry = make_entry(1, EntryData(title="A", summary_html="<p>Teaser & mehr</p>", content_html="<p>Text</p>"))
    ranked = build_ranked_feed(
        SITE, Ranking.TRENDING, None, [entered(entry, NOON, readers=412, publishers=7)], full_text=True
    ).entries[0]
    line = "412 Leserinnen und Leser in 24 Stunden · 7 Quellen"
    assert ranked.summary_html == f"{line} \u2013 Teaser &amp; mehr"
    assert ranked.content_html == f"<p>{line}</p><p>Text</p>"


def test_a_number_that_tells_of_one_person_is_left_out() -> None:
    entry = make_entry(1, EntryData(title="A", summary_html="Teaser"))
    lines = [
        build_ranked_feed(SITE, Ranking.MOST_READ, None, [entered(entry, NOON, readers=readers, publishers=publishers)])
        .entries[0]
        .summary_html
        for readers, publishers in ((2, 1), (2, 2), (3, 1), (None, 1))
    ]
    assert lines == ["Teaser", "2 Quellen \u2013 Teaser", "3 Leserinnen und Leser in 24 Stunden \u2013 Teaser", "Teaser"]


def test_no_feed_has_more_than_200_entries() -> None:
    entries = [make_entry(number) for number in range(1, 300)]
    assert len(build_topic_feed(SITE, replace(TOPIC, limit=1000), entries).entries) == 200
    assert len(build_ranked_feed(SITE, Ranking.MOST_READ, None, [entered(entry, NOON) for entry in entries]).entries) == 200


def test_links_lead_to_the_publisher_or_over_the_counted_redirect() -> None:
    direct, counted = topic_document().entries[0], topic_document(site=COUNTED).entries[0]
    assert (direct.url, direct.external_url) == ("https://zeitung.example/a?b=1&c=2", None)
    assert (counted.url, counted.external_url) == ("https://news.example/r/12", "https://zeitung.example/a?b=1&c=2")


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x", "https://x.example/" + "a" * 5000])
def test_an_entry_without_a_link_of_the_web_leads_to_its_page(url: str | None) -> None:
    for site in (SITE, COUNTED):
        (entry,) = topic_document([make_entry(5, EntryData(title="x", url=url))], site=site).entries
        assert (entry.url, entry.external_url) == ("https://news.example/entries/5", None)


def test_the_full_text_is_emitted_only_where_it_is_allowed() -> None:
    data = EntryData(title="x", content_html="<p>Der ganze Text.</p>")
    assert built(data).content_html == ""
    assert built(data).summary_html == "Der ganze Text."
    assert built(data, full_text=True).content_html == "<p>Der ganze Text.</p>"


def test_a_full_text_that_would_fill_the_document_is_left_to_the_link() -> None:
    data = EntryData(title="x", content_html="<p>" + "Wort " * MAX_CONTENT_CHARS + "</p>")
    assert built(data, full_text=True).content_html == ""


def test_a_summary_is_a_teaser_whose_signs_are_escaped() -> None:
    entry = built(EntryData(title="x", summary_html="<p>1 &lt; 2 &amp; <b>3</b></p>"))
    assert entry.summary_html == "1 &lt; 2 &amp; 3"


def test_a_summary_of_nothing_but_an_image_gives_way_to_the_content() -> None:
    entry = built(EntryData(title="x", summary_html='<img src="https://a.example/1.png">', content_html="<p>Text</p>"))
    assert entry.summary_html == "Text"


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (EntryData(title="", summary_html="<p>Eine Notiz ohne Titel</p>"), "Eine Notiz ohne Titel"),
        (EntryData(title="\x00\u202e", summary_html=""), "Ohne Titel"),
        (EntryData(title="  zwei\nZeilen "), "zwei Zeilen"),
    ],
)
def test_every_entry_has_a_title_on_one_line(data: EntryData, title: str) -> None:
    assert built(data).title == title


def test_an_endless_title_is_cut() -> None:
    assert len(built(EntryData(title="Wort " * 100_000)).title) <= 300


def test_attribution_names_the_publisher_and_its_feed() -> None:
    assert built(EntryData(title="x")).attribution == Attribution(
        title="Die Zeitung", home_url="https://zeitung.example/", feed_url="https://zeitung.example/feed.xml"
    )


def test_a_feed_without_a_title_is_attributed_to_its_site() -> None:
    (entry,) = topic_document([make_entry(origins=(make_origin(title=" "),))]).entries
    assert entry.attribution.title == "zeitung.example"


def test_the_original_publisher_named_by_an_aggregated_feed_is_kept() -> None:
    data = EntryData(title="x", source_title="Die Quelle", source_url="https://quelle.example/rss")
    assert built(data).attribution == Attribution(title="Die Quelle", home_url=None, feed_url="https://quelle.example/rss")


@pytest.mark.parametrize("source_url", [None, "javascript:alert(1)"])
def test_half_an_attribution_of_another_feed_is_not_mixed_with_ours(source_url: str | None) -> None:
    data = EntryData(title="x", source_title="Die Quelle", source_url=source_url)
    assert built(data).attribution.title == "Die Zeitung"


def test_authors_keep_their_names_and_pages_but_not_their_addresses() -> None:
    person = Person(name="Anna\nMuster", email="anna@zeitung.example", url="https://zeitung.example/anna")
    assert built(EntryData(title="x", authors=(person,))).authors == (
        Person(name="Anna Muster", url="https://zeitung.example/anna"),
    )


def test_where_no_author_is_named_the_publisher_is() -> None:
    assert built(EntryData(title="x")).authors == (Person(name="Die Zeitung", url="https://zeitung.example/"),)


def test_categories_are_distinct_and_not_empty() -> None:
    assert built(EntryData(title="x", categories=("A", " ", "B", "A"))).categories == ("A", "B")


def test_enclosures_and_images_are_of_the_web() -> None:
    data = EntryData(
        title="x",
        image_url="data:image/png;base64,AAAA",
        enclosures=(
            Enclosure(url="file:///etc/passwd"),
            Enclosure(url="https://a.example/a.mp3", media_type=" audio/mpeg\n", length_bytes=-1),
        ),
    )
    assert built(data).image_url is None
    assert built(data).enclosures == (Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg"),)


@pytest.mark.parametrize(("said", "language"), [("en-GB", "en-GB"), (None, "de"), ("not a tag!", "de")])
def test_the_language_is_the_entrys_else_its_feeds(said: str | None, language: str) -> None:
    assert built(EntryData(title="x", language=said)).language == language
