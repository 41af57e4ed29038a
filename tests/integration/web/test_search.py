from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from aggregator.model.change import NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import Person
from aggregator.pipeline.indexing import index_entries
from aggregator.web import searches
from tests.fakes.changes import make_update, read_feed, save
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def links(html: str) -> dict[str, str]:
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", text).strip(): href.replace("&amp;", "&") for href, text in found}


def test_a_search_shows_what_it_finds_with_the_words_marked(newsroom: Newsroom) -> None:
    response = newsroom.client.get("/search", params={"q": "Prämien"})
    assert response.status_code == 200
    assert "Neue Regeln für die <mark>Krankenkassenprämien</mark>" in response.text
    assert "Ein Artikel gefunden" in response.text
    assert 'value="Prämien"' in response.text


def test_searches_are_not_for_search_engines(newsroom: Newsroom) -> None:
    page = newsroom.client.get("/search?q=zürich")
    assert page.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text
    assert newsroom.client.get("/search.atom?q=zürich").headers["x-robots-tag"] == "noindex"
    assert "Disallow: /search" in newsroom.client.get("/robots.txt").text


def test_every_page_has_a_field_to_search(newsroom: Newsroom) -> None:
    for path in ("/", "/topics/schweiz", "/entries/1", "/feeds", "/search"):
        html = newsroom.client.get(path).text
        assert html.count('<form class="search') == 1
        assert 'name="q"' in html


