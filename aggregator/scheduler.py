"""The poller's clockwork: a handful of APScheduler jobs that call the flows (floor 5)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.app import Aggregator
from aggregator.errors import AggregatorError, StorageBusy
from aggregator.model.report import (
    ArticleReport,
    CatchUpReport,
    DeliveryReport,
    GroupReport,
    IndexReport,
    PingReport,
    PollReport,
    PruneReport,
    PublishReport,
    RankReport,
    RelateReport,
    SearchReport,
    SubscribeReport,
)

log = logging.getLogger(__name__)

INGEST_TICK = timedelta(seconds=10)
"""How often due feeds are looked for: one query on an index; feeds are due an hour apart, so 10 s is no delay."""

GROUP_TICK = timedelta(seconds=5)
"""How often new entries are assigned to topics while a pass runs; without new entries it is one query."""

CATCH_UP_TICK = timedelta(seconds=5)
"""How often it is looked for what could only be compared by words; if there is nothing, it is three small queries."""

INDEX_TICK = timedelta(seconds=5)
"""How often new entries are made searchable; without any it is one query."""

RELATE_TICK = timedelta(seconds=15)
"""How often related stories are looked for; without a change it is three small queries."""

RETAIN_TICK = timedelta(hours=24)

DELIVERY_TICK = timedelta(seconds=0.5)
"""How often it is looked for what hubs delivered: one query on an index that is empty nearly always."""

PING_TICK = timedelta(seconds=1)
SUBSCRIBE_TICK = timedelta(minutes=1)

RANK_TICK = timedelta(seconds=10)
"""How often a new quantum of the ranking is looked for; between quanta it is one look at a note."""

ARTICLE_TICK = timedelta(minutes=1)
SITE_TIME = timedelta(minutes=5)
"""What a pass of ingest may take for the feeds of one site, with the gap between requests: it ends with the last of them, and
what falls due meanwhile waits for the next."""

SEARCH_TICK = timedelta(hours=1)
"""How often it is looked for feeds that are gone; each is searched for once a week."""

Report = (
    PollReport
    | GroupReport
    | CatchUpReport
    | IndexReport
    | RankReport
    | RelateReport
    | PublishReport
    | PruneReport
    | DeliveryReport
    | SubscribeReport
    | PingReport
    | ArticleReport
    | SearchReport
)


def run_jobs(aggregator: Aggregator, stop: threading.Event) -> None:
    """Poll, group, publish and prune until `stop` is set; then let what runs come to a safe end.

    Each flow is one job that never overlaps itself; the flows meet in the store only, so they may overlap each other.
    """
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(9)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    flows: list[tuple[str, Callable[[], Report], timedelta]] = [
        ("ingest", partial(aggregator.poll, site_feeds=_site_feeds(aggregator.settings.fetch.per_host_gap)), INGEST_TICK),
        ("grouping", aggregator.group, GROUP_TICK),
        ("catching up", aggregator.catch_up, CATCH_UP_TICK),
        ("indexing", aggregator.index, INDEX_TICK),
        ("relating", aggregator.relate, RELATE_TICK),
        ("ranking", aggregator.rank, RANK_TICK),
        ("publish", aggregator.publish, aggregator.settings.publishing.interval),
        ("retain", aggregator.prune, RETAIN_TICK),
    ]
    flows.append(("search", aggregator.search_lost_feeds, SEARCH_TICK))
    if any(feed.full_text for feed in aggregator.settings.feeds):
        flows.append(("articles", aggregator.fetch_articles, ARTICLE_TICK))
    if aggregator.settings.hubs_reach_us:
        flows.append(("deliveries", aggregator.take_in_deliveries, DELIVERY_TICK))
        flows.append(("subscribe", aggregator.subscribe, SUBSCRIBE_TICK))
    if aggregator.settings.push.hub:
        flows.append(("ping", aggregator.ping, PING_TICK))
    for name, flow, every in flows:
        scheduler.add_job(
            _guarded(name, flow),
            "interval",
            seconds=every.total_seconds(),
            id=name,
            next_run_time=aggregator.clock.now(),
        )
    scheduler.start()
    stop.wait()
    aggregator.stop()
    scheduler.shutdown(wait=True)


def _site_feeds(gap: timedelta) -> int | None:
    """Return how many feeds of one site a pass may poll, None where nothing has to be waited for."""
    return max(1, SITE_TIME // gap) if gap else None


def _guarded(name: str, flow: Callable[[], Report]) -> Callable[[], None]:
    """Return the flow as a job: what it did is logged, what it raises never ends the clockwork."""

    def job() -> None:
        try:
            report = flow()
        except CancelledError:
            log.info("%s ended early, the rest waits", name)
        except StorageBusy as error:
            log.warning("%s put off, the store is busy: %s", name, error)
        except AggregatorError as error:
            log.error("%s failed, next try at the next tick: %s", name, error)  # noqa: TRY400 - the sentence is the message
        except Exception:  # the boundary of the clockwork
            log.exception("%s failed", name)
        else:
            _log_report(name, report)

    return job


def _log_report(name: str, report: Report) -> None:
    """Log what a flow did, in one line; a flow that found nothing to do says nothing."""
    if isinstance(report, PollReport):
        for failure in report.failures:
            log.warning("feed failed url=%s error=%s reason=%r", failure.url, failure.error, failure.reason)
    counts = {key: value for key, value in asdict(report).items() if isinstance(value, int) and value}
    if counts.keys() - {"unchanged", "lists"}:
        log.info("%s %s", name, " ".join(f"{key}={value}" for key, value in counts.items()))
