"""How good are sentences, key points and kickers? Against labels, publishers' own summaries, and what is naive.

Labels were made by the writer of the rules: of the sentences before the rules ran on them the first time, of the kickers after
the last rule. They name texts by hash; the texts stay with the shared data.
"""

from __future__ import annotations

import importlib
import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.errors import ParseError
from aggregator.group.keypoints import MAX_TEXTS, Teaser, choose_sentences, key_points
from aggregator.group.kicker import split_kicker
from aggregator.group.sentences import sentence_spans, split_sentences
from aggregator.group.words import stem, tokenise
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser
from bench.quality_labels import Boundary, key_of, read_boundaries, read_judgements, read_kickers
from bench.record import Options, Report, measure

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RESAMPLES = 2_000
SEED = 20261124
UNLIMITED = 10_000  # characters
AT = datetime(2026, 11, 24, tzinfo=UTC)
_NAIVE = re.compile(r"[.!?\u2026]+[\"'\u201c\u201d\u2019\u2018\u00bb\u00ab\u203a\u2039)\]]*(?=\s+[A-ZÄÖÜ\u201e\u00ab\"0-9(])")

Ends = Callable[[str], set[int]]
"""Gives where sentences of a text end."""


def bench(options: Options) -> Iterator[Report]:
    report = Report(
        name="quality-keypoints",
        question="how good are sentences, key points and kickers?",
        corpus="labelled marks of 10kGNAD and articles-de; articles-de with summaries; labelled titles of feeds/real",
        baseline="key points of 3 texts",
    )
    articles = read_articles()
    if not articles:
        report.facts["skipped"] = "the shared data are not beside the checkout"
        yield report
        return
    report.facts |= splitter_figures(read_boundaries(), read_texts())
    report.facts |= rouge_figures([article for article in articles if article.summary])
    report.facts |= kicker_figures()
    report.facts |= reading_figures()
    for size in (3, MAX_TEXTS):
        stories = [story(articles[at : at + size]) for at in range(0, len(articles) - size, size)]
        report.add(
            measure(
                f"key points of {size} texts",
                lambda stories=stories: [key_points(each, languages=("de",)) for each in stories],  # type: ignore[misc]  # bound now
                count=len(stories),
                unit="story",
                runs=options.runs,
            )
        )
    yield report


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    title: str
    summary: str
    paragraphs: tuple[str, ...]


def read_articles() -> list[Article]:
    """Return each text once: some stand there twice."""
    found = []
    for path in sorted((DATA / "topics" / "articles-de").glob("*.json")):
        for told in json.loads(path.read_text(encoding="utf-8")).values():
            body = told.get("body") or {}
            paragraphs = tuple(text for section in body.get("sections", ()) for text in section.get("paragraphs", ()))
            if paragraphs:
                summary = " ".join(body.get("summary") or ())
                found.append(Article(title=told.get("title") or "", summary=summary, paragraphs=paragraphs))
    return list({article.paragraphs: article for article in found}.values())


def read_texts() -> dict[str, str]:
    texts = [text for article in read_articles() for text in article.paragraphs]
    lines = (DATA / "topics" / "10kgnad-shared.tsv").read_text(encoding="utf-8").split("\n")
    texts += [line.rpartition("\t")[2] for line in lines if "\t" in line]
    return {key_of(text): text for text in texts}


def splitter_figures(labels: Sequence[Boundary], texts: dict[str, str]) -> dict[str, float | int | str]:
    marks = [label for label in labels if label.text in texts]
    ends = sum(label.ends for label in marks)
    facts: dict[str, float | int | str] = {"sentences: marks": len(marks), "sentences: of them ends": ends}
    for name, end_of in splitters().items():
        found: dict[str, set[int]] = {}
        counts: Counter[tuple[bool, bool]] = Counter()
        for label in marks:
            if label.text not in found:
                text = texts[label.text]
                found[label.text] = end_of(text) | {len(text.rstrip())}
            counts[label.end in found[label.text], label.ends] += 1
        right, false, missed = counts[True, True], counts[True, False], counts[False, True]
        facts[f"sentences F1: {name}"] = round(2 * right / (2 * right + false + missed), 3)
        facts[f"sentences false/missed: {name}"] = f"{false}/{missed}"
    return facts


def splitters() -> dict[str, Ends]:
    """Return ours, a naive one, and libraries where they are installed."""
    found: dict[str, Ends] = {
        "ours": lambda text: {end for _, end in sentence_spans(text, "de")},
        "naive": lambda text: {match.end() for match in _NAIVE.finditer(text)},
    }
    libraries: dict[str, Callable[[Any], Callable[[str], Sequence[str]]]] = {
        "pysbd": lambda module: module.Segmenter(language="de", clean=False).segment,
        "sentence_splitter": lambda module: module.SentenceSplitter(language="de").split,
        "sentencex": lambda module: lambda text: list(module.segment("de", text)),
    }
    for name, open_library in libraries.items():
        try:
            split = open_library(importlib.import_module(name))
        except ImportError:
            continue
        found[name] = lambda text, split=split: ends_of(text, split(text))  # type: ignore[misc]  # bound now
    return found


