"""Readers log in, see to their account, and leave; nobody else can, and who does not log in gets no cookie."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from argon2 import PasswordHasher

from aggregator.errors import AccessDenied
from aggregator.library.catalogue import ReaderSite
from aggregator.library.passwords import is_password, make_api_password, make_credentials
from aggregator.library.readers import log_in, set_password
from aggregator.library.sessions import LIFETIME, OPERATOR_LIFETIME
from aggregator.library.subscribing import subscribe_first
from aggregator.model.reader import Reader
from aggregator.web.sessions import own_path
from tests.fakes.newsroom import NOON
from tests.fakes.outline import Outline
from tests.fakes.website import Newsroom, open_site

BASE = "https://news.example"
PASSWORD = "correct horse"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
FORM = {"content-type": "application/x-www-form-urlencoded", "origin": BASE}


class Browser:
    """Keeps cookies and sends forms as a page of the site does."""

    def __init__(self, newsroom: Newsroom, address: str = "203.0.113.9") -> None:
        self.newsroom = newsroom
        self.cookies: dict[str, str] = {}
        self.address = address

    def get(self, path: str) -> httpx.Response:
        return self._keep(self.newsroom.client.get(path, headers=self._headers()))

    def send(
        self, path: str, fields: Mapping[str, str | list[str]], *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        body = urlencode(fields, doseq=True).encode()
        return self._keep(self.newsroom.client.post(path, headers={**self._headers(), **(headers or FORM)}, body=body))

    def submit(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form with the token that the page of the account has in it."""
        token = re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get("/account").text)
        assert token is not None
        return self.send(path, {"form_token": token[1], **fields})

    def log_in(self, name: str = "anna", password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.send("/login", {"name": name, "password": password, **fields})

    def _headers(self) -> dict[str, str]:
        cookies = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        return {"x-forwarded-for": self.address, **cookies}

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer


def add_anna(newsroom: Newsroom, *, is_operator: bool = False) -> str:
    """Make an account, as `add_reader` does but for the cost of its password; return the API password."""
    api_password = make_api_password()
    with newsroom.storage.write() as tx:
        anna = tx.readers.add("anna", make_credentials("anna", password_hash=CHEAP, api_password=api_password), now=NOON)
        tx.readers.set_operator(anna.id, is_operator=is_operator)
        subscribe_first(tx, anna, ReaderSite(title="Mehr zum Tag", base_url=BASE), now=NOON)
    return api_password


@pytest.fixture
def anna(newsroom: Newsroom) -> Browser:
    """A browser in which anna is logged in."""
    add_anna(newsroom)
    browser = Browser(newsroom)
    assert browser.log_in().status_code == 303
    return browser


def kept(newsroom: Newsroom) -> Reader:
    with newsroom.storage.read() as tx:
        reader = tx.readers.find("anna")
    assert reader is not None
    return reader


def test_logging_in_leads_to_the_account_with_a_cookie_that_scripts_and_other_sites_do_not_get(newsroom: Newsroom) -> None:
    add_anna(newsroom)
    answer = Browser(newsroom).log_in(name=" Anna ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"]
    assert re.match(r"__Host-session=[\w-]{43};", cookie)
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "secure", "samesite=lax", "path=/", f"max-age={int(LIFETIME.total_seconds())}"}
    token = cookie.partition("=")[2].partition(";")[0].encode()
    with newsroom.storage.read() as tx:
        assert len(tx.sessions.of_reader(1)) == 1
        assert tx.sessions.find(token, now=NOON) is None  # what is stored is its hash


def test_without_https_the_cookie_has_a_plain_name_and_is_sent_all_the_same(newsroom: Newsroom) -> None:
    add_anna(newsroom)
    site = open_site(newsroom.storage, base_url="http://127.0.0.1:8040")
    headers = {**FORM, "origin": "http://127.0.0.1:8040"}
    answer = Browser(site).send("/login", {"name": "anna", "password": PASSWORD}, headers=headers)
    assert answer.headers["set-cookie"].startswith("session=")
    assert "secure" not in answer.headers["set-cookie"].lower()
    site.recorder.close()


def test_who_does_not_log_in_never_gets_a_cookie(newsroom: Newsroom) -> None:
    stranger = Browser(newsroom)
    for path in (
        "/",
        "/entries/1",
        "/r/1",
        "/most-read",
        "/most-read.rss",
        "/feeds",
        "/login",
        "/account",
        "/account/export",
        "/no",
    ):
        assert "set-cookie" not in stranger.get(path).headers, path
    assert "set-cookie" not in stranger.log_in().headers
    assert "set-cookie" not in stranger.send("/account/settings", {}).headers
    assert "set-cookie" not in stranger.send("/logout", {}).headers


