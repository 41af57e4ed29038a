"""Requests as `docs/openapi.yaml` describes them, and as it does not, made up by schemathesis against the whole application.

Nothing sent makes the server fail, what is answered is as described, and who does not log in learns nothing of who does.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.openapi import from_path
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp

from aggregator.app import open_aggregator
from aggregator.cli.application import open_application
from aggregator.config.loading import parse_settings
from aggregator.library.catalogue import ReaderSite
from aggregator.library.passwords import fever_key_of, token_of
from aggregator.library.readers import add_reader
from aggregator.library.sessions import LoggedIn, Logins
from aggregator.library.subscribing import subscribe
from tests.fakes.clock import FakeClock
from tests.fakes.databases import kind_of, new_database, store_setting
from tests.fakes.newsroom import NOON, TOPICS, open_newsroom

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.yaml"
BASE = "http://127.0.0.1:8040"
TOKEN = "a-token-of-our-own-server"
PASSWORD = "correct horse battery"
SECRETS = ("Geheimfach", "berta-in-private")
"""Words that stand in nothing but what belongs to somebody."""

CONFIG = f"""\
feeds: []
topics: [{", ".join(f"{{slug: {topic.slug}, title: {topic.title}, any: [{topic.title}]}}" for topic in TOPICS)}]
site: {{title: Mehr zum Tag, base_url: '{BASE}'}}
reads: {{tokens: [{TOKEN}], allowed_origins: ["https://www.seeblick.example"]}}
"""
SCHEMA = from_path(DOCUMENT)
OPERATIONS = {
    f"{each.method.upper()} {each.path}": each
    for each in (found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok))
    if each.path != "/events"  # it is answered for as long as somebody listens
}
NOTHING_TO_GET_WRONG = {
    name for name, each in OPERATIONS.items() if not (each.path_parameters or each.query or each.headers or each.body)
}
SLOW = {"POST /login": 4}
"""Requests sent of operations that take long on purpose."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The application, and who has an account there: Alice reads with a feed reader, Berta with a browser."""

    app: ASGIApp
    clock: FakeClock
    api_password: str
    berta: LoggedIn

    def credentials(self, operation: str) -> dict[str, str]:
        """Return the headers of who may send a request."""
        path = operation.split()[1]
        if path.startswith("/v1/"):
            return {"Authorization": f"Basic {base64.b64encode(f'alice:{self.api_password}'.encode()).decode()}"}
        if path.startswith(("/account", "/log")):
            return {"Cookie": f"session={self.berta.token}", "Origin": BASE}
        return {
            "Authorization": f"Bearer {TOKEN}"
            if path == "/api/reads"
            else f"GoogleLogin auth={token_of('alice', self.api_password)}"
        }


@pytest.fixture(scope="module")
def service(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    clock = FakeClock(NOON)
    with (
        new_database(kind_of(empty_store), folder, copy_of=empty_store) as url,
        open_aggregator(
            parse_settings(CONFIG + store_setting(url), path=folder / "config.yaml", environ={}), clock=clock
        ) as aggregator,
        open_application(aggregator) as app,
    ):
        storage = aggregator.storage
        open_newsroom(storage)
        aggregator.rank(at_once=True)
        aggregator.publish()
        site = ReaderSite(title="Mehr zum Tag", base_url=BASE)
        alice, api_password = add_reader(storage, "alice", password=PASSWORD, site=site, now=NOON)
        subscribe(storage, alice, site, f"{BASE}/trending", title=None, folders=[SECRETS[0]], now=NOON)
        add_reader(storage, SECRETS[1], password=PASSWORD, site=site, now=NOON)
        berta = Logins(storage).log_in(SECRETS[1], PASSWORD, address="", now=NOON)
        yield Service(app=app, clock=clock, api_password=api_password, berta=berta)


def made_up(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def send(service: Service, case: Case[Any], headers: dict[str, str]) -> Response:
    service.clock.advance(timedelta(seconds=61))  # so that wrong passwords do not add up
    return case.call(app=service.app, base_url=BASE, headers=headers)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_makes_the_server_fail_and_answers_are_as_described(
    service: Service, name: str, mode: GenerationMode
) -> None:
    if mode.is_negative and name in NOTHING_TO_GET_WRONG:
        return

    @made_up(SLOW.get(name, 12 if mode.is_positive else 6))
    @given(case=OPERATIONS[name].as_strategy(mode))
    def check(case: Case[Any]) -> None:
        if name.startswith("POST /account/") and mode.is_positive and isinstance(case.body, dict):
            case.body["form_token"] = service.berta.form_token  # past the first check, to what lies behind
        case.validate_response(send(service, case, service.credentials(name)), checks=CHECKS)

    check()


PRIVATE = [name for name, each in OPERATIONS.items() if each.definition.raw.get("security") != []]


def test_what_is_private_is_known_to_be() -> None:
    assert {"/v1/", "/reader/", "/account", "/api/reads", "/logout", "/workshop"} == {
        next(
            start for start in ("/v1/", "/reader/", "/account", "/api/reads", "/logout", "/workshop") if path.startswith(start)
        )
        for path in (name.split()[1] for name in PRIVATE)
    }


@pytest.mark.parametrize("name", PRIVATE)
def test_nothing_private_is_read_or_changed_without_credentials_or_with_those_of_nobody(service: Service, name: str) -> None:
    forged = {
        "Authorization": f"GoogleLogin auth=alice/{'0' * 40}",
        "Cookie": f"session={'A' * 43}",
        "Origin": BASE,
    }
    guessed = {"Authorization": f"Basic {base64.b64encode(b'alice:').decode()}"}

    @made_up(4)
    @given(case=OPERATIONS[name].as_strategy())
    def check(case: Case[Any]) -> None:
        for headers in ({}, {"Origin": BASE}, forged, guessed):
            answer = send(service, case, headers)
            assert answer.status_code in {401, 403, 415} or answer.headers.get("location", [""])[0].startswith("/login"), answer
            assert not any(secret in answer.text for secret in SECRETS)

    check()


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in PRIVATE and name not in SLOW])
def test_what_is_for_everybody_tells_nothing_of_anybody(service: Service, name: str) -> None:
    @made_up(3)
    @given(case=OPERATIONS[name].as_strategy())
    def check(case: Case[Any]) -> None:
        answer = send(service, case, {})
        assert not any(secret in answer.text for secret in SECRETS)
        assert "set-cookie" not in answer.headers

    check()


def test_the_secrets_are_there_to_be_found(service: Service) -> None:
    tags = OPERATIONS["GET /reader/api/0/tag/list"]
    assert SECRETS[0] in send(service, tags.Case(), service.credentials("GET /reader/")).text
    account = OPERATIONS["GET /account"]
    assert SECRETS[1] in send(service, account.Case(), service.credentials("GET /account")).text
    fever = OPERATIONS["POST /fever"].Case(
        query={"groups": "", "feeds": ""},
        body={"api_key": fever_key_of("alice", service.api_password)},
        media_type="application/x-www-form-urlencoded",
    )
    assert '"auth":1' in send(service, fever, {}).text