def ends_of(text: str, sentences: Sequence[str]) -> set[int]:
    """Return where sentences end in the text they came from, whatever was done to white space."""
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    ends, letters = set(), 0
    for sentence in sentences:
        letters += sum(not letter.isspace() for letter in sentence)
        if 0 < letters <= len(places):
            ends.add(places[letters - 1] + 1)
    return ends


def story(articles: Sequence[Article]) -> list[Teaser]:
    return [text_of(article, number, article.summary) for number, article in enumerate(articles)]


def text_of(article: Article, number: int, teaser: str = "") -> Teaser:
    return Teaser(
        entry_id=number,
        publisher=f"{number}.example",
        language="de",
        title=article.title,
        text=teaser,
        full_text="\n".join(article.paragraphs),
        at=AT,
    )


def rouge_figures(articles: Sequence[Article]) -> dict[str, float | int | str]:
    """Return ROUGE F1 against the publishers' summaries (stemmed, small words kept), of the full text alone.

    Where we show fewer sentences than asked for, the lead is as short; where we show none, the article is left out.
    """
    facts: dict[str, float | int | str] = {"rouge: articles": len(articles)}
    for count in (2, 3):
        scores: dict[str, list[tuple[float, float, float]]] = {}
        sizes: Counter[int] = Counter()
        for article in articles:
            ours = choose_sentences([text_of(article, 1)], "de", most=count, quoted_chars=UNLIMITED)
            sizes[len(ours)] += 1
            if not ours:
                continue
            lead = [sentence for text in article.paragraphs[:9] for sentence in split_sentences(text)]
            for name, sentences in {
                f"lead-{count}": lead[:count],
                "lead, as many as ours": lead[: len(ours)],
                "ours": [each.text for each in ours],
            }.items():
                scores.setdefault(name, []).append(rouge(" ".join(sentences), article.summary))
        for name, each in scores.items():
            means = [statistics.mean(score[place] for score in each) for place in range(3)]
            facts[f"rouge-1/2/L, up to {count}: {name}"] = " ".join(f"{mean:.3f}" for mean in means)
        for name in (f"lead-{count}", "lead, as many as ours"):
            facts[f"rouge-1, up to {count}: ours over {name}"] = interval(
                [one[0] - other[0] for one, other in zip(scores["ours"], scores[name], strict=True)]
            )
        facts[f"rouge, up to {count}: articles by sentences shown"] = " ".join(
            f"{size}:{number}" for size, number in sorted(sizes.items())
        )
    return facts


def rouge(text: str, reference: str) -> tuple[float, float, float]:
    """Return ROUGE-1, -2 and -L as F1."""
    one, other = stems(text), stems(reference)
    shared = [_f1(overlap(grams(one, size), grams(other, size)), len(one) - size + 1, len(other) - size + 1) for size in (1, 2)]
    return shared[0], shared[1], _f1(longest_common(one, other), len(one), len(other))


def stems(text: str) -> list[str]:
    return [stem(token, "de") for token in tokenise(text)]


def grams(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def overlap(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> int:
    return (one & other).total()


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, against in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if word == against else max(row[place], row[place - 1])
    return row[-1]


def _f1(shared: int, first: int, second: int) -> float:
    return 2 * shared / (first + second) if shared else 0.0


def interval(differences: Sequence[float]) -> str:
    """Return the mean difference with its 90 % bootstrap interval."""
    draw = random.Random(SEED)
    means = sorted(statistics.mean(draw.choices(differences, k=len(differences))) for _ in range(RESAMPLES))
    low, high = means[RESAMPLES // 20], means[-RESAMPLES // 20]
    return f"{statistics.mean(differences):+.3f} [{low:+.3f}, {high:+.3f}]"


def kicker_figures() -> dict[str, float | int | str]:
    labels = read_kickers()
    titles = {key_of(title): title for title in read_titles()}
    labelled = {key: titles[key] for key in labels if key in titles}
    shown = [key for key, title in labelled.items() if split_kicker(title).kicker]
    wrong = sum(not labels[key] for key in shown)
    return {
        "kickers: labelled titles": len(labelled),
        "kickers: shown": len(shown),
        "kickers: precision": round(1 - wrong / len(shown), 3) if shown else 0.0,
        "kickers: right ones shown": f"{sum(labels[key] for key in shown)}/{sum(labels[key] for key in labelled)}",
    }


def reading_figures() -> dict[str, str]:
    """Return what one reader said of printed key points, by hand: of all boxes of the demo corpus, and of 20 articles."""
    judgements = read_judgements()
    counts = {
        "read: stories, rules before": Counter(each.before for each in judgements if each.kind == "story"),
        "read: stories": Counter(each.verdict for each in judgements if each.kind == "story"),
        "read: articles": Counter(each.verdict for each in judgements if each.kind == "article"),
    }
    return {name: ", ".join(f"{number} {verdict}" for verdict, number in sorted(each.items())) for name, each in counts.items()}


def read_titles() -> Iterator[str]:
    parser = FeedParser()
    for path in sorted((DATA / "feeds" / "real").glob("*.*ml")):
        try:
            parsed = parser.parse(Fetched(url="https://feeds.example.org/", body=path.read_bytes()))
        except ParseError:
            continue
        yield from (entry.title.value for entry in parsed.entries if entry.title)
