"""Titles of one publisher that share their frame and nothing else: a rubric, not a story (`Leserbrief: …`, `Zitat #17221`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from aggregator.group.dates import without_dates
from aggregator.group.words import fold

COMPARED = 8
"""Titles of a story that one is compared with."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PARTED = re.compile(r"[.,]")
_ROOT = 4  # letters; words that begin with the same are taken for one, shorter ones say nothing
_SHORTEST = 3  # letters of a word that is counted
_FRAMED = 2  # titles with the same frame: the third is no chance
_LONG = 2  # words of a frame; one, as an article, may be chance
_NEARLY = 3  # words of a frame that one word stands before or behind
_SURE = 2  # words in common beyond the frame
_MOST = 0.5  # of the words of the shorter title, more than which is as good
_FEWEST_WORDS = 4  # of a title that is not brief

Usual = Callable[[Iterable[str]], set[str]]
"""Gives those of some roots that a publisher uses all the time."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two titles share beyond their frame.

    `frame`: words that both begin or end with; `is_issue`: a long frame, or other numbers, as issues of a series have them;
    `is_habit`: they share what the publisher always says; `common`: all roots in both; `shared`: those beyond frame and
    habit, of `rest` words in the shorter title.
    """

    frame: int
    is_issue: bool
    is_habit: bool
    common: frozenset[str]
    shared: frozenset[str]
    rest: int

    def is_enough(self, *, worn: Collection[str], strictly: bool, alone: bool) -> bool:
        """Return whether more than a frame is the same, and not `worn`; without one, whoever asked knows better.

        To a publisher that is `alone` nothing is beyond a long frame or other numbers: a series shares as much there as
        an event.
        """
        if alone and self.is_issue:
            return False
        if not self.frame and not self.is_habit:
            return True
        shared = len(self.shared.difference(worn))
        if strictly or self.is_habit:
            return shared >= _SURE or shared > _MOST * self.rest
        return shared > 0


def _nothing_usual(_: Iterable[str]) -> set[str]:
    """Say of no root that a publisher uses it all the time."""
    return set()


def is_rubric(title: str, others: Iterable[str]) -> bool:
    """Return whether a title has no more than a frame in common with each of a publisher's others (at least one).

    A frame is what both begin or end with; numbers in it may differ. Titles that are the same are no rubric.
    """
    return are_frames([compare(title, other, _nothing_usual) for other in islice(others, COMPARED)], strictly=is_brief(title))


def are_frames(likenesses: Sequence[Likeness], *, strictly: bool, alone: bool = False) -> bool:
    """Return whether a title shares no more than a frame with any of those it was compared with (at least one).

    What it shares again and again in the same frame belongs to the frame.
    """
    framed = [one.common for one in likenesses if one.frame]
    again = Counter(root for common in framed for root in common)
    worn = {root for root, times in again.items() if times >= _FRAMED}
    strictly = strictly or len(framed) >= _FRAMED
    return bool(likenesses) and not any(one.is_enough(worn=worn, strictly=strictly, alone=alone) for one in likenesses)


def is_brief(title: str) -> bool:
    """Return whether a title has so few words that one in common is chance."""
    return len(title.split()) < _FEWEST_WORDS


def compare(title: str, other: str, usual: Usual) -> Likeness:
    """Compare two titles of a publisher."""
    words, others = words_of(title), words_of(other)
    if words == others:
        return Likeness(
            frame=0,
            is_issue=False,
            is_habit=False,
            common=frozenset(roots(words)),
            shared=frozenset(roots(words)),
            rest=len(words),
        )
    words, others = _framed(words), _framed(others)
    before, after = _frame(words, others)
    own, its = words[before : len(words) - after], others[before : len(others) - after]
    common = roots(words) & roots(others)
    habits = usual(common | roots(own) | roots(its))
    return Likeness(
        frame=before + after,
        is_issue=before + after >= _LONG or _is_nearly_framed(words, others) or _are_numbered(title, other),
        is_habit=not habits.isdisjoint(common),
        common=frozenset(common),
        shared=frozenset((roots(own) & roots(its)) - habits),
        rest=min(_counted(own, habits), _counted(its, habits)),
    )


def words_of(title: str) -> list[str]:
    """Return the words of a title, folded."""
    return _WORD.findall(fold(title))


def roots(words: Iterable[str]) -> set[str]:
    """Return the beginnings of the words that say something."""
    return {word[:_ROOT] for word in words if len(word) >= _ROOT}


def _counted(words: Iterable[str], habits: set[str]) -> int:
    return len({word for word in words if len(word) >= _SHORTEST and word[:_ROOT] not in habits})


def _frame(words: Sequence[str], others: Sequence[str]) -> tuple[int, int]:
    before = _common(words, others)
    return before, _common(words[before:][::-1], others[before:][::-1])


def _is_nearly_framed(words: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether two titles have a frame but for a word of one before or behind it, which the other does not say."""
    return any(
        sum(_frame(rest, its)) >= _NEARLY and roots(more).isdisjoint(roots(its))
        for one, its in ((words, others), (others, words))
        for more, rest in ((one[:1], one[1:]), (one[-1:], one[:-1]))
    )


def _are_numbered(title: str, other: str) -> bool:
    """Return whether both titles give numbers, and none is the same: two years, two amounts, two issues."""
    numbers, others = _numbers(title), _numbers(other)
    return bool(numbers and others) and numbers.isdisjoint(others)


def _numbers(title: str) -> set[str]:
    """Return the numbers of a title, without what parts thousands from hundreds."""
    return {_PARTED.sub("", number) for number in _NUMBER.findall(without_dates(title))}


def _framed(words: Iterable[str]) -> list[str]:
    return ["#" if _DIGIT.search(word) else word for word in words]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
