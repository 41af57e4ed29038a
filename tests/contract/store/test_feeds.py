"""What every storage promises of feeds and the memory of polling them."""

from __future__ import annotations

from datetime import timedelta

from aggregator.model.change import FeedChange
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, Person, PollState, Rhythm, Validators
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, ok_poll, read_feed, save, unset_fields

A, B, C = (f"https://{name}.example/feed" for name in "abc")
LEASE = timedelta(minutes=5)


def claim(
    storage: Storage, *, now: int = 0, limit: int = 10, owner: str = "me", everything: bool = False, lease: timedelta = LEASE
) -> list[Feed]:
    with storage.write() as transaction:
        return transaction.feeds.claim_due(now=NOON + now * HOUR, limit=limit, lease=lease, owner=owner, everything=everything)


def urls(feeds: list[Feed]) -> list[str]:
    return [feed.settings.url for feed in feeds]


def find(storage: Storage, url: str) -> Feed:
    with storage.read() as transaction:
        feed = transaction.feeds.find(url)
    assert feed is not None
    return feed


def poll(feed: Feed, *, state: FeedState = FeedState.OK, next_hour: int = 1, last_hour: int = 0) -> FeedChange:
    return FeedChange(
        feed_id=feed.id,
        polled_at=NOON + last_hour * HOUR,
        poll=PollState(state=state, last_polled_at=NOON + last_hour * HOUR, next_poll_at=NOON + next_hour * HOUR),
    )