def test_facets_narrow_a_search_and_can_be_taken_back(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/search?q=muster").text
    narrowed = newsroom.client.get(links(html)["Wissen 3"]).text
    assert "3 Artikel gefunden" in narrowed
    assert 'value="muster topic:wissen"' in narrowed
    assert links(narrowed)["topic:wissen \N{MULTIPLICATION SIGN}"] == "/search?q=muster"
    both = newsroom.client.get(links(narrowed)["Seeblick-Zeitung 2"]).text
    assert "2 Artikel gefunden" in both


def test_a_search_can_be_narrowed_to_a_time_in_the_words_of_the_reader(newsroom: Newsroom) -> None:
    long_ago = [NOON - timedelta(days=days) for days in (50, 51, 90)]
    with newsroom.storage.read() as tx:
        number = tx.entries.known([]).next_entry_id
    new = [
        NewEntry(id=number + each, update=make_update(f"old-{each}", data=EntryData(title=f"Muster {each}")), dated_at=at)
        for each, at in enumerate(long_ago)
    ]
    save(newsroom.storage, read_feed(1, new=new))
    index_entries(newsroom.storage, default_language="de")
    found = links(newsroom.client.get("/search?q=muster").text)
    older = newsroom.client.get(found["\N{LATIN CAPITAL LETTER A WITH DIAERESIS}lter 3"]).text
    assert "3 Artikel gefunden" in older
    assert links(older)["until:30d \N{MULTIPLICATION SIGN}"] == "/search?q=muster"
    month = newsroom.client.get(links(older)["Oktober 2026 2"], headers={"accept-language": "fr"}).text
    assert "2 articles trouvés" in month
    assert "août 2026 1" in links(newsroom.client.get("/search?q=muster until:30d", headers={"accept-language": "fr"}).text)


def test_a_search_can_be_had_newest_first_and_by_pages(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.library.searching.PAGE_STORIES", 5)
    html = newsroom.client.get(links(newsroom.client.get("/search?q=muster").text)["Neueste zuerst"]).text
    titles = re.findall(r"<h2><a [^>]*>(.*?)</a>", html)
    assert titles[0] == "Neue Regeln für die Krankenkassenprämien"
    second = newsroom.client.get(links(html)["Weitere Treffer"])
    assert "Seite 2 von 3" in second.text
    assert not set(titles) & set(re.findall(r"<h2><a [^>]*>(.*?)</a>", second.text))
    assert "Seite 3 von 3" in newsroom.client.get("/search?q=muster&page=99999999999").text
    for odd in ("0", "-1", "x", "٣"):
        assert newsroom.client.get("/search", params={"q": "muster", "page": odd}).status_code == 200


def test_what_was_not_understood_is_said_and_all_else_is_found(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/search", params={"q": "zürich since:morgens source:nix topic:mars lang:qq ((("}).text
    assert "Zürich</mark> plant" in html
    assert "„since:morgens“ ist kein Datum" in html
    for what in ("Quelle „nix“", "Thema „mars“", "Sprache „qq“"):
        assert f"{what}" in html


@pytest.mark.parametrize(
    "text", [HOSTILE, '"', "*", "-", "title:", "NEAR(a b)", "' OR 1=1 --", "a\u202eb", "😀" * 300, "{title}: x", "\ud7ff"]
)
def test_no_query_is_an_error_and_none_gets_into_the_page_unescaped(newsroom: Newsroom, text: str) -> None:
    response = newsroom.client.get("/search", params={"q": text})
    assert response.status_code == 200
    assert "<script>" not in response.text
    assert "<img src=x" not in response.text
    for form in ("rss", "atom", "json"):
        assert newsroom.client.get(f"/search.{form}", params={"q": text}).status_code == 200


def test_hostile_entries_are_shown_escaped_with_their_words_marked(newsroom: Newsroom) -> None:
    with newsroom.storage.read() as tx:
        number = tx.entries.known([]).next_entry_id
    data = EntryData(
        title=f"Kuckuck {HOSTILE}",
        summary_html="Kuckuck &lt;script&gt;alert(1)&lt;/script&gt;",
        authors=(Person(name=HOSTILE),),
    )
    save(newsroom.storage, read_feed(1, new=[NewEntry(id=number, update=make_update("h", data=data), dated_at=NOON)]))
    index_entries(newsroom.storage, default_language="de")
    html = newsroom.client.get("/search?q=kuckuck").text
    assert html.count("<mark>Kuckuck</mark>") == 2
    assert "<script>" not in html
    assert "<img src=x" not in html


def test_nothing_found_and_nothing_asked_tell_how_to_search(newsroom: Newsroom) -> None:
    assert "Nichts gefunden" in newsroom.client.get("/search?q=gibtsnicht").text
    page = newsroom.client.get("/search")
    assert "So lässt sich genauer suchen" in page.text
    assert "Nichts gefunden" not in page.text
    assert "Nothing found" in newsroom.client.get("/search?q=gibtsnicht", headers={"accept-language": "en"}).text


def test_a_search_of_a_site_without_entries_says_that_the_index_is_made(empty: Newsroom) -> None:
    assert "eingerichtet" in empty.client.get("/search?q=bern").text


def test_a_search_is_a_feed_in_three_formats_that_the_page_announces(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/search", params={"q": "muster topic:wissen"}).text
    for form, media_type in (
        ("rss", "application/rss+xml"),
        ("atom", "application/atom+xml"),
        ("json", "application/feed+json"),
    ):
        path = f"/search.{form}?q=muster+topic%3Awissen"
        assert f'type="{media_type}"' in html
        assert path in html
        feed = newsroom.client.get(path)
        assert feed.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert f'<https://news.example{path}>; rel="self"' == feed.headers["link"]
    made = json.loads(newsroom.client.get("/search.json?q=muster+topic:wissen").content)
    assert made["title"] == "Suche: muster topic:wissen"
    assert made["feed_url"] == "https://news.example/search.json?q=muster+topic%3Awissen"
    assert made["home_page_url"] == "https://news.example/search?q=muster+topic%3Awissen"
    assert [item["title"] for item in made["items"]] == [
        "Sonde erreicht den Jupitermond Europa",
        "Wolfsbestand wächst langsamer als erwartet",
        "Warum der Winter später kommt",
    ]


def test_a_feed_without_a_query_or_of_an_unknown_format_is_not_there(newsroom: Newsroom) -> None:
    for path in ("/search.atom", "/search.atom?q=+", "/search.xml?q=a"):
        assert newsroom.client.get(path).status_code == 404


def test_a_feed_is_conditional_and_made_anew_only_when_the_index_changed(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = newsroom.client.get("/search.atom?q=wahl")
    again = newsroom.client.get("/search.atom?q=wahl", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    with newsroom.storage.read() as tx:
        number = tx.entries.known([]).next_entry_id
    update = make_update("w", data=EntryData(title="Wahl"))
    save(newsroom.storage, read_feed(1, new=[NewEntry(id=number, update=update, dated_at=NOON)]))
    index_entries(newsroom.storage, default_language="de")
    assert newsroom.client.get("/search.atom?q=wahl").content == first.content  # for a minute
    newsroom.clock.advance(timedelta(seconds=61))
    assert b"<title>Wahl</title>" in newsroom.client.get("/search.atom?q=wahl").content


def test_a_network_that_searches_too_often_is_asked_to_wait_but_gets_feeds_from_memory(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.client.get("/search.atom?q=zürich")
    for _ in range(searches.SEARCHES_A_MINUTE - 1):
        assert newsroom.client.get("/search?q=bern").status_code == 200
    refused = newsroom.client.get("/search?q=bern")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "viele Suchen" in refused.text
    assert newsroom.client.get("/search.atom?q=zürich").status_code == 200
    assert newsroom.client.get("/search").status_code == 200
    newsroom.clock.advance(timedelta(minutes=2))
    assert newsroom.client.get("/search?q=bern").status_code == 200
