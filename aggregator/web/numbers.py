"""Numbers in addresses and forms, as anybody may write them."""

from __future__ import annotations

_DIGITS = 15  # ids are below 10^15; nothing longer ever reaches the database


def read_number(text: str) -> int | None:
    """Return a number written in plain digits, None for what is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
