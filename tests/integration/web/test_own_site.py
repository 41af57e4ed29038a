from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from aggregator.model.reading import Via
from aggregator.web.asgi import create_app
from aggregator.web.own_site import BODY_LIMIT
from aggregator.web.site import WebSite
from tests.fakes.website import ORIGIN, TOKEN, Newsroom, SiteClient

ARTICLE = f"{ORIGIN}/artikel/6"  # read by nobody yet


def tell(newsroom: Newsroom, reads: object, *, token: str | None = TOKEN) -> httpx.Response:
    body = reads if isinstance(reads, bytes) else json.dumps(reads).encode()
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return newsroom.client.post("/api/reads", headers=headers, body=body)


def read(**changes: Any) -> dict[str, Any]:
    return {"url": ARTICLE, "at": "2026-11-24T12:00:00Z", "reader": "session-1", **changes}


def beacon(newsroom: Newsroom, url: str = ARTICLE, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
    as_browsers_send = {"origin": ORIGIN, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty"}
    return newsroom.client.post("/api/read", params={"url": url}, headers={**as_browsers_send, **(headers or {})})


def test_reads_told_by_token_count_once_a_reader_and_day(newsroom: Newsroom) -> None:
    told = [
        read(),
        read(at="2026-11-24T13:30:00+01:00"),
        read(reader="session-2", url="http://seeblick.example/artikel/6/?utm_source=x"),
        read(at="2026-11-23T12:00:00Z"),
        read(url=f"{ORIGIN}/impressum"),
        read(at="2026-11-22T12:00:00Z"),
        read(at="2026-11-25T12:00:00Z"),
    ]
    newsroom.clock.advance(timedelta(hours=1))
    expected = {"received": 7, "counted": 3, "known": 1, "unknown": 1, "discarded": {"future": 1, "too_old": 1}}
    response = tell(newsroom, told)
    assert (response.status_code, response.json()) == (200, expected)
    assert response.headers["cache-control"] == "no-store"
    assert tell(newsroom, told).json() == {**expected, "counted": 0, "known": 4}
    assert newsroom.entry(6).reads == 3


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1]])
def test_without_a_right_token_nothing_is_counted(newsroom: Newsroom, token: str | None) -> None:
    response = tell(newsroom, [read()], token=token)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "error" in response.json()
    assert newsroom.entry(6).reads == 0


def test_every_token_of_the_settings_is_right(newsroom: Newsroom) -> None:
    assert tell(newsroom, [read()], token="another-token-of-ours").json()["counted"] == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", None),
        (b"{", None),
        (b"[" * 200_000, None),
        (b"\xff", None),
        ({"url": ARTICLE}, None),
        ([read(), "read"], 1),
        ([read(url="javascript:alert(1)")], 0),
        ([read(url=None)], 0),
        ([read(url=ARTICLE + "x" * 3000)], 0),
        ([read(at="2026-11-24T12:00:00")], 0),
        ([read(at="yesterday")], 0),
        ([read(at=1_700_000_000)], 0),
        ([read(at="0001-01-01T00:00:00+14:00")], 0),
        ([read(reader="")], 0),
        ([read(reader="x" * 300)], 0),
        ([read(reader=7)], 0),
    ],
)
def test_a_body_in_another_form_is_refused_whole_and_says_where(newsroom: Newsroom, body: object, place: int | None) -> None:
    response = tell(newsroom, body)
    assert response.status_code == 422
    assert response.json().get("read") == place
    assert response.json()["error"]
    assert newsroom.entry(6).reads == 0


def test_a_body_over_a_mebibyte_is_refused(newsroom: Newsroom) -> None:
    assert tell(newsroom, b" " * (BODY_LIMIT + 1)).status_code == 413


def test_a_page_tells_that_it_is_read(newsroom: Newsroom) -> None:
    for _ in range(3):
        response = beacon(newsroom)
    beacon(newsroom, headers={"x-forwarded-for": "203.0.113.9"})
    newsroom.recorder.close()
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in response.headers
    assert response.headers["vary"] == "origin"
    assert newsroom.entry(6).reads == 2
    assert newsroom.recorder.counted[Via.BEACON] == 4


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", ORIGIN + ".evil.example", "http://www.seeblick.example"]
)
def test_other_origins_are_refused_and_not_allowed_by_cors(newsroom: Newsroom, origin: str) -> None:
    for method in ("POST", "OPTIONS"):
        response = newsroom.client.request(method, "/api/read", params={"url": ARTICLE}, headers={"origin": origin})
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers
    newsroom.recorder.close()
    assert newsroom.entry(6).reads == 0


def test_the_preflight_allows_what_is_needed_and_no_more(newsroom: Newsroom) -> None:
    response = newsroom.client.request("OPTIONS", "/api/read", headers={"origin": ORIGIN})
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-methods"] == "POST"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("url", ["", "https://talbote.example/artikel/3", "/artikel/6", "https://[", "javascript:1"])
def test_a_page_tells_of_its_own_host_only(newsroom: Newsroom, url: str) -> None:
    response = beacon(newsroom, url)
    newsroom.recorder.close()
    assert response.status_code == 422
    assert newsroom.recorder.counted == {}


def test_a_page_that_is_no_entry_is_answered_as_one_that_is(newsroom: Newsroom) -> None:
    response = beacon(newsroom, f"{ORIGIN}/impressum")
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert newsroom.recorder.discarded == {"unknown": 1}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, "bot"),
        ({"sec-purpose": "prefetch;prerender"}, "prefetch"),
        ({"user-agent": ""}, "no_user_agent"),
    ],
)
def test_the_rules_of_clicks_hold_for_pages_too(newsroom: Newsroom, headers: dict[str, str], reason: str) -> None:
    assert beacon(newsroom, headers=headers).status_code == 204
    newsroom.recorder.close()
    assert newsroom.recorder.discarded == {reason: 1}
    assert newsroom.entry(6).reads == 0


@pytest.mark.parametrize("path", ["/api/reads", "/api/read"])
def test_nothing_is_told_by_get(newsroom: Newsroom, path: str) -> None:
    assert newsroom.client.get(path).status_code == 405


@pytest.mark.parametrize("token", ["", TOKEN])
def test_a_site_that_set_nothing_up_takes_nothing(newsroom: Newsroom, token: str) -> None:
    app = create_app(
        storage=newsroom.storage,
        site=WebSite(title="T", base_url="https://news.example"),
        recorder=newsroom.recorder,
        clock=newsroom.clock,
    )
    client = SiteClient(app, base_url="https://news.example")
    headers = {"authorization": f"Bearer {token}"}
    assert client.post("/api/reads", headers=headers, body=json.dumps([read()]).encode()).status_code == 401
    assert client.post("/api/read", params={"url": ARTICLE}, headers={"origin": ORIGIN}).status_code == 403