def test_pages_of_an_account_ask_to_log_in_first_and_lead_on_from_there(newsroom: Newsroom) -> None:
    add_anna(newsroom)
    browser = Browser(newsroom)
    assert browser.get("/account/export").headers["location"] == "/login?next=/account/export"
    assert 'name="next" value="/account/export"' in browser.get("/login?next=/account/export").text
    assert browser.log_in(next="/account/export").headers["location"] == "/account/export"
    assert browser.get("/login").headers["location"] == "/account"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a//b",
        "/login",
        "/..//x",
        "",
        "/a\nb",
        "/%2f%2fevil",
        "/a?b=//c",
    ],
)
def test_after_logging_in_nobody_is_led_away(path: str) -> None:
    assert own_path(path) == "/account"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(newsroom: Newsroom) -> None:
    add_anna(newsroom)
    wrong = [Browser(newsroom).log_in("anna", "wrong horse"), Browser(newsroom).log_in("zoe", "wrong horse")]
    assert [each.status_code for each in wrong] == [403, 403]
    assert all("Name oder Passwort stimmt nicht." in each.text and 'role="alert"' in each.text for each in wrong)
    assert wrong[0].text.replace('value="anna"', "") == wrong[1].text.replace('value="zoe"', "")


@pytest.mark.parametrize("name", ["anna", "zoe"])
def test_after_five_wrong_passwords_not_even_the_right_one_is_taken_for_a_minute(newsroom: Newsroom, name: str) -> None:
    add_anna(newsroom)
    for attempt in range(5):
        assert Browser(newsroom, f"198.51.{attempt}.1").log_in(name, "wrong horse").status_code == 403
    blocked = Browser(newsroom).log_in(name)
    assert (blocked.status_code, "set-cookie" in blocked.headers) == (429, False)
    assert "Zu viele falsche Passwörter" in blocked.text
    newsroom.clock.advance(timedelta(minutes=1))
    assert Browser(newsroom).log_in(name).status_code == (303 if name == "anna" else 403)


def test_a_form_from_another_site_is_refused(anna: Browser) -> None:
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
    ):
        given = {"content-type": FORM["content-type"], **headers}
        assert anna.send("/login", {"name": "anna", "password": PASSWORD}, headers=given).status_code == 403
        assert anna.send("/logout", {}, headers=given).status_code == 403
    assert anna.get("/account").status_code == 200
    own = {"content-type": FORM["content-type"], "origin": "null", "sec-fetch-site": "same-origin"}
    assert Browser(anna.newsroom).send("/login", {"name": "anna", "password": PASSWORD}, headers=own).status_code == 303


@pytest.mark.parametrize("path", ["settings", "api-password", "password", "delete"])
@pytest.mark.parametrize("token", ["", "0" * 64, "\udcff"])
def test_a_form_without_the_token_of_the_session_changes_nothing(anna: Browser, path: str, token: str) -> None:
    fields = {"form_token": token.encode(errors="surrogateescape").decode("latin-1"), "password": PASSWORD, "dont_count": "1"}
    answer = anna.send(f"/account/{path}", fields)
    assert (answer.status_code, answer.headers["cache-control"]) == (403, "no-store")
    assert kept(anna.newsroom).counts_reads


def test_a_form_with_a_token_of_another_session_changes_nothing(anna: Browser, newsroom: Newsroom) -> None:
    other = Browser(newsroom)
    other.log_in()
    token = re.search(r'name="form_token" value="([0-9a-f]{64})"', other.get("/account").text)
    assert token is not None
    assert anna.send("/account/settings", {"form_token": token[1], "dont_count": "1"}).status_code == 403


def test_settings_choose_topics_and_whether_reads_count(anna: Browser) -> None:
    assert anna.get("/account").text.count(" checked") == 3
    answer = anna.submit("/account/settings", topic=["wissen", "nirgends"], dont_count="1")
    assert answer.headers["location"] == "/account?done=settings"
    page = anna.get("/account?done=settings").text
    assert re.findall(r'value="(\w+)" ?(?:aria-describedby="[\w-]+" ?)?checked', page) == ["wissen", "1"]
    assert "Gespeichert." in page
    assert not kept(anna.newsroom).counts_reads
    anna.submit("/account/settings")
    assert kept(anna.newsroom).counts_reads
    assert " checked" not in anna.get("/account").text


def test_a_new_api_password_is_shown_once_and_ends_the_old_one(newsroom: Newsroom) -> None:
    old = add_anna(newsroom)
    browser = Browser(newsroom)
    browser.log_in()
    answer = browser.submit("/account/api-password", action="new")
    found = re.search(r"<code>((?:[a-z2-7]{5}-){5}[a-z2-7])</code>", answer.text)
    assert found is not None
    assert answer.headers["cache-control"] == "no-store"
    assert log_in(newsroom.storage, "anna", found[1])[0].name == "anna"
    with pytest.raises(AccessDenied):
        log_in(newsroom.storage, "anna", old)
    assert found[1] not in browser.get("/account").text
    assert browser.submit("/account/api-password", action="revoke").headers["location"] == "/account?done=revoked"
    with pytest.raises(AccessDenied):
        log_in(newsroom.storage, "anna", found[1])


