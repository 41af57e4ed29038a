"""Forms sent to hubs, one at a time, through the same guard and the same limits as what is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

import pycurl

from aggregator.errors import FetchError
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.http import Exchange, Visit, trusted_certificates
from aggregator.fetch.politeness import FetchLimits
from aggregator.model.fetching import Fetched, FetchRequest


class FormPoster:
    """`Poster` over libcurl. A handle is made for each form: hubs are asked seldom."""

    def __init__(self, *, limits: FetchLimits, guard: AddressGuard, user_agent: str) -> None:
        self._limits = limits
        self._guard = guard
        self._agent = user_agent

    def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Send the form and wait for the answer. A redirect is a failure: who speaks for a hub is said in the feed.

        Raises: FetchError unless the answer is a 2xx.
        """
        visit = Visit.of(FetchRequest(url=url, accept="*/*"), self._guard)
        exchange = Exchange(limits=self._limits, guard=self._guard, agent=self._agent, certificates=trusted_certificates())
        try:
            exchange.open(visit)
            exchange.curl.setopt(pycurl.POSTFIELDS, urlencode(fields))
            code, detail = 0, ""
            try:
                exchange.curl.perform()
            except pycurl.error as error:
                code, detail = int(error.args[0]), str(error.args[-1])
            outcome = exchange.close(code, detail, now=datetime.now(UTC))
        finally:
            exchange.curl.close()
        if isinstance(outcome, Visit):
            raise FetchError("the hub redirects", feed_url=url)
        if isinstance(outcome, FetchError) and not _is_success(outcome.status):
            raise outcome
        if not isinstance(outcome, FetchError | Fetched):
            raise FetchError("the hub answered 304 (Not Modified) to a form", feed_url=url)


def _is_success(status: int | None) -> bool:
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
