from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aggregator.model.change import EntryUpdate, FeedUpdate
from aggregator.model.entry import Enclosure, EntryData
from aggregator.model.feed import FeedData, Person
from aggregator.model.parsed import FeedFormat, ParsedEntry, ParsedFeed, Text
from aggregator.normalise.update import MAX_CATEGORIES, MAX_ENTRIES, MAX_IDENTIFIER_CHARS, normalise_feed, sane_date

URL = "https://example.org/blog/feed.xml"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def normalise(*entries: ParsedEntry, data: FeedData | None = None, url: str = URL, **fields: Any) -> FeedUpdate:
    language = fields.pop("default_language", None)
    parsed = ParsedFeed(format=FeedFormat.RSS, parser="test", data=data or FeedData(), entries=entries, **fields)
    return normalise_feed(parsed, url=url, received_at=NOW, default_language=language)


def normalise_one(data: FeedData | None = None, **fields: Any) -> EntryData:
    return normalise(ParsedEntry(**fields), data=data).entries[0].data


def html(value: str, base_url: str | None = None) -> Text:
    return Text(value=value, html=True, base_url=base_url)


def test_a_whole_entry_comes_out_clean() -> None:
    data = normalise_one(
        guid=" g1 ",
        url="../a?utm_source=rss",
        title=html("Tom &amp; <i>Jerry</i>"),
        summary=html('<p onclick="x()">Kurz <img src="i.png"></p>'),
        content=Text(value="Lang < länger"),
        authors=(Person(name="jane@example.org (Jane)"),),
        categories=("Inland", "inland", " Politik &amp; mehr ", ""),
        comments_url="a#comments",
        language="de_CH",
        published_at=datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=1))),
        source_title="<b>Quelle</b>",
        source_url="https://source.example/feed",
    )
    assert data == EntryData(
        title="Tom & Jerry",
        guid="g1",
        url="https://example.org/a?utm_source=rss",
        summary_html=('<p>Kurz <img src="https://example.org/blog/i.png" loading="lazy" referrerpolicy="no-referrer"></p>'),
        content_html="<p>Lang &lt; länger</p>",
        authors=(Person(name="Jane", email="jane@example.org"),),
        categories=("Inland", "Politik & mehr"),
        image_url="https://example.org/blog/i.png",
        comments_url="https://example.org/blog/a#comments",
        language="de-CH",
        published_at=datetime(2026, 11, 24, 11, 0, tzinfo=UTC),
        source_title="Quelle",
        source_url="https://source.example/feed",
    )


def test_an_empty_entry_is_an_entry() -> None:
    assert normalise_one() == EntryData(title="")


def test_a_whole_feed_comes_out_clean() -> None:
    said = FeedData(
        title="Die &amp; das\n",
        subtitle="<p>Text</p>",
        id=" urn:x ",
        home_url="/",
        self_url="feed.xml",
        hub_urls=("https://hub.example/", "https://hub.example/", "javascript:x"),
        language="DE-ch",
        authors=(Person(name="Redaktion"),),
        image_url="/logo.png",
        rights="&copy; 2026",
        updated_at=NOW + timedelta(hours=3),
    )
    update = normalise(data=said, ttl=timedelta(minutes=30), problem="broken")
    assert update == FeedUpdate(
        data=FeedData(
            title="Die & das",
            subtitle="Text",
            id="urn:x",
            home_url="https://example.org/",
            self_url="https://example.org/blog/feed.xml",
            hub_urls=("https://hub.example/",),
            language="de-CH",
            authors=(Person(name="Redaktion"),),
            image_url="https://example.org/logo.png",
            rights="© 2026",
            updated_at=NOW,
            ttl=timedelta(minutes=30),
        ),
        entries=(),
        problem="broken",
    )


def test_a_time_to_live_below_zero_says_nothing() -> None:
    assert normalise(data=FeedData(ttl=timedelta(minutes=-5))).data.ttl is None


@pytest.mark.parametrize(
    ("feed_base", "entry_base", "text_base", "link", "picture"),
    [
        (None, None, None, "https://example.org/blog/x", "https://example.org/blog/x"),
        ("https://feed.example/f/", None, None, "https://feed.example/f/x", "https://feed.example/f/x"),
        ("/f/", None, None, "https://example.org/f/x", "https://example.org/f/x"),
        ("https://feed.example/", "entry/", None, "https://feed.example/entry/x", "https://feed.example/entry/x"),
        (None, "https://e.example/", "text/", "https://e.example/x", "https://e.example/text/x"),
        ("javascript:alert(1)", "data:x", "file:///", "https://example.org/blog/x", "https://example.org/blog/x"),
    ],
)
def test_addresses_are_relative_to_the_nearest_base(
    feed_base: str | None, entry_base: str | None, text_base: str | None, link: str, picture: str
) -> None:
    entry = ParsedEntry(url="x", base_url=entry_base, content=html('<img src="x">', text_base))
    data = normalise(entry, base_url=feed_base).entries[0].data
    assert (data.url, data.image_url) == (link, picture)


def test_a_feed_of_a_hosting_service_is_relative_to_its_home_page() -> None:
    said = FeedData(home_url="https://publisher.example/")
    update = normalise(ParsedEntry(url="/a"), data=said, url="https://feeds.example/publisher")
    assert update.entries[0].data.url == "https://publisher.example/a"


def test_a_home_page_on_the_same_host_does_not_change_the_base() -> None:
    assert normalise_one(data=FeedData(home_url="https://example.org/"), url="a").url == "https://example.org/blog/a"


def test_a_feed_from_a_file_keeps_its_absolute_links_only() -> None:
    update = normalise(ParsedEntry(url="a", content=html('<a href="b">x</a>')), url="file:///srv/feed.xml")
    assert update.entries[0].data.url is None
    assert "href" not in update.entries[0].data.content_html