def test_changing_the_password_asks_for_the_old_one_and_logs_other_browsers_out(anna: Browser, newsroom: Newsroom) -> None:
    other = Browser(newsroom)
    other.log_in()
    assert anna.submit("/account/password", password="wrong horse", new_password="another horse").status_code == 403
    short = anna.submit("/account/password", password=PASSWORD, new_password="short")
    assert (short.status_code, "mindestens 8" in short.text) == (422, True)
    assert anna.submit("/account/password", password=PASSWORD, new_password="another horse").status_code == 303
    assert (anna.get("/account").status_code, other.get("/account").status_code) == (200, 303)
    with newsroom.storage.read() as tx:
        assert is_password("another horse", tx.readers.credentials(1))
    set_password(newsroom.storage, "anna", password=PASSWORD)  # as the operator does
    assert anna.get("/account").status_code == 303


def test_everything_kept_can_be_downloaded(anna: Browser, newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.states.mark(1, [3], at=NOON, read=True, starred=True, weight=1.0)
    answer = anna.get("/account/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="account.json"'
    assert answer.headers["cache-control"] == "no-store"
    data = json.loads(answer.content)
    assert data["account"]["name"] == "anna"
    assert [each["id"] for each in data["entries"]] == [3]
    assert len(data["subscriptions"]) == 4
    assert data["sessions"] == [{"created_at": "2026-11-24T12:00:00Z", "expires_at": "2026-12-24T12:00:00Z"}]
    assert next(iter(anna.cookies.values())) not in answer.text


def test_an_account_is_deleted_only_with_its_password_and_then_whole(anna: Browser, newsroom: Newsroom) -> None:
    refused = anna.submit("/account/delete", password="wrong horse")
    assert (refused.status_code, "Das Passwort stimmt nicht." in refused.text) == (403, True)
    answer = anna.submit("/account/delete", password=PASSWORD)
    assert answer.headers["location"] == "/login?done=deleted"
    assert anna.cookies == {}
    assert "Das Konto ist gelöscht." in anna.get("/login?done=deleted").text
    with newsroom.storage.read() as tx:
        assert tx.readers.all() == []
        assert tx.sessions.of_reader(1) == []
    assert anna.log_in().status_code == 403


def test_logging_out_ends_the_session_here_and_not_elsewhere(anna: Browser, newsroom: Newsroom) -> None:
    other = Browser(newsroom)
    other.log_in()
    token = dict(anna.cookies)
    assert anna.submit("/logout").headers["location"] == "/"
    assert anna.cookies == {}
    anna.cookies = token
    assert (anna.get("/account").status_code, other.get("/account").status_code) == (303, 200)


@pytest.mark.parametrize(("is_operator", "lifetime"), [(False, LIFETIME), (True, OPERATOR_LIFETIME)])
def test_a_session_ends_by_itself_and_sooner_for_who_runs_the_site(
    newsroom: Newsroom,
    is_operator: bool,  # noqa: FBT001 - pytest names it
    lifetime: timedelta,
) -> None:
    add_anna(newsroom, is_operator=is_operator)
    browser = Browser(newsroom)
    browser.log_in()
    assert ("betreibt diese Website" in browser.get("/account").text) is is_operator
    newsroom.clock.advance(lifetime - timedelta(seconds=1))
    assert browser.get("/account").status_code == 200
    newsroom.clock.advance(timedelta(seconds=1))
    assert browser.get("/account").status_code == 303
    assert browser.get("/login").status_code == 200
    assert browser.cookies == {}  # what is good for nothing is taken away


@pytest.mark.parametrize("path", ["/login", "/account", "/account?done=<script>"])
def test_the_pages_need_no_script_label_every_field_and_are_nobody_elses_to_keep(anna: Browser, path: str) -> None:
    browser = Browser(anna.newsroom) if path == "/login" else anna
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    page = Outline(answer.text)
    assert all("defer" in script for script in page.all("script"))
    labels = {each.get("for") for each in page.all("label")}
    for field in page.all("input"):
        if field.get("type") not in {"hidden", "checkbox"} and "hidden" not in field:
            assert field.get("id") in labels, field
            assert field.get("autocomplete"), field
    assert all(form["method"] == "post" for form in page.all("form") if form.get("role") != "search")
    described = {name for each in page.all("input") for name in (each.get("aria-describedby") or "").split()}
    assert described <= {each.get("id") for tag in ("p",) for each in page.all(tag)}


def test_a_form_too_large_or_of_another_kind_is_refused(anna: Browser) -> None:
    assert anna.send("/login", {"name": "a" * 70_000}).status_code == 413
    assert anna.send("/login", {"name": "a"}, headers={**FORM, "content-type": "application/json"}).status_code == 415
    assert anna.send("/login", {str(number): "" for number in range(2001)}).status_code == 400


def test_the_account_speaks_english_where_the_site_does(english: Newsroom) -> None:
    add_anna(english)
    browser = Browser(english)
    assert "Only for readers with an account." in browser.get("/login").text
    browser.log_in()
    assert "Do not count my reads" in browser.get("/account").text
