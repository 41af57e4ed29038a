"""What does it cost to place a headline, as the window fills and history grows?

Headlines: real ones of the captured feeds, and made-up ones of their words, a quarter of them on an event of before. Each size
runs in a process of its own, so its memory is what the kernel says. Sentence vectors are random here; what a model costs is a
row apart.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from aggregator.errors import ExtraMissing
from aggregator.group.assign import Headline, StoryGrouper, rules_for
from aggregator.group.embed import E5, MODELS, USE, open_embedder
from aggregator.group.nearest import Meanings
from aggregator.protocols import Embedder
from bench import stories_data
from bench.quality_keypoints import read_titles
from bench.record import Options, Report, Row, Sample, measure, run_program

SIZES = (1_000, 10_000, 100_000)  # active entries
KINDS = ("words", "meaning")
PLACED = 30_000  # entries in all, but at least a window full
MEASURED = 5_000  # the last of them
WINDOW = timedelta(hours=48)
START = datetime(2026, 6, 1, tzinfo=UTC)
SEED = 20261124
DEADLINE_SECONDS = 3_600.0
DIMENSIONS = 384  # of e5
_PUBLISHERS = 500
_FOLLOWED = 0.25  # of headlines tell of an event of before, in partly other words
_REAL = 0.3  # of headlines are as captured
_RECENT = 2_000  # headlines that are followed up
_EMBEDDED = 256  # titles a run
_SEARCHED = {E5: 10_000, USE: 20_000}  # titles among which the nearest are looked for; `e5` makes 50 vectors a second
_ASKED = 1_500  # of them, the last
_NEAREST = 12
_LIKELY = 0.34  # of cosine: what a title without a word in common must have at least to join, in another language


def bench(options: Options) -> Iterator[Report]:
    _ = options
    report = Report(
        name="grouping",
        question="what does it cost to place a headline, as the window fills and history grows?",
        corpus="titles of feeds/real and made-up ones; a quarter follow up an event; 500 publishers",
        baseline="1,000 active, words",
    )
    placing: dict[int, float] = {}  # ms of CPU a headline, by meaning
    for kind in KINDS:
        for size in SIZES:
            taken, output = run_program(
                [sys.executable, "-m", "bench.grouping", kind, str(size)], deadline_seconds=DEADLINE_SECONDS
            )
            said = json.loads(output)
            name = f"{size:,} active, {kind}"
            report.add(
                Row(
                    name=name,
                    unit="headline",
                    count=MEASURED,
                    samples=(Sample(wall_seconds=said["wall"], cpu_seconds=said["cpu"], peak_bytes=taken.peak_bytes),),
                )
            )
            report.facts |= {f"{name}: {key}": said[key] for key in ("first", "latency", "stories", "joined")}
            placing[size] = 1e3 * said["cpu"] / MEASURED
    for model in MODELS:
        try:
            embedder = open_embedder(model)
        except ExtraMissing:
            continue
        if embedder is not None:
            texts = [title for _, title in zip(range(_EMBEDDED), _titles(), strict=False)]
            alone = measure(f"{embedder.name} alone", lambda: embedder.embed(texts), count=len(texts), unit="headline")  # noqa: B023 - called before the loop goes on
            report.add(alone)
            model_ms = 1e3 * statistics.median(sample.cpu_seconds for sample in alone.samples) / len(texts)
            report.facts[f"{embedder.name}: share of the model in the whole"] = ", ".join(
                f"{model_ms / (model_ms + ms):.0%} with {size:,} active" for size, ms in placing.items()
            )
            report.facts[f"{embedder.name}: of the {_NEAREST} nearest"] = _found(embedder, _SEARCHED[model])
    yield report


def _found(embedder: Embedder, count: int) -> str:
    """Return which share of the nearest titles the search by outlines finds, of real titles, a row each."""
    known = stories_data.read_titles()
    texts = [one.title for one in known.headlines] if known else []
    texts = list(dict.fromkeys([*texts, *read_titles()]))[:count]
    random.Random(SEED).shuffle(texts)
    meanings = Meanings(embedder.dimensions)
    vectors = [meanings.centre(meaning, "") for meaning in stories_data.embed(embedder, texts)]
    held, asked = np.stack(vectors[:-_ASKED]), vectors[-_ASKED:]
    for number, vector in enumerate(held):
        meanings.add(meanings.open_row(number), vector)
    right = near = likely = 0
    for vector in asked:
        cosines = held @ vector
        nearest = np.argsort(-cosines)[:_NEAREST]
        found = meanings.find(vector, limit=_NEAREST)
        right += len(set(nearest.tolist()) & set(found))
        likely += int((cosines[nearest] >= _LIKELY).sum())
        near += len({number for number in nearest.tolist() if cosines[number] >= _LIKELY} & set(found))
    return (
        f"{right / len(asked) / _NEAREST:.1%} are found among {len(held):,} titles, "
        f"{near / max(likely, 1):.1%} of those with a cosine of {_LIKELY} or more"
    )


def headlines(active: int) -> Iterator[Headline]:
    """Yield headlines for ever, `active` of them in a window."""
    chance = random.Random(SEED)
    real = [title for title in _titles() if len(title.split()) > 3]
    words = [word for title in real for word in title.split()]
    recent: list[str] = []
    gap = WINDOW / active
    number = 0
    while True:
        number += 1
        draw = chance.random()
        if draw < _REAL:
            title = chance.choice(real)
        elif draw < _REAL + _FOLLOWED and recent:
            kept = [word for word in chance.choice(recent).split() if chance.random() < 0.7]
            title = " ".join([*kept, *chance.choices(words, k=3)])
        else:
            title = " ".join([*chance.choices(words, k=chance.randint(5, 11)), _name(chance)])
        recent.append(title)
        if len(recent) > _RECENT:
            del recent[: _RECENT // 2]
        yield Headline(
            entry_id=number,
            title=title,
            language="de",
            publisher=f"p{chance.randrange(_PUBLISHERS)}.example",
            at=START + number * gap,
        )


def _titles() -> list[str]:
    found = list(read_titles())
    return found or [" ".join(_name(random.Random(number * 10 + word)) for word in range(6)) for number in range(5_000)]


def _name(chance: random.Random) -> str:
    return "".join(chance.choice("bdfgklmnrst") + chance.choice("aeiou") for _ in range(chance.randint(2, 4))).capitalize()


def _run(kind: str, active: int) -> dict[str, object]:
    """Place headlines until the window is full and history long; tell of the first that filled it, and of the last."""
    generator = np.random.default_rng(SEED)
    grouper = StoryGrouper(rules_for(E5 if kind == "meaning" else None), Meanings(DIMENSIONS) if kind == "meaning" else None)
    total = max(PLACED, active + MEASURED)
    took: list[float] = []
    joined = 0
    early = cpu = wall = 0.0
    for number, headline in enumerate(headlines(active)):
        if number == total:
            break
        said = headline
        if kind == "meaning":
            said = replace(headline, meaning=generator.standard_normal(DIMENSIONS).astype(np.float16).tobytes())
        started, started_cpu = time.perf_counter(), time.process_time()
        placement = grouper.place(said)
        elapsed, elapsed_cpu = time.perf_counter() - started, time.process_time() - started_cpu
        if active <= number < active + MEASURED:
            early += elapsed_cpu
        if number >= total - MEASURED:
            took.append(elapsed)
            cpu, wall = cpu + elapsed_cpu, wall + elapsed
            joined += placement.story_id != said.entry_id
    ranks = [rank * 1e3 for rank in statistics.quantiles(took, n=100)]
    return {
        "wall": wall,
        "cpu": cpu,
        "first": f"{MEASURED / early:.0f}/s of CPU when the window had just filled, {MEASURED / cpu:.0f}/s after {total:,}",
        "latency": f"median {ranks[49]:.2f} ms, 99 of 100 under {ranks[98]:.2f} ms, longest {max(took) * 1e3:.1f} ms",
        "stories": len(grouper),
        "joined": round(joined / MEASURED, 3),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(sys.argv[1], int(sys.argv[2]))))
