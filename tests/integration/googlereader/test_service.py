"""What holds for every client: who gets in, what changes, and how much may be sent."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from starlette.requests import Request

from aggregator.errors import StorageBusy
from aggregator.googlereader.asgi import plain_path
from aggregator.googlereader.routes import make_routes, takes
from aggregator.library.readers import renew_api_password
from tests.fakes.feed_reader import API, FORM, NAME, PASSWORD, READ, READING_LIST, FeedReader, long_ids

GUARDED = [route for route in make_routes() if route.path.startswith(("/reader", "/v1"))]


def test_the_token_is_the_same_at_every_login_and_no_password_works_but_the_api_password(reader: FeedReader) -> None:
    first = reader.auth
    reader.log_in()
    assert reader.auth == first
    assert "=" not in first
    assert reader.log_in(Email="ALICE").status_code == 200
    for fields in ({"Passwd": PASSWORD}, {"Passwd": ""}, {"Email": "bob"}, {"Email": ""}):
        answer = reader.log_in(**fields)
        assert (answer.status_code, answer.text) == (401, "Error=BadAuthentication\n")


def test_renewing_the_api_password_logs_every_client_out(reader: FeedReader) -> None:
    renewed = renew_api_password(reader.storage, NAME)
    assert reader.get(f"{API}/token").status_code == 401
    assert reader.log_in().status_code == 401
    reader.api_password = renewed
    assert reader.log_in().status_code == 200
    assert reader.get(f"{API}/token").status_code == 200


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.path)
def test_nobody_gets_anything_without_a_token(reader: FeedReader, route: object) -> None:
    path = str(getattr(route, "path", "")).replace("{number:int}", "1").replace("{rest:path}", "feed/1")
    for method in getattr(route, "methods", ()):
        for headers in ({}, {"Authorization": "GoogleLogin auth="}, {"Cookie": f"auth={reader.auth}; SID={reader.auth}"}):
            answer = reader.send(method, path, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert method == "HEAD" or answer.text in {"Unauthorized", '{"error_message":"Access Unauthorized"}'}
            reader.clock.advance(timedelta(minutes=1))  # so that the limit on guessing stays out of it


def test_a_token_in_the_query_or_of_a_get_is_none(reader: FeedReader) -> None:
    assert reader.send("GET", f"{API}/token?T={quote(reader.auth, safe='')}").status_code == 401
    assert reader.send("POST", f"{API}/edit-tag?T={quote(reader.auth, safe='')}&i=3&a={READ}", headers=FORM).status_code == 401
    assert reader.send("GET", f"{API}/user-info", content=f"T={reader.auth}", headers=FORM).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_changes_nothing(reader: FeedReader, method: str) -> None:
    for query in (
        f"edit-tag?i=3&a={quote(READ)}",
        f"mark-all-as-read?s={quote(READING_LIST)}",
        "subscription/edit?ac=unsubscribe&s=feed/1000000001",
        "subscription/quickadd?quickadd=https://talbote.example/feed",
        "rename-tag?s=user/-/label/Themen&dest=user/-/label/X",
        "disable-tag?s=user/-/label/Themen",
        "subscription/import",
    ):
        assert reader.send(method, f"{API}/{query}", headers=reader.headers).status_code == 405
    assert reader.ids(READ) == []
    assert len(reader.streams()) == 4


def test_guessing_is_slowed_by_account_and_by_network(reader: FeedReader) -> None:
    for _ in range(5):
        assert reader.log_in(Passwd="wrong").status_code == 401
    blocked = reader.log_in()
    assert (blocked.status_code, blocked.headers["retry-after"]) == (429, "60")
    for place in range(5):
        assert reader.log_in(Email=f"guess {place}", Passwd="wrong").status_code == 401
    assert reader.log_in(Email="guess 9", Passwd="wrong").status_code == 429
    reader.address = "198.51.100.1"
    assert reader.log_in(Email="guess 9", Passwd="wrong").status_code == 401
    reader.settle()
    assert reader.log_in().status_code == 200


def test_logging_in_as_often_as_newsboat_does_is_no_guessing(reader: FeedReader) -> None:
    assert {reader.log_in().status_code for _ in range(20)} == {200}


def test_a_body_may_have_a_mebibyte_and_no_more(reader: FeedReader) -> None:
    many = long_ids(range(1, 10_001))
    assert reader.post(f"{API}/edit-tag", *many, ("a", READ)).text == "OK"
    assert len(reader.ids(READ)) == 14
    large = reader.post(f"{API}/edit-tag", ("i", "1" * 1024 * 1024))
    assert large.status_code == 413
    assert reader.send("POST", "/accounts/ClientLogin", headers=FORM, content=b"x" * 2_000_000).status_code == 413
    assert (
        reader.send("POST", f"{API}/edit-tag", headers={**reader.headers, **FORM}, content="a=1&" * 30_000).status_code == 400
    )


def test_passwords_are_never_logged(reader: FeedReader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reader.log_in()
    reader.log_in(Passwd="a wrong secret")
    reader.send("GET", f"/accounts/ClientLogin?Email={NAME}&Passwd={reader.api_password}")
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.partition(".")[0] != "httpx")  # the client
    assert reader.api_password not in ours
    assert "secret" not in ours


@pytest.mark.parametrize(
    ("written", "routed"),
    [
        ("/reader/api/0/token", "/reader/api/0/token"),
        ("//reader/api/0//token/", "/reader/api/0/token"),
        ("/api/greader.php/reader/api/0/token", "/reader/api/0/token"),
        ("/api/greader.php//api/greader.php/accounts/ClientLogin", "/accounts/ClientLogin"),
        ("/reader/api/0/stream/contents/feed/http://a//b/", "/reader/api/0/stream/contents/feed/http://a//b/"),
        ("//reader//atom/feed/1", "/reader/atom/feed/1"),
        ("/fever/", "/fever"),
    ],
)
def test_paths_are_read_as_people_and_presets_write_them(written: str, routed: str) -> None:
    assert takes(written)
    assert plain_path(written) == routed


@pytest.mark.parametrize(
    "path", ["/", "/topics/schweiz.atom", "/readers", "/v10", "/feverish", "/api/reads", "//evil.example/"]
)
def test_other_paths_are_left_to_the_pages(path: str) -> None:
    assert not takes(path)


def test_a_stream_may_be_named_by_its_address(reader: FeedReader) -> None:
    for address in ("https://news.example/topics/schweiz.atom", "https://news.example/topics/schweiz.rss"):
        assert reader.ids(f"feed/{address}") == [7, 5, 4, 3, 1]
        path = f"{API}/stream/contents/feed/{quote(address, safe='')}"
        assert len(reader.json(path)["items"]) == 5
    assert reader.ids("feed/https://unknown.example/") == []
    assert reader.ids("feed/999") == []
    assert reader.ids("user/-/state/com.google/kept-unread") == []
    assert reader.ids("user/-/label/Nichts") == []


def test_a_continuation_that_is_none_of_ours_is_refused(reader: FeedReader) -> None:
    for text in ("1001", "x", "MTc5", "=", "%00"):
        assert reader.get(f"{API}/stream/items/ids?c={quote(text)}").status_code == 400


def test_contents_are_compressed_for_who_asks(reader: FeedReader) -> None:
    path = f"{API}/stream/contents?n=100"
    packed = reader.get(path, **{"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json()["items"] == reader.json(path)["items"]


def test_private_answers_are_kept_by_nobody_else(reader: FeedReader) -> None:
    for path in (f"{API}/token", f"{API}/stream/contents", f"{API}/subscription/list", "/reader/atom/feed/1000000001"):
        assert reader.get(path).headers["cache-control"].startswith("private")


def test_a_store_that_refuses_is_a_503_without_details(reader: FeedReader) -> None:
    def address_of(_request: Request) -> str:
        raise StorageBusy("the database /srv/secret.db is busy")

    reader.app.state.door = replace(reader.app.state.door, address_of=address_of)
    answer = reader.log_in()
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, "", "30")
