"""What publishers said in active stories, so that none makes a story of its own series."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.group.counters import read_counter
from aggregator.group.dates import without_dates
from aggregator.group.habits import Habits
from aggregator.group.rubrics import COMPARED, Usual, are_frames, compare, is_brief, roots, words_of
from aggregator.group.words import open_compound, tokenise

_DAY = 86_400.0  # seconds
_SLOT = 900.0  # seconds around the same time of another day
_CACHED_TITLES = 4_096  # some 5 MB
_FEW = 4  # words that say something; in a title of no more, one that is shared is chance


@dataclass(frozen=True, slots=True)
class Said:
    """A title, folded; `at` is in POSIX seconds, `is_undated` says that nobody knows when it really came."""

    publisher: str
    title: str
    at: float
    is_undated: bool = False

    def is_slot_of(self, at: float) -> bool:
        """Return whether it came at the same time of another day."""
        days = abs(at - self.at) / _DAY
        return round(days) > 0 and abs(days - round(days)) * _DAY <= _SLOT


class OwnTitles:
    """Knows what publishers said in the stories that are active, and what each of them says all the time."""

    def __init__(self) -> None:
        self._stories: dict[int, list[Said]] = {}
        self._habits = Habits()

    def note(self, story_id: int, said: Said) -> None:
        """Remember a title of a story."""
        titles = self._stories.setdefault(story_id, [])
        if len(titles) < COMPARED:
            titles.append(said)
        elif all(said.publisher != one.publisher for one in titles):
            titles[-1] = said  # a publisher is alone only where nobody else ever told of it
        if said.publisher:
            self._habits.note(said.publisher, roots(words_of(said.title)))

    def is_alone(self, story_id: int, publisher: str) -> bool:
        """Return whether nobody else tells of a story."""
        titles = self._stories.get(story_id, ())
        return bool(titles) and all(said.publisher == publisher for said in titles)

    def only_repeats(self, story_id: int, title: Said, *, surely: bool) -> bool:
        """Return whether a publisher would only repeat itself in a story, whoever else is there.

        Until somebody else tells of it, it does where it is not `surely` similar, for its own titles look alike, where nobody
        knows when one of both came, and where they begin or end with the same words or give other numbers. It does where
        no more than their frame is the same, and nothing that it does not always say stands in a title of another. Words
        that it uses all the time are frame wherever they stand. What comes at the same time of another day, is brief, is
        another part of the same series, or is the third in the same frame must say more than one word of it again.
        """
        titles = self._stories.get(story_id, ())
        own = [said for said in titles if said.publisher == title.publisher]
        if not title.publisher or not own:
            return False
        alone = len(own) == len(titles)
        if alone and (not surely or title.is_undated or all(said.is_undated for said in own)):
            return True
        usual = self._usual(title.publisher, own)
        likenesses = [compare(title.title, said.title, usual) for said in own]
        counted = read_counter(title.title)
        is_part = counted is not None and any(counted.is_beside(read_counter(said.title)) for said in own)
        strictly = is_part or is_brief(title.title) or any(said.is_slot_of(title.at) for said in own)
        return are_frames(likenesses, strictly=strictly, alone=alone) and not any(
            compare(title.title, said.title, usual).shared for said in titles if said.publisher != title.publisher
        )

    def share_too_little(self, story_id: int, title: Said, *, surely: bool) -> bool:
        """Return whether a title has one word of a story, and one of both hardly says more (`Aufbruch? Wohin?`).

        It is enough where they are `surely` similar, but not if a publisher of either says it all the time (`Kino: …`). A
        compound with hyphens is one word (`Nordrhein-Westfalen`).
        """
        titles = self._stories.get(story_id, ())
        said = _said_by(title.title)
        if not titles or (len(said) > _FEW and any(len(_said_by(one.title)) > _FEW for one in titles)):
            return False
        shared = said.intersection(set().union(*[_said_by(one.title) for one in titles]))
        if not shared or (len(shared) > 1 and not _is_compound(shared, title.title)):
            return False
        return not surely or self._is_rubric(shared, titles, title)

    def _is_rubric(self, words: Collection[str], titles: Sequence[Said], title: Said) -> bool:
        """Return whether words in titles of several publishers are what one of these says all the time."""
        publishers = {said.publisher for said in (*titles, title)}
        return len(publishers) > 1 and any(
            self._habits.usual(publisher, words, [roots(words_of(one.title)) for one in titles if one.publisher == publisher])
            for publisher in publishers
        )

    def are_rubric(self, one: int, other: int) -> bool:
        """Return whether two stories are of one publisher alone, and no title of one says what a title of the other does.

        Two parts of a series are, whatever else stands in either story, and what came nobody knows when.
        """
        own, its = self._stories.get(one, ()), self._stories.get(other, ())
        publishers = {said.publisher for said in (*own, *its)}
        if len(publishers) != 1 or "" in publishers:
            return False
        if any(all(said.is_undated for said in side) for side in (own, its)):
            return True
        counted = [found for said in own if (found := read_counter(said.title)) is not None]
        if counted and any(part.is_beside(read_counter(said.title)) for said in its for part in counted):
            return True
        usual = self._usual(publishers.pop(), [*own, *its])
        return all(
            are_frames([compare(said.title, two.title, usual) for two in its], strictly=is_brief(said.title), alone=True)
            for said in own
        )

    def _usual(self, publisher: str, titles: Sequence[Said]) -> Usual:
        inside = [roots(words_of(said.title)) for said in titles]
        return lambda words: self._habits.usual(publisher, words, inside)

    def absorb(self, into: int, other: int) -> None:
        """Let one story take up another."""
        titles = self._stories.setdefault(into, [])
        titles += self._stories.pop(other, [])[: COMPARED - len(titles)]

    def forget(self, story_id: int) -> None:
        """Forget a story."""
        self._stories.pop(story_id, None)


@lru_cache(maxsize=_CACHED_TITLES)
def _said_by(title: str) -> frozenset[str]:
    """Return the roots of a title without dates. A title is compared with many, and many with those that are followed."""
    return frozenset(roots(words_of(without_dates(title))))


def _is_compound(shared: Collection[str], title: str) -> bool:
    """Return whether what a title shares stands in one word of it, with hyphens."""
    words = [roots(open_compound(token)) for token in tokenise(title)]
    return len({frozenset(word) for word in words if not word.isdisjoint(shared)}) == 1
