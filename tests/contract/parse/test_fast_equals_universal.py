"""The fast path either declines or reads what feedparser reads: every real feed, every field of every entry."""

from __future__ import annotations

import dataclasses
import io
import warnings
from collections import Counter
from functools import cache
from pathlib import Path

import feedparser
import pytest

from aggregator.errors import NotAFeed
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedEntry, ParsedFeed
from aggregator.parse.bounded import Reading
from aggregator.parse.choose import FeedParser
from aggregator.parse.decode import Decoded, decode
from aggregator.parse.fast import read_fast
from aggregator.parse.fast_names import Declined
from aggregator.parse.skipped import with_skipped
from aggregator.parse.universal import compose_reading, parse_universal
from tests.contract.parse.shared_data import feeds_in

pytestmark = pytest.mark.corpus

URL = "https://feeds.example.org/feed.xml"

# Why the fast path leaves a feed of the corpus to feedparser, and how many it leaves for that reason.
DECLINED = {
    "not well-formed": 5,
    "item inside sx:sync": 4,
    "item in an entry": 1,
    "the root is xhtml:html": 1,
    "svg inside a text": 1,
    "xhtml:body in an entry": 1,
    "comments inside apple-wallpapers:metadata": 1,
    "id inside s:variant": 1,
    "a text of another type": 1,
}
XML_FEEDS = 516
ENTRIES = 14_719

# Feeds in which `feedparser.parse` lets the xml:base of a content go on for what follows, for want of one above (see
# `bounded`): what differs for it is the base of texts, and in one feed the ids resolved against it.
BASE_GOES_ON = {
    "feeder__0035_rss_lineageos.xml",
    "feedjira__0049_FeedBurnerXHTML.xml",
    "feedjira__0053_PaulDixExplainsNothingAlternate.xml",
    "feedjira__0054_PaulDixExplainsNothingWFW.xml",
    "feedjira__0060_TypePadNews.xml",
    "feedjira__0064_pet_atom.xml",
    "feedparser__0067_large_atom_feed_that_needs_css_sanitisation.xml",
    "netnewswire__0088_DaringFireball.rss",
    "netnewswire__0100_expertopinionent.atom",
    "netnewswire__0115_qemu.atom",
    "rss-parser__0746_reddit-home.rss",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """One document, read on both paths as far as they go."""

    name: str
    document: Decoded
    fast: ParsedFeed | None
    declined: str | None
    universal: ParsedFeed | None


@cache
def read_corpus(folder: Path) -> tuple[Both, ...]:
    return tuple(
        read_both(path.name, decode(path.read_bytes()))
        for path in sorted(folder.iterdir())
        if path.suffix not in {".tsv", ".json"}
    )


def read_both(name: str, document: Decoded) -> Both:
    fast: ParsedFeed | None = None
    declined: str | None = None
    universal: ParsedFeed | None = None
    try:
        fast = read_fast(document)
    except Declined as reason:
        declined = str(reason)
    try:
        universal = parse_universal(document, feed_url=URL)
    except NotAFeed:
        assert fast is None, name
    return Both(name=name, document=document, fast=fast, declined=declined, universal=universal)


@pytest.fixture
def corpus() -> tuple[Both, ...]:
    return read_corpus(feeds_in("real"))


def describe_difference(ours: ParsedFeed, theirs: ParsedFeed) -> str:
    if len(ours.entries) != len(theirs.entries):
        return f"{len(ours.entries)} entries, {len(theirs.entries)} expected"
    for index, (mine, other) in enumerate(zip(ours.entries, theirs.entries, strict=True)):
        if mine != other:
            fields = [field.name for field in dataclasses.fields(ParsedEntry)]
            return f"entry {index}: " + ", ".join(name for name in fields if getattr(mine, name) != getattr(other, name))
    return f"{ours.data} but {theirs.data}"


def test_what_the_fast_path_reads_is_what_feedparser_reads(corpus: tuple[Both, ...]) -> None:
    differences = [
        f"{both.name}: {describe_difference(both.fast, both.universal)}"
        for both in corpus
        if both.fast is not None
        and both.universal is not None
        and dataclasses.replace(both.fast, parser="")
        != dataclasses.replace(
            with_skipped(both.universal, both.document.body), parser="", problem=both.fast.problem, clean=both.fast.clean
        )
    ]
    assert not differences, "\n".join(differences)


def test_a_feed_the_fast_path_reads_is_not_malformed_to_feedparser(corpus: tuple[Both, ...]) -> None:
    for both in corpus:
        if both.fast is not None and both.universal is not None:
            assert both.fast.problem == both.universal.problem, both.name


def test_the_fast_path_takes_its_share_and_every_refusal_has_its_reason(corpus: tuple[Both, ...]) -> None:
    assert Counter(both.declined for both in corpus if both.declined) == DECLINED
    assert len(corpus) == XML_FEEDS  # so 500 of 516 go the fast way: 97 %, and 98 % of those that are well-formed


def test_feedparser_within_bounds_reads_what_it_reads_without(corpus: tuple[Both, ...]) -> None:
    differing = set()
    for both in corpus:
        if both.universal is None:
            continue
        unbounded = compose_reading(read_unbounded(both.document), both.document, feed_url=URL)
        ours = dataclasses.replace(both.universal, problem=None)
        theirs = dataclasses.replace(unbounded, problem=None)
        if ours != theirs:
            assert [without_base(entry) for entry in ours.entries] == [without_base(entry) for entry in theirs.entries], (
                both.name
            )
            assert ours.data == theirs.data, both.name
            differing.add(both.name)
    assert differing == BASE_GOES_ON


def read_unbounded(document: Decoded) -> Reading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        result = feedparser.parse(
            io.BytesIO(document.body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        return Reading(version=result["version"] or "", feed=result["feed"], entries=result["entries"], error=None)


def without_base(entry: ParsedEntry) -> ParsedEntry:
    texts = {
        name: dataclasses.replace(text, base_url=None)
        for name in ("title", "summary", "content")
        if (text := getattr(entry, name)) is not None
    }
    return dataclasses.replace(entry, base_url=None, guid=(entry.guid or "").removeprefix("/"), **texts)


def test_every_real_feed_gives_entries_but_the_one_that_is_a_page() -> None:
    refused = {}
    entries = 0
    for path in sorted(feeds_in("real").iterdir()):
        if path.suffix == ".tsv":
            continue
        try:
            parsed = FeedParser().parse(Fetched(url=URL, body=path.read_bytes()))
        except NotAFeed as error:
            refused[path.name] = error.reason
            continue
        assert parsed.entries, path.name
        entries += len(parsed.entries)
    assert set(refused) == {"feedjira__0048_DuplicateContentAtomFeed.xml"}  # captured as the HTML page it had become
    assert "an HTML page" in refused.popitem()[1]
    assert entries == ENTRIES
