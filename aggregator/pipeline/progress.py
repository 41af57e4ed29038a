"""How far a flow has come through the revisions of entries: noted in the store, so that it can stop and go on anywhere."""

from __future__ import annotations

from aggregator.storage import GROUPED_NOTE, Transaction


def placed_until(tx: Transaction) -> int:
    """Return the revision up to which entries have found their stories."""
    return int(tx.noted(GROUPED_NOTE) or 0)


def note_placed(tx: Transaction, revision: int) -> None:
    """Note that entries up to a revision have found their stories."""
    tx.note(GROUPED_NOTE, str(revision))


def reached(tx: Transaction, key: str, *, rules: str) -> int:
    """Return the revision that a flow came to by these rules: 0 where it went by others, so that all is made anew."""
    revision, _, noted_rules = (tx.noted(key) or "0").partition(" ")
    return int(revision) if noted_rules == rules else 0


def note_reached(tx: Transaction, key: str, revision: int, *, rules: str) -> None:
    """Note the revision that a flow came to, and the rules it went by."""
    tx.note(key, f"{revision} {rules}")
