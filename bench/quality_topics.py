"""How well do topics find their entries from twenty examples, or from a sentence and a few words?

10kGNAD, nine topics of an Austrian newspaper that overlap (Inland, Panorama, Wirtschaft), each text labelled with one. With a
model the texts that are tested are the archive, too, without their labels, as the entries of a store would be: each is read
together with those nearest to it, itself excepted. Weights were chosen on draws 100 to 139 of the same 514 texts, so others may
score lower; a share of 514 texts has a standard error of .02 of its own, which no number of draws makes smaller.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aggregator.errors import ExtraMissing
from aggregator.group.embed import E5, NONE, READ_CHARS, USE, open_embedder, passage_key
from aggregator.group.prototypes import TopicPrototypes
from aggregator.group.recollection import Recollection
from aggregator.group.topics import TopicMatcher, passages_of
from aggregator.model.entry import Entry, EntryData, Origin
from aggregator.model.topic import Topic
from aggregator.protocols import Embedder
from bench.record import Options, Report

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "topics" / "10kgnad-shared.tsv"
EXAMPLES = 20
SEEDS = range(5)
FRESH_SEEDS = range(400, 440)  # looked at once, when nothing was chosen any more
ORDERS = range(3)  # of the archive: the entries that a topic's words find are examples, the newest first
AT = datetime(2026, 11, 24, tzinfo=UTC)
# What somebody who knows the newspaper writes in five minutes.
DESCRIBED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Etat": ("Medien: Fernsehsender, Zeitungen, Quoten und Werbung.", ("ORF", "Quote*", "Sender", "Journalist*", "Puls 4")),
    "Inland": ("Österreichische Innenpolitik: Parteien, Regierung, Landtage.", ("ÖVP", "SPÖ", "FPÖ", "Grüne", "Nationalrat")),
    "International": (
        "Politik im Ausland: Kriege, Wahlen, Staatschefs, Diplomatie.",
        ("Putin", "Trump", "Obama", "Syrien", "UNO", "Nato", "*präsident"),
    ),
    "Kultur": (
        "Theater, Musik, Film, Literatur und Ausstellungen.",
        ("Theater", "Festival", "Roman", "Regisseur*", "Ausstellung"),
    ),
    "Panorama": (
        "Unfälle, Verbrechen, Gerichte, Unwetter und Vermischtes.",
        ("Polizei", "Feuerwehr", "Prozess", "Unfall", "getötet"),
    ),
    "Sport": (
        "Fussball, Ski, Tennis und anderer Sport mit Ergebnissen.",
        ("Tor*", "Trainer", "Bundesliga", "Weltcup", "Finale"),
    ),
    "Web": (
        "Computer, Internet, Smartphones, Apps, Spiele.",
        ("Google", "Apple", "Microsoft", "Facebook", "Smartphone", "Android"),
    ),
    "Wirtschaft": ("Unternehmen, Banken, Börse, Konjunktur, Arbeitsmarkt.", ("Bank", "Konzern", "Prozent", "Euro", "Umsatz")),
    "Wissenschaft": (
        "Forschung, Universitäten, Entdeckungen, Raumfahrt.",
        ("Forscher", "Studie", "Universität", "Nasa", "Wissenschaft*"),
    ),
}


class Remembering:
    """An embedder that is asked for each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self.seconds = 0.0
        self._embedder = embedder
        self._known: dict[str, bytes] = {}

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        started = time.process_time()
        self._known |= dict(zip(missing, self._embedder.embed(missing), strict=True))
        self.seconds += time.process_time() - started
        return [self._known[text] for text in texts]

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    topic: str
    text: str


def bench(_options: Options) -> Iterator[Report]:
    report = Report(
        name="quality-topics",
        question="how well do topics find their entries by meaning?",
        corpus=f"10kGNAD, shared part; up to {EXAMPLES} examples a topic, {len(SEEDS)} draws, the rest tested",
        baseline="by words",
    )
    if not DATA.is_file():
        report.facts["skipped"] = "the shared data are not beside the checkout"
        yield report
        return
    lines = DATA.read_text(encoding="utf-8").split("\n")[1:]
    texts = [Text(topic=topic, text=text) for topic, tab, text in (line.partition("\t") for line in lines) if tab]
    report.facts["texts"] = len(texts)
    report.facts["draws"] = f"seeds {SEEDS[0]} to {SEEDS[-1]}; weights chosen on seeds 100 to 139"
    for model in (NONE, USE, E5):
        try:
            opened = open_embedder(model)
        except ExtraMissing:
            continue
        embedder = None if opened is None else Remembering(opened)
        name = "by words" if embedder is None else embedder.name
        report.facts[f"{EXAMPLES} examples, {READ_CHARS} characters: {name}"] = from_examples(
            texts, embedder, learned=READ_CHARS, tested=READ_CHARS
        )
        report.facts[f"{EXAMPLES} examples, full text: {name}"] = from_examples(texts, embedder, learned=None, tested=None)
        report.facts[f"{EXAMPLES} examples of {READ_CHARS} characters, full text: {name}"] = from_examples(
            texts, embedder, learned=READ_CHARS, tested=None
        )
        if embedder is not None:
            report.facts[f"{EXAMPLES} examples, {READ_CHARS} characters, {len(FRESH_SEEDS)} fresh draws: {name}"] = (
                from_examples(texts, embedder, learned=READ_CHARS, tested=READ_CHARS, seeds=FRESH_SEEDS)
            )
            for archive in (0, 50, 100, 200):
                report.facts[f"the same, {archive} texts read before: {name}"] = from_examples(
                    texts, embedder, learned=READ_CHARS, tested=READ_CHARS, seeds=FRESH_SEEDS, archive=archive
                )
            report.facts[f"{EXAMPLES} examples, full text, {len(FRESH_SEEDS)} fresh draws: {name}"] = from_examples(
                texts, embedder, learned=None, tested=None, seeds=FRESH_SEEDS
            )
            report.facts[f"CPU ms a text of {READ_CHARS} characters: {name}"] = round(
                1000 * embedder.seconds / len(embedder), 1
            )
        report.facts[f"a sentence and words: {name}"] = from_description(texts, embedder, words=True)
        report.facts[f"a sentence alone: {name}"] = from_description(texts, embedder, words=False)
        if embedder is not None:
            report.facts[f"a sentence and words, nothing read before: {name}"] = from_description(
                texts, embedder, words=True, has_archive=False
            )
    report.facts["words alone"] = from_description(texts, None, words=True, sentence=False)
    yield report


