from __future__ import annotations

import pytest

from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser
from tests.fakes.feeds import item, rss


def skipped(words: str, *, broken: bool = False) -> tuple[tuple[int, ...], tuple[int, ...]]:
    body = rss(words, item("Eins", "https://a.example/1"))
    if broken:
        body = body.replace(b"<description>", b"<description>&nbsp;<p>", 1)
    data = FeedParser().parse(Fetched(url="https://a.example/feed", body=body)).data
    return data.skip_hours, data.skip_days


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ((), ())),
        ("<skipHours><hour>3</hour><hour> 0 </hour><hour>3</hour></skipHours>", ((0, 3), ())),
        ("<skipHours>\n<hour>24</hour>\n<hour>99</hour><hour>x</hour></skipHours>", ((0,), ())),
        ("<skipDays><day>Sunday</day><day>Saturday</day></skipDays>", ((), (5, 6))),
        ("<skipDays><day>Tag</day></skipDays><skipHours></skipHours>", ((), ())),
        ("<skipHours><hour>1</hour></skipHours><skipDays><day>monday</day></skipDays>", ((1,), (0,))),
    ],
)
def test_hours_and_days_that_a_feed_wants_skipped_are_read(words: str, expected: object) -> None:
    assert skipped(words) == expected
    assert skipped(words, broken=True) == expected
