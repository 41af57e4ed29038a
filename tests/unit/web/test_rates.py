from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.web import rates
from aggregator.web.rates import RequestRates, network_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_network_may_ask_so_often_a_minute_and_refusals_do_not_count() -> None:
    allowed = RequestRates(limit=2)
    asked = [allowed.is_allowed(f"192.0.2.{number}", now=NOON + number * SECOND) for number in range(5)]
    assert asked == [True, True, False, False, False]
    assert allowed.is_allowed("198.51.100.1", now=NOON)
    assert allowed.is_allowed("192.0.2.9", now=NOON + 61 * SECOND)
    assert not allowed.is_allowed("192.0.2.9", now=NOON + 60 * SECOND)


def test_networks_are_what_a_subscriber_is_given() -> None:
    assert network_of("192.0.2.77") == network_of("::ffff:192.0.2.1") == "192.0.2.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("") == "unknown"


def test_the_network_silent_for_longest_is_forgotten_first() -> None:
    allowed = RequestRates(limit=1)
    for number in range(rates.MOST_NETWORKS + 1):
        assert allowed.is_allowed(f"10.{number // 250}.{number % 250}.1", now=NOON)
    assert allowed.is_allowed("10.0.0.1", now=NOON)
    assert not allowed.is_allowed("10.0.2.1", now=NOON)
