"""In which language pages speak, and how they say in which others do."""

from __future__ import annotations

import pytest

from aggregator.storage import Storage
from tests.fakes.outline import Outline
from tests.fakes.website import Newsroom, open_site


def test_entries_in_another_language_say_so(newsroom: Newsroom) -> None:
    page = Outline(newsroom.client.get("/topics/schweiz").text)
    links = {link["href"]: link.get("lang") for link in page.all("a")}
    assert links["/entries/4"] == "fr-CH"
    assert links["/entries/1"] is None
    assert "Französisch" in newsroom.client.get("/entries/4").text


def test_an_english_site_speaks_english(english: Newsroom) -> None:
    html = english.client.get("/").text
    assert '<html lang="en">' in html
    assert "Skip to content" in html
    assert "9 readers" in html
    assert "18 minutes ago" in html
    assert "There is no such page" in english.client.get("/nowhere").text


@pytest.mark.parametrize(
    ("asked", "language", "word"),
    [
        ("", "de-CH", "Übersicht"),
        ("fr", "fr-CH", "Accueil"),
        ("it-IT,it;q=0.8", "it-CH", "Panoramica"),
        ("en-US,en;q=0.9", "en-CH", "Overview"),
        ("es,pt;q=0.5", "de-CH", "Übersicht"),
    ],
)
def test_a_person_gets_the_language_the_browser_asks_for_and_caches_know(
    newsroom: Newsroom, asked: str, language: str, word: str
) -> None:
    swiss = open_site(newsroom.storage, language="de-CH")
    for path, status in (("/", 200), ("/feeds", 200), ("/nirgends", 404)):
        response = swiss.client.get(path, headers={"accept-language": asked})
        assert response.status_code == status
        assert f'<html lang="{language}">' in response.text
        assert f">{word}</a>" in response.text
        assert response.headers["content-language"] == language
        assert response.headers["vary"] == "accept-encoding, accept-language"
    swiss.recorder.close()


def test_the_tag_of_a_page_is_that_of_its_language(newsroom: Newsroom) -> None:
    german = newsroom.client.get("/").headers["etag"]
    asked = {"if-none-match": german}
    assert newsroom.client.get("/", headers=asked).status_code == 304
    assert newsroom.client.get("/", headers={**asked, "accept-language": "fr"}).status_code == 200


def test_what_the_site_calls_itself_stays_in_its_language(newsroom: Newsroom) -> None:
    page = Outline(newsroom.client.get("/", headers={"accept-language": "fr"}).text)
    named = {link["href"]: link.get("lang") for link in page.all("a") if "aria-label" not in link}
    assert named["/topics/schweiz"] == "de"
    assert named["/most-read"] is None


def test_an_entry_of_the_language_of_the_site_says_so_in_no_language_of_the_page(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/topics/schweiz", headers={"accept-language": "en"}).text
    assert 'lang="de"' in html  # speech and hyphenation need it
    assert "German" not in html
    assert "French" in html


def test_a_topic_is_described_in_the_words_of_the_operator(storage: Storage) -> None:
    site = open_site(storage, descriptions={"schweiz": "Was im Land geschieht & <gilt>."})
    html = site.client.get("/topics/schweiz", headers={"accept-language": "fr"}).text
    assert '<p class="lead-in" lang="de" dir="auto">Was im Land geschieht &amp; &lt;gilt&gt;.</p>' in html
    assert "geschieht" not in site.client.get("/topics/wissen").text
    site.recorder.close()
