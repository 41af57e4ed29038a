"""The feed of one story: each new turn once, not each copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aggregator.emit.build import NEVER, Site, describe_entry, mint_id, updated_at_of, with_links
from aggregator.emit.text import one_line
from aggregator.emit.words import words_of
from aggregator.model.coverage import Report
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Entry
from aggregator.model.related import RelatedLink

STORY_ENTRIES = 50
"""Reports in the feed of a story, the latest."""


def story_path(story_id: int) -> str:
    """Return the path of a story's page, and of its feed without suffix."""
    return f"/stories/{story_id}"


def build_story_feed(
    site: Site,
    story_id: int,
    headline: str,
    reports: Sequence[Report],
    entries: Mapping[int, Entry],
    *,
    related: Sequence[RelatedLink] = (),
) -> FeedDocument:
    """Return the feed of a story: one entry for each voice's report, under the id that it has in every feed of ours.

    `reports` come latest first; of a text that many print the earliest stands for all, so that a copy that comes later is
    nothing new. `entries` are those of the reports, by id, `related` is what to name beside the story.
    """
    words = words_of(site.language)
    shown = [report for report in reports if report.entry.entry_id in entries][:STORY_ENTRIES]
    return FeedDocument(
        path=story_path(story_id),
        base_url=site.base_url,
        id=mint_id(site, f"stories/{story_id}"),
        title=words.story.format(title=one_line(headline)),
        description=words.story_description.format(site=site.title),
        language=site.language,
        updated_at=max((updated_at_of(entries[report.entry.entry_id]) for report in shown), default=NEVER),
        entries=tuple(with_links(site, describe_entry(site, entries[report.entry.entry_id]), related) for report in shown),
        hub_url=None,  # it is rendered when asked for, so that no hub hears of its changes
    )
