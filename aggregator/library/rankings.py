"""Ranked stories for pages and boxes: read inside the transaction of a page, figures as they may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.model.story import RankedStory, Ranking, StoryStanding, Window, shown_readers
from aggregator.rank.abuse import Site
from aggregator.rank.levels import Level
from aggregator.storage import LEVEL_NOTE, Transaction

LONGEST = 30
"""Places that a ranking keeps between quanta (`pipeline.ranking.LIST_PLACES`)."""


def list_name(ranking: Ranking, topic: str | None = None) -> str:
    """Return the name of a ranked list, by which its views are counted; `topic` is a slug."""
    return f"topics/{topic}/{ranking}" if topic else str(ranking)


def read_ranking(
    tx: Transaction, ranking: Ranking, *, limit: int = LONGEST, topic: str | None = None
) -> tuple[RankedStory, ...]:
    """Return the first stories of an order as the last ranking left it; it changes at most once a quantum.

    The numbers are readers of the last 24 hours.
    """
    places = tx.lists.places(list_name(ranking, topic))[:limit]
    found = tx.stories.standings([place.story_id for place in places], ranking)
    return _with_entries(tx, [found[place.story_id] for place in places if place.story_id in found])


def read_most_read(
    tx: Transaction, window: Window, *, limit: int = LONGEST, topic: str | None = None
) -> tuple[RankedStory, ...]:
    """Return what was read most in a window; for 24 hours it is the list *Meistgelesen*, longer windows go by readers."""
    if window is Window.DAY:
        return read_ranking(tx, Ranking.MOST_READ, limit=limit, topic=topic)
    return _with_entries(tx, tx.stories.most_read(window, limit=limit, topic=topic))


def read_traffic(tx: Transaction) -> Site:
    """Return what the rules against abuse ask of the site: its level of traffic, and whether a household has accounts."""
    level = Level(tx.noted(LEVEL_NOTE) or Level.HOUSEHOLD)
    return Site(level=level, has_accounts=level is Level.HOUSEHOLD and bool(tx.readers.all()))


def _with_entries(tx: Transaction, stories: Sequence[StoryStanding]) -> tuple[RankedStory, ...]:
    entries = tx.entries.get_many(story.entry_id for story in stories)
    return tuple(
        RankedStory(
            entry=entries[story.entry_id],
            place=place,
            readers=shown_readers(story.readers),
            publishers=story.publishers,
        )
        for place, story in enumerate((story for story in stories if story.entry_id in entries), 1)
    )
