"""Topics, tried out: what a topic's rules match, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregator.group.prototypes import suggest_words
from aggregator.group.recollection import Recall, recall_nothing
from aggregator.group.topics import TopicMatcher
from aggregator.group.words import plain_text
from aggregator.model.entry import Entry
from aggregator.model.ground import Grounds
from aggregator.model.language import primary_language
from aggregator.model.topic import Topic
from aggregator.protocols import Embedder
from aggregator.storage import Storage

SUGGESTED_WORDS = 8
_FEWEST_MATCHES = 5  # entries; of fewer, what they have in common is chance
_READ_HTML = 1_000  # characters of a teaser


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An entry with the grounds on which it matches, or does not."""

    entry: Entry
    grounds: Grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a topic's rules make of the newest entries, newest first; `suggested` are words that would find much of it."""

    looked_at: int
    matches: tuple[Verdict, ...]
    near_misses: tuple[Verdict, ...]
    suggested: tuple[str, ...] = ()


def preview_topic(
    storage: Storage,
    topics: Sequence[Topic],
    slug: str,
    *,
    limit: int,
    default_language: str,
    open_embedder: Callable[[], Embedder | None] = lambda: None,
    recall: Recall = recall_nothing,
) -> Preview:
    """Try the rules of a topic, beside those of the others, on the newest `limit` entries; nothing is stored.

    Raises: TopicNotFound.
    """
    matcher = TopicMatcher(topics, default_language=default_language, open_embedder=open_embedder, recall=recall)
    with storage.read() as tx:
        entries = tx.entries.newest(limit=limit)
    matches: list[Verdict] = []
    near_misses: list[Verdict] = []
    rest: list[Entry] = []
    for entry in entries:
        explanation = matcher.explain(slug, entry)
        if explanation.is_assigned:
            matches.append(Verdict(entry=entry, grounds=explanation.met))
            continue
        rest.append(entry)
        if explanation.is_near_miss:
            near_misses.append(Verdict(entry=entry, grounds=explanation.unmet))
    return Preview(
        looked_at=len(entries),
        matches=tuple(matches),
        near_misses=tuple(near_misses),
        suggested=_suggest(matcher, slug, [match.entry for match in matches], rest, default_language),
    )


def _suggest(
    matcher: TopicMatcher, slug: str, inside: Sequence[Entry], outside: Sequence[Entry], language: str
) -> tuple[str, ...]:
    """Return words that the entries of a topic have in common and others have not, less those its rules know."""
    if len(inside) < _FEWEST_MATCHES:
        return ()
    words = suggest_words(map(_text, inside), map(_text, outside), primary_language(language), most=2 * SUGGESTED_WORDS)
    return tuple(word for word in words if not matcher.knows(slug, word))[:SUGGESTED_WORDS]


def _text(entry: Entry) -> str:
    return f"{entry.data.title}. {plain_text(entry.data.summary_html[:_READ_HTML])}"
