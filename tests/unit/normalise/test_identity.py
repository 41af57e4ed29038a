from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.change import EntryUpdate
from aggregator.model.entry import Enclosure, EntryData
from aggregator.normalise.identity import KEY_BYTES, identify, url_key

HOME = "https://example.org/"
PAGES = (HOME, "https://example.org/feed.xml")


def identify_all(*entries: EntryData) -> tuple[EntryUpdate, ...]:
    return identify(entries, feed_pages=PAGES)


def identify_one(entry: EntryData) -> EntryUpdate:
    (update,) = identify_all(entry)
    return update


def entry(name: str = "a", **fields: Any) -> EntryData:
    data = EntryData(title=f"Title {name}", guid=f"guid-{name}", url=f"https://example.org/{name}")
    return replace(data, **fields)


def test_keys_have_their_size_and_differ_by_kind() -> None:
    update = identify_one(entry(guid="https://example.org/a"))
    assert update.url_key is not None
    assert {len(update.guid_key), len(update.url_key), len(update.content_hash)} == {KEY_BYTES}
    assert len({update.guid_key, update.url_key, update.content_hash}) == 3


def test_the_guid_names_an_entry_whatever_else_changes() -> None:
    changed = entry(title="Other", url="https://example.org/other", summary_html="<p>x</p>")
    assert identify_one(entry()).guid_key == identify_one(changed).guid_key


def test_without_guid_the_link_names_it_in_any_spelling() -> None:
    one = identify_one(entry(guid=None, url="http://www.example.org/a/?utm_source=rss"))
    other = identify_one(entry(guid=None, url="https://example.org/a", title="Edited"))
    assert one.guid_key == other.guid_key


def test_without_guid_and_link_the_content_names_it() -> None:
    one, same, other = (EntryData(title=title, summary_html="<p>x</p>") for title in ("A", "A", "B"))
    assert identify_one(one).guid_key == identify_one(same).guid_key != identify_one(other).guid_key
    assert identify_one(one).url_key is None


def test_the_url_key_is_the_same_in_all_feeds() -> None:
    here = identify_one(entry(guid="here", url="https://www.example.org/a#ref=rss"))
    there = identify([entry(guid="there", url="http://example.org/a/")], feed_pages=["https://planet.example/"])[0]
    assert here.url_key == there.url_key is not None


@pytest.mark.parametrize("url", [None, HOME, "http://www.example.org", "https://example.org/feed.xml?utm_source=x"])
def test_a_link_to_the_feed_itself_identifies_nothing(url: str | None) -> None:
    assert identify_one(entry(url=url)).url_key is None


def test_entries_without_guid_that_link_to_the_home_page_are_told_apart() -> None:
    updates = identify_all(entry("a", guid=None, url=HOME), entry("b", guid=None, url=HOME))
    assert len({update.guid_key for update in updates}) == 2


def test_a_link_that_several_entries_share_identifies_none_of_them() -> None:
    first, second, third = identify_all(entry("a"), entry("b", url="https://example.org/a"), entry("c"))
    assert first.url_key is None
    assert second.url_key is None
    assert third.url_key is not None


def test_identical_entries_are_one() -> None:
    assert len(identify_all(entry(), entry(), entry("b"))) == 2


def test_of_an_entry_that_is_repeated_the_first_stays() -> None:
    (update,) = identify_all(entry(summary_html="<p>new</p>"), entry(summary_html="<p>old</p>"))
    assert update.data.summary_html == "<p>new</p>"
    assert update.guid_key == identify_one(entry()).guid_key
    assert update.url_key == identify_one(entry()).url_key


def test_a_copy_under_another_guid_is_a_repetition() -> None:
    (update,) = identify_all(entry(guid="1"), entry(guid="2"))
    assert update.data.guid == "1"
    assert update.url_key is not None


def test_equal_words_without_a_link_are_no_repetition_if_the_guids_differ() -> None:
    assert len(identify_all(entry(guid="1", url=None), entry(guid="2", url=None))) == 2


def test_entries_that_share_a_guid_are_told_apart_by_link_in_any_order() -> None:
    one, other = entry("a", guid="same"), entry("b", guid="same")
    forth = {update.data.url: update.guid_key for update in identify_all(one, other)}
    back = {update.data.url: update.guid_key for update in identify_all(other, one)}
    assert forth == back
    assert len(set(forth.values())) == 2


