"""What is told of the stories of the demo corpus. All titles are made up."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.group.assign import Headline
from bench.quality_demo import EVENT, SERIES, UNJUDGED, VERDICTS, WRONG, figures, label_of, read_labels, verdict_of

AT = datetime(2026, 6, 1, tzinfo=UTC)


def headline(entry_id: int, title: str, publisher: str = "a.example") -> Headline:
    return Headline(entry_id=entry_id, title=title, language="de", publisher=publisher, at=AT)


FIRST, SECOND, THIRD = headline(1, "Brücke gesperrt"), headline(2, "Brücke offen"), headline(3, "Kurz gesagt", "b.example")
PAIR, OTHER = (label_of(SECOND), label_of(FIRST)), (label_of(THIRD), label_of(SECOND))


def test_a_story_is_what_the_worst_of_its_pairs_is() -> None:
    members = [FIRST, SECOND, THIRD]
    assert verdict_of(members, {PAIR: EVENT, OTHER: SERIES}) == SERIES
    assert verdict_of(members, {PAIR: WRONG, OTHER: SERIES}) == WRONG
    assert verdict_of(members, {PAIR: EVENT}) == UNJUDGED


def test_stories_are_counted_by_who_tells_them_and_by_verdict() -> None:
    stories = {1: [FIRST, SECOND], 3: [THIRD], 4: [headline(4, "Brücke offen"), headline(5, "Kurz gesagt", "b.example")]}
    facts = figures("words", stories, {PAIR: EVENT, OTHER: WRONG})
    assert facts["words: largest story"] == 2
    assert facts["words: stories of one publisher"] == "1: 1 event, 0 not judged, 0 series, 0 wrong"
    assert facts["words: stories of several"] == "1: 0 event, 0 not judged, 0 series, 1 wrong"


def test_every_pair_is_judged_once_with_a_reason() -> None:
    labels = read_labels()
    assert len({(one.entry, one.before) for one in labels}) == len(labels) > 0
    assert all(one.verdict in VERDICTS and one.verdict != UNJUDGED and one.reason for one in labels)
