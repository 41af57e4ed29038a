"""WebSub from end to end on loopback: a feed's hub tells us, our hub tells our readers, and both at once."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.fetch.websub import sign
from aggregator.model.feed import Feed
from aggregator.model.push import PushState, Subscription
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import item, rss
from tests.fakes.hub import Hub
from tests.fakes.origin import Answer, Origin
from tests.fakes.running_site import RunningSite, run_site

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOPICS = "topics: [{slug: alles, title: Alles, tags: [alle]}]\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def site(tmp_path: Path, database_url: str, origin: Origin, hub: Hub, clock: FakeClock) -> Iterator[RunningSite]:
    """An aggregator whose one feed, polled once, names the hub in its header."""
    serve(origin, hub, item("Eins", "https://a.example/1", at=NOW - DAY))
    config = f"push: {{enabled: true}}\nfeeds: [{{url: '{origin.url('/feed')}', tags: [alle]}}]\n{TOPICS}"
    with run_site(tmp_path, config, clock=clock, database_url=database_url) as running:
        running.aggregator.poll()
        yield running


def serve(origin: Origin, hub: Hub, *items: str) -> None:
    link = f'<{hub.url}>; rel="hub", <{origin.url("/feed")}>; rel="self"'
    headers = {"Content-Type": "application/rss+xml", "Link": link, "ETag": '"1"'}
    origin.answer("/feed", Answer(body=rss(*items), headers=headers))


def subscribe(site: RunningSite, hub: Hub) -> Subscription:
    site.aggregator.subscribe()
    hub.settle()
    subscription = subscription_of(site, hub)
    assert subscription is not None
    return subscription


def subscription_of(site: RunningSite, hub: Hub) -> Subscription | None:
    with site.aggregator.storage.read() as tx:
        return tx.push.find(hub.asked[-1]["hub.callback"].rpartition("/")[2])


def feed_of(site: RunningSite) -> Feed:
    with site.aggregator.storage.read() as tx:
        return tx.feeds.all()[0]


def titles(site: RunningSite) -> list[str]:
    with site.aggregator.storage.read() as tx:
        return [entry.data.title for entry in tx.entries.newest(limit=20)]


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_what_a_hub_delivers_stands_in_our_feed_without_a_poll(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    asked = len(origin.requests)

    hub.deliver(origin.url("/feed"), rss(item("Zwei", "https://a.example/2", at=NOW)))
    report = site.aggregator.take_in_deliveries()

    assert hub.answers == [202]
    assert (report.deliveries, report.new) == (1, 1)
    assert "<title>Zwei</title>" in get(f"{site.base_url}/topics/alles.rss")[1]
    assert len(origin.requests) == asked


def test_a_feed_with_a_live_lease_is_polled_once_a_day_and_without_one_as_before(
    site: RunningSite, hub: Hub, clock: FakeClock
) -> None:
    subscribe(site, hub)
    clock.advance(DAY)
    site.aggregator.poll()
    pushed = feed_of(site).poll
    clock.advance(10 * DAY)  # the lease has ended
    site.aggregator.poll(everything=True)
    unpushed = feed_of(site).poll

    assert pushed.next_poll_at is not None
    assert pushed.next_poll_at - (NOW + DAY) >= DAY
    assert unpushed.interval is not None
    assert unpushed.interval < DAY or unpushed.last_new_entry_at is None or clock.at - unpushed.last_new_entry_at > DAY


def test_a_delivery_changes_nothing_of_how_the_server_is_asked(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    before = feed_of(site)

    hub.deliver(origin.url("/feed"), rss(item("Zwei", "https://a.example/2", at=NOW)))
    site.aggregator.take_in_deliveries()
    after = feed_of(site)

    assert after.poll.validators == before.poll.validators
    assert after.poll.next_poll_at == before.poll.next_poll_at
    assert after.poll.last_polled_at == before.poll.last_polled_at
    assert after.poll.body_hash == before.poll.body_hash
    assert after.data == before.data
    assert after.poll.last_new_entry_at == NOW


def test_a_wrong_signature_gets_the_same_answer_and_is_discarded(site: RunningSite, hub: Hub) -> None:
    subscribe(site, hub)
    body = rss(item("Falsch", "https://a.example/falsch", at=NOW))

    status = hub.post(hub.asked[-1]["hub.callback"], body, {"X-Hub-Signature": sign(body, "a guess")})
    report = site.aggregator.take_in_deliveries()

    assert status == 202
    assert report.deliveries == 0
    assert titles(site) == ["Eins"]


def test_an_unsigned_delivery_is_not_believed_but_the_feed_is_polled_after_its_hour(
    site: RunningSite, hub: Hub, clock: FakeClock
) -> None:
    subscribe(site, hub)
    clock.advance(timedelta(minutes=10))

    status = hub.post(hub.asked[-1]["hub.callback"], rss(item("Falsch", "https://a.example/f", at=NOW)), {})
    site.aggregator.take_in_deliveries()

    assert status == 202
    assert titles(site) == ["Eins"]
    assert feed_of(site).poll.next_poll_at == NOW + timedelta(hours=1)


def test_a_delivery_sent_again_does_not_bring_back_what_was_corrected(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    wrong = rss(item("Irrtum", "https://a.example/2", guid="2", at=NOW))
    for body in (wrong, rss(item("Richtig", "https://a.example/2", guid="2", at=NOW)), wrong):
        hub.deliver(origin.url("/feed"), body)
        site.aggregator.take_in_deliveries()

    assert titles(site) == ["Richtig", "Eins"]
    assert hub.answers == [202, 202, 202]


def test_two_deliveries_waiting_together_are_taken_in_in_their_order(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    for title in ("Irrtum", "Richtig"):
        hub.deliver(origin.url("/feed"), rss(item(title, "https://a.example/2", guid="2", at=NOW)))

    report = site.aggregator.take_in_deliveries()

    assert (report.deliveries, report.new, report.modified) == (2, 1, 1)
    assert titles(site) == ["Richtig", "Eins"]


def test_a_document_that_cannot_be_read_is_let_go_and_the_next_is_read(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    hub.deliver(origin.url("/feed"), b"<html>hello</html>")
    hub.deliver(origin.url("/feed"), rss(item("Zwei", "https://a.example/2", at=NOW)))

    report = site.aggregator.take_in_deliveries()

    assert (report.deliveries, report.failed, report.new) == (2, 1, 1)
    assert site.aggregator.take_in_deliveries().deliveries == 0


def test_the_lease_is_renewed_with_the_same_callback(site: RunningSite, hub: Hub, clock: FakeClock) -> None:
    first = subscribe(site, hub)
    clock.advance(7 * DAY)
    assert site.aggregator.subscribe().asked == 0
    clock.advance(DAY)
    second = subscribe(site, hub)

    assert [fields["hub.callback"] for fields in hub.asked] == [hub.asked[0]["hub.callback"]] * 2
    assert second.token == first.token
    assert second.lease_until == NOW + 18 * DAY


def test_a_hub_that_fails_is_asked_again_later(site: RunningSite, hub: Hub, clock: FakeClock) -> None:
    hub.refuse = True
    assert site.aggregator.subscribe().failed == 1
    failed = subscription_of(site, hub)
    assert failed is not None
    assert failed.state is PushState.WANTED
    assert "500" in (failed.reason or "")
    assert site.aggregator.subscribe().failed == 0  # not at once

    hub.refuse = False
    clock.advance(timedelta(hours=1))

    assert subscribe(site, hub).state is PushState.ACTIVE


def test_a_question_we_did_not_ask_for_is_not_answered(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    callback = hub.asked[-1]["hub.callback"]
    query = {"hub.mode": "subscribe", "hub.topic": origin.url("/feed"), "hub.challenge": "x", "hub.lease_seconds": "1"}

    again = get(f"{callback}?{urllib.parse.urlencode(query)}")
    elsewhere = get(f"{site.base_url}/websub/guess?{urllib.parse.urlencode(query)}")

    assert (again[0], elsewhere[0]) == (404, 404)


def test_a_hub_that_denies_ends_the_lease(site: RunningSite, hub: Hub, origin: Origin) -> None:
    subscribe(site, hub)
    query = {"hub.mode": "denied", "hub.topic": origin.url("/feed"), "hub.reason": "full"}

    status, _ = get(f"{hub.asked[-1]['hub.callback']}?{urllib.parse.urlencode(query)}")

    assert status == 200
    assert feed_of(site).pushed_until is None


def test_a_callback_that_is_over_says_so_and_a_body_too_large_is_refused(
    tmp_path: Path, database_url: str, origin: Origin, hub: Hub, clock: FakeClock
) -> None:
    serve(origin, hub, item("Eins", "https://a.example/1", at=NOW))
    config = f"push: {{enabled: true}}\nfeeds: [{{url: '{origin.url('/feed')}'}}]\n"
    with run_site(tmp_path, config, clock=clock, database_url=database_url) as site:
        site.aggregator.poll()
        subscribe(site, hub)
        callback = hub.asked[-1]["hub.callback"]
        too_large = hub.post(callback, b" " * (site.aggregator.settings.fetch.max_body + 1), {"X-Hub-Signature": "sha256=0"})
        with site.aggregator.storage.write() as tx:
            tx.feeds.configure([], now=NOW)
        over = hub.post(callback, b"<rss/>", {"X-Hub-Signature": "sha256=0"})

    assert (too_large, over) == (413, 410)


def test_a_hub_at_a_private_address_is_not_asked(
    tmp_path: Path, database_url: str, origin: Origin, hub: Hub, clock: FakeClock
) -> None:
    link = '<http://10.0.0.1/hub>; rel="hub"'
    origin.answer("/feed", Answer(body=rss(item("Eins", "https://a.example/1", at=NOW)), headers={"Link": link}))
    config = f"push: {{enabled: true}}\nfeeds: [{{url: '{origin.url('/feed')}'}}]\n"
    with run_site(tmp_path, config, clock=clock, database_url=database_url) as site:
        site.aggregator.poll()

        assert site.aggregator.subscribe().failed == 1
        with site.aggregator.storage.read() as tx:
            (subscription,) = tx.push.due(now=NOW + DAY, limit=9)

    assert "10.0.0.1" in (subscription.reason or "")


def test_our_own_hub_hears_of_every_change_once_and_again_if_it_was_away(
    tmp_path: Path, database_url: str, origin: Origin, hub: Hub, clock: FakeClock
) -> None:
    serve(origin, hub, item("Eins", "https://a.example/1", at=NOW))
    config = f"push: {{hub: '{hub.url}'}}\nfeeds: [{{url: '{origin.url('/feed')}', tags: [alle]}}]\n{TOPICS}"
    with run_site(tmp_path, config, clock=clock, database_url=database_url) as site:
        aggregator = site.aggregator
        aggregator.publish()
        aggregator.ping()
        hub.settle()
        hub.asked.clear()
        aggregator.poll()
        aggregator.group()
        aggregator.publish()
        hub.refuse = True
        away = aggregator.ping()
        hub.refuse = False
        at_once = aggregator.ping()
        clock.advance(timedelta(minutes=1))
        back = aggregator.ping()
        hub.settle()
        feed = urllib.request.urlopen(f"{site.base_url}/topics/alles.atom", timeout=10)  # noqa: S310 -- loopback
        with feed:
            links, body = feed.headers["link"], feed.read().decode()

    assert (away.failed, at_once.sent, back.sent) == (3, 0, 3)
    assert sorted(fields["hub.url"] for fields in hub.asked[3:]) == [
        f"{site.base_url}/topics/alles.{form}" for form in ("atom", "json", "rss")
    ]
    assert f'<{hub.url}>; rel="hub"' in links
    assert f'href="{hub.url}" rel="hub"' in body


def test_news_goes_from_one_aggregator_to_the_other_over_a_hub(
    tmp_path: Path, database_url: str, origin: Origin, hub: Hub, clock: FakeClock
) -> None:
    serve(origin, hub, item("Eins", "https://a.example/1", at=NOW - DAY))
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    publishing = f"push: {{hub: '{hub.url}'}}\nfeeds: [{{url: '{origin.url('/feed')}', tags: [alle]}}]\n{TOPICS}"
    with run_site(tmp_path / "first", publishing, clock=clock, database_url=database_url) as first:
        first.aggregator.poll()
        first.aggregator.group()
        first.aggregator.publish()
        first.aggregator.ping()
        hub.settle()
        topic = f"{first.base_url}/topics/alles.atom"
        reading = f"push: {{enabled: true}}\nfeeds: [{{url: '{topic}', tags: [alle]}}]\n{TOPICS}"
        with run_site(tmp_path / "second", reading, clock=clock) as second:
            second.aggregator.poll()
            subscribe(second, hub)
            serve(origin, hub, item("Zwei", "https://a.example/2", at=NOW), item("Eins", "https://a.example/1", at=NOW - DAY))
            clock.advance(timedelta(hours=2))
            first.aggregator.poll(everything=True)
            first.aggregator.group()
            first.aggregator.publish()
            first.aggregator.ping()
            hub.settle()
            second.aggregator.take_in_deliveries()
            status, body = get(f"{second.base_url}/topics/alles.rss")

            assert status == 200
            assert titles(second) == ["Zwei", "Eins"]
            assert "<title>Zwei</title>" in body
