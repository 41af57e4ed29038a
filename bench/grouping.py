"""What does it cost to place a headline, as the window fills and history grows?

Headlines: real ones of the captured feeds, and made-up ones of their words, a quarter of them on an event of before. Each size
runs in a process of its own, so its memory is what the kernel says. By meaning the faster model makes the vectors meanwhile, as
in a pass of the program, in its own process; the same titles are then given to it alone. CPU is of placing, memory of both.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

from aggregator.errors import ExtraMissing
from aggregator.group.assign import Headline, StoryGrouper, rules_for
from aggregator.group.embed import E5, MODELS, USE, load_model, open_embedder
from aggregator.group.nearest import Meanings
from aggregator.pipeline.meanings import TOGETHER, MeaningsAhead
from aggregator.protocols import Embedder
from bench import stories_data
from bench.quality_keypoints import read_titles
from bench.record import MAXRSS_UNIT_BYTES, MEBIBYTE, Options, Report, Row, Sample, measure, run_program

SIZES = (1_000, 10_000, 100_000)  # active entries
KINDS = ("words", USE)
PLACED = 20_000  # entries in all, but at least a window full
MEASURED = 5_000  # the last of them
WINDOW = timedelta(hours=48)
START = datetime(2026, 6, 1, tzinfo=UTC)
SEED = 20261124
DEADLINE_SECONDS = 3_600.0
_SLICE = 3_000  # headlines that are known before they are placed, as in a pass
_ALONE = 2_048  # of the last, which are given to the model alone
_PUBLISHERS = 500
_FOLLOWED = 0.25  # of headlines tell of an event of before, in partly other words
_REAL = 0.3  # of headlines are as captured
_RECENT = 2_000  # headlines that are followed up
_EMBEDDED = 256  # titles a run
_SEARCHED = {E5: 5_000, USE: 20_000}  # titles among which the nearest are looked for; `e5` makes 50 vectors a second
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
    for kind in KINDS if _has(USE) else KINDS[:1]:
        for size in SIZES:
            _, output = run_program(
                [sys.executable, "-m", "bench.grouping", kind, str(size)], deadline_seconds=DEADLINE_SECONDS
            )
            said = json.loads(output)
            name = f"{size:,} active, {kind}"
            report.add(
                Row(
                    name=name,
                    unit="headline",
                    count=MEASURED,
                    samples=(Sample(wall_seconds=said["wall"], cpu_seconds=said["cpu"], peak_bytes=said["peak"]),),
                )
            )
            report.facts |= {f"{name}: {key}": fact for key, fact in said["facts"].items()}
    for model in MODELS:
        try:
            embedder = load_model(model)
        except ExtraMissing:
            continue
        texts = [title for _, title in zip(range(_EMBEDDED), _titles(), strict=False)]
        report.add(measure(f"{embedder.name} alone", lambda: embedder.embed(texts), count=len(texts), unit="headline"))  # noqa: B023 - called before the loop goes on
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


def _has(model: str) -> bool:
    try:
        return open_embedder(model) is not None
    except ExtraMissing:
        return False


def _run(kind: str, active: int) -> dict[str, object]:
    """Place headlines until the window is full and history long; tell of the first that filled it, and of the last."""
    embedder = open_embedder(kind) if kind in MODELS else None
    grouper = StoryGrouper(rules_for(embedder.name if embedder else None), Meanings(embedder.dimensions) if embedder else None)
    total = max(PLACED, active + MEASURED)
    stream = headlines(active)
    took: list[float] = []
    joined = number = 0
    early = placing = wall = cpu = 0.0
    texts: list[str] = []
    while number < total:
        is_measured = number >= total - MEASURED
        part = list(islice(stream, min(_SLICE, (total if is_measured else total - MEASURED) - number)))
        texts = [headline.title for headline in part]
        started, started_cpu = time.perf_counter(), time.process_time()
        with _vectors(embedder, texts) as vectors:
            for headline in part:
                said = replace(headline, meaning=vectors.get(headline.title)) if vectors else headline
                begun, begun_cpu = time.perf_counter(), time.thread_time()
                placement = grouper.place(said)
                elapsed, elapsed_cpu = time.perf_counter() - begun, time.thread_time() - begun_cpu
                if active <= number < active + MEASURED:
                    early += elapsed_cpu
                if is_measured:
                    took.append(elapsed)
                    placing += elapsed_cpu
                    joined += placement.story_id != said.entry_id
                number += 1
        if is_measured:
            wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - started_cpu
    ranks = [rank * 1e3 for rank in statistics.quantiles(took, n=100)]
    facts: dict[str, object] = {
        "placing": f"{1e3 * early / MEASURED:.2f} ms of CPU a headline when the window had just filled, "
        f"{1e3 * placing / MEASURED:.2f} ms after {total:,}",
        "latency of placing": f"median {ranks[49]:.2f} ms, 99 of 100 under {ranks[98]:.2f} ms, "
        f"longest {max(took) * 1e3:.1f} ms",
        "stories": len(grouper),
        "joined": round(joined / MEASURED, 3),
    }
    facts |= _alone(embedder, texts[-_ALONE:], MEASURED / wall)
    own = _peak(resource.RUSAGE_SELF)
    del embedder, vectors  # with them ends the process of the model, of which is known then what it took
    model = _peak(resource.RUSAGE_CHILDREN)
    if model:
        facts["memory"] = f"{own / MEBIBYTE:.0f} MiB and {model / MEBIBYTE:.0f} MiB in the process of the model"
    return {"wall": wall, "cpu": cpu, "peak": own + model, "facts": facts}


def _peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * MAXRSS_UNIT_BYTES


def _vectors(embedder: Embedder | None, texts: Sequence[str]) -> AbstractContextManager[MeaningsAhead | None]:
    """Return what makes the vectors as a pass does, only with all the time it needs."""
    if embedder is None:
        return nullcontext()
    return MeaningsAhead(embedder, {}, asked=texts, preferred=texts, elapsed=lambda: 0.0)


def _alone(embedder: Embedder | None, texts: Sequence[str], together: float) -> dict[str, object]:
    """Tell what the model makes of titles alone, against `together`: headlines a second while they were placed, too."""
    if embedder is None:
        return {}
    started = time.perf_counter()
    for start in range(0, len(texts), TOGETHER):
        embedder.embed(texts[start : start + TOGETHER])
    rate = len(texts) / (time.perf_counter() - started)
    return {"model": f"{rate:.0f}/s alone, {together:.0f}/s with placing beside it: {together / rate:.0%}"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(sys.argv[1], int(sys.argv[2]))))
