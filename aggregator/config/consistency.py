"""What single values cannot show: keys that contradict or repeat each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.config.settings import Settings
from aggregator.config.units import format_duration
from aggregator.config.values import feed_key
from aggregator.model.topic import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong at a place of the configuration."""

    location: tuple[str | int, ...]
    reason: str


def find_contradictions(settings: Settings) -> Iterator[Problem]:
    """Yield what does not fit together."""
    polling, fetch = settings.polling, settings.fetch
    if polling.min_interval > polling.max_interval:
        reason = f"is over polling.max_interval ({format_duration(polling.max_interval)})"
        yield Problem(location=("polling", "min_interval"), reason=reason)
    if fetch.connect_timeout > fetch.timeout:
        yield Problem(location=("fetch", "connect_timeout"), reason=f"is over fetch.timeout ({format_duration(fetch.timeout)})")
    keys = [feed_key(feed.url) for feed in settings.feeds]
    yield from _repeated(keys, "feeds", "url")
    yield from _repeated([topic.slug for topic in settings.topics], "topics", "slug")
    for index, topic in enumerate(settings.topics):
        if not _has_rule(topic):
            yield Problem(
                location=("topics", index),
                reason="has no rule; give it words (any, all), tags, feeds, languages, categories, or a description (about)",
            )


def find_doubts(settings: Settings) -> Iterator[Problem]:
    """Yield what may stand but finds nothing: a misspelt tag, or a source that a topic still names and that was taken out."""
    if not settings.feeds:  # a file whose sources are still to come, from `add` or `opml import`: nothing can be misspelt yet
        yield Problem(location=("feeds",), reason="is empty: nothing will be polled")
        return
    named = any(topic.feeds for topic in settings.topics)
    urls = {feed_key(feed.url): feed.url for feed in settings.feeds} if named else {}
    tags = sorted({tag for feed in settings.feeds for tag in feed.tags})
    for index, topic in enumerate(settings.topics):
        for number, tag in enumerate(topic.tags):
            if tag not in tags:
                reason = f"no feed has the tag {tag!r}" + _nearest(tag, tags)
                yield Problem(location=("topics", index, "tags", number), reason=reason)
        for number, url in enumerate(topic.feeds):
            if feed_key(url) not in urls:
                reason = f"{url} is not among the feeds" + _nearest(url, list(urls.values()))
                yield Problem(location=("topics", index, "feeds", number), reason=reason)


def _repeated(keys: Sequence[str], section: str, field: str) -> Iterator[Problem]:
    if len(set(keys)) == len(keys):
        return
    first: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key in first:
            yield Problem(location=(section, index, field), reason=f"{key} stands already in {section}[{first[key]}]")
        first.setdefault(key, index)


def _has_rule(topic: Topic) -> bool:
    return bool(
        topic.any_of or topic.all_of or topic.tags or topic.feeds or topic.languages or topic.categories or topic.described_by
    )


def _nearest(name: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""
