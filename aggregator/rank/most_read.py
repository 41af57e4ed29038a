"""The crossing rule: an entry enters a most-read list once, when it first stands in its top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aggregator.model.entry import Entry

PER_SITE = 3
"""Entries of one publisher in the top (a cap of 1 costs order quality, 2 or 3 hardly; simulation of 24 November 2026)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The facts that put an entry on a list: distinct readers, and publishers that carry it."""

    reads: int
    publishers: int


def top_entries(candidates: Sequence[Entry], *, top: int, per_site: int = PER_SITE) -> list[Entry]:
    """Return the first `top` by score falling (then the newer id), with at most `per_site` of one publisher."""
    chosen: list[Entry] = []
    taken: Counter[str] = Counter()
    for entry in sorted(candidates, key=lambda each: (-each.score, -each.id)):
        if len(chosen) >= top:
            break
        site = entry.origins[0].site
        if taken[site] < per_site:
            taken[site] += 1
            chosen.append(entry)
    return chosen


def newly_entered(
    candidates: Sequence[Entry], entered: Collection[int], *, top: int, min_reads: int, per_site: int = PER_SITE
) -> list[Entry]:
    """Return the entries that enter the list now, best first.

    They stand in the top, at least `min_reads` people read them, and their ids are not among `entered`. An entry with fewer
    reads keeps its place in the top but does not enter yet: nobody slides in behind it.
    """
    leaders = top_entries(candidates, top=top, per_site=per_site)
    return [entry for entry in leaders if entry.reads >= min_reads and entry.id not in entered]


def why(entry: Entry) -> Why:
    """Return the facts behind the entry's place; `emit.words` puts them into a sentence."""
    return Why(reads=entry.reads, publishers=len({origin.site for origin in entry.origins}))
