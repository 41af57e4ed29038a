from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.library import login_limits as limits
from aggregator.library.login_limits import MOST_KEYS, LoginLimiter

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HERE, NEXT_DOOR, ELSEWHERE = "203.0.113.9", "203.0.113.10", "198.51.100.1"


def blocked(limiter: LoginLimiter, address: str, name: str, *, after: int = 0) -> bool:
    return limiter.is_blocked(address=address, name=name, now=NOON + timedelta(seconds=after))


def fail(limiter: LoginLimiter, address: str, name: str, times: int) -> None:
    for _ in range(times):
        limiter.failed(address=address, name=name, now=NOON)


def test_five_failures_block_an_account_from_everywhere_for_a_minute() -> None:
    limiter = LoginLimiter()
    fail(limiter, HERE, "anna", 4)
    assert not blocked(limiter, HERE, "anna")
    fail(limiter, ELSEWHERE, "Anna", 1)
    assert blocked(limiter, "192.0.2.1", "ANNA")
    assert not blocked(limiter, "192.0.2.1", "berta")
    assert blocked(limiter, HERE, "anna", after=59)
    assert not blocked(limiter, HERE, "anna", after=60)


def test_ten_failures_block_a_network() -> None:
    limiter = LoginLimiter()
    for number in range(10):
        assert not blocked(limiter, NEXT_DOOR, "zoe")
        fail(limiter, HERE, f"guess {number}", 1)
    assert blocked(limiter, NEXT_DOOR, "zoe")
    assert not blocked(limiter, ELSEWHERE, "zoe")


def test_networks_are_what_one_subscriber_has() -> None:
    limiter = LoginLimiter()
    fail(limiter, "2001:db8:1:2::1", "a", 5)
    fail(limiter, "2001:db8:1:ffff::9", "b", 5)
    assert blocked(limiter, "2001:db8:1::", "c")
    assert not blocked(limiter, "2001:db8:2::", "c")
    fail(limiter, "::ffff:203.0.113.9", "d", 5)
    fail(limiter, HERE, "e", 5)
    assert blocked(limiter, NEXT_DOOR, "f")
    fail(limiter, "no address", "g", 5)
    fail(limiter, "", "h", 5)
    assert blocked(limiter, "testclient", "i")


def test_memory_is_bounded() -> None:
    limiter = LoginLimiter()
    for number in range(MOST_KEYS):
        fail(limiter, f"10.{number // 256 % 256}.{number % 256}.1", f"name {number}", 1)
    assert len(limiter._failures) == limits.MOST_KEYS
