from __future__ import annotations

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalise.urls import MAX_URL_CHARS, absolute_url, canonical_url

HOSTS = st.sampled_from(
    ["example.org", "www.example.org", "m.example.org", "WWW.Example.ORG.", "bücher.example", "www.de", "[::1]"]
)
PIECES = st.text(alphabet="aZ09/.%?&=#+;:@-_~ ü\\|'\"", max_size=30) | st.sampled_from(
    ["utm_source=rss", "a=1&utm_medium=x&b=2", "#ref=rss", "#xtor=RSS-1", "/a/../b/", "%c3%bc", "?ref=rss&", "&amp;utm_x=1"]
)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("https://example.org/a", None, "https://example.org/a"),
        ("/a", "https://example.org/feed.xml", "https://example.org/a"),
        ("a", "https://example.org/blog/feed.xml", "https://example.org/blog/a"),
        ("//cdn.example.org/a.png", "https://example.org/", "https://cdn.example.org/a.png"),
        ("?p=1", "https://example.org/feed", "https://example.org/feed?p=1"),
        ("  https://example.org/a \n", None, "https://example.org/a"),
        ("https://example.org/\ta\nb", None, "https://example.org/ab"),
        ("https://example.org/\x00a\u202eb", None, "https://example.org/ab"),
        ("https://example.org/\ud800a", None, "https://example.org/a"),
        ("HTTPS://EXAMPLE.ORG:443/Ä b", None, "https://example.org/%C3%84%20b"),
        ("https://bücher.example/", None, "https://xn--bcher-kva.example/"),
        ("https://example.org/a@b", None, "https://example.org/a@b"),
    ],
)
def test_a_url_is_made_absolute_and_normal(url: str, base: str | None, expected: str) -> None:
    assert absolute_url(url, base=base) == expected


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "   ",
        "relative/path",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://",
        "https://exa mple.org/",
        "https://example.org/" + "a" * MAX_URL_CHARS,
        "https://example.org/" + "ü" * (MAX_URL_CHARS // 4),
    ],
)
def test_what_is_no_web_address_is_refused(url: str | None) -> None:
    assert absolute_url(url) is None


def test_an_unusable_base_leaves_absolute_urls_alone() -> None:
    assert absolute_url("a", base="nonsense") is None


def test_a_base_with_another_scheme_gives_no_link() -> None:
    assert absolute_url("a", base="file:///srv/feed.xml") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://www.example.org/a", "https://example.org/a"),
        ("https://m.example.org/a", "https://www.example.org/a"),
        ("https://Example.ORG./a", "https://example.org/a"),
        ("http://example.org:80/a", "https://example.org:443/a"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/%c3%bc", "https://example.org/ü"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?b=1&&", "https://example.org/a?b=1"),
        ("https://example.org/a?utm_source=rss&id=7&utm_medium=feed", "https://example.org/a?id=7"),
        ("https://example.org/a?id=7&amp;utm_source=rss", "https://example.org/a?id=7"),
        ("https://www.heise.de/-1?wt_mc=rss.red.ho.ho.atom.beitrag.beitrag", "https://www.heise.de/-1"),
        ("https://www.lemonde.fr/a.html?xtor=RSS-3208", "https://www.lemonde.fr/a.html#xtor=RSS-3208"),
        ("https://www.derstandard.at/story/1/x?ref=rss", "https://www.derstandard.at/story/1/x"),
        ("https://www.nzz.ch/x-ld.1?mktcid=smsh&mktcval=E-mail", "https://www.nzz.ch/x-ld.1"),
        ("https://www.bbc.com/news/1?at_medium=RSS&at_campaign=KARANGA", "https://www.bbc.com/news/1"),
        ("https://www.dw.com/de/x/a-1?maca=de-rss-de-all-1119-rdf", "https://www.dw.com/de/x/a-1"),
        ("https://www.spiegel.de/a-1#ref=rss", "https://www.spiegel.de/a-1"),
        ("https://www.theguardian.com/a?CMP=share_btn_url", "https://www.theguardian.com/a"),
        ("https://medium.com/p/1?source=rss-b4981c59ffa5-----2", "https://medium.com/p/1"),
        ("https://www.swissinfo.ch/a.html?cid=3&rss=true", "https://www.swissinfo.ch/a.html?cid=3"),
        ("https://example.org/a#utm_source=rss1&utm_medium=rss", "https://example.org/a"),
    ],
)
def test_urls_of_one_page_are_alike(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/?p=1&q=2", "https://example.org/?q=2&p=1"),
        ("https://example.org/live#entry-1", "https://example.org/live#entry-2"),
        ("https://example.org/a?ref=chapter2", "https://example.org/a"),
        ("https://example.org/a?ref=feedback", "https://example.org/a"),
        ("https://example.org/a?source=12", "https://example.org/a?source=13"),
        ("https://example.org/a?rss=17", "https://example.org/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://de.example.org/a", "https://example.org/a"),
        ("https://www.de/a", "https://de/a"),
        ("https://m.de/a", "https://de/a"),
    ],
)
def test_urls_of_different_pages_are_not(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_other_schemes_are_only_normalised() -> None:
    assert canonical_url("urn:isbn:1?utm_source=x") == "urn:isbn:1?utm_source=x"


def test_what_is_no_url_stays_as_it_is() -> None:
    assert canonical_url("tag:a b") in {"tag:a b", "tag:a%20b"}
    assert canonical_url("no url") == "no url"


@given(host=HOSTS, path=PIECES, query=PIECES, fragment=PIECES, port=st.sampled_from(["", ":80", ":443", ":8080"]))
def test_canonical_twice_is_canonical_once(host: str, path: str, query: str, fragment: str, port: str) -> None:
    once = canonical_url(f"http://{host}{port}/{path}?{query}#{fragment}")
    assert canonical_url(once) == once


@given(st.text(max_size=60))
def test_any_text_has_a_canonical_form(text: str) -> None:
    once = canonical_url(text)
    assert canonical_url(once) == once


@given(st.text(max_size=60), st.sampled_from([None, "https://example.org/feed", "nonsense"]))
def test_any_text_gives_a_web_address_or_nothing(text: str, base: str | None) -> None:
    url = absolute_url(text, base=base)
    assert url is None or (url.startswith(("http://", "https://")) and url.isascii() and absolute_url(url) == url)


@given(
    scheme=st.sampled_from(["http", "https"]),
    host=st.from_regex(
        r"([a-z0-9-]{1,8}\.){1,3}[a-z0-9]{1,4}|xn--[a-z0-9]{1,6}\.de|0x7f\.1|www\.example\.org(:\d{2})?", fullmatch=True
    ),
    rest=st.text(alphabet="aZ09/.%2eE?&=#+;:@-_~!$'()*,^|[]{}", max_size=40),
)
def test_an_address_that_is_taken_as_it_is_is_the_normal_form(scheme: str, host: str, rest: str) -> None:
    url = f"{scheme}://{host}/{rest}"
    if absolute_url(url) == url:
        assert ada_url.normalize_url(url) == url


def test_most_addresses_need_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ada_url, "normalize_url", None)
    monkeypatch.setattr(ada_url, "join_url", None)
    url = "https://www.example.org/2026/06/beitrag-30.html?p=1#kommentare"
    assert absolute_url(url, base="https://example.org/") == url
