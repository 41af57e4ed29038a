"""Topics, tried out: what a topic's rules match, and why."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.group.topics import TopicMatcher
from aggregator.model.entry import Entry
from aggregator.model.topic import Topic
from aggregator.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An entry with the reason it matches, or does not."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a topic's rules make of the newest entries, newest first."""

    looked_at: int
    matches: tuple[Verdict, ...]
    near_misses: tuple[Verdict, ...]


def preview_topic(storage: Storage, topic: Topic, *, limit: int, default_language: str) -> Preview:
    """Try the rules of a topic on the newest `limit` entries; nothing is stored."""
    matcher = TopicMatcher([topic], default_language=default_language)
    with storage.read() as tx:
        entries = tx.entries.newest(limit=limit)
    matches: list[Verdict] = []
    near_misses: list[Verdict] = []
    for entry in entries:
        explanation = matcher.explain(topic.slug, entry)
        if explanation.is_assigned:
            matches.append(Verdict(entry=entry, reason="; ".join(explanation.met)))
        elif explanation.is_near_miss:
            near_misses.append(Verdict(entry=entry, reason="; ".join(explanation.unmet)))
    return Preview(looked_at=len(entries), matches=tuple(matches), near_misses=tuple(near_misses))
