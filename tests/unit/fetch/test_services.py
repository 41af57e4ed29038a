"""Addresses that people copy from their browser, and the feeds behind them."""

from __future__ import annotations

import pytest

from aggregator.fetch.services import feed_address_of

YOUTUBE = "https://www.youtube.com/feeds/videos.xml"


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://www.youtube.com/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw", f"{YOUTUBE}?channel_id=UC_x5XG1OV2P6uZZ5FSM9Ttw"),
        ("https://m.youtube.com/channel/UC_x5XG/videos", f"{YOUTUBE}?channel_id=UC_x5XG"),
        ("https://youtube.com/user/srf", f"{YOUTUBE}?user=srf"),
        ("https://www.youtube.com/playlist?list=PL12-3", f"{YOUTUBE}?playlist_id=PL12-3"),
        ("https://github.com/lemon24/reader", "https://github.com/lemon24/reader/releases.atom"),
        ("https://github.com/lemon24/reader.git", "https://github.com/lemon24/reader/releases.atom"),
        ("https://github.com/lemon24/reader/tags", "https://github.com/lemon24/reader/tags.atom"),
        ("https://github.com/lemon24/reader/commits/dev/x", "https://github.com/lemon24/reader/commits/dev/x.atom"),
        ("https://github.com/lemon24/reader/tree/main", "https://github.com/lemon24/reader/commits/main.atom"),
        ("https://www.reddit.com/r/Switzerland/", "https://www.reddit.com/r/Switzerland/.rss"),
        ("https://old.reddit.com/r/Switzerland/top", "https://www.reddit.com/r/Switzerland/top/.rss"),
        ("https://reddit.com/u/spez", "https://www.reddit.com/user/spez/.rss"),
        ("https://mastodon.social/@Gargron", "https://mastodon.social/@Gargron.rss"),
        ("https://social.example:8443/users/anna/", "https://social.example:8443/@anna.rss"),
        ("https://medium.com/@anna", "https://medium.com/feed/@anna"),
        ("https://anna.medium.com/", "https://anna.medium.com/feed"),
        ("https://bsky.app/profile/anna.example", "https://bsky.app/profile/anna.example/rss"),
    ],
)
def test_an_address_of_a_service_becomes_that_of_its_feed(address: str, feed: str) -> None:
    assert feed_address_of(address) == feed


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@srf",
        "https://www.youtube.com/watch?v=1",
        "https://github.com/lemon24",
        "https://github.com/topics/rss",
        "https://github.com/lemon24/reader/issues",
        "https://github.com/lemon24/reader/releases/tag/3.0",
        "https://www.reddit.com/r/Switzerland/comments/1/x",
        "https://www.tiktok.com/@anna",
        "https://www.zeitung.example/politik",
        "https://mastodon.social/@anna/1234",
        "ftp://github.com/a/b",
        "",
    ],
)
def test_what_no_rule_knows_is_left_alone(address: str) -> None:
    assert feed_address_of(address) is None


@pytest.mark.parametrize("address", ["https://github.com/lemon24/reader/releases.atom", "https://mastodon.social/@Gargron.rss"])
def test_an_address_of_a_feed_is_left_alone(address: str) -> None:
    assert feed_address_of(address) is None
