"""Numbers of folders, for the APIs that know folders by number."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aggregator.library.subscribing import Subscription, folders_of

NO_FOLDER = "Ohne Ordner"
_BYTES = 4
_MOST = 2**31 - 1  # clients keep them in 32 bits


def number_of(folder: str) -> int:
    """Return the number of a folder: made of its name, so it needs no keeping. Two of one reader meet by a chance of 10^-9."""
    return int.from_bytes(hashlib.blake2b(folder.encode(), digest_size=_BYTES).digest(), "big") % _MOST + 1


def folder_named(subscriptions: Sequence[Subscription], number: str) -> str | None:
    """Return the folder with that number, None if there is none."""
    return next((folder for folder in folders_of(subscriptions) if str(number_of(folder)) == number), None)
