"""The rules of the flows, out of the settings."""

from __future__ import annotations

from aggregator.app.lease_owner import lease_owner
from aggregator.config import Settings
from aggregator.fetch.cadence import CadenceRules
from aggregator.pipeline.ingest import IngestRules
from aggregator.pipeline.ranking import RankingRules
from aggregator.pipeline.retain import Retention

POLLS_A_DAY = 8
"""For each feed, where no budget is set: a household's feeds get news within an hour or so by day."""


def ingest_rules(settings: Settings) -> IngestRules:
    """Return how this process polls."""
    polling = settings.polling
    return IngestRules(
        owner=lease_owner(),
        cadence=CadenceRules(
            min_interval=polling.min_interval,
            max_interval=polling.max_interval,
            invited_interval=polling.invited_interval,
        ),
        budget=polling.budget or max(len(settings.feeds), 1) * POLLS_A_DAY / 24,
        default_language=None,
    )


def ranking_rules(settings: Settings) -> RankingRules:
    """Return how stories are ranked."""
    ranking = settings.ranking
    return RankingRules(
        quantum=ranking.quantum,
        day_half_life=ranking.half_life,
        trend_half_life=ranking.trend_half_life,
        coverage=ranking.coverage_weight,
        top=ranking.top,
        min_readers=ranking.min_reads,
    )


def retention_of(settings: Settings) -> Retention:
    """Return what is kept, and for how long."""
    retention = settings.retention
    return Retention(entries=retention.entries, reads=retention.reads, keep_per_feed=retention.keep_per_feed)
