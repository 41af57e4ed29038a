from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.discovery import FeedLink, feed_links, well_known_feed_urls

URL = "https://example.org/blog/"


def urls(page: str, *, url: str = URL) -> list[str]:
    return [link.url for link in feed_links(page.encode(), url=url)]


def test_declared_feeds_come_first_and_in_order() -> None:
    page = """<!doctype html><head><title>x</title></head><body>
      <a href="/rss/sport">Sport</a>
      <LINK REL="alternate" TYPE="application/atom+xml; charset=utf-8" title=" Alle   Artikel " HREF="atom.xml#x">
      <link rel="alternate feed" type="application/rss+xml" href="//feeds.example.org/rss?a=1&amp;b=2"/>
      <link rel="alternate" type="application/feed+json" href="/feed.json">"""
    assert feed_links(page.encode(), url=URL) == [
        FeedLink(url="https://example.org/blog/atom.xml", title="Alle Artikel", media_type="application/atom+xml"),
        FeedLink(url="https://feeds.example.org/rss?a=1&b=2", title="", media_type="application/rss+xml"),
        FeedLink(url="https://example.org/feed.json", title="", media_type="application/feed+json"),
        FeedLink(url="https://example.org/rss/sport", title="Sport", media_type=None),
    ]


def test_the_first_base_counts() -> None:
    page = '<base href="https://cdn.example.net/a/"><base href="https://x.example/"><a href="feed">RSS</a>'
    assert urls(page) == ["https://cdn.example.net/a/feed"]


def test_a_base_that_is_none_is_passed_over() -> None:
    assert urls('<base href="javascript:0"><base href="/b/"><a href="feed">RSS</a>') == ["https://example.org/b/feed"]


def test_other_alternates_are_not_feeds() -> None:
    page = """<link rel=alternate hreflang=fr href=/fr/><link rel=stylesheet type=text/css href=/feed.css>
      <link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>
      <link rel=alternate type=application/json+oembed href=/oembed?format=json>
      <link rel=alternate type=application/rss+xml>"""
    assert urls(page) == []


def test_a_generic_type_is_a_feed_where_its_address_says_so() -> None:
    assert urls("<link rel=alternate type=text/xml href=/rss.xml><link rel=alternate type=text/xml href=/map>") == [
        "https://example.org/rss.xml"
    ]


def test_links_that_look_like_feeds_are_found() -> None:
    page = """<a href="/news.rss">a</a><a href="/index.rdf">b</a><a href="?feed=rss2">c</a><a href="/x?format=rss&amp;y=1">d</a>
      <a href="/export.xml">Newsfeed</a><a href="https://other.example/feeds/all">e</a>"""
    assert urls(page) == [
        "https://example.org/news.rss",
        "https://example.org/index.rdf",
        "https://example.org/blog/?feed=rss2",
        "https://example.org/x?format=rss&y=1",
        "https://example.org/export.xml",
        "https://other.example/feeds/all",
    ]


def test_links_that_only_sound_like_feeds_are_not() -> None:
    page = """<a href="/feedback">Feedback</a><a href="/rss.png">RSS</a><a href="/atomkraft">Atom</a><a>RSS</a>
      <a href="mailto:feed@example.org">feed</a><a href="javascript:feed()">feed</a><a href="http://[bad/feed">feed</a>"""
    assert urls(page) == []


def test_a_feed_is_listed_once_and_the_page_itself_never() -> None:
    page = '<link rel=alternate type=application/rss+xml href=/feed title=A><a href=/feed>B</a><a href="">feed</a>'
    assert [link.title for link in feed_links(page.encode(), url="https://example.org/rss/")] == ["A"]


def test_a_page_in_another_encoding_keeps_its_titles() -> None:
    page = '<meta charset="iso-8859-1"><link rel=alternate type=application/rss+xml href=/f title="Zürich">'
    assert feed_links(page.encode("latin-1"), url=URL)[0].title == "Zürich"
    assert feed_links(page.replace("iso-8859-1", "nonsense").encode(), url=URL)[0].title == "Zürich"


def test_only_the_first_mebibyte_is_read() -> None:
    assert urls(" " * (1 << 20) + "<a href=/feed>RSS</a>") == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(body: bytes) -> None:
    for link in feed_links(b"<a href=" + body, url=URL):
        assert link.url.startswith(("http://", "https://"))


def test_the_well_known_places_are_below_the_page_and_below_the_root() -> None:
    places = well_known_feed_urls("https://example.org/blog?x=1")
    assert places[0] == "https://example.org/blog/feed"
    assert "https://example.org/blog/atom.xml" in places
    assert "https://example.org/feed" in places
    assert len(places) == len(set(places))
    assert all(place.startswith("https://example.org/") for place in well_known_feed_urls("https://example.org"))
    assert "https://example.org/rss.xml" in well_known_feed_urls("https://example.org")
