"""Which texts are the same text: what an agency wrote and many print is one voice.

Teasers are compared by all their word shingles and long texts by those of their beginning, so that nothing is estimated:
an agency's text is cut at different lengths, and its beginning is what remains.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from aggregator.group.words import fold, plain_text

Shingles = frozenset[int]
"""Hashes of overlapping runs of words."""

SHINGLE_WORDS = 4
COMPARED_WORDS = 80
"""Words of a text that are looked at: two paragraphs, by which a copy has shown itself."""

FEWEST_SHINGLES = 8
"""A text of fewer has too few words to tell a copy from two who say the same briefly."""

SAME = 0.6
"""Share of the shorter text's shingles that the longer must have."""

FEWEST_TITLE_WORDS = 5
"""Two entries without a text are copies if they share a title of at least so many words."""

_HASH_BYTES = 8
_WORD = re.compile(r"\w+")
# `(dpa)`, `Berlin (dpa/AFP) -`, `(awp)`: what papers put before an agency's text, or take off.
_CREDIT = re.compile(
    r"^.{0,40}?[(/]\s*(?:[a-z]{2,4}/)*(?:afp|ap|apa|awp|dapd|dpa|efe|ansa|ats|keystone|kna|reuters|rtr|sda|sid)\b[^)]{0,30}\)?\s*[-\u2013\u2014:]?\s*",
    re.IGNORECASE,
)


def shingles(sanitised_html: str) -> Shingles:
    """Return the shingles of the beginning of a text; none if it is too short to tell."""
    text = _CREDIT.sub("", plain_text(sanitised_html).strip(), count=1)
    words = _WORD.findall(fold(text))[:COMPARED_WORDS]
    runs = {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)}
    if len(runs) < FEWEST_SHINGLES:
        return frozenset()
    return frozenset(map(_hash, runs))


def find_copies(texts: Mapping[int, Shingles], titles: Mapping[int, str]) -> dict[int, int]:
    """Return the entries that repeat another's text, each with the earliest (lowest id) that has it.

    `texts` and `titles` go by entry id. Entries without a text are compared by title, with everything.
    """
    ids = sorted(titles)
    head = {entry_id: entry_id for entry_id in ids}
    holders: dict[int, list[int]] = {}
    by_title: dict[tuple[str, ...], list[int]] = {}
    for entry_id in ids:
        own = texts.get(entry_id, frozenset())
        shared: dict[int, int] = {}
        for value in own:
            for other in holders.get(value, ()):
                shared[other] = shared.get(other, 0) + 1
        alike = [other for other, count in shared.items() if count >= SAME * min(len(own), len(texts[other]))]
        title = tuple(_WORD.findall(fold(titles[entry_id])))
        if len(title) >= FEWEST_TITLE_WORDS:
            alike += [other for other in by_title.get(title, ()) if not own or not texts.get(other)]
            by_title.setdefault(title, []).append(entry_id)
        for value in own:
            holders.setdefault(value, []).append(entry_id)
        _join(head, [entry_id, *alike])
    return {entry_id: root for entry_id in ids if (root := _root(head, entry_id)) != entry_id}


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).digest())


def _root(head: dict[int, int], entry_id: int) -> int:
    while head[entry_id] != entry_id:
        head[entry_id] = head[head[entry_id]]
        entry_id = head[entry_id]
    return entry_id


def _join(head: dict[int, int], ids: Sequence[int]) -> None:
    roots = [_root(head, entry_id) for entry_id in ids]
    first = min(roots)
    for root in roots:
        head[root] = first
