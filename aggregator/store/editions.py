"""Editions: made once, kept as JSON of plain texts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionStory, first_day_of
from aggregator.model.related import Reason, RelatedLink
from aggregator.store import dialect
from aggregator.store.tables import editions


class SqlEditionStore:
    """`EditionStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, edition: Edition) -> bool:
        """Keep an edition unless there is one of its period; return whether it was kept."""
        row = {
            "kind": edition.kind.value,
            "period": edition.period,
            "ends_at": edition.ends_at,
            "made_at": edition.made_at,
            "stories": json.dumps([asdict(story) for story in edition.stories], ensure_ascii=False, separators=(",", ":")),
        }
        statement = dialect.upsert(self._connection, editions, replace=False).returning(editions.c.period)
        return self._connection.execute(statement, row).first() is not None

    def latest(self, kind: EditionKind, *, limit: int) -> list[Edition]:
        """Return the latest editions, by period falling."""
        statement = select(editions).where(editions.c.kind == kind.value).order_by(editions.c.period.desc()).limit(limit)
        return [_edition(row) for row in self._connection.execute(statement)]

    def get(self, kind: EditionKind, period: str) -> Edition | None:
        """Return an edition."""
        statement = select(editions).where(editions.c.kind == kind.value, editions.c.period == period)
        row = self._connection.execute(statement).first()
        return None if row is None else _edition(row)

    def beside(self, kind: EditionKind, period: str) -> tuple[str | None, str | None]:
        """Return the periods of the edition before and of the one after."""
        periods = select(editions.c.period).where(editions.c.kind == kind.value)
        before = periods.where(editions.c.period < period).order_by(editions.c.period.desc()).limit(1)
        after = periods.where(editions.c.period > period).order_by(editions.c.period).limit(1)
        return self._connection.execute(before).scalar(), self._connection.execute(after).scalar()

    def prune(self, kind: EditionKind, *, keep: int) -> int:
        """Delete all but the latest `keep`; return how many went."""
        of_kind = editions.c.kind == kind.value
        oldest = select(editions.c.period).where(of_kind).order_by(editions.c.period.desc()).offset(keep - 1).limit(1)
        kept = self._connection.execute(oldest).scalar()
        if kept is None:
            return 0
        return self._connection.execute(delete(editions).where(of_kind, editions.c.period < kept)).rowcount


def _edition(row: Row[Any]) -> Edition:
    kind = EditionKind(row.kind)
    return Edition(
        kind=kind,
        first_day=first_day_of(kind, row.period),
        ends_at=row.ends_at,
        made_at=row.made_at,
        stories=tuple(_story(told) for told in json.loads(row.stories)),
    )


def _story(told: dict[str, Any]) -> EditionStory:
    points = tuple(EditionPoint(**point) for point in told["points"])
    related = tuple(RelatedLink(**{**one, "reason": Reason(one["reason"])}) for one in told.get("related", ()))
    return EditionStory(**{**told, "points": points, "related": related})
