"""Summarising: the key points of stories whose entries changed are chosen anew, once for the same texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from aggregator.emit.build import attribution_of
from aggregator.emit.text import one_line
from aggregator.group.keypoints import RULES, Teaser, key_points
from aggregator.group.sentences import plain_lines
from aggregator.model.edition import EditionPoint
from aggregator.model.entry import Entry
from aggregator.model.keypoint import KeyPoint
from aggregator.model.language import primary_language
from aggregator.pipeline.progress import note_reached, placed_until, reached
from aggregator.storage import Storage, Summary, Transaction

BATCH_ENTRIES = 500
"""Changed entries whose stories are looked at in one go."""

MAX_ENTRIES = 60
"""Entries of a story that are read, the latest; of each publisher one speaks."""

_READ_CHARS = 8_000  # of a text; what stands further below is no summary
_SUMMARISED_NOTE = "summarised"  # key of the note that says up to which revision of entries, by which rules


def summarise_stories(storage: Storage, *, language: str, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Choose the key points of every story that got or lost words since the last time; return how many stories were read.

    It follows grouping: only entries that have found their story count. A story whose texts are those that it was summarised
    from is not read again, and changed rules make all of them anew. Choosing happens between the transactions.
    """
    read = 0
    rules = f"{RULES}/{language}"
    while not should_stop():
        with storage.read() as tx:
            until = placed_until(tx)
            after = reached(tx, _SUMMARISED_NOTE, rules=rules)
            if after >= until:
                return read
            end, touched = tx.key_points.touched(after=after, until=until, limit=BATCH_ENTRIES)
            known = tx.key_points.fingerprints(touched)
            entries = tx.entries.get_many(entry_id for ids in touched.values() for entry_id in ids[-MAX_ENTRIES:])
        made = dict(_summarise(touched, entries, known, language=language, rules=rules))
        with storage.write() as tx:
            tx.key_points.save(made)
            note_reached(tx, _SUMMARISED_NOTE, end, rules=rules)
        read += len(made)
    return read


def edition_points(tx: Transaction, story_ids: Sequence[int]) -> Mapping[int, Sequence[EditionPoint]]:
    """Return the key points of stories as an edition keeps them."""
    return {
        story_id: [EditionPoint(sentence=point.text, publisher=point.publisher, url=point.url) for point in points]
        for story_id, points in tx.key_points.of(story_ids).items()
    }


def _summarise(
    touched: Mapping[int, Sequence[int]],
    entries: Mapping[int, Entry],
    known: Mapping[int, str],
    *,
    language: str,
    rules: str,
) -> Iterable[tuple[int, Summary]]:
    for story_id, entry_ids in touched.items():
        teasers = [_teaser(entries[entry_id], language) for entry_id in entry_ids if entry_id in entries]
        fingerprint = _fingerprint(teasers, rules)
        if known.get(story_id) != fingerprint:
            yield story_id, Summary(fingerprint=fingerprint, points=_points(teasers, language))


def _points(teasers: Sequence[Teaser], language: str) -> tuple[KeyPoint, ...]:
    return key_points(teasers, languages=(primary_language(language),))


def _teaser(entry: Entry, language: str) -> Teaser:
    origin, data = entry.origins[0], entry.data
    return Teaser(
        entry_id=entry.id,
        publisher=origin.site,
        language=primary_language(data.language or origin.language or language) or language,
        title=data.title,
        text=plain_lines(data.summary_html[:_READ_CHARS]),
        full_text=plain_lines(data.content_html[:_READ_CHARS]),
        at=entry.dated_at,
        credit=one_line(attribution_of(entry).title),
        url=data.url if data.url and data.url.startswith(("https://", "http://")) else None,
    )


def _fingerprint(teasers: Sequence[Teaser], rules: str) -> str:
    digest = hashlib.blake2b(rules.encode(), digest_size=12)
    for teaser in sorted(teasers, key=lambda each: each.entry_id):
        digest.update(repr(teaser).encode())
    return digest.hexdigest()
