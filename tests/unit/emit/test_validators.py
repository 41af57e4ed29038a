"""The validator of emitted feeds finds what it says it finds: each rule is broken once."""

from __future__ import annotations

import pytest

from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from tests.fakes.emitted import topic_document
from tests.validators import problems_of_atom, problems_of_json, problems_of_rss

RSS = RssWriter().write(topic_document(full_text=True)).decode()
ATOM = AtomWriter().write(topic_document()).decode()
JSON = JsonFeedWriter().write(topic_document()).decode()


def broken(text: str, old: str, new: str) -> bytes:
    assert old in text, "the sample does not hold what should be broken"
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version="2.0"', 'version="0.91"'),
        ("<title>Mehr zum Thema: Schweiz &amp; Europa</title>", ""),
        ("<ttl>60</ttl>", ""),
        ('type="application/rss+xml"', ""),
        ("entry/11<", "entry/12<"),
        ("GMT", "+0000"),
        ("24 Nov 2026 12", "24 Nov 26 12"),
        ('isPermaLink="false"', 'isPermaLink="true"'),
        ("tag:news.example,2026:entry/12", "12"),
        ("<source url=", "<source href="),
        ("<dc:creator>Anna Muster</dc:creator>", "<author>a@b.example</author>"),
        ('length="1234567"', 'length=""'),
        ("<comments>", "<comments/><comments>"),
        ("<description>Der", "<x>Der"),
    ],
)
def test_a_broken_rule_of_rss_is_found(old: str, new: str) -> None:
    body = broken(RSS, old, new)
    if new == "<x>Der":
        body = body.replace(b"st\xc3\xa4dte begr\xc3\xbcssen es.</description>", b"</x>").replace(
            b"es.</description>", b"es.</x>"
        )
    assert problems_of_rss(RSS.encode()) == []
    assert problems_of_rss(body)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' xml:lang="de-CH"', ""),
        ("<updated>2026-11-24T14:00:00+00:00</updated>", "<updated>2026-11-24</updated>"),
        ("+00:00", ""),
        ('rel="self" type', 'rel="other" type'),
        ("entry/11<", "entry/12<"),
        ("<id>tag:news.example,2026:entry/12</id>", ""),
        ("tag:news.example,2026:entry/12", "12"),
        ('rel="via"', ""),
        ('type="html"', 'type="CDATA"'),
        ("<title>Die Zeitung</title>", ""),
        ("<name>Anna Muster</name>", "<name/>"),
        ("https://zeitung.example/a?b=1", "javascript:1"),
    ],
)
def test_a_broken_rule_of_atom_is_found(old: str, new: str) -> None:
    assert problems_of_atom(ATOM.encode()) == []
    assert problems_of_atom(broken(ATOM, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version/1.1", "version/1"),
        ('"feed_url"', '"feed"'),
        ("entry/11", "entry/12"),
        ('"id":"tag:', '"id":"'),
        ('"content_html"', '"content"'),
        ("12:00:00Z", "12:00:00"),
        ('"authors"', '"writers"'),
        ('"_aggregator"', '"_other"'),
        ('"mime_type"', '"type"'),
        ('"url":"https://zeitung.example/a?', '"url":"a?'),
    ],
)
def test_a_broken_rule_of_json_feed_is_found(old: str, new: str) -> None:
    assert problems_of_json(JSON.encode()) == []
    assert problems_of_json(broken(JSON, old, new))
