from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from aggregator.model.entry import EntryData
from aggregator.model.feed import Person
from aggregator.model.keypoint import KeyPoint
from aggregator.model.topic import Topic
from aggregator.storage import Summary
from aggregator.web.recent_pages import RECENT
from tests.fakes.newsroom import TOPICS
from tests.fakes.outline import HOSTILE, Outline
from tests.fakes.website import Newsroom, add_entry, open_site

PAGES = (
    "/",
    "/topics/schweiz",
    "/topics/schweiz/most-read",
    "/most-read",
    "/most-read?window=30d",
    "/trending",
    "/editions/daily",
    "/editions/weekly",
    "/topics/wissen/trending",
    "/entries/1",
    "/entries/4",
    "/feeds",
    "/search",
    "/search?q=zürich",
    "/search?q=anna+muster+date:gestern+foo:bar",
    "/nirgends",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_walked_without_seeing_it(newsroom: Newsroom, path: str) -> None:
    response = newsroom.client.get(path)
    assert response.status_code == (404 if path == "/nirgends" else 200)
    page = Outline(response.text)
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("h1", "main", "header", "nav", "footer", "title")] == [1] * 6
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    first_link = next(page.all("a"))
    assert first_link["href"] == "#content"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert "content" in ids
    assert len(ids) == len(set(ids))
    assert next(page.all("html"))["lang"] == "de"
    assert all("alt" in image and image["referrerpolicy"] == "no-referrer" for image in page.all("img"))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_style_of_its_own_or_anything_of_a_third_party(newsroom: Newsroom, path: str) -> None:
    page = Outline(newsroom.client.get(path).text)
    assert not {tag for tag, _ in page.tags} & {"iframe", "object", "style"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    scripts = [script for script in page.all("script") if script.get("type") != "application/ld+json"]
    assert [(script["src"] or "").partition("?")[0] for script in scripts] == ["/static/app.js"]
    assert all("defer" in script for script in scripts)
    parts = ("stylesheet", "icon", "apple-touch-icon", "manifest")
    loaded = [link["href"] or "" for link in page.all("link") if link["rel"] in parts]
    assert len(loaded) == len(parts)
    assert all(address.startswith("/") for address in loaded)


@pytest.mark.parametrize("path", [*PAGES, "/most-read.rss", "/healthz", "/static/style.css", "/r/1"])
def test_every_response_has_the_headers_that_protect_readers(newsroom: Newsroom, path: str) -> None:
    headers = newsroom.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self' https: data:; style-src 'self'; script-src 'self'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "max-age" in headers["strict-transport-security"]
    assert "set-cookie" not in headers


def test_a_site_without_tls_shows_plain_images_and_forces_nothing(newsroom: Newsroom) -> None:
    plain = open_site(newsroom.storage, base_url="http://news.example")
    headers = plain.client.get("/").headers
    plain.recorder.close()
    assert "http:" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


def test_the_index_shows_topics_what_is_read_and_what_can_be_subscribed_to(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/").text
    assert "Dienstag, 24. November 2026 · aus 5 Quellen" in html
    assert "Neue Regeln für die Krankenkassenprämien" in html
    assert "9 Leserinnen und Leser" in html
    assert "vor 18 Minuten" in html
    for topic in TOPICS:
        assert f'href="/topics/{topic.slug}"' in html
        assert f'href="/subscribe?feed=/topics/{topic.slug}"' in html
        for form in ("rss", "atom", "json"):
            assert f'href="/topics/{topic.slug}.{form}"' in html
    assert 'href="/trending.atom"' in html
    assert 'href="/opml"' in html


def test_no_entry_stands_twice_among_the_leads_and_topics(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/").text
    front = html[html.index('class="wide"') : html.index("<aside>")]
    ids = re.findall(r'href="/entries/(\d+)"', front)
    assert ids
    assert len(ids) == len(set(ids))


def test_pages_announce_their_feeds_the_main_one_first(newsroom: Newsroom) -> None:
    def alternates(path: str) -> list[tuple[str | None, str | None]]:
        page = Outline(newsroom.client.get(path).text)
        return [(link["type"], link["href"]) for link in page.all("link") if link["rel"] == "alternate"]

    topic = alternates("/topics/schweiz")
    assert topic[0] == ("application/rss+xml", "/topics/schweiz.rss")
    assert [href for _, href in topic[3:]] == [
        f"/topics/schweiz/{ranking}.{form}" for ranking in ("most-read", "trending") for form in ("rss", "atom", "json")
    ]
    assert ("application/feed+json", "/most-read.json") in alternates("/")
    assert alternates("/most-read")[0] == ("application/rss+xml", "/most-read.rss")
    assert alternates("/entries/1")[0] == ("application/rss+xml", "/topics/schweiz.rss")


def test_no_feed_is_announced_that_is_not_there(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.documents.remove([f"/topics/schweiz.{form}" for form in ("rss", "atom", "json")])
    for path in ("/", "/topics/schweiz", "/entries/1"):
        assert "/topics/schweiz.rss" not in newsroom.client.get(path).text


def test_a_topic_pages_on_to_older_entries_without_losing_or_repeating_one(newsroom: Newsroom) -> None:
    add_many(newsroom, 70)
    path: str | None = "/topics/wissen"
    seen: list[str] = []
    pages = 0
    while path is not None:
        html = newsroom.client.get(path).text
        stream = html[html.index('class="stream"') : html.index("<aside>")]
        seen += re.findall(r'href="/entries/(\d+)"', stream)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older.group(1) if older else None
        pages += 1
    assert pages == 3
    with newsroom.storage.read() as tx:
        assert [int(entry_id) for entry_id in seen] == [entry.id for entry in tx.topics.entries("wissen", limit=1000)]


@pytest.mark.parametrize("before", ["", "x", "1-", "-1", "12345", "1-2-3", "9" * 39 + "-1", "٣-٣"])
def test_a_place_in_a_list_that_is_none_is_not_found(newsroom: Newsroom, before: str) -> None:
    assert newsroom.client.get("/topics/schweiz", params={"before": before}).status_code == 404


def test_an_entry_shows_whose_it_is_leads_there_by_the_counted_link_and_counts_as_read(newsroom: Newsroom) -> None:
    before = newsroom.entry(4).reads
    html = newsroom.client.get("/entries/4").text
    newsroom.recorder.close()
    assert "La Tribune du Lac" in html
    assert "Von Anna Muster" in html
    assert "La conférence des directeurs juge le calendrier trop serré." in html
    assert 'href="/r/4"' in html
    assert "tribune.example/artikel" not in html  # the only way there is the counted one
    assert "Mehr zum Thema" in html
    assert newsroom.entry(4).reads == before + 1


def test_an_entry_page_is_kept_by_browsers_only_so_that_reads_arrive(newsroom: Newsroom) -> None:
    assert newsroom.client.get("/entries/4").headers["cache-control"] == "private, max-age=60"
    assert newsroom.client.get("/topics/schweiz").headers["cache-control"] == "public, max-age=60"


def test_what_interests_readers_now_has_a_page_and_leads_the_index(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/trending").text
    assert "<h1>Trend</h1>" in html
    order = re.findall(r'<h2><a href="/entries/(\d+)"', html)
    assert order[:2] == ["1", "2"]
    assert "9 Leserinnen und Leser" in html
    assert "windows" not in html
    leads = newsroom.client.get("/").text.partition('class="leads"')[2]
    assert re.findall(r'<h2><a href="/entries/(\d+)"', leads)[:2] == order[:2]


def test_a_topic_has_both_orders_and_each_leads_to_the_other(newsroom: Newsroom) -> None:
    trend = newsroom.client.get("/topics/wissen/trending").text
    assert "<h1>Trend: Wissen</h1>" in trend
    assert 'href="/topics/wissen/most-read"' in trend
    assert 'href="/topics/wissen/trending"' in newsroom.client.get("/topics/wissen/most-read").text
    assert newsroom.client.get("/topics/nirgends/trending").status_code == 404


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (
            "/",
            {
                ("trending", 4): 1,
                ("most-read", 5): 1,
                ("topics/schweiz", 6): 1,
                ("topics/international", 6): 1,
                ("topics/wissen", 6): 1,
            },
        ),
        ("/topics/wissen", {("topics/wissen", 30): 1, ("topics/wissen/most-read", 5): 1}),
        ("/trending", {("trending", 20): 1}),
        ("/topics/wissen/most-read", {("topics/wissen/most-read", 20): 1}),
        ("/most-read?window=7d", {}),
        ("/entries/1", {("most-read", 5): 1}),
        ("/most-read.rss", {}),
    ],
)
def test_what_a_person_is_shown_is_counted_as_seen(newsroom: Newsroom, path: str, seen: dict[tuple[str, int], int]) -> None:
    newsroom.client.get(path)
    newsroom.client.head(path)
    newsroom.client.get(path, headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    newsroom.recorder.close()
    with newsroom.storage.write() as tx:
        assert tx.lists.take_views() == seen


@pytest.mark.parametrize(
    "path", ["/", "/trending", "/most-read", "/most-read?window=30d", "/topics/schweiz/most-read", "/entries/4"]
)
def test_no_number_of_readers_below_three_is_shown(newsroom: Newsroom, path: str) -> None:
    html = newsroom.client.get(path).text
    assert re.search(r"\b[012] Leserinnen|einer Person gelesen", html) is None


def test_the_window_of_a_ranking_bounds_what_it_shows(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/topics/international/most-read?window=7d").text
    assert 'aria-current="true">7 Tage' in html
    assert "Port strike" in html
    assert newsroom.client.get("/most-read?window=1y").status_code == 404


def test_sources_tell_their_health_in_words_and_nothing_of_our_network(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/feeds").text
    assert "2 Quellen mit Störung" in html
    assert "Gestört" in html
    assert "Antwort mit Status 503" in html
    assert "3 Fehlschläge in Folge" in html
    assert "Vom Anbieter eingestellt" in html
    assert "in 30 Minuten" in html
    assert "12,5" in html
    assert "10.0.0.7" not in html
    assert html.index("Der Talbote") < html.index("Funkhaus Nachrichten")  # trouble first


def test_sources_tell_the_delay_achieved_and_the_one_expected(newsroom: Newsroom) -> None:
    html = newsroom.client.get("/feeds").text
    assert "2,5 Std." in html
    assert "erwartet 22 Min." in html  # half the 45 minutes between two polls
    assert html.count("erwartet") == 3  # of the source that fails and the one that is gone nothing is expected


def test_a_topic_that_holds_nothing_yet_takes_no_room_on_the_front_page(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.topics.configure([*TOPICS, Topic(slug="leer", title="Leer")])
    html = newsroom.client.get("/").text
    assert 'id="topic-wissen"' in html
    assert 'id="topic-leer"' not in html
    assert 'href="/topics/leer"' in html  # it can be found and subscribed to


def test_an_empty_site_says_what_happens_next(empty: Newsroom) -> None:
    assert "Noch keine Quellen." in empty.client.get("/").text
    assert "Noch nichts gelesen." in empty.client.get("/").text
    assert "Noch keine Feeds." in empty.client.get("/subscribe").text
    assert "Noch keine Quellen." in empty.client.get("/feeds").text
    with empty.storage.write() as tx:
        tx.topics.configure(TOPICS)
    assert "Noch kein Artikel passt" in empty.client.get("/topics/wissen").text


def test_a_site_below_a_path_links_below_it(newsroom: Newsroom) -> None:
    below = open_site(newsroom.storage, base_url="https://club.example/news")
    page = Outline(below.client.get("/").text)
    below.recorder.close()
    targets = [link["href"] or "" for tag in ("a", "link") for link in page.all(tag)]
    assert targets
    assert all(target.startswith(("/news/", "#", "https://club.example/news/")) for target in targets)
    assert all((script.get("src") or "/news/").startswith("/news/") for script in page.all("script"))


def test_a_page_tells_machines_what_it_is(newsroom: Newsroom) -> None:
    front = Outline(newsroom.client.get("/").text)
    said = {meta["property"]: meta["content"] for meta in front.all("meta") if "property" in meta}
    assert said["og:url"] == "https://news.example/"
    assert (said["og:title"], said["og:site_name"], said["og:type"]) == ("Mehr zum Tag", "Mehr zum Tag", "website")
    assert (said["og:image"] or "").startswith("https://news.example/static/icon-512.png")
    assert [link["href"] for link in front.all("link") if link["rel"] == "canonical"] == ["https://news.example/"]
    listed = data_of(newsroom.client.get("/").text)
    assert listed["@type"] == "ItemList"
    assert [item["position"] for item in listed["itemListElement"]] == [1, 2, 3, 4]
    assert listed["itemListElement"][0]["url"] == "https://news.example/entries/1"
    article = data_of(newsroom.client.get("/entries/1").text)
    assert (article["@type"], article["headline"]) == ("NewsArticle", "Neue Regeln für die Krankenkassenprämien")
    assert article["datePublished"] == "2026-11-24T11:42:00Z"
    assert article["publisher"] == {"@type": "Organization", "name": "Seeblick-Zeitung"}
    assert article["image"] == ["https://bilder.example/1.jpg"]


@pytest.mark.parametrize("path", ["/", "/topics/schweiz", "/entries/1"])
def test_the_box_changes_its_window_on_the_same_page(newsroom: Newsroom, path: str) -> None:
    page = newsroom.client.get(path, params={"window": "7d"})
    assert f'href="{path}?window=7d#most-read-box" aria-current="true"' in page.text
    assert "Neue Regeln" in page.text[page.text.index('id="most-read-box"') :]
    assert newsroom.client.get(path, params={"window": "8d"}).status_code == 404


def test_hostile_words_stay_words(newsroom: Newsroom) -> None:
    data = EntryData(
        title=HOSTILE,
        url="https://zeitung.example/'onmouseover='x",
        authors=(Person(name=HOSTILE),),
        language='x" onload="y',
        image_url='https://bild.example/"><script>',
        source_title=HOSTILE,
        summary_html="<p>harmlos</p>",
    )
    add_entry(newsroom, 900, data)
    assert data_of(newsroom.client.get("/entries/900").text)["headline"] == HOSTILE
    for path in ("/", "/topics/schweiz", "/entries/900", f"/entries/900?{HOSTILE}", f"/{HOSTILE}", "/feeds"):
        html = newsroom.client.get(path).text
        page = Outline(html)
        assert "<script>" not in html, path
        assert "<img src=x" not in html, path
        assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)], path


def test_the_opml_names_every_feed_once(newsroom: Newsroom) -> None:
    response = newsroom.client.get("/opml")
    assert response.headers["content-type"] == "text/x-opml; charset=utf-8"
    urls = re.findall(r'xmlUrl="([^"]+)"', response.text)
    assert urls[:2] == ["https://news.example/topics/schweiz.atom", "https://news.example/topics/schweiz/most-read.atom"]
    assert urls[-2:] == ["https://news.example/most-read.atom", "https://news.example/trending.atom"]
    assert len(urls) == 3 * len(TOPICS) + 2
    assert "Mehr zum Thema: Schweiz" in response.text
    assert newsroom.client.get("/opml", headers={"if-none-match": response.headers["etag"]}).status_code == 304


def data_of(html: str) -> Any:
    """Return the JSON-LD of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found is not None
    return json.loads(found[1])


def add_many(newsroom: Newsroom, number: int) -> None:
    for entry_id in range(100, 100 + number):  # two of each minute: ties are the hard part of paging
        data = EntryData(title=f"Meldung {entry_id}", url=f"https://zeitung.example/{entry_id}")
        add_entry(newsroom, entry_id, data, topic="wissen", minutes=entry_id // 2)


def test_key_points_stand_on_the_front_page_and_the_page_of_an_entry_each_with_its_publisher(newsroom: Newsroom) -> None:
    lead = int(re.findall(r'href="/entries/(\d+)"', newsroom.client.get("/").text)[0])
    entry = newsroom.entry(lead)
    texts = ("Ein Satz <b>über</b> das Thema.", "Ein zweiter Satz & sein Ende.")
    chosen = tuple(
        KeyPoint(text=text, entry_id=lead, publisher="Zeitung & Co.", url=url, language="en")
        for text, url in zip(texts, ("https://a.example/1", "javascript:alert(1)"), strict=True)
    )
    for path in ("/", f"/entries/{lead}"):
        assert "Das Wichtigste in Kürze" not in newsroom.client.get(path).text
    with newsroom.storage.write() as tx:
        tx.key_points.save({entry.story_id: Summary(fingerprint="f", points=chosen)})
    newsroom.clock.advance(RECENT)
    for path in ("/", f"/entries/{lead}"):
        page = newsroom.client.get(path).text
        Outline(page)
        assert "Das Wichtigste in Kürze" in page
        assert '<ul lang="en">' in page
        assert "Ein Satz &lt;b&gt;über&lt;/b&gt; das Thema." in page
        assert "Ein zweiter Satz &amp; sein Ende." in page
        assert f'<a href="/r/{lead}" rel="noopener nofollow">Zeitung &amp; Co.</a>' in page
        assert "javascript:" not in page


def test_an_entry_whose_date_nobody_knows_shows_none(newsroom: Newsroom) -> None:
    add_entry(newsroom, 77, EntryData(title="Ein Satz von 2004"), minutes=30 * 24 * 60)
    page = newsroom.client.get("/entries/77").text
    article = page[page.index("<article") : page.index("</article>")]
    assert "ohne Datum" in article
    assert "<time" not in article.partition("<section")[0]
    assert "datePublished" not in page
    story = newsroom.client.get("/stories/77").text
    assert story.count("ohne Datum") == 2
