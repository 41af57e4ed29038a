"""What a read reported by a feed reader is worth: people read one thing after another, programs mark many at once.

Many clients mark what was scrolled past, in batches of up to a thousand, or send one request after another while somebody
skims; neither says that it was read. Source of the sizes: what clients were seen to send (NetNewsWire up to 1000 a request,
RSS Guard 200, Newsboat and Liferea one).
"""

from __future__ import annotations

READ_TOGETHER = 5
"""Entries of one request that a person may have read since the client last had a connection."""

SKIMMED_TOGETHER = 20
SKIMMED_WEIGHT = 0.2
READS_A_MINUTE = 60
"""More than that within a minute is scrolling."""


def sync_weight(*, batch: int, lately: int) -> float:
    """Return the weight of each read of a request that marks `batch` entries, after `lately` others within a minute."""
    if batch > SKIMMED_TOGETHER or lately + batch > READS_A_MINUTE:
        return 0.0
    return 1.0 if batch <= READ_TOGETHER else SKIMMED_WEIGHT