def test_a_new_feed_is_due_at_once(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    assert (feed.poll.state, feed.poll.next_poll_at, feed.fetch_url, feed.source.site) == (FeedState.NEW, NOON, A, "a.example")
    with storage.read() as transaction:
        assert transaction.feeds.next_due_at() == NOON
    assert urls(claim(storage)) == [A]


def test_as_many_are_counted_as_are_claimed(storage: Storage) -> None:
    read, gone, *_ = configure(storage, A, B, C)
    save(storage, poll(read), poll(gone, state=FeedState.GONE))
    for everything, hour in ((False, 0), (False, 1), (True, 0), (True, 1)):
        with storage.write() as transaction:
            counted = transaction.feeds.count_due(now=NOON + hour * HOUR, everything=everything)
        assert counted == len(claim(storage, now=hour, everything=everything)) > 0
        with storage.write() as transaction:
            left = transaction.feeds.count_due(now=NOON + hour * HOUR, everything=everything)
            assert transaction.feeds.release("me") == counted
        assert left == 0


def test_settings_of_the_user_come_back_whole(storage: Storage) -> None:
    settings = FeedSettings(
        url=A, title="Ä", language="de-CH", tags=("schweiz", "politik"), interval=timedelta(0), full_text=True
    )
    with storage.write() as transaction:
        assert transaction.feeds.configure([settings, FeedSettings(url=B)], now=NOON) == (2, 0)
    assert unset_fields(settings) == []
    assert find(storage, A).settings == settings
    assert find(storage, A).title == "Ä"
    assert find(storage, B).settings == FeedSettings(url=B)


def test_an_interval_of_nothing_is_an_interval(storage: Storage) -> None:
    settings = FeedSettings(url=A, interval=timedelta(0))
    with storage.write() as transaction:
        transaction.feeds.configure([settings], now=NOON)
    assert find(storage, A).settings == settings


def test_configuring_again_keeps_the_memory_of_polling_and_takes_new_settings(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    save(storage, read_feed(feed.id))
    with storage.write() as transaction:
        assert transaction.feeds.configure([FeedSettings(url=A, title="New name")], now=NOON + DAY) == (0, 0)
    again = find(storage, A)
    assert (again.id, again.poll, again.settings.title) == (feed.id, ok_poll(), "New name")


def test_a_feed_taken_out_is_not_listed_not_claimed_and_goes_on_where_it_was_when_put_back(storage: Storage) -> None:
    feed, _ = configure(storage, A, B)
    save(storage, read_feed(feed.id))
    with storage.write() as transaction:
        assert transaction.feeds.configure([FeedSettings(url=B)], now=NOON) == (0, 1)
        assert transaction.feeds.find(A) is None
        assert urls(transaction.feeds.all()) == [B]
    assert urls(claim(storage, now=48, everything=True)) == [B]
    with storage.write() as transaction:
        assert transaction.feeds.configure([FeedSettings(url=A), FeedSettings(url=B)], now=NOON) == (1, 0)
    assert find(storage, A).poll == ok_poll()
    assert urls(claim(storage, now=0, owner="other")) == []


def test_a_poll_that_ends_after_its_feed_was_taken_out_does_not_make_it_due(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    claim(storage)
    configure(storage)
    save(storage, poll(feed))
    assert claim(storage, now=48) == []


def test_a_claim_takes_the_longest_overdue_first_and_no_more_than_asked(storage: Storage) -> None:
    a, b, c = configure(storage, A, B, C)
    save(storage, poll(a, next_hour=3), poll(b, next_hour=1), poll(c, next_hour=2))
    assert urls(claim(storage, now=1)) == [B]
    assert urls(claim(storage, now=10, limit=2)) == [B, C]
    assert urls(claim(storage, now=10, limit=2)) == [A]


def test_a_leased_feed_is_nobody_elses_until_the_lease_ends(storage: Storage) -> None:
    configure(storage, A)
    assert urls(claim(storage, owner="one")) == [A]
    assert claim(storage, owner="two") == []
    assert claim(storage, owner="one") == []
    assert urls(claim(storage, owner="two", now=1)) == [A]


def test_saving_a_poll_ends_the_lease(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    claim(storage, lease=DAY)
    save(storage, poll(feed, next_hour=1))
    assert claim(storage, now=0) == []
    assert urls(claim(storage, now=1, owner="two")) == [A]


def test_release_gives_back_what_an_owner_has_not_saved(storage: Storage) -> None:
    a, _, _ = configure(storage, A, B, C)
    claim(storage, owner="one", limit=2)
    claim(storage, owner="two")
    save(storage, poll(a))
    with storage.write() as transaction:
        assert transaction.feeds.lease_owners() == ["one", "two"]
        assert transaction.feeds.release("one") == 1
        assert transaction.feeds.lease_owners() == ["two"]
    assert len(claim(storage, owner="three")) == 1


def test_what_a_dead_owner_had_leased_can_be_put_off(storage: Storage) -> None:
    _, b = configure(storage, A, B)
    save(storage, poll(b, next_hour=5))
    claim(storage, owner="dead", now=6)
    with storage.write() as transaction:
        assert transaction.feeds.release("dead", not_before=NOON + 2 * HOUR) == 2
    assert claim(storage, now=1) == []
    assert urls(claim(storage, now=2)) == [A]
    assert find(storage, B).poll.next_poll_at == NOON + 5 * HOUR
    assert find(storage, A).poll.next_poll_at == NOON + 2 * HOUR


def test_a_pass_over_everything_takes_each_feed_once_due_or_not(storage: Storage) -> None:
    a, b, _ = configure(storage, A, B, C)
    save(storage, poll(a, next_hour=24), poll(b, next_hour=24, last_hour=-1))
    assert sorted(urls(claim(storage, now=1, everything=True, limit=2))) == [B, C]
    assert urls(claim(storage, now=1, everything=True)) == [A]
    save(storage, *(poll(find(storage, url), last_hour=1, next_hour=24) for url in (A, B, C)))
    assert claim(storage, now=1, everything=True) == []


def test_a_feed_that_is_gone_is_polled_no_more_until_asked_for(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    save(storage, poll(feed, state=FeedState.GONE))
    assert claim(storage, now=99) == []
    assert claim(storage, now=99, everything=True) == []
    with storage.write() as transaction:
        assert transaction.feeds.next_due_at() is None
        assert transaction.feeds.retry_now(A, now=NOON)
    assert urls(claim(storage)) == [A]


def test_retry_of_an_unknown_feed_says_no(storage: Storage) -> None:
    with storage.write() as transaction:
        assert not transaction.feeds.retry_now(A, now=NOON)


def test_holding_a_site_moves_its_feeds_and_only_forward(storage: Storage) -> None:
    early, late, other = configure(storage, "https://www.a.example/1", "https://a.example/2", B)
    save(storage, poll(early, next_hour=1), poll(late, next_hour=9), poll(other, next_hour=1))
    with storage.write() as transaction:
        assert transaction.feeds.hold_site("a.example", until=NOON + 5 * HOUR) == 1
    hours = [find(storage, feed.settings.url).poll.next_poll_at for feed in (early, late, other)]
    assert hours == [NOON + 5 * HOUR, NOON + 9 * HOUR, NOON + HOUR]
    assert urls(claim(storage, now=4)) == [B]


def test_feeds_are_listed_by_title(storage: Storage) -> None:
    with storage.write() as transaction:
        transaction.feeds.configure(
            [FeedSettings(url=A, title="zeta"), FeedSettings(url=B, title="Alpha"), FeedSettings(url=C, title="beta")], now=NOON
        )
        assert [feed.title for feed in transaction.feeds.all()] == ["Alpha", "beta", "zeta"]


def test_poll_state_and_feed_data_come_back_whole(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    state = PollState(
        state=FeedState.FAILING,
        validators=Validators(etag=b"W/\x80", last_modified=b"yesterday"),
        body_hash=b"\x00\x01",
        last_polled_at=NOON,
        last_success_at=NOON - DAY,
        last_new_entry_at=NOON - 2 * DAY,
        next_poll_at=NOON + timedelta(microseconds=1),
        interval=timedelta(minutes=90),
        failures=3,
        failing_since_at=NOON - HOUR,
        error="FetchTimeout",
        reason="no answer in 30 s",
        status=503,
        moved_url="https://new.example/feed",
        moved_polls=2,
        moved_since_at=NOON - HOUR,
        entries_per_day=12.5,
        rhythm=Rhythm(
            at=NOON,
            entries=1.25,
            exposure_hours=99.5,
            hours=tuple(hour / 8 for hour in range(24)),
            weekdays=tuple(day / 4 for day in range(7)),
        ),
        document_url="https://cdn.example/feed",
        document_entries=30,
        delay=timedelta(minutes=7),
        delay_weight=0.25,
    )
    data = FeedData(
        title="Zürich",
        subtitle="s",
        id="urn:x",
        home_url="https://a.example/",
        self_url=A,
        hub_urls=("https://hub.example/",),
        language="de",
        authors=(Person(name="N", email="n@a.example"),),
        image_url="https://a.example/i.png",
        rights="©",
        updated_at=NOON,
        ttl=timedelta(minutes=30),
        skip_hours=(0, 3),
        skip_days=(5, 6),
    )
    assert unset_fields(state) + unset_fields(data) == []
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=state, data=data))
    again = find(storage, A)
    assert (again.poll, again.data, again.source.title) == (state, data, "Zürich")
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=state))
    assert find(storage, A).data == data


def test_a_moved_feed_is_polled_elsewhere_and_stays_the_users_feed(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    new = "https://www.new.example/feed"
    save(storage, FeedChange(feed_id=feed.id, polled_at=NOON, poll=ok_poll(), url=new))
    moved = find(storage, A)
    assert (moved.settings.url, moved.fetch_url, moved.source.site) == (A, new, "new.example")
    with storage.write() as transaction:
        assert transaction.feeds.configure([FeedSettings(url=A)], now=NOON) == (0, 0)
    assert find(storage, A).fetch_url == new


def test_a_move_to_the_address_of_another_feed_is_passed_over(storage: Storage) -> None:
    a, _ = configure(storage, A, B)
    save(storage, FeedChange(feed_id=a.id, polled_at=NOON, poll=ok_poll(), url=B))
    assert find(storage, A).fetch_url == A


def test_entries_are_looked_at_again_when_the_tags_of_their_feed_change(storage: Storage) -> None:
    a, b = configure(storage, A, B)
    tagged = add_entries(storage, a.id, "one", "two")
    other = add_entries(storage, b.id, "three")
    last = max(entry.revision for entry in tagged + other)
    with storage.write() as transaction:
        transaction.feeds.configure([FeedSettings(url=A, tags=("x",)), FeedSettings(url=B, title="only a name")], now=NOON)
        changed = transaction.entries.changed_since(last, limit=10)
    assert [entry.id for entry in changed] == [entry.id for entry in tagged]
    assert changed[0].origins[0].tags == ("x",)