def test_entries_that_share_guid_and_link_are_told_apart_by_title() -> None:
    updates = identify_all(*(entry(name, guid=HOME, url=HOME) for name in "abc"))
    assert len({update.guid_key for update in updates}) == 3


def test_entries_without_guid_that_share_a_link_are_told_apart_by_title() -> None:
    url = "https://example.org/changelog"
    updates = identify_all(*(entry(name, guid=None, url=url) for name in "abc"))
    assert len({update.guid_key for update in updates}) == 3
    assert {update.url_key for update in updates} == {None}


def test_a_page_of_news_may_repeat_a_title() -> None:
    url = "https://example.org/news"
    reports = [entry("report", guid=None, url=url, summary_html=f"<p>{year}</p>") for year in (2024, 2025, 2026)]
    updates = identify_all(*reports, entry("other", guid=None, url=url))
    assert [update.data.summary_html for update in updates] == ["<p>2024</p>", "<p>2025</p>", "<p>2026</p>", ""]


def test_an_edit_on_a_page_of_news_leaves_the_identity() -> None:
    url = "https://example.org/news"
    others = [entry(name, guid=None, url=url) for name in "bc"]
    before, after = (identify_all(entry("a", guid=None, url=url, summary_html=text), *others)[0] for text in ("x", "y"))
    assert before.guid_key == after.guid_key


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"url": "https://example.org/other"},
        {"summary_html": "<p>x</p>"},
        {"content_html": "<p>x</p>"},
        {"enclosures": (Enclosure(url="https://example.org/a.mp3"),)},
    ],
)
def test_what_a_reader_would_notice_changes_the_hash(change: dict[str, Any]) -> None:
    assert identify_one(entry()).content_hash != identify_one(entry(**change)).content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": " Title   a"},
        {"summary_html": "<p>x\n  y</p>\n"},
        {"url": "https://example.org/a?utm_source=rss"},
        {"published_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"updated_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"categories": ("News",)},
        {"guid": "other"},
    ],
)
def test_what_a_reader_would_not_notice_leaves_the_hash(change: dict[str, Any]) -> None:
    assert identify_one(entry(summary_html="<p>x y</p>")).content_hash == (
        identify_one(entry(**{"summary_html": "<p>x y</p>"} | change)).content_hash
    )


def test_text_that_moves_from_one_field_to_the_next_changes_the_hash() -> None:
    one = identify_one(entry(summary_html="<p>x</p>", content_html=""))
    assert one.content_hash != identify_one(entry(summary_html="", content_html="<p>x</p>")).content_hash


SMALL = st.sampled_from(["", "a", "b"])
ENTRIES = st.lists(
    st.builds(
        lambda title, guid, url, text: EntryData(title=title, guid=guid or None, url=url, summary_html=text),
        SMALL,
        SMALL,
        st.sampled_from([None, HOME, "https://example.org/a", "https://example.org/b"]),
        SMALL,
    ),
    max_size=6,
)


@given(ENTRIES)
def test_identities_are_unique_in_a_document_and_always_the_same(entries: list[EntryData]) -> None:
    updates = identify_all(*entries)
    assert updates == identify_all(*entries)
    guid_keys = [update.guid_key for update in updates]
    url_keys = [update.url_key for update in updates if update.url_key is not None]
    assert len(set(guid_keys)) == len(guid_keys)
    assert len(set(url_keys)) == len(url_keys)


@given(ENTRIES)
def test_what_stays_stands_in_document_order(entries: list[EntryData]) -> None:
    kept = [update.data for update in identify_all(*entries)]
    rest = iter(entries)
    assert all(any(data is other for other in rest) for data in kept)


def test_an_entry_is_found_by_any_spelling_of_its_address() -> None:
    (update,) = identify([EntryData(title="Titel", url="https://www.example.org/artikel/1?utm_source=rss")], feed_pages=[])
    assert update.url_key == url_key("http://example.org/artikel/1/?fbclid=2")
    assert update.url_key != url_key("https://example.org/artikel/2")
