"""The full-text index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from aggregator.model.search import SearchDocument, SearchHit, SearchQuery, SearchSource


class SearchStore(Protocol):
    """What can be searched: entries, as far as the index was brought."""

    def revision(self) -> int:
        """Return the revision of the entries up to which the index was brought; 0 for one that is empty."""
        ...

    def put(self, documents: Sequence[SearchDocument], *, revision: int) -> None:
        """Index entries, anew where they are indexed already, and remember up to which revision; those gone are passed over."""
        ...

    def languages(self) -> list[str]:
        """Return the primary subtags of the languages that are indexed."""
        ...

    def compounds(self, stem: str) -> list[str]:
        """Return words of the index that end or begin with a stem, the shortest first."""
        ...

    def find(self, query: SearchQuery, *, limit: int, wide: bool = False) -> list[SearchHit]:
        """Return the entries that meet the query, of those that came in last at most `limit`, last first.

        A `wide` search takes the compounds of a term for the term.
        """
        ...

    def holding(self, stem: str, *, limit: int) -> list[int]:
        """Return the entries in which a stem stands, of those that came in last at most `limit`, last first."""
        ...

    def count_topics(self, entry_ids: Iterable[int]) -> dict[str, int]:
        """Return how many of the entries belong to each topic that has any."""
        ...

    def count_sites(self, entry_ids: Iterable[int]) -> dict[str, int]:
        """Return how many of the entries each site carries that carries any."""
        ...

    def sources(self, sites: Iterable[str] | None = None) -> list[SearchSource]:
        """Return the feeds with their names, all or those of some sites; cheaper than the feeds themselves."""
        ...

    def forget(self) -> None:
        """Empty the index, so that it is made anew from the first entry on."""
        ...
