"""What is read, as figures that tell of nobody: below `SHOWN_READERS` readers nothing is shown (k-anonymity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.story import SHOWN_READERS, Window
from aggregator.storage import Storage

MOST_BARS = 12  # topics and sources shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How much of one topic or source was read; `reads` is None where too few people did."""

    name: str
    reads: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFigures:
    """Reads an hour (0 where too few), from `since` on; by topic and by source, most first."""

    since: datetime
    hours: tuple[int, ...]
    topics: tuple[Bar, ...]
    sources: tuple[Bar, ...]

    @property
    def total(self) -> int:
        """All reads shown."""
        return sum(self.hours)


def read_figures(storage: Storage, window: Window, *, now: datetime) -> ReadingFigures:
    """Return what was read in a window."""
    hour = timedelta(hours=1)
    count = int(window.span / hour)
    since = now.replace(minute=0, second=0, microsecond=0) - (count - 1) * hour
    with storage.read() as tx:
        hours = {row.at: row.reads for row in tx.stories.site_hours(since=since)}
        titles = {topic.slug: topic.title for topic in tx.topics.all(counted=False)}
        names: dict[str, str] = {}
        by_site = tx.stories.count_reads(since=since, by="site")[:MOST_BARS]
        for source in tx.search.sources(site for site, _, _ in by_site):
            names.setdefault(source.site, source.title)
        by_topic = tx.stories.count_reads(since=since, by="topic")[:MOST_BARS]
    return ReadingFigures(
        since=since,
        hours=tuple(_shown(hours.get(since + number * hour, 0.0)) for number in range(count)),
        topics=tuple(_bar(titles.get(slug, slug), reads, readers) for slug, reads, readers in by_topic),
        sources=tuple(_bar(names.get(site, site), reads, readers) for site, reads, readers in by_site),
    )


def _shown(reads: float) -> int:
    """Return the reads of an hour, 0 where there were too few."""
    return round(reads) if reads >= SHOWN_READERS else 0


def _bar(name: str, reads: int, readers: int) -> Bar:
    return Bar(name=name, reads=reads if readers >= SHOWN_READERS else None)
