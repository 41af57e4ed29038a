"""Odd shapes: whatever comes, no exception but ours."""

from __future__ import annotations

import pytest

from aggregator.errors import ParseError
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser
from tests.contract.parse.shared_data import feeds_in

pytestmark = pytest.mark.corpus


def test_the_fixtures_of_feed_rs_raise_only_our_errors() -> None:
    read = 0
    refused = {}
    for path in sorted(feeds_in("suite-feed-rs").rglob("*")):
        if path.suffix not in {".xml", ".json"} or path.name.endswith(".serde.json"):
            continue
        try:
            FeedParser().parse(Fetched(url="https://feeds.example.org/", body=path.read_bytes()))
            read += 1
        except ParseError as error:
            refused[path.name] = error.reason
    assert read == 66
    assert refused == dict.fromkeys(("xml_sample_1.xml", "xml_sample_2.xml"), "XML, but not a feed: its root is <catalog>")
