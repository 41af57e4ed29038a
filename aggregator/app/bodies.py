"""The bodies that stand behind the protocols in a running installation, made as the settings ask for."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator import __version__
from aggregator.config import Settings
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.fleet import CurlFetcher
from aggregator.fetch.http import user_agent
from aggregator.fetch.politeness import FetchLimits
from aggregator.fetch.posting import FormPoster
from aggregator.parse.choose import FeedParser
from aggregator.protocols import Parser


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""
        return datetime.now(UTC)


def make_fetcher(settings: Settings) -> CurlFetcher:
    """Return the fetcher that the settings ask for."""
    return CurlFetcher(
        limits=_limits(settings),
        guard=AddressGuard(settings.fetch.allow_private),
        user_agent=user_agent(__version__, settings.site.contact),
    )


def make_poster(settings: Settings) -> FormPoster:
    """Return what sends forms, under the same limits."""
    return FormPoster(
        limits=_limits(settings),
        guard=AddressGuard(settings.fetch.allow_private),
        user_agent=user_agent(__version__, settings.site.contact),
    )


def _limits(settings: Settings) -> FetchLimits:
    fetch = settings.fetch
    return FetchLimits(
        concurrency=fetch.concurrency,
        per_host_connections=fetch.per_host_connections,
        per_host_gap=fetch.per_host_gap,
        connect_timeout=fetch.connect_timeout,
        timeout=fetch.timeout,
        max_body_bytes=fetch.max_body,
    )


def make_parser() -> Parser:
    """Return the parser of every format."""
    return FeedParser()
