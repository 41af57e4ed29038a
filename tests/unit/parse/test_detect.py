from __future__ import annotations

import pytest

from aggregator.parse.detect import Kind, detect, name_root


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<rss version='2.0'><channel/></rss>", Kind.RSS),
        (b"<?xml version='1.0'?>\n<!-- made by hand --><?xml-stylesheet href='a.xsl'?>\n<rss>", Kind.RSS),
        (b"<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://my.netscape.com/x.dtd'><rss>", Kind.RSS),
        (b"<rdf:RDF xmlns:rdf='x'>", Kind.RDF),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", Kind.ATOM),
        (b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", Kind.ATOM),
        (b"<CHANNEL HREF='x'>", Kind.CDF),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', Kind.JSON),
        (b'{"error": "gone"}', Kind.OTHER),
        (b"<!DOCTYPE html>\n<html>", Kind.HTML),
        (b"<HTML>", Kind.HTML),
        (b"<!-- a page --><!doctype HTML><p>Hello", Kind.HTML),
        (b"<opml version='2.0'>", Kind.OTHER_XML),
        (b"  \n\t ", Kind.EMPTY),
        (b"", Kind.EMPTY),
        (b"\x89PNG\r\n", Kind.OTHER),
        (b"Hello", Kind.OTHER),
    ],
)
def test_a_document_is_what_its_first_element_says(body: bytes, kind: Kind) -> None:
    assert detect(body) is kind


def test_words_before_the_document_do_not_hide_the_feed() -> None:
    assert detect(b"Warning: mysql_connect() in db.php on line 3\n<?xml version='1.0'?><rss version='2.0'>") is Kind.RSS


def test_the_media_type_html_does_not_make_a_feed_a_page() -> None:
    assert detect(b"<rss version='2.0'>", "text/html") is Kind.RSS


def test_the_media_type_json_decides_for_an_object_without_familiar_keys() -> None:
    assert detect(b"{}", "application/feed+json") is Kind.JSON


def test_the_root_is_named_for_messages() -> None:
    assert name_root(b"<?xml version='1.0'?><urlset xmlns='x'>") == "urlset"
    assert name_root(b"no element") == ""
