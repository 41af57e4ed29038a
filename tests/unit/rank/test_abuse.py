from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.rank.abuse import (
    AFTER_FETCH,
    BURST_SPAN,
    HANDFUL,
    NETWORK_FLOOR,
    NEW_ACCOUNT,
    READS_AN_HOUR,
    Claim,
    ReadLedger,
    Site,
    network_cap,
    usual_share,
    why_not_at_level,
)
from aggregator.rank.counting import NotCounted
from aggregator.rank.levels import Level

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLUB = Site(level=Level.CLUB)
HOME = b"home"
OFFICE = b"office"


def claim(
    story: int = 1,
    reader: object = "a",
    *,
    at: datetime = NOON,
    network: bytes | None = None,
    account_since: datetime | None = None,
) -> Claim:
    return Claim(story=story, reader=str(reader).encode(), at=at, network=network, account_since=account_since)


def known_ledger(*, office: int, others: int) -> ReadLedger:
    """Return a ledger that saw so many reads of an office and of others, each elsewhere, all of other stories."""
    ledger = ReadLedger()
    for number in range(office):
        assert ledger.judge(claim(10_000 + number, f"o{number}", network=OFFICE), CLUB) is None
    for number in range(others):
        assert ledger.judge(claim(20_000 + number, f"x{number}", network=b"n%d" % number), CLUB) is None
    return ledger


def counted(ledger: ReadLedger, claims: list[Claim], site: Site = CLUB) -> int:
    return sum(ledger.judge(each, site) is None for each in claims)


def votes(number: int, *, story: int = 1, network: bytes = HOME, at: datetime = NOON) -> list[Claim]:
    return [claim(story, f"{network.decode()}-{story}-{each}", network=network, at=at) for each in range(number)]


def test_a_visitor_counts_sixty_times_an_hour_and_again_in_the_next() -> None:
    ledger = ReadLedger()
    verdicts = [ledger.judge(claim(story), CLUB) for story in range(READS_AN_HOUR + 2)]
    assert verdicts == [None] * READS_AN_HOUR + [NotCounted.OVER_ACTIVE] * 2
    assert ledger.judge(claim(1000, "b"), CLUB) is None
    assert ledger.judge(claim(1001, at=NOON + timedelta(hours=1)), CLUB) is None


def test_a_repeat_uses_up_nothing() -> None:
    ledger = ReadLedger()
    assert [ledger.judge(claim(1, network=HOME), CLUB) for _ in range(READS_AN_HOUR + 10)] == [None] * (READS_AN_HOUR + 10)
    assert ledger.judge(claim(2), CLUB) is None
    assert counted(ledger, votes(9)) == NETWORK_FLOOR - 1


def test_what_comes_an_hour_late_does_not_open_the_hour_anew() -> None:
    ledger = ReadLedger()
    counted(ledger, [claim(story, at=NOON) for story in range(READS_AN_HOUR)])
    assert ledger.judge(claim(999, at=NOON - timedelta(minutes=30)), CLUB) is NotCounted.OVER_ACTIVE


def test_a_new_account_counts_a_handful_of_times() -> None:
    ledger = ReadLedger()
    since = NOON - timedelta(hours=1)
    reads = [claim(story, account_since=since, at=NOON + story * timedelta(minutes=5)) for story in range(HANDFUL + 3)]
    assert [ledger.judge(each, CLUB) for each in reads] == [None] * HANDFUL + [NotCounted.NEW_ACCOUNT] * 3


def test_an_account_is_free_of_the_handful_when_it_is_a_day_old() -> None:
    ledger = ReadLedger()
    since = NOON - NEW_ACCOUNT + SECOND
    counted(ledger, [claim(story, account_since=since) for story in range(HANDFUL)])
    assert ledger.judge(claim(50, account_since=since), CLUB) is NotCounted.NEW_ACCOUNT
    assert ledger.judge(claim(50, account_since=since, at=NOON + SECOND), CLUB) is None


def test_a_burst_just_after_a_feed_fetch_is_a_program_and_stays_one_for_the_day() -> None:
    ledger = ReadLedger()
    ledger.saw_fetch(b"a", NOON)
    burst = [ledger.judge(claim(story, at=NOON + story * SECOND), CLUB) for story in range(1, 9)]
    assert burst == [None, None] + [NotCounted.AFTER_FETCH] * 6
    ledger.saw_fetch(b"a", NOON + timedelta(hours=1))
    assert ledger.judge(claim(50, at=NOON + timedelta(hours=1, seconds=20)), CLUB) is NotCounted.AFTER_FETCH


def test_a_known_program_counts_again_when_it_has_not_just_fetched() -> None:
    """The person may use the same program; it only loads in advance when it fetched."""
    ledger = ReadLedger()
    ledger.saw_fetch(b"a", NOON)
    counted(ledger, [claim(story, at=NOON + story * SECOND) for story in range(5)])
    assert ledger.judge(claim(50, at=NOON + AFTER_FETCH + SECOND), CLUB) is None


def test_a_person_who_clicks_one_after_the_other_after_a_fetch_counts() -> None:
    ledger = ReadLedger()
    ledger.saw_fetch(b"a", NOON)
    clicks = [claim(story, at=NOON + story * BURST_SPAN) for story in range(1, 12)]
    assert counted(ledger, clicks) == len(clicks)


def test_a_burst_without_a_feed_fetch_counts() -> None:
    ledger = ReadLedger()
    ledger.saw_fetch(b"another", NOON)
    assert counted(ledger, [claim(story, at=NOON) for story in range(10)]) == 10


