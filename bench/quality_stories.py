"""How well do titles become stories? OG2021, streamed in order of time, statistics of the past only.

Two figures each: with the parameters that ship, on all titles; and with parameters chosen on one half of the stories and scored
on the other, both ways, four ways to halve. One set of parameters for all languages, chosen on German, English and French.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aggregator.errors import ExtraMissing
from aggregator.group.assign import GroupingRules, StoryGrouper, rules_for
from aggregator.group.embed import E5, USE, open_embedder
from aggregator.group.nearest import Meanings
from bench.quality_pairs import pair_figures
from bench.record import Options, Report
from bench.stories_baselines import (
    overlaps_of_words,
    similarities_of_characters,
    similarities_of_meaning,
    similarities_of_words,
    single_pass,
)
from bench.stories_data import MISSING, Titles, embed, read_titles
from bench.stories_measures import across, agreement, cross_fit
from bench.stories_mixed import group, mixed_figures, read_mixed

_CHOOSING = ("de", "en", "fr")
_SCORED = {"German": ("de",), "de+en+fr": _CHOOSING, "nine languages": ()}
_NEVER = 9.0  # a threshold no score reaches
_STEP = 0.03
_THRESHOLDS = np.arange(0.12, 0.61, _STEP)  # of one similarity
_RAW_THRESHOLDS = np.arange(0.3, 0.96, 0.02)  # raw vectors of a model are all near each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A sentence model with the vectors of all titles; `name` None: words alone."""

    name: str | None
    dimensions: int = 0
    meanings: tuple[bytes, ...] = ()

    @property
    def label(self) -> str:
        return f"ours with {self.name}" if self.name else "ours, words alone"

    @property
    def rules(self) -> GroupingRules:
        return rules_for(self.name)


def bench(options: Options) -> Iterator[Report]:
    _ = options
    report = Report(
        name="quality-stories",
        question="how well do titles become stories?",
        corpus="OG2021, 6,949 titles of nine languages, 868 stories of one subject; SemEval-2022 task 8, training pairs",
        baseline="",
    )
    titles = read_titles()
    if titles is None:
        report.facts["skipped"] = MISSING
        yield report
        return
    models = _models(titles)
    _baselines(report, titles, models)
    for model in models:
        _ours(report, titles, model)
    for model in models:
        _ablation(report, titles, model)
    _mixed(report, titles, models)
    report.facts |= pair_figures([name for name in (E5, USE) if any(model.name == name for model in models)])
    yield report


def _mixed(report: Report, titles: Titles, models: Sequence[Model]) -> None:
    """Tell of a stream that is not all of one subject, with the model that is taken where it runs, and with words alone."""
    stream = read_mixed(titles)
    for model in (models[0], models[-1]):
        embedder = open_embedder(model.name) if model.name else None
        vectors = embed(embedder, [headline.title for headline in stream]) if embedder is not None else []
        meanings = {headline.entry_id: vector for headline, vector in zip(stream, vectors, strict=False)}
        grouper = StoryGrouper(model.rules, Meanings(model.dimensions) if meanings else None)
        report.facts |= mixed_figures(model.label, group(stream, grouper, meanings))


def _models(titles: Titles) -> list[Model]:
    found = [Model(name=None)]
    for name in (USE, E5):
        try:
            embedder = open_embedder(name)
        except ExtraMissing:
            continue
        if embedder is not None:
            texts = [headline.title for headline in titles.headlines]
            found.append(Model(name=name, dimensions=embedder.dimensions, meanings=tuple(embed(embedder, texts))))
    return found


def stream(titles: Titles, model: Model, rules: GroupingRules) -> np.ndarray:
    """Return the story of each title at the end of the stream, merges followed."""
    grouper = StoryGrouper(rules, Meanings(model.dimensions) if model.meanings else None)
    stories = np.zeros(len(titles.headlines), np.int64)
    merged: dict[int, int] = {}
    for number, headline in enumerate(titles.headlines):
        said = replace(headline, meaning=model.meanings[number]) if model.meanings else headline
        placement = grouper.place(said)
        stories[number] = placement.story_id
        merged |= dict.fromkeys(placement.merged, placement.story_id)
    for number, story in enumerate(stories.tolist()):
        while story in merged:
            story = merged[story]  # noqa: PLW2901 - follows the chain
        stories[number] = story
    return stories