def from_examples(
    texts: Sequence[Text],
    embedder: Embedder | None,
    *,
    learned: int | None,
    tested: int | None,
    seeds: range = SEEDS,
    archive: int | None = None,
) -> str:
    """Return the accuracy of the nearest topic, and how well the thresholds part, by characters (None: all) of both.

    `archive` texts of those tested were read before (None: all of them).
    """
    accuracies: list[float] = []
    figures: list[tuple[float, float, float]] = []
    for seed in seeds:
        examples, rest = draw(texts, seed)
        before = random.Random(seed).sample(rest, len(rest) if archive is None else archive)
        prototypes = TopicPrototypes(
            {topic: [one.text[:learned] for one in chosen] for topic, chosen in examples.items()},
            language="de",
            embedder=embedder,
            recalled=read_before([one.text for one in before], embedder),
        )
        near = prototypes.near([(one.text[:tested], "de") for one in rest])
        pairs = list(zip(near, rest, strict=True))
        right = sum(max(each, key=lambda topic: each[topic].likeness) == one.topic for each, one in pairs)
        accuracies.append(right / len(rest))
        found = [({topic for topic, nearness in each.items() if nearness.is_near}, one.topic) for each, one in pairs]
        figures.append(macro(found, list(examples)))
    spread = statistics.stdev(accuracies)
    error = spread / math.sqrt(len(accuracies))
    return f"accuracy {statistics.mean(accuracies):.3f} (sd {spread:.3f}, se {error:.3f}), {told(figures)}"


def read_before(texts: Sequence[str], embedder: Embedder | None) -> dict[bytes, bytes]:
    if embedder is None:
        return {}
    passages = [text[:READ_CHARS] for text in texts]
    return dict(zip(map(passage_key, passages), embedder.embed(passages), strict=True))


def from_description(
    texts: Sequence[Text], embedder: Embedder | None, *, words: bool, sentence: bool = True, has_archive: bool = True
) -> str:
    """Return how well descriptions find their texts, which are what was read before, too."""
    topics = [
        Topic(slug=topic.lower(), title=topic, about=about if sentence else "", any_of=any_of if words else ())
        for topic, (about, any_of) in DESCRIBED.items()
    ]
    figures: list[tuple[float, float, float]] = []
    for order in ORDERS:
        entries = [entry_of(one.text) for one in random.Random(order).sample(texts, len(texts))]
        passages = [passages_of(entry.data)[0] for entry in entries]
        before = Recollection(entries=entries, vectors=read_before(passages, embedder)) if has_archive else Recollection()
        matcher = TopicMatcher(
            topics, default_language="de", open_embedder=lambda: embedder, recall=partial(recall_all, before)
        )
        found = [
            ({assignment.slug for assignment in matcher.match(entry_of(one.text))}, one.topic.lower())
            for one in texts
            if one.topic in DESCRIBED
        ]
        figures.append(macro(found, [topic.slug for topic in topics]))
    return told(figures)


def recall_all(before: Recollection, _embedder: Embedder, _texts: Iterable[str]) -> Recollection:
    return before


def entry_of(text: str) -> Entry:
    origin = Origin(
        feed_id=1, feed_url="https://a.example/feed", feed_title="A", home_url=None, site="a.example", language="de"
    )
    data = EntryData(title="", summary_html=text[:READ_CHARS])
    return Entry(id=1, data=data, dated_at=AT, first_seen_at=AT, modified_at=AT, revision=1, origins=(origin,))


def draw(texts: Sequence[Text], seed: int) -> tuple[dict[str, list[Text]], list[Text]]:
    """Return up to `EXAMPLES` of each topic, at most half of them, and the rest."""
    chance = random.Random(seed)
    by_topic: dict[str, list[Text]] = defaultdict(list)
    for one in texts:
        by_topic[one.topic].append(one)
    examples: dict[str, list[Text]] = {}
    tested: list[Text] = []
    for topic, held in sorted(by_topic.items()):
        chance.shuffle(held)
        count = min(EXAMPLES, len(held) // 2)
        examples[topic] = held[:count]
        tested += held[count:]
    return examples, tested


def macro(found: Sequence[tuple[set[str], str]], topics: Sequence[str]) -> tuple[float, float, float]:
    """Return F1, precision and recall, each the mean over topics."""
    each = []
    for topic in topics:
        given = sum(topic in slugs for slugs, _ in found)
        wanted = sum(gold == topic for _, gold in found)
        right = sum(topic in slugs and gold == topic for slugs, gold in found)
        each.append((2 * right / max(given + wanted, 1), right / max(given, 1), right / max(wanted, 1)))
    return tuple(statistics.mean(figure[place] for figure in each) for place in range(3))  # type: ignore[return-value]  # three


def told(figures: Sequence[tuple[float, float, float]]) -> str:
    f1, precision, recall = (statistics.mean(figure[place] for figure in figures) for place in range(3))
    return f"F1 {f1:.3f} (P {precision:.3f}, R {recall:.3f})"
