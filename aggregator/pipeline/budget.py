"""The price of a poll, kept in the store from pass to pass."""

from __future__ import annotations

import json
from datetime import datetime

from aggregator.fetch.price import PriceState, spend
from aggregator.storage import Transaction

PRICE_NOTE = "poll_price"  # key of the note


def read_price(tx: Transaction, *, now: datetime) -> PriceState:
    """Return the price as the last pass left it; a new store, or a note that cannot be read, begins at the first price."""
    try:
        fields = json.loads(tx.noted(PRICE_NOTE) or "")
        return PriceState(
            at=datetime.fromisoformat(fields["at"]),
            price=fields["price"],
            polls_per_hour=fields["polls_per_hour"],
            polls=fields["polls"],
        )
    except (ValueError, KeyError, TypeError):
        return PriceState(at=now)


def count_polls(tx: Transaction, polls: int, *, now: datetime, budget: float) -> None:
    """Count what a pass has spent of a budget in polls an hour, and keep the price that follows."""
    before = read_price(tx, now=now)
    after = spend(before, polls=polls, now=now, budget=budget)
    if after != before or tx.noted(PRICE_NOTE) is None:
        fields = {
            "at": after.at.isoformat(),
            "price": after.price,
            "polls_per_hour": after.polls_per_hour,
            "polls": after.polls,
        }
        tx.note(PRICE_NOTE, json.dumps(fields))