def test_a_permalink_is_the_link_where_there_is_no_other() -> None:
    assert normalise_one(guid="https://example.org/a", guid_is_permalink=True).url == "https://example.org/a"
    assert normalise_one(guid="12", guid_is_permalink=True).url is None
    assert normalise_one(guid="https://example.org/a").url is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, None),
        (NOW - timedelta(days=1), NOW - timedelta(days=1)),
        (NOW + timedelta(seconds=1), NOW),
        (NOW + timedelta(days=1), NOW),
        (NOW + timedelta(days=1, seconds=1), None),
        (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12))), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12))), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1989, 12, 31, 23, 59, tzinfo=UTC), None),
        (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, 1), datetime(2026, 1, 1, 1, tzinfo=UTC)),  # noqa: DTZ001 - a parser that forgot the zone
    ],
)
def test_dates_are_utc_and_neither_before_the_web_nor_ahead(at: datetime | None, expected: datetime | None) -> None:
    assert sane_date(at, received_at=NOW) == expected


@pytest.mark.parametrize(
    ("entry", "feed", "default", "expected"),
    [
        ("fr", "de", "en", "fr"),
        (None, "de", "en", "de"),
        ("German", "deutsch", "de_at", "de-AT"),
        (None, None, None, None),
    ],
)
def test_the_language_is_the_entrys_else_the_feeds_else_the_users(
    entry: str | None, feed: str | None, default: str | None, expected: str | None
) -> None:
    update = normalise(ParsedEntry(language=entry), data=FeedData(language=feed), default_language=default)
    assert update.entries[0].data.language == expected


def test_the_picture_is_the_named_one_else_an_enclosure_else_the_first_in_the_text() -> None:
    enclosures = (Enclosure(url="/a.mp3", media_type="audio/mpeg"), Enclosure(url="/b.jpg", media_type="image/jpeg"))
    text = html('<img src="https://feeds.feedburner.com/~r/x"><img src="/c.png">')
    assert normalise_one(image_url="/a.png", enclosures=enclosures, content=text).image_url == "https://example.org/a.png"
    assert normalise_one(image_url="javascript:x", enclosures=enclosures).image_url == "https://example.org/b.jpg"
    assert normalise_one(content=text).image_url == "https://example.org/c.png"
    assert normalise_one(summary=text).image_url == "https://example.org/c.png"
    assert normalise_one(content=html("<p>x</p>")).image_url is None


def test_enclosures_are_absolute_and_stand_once() -> None:
    data = normalise_one(
        enclosures=(
            Enclosure(url="a.mp3", media_type="Audio/MPEG; x=y", length_bytes=0, duration=timedelta(0)),
            Enclosure(url="https://example.org/blog/a.mp3", length_bytes=5),
            Enclosure(url="b.mp3", media_type="mp3", length_bytes=5, duration=timedelta(seconds=9)),
            Enclosure(url="ftp://example.org/c.mp3"),
        )
    )
    assert data.enclosures == (
        Enclosure(url="https://example.org/blog/a.mp3", media_type="audio/mpeg"),
        Enclosure(url="https://example.org/blog/b.mp3", length_bytes=5, duration=timedelta(seconds=9)),
    )


def test_categories_have_an_end() -> None:
    assert len(normalise_one(categories=tuple(str(n) for n in range(3 * MAX_CATEGORIES))).categories) == MAX_CATEGORIES


def test_a_guid_of_any_length_identifies() -> None:
    one, other = (normalise_one(guid="g" * MAX_IDENTIFIER_CHARS + end) for end in "ab")
    assert one.guid != other.guid
    assert len(one.guid or "") < MAX_IDENTIFIER_CHARS


def test_of_too_many_entries_the_newest_stay_in_document_order() -> None:
    entries = tuple(
        ParsedEntry(guid=str(n), published_at=NOW - timedelta(days=1) + timedelta(seconds=n)) for n in range(MAX_ENTRIES + 3)
    )
    guids = [entry.data.guid for entry in normalise(*entries, ParsedEntry(guid="undated")).entries]
    assert guids == [str(n) for n in range(3, MAX_ENTRIES + 3)]


def test_links_to_the_feeds_own_pages_are_no_identity() -> None:
    said = FeedData(home_url="https://example.org/blog/")
    links = ("https://example.org/blog", "https://www.example.org", URL, "https://example.org/blog/a")
    update = normalise(*(ParsedEntry(guid=str(n), url=link) for n, link in enumerate(links)), data=said)
    assert [entry.url_key is not None for entry in update.entries] == [False, False, False, True]


def test_the_same_document_twice_gives_the_same_update() -> None:
    entries = tuple(
        ParsedEntry(guid=f"{n % 3}", url=f"/{n % 4}", title=html(f"T{n}"), content=html("<p>x<img src=a width=9 height=9>"))
        for n in range(12)
    )
    assert normalise(*entries) == normalise(*entries)


def test_reading_later_changes_dates_ahead_and_nothing_else() -> None:
    entry = ParsedEntry(guid="1", title=html("x"), published_at=NOW + timedelta(days=1))
    parsed = ParsedFeed(format=FeedFormat.RSS, parser="test", data=FeedData(), entries=(entry,))
    first, later = (normalise_feed(parsed, url=URL, received_at=at).entries[0] for at in (NOW, NOW + timedelta(hours=1)))
    assert identities(first) == identities(later)
    assert later.data == replace(first.data, published_at=NOW + timedelta(hours=1))


def identities(update: EntryUpdate) -> tuple[bytes, bytes | None, bytes]:
    return update.guid_key, update.url_key, update.content_hash
