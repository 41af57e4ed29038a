from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from aggregator.emit.build import Links
from aggregator.emit.edition_words import edition_lead, edition_title, story_reason
from aggregator.emit.editions import build_editions_feed, edition_story
from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionStory
from aggregator.model.entry import EntryData
from tests.fakes.emitted import SITE, all_writers, plain_entries
from tests.fakes.stored import make_entry

ENDS = datetime(2026, 11, 23, 23, tzinfo=UTC)
POINTS = (
    EditionPoint(
        sentence="Die Kantone & Städte <zahlen> mit.", publisher="Die Zeitung", url="https://zeitung.example/a?b=1&c=2"
    ),
    EditionPoint(sentence="Es bleibt offen.", publisher="Radio", url="javascript:alert(1)"),
)


def make_story(place: int = 1, *, readers: int | None = 412, publishers: int = 7, title: str = "") -> EditionStory:
    entry = make_entry(place, EntryData(title=title or f"Nachricht {place}", url=f"https://zeitung.example/{place}?a=1&b=2"))
    return edition_story(SITE, entry, readers=readers, publishers=publishers, points=POINTS)


def make_edition(*stories: EditionStory, kind: EditionKind = EditionKind.DAILY) -> Edition:
    return Edition(kind=kind, first_day=date(2026, 11, 23), ends_at=ENDS, made_at=ENDS, stories=stories or (make_story(),))


def words_of(element: etree._Element) -> str:
    return str(element.xpath("string()"))


def text_of(edition: Edition) -> etree._Element:
    (entry,) = build_editions_feed(SITE, edition.kind, [edition]).entries
    return etree.fromstring(f"<div>{entry.content_html}</div>")


@pytest.mark.parametrize(
    ("language", "kind", "title"),
    [
        ("de-CH", EditionKind.DAILY, "Ausgabe vom Montag, 23. November 2026"),
        ("de", EditionKind.WEEKLY, "Ausgabe der Woche vom 23. November bis 29. November 2026"),
        ("en", EditionKind.DAILY, "Edition of Monday, 23 November 2026"),
        ("fr", EditionKind.DAILY, "Édition du lundi 23 novembre 2026"),
        ("fr", EditionKind.WEEKLY, "Édition de la semaine du 23 novembre au 29 novembre 2026"),
        ("it", EditionKind.DAILY, "Edizione di lunedì 23 novembre 2026"),
        ("it", EditionKind.WEEKLY, "Edizione della settimana: 23 novembre \u2013 29 novembre 2026"),
    ],
)
def test_an_edition_is_called_by_its_day_or_week(language: str, kind: EditionKind, title: str) -> None:
    assert edition_title(language, make_edition(kind=kind)) == title


def test_the_first_of_a_month_is_written_as_the_language_does() -> None:
    first = replace(make_edition(), first_day=date(2026, 12, 1))
    assert edition_title("fr", first) == "Édition du mardi 1er décembre 2026"
    assert edition_title("it", first) == "Edizione di martedì 1° dicembre 2026"
    assert edition_title("de", first) == "Ausgabe vom Dienstag, 1. Dezember 2026"


@pytest.mark.parametrize(
    ("readers", "publishers", "reason"),
    [(412, 7, "412 Leserinnen und Leser · 7 Quellen"), (None, 7, "7 Quellen"), (None, 1, ""), (3, 1, "3 Leserinnen und Leser")],
)
def test_a_story_says_why_it_ranks(readers: int | None, publishers: int, reason: str) -> None:
    assert story_reason("de-CH", make_story(readers=readers, publishers=publishers)) == reason


def test_the_lead_promises_most_read_only_where_numbers_may_be_shown() -> None:
    assert edition_lead("de", make_edition(make_story(), make_story(2, readers=None))).startswith(
        "Was am meisten gelesen wurde"
    )
    assert edition_lead("de", make_edition(make_story(readers=None))).startswith("Worüber am meisten Quellen")


def test_an_edition_is_one_entry_with_an_id_of_its_own_and_the_date_of_its_end() -> None:
    document = build_editions_feed(SITE, EditionKind.DAILY, [make_edition()])
    (entry,) = document.entries
    assert entry.id == "tag:news.example,2026:editions/daily/2026-11-23"
    assert entry.url == "https://news.example/editions/daily/2026-11-23"
    assert entry.published_at == entry.updated_at == ENDS
    assert document.path == "/editions/daily"


def test_the_ranking_is_a_well_formed_list_with_links_reasons_and_key_points() -> None:
    root = text_of(make_edition(make_story(), make_story(2, title="Zwei & <b>drei</b>")))
    items = root.findall("ol/li")
    assert len(items) == 2
    assert items[1].find("p/a").text == "Zwei & <b>drei</b>"  # type: ignore[union-attr]
    assert items[0].find("p/a").get("href") == "https://zeitung.example/1?a=1&b=2"  # type: ignore[union-attr]
    assert "Die Zeitung · 412 Leserinnen und Leser · 7 Quellen" in words_of(items[0])
    points = items[0].findall("ul/li")
    assert words_of(points[0]) == "Die Kantone & Städte <zahlen> mit. (Die Zeitung)"
    assert [link.get("href") for point in points for link in point.iter("a")] == ["https://zeitung.example/a?b=1&c=2"]


def test_links_are_counted_where_the_site_counts_and_lead_to_the_page_where_there_is_no_article() -> None:
    counted = replace(SITE, links=Links.COUNTED)
    (entry,) = build_editions_feed(counted, EditionKind.DAILY, [make_edition(make_story(5))]).entries
    assert 'href="https://news.example/r/5"' in entry.content_html
    note = edition_story(SITE, make_entry(7, EntryData(title="Kurzmeldung")), readers=None, publishers=1)
    assert note.url is None
    (entry,) = build_editions_feed(counted, EditionKind.DAILY, [make_edition(note)]).entries
    assert 'href="https://news.example/entries/7"' in entry.content_html


def test_a_story_keeps_the_article_whatever_the_links_of_the_site_are() -> None:
    entry = plain_entries()[0]
    direct = edition_story(SITE, entry, readers=None, publishers=1)
    counted = edition_story(replace(SITE, links=Links.COUNTED), entry, readers=None, publishers=1)
    assert direct == counted
    assert direct.url == "https://zeitung.example/a?b=1&c=2"


@pytest.mark.parametrize("writer", all_writers(), ids=lambda writer: writer.format)
def test_every_format_takes_editions_and_none_of_them(writer: object) -> None:
    for editions in ([], [make_edition()]):
        document = build_editions_feed(SITE, EditionKind.WEEKLY, editions)
        assert writer.write(document) == writer.write(document)  # type: ignore[attr-defined]
