from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.emit.opml import MAX_BODY_BYTES, MAX_DEPTH, MAX_OUTLINES, Outline, read_opml, write_opml
from aggregator.errors import ConfigError
from aggregator.model.feed import FeedSettings

names = st.text(st.characters(codec="utf-8", categories=["L", "N"], include_characters="&<>\"' "), min_size=1).map(
    lambda text: " ".join(text.split())
)
words = names.filter(bool)
outlines = st.lists(
    st.builds(
        Outline,
        title=words,
        feed_url=st.integers(0, 10_000).map("https://a.example/{}?x=1&y=<2>".format),
        page_url=st.none() | st.just("https://a.example/"),
        tags=st.lists(words, max_size=3, unique=True).map(tuple),
    ),
    unique_by=lambda outline: outline.feed_url,
    max_size=8,
)


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


@given(outlines)
def test_a_list_reads_back_as_the_same_feeds_with_the_same_tags(feeds: list[Outline]) -> None:
    read = read_opml(write_opml("Quellen & mehr", feeds))
    wanted = [FeedSettings(url=feed.feed_url, title=feed.title, tags=feed.tags) for feed in feeds]
    assert sorted(read, key=lambda feed: feed.url) == sorted(wanted, key=lambda feed: feed.url)


def test_feeds_without_folders_keep_their_order() -> None:
    feeds = [Outline(title=str(number), feed_url=f"https://a.example/{number}") for number in (3, 1, 2)]
    assert [feed.title for feed in read_opml(write_opml("x", feeds))] == ["3", "1", "2"]


def test_the_same_list_gives_the_same_bytes() -> None:
    feeds = [Outline(title="x", feed_url="https://a.example/", tags=("b", "a"))]
    assert write_opml("t", feeds) == write_opml("t", iter(feeds))


def test_what_xml_cannot_hold_is_left_out_of_a_list() -> None:
    (feed,) = read_opml(write_opml("\x00", [Outline(title="a\x00b\ud800", feed_url="https://a.example/", tags=("\x01c",))]))
    assert (feed.title, feed.tags) == ("ab", ("c",))


def test_folders_and_categories_become_tags_once_each() -> None:
    body = opml(
        '<outline text="Politik"><outline text="Inland"><outline text="A" xmlUrl="https://a.example/f" '
        'category="Inland,/Schweiz/Bern"/></outline></outline>'
    )
    assert read_opml(body) == [FeedSettings(url="https://a.example/f", title="A", tags=("Politik", "Inland", "Schweiz/Bern"))]


def test_a_feed_in_two_folders_is_one_feed_with_both_tags() -> None:
    feed = '<outline text="A" xmlUrl="https://a.example/f"/>'
    body = opml(f'<outline text="x">{feed}</outline><outline title="y" text="z">{feed}</outline>')
    assert read_opml(body) == [FeedSettings(url="https://a.example/f", title="A", tags=("x", "y"))]


def test_outlines_that_are_no_feeds_of_the_web_are_passed_over() -> None:
    body = opml(
        '<outline text="leer"/><outline xmlUrl=""/><outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="javascript:x"/>'
        '<outline xmlUrl=" https://a.example/f "/>'
    )
    assert read_opml(body) == [FeedSettings(url="https://a.example/f")]


def test_an_address_in_place_of_a_name_is_no_name() -> None:
    found = read_opml(opml('<outline text="https://a.example/feed" xmlUrl="https://a.example/feed"/>'))
    assert found == [FeedSettings(url="https://a.example/feed")]


def test_bare_ampersands_in_an_address_are_read_as_they_are_meant() -> None:
    body = opml('<outline text="A &amp; B & C" xmlUrl="https://a.example/?x=1&y=2&amp;z=3&#38;lt=4"/>')
    assert read_opml(body) == [FeedSettings(url="https://a.example/?x=1&y=2&z=3&lt=4", title="A & B & C")]


def test_a_list_of_another_encoding_is_read() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="Zürich" xmlUrl="http://a.example/"/></body></opml>'
    assert read_opml(text.encode("latin-1"))[0].title == "Zürich"


@pytest.mark.parametrize(
    ("body", "reason", "line"),
    [
        (b"", "no well-formed XML", None),
        (b"<opml>\n<body>\n<outline></body></opml>", "no well-formed XML", 3),
        (b"<html/>", "root element is <html>", 1),
        (b'{"version": "1"}', "no well-formed XML", 1),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>', "document type", None),
        (b'<!DOCTYPE opml [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body>&e;</body></opml>', "document type", None),
        (b" " * (MAX_BODY_BYTES + 1), "larger than", None),
    ],
)
def test_what_is_no_list_is_refused_with_the_line(body: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        read_opml(body)
    assert line is None or caught.value.line == line


def test_entities_that_multiply_are_refused() -> None:
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    body = f'<!DOCTYPE opml [<!ENTITY e0 "ha">{entities}]><opml><body><outline text="&e11;"/></body></opml>'
    with pytest.raises(ConfigError):
        read_opml(body.encode())


def test_more_outlines_than_allowed_are_refused_and_as_many_as_allowed_are_read() -> None:
    outline = "<outline/>"
    assert read_opml(opml(outline * MAX_OUTLINES)) == []
    with pytest.raises(ConfigError, match="more than"):
        read_opml(opml(outline * (MAX_OUTLINES + 1)))


def test_outlines_nested_deeper_than_allowed_are_refused_and_as_deep_as_allowed_are_read() -> None:
    def nested(depth: int) -> bytes:
        inner = '<outline text="f" xmlUrl="https://a.example/"/>'
        return opml('<outline text="o">' * (depth - 1) + inner + "</outline>" * (depth - 1))

    assert read_opml(nested(MAX_DEPTH))[0].tags == ("o",)
    with pytest.raises(ConfigError, match="nested"):
        read_opml(nested(MAX_DEPTH + 1))