def test_an_account_that_sends_its_reads_after_a_sync_is_no_burst() -> None:
    ledger = ReadLedger()
    ledger.saw_fetch(b"a", NOON)
    reads = [claim(story, at=NOON, account_since=NOON - timedelta(days=9)) for story in range(20)]
    assert counted(ledger, reads, CLUB) == 20


def test_one_network_counts_once_for_a_story_nobody_else_reads() -> None:
    ledger = known_ledger(office=0, others=50)
    assert [ledger.judge(each, CLUB) for each in votes(4)] == [None, *[NotCounted.NETWORK] * 3]
    assert counted(ledger, votes(4, story=2)) == NETWORK_FLOOR


def test_one_network_has_three_per_cent_of_a_story_that_many_read() -> None:
    ledger = ReadLedger()
    assert counted(ledger, [claim(1, f"x{number}", network=b"n%d" % number) for number in range(200)]) == 200
    assert counted(ledger, votes(50)) == 6


def test_an_office_keeps_twice_its_usual_share_of_a_story() -> None:
    share = usual_share(network=150, all_reads=350)
    assert share == 0.375
    office, stranger = known_ledger(office=150, others=200), known_ledger(office=0, others=350)
    for ledger in (office, stranger):
        counted(ledger, [claim(1, f"x{number}", network=b"n%d" % number) for number in range(20)])
    assert counted(office, votes(20, network=OFFICE)) == 20
    assert counted(stranger, votes(20, network=OFFICE)) == NETWORK_FLOOR


def test_stuffing_one_story_makes_no_usual_share() -> None:
    ledger = known_ledger(office=0, others=200)
    for hour in range(12):
        counted(ledger, votes(200, at=NOON + timedelta(hours=hour)))
    assert counted(ledger, votes(200, at=NOON + timedelta(hours=13))) == NETWORK_FLOOR  # the same visitors, all repeats
    assert counted(ledger, votes(9, story=2)) == NETWORK_FLOOR


def test_a_new_day_gives_a_network_its_places_again_and_remembers_half_of_its_usual_share() -> None:
    ledger = known_ledger(office=150, others=200)
    tomorrow = NOON + timedelta(days=1)
    counted(ledger, [claim(1, f"x{number}", network=b"n%d" % number, at=tomorrow) for number in range(20)])
    assert usual_share(network=75, all_reads=175) == pytest.approx(1 / 3)
    assert counted(ledger, votes(20, network=OFFICE, at=tomorrow)) == 20


def test_an_account_is_free_of_the_cap_of_its_network() -> None:
    ledger = known_ledger(office=0, others=50)
    old = NOON - timedelta(days=30)
    reads = [claim(1, f"account-{number}", network=HOME, account_since=old) for number in range(10)]
    assert counted(ledger, reads) == 10


def test_a_reader_whose_network_is_unknown_is_not_capped() -> None:
    assert counted(ReadLedger(), [claim(1, number) for number in range(10)]) == 10


def test_a_household_has_no_cap_for_everybody_sits_behind_one_address() -> None:
    assert counted(ReadLedger(), votes(10), Site(level=Level.HOUSEHOLD)) == 10


def test_in_a_household_only_accounts_count_once_there_is_one() -> None:
    household = Site(level=Level.HOUSEHOLD, has_accounts=True)
    assert why_not_at_level(household, account=False) is NotCounted.ANONYMOUS
    assert why_not_at_level(household, account=True) is None
    assert why_not_at_level(Site(level=Level.HOUSEHOLD), account=False) is None
    assert why_not_at_level(Site(level=Level.CLUB, has_accounts=True), account=False) is None
    assert ReadLedger().judge(claim(), household) is NotCounted.ANONYMOUS


def test_a_cap_is_the_largest_of_its_three_parts() -> None:
    assert network_cap(readers=10, share=0.0) == NETWORK_FLOOR
    assert network_cap(readers=1000, share=0.01) == pytest.approx(30)
    assert network_cap(readers=1000, share=0.2) == pytest.approx(400)


def test_a_first_reader_does_not_pass_for_half_the_site() -> None:
    assert usual_share(network=1, all_reads=1) < 0.02
    assert usual_share(network=-1, all_reads=-3) == 0.0


def test_memory_is_bounded_and_what_is_over_it_counts() -> None:
    ledger = ReadLedger(limit=3)
    many = [claim(number, f"v{number}", network=b"n%d" % number) for number in range(50)]
    assert counted(ledger, many) == 50
    for number in range(50):
        ledger.saw_fetch(b"f%d" % number, NOON)
    sizes = {name: len(kept) for name, kept in vars(ledger).items() if hasattr(kept, "__len__")}
    assert max(sizes.values()) <= 3
    assert counted(ledger, [claim(100 + story, "v0", at=NOON) for story in range(100)]) == READS_AN_HOUR - 1


def test_the_latest_fetches_are_kept_when_memory_is_full() -> None:
    ledger = ReadLedger(limit=2)
    for number, reader in enumerate((b"old", b"a", b"old", b"b")):
        ledger.saw_fetch(reader, NOON + number * SECOND)
    burst = [ledger.judge(claim(story, "old", at=NOON + 5 * SECOND), CLUB) for story in range(4)]
    assert burst[2:] == [NotCounted.AFTER_FETCH] * 2
    assert counted(ledger, [claim(story, "a", at=NOON + 5 * SECOND) for story in range(4)]) == 4
