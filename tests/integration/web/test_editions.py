from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionStory
from aggregator.model.related import Reason, RelatedLink
from aggregator.storage import Storage
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom

STORED = EditionStory(
    entry_id=1,
    title="Neue Regeln <b>für</b> Prämien",
    url="https://seeblick.example/artikel/1",
    publisher="Seeblick-Zeitung",
    language=None,
    readers=412,
    publishers=7,
    points=(EditionPoint(sentence="Die Kantone & Städte zahlen.", publisher="Talbote", url="https://talbote.example/1"),),
    related=(
        RelatedLink(entry_id=3, url="https://seeblick.example/3", title="Davor", language="de", reason=Reason.BACKGROUND),
        RelatedLink(entry_id=998, url="javascript:alert(2)", title="Perdu", language="fr", reason=Reason.SUBJECT),
    ),
)
GONE = EditionStory(
    entry_id=999,
    title="Les cantons",
    url="https://tribune.example/9",
    publisher="La Tribune",
    language="fr",
    readers=None,
    publishers=1,
    points=(EditionPoint(sentence="Rien.", publisher="X", url="javascript:alert(1)"),),
)


def add_editions(storage: Storage) -> None:
    """Two days and a week."""
    with storage.write() as tx:
        for kind, day in ((EditionKind.DAILY, 22), (EditionKind.DAILY, 23), (EditionKind.WEEKLY, 16)):
            ends_at = datetime(2026, 11, 23, 23, tzinfo=UTC)
            first_day = date(2026, 11, day)
            tx.editions.add(Edition(kind=kind, first_day=first_day, ends_at=ends_at, made_at=NOON, stories=(STORED, GONE)))


def test_an_edition_shows_its_ranking_why_and_key_points_and_leads_to_its_neighbours(
    newsroom: Newsroom, storage: Storage
) -> None:
    add_editions(storage)
    page = newsroom.client.get("/editions/daily/2026-11-23").text
    assert "<h1>Ausgabe vom Montag, 23. November 2026</h1>" in page
    assert "Neue Regeln &lt;b&gt;für&lt;/b&gt; Prämien" in page
    assert 'href="/entries/1"' in page
    assert 'href="https://tribune.example/9"' in page, "an entry that is no longer stored is read at its publisher"
    assert "412 Leserinnen und Leser · 7 Quellen" in page
    assert "Die Kantone &amp; Städte zahlen." in page
    assert "javascript:" not in page
    assert '<a href="/entries/3" dir="auto">Davor</a> <span>Hintergrund</span>' in page
    assert '<span dir="auto" lang="fr">Perdu</span> <span>gleiches Thema</span>' in page
    assert 'rel="prev" href="/editions/daily/2026-11-22"' in page
    assert 'rel="next"' not in page
    assert "<h1>Ausgabe der Woche vom 16. November" in newsroom.client.get("/editions/weekly/2026-W47").text


@pytest.mark.parametrize("kind", EditionKind)
def test_the_list_shows_editions_latest_first(newsroom: Newsroom, storage: Storage, kind: EditionKind) -> None:
    add_editions(storage)
    page = newsroom.client.get(kind.path).text
    links = [part.partition('"')[0] for part in page.split(f'<a href="{kind.path}/')[1:]]
    assert links == (["2026-11-23", "2026-11-22"] if kind is EditionKind.DAILY else ["2026-W47"])


def test_without_editions_the_list_says_when_the_first_appears(newsroom: Newsroom) -> None:
    assert "Die erste erscheint am 25. November 2026, kurz nach Mitternacht." in newsroom.client.get("/editions/daily").text
    assert "Die erste erscheint am 30. November 2026, kurz nach Mitternacht." in newsroom.client.get("/editions/weekly").text


@pytest.mark.parametrize("path", ["/editions/daily/2026-11-21", "/editions/weekly/2026-11-23", "/editions/daily/" + "9" * 999])
def test_an_edition_that_there_is_not_is_not_found(newsroom: Newsroom, storage: Storage, path: str) -> None:
    add_editions(storage)
    assert newsroom.client.get(path).status_code == 404


def test_editions_speak_the_language_of_who_reads_them(newsroom: Newsroom, storage: Storage) -> None:
    add_editions(storage)
    page = newsroom.client.get("/editions/daily/2026-11-23", headers={"accept-language": "fr"}).text
    assert "<h1>Édition du lundi 23 novembre 2026</h1>" in page
    assert "412 lectrices et lecteurs · 7 sources" in page
