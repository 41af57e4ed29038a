"""How long does a document take, on the way it is sent, and how far is that from feedparser alone?

The corpus is the real feeds beside the checkout (as captured: RSS, RDF, Atom, broken ones), without JSON Feeds, which
feedparser does not read. `fast` is run on the feeds it takes only, and feedparser on those once more. feedparser sanitises
and resolves, `universal` is feedparser without both, which are the work of `normalise`.

`python -m bench.parse --fallbacks` names the feeds that the fast path leaves to feedparser, and why, and measures nothing.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser

from aggregator.errors import NotAFeed
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser
from aggregator.parse.decode import Decoded, decode
from aggregator.parse.fast import parse_fast, read_fast
from aggregator.parse.fast_names import Declined
from aggregator.parse.universal import parse_universal
from bench.record import Options, Report, Row, Sample, sample

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds" / "real"
URL = "https://feeds.example.org/feed.xml"
BASELINE = "feedparser"
HEADERS = {"content-type": "application/xml; charset=utf-8"}


def bench(options: Options) -> Iterator[Report]:
    """Measure all contenders in turn, `options.runs` times."""
    bodies = _bodies(options.feeds)
    documents = [decode(body) for body in bodies]
    taken, declined = _divide(documents)
    contenders: dict[str, tuple[str, int, Callable[[], object]]] = {
        BASELINE: ("all", len(bodies), lambda: [_feedparser(body) for body in bodies]),
        "universal": ("all", len(bodies), lambda: [_universal(document) for document in documents]),
        "FeedParser": ("all", len(bodies), lambda: [_choose(body) for body in bodies]),
        "fast": ("taken by fast", len(taken), lambda: [parse_fast(document) for document in taken]),
        "feedparser ": ("taken by fast", len(taken), lambda: [_feedparser(document.body) for document in taken]),
    }
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for run in range(options.runs + 1):
        for name, (_, _, work) in contenders.items():
            one = sample(work)
            if run:  # the first run warms up
                samples[name].append(one)
    report = Report(
        name="parse",
        question="how long does a document take?",
        corpus=f"{len(bodies)} real feeds, {sum(map(len, bodies)) / 2**20:.1f} MiB",
        baseline=BASELINE,
    )
    for name, (kind, count, _) in contenders.items():
        report.add(Row(name=name.strip(), work=kind, unit="feed", count=count, samples=tuple(samples[name])))
    report.facts["entries"] = sum(_choose(body) for body in bodies)
    report.facts["share of the fast path"] = f"{len(taken)} of {len(bodies)}"
    report.facts |= {f"declined: {reason}": count for reason, count in declined.most_common()}
    yield report


def measure() -> dict[str, float]:
    """Return CPU milliseconds a feed (median) by contender."""
    (report,) = bench(Options())
    return {f"{row.name}, {row.work}": row.cpu_milliseconds.median for row in report.rows}


def _bodies(limit: int | None) -> list[bytes]:
    return [path.read_bytes() for path in _paths()[:limit]]


def _paths() -> list[Path]:
    """Return the real feeds but JSON Feeds."""
    if not CORPUS.is_dir():
        raise SystemExit("the shared corpus of real feeds is not beside the checkout")
    return sorted(path for path in CORPUS.iterdir() if path.suffix not in {".tsv", ".json"})


def _divide(documents: list[Decoded]) -> tuple[list[Decoded], Counter[str]]:
    taken: list[Decoded] = []
    declined: Counter[str] = Counter()
    for document in documents:
        try:
            read_fast(document)
        except Declined as reason:
            declined[str(reason)] += 1
        else:
            taken.append(document)
    return taken, declined


def _feedparser(body: bytes) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return len(feedparser.parse(io.BytesIO(body), response_headers=HEADERS).entries)


def _universal(document: Decoded) -> int:
    try:
        return len(parse_universal(document, feed_url=URL).entries)
    except NotAFeed:
        return 0


def _choose(body: bytes) -> int:
    try:
        return len(FeedParser().parse(Fetched(url=URL, body=body)).entries)
    except NotAFeed:
        return 0


def fallbacks() -> Iterator[str]:
    """Yield a line for every real feed that the fast path leaves to feedparser, with the cause, and one for the share."""
    documents = {path.name: decode(path.read_bytes()) for path in _paths()}
    left = 0
    for name, document in documents.items():
        try:
            read_fast(document)
        except Declined as reason:
            left += 1
            detail = f" ({reason.__cause__})" if reason.__cause__ else ""
            outcome = f"{_choose(document.body)} entries"
            yield f"{name}: {reason}{detail}; feedparser reads {outcome}"
    yield f"{left} of {len(documents)} real feeds are left to feedparser: {100 * left / len(documents):.1f} %"


if __name__ == "__main__":
    if "--fallbacks" in sys.argv:
        for told in fallbacks():
            sys.stdout.write(told + "\n")
    else:
        for answer in bench(Options()):
            sys.stdout.write(answer.table() + "\n")
