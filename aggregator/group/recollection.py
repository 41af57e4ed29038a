"""What is known of entries that came before: topics are learned from it, beside what describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.model.entry import Entry
from aggregator.protocols import Embedder


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """The newest entries, the newest first, and vectors that are stored, by `embed.passage_key`, the oldest first."""

    entries: Sequence[Entry] = ()
    vectors: Mapping[bytes, bytes] = field(default_factory=dict)


Recall = Callable[[Embedder, Iterable[str]], Recollection]
"""Recalls the newest entries, and the vectors that the model made of them and of some texts."""


def recall_nothing(_embedder: Embedder, _texts: Iterable[str]) -> Recollection:
    """Return nothing: there was nothing before."""
    return Recollection()