def _ours(report: Report, titles: Titles, model: Model) -> None:
    started = time.process_time()
    shipped = stream(titles, model, model.rules)
    rate = len(titles.headlines) / (time.process_time() - started)
    _show(report, f"{model.label}, as shipped", titles, shipped)
    recall, precision = across(shipped, titles.gold, titles.mask("de"), titles.mask("en"))
    report.facts[f"{model.label}: German-English pairs joined"] = f"recall {recall:.3f}, precision {precision:.3f}"
    report.facts[f"{model.label}: titles a second of CPU, without the model"] = round(rate)
    _fit(report, f"{model.label}, chosen on other stories", titles, [stream(titles, model, one) for one in _grid(model)])


def _grid(model: Model) -> Iterator[GroupingRules]:
    rules = model.rules
    if model.name is None:
        for join, merge, background in itertools.product(
            (0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3), (0.45, 0.55), (0.0, 0.3, 0.6)
        ):
            yield replace(rules, join_by_words=join, merge_by_words=merge, background_by_words=background)
        return
    joins = (0.28, 0.3, 0.32, 0.34, 0.36, 0.38)
    for join, words, merge in itertools.product(joins, (rules.words - 0.15, rules.words), (0.45, 0.55)):
        yield replace(rules, join=join, words=words, merge=merge)


def _baselines(report: Report, titles: Titles, models: Sequence[Model]) -> None:
    contenders: list[tuple[str, Callable[[], np.ndarray], np.ndarray]] = [
        ("word overlap", lambda: overlaps_of_words(titles), _THRESHOLDS),
        ("TF-IDF of stems", lambda: similarities_of_words(titles), _THRESHOLDS),
        ("TF-IDF of characters 3-5", lambda: similarities_of_characters(titles), _THRESHOLDS),
    ]
    for model in models:
        if model.meanings:
            contenders += [
                (f"{model.name} alone, raw", _meaning(titles, model, centred=False), _RAW_THRESHOLDS),
                (f"{model.name} alone, centred", _meaning(titles, model, centred=True), _THRESHOLDS),
            ]
    for name, make, thresholds in contenders:
        similarities = make()
        _fit(
            report,
            f"{name}, chosen on other stories",
            titles,
            [single_pass(similarities, titles.hours, one) for one in thresholds],
        )


def _meaning(titles: Titles, model: Model, *, centred: bool) -> Callable[[], np.ndarray]:
    return lambda: similarities_of_meaning(titles, model.meanings, centred=centred)


def _ablation(report: Report, titles: Titles, model: Model) -> None:
    """One kind of evidence less, as shipped otherwise: F1 of German, de+en+fr and nine languages."""
    rules = model.rules
    if model.name is None:
        without = {
            "pauses": replace(rules, decay=0.0),
            "other languages": replace(rules, across_by_words=0.0),
            "merging": replace(rules, merge_by_words=_NEVER),
            "background": replace(rules, background_by_words=0.0, join_by_words=rules.join_by_words + 0.08),
        }
    else:
        without = {
            "words": replace(rules, words=0.0, across_words=0.0),
            "meaning within a language": replace(rules, words=1.0),
            "pauses": replace(rules, decay=0.0),
            "other languages": replace(rules, across_meaning=0.0, across_words=0.0, merge_across=_NEVER),
            "merging": replace(rules, merge=_NEVER, merge_across=_NEVER),
        }
    for name, changed in {"nothing": rules, **without}.items():
        stories = stream(titles, model, changed)
        figures = [agreement(stories, titles.gold, titles.mask(*languages)).f1() for languages in _SCORED.values()]
        report.facts[f"{model.label}, without {name}"] = "F1 " + " ".join(f"{figure:.3f}" for figure in figures)


def _show(report: Report, name: str, titles: Titles, stories: np.ndarray) -> None:
    for label, languages in _SCORED.items():
        report.facts[f"{name}: {label}"] = str(agreement(stories, titles.gold, titles.mask(*languages)))


def _fit(report: Report, name: str, titles: Titles, results: Sequence[np.ndarray]) -> None:
    choosing = titles.mask(*_CHOOSING)
    for label, languages in _SCORED.items():
        fit = cross_fit(results, titles.gold, titles.hours, scored=titles.mask(*languages), choosing=choosing)
        report.facts[f"{name}: {label}"] = str(fit)
