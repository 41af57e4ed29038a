"""Where a feed moved to, and what is not followed."""

from __future__ import annotations

import pytest

from aggregator.model.feed import Validators
from aggregator.model.fetching import Fetched, NotModified
from tests.fakes.fetching import FEED, failure, fetch, fetched, to
from tests.fakes.origin import Answer, Origin, document


def test_a_permanent_chain_gives_its_target(origin: Origin) -> None:
    origin.answer("/new", Answer(body=FEED))
    origin.answer("/between", to("/new#top", 308))
    outcome = fetched(fetch(origin, origin.answer("/old", to(origin.url("/between")))))
    assert outcome.url == outcome.permanent_url == origin.url("/new")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_hop_breaks_the_permanent_chain(origin: Origin, status: int) -> None:
    origin.answer("/new", Answer(body=FEED))
    origin.answer("/between", to("/new", status))
    outcome = fetched(fetch(origin, origin.answer("/old", to("/between"))))
    assert outcome.url == origin.url("/new")
    assert outcome.permanent_url is None


def test_a_document_at_its_own_address_has_not_moved(origin: Origin) -> None:
    assert fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED)))).permanent_url is None


def test_a_circle_of_redirects_ends(origin: Origin) -> None:
    origin.answer("/b", to("/a"))
    assert "circle" in failure(fetch(origin, origin.answer("/a", to("/b")))).reason
    assert len(origin.requests) == 2


def test_more_than_five_redirects_are_too_many(origin: Origin) -> None:
    for number in range(10):
        origin.answer(f"/{number}", to(f"/{number + 1}"))
    assert "more than 5 times" in failure(fetch(origin, origin.url("/0"))).reason
    assert len(origin.requests) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://user:pw@example.org/",
        "http://[::bad/",
    ],
)
def test_a_redirect_to_where_nothing_is_fetched_is_refused(origin: Origin, target: str) -> None:
    error = failure(fetch(origin, origin.answer("/feed", to(target))))
    assert "redirects to" in error.reason


def test_a_redirect_without_a_target_is_an_error(origin: Origin) -> None:
    assert "where to" in failure(fetch(origin, origin.answer("/feed", Answer(status=301)))).reason


def test_a_target_with_spaces_and_umlauts_is_encoded(origin: Origin) -> None:
    origin.answer("/sch%C3%B6ne%20neue", Answer(body=FEED))
    assert fetched(fetch(origin, origin.answer("/feed", to("/schöne neue")))).url.endswith("/sch%C3%B6ne%20neue")


def test_validators_are_sent_only_to_the_address_that_gave_them(origin: Origin) -> None:
    origin.answer("/new", document(FEED, etag='"1"'))
    origin.answer("/here", to("/new"))
    origin.answer("/there", to(origin.url("/new", host="other.localhost")))
    elsewhere = origin.url("/new", host="other.localhost")
    for path, given_by, expected in (
        ("/here", origin.url("/new"), NotModified),
        ("/there", elsewhere, NotModified),
        ("/here", elsewhere, Fetched),
        ("/here", None, Fetched),
    ):
        outcome = fetch(origin, origin.url(path), validators=Validators(etag=b'"1"'), validators_url=given_by)
        assert isinstance(outcome, expected)
    assert [seen.field("if-none-match") for seen in origin.requests_for("/new")] == [b'"1"', b'"1"', None, None]
    assert [seen.field("if-none-match") for seen in origin.requests_for("/here")] == [None, None, b'"1"']
