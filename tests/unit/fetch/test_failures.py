from __future__ import annotations

from datetime import timedelta

import pycurl
import pytest

from aggregator.errors import FeedGone, FetchError, FetchTimeout, HostNotFound, TooLarge
from aggregator.fetch.failures import LOCAL, NOT_USED, REMOTE, TIMEOUTS, TOO_LARGE, curl_failure, status_failure

URL = "https://example.org/feed"
CODES = {name: getattr(pycurl, name) for name in dir(pycurl) if name.startswith("E_") and not name.startswith("E_MULTI_")}


@pytest.mark.parametrize("name", sorted(CODES))
def test_every_code_of_libcurl_is_mapped_once(name: str) -> None:
    homes = [home for home in (TIMEOUTS, TOO_LARGE, REMOTE, LOCAL, NOT_USED) if CODES[name] in home]
    assert len(homes) == 1


@pytest.mark.parametrize("code", sorted(set(CODES.values())))
def test_every_failure_is_a_sentence(code: int) -> None:
    error = curl_failure(code, "detail", url=URL, host="example.org")
    assert error.feed_url == URL
    assert "{" not in error.reason
    assert " " in error.reason


def test_failures_have_their_classes() -> None:
    assert isinstance(curl_failure(pycurl.E_OPERATION_TIMEDOUT, "", url=URL, host="h"), FetchTimeout)
    assert isinstance(curl_failure(pycurl.E_FILESIZE_EXCEEDED, "", url=URL, host="h"), TooLarge)
    unknown = curl_failure(pycurl.E_COULDNT_RESOLVE_HOST, "", url=URL, host="h")
    assert isinstance(unknown, HostNotFound)


def test_a_code_nobody_knows_is_an_error_too() -> None:
    assert "code 9999" in curl_failure(9999, "", url=URL, host="h").reason


@pytest.mark.parametrize("status", [400, 404, 408, 429, 500, 599])
def test_a_status_is_kept_with_the_time_to_wait(status: int) -> None:
    error = status_failure(status, url=URL, retry_after=timedelta(hours=1))
    assert (error.status, error.retry_after) == (status, timedelta(hours=1))
    assert type(error) is FetchError


def test_410_is_gone() -> None:
    assert isinstance(status_failure(410, url=URL, retry_after=None), FeedGone)
