"""Is a day of the demo corpus free of giant stories and of stories that are one publisher's series?

The captured feeds are polled from one loopback address a publisher into a fresh store, as `poll --all` does, and placed in
order of time, with the vectors of all titles there at once and by words alone. Every pair of an entry and the one before it
in its story was read and judged; a story is what the worst of its pairs is. What nobody has judged yet is told as such.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from aggregator.app import open_aggregator
from aggregator.config.loading import parse_settings
from aggregator.errors import ExtraMissing
from aggregator.group.assign import GroupingRules, Headline, StoryGrouper, rules_for
from aggregator.group.embed import E5, open_embedder
from aggregator.group.nearest import Meanings
from aggregator.pipeline.stories import headline_of, open_memory
from bench.origin import Origin
from bench.quality_labels import HERE, key_of
from bench.record import Options, Report
from bench.stories_data import MISSING, embed
from bench.stories_mixed import FEEDS, group

LABELS = HERE / "labels" / "demo.tsv"
LANGUAGE = "de"
EVENT, SERIES, WRONG, UNJUDGED = "event", "series", "wrong", "not judged"
VERDICTS = (WRONG, SERIES, UNJUDGED, EVENT)
"""What two entries of a story are, the worst first: of one event, issues of one publisher's series, or nothing of the kind."""
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLabel:
    """What a reader said of two neighbours in a story (by hash)."""

    entry: str
    before: str
    verdict: str
    reason: str


def read_labels(path: Path = LABELS) -> list[PairLabel]:
    with path.open(encoding="utf-8") as lines:
        return [PairLabel(**row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def label_of(headline: Headline) -> str:
    """Return the hash of an entry by its title alone: entries without a date are dated by the poll."""
    return key_of(headline.title)


def bench(options: Options) -> Iterator[Report]:
    _ = options
    report = Report(
        name="quality-demo",
        question="are stories of a day of the demo corpus events?",
        corpus="521 captured feeds, one loopback address a publisher",
        baseline="",
    )
    if not FEEDS.exists():
        report.facts["skipped"] = MISSING
        yield report
        return
    stream = poll()
    verdicts = {(one.entry, one.before): one.verdict for one in read_labels()}
    report.facts["entries, publishers"] = f"{len(stream)}, {len({one.publisher for one in stream})}"
    for label, stories in grouped(stream).items():
        report.facts |= figures(label, stories, verdicts)
    yield report


def poll() -> list[Headline]:
    """Return the entries of a fresh poll of the captured feeds, in order of time."""
    with Origin(directory=FEEDS, hosts=1) as origin, tempfile.TemporaryDirectory() as folder:
        text = "fetch: {per_host_gap: 0s, per_host_connections: 4, allow_private: [127.0.0.0/8]}\n"
        text += "feeds:\n" + "".join(f"  - {{url: '{url}'}}\n" for url in origin.urls)
        settings = parse_settings(text, path=Path(folder) / "config.yaml", environ={})
        with open_aggregator(settings) as aggregator:
            aggregator.poll(everything=True)
            with aggregator.storage.read() as tx:
                arrivals = tx.grouping.changed_since(0, limit=_MOST_ENTRIES)
    memory = open_memory(GroupingRules(), default_language=LANGUAGE)
    found = [headline_of(memory, arrival, {}) for arrival in arrivals]
    return sorted((one for one in found if one.title), key=lambda one: (one.at, one.publisher, one.title))


def grouped(stream: Sequence[Headline]) -> dict[str, dict[int, list[Headline]]]:
    """Return the stories by words alone and, where it runs, with the model that is taken then."""
    numbered = [replace(one, entry_id=number) for number, one in enumerate(stream, 1)]
    found = {"words": group(numbered, StoryGrouper(rules_for(None)), {})}
    try:
        embedder = open_embedder(E5)
    except ExtraMissing:
        embedder = None
    if embedder is not None:
        vectors = embed(embedder, [one.title for one in numbered])
        meanings = {one.entry_id: vector for one, vector in zip(numbered, vectors, strict=True)}
        found[E5] = group(numbered, StoryGrouper(rules_for(embedder.name), Meanings(embedder.dimensions)), meanings)
    return found


def verdict_of(members: Sequence[Headline], verdicts: Mapping[tuple[str, str], str]) -> str:
    """Return what a story is: what the worst pair of neighbours in it is."""
    found = {verdicts.get((label_of(entry), label_of(before)), UNJUDGED) for before, entry in pairwise(members)}
    return min(found, key=VERDICTS.index)


def figures(
    label: str, stories: Mapping[int, Sequence[Headline]], verdicts: Mapping[tuple[str, str], str]
) -> dict[str, float | int | str]:
    """Return how many stories of several entries there are, how large, of how many publishers, and what was said of them."""
    several = [members for members in stories.values() if len(members) > 1]
    lone = [members for members in several if len({one.publisher for one in members}) == 1]
    across = [members for members in several if len({one.publisher for one in members}) > 1]
    largest = max(map(len, several), default=1)
    facts: dict[str, float | int | str] = {f"{label}: largest story": largest}
    for name, chosen in ((f"{label}: stories of one publisher", lone), (f"{label}: stories of several", across)):
        counts = Counter(verdict_of(members, verdicts) for members in chosen)
        facts[name] = f"{len(chosen)}: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in reversed(VERDICTS))
    return facts
