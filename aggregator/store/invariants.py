"""What must hold in a sound store beyond what the database itself enforces."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, Select, cast, func, select

from aggregator.store import sequences
from aggregator.store.story_tables import story_redirects
from aggregator.store.tables import LIVE, entries, entry_origins, list_entries, stories

_NAMED = 5  # ids to name in a complaint

_LIVE_ORIGINS = select(entry_origins.c.entry_id).where(entry_origins.c.pruned == LIVE)
_ENTRY_IDS = select(entries.c.id)
_RULES: tuple[tuple[str, Select[int]], ...] = (
    ("entries without a feed that carries them", _ENTRY_IDS.where(entries.c.id.not_in(_LIVE_ORIGINS))),
    (
        "origins without their entry",
        select(entry_origins.c.entry_id).where(entry_origins.c.pruned == LIVE, entry_origins.c.entry_id.not_in(_ENTRY_IDS)),
    ),
    (
        "entries that were pruned and are there",
        select(entry_origins.c.entry_id).where(entry_origins.c.pruned != LIVE, entry_origins.c.entry_id.in_(_ENTRY_IDS)),
    ),
    (
        "entries without exactly one primary origin",
        select(entry_origins.c.entry_id)
        .where(entry_origins.c.pruned == LIVE)
        .group_by(entry_origins.c.entry_id)
        .having(func.sum(cast(entry_origins.c.is_primary, Integer)) != 1),
    ),
    ("entries without their story", _ENTRY_IDS.where(entries.c.story_id.not_in(select(stories.c.id)))),
    ("stories without the entry that stands for them", select(stories.c.id).where(stories.c.entry_id.not_in(_ENTRY_IDS))),
    (
        "stories for which an entry of another stands",
        select(stories.c.id).join(entries, entries.c.id == stories.c.entry_id).where(entries.c.story_id != stories.c.id),
    ),
    (
        "stories that redirect and are there",
        select(story_redirects.c.id).where(story_redirects.c.id.in_(select(stories.c.id))),
    ),
)


def broken_invariants(connection: Connection) -> list[str]:
    """Return the rules that are broken, in words, each with the first ids."""
    complaints: list[str] = []
    for words, statement in _RULES:
        ids = connection.execute(statement.limit(_NAMED + 1)).scalars().all()
        if ids:
            named = ", ".join(str(entry_id) for entry_id in ids[:_NAMED])
            complaints.append(f"{words}: {named}{' …' if len(ids) > _NAMED else ''}")
    last_id = max(
        connection.execute(select(func.max(column))).scalar_one() or 0
        for column in (entries.c.id, entry_origins.c.entry_id, list_entries.c.item_id)
    )
    last_revision = connection.execute(select(func.max(entries.c.revision))).scalar_one() or 0
    for name, last in ((sequences.ENTRY_ID, last_id), (sequences.REVISION, last_revision)):
        following = sequences.peek(connection, name)
        if following <= last:
            complaints.append(f"the next {name} would be {following}, and {last} is given out")
    return complaints
