"""What a subscriber asks, checks and remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.fetch.answers import push_links_of, read_head
from aggregator.fetch.websub import ask, deny, is_signed, sign, subscribe_fields, verify, with_header_links
from aggregator.model.feed import Feed, FeedData, FeedSettings, PollState, Source
from aggregator.model.fetching import Fetched, Link
from aggregator.model.push import PushState, Subscription

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HUB = "https://hub.example/"
TOPIC = "https://a.example/feed"


def feed(*, hubs: tuple[str, ...] = (HUB,), self_url: str | None = TOPIC) -> Feed:
    return Feed(
        id=7,
        settings=FeedSettings(url="https://a.example/configured"),
        fetch_url="https://a.example/fetched",
        source=Source(site="a.example", title="A"),
        data=FeedData(hub_urls=hubs, self_url=self_url),
        poll=PollState(),
    )


def asked_for() -> Subscription:
    asked = ask(Subscription(feed_id=7), feed(), now=NOON)
    assert asked is not None
    return asked


def question(subscription: Subscription, **changed: str) -> dict[str, str]:
    fields = {"mode": "subscribe", "topic": subscription.topic_url, "challenge": "echo me", "lease_seconds": "864000"}
    return {f"hub.{name}": value for name, value in {**fields, **changed}.items()}


def test_the_hub_is_asked_with_a_callback_and_a_secret_that_nobody_guesses() -> None:
    asked, other = asked_for(), asked_for()

    assert min(len(asked.token), len(asked.secret)) >= 43
    assert len({asked.token, asked.secret, other.token, other.secret}) == 4
    assert subscribe_fields(asked, callback=f"https://we.example/websub/{asked.token}", lease=10 * DAY) == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": f"https://we.example/websub/{asked.token}",
        "hub.secret": asked.secret,
        "hub.lease_seconds": "864000",
    }


def test_a_feed_that_does_not_name_itself_is_known_by_where_it_is_polled() -> None:
    asked = ask(Subscription(feed_id=7), feed(self_url=None), now=NOON)

    assert asked is not None
    assert asked.topic_url == "https://a.example/fetched"


def test_a_feed_that_names_no_hub_any_more_is_not_asked_for() -> None:
    assert ask(asked_for(), feed(hubs=()), now=NOON) is None


def test_a_renewal_keeps_the_callback_and_a_new_hub_gets_a_new_one() -> None:
    first = asked_for()

    again = ask(first, feed(), now=NOON + DAY)
    moved = ask(first, feed(hubs=("https://other.example/",)), now=NOON + DAY)

    assert again is not None
    assert moved is not None
    assert (again.token, again.secret) == (first.token, first.secret)
    assert first.token != moved.token
    assert first.secret != moved.secret


def test_a_hub_that_does_not_answer_is_asked_ever_more_rarely() -> None:
    subscription, waits = Subscription(feed_id=7), []
    for _ in range(9):
        asked = ask(subscription, feed(), now=NOON)
        assert asked is not None
        assert asked.next_at is not None
        waits.append((asked.next_at - NOON) / timedelta(hours=1))
        subscription = asked

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168]


def test_a_verified_lease_is_renewed_at_four_fifths() -> None:
    verified = verify(asked_for(), question(asked_for()), lease=10 * DAY, now=NOON)

    assert verified is not None
    subscription, challenge = verified
    assert challenge == "echo me"
    assert subscription.state is PushState.ACTIVE
    assert subscription.lease_until == NOON + 10 * DAY
    assert subscription.next_at == NOON + 8 * DAY
    assert subscription.requested_at is None


@pytest.mark.parametrize(
    "changed",
    [{"mode": "unsubscribe"}, {"topic": "https://a.example/other"}, {"challenge": ""}],
    ids=lambda field: next(iter(field)),
)
def test_what_we_did_not_ask_for_is_not_verified(changed: dict[str, str]) -> None:
    assert verify(asked_for(), question(asked_for(), **changed), lease=DAY, now=NOON) is None


def test_nothing_is_verified_twice() -> None:
    once = verify(asked_for(), question(asked_for()), lease=DAY, now=NOON)
    assert once is not None

    assert verify(once[0], question(once[0]), lease=DAY, now=NOON) is None


@pytest.mark.parametrize(
    ("said", "lease"), [("", 10 * DAY), ("60", timedelta(hours=1)), ("9" * 30, 90 * DAY), ("-5", 10 * DAY)]
)
def test_a_lease_is_what_the_hub_grants_within_reason(said: str, lease: timedelta) -> None:
    verified = verify(asked_for(), question(asked_for(), lease_seconds=said), lease=10 * DAY, now=NOON)

    assert verified is not None
    assert verified[0].lease_until == NOON + lease


def test_a_hub_may_deny_and_is_asked_again_after_a_week() -> None:
    active = replace(asked_for(), state=PushState.ACTIVE, lease_until=NOON + DAY)

    denied = deny(active, {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "no such topic"}, now=NOON)

    assert denied is not None
    assert (denied.state, denied.lease_until, denied.reason) == (PushState.DENIED, None, "no such topic")
    assert denied.next_at == NOON + 7 * DAY
    assert deny(active, {"hub.mode": "denied", "hub.topic": "https://a.example/other"}, now=NOON) is None


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_over_the_body_holds_in_every_algorithm_of_the_standard(algorithm: str) -> None:
    signature = sign(b"<rss/>", "secret", algorithm=algorithm)

    assert is_signed(signature, b"<rss/>", "secret")
    assert is_signed(signature.upper().replace("SHA", "sha"), b"<rss/>", "secret")
    assert not is_signed(signature, b"<rss />", "secret")
    assert not is_signed(signature, b"<rss/>", "another")


@pytest.mark.parametrize("signature", ["", "sha256", "sha256=", "md5=" + "0" * 32, "=", "sha256=ünsinn"])
def test_what_is_no_signature_holds_nothing(signature: str) -> None:
    assert not is_signed(signature, b"<rss/>", "secret")


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed(sign(b"<rss/>", ""), b"<rss/>", "")


def test_hub_and_self_are_read_from_link_headers_in_every_form() -> None:
    head = read_head(
        [
            b"HTTP/1.1 200 OK\r\n",
            b'Link: <https://hub.example/>; rel="hub", </feed>; title="a, b"; rel=self\r\n',
            b'Link: <https://second.example/>; rel="alternate hub"\r\n',
            b'Link: <https://a.example/next>; rel="next"\r\n',
        ]
    )

    assert push_links_of(head, url="https://a.example/x") == (
        Link(rel="hub", url="https://hub.example/"),
        Link(rel="self", url="https://a.example/feed"),
        Link(rel="hub", url="https://second.example/"),
    )


def test_the_header_outweighs_the_document() -> None:
    said = FeedData(hub_urls=("https://old.example/",), self_url="https://a.example/old")
    links = (Link(rel="hub", url=HUB), Link(rel="self", url=TOPIC))

    data = with_header_links(said, Fetched(url=TOPIC, body=b"", links=links))

    assert (data.hub_urls, data.self_url) == ((HUB,), TOPIC)
    assert with_header_links(said, Fetched(url=TOPIC, body=b"")) == said
