"""Editions as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from aggregator.errors import EditionNotFound
from aggregator.library.masthead import Masthead, read_masthead
from aggregator.model.edition import Edition, EditionKind, span_at
from aggregator.storage import Storage

LISTED: dict[EditionKind, int] = {EditionKind.DAILY: 31, EditionKind.WEEKLY: 26}
"""Editions that a list shows: a month, half a year. Each leads to the one before, as far as they are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionsPage:
    """The editions of a kind, latest first; `next_day` is the day after the span that runs, when the next one is made."""

    masthead: Masthead
    kind: EditionKind
    editions: tuple[Edition, ...]
    next_day: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    """One edition; `before` and `after` are the periods of its neighbours, `stored` the entries that still have a page."""

    masthead: Masthead
    edition: Edition
    before: str | None
    after: str | None
    stored: frozenset[int]


def read_editions_page(storage: Storage, kind: EditionKind, *, zone: tzinfo, now: datetime) -> EditionsPage:
    """Return the latest editions of a kind."""
    with storage.read() as tx:
        return EditionsPage(
            masthead=read_masthead(tx),
            kind=kind,
            editions=tuple(tx.editions.latest(kind, limit=LISTED[kind])),
            next_day=span_at(kind, now, zone).ends_at,
        )


def read_edition_page(storage: Storage, kind: EditionKind, period: str) -> EditionPage:
    """Return an edition.

    Raises: EditionNotFound.
    """
    with storage.read() as tx:
        edition = tx.editions.get(kind, period)
        if edition is None:
            raise EditionNotFound(kind, period)
        before, after = tx.editions.beside(kind, period)
        return EditionPage(
            masthead=read_masthead(tx),
            edition=edition,
            before=before,
            after=after,
            stored=frozenset(tx.stories.of_entries(_entry_ids(edition))),
        )


def _entry_ids(edition: Edition) -> Iterator[int]:
    for story in edition.stories:
        yield story.entry_id
        yield from (one.entry_id for one in story.related)
