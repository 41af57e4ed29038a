"""Figures for Prometheus (text format 0.0.4): sums over everybody, so nothing in them is about anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.errors import AccessDenied
from aggregator.web.site import Web, web_of
from aggregator.web.visitors import is_trusted

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which proxies say that the request is not their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure; `label` is the name of its label, if it has one."""

    name: str
    kind: Literal["counter", "gauge"]
    label: str | None = None
    meaning: str


READS = Metric(
    name="aggregator_reads_total",
    kind="counter",
    label="via",
    meaning="Reads that counted since the web process started, repetitions of known readers included, by the way they came.",
)
DISCARDED = Metric(
    name="aggregator_reads_discarded_total",
    kind="counter",
    label="reason",
    meaning="Requests since the web process started that were no reads, by reason.",
)
FEEDS = Metric(name="aggregator_feeds", kind="gauge", label="state", meaning="Configured feeds by state.")
ENTRIES = Metric(name="aggregator_entries", kind="gauge", meaning="Entries in the store.")
DOCUMENTS = Metric(name="aggregator_documents", kind="gauge", meaning="Rendered documents of the feeds we emit.")
PASS_AGE = Metric(
    name="aggregator_last_pass_age_seconds",
    kind="gauge",
    meaning="Seconds since the last pass over the feeds ended; missing before the first.",
)
SIZE = Metric(name="aggregator_database_size_bytes", kind="gauge", meaning="What the database takes on disk, in bytes.")
METRICS = (READS, DISCARDED, FEEDS, ENTRIES, DOCUMENTS, PASS_AGE, SIZE)


def serve_metrics(request: Request) -> Response:
    """Serve the figures to the peers of the settings.

    The address that counts is that of the connection; X-Forwarded-For is believed by nobody here. A request that came
    through a proxy is refused, or a proxy on this machine would open the figures to all.

    Raises: AccessDenied.
    """
    web = web_of(request)
    peer = request.client.host if request.client else ""
    if not is_trusted(peer, web.metrics_from) or any(name in request.headers for name in FORWARDED):
        raise AccessDenied("metrics are not for this peer")
    return PlainTextResponse("".join(_write(web)), media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})


def _write(web: Web) -> Iterator[str]:
    now = web.clock.now()
    figures = web.recent_figures.get(now=now)
    counts = figures.counts
    settled = {"ok": counts.feeds_ok, "failing": counts.feeds_failing, "gone": counts.feeds_gone}
    yield from _labelled(READS, {str(via): count for via, count in dict(web.recorder.counted).items()})
    yield from _labelled(DISCARDED, dict(web.recorder.discarded))  # copies: reads go on being counted
    yield from _labelled(FEEDS, {"new": counts.feeds - sum(settled.values()), **settled})
    yield from _plain(ENTRIES, counts.entries)
    yield from _plain(DOCUMENTS, figures.documents)
    if counts.last_pass_at is not None:
        yield from _plain(PASS_AGE, (now - counts.last_pass_at).total_seconds())
    yield from _plain(SIZE, figures.size_bytes)


def _plain(metric: Metric, value: float) -> Iterator[str]:
    yield from _head(metric)
    yield f"{metric.name} {value}\n"


def _labelled(metric: Metric, values: Mapping[str, int]) -> Iterator[str]:
    yield from _head(metric)
    for label, value in sorted(values.items()):
        yield f'{metric.name}{{{metric.label}="{label}"}} {value}\n'


def _head(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.meaning}\n# TYPE {metric.name} {metric.kind}\n"
