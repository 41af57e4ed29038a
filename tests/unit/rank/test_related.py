"""What is named beside a story: near, no copy, no two alike, and with a reason that is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations

from aggregator.model.related import Reason
from aggregator.rank.related import COPY_SIMILARITY, Candidate, choose_related

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Likeness = Callable[[Candidate, Candidate], float]


def candidate(
    number: int,
    similarity: float,
    *,
    at: datetime = NOON,
    people: frozenset[str] = frozenset(),
    publishers: int = 1,
    readers: int = 0,
) -> Candidate:
    return Candidate(
        story_id=number,
        similarity=similarity,
        dated_at=at,
        people=people,
        publishers=publishers,
        readers=readers,
    )


def unlike(_one: Candidate, _other: Candidate) -> float:
    return 0.0


def alike(*pairs: tuple[int, int], by: float = 0.9) -> Likeness:
    """Those pairs are like each other, and no others."""
    return lambda one, other: by if {one.story_id, other.story_id} in [set(pair) for pair in pairs] else 0.0


def ids(*candidates: Candidate, limit: int = 6, likeness: Likeness = unlike) -> list[int]:
    return [one.story_id for one in choose_related(candidates, dated_at=NOON, likeness=likeness, limit=limit)]


def reason(one: Candidate, *people: str) -> Reason:
    return choose_related([one], dated_at=NOON, people=frozenset(people), likeness=unlike, limit=1)[0].reason


def test_the_nearest_comes_first_and_what_is_far_is_not_named() -> None:
    assert ids(candidate(1, 0.25), candidate(2, 0.35), candidate(3, 0.05)) == [2, 1]


def test_what_is_old_has_to_be_nearer() -> None:
    assert ids(candidate(1, 0.18, at=NOON - 90 * DAY)) == []
    assert ids(candidate(1, 0.18), candidate(2, 0.3, at=NOON - 90 * DAY)) == [2, 1]


def test_of_stories_that_are_alike_one_is_named() -> None:
    copies = [candidate(number, 0.3) for number in range(1, 6)]
    likeness = alike(*combinations(range(1, 6), 2))
    assert ids(*copies, candidate(7, 0.25), likeness=likeness) == [5, 7]


def test_something_else_comes_before_more_of_the_same() -> None:
    found = candidate(1, 0.5), candidate(2, 0.3), candidate(3, 0.28)
    assert ids(*found) == [1, 2, 3]
    assert ids(*found, likeness=alike((1, 2), by=0.2)) == [1, 3, 2]


def test_the_same_story_told_again_is_not_named_but_next_weeks_issue_is() -> None:
    assert ids(candidate(1, COPY_SIMILARITY, at=NOON + HOUR)) == []
    assert ids(candidate(1, COPY_SIMILARITY, at=NOON + 7 * DAY)) == [1]


def test_of_two_that_are_as_near_the_one_closer_in_time_with_more_voices_or_readers_leads() -> None:
    assert ids(candidate(9, 0.3, at=NOON - 30 * DAY), candidate(2, 0.3)) == [2, 9]
    assert ids(candidate(9, 0.3), candidate(2, 0.3, publishers=4)) == [2, 9]
    assert ids(candidate(9, 0.3), candidate(2, 0.3, readers=50)) == [2, 9]


def test_no_more_than_asked_for() -> None:
    assert len(ids(*(candidate(number, 0.3) for number in range(1, 20)), limit=4)) == 4


def test_each_reason_is_given_where_it_is_true() -> None:
    assert reason(candidate(1, 0.35, at=NOON + DAY)) is Reason.FOLLOWS
    assert reason(candidate(1, 0.35, at=NOON + HOUR)) is Reason.SUBJECT  # the same news, not a later turn
    assert reason(candidate(1, 0.35, at=NOON + 30 * DAY)) is Reason.SUBJECT
    assert reason(candidate(1, 0.2, at=NOON - 5 * DAY)) is Reason.BACKGROUND
    assert reason(candidate(1, 0.2, people=frozenset({"karin keller"})), "karin keller") is Reason.PEOPLE
    assert reason(candidate(1, 0.2, people=frozenset({"karin keller"})), "karin kunz") is Reason.SUBJECT


def test_a_person_in_common_brings_near_what_words_alone_would_not() -> None:
    far = candidate(1, 0.13, people=frozenset({"karin keller"}))
    assert choose_related([far], dated_at=NOON, likeness=unlike, limit=1) == []
    assert [one.story_id for one in choose_related([far], dated_at=NOON, people=far.people, likeness=unlike, limit=1)] == [1]


def test_the_order_does_not_depend_on_that_of_the_candidates() -> None:
    some = [candidate(number, 0.2 + number / 100, at=NOON - number * DAY) for number in range(1, 9)]
    assert ids(*some) == ids(*reversed(some))
