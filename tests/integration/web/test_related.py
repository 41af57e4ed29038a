"""Mehr zum Thema on our pages, and for those of a publisher."""

from __future__ import annotations

import json
import re

import pytest

from aggregator.model.related import Reason, Related
from aggregator.storage import Storage
from tests.fakes.website import Newsroom

ARTICLE = "https://seeblick.example/artikel/1"
UNKNOWN = "https://seeblick.example/artikel/none"


@pytest.fixture(autouse=True)
def named(storage: Storage) -> None:
    """Beside the story of entry 1 stand those of 3 and 7, and of 6 nothing is named."""
    with storage.write() as tx:
        listed = [
            Related(story_id=3, reason=Reason.PEOPLE, score=0.4),
            Related(story_id=7, reason=Reason.BACKGROUND, score=0.3),
        ]
        tx.related.save({1: listed}, due_at={})


def box(newsroom: Newsroom, **params: str) -> list[tuple[str, str]]:
    html = newsroom.client.get("/boxes/related", params={"url": ARTICLE, **params}).text
    return re.findall(r'href="[^"]+/(\d+)".*?<span class="related-reason">([^<]+)</span>', html)


def test_a_box_has_related_stories_first_then_what_is_read_of_the_topics(newsroom: Newsroom) -> None:
    found = box(newsroom, languages="all", limit="12")
    assert found[:2] == [("3", "gleiche Personen"), ("7", "Hintergrund")]
    assert {reason for _, reason in found[2:]} == {"viel gelesen"}
    assert "1" not in dict(found)
    assert len(dict(found)) == len(found)


def test_the_language_is_that_of_the_article_unless_asked(newsroom: Newsroom, storage: Storage) -> None:
    with storage.read() as tx:
        tongues = {entry.id: entry.data.language or entry.origins[0].language for entry in tx.entries.newest(limit=99)}
    foreign = next(number for number, tag in sorted(tongues.items()) if tag is not None and not tag.startswith("de"))
    with storage.write() as tx:
        tx.related.save({1: [Related(story_id=foreign, reason=Reason.SUBJECT, score=0.3)]}, due_at={})
    assert (str(foreign), "gleiches Thema") not in box(newsroom, limit="12")
    assert (str(foreign), "gleiches Thema") in box(newsroom, limit="12", languages="all")


def test_the_address_may_be_spelled_as_the_publisher_likes(newsroom: Newsroom) -> None:
    plain = newsroom.client.get("/boxes/related", params={"url": ARTICLE}).text
    assert newsroom.client.get("/boxes/related", params={"url": f"{ARTICLE}/?utm_source=x"}).text == plain


def test_the_feed_names_the_reason_and_keeps_the_ids_and_dates_of_its_entries(newsroom: Newsroom) -> None:
    for form in ("rss", "atom", "json"):
        response = newsroom.client.get(f"/related.{form}", params={"url": ARTICLE})
        assert response.status_code == 200
        assert "gleiche Personen" in response.text
        assert response.headers["access-control-allow-origin"] == "*"
        again = newsroom.client.get(
            f"/related.{form}", params={"url": ARTICLE}, headers={"if-none-match": response.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
    feed = json.loads(newsroom.client.get("/related.json", params={"url": ARTICLE}).text)
    assert feed["title"] == "Mehr zum Thema: Neue Regeln für die Krankenkassenprämien"
    assert feed["feed_url"].endswith("/related.json?url=https%3A%2F%2Fseeblick.example%2Fartikel%2F1")
    assert feed["items"][0]["id"].endswith(":entry/3")


def test_a_known_article_with_nothing_beside_it_is_an_answer(newsroom: Newsroom, storage: Storage) -> None:
    with storage.write() as tx:
        tx.related.save({1: []}, due_at={})
        tx.topics.configure([])
    response = newsroom.client.get("/boxes/related", params={"url": ARTICLE})
    assert response.status_code == 200
    assert "Noch nichts zum selben Thema." in response.text
    feed = newsroom.client.get("/related.json", params={"url": ARTICLE})
    assert (feed.status_code, feed.json()["items"]) == (200, [])


def test_an_address_that_is_not_known_gives_an_empty_answer_that_says_so(newsroom: Newsroom) -> None:
    response = newsroom.client.get("/boxes/related", params={"url": UNKNOWN})
    assert response.status_code == 404
    assert response.text.startswith('<section class="related" lang="de">')
    assert "noch nicht bekannt" in response.text
    assert response.headers["cache-control"] == "public, max-age=60"
    feed = newsroom.client.get("/related.json", params={"url": UNKNOWN})
    assert (feed.status_code, feed.json()["items"]) == (404, [])
    assert feed.headers["content-type"].startswith("application/feed+json")
    for form in ("rss", "atom"):
        assert newsroom.client.get(f"/related.{form}", params={"url": UNKNOWN}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?url=",
        "?url=javascript:alert(1)",
        f"?url={ARTICLE}&limit=13",
        f"?url={ARTICLE}&languages=de",
        f"?url=https://x/{'a' * 2100}",
    ],
)
def test_what_is_no_question_is_a_plain_404(newsroom: Newsroom, query: str) -> None:
    response = newsroom.client.get(f"/boxes/related{query}")
    assert response.status_code == 404
    assert 'class="related"' not in response.text


@pytest.mark.parametrize("path", ["/entries/1", "/stories/1"])
def test_pages_name_what_is_related_with_its_reason(newsroom: Newsroom, path: str) -> None:
    html = newsroom.client.get(path, headers={"accept-language": "de"}).text
    section = html[html.index('<ul class="related">') :].partition("</ul>")[0]
    assert re.findall(r"<p class=\"meta\"><span>([^<]+)</span>", section) == ["gleiche Personen", "Hintergrund"]
    english = newsroom.client.get(path, headers={"accept-language": "en"}).text
    assert "same people" in english


def test_while_nothing_is_known_of_an_entry_the_newest_of_its_topics_stand_there(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/entries/3").text
    assert "gleiches Thema" in html[html.index('<ul class="related">') :]


@pytest.mark.parametrize("path", ["/entries/1", "/stories/1"])
def test_a_page_names_the_languages_of_its_reader_first_and_on_wish_the_nearest_in_any(
    newsroom: Newsroom, storage: Storage, path: str
) -> None:
    with storage.write() as tx:
        entries = {entry.id: entry.data.language or entry.origins[0].language for entry in tx.entries.newest(limit=99)}
        french = next(number for number, tag in entries.items() if tag is not None and tag.startswith("fr"))
        listed = [Related(story_id=number, reason=Reason.SUBJECT, score=0.5) for number in (french, 3)]
        tx.related.save({1: listed}, due_at={})

    def named(query: str, language: str) -> list[int]:
        html = newsroom.client.get(path + query, headers={"accept-language": language}).text
        section = html[html.index('<ul class="related">') :].partition("</section>")[0]
        assert section.count(f"{path}?languages=all#more") == (0 if query or language == "fr" else 1)
        assert section.count('hreflang="fr') == (0 if language == "fr" else 1)
        return [int(number) for number in re.findall(r'<h3><a href="/(?:entries|stories)/(\d+)"', section)]

    assert named("", "de") == [3, french]
    assert named("?languages=all", "de") == [french, 3]
    assert named("", "fr") == [french, 3], "who reads the page in French reads French"
    assert newsroom.client.get(f"{path}?languages=de").status_code == 404


def test_where_all_is_in_one_language_there_is_no_choice(newsroom: Newsroom) -> None:
    assert "?languages=all" not in newsroom.client.get("/stories/1").text
