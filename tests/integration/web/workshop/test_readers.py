"""Operators make, change and delete accounts."""

from __future__ import annotations

import re

from tests.integration.web.test_accounts import PASSWORD, Browser


def test_an_account_is_made_and_its_api_password_shown_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/readers/add", name="bruno", new_password="long enough", dont_count="1")
    assert answer.status_code == 200
    assert "Zugang für bruno" in answer.text
    assert re.search(r"<dt>API-Passwort</dt>\s*<dd><code>\S{16,}</code>", answer.text)
    listed = operator.get("/workshop/readers").text
    assert "Zugang für" not in listed
    assert "bruno" in listed
    assert "zählt in keiner Rangliste" in listed


def test_what_is_wrong_with_an_account_is_said(operator: Browser) -> None:
    again = operator.submit("/workshop/readers/add", name="Anna", new_password="long enough")
    assert (again.status_code, "gibt es schon" in again.text) == (422, True)
    for name, password in (("bruno", "short"), ("a:b", "long enough"), ("", "long enough")):
        assert operator.submit("/workshop/readers/add", name=name, new_password=password).status_code == 422


def test_operators_are_made_and_accounts_deleted_only_with_ones_own_password(operator: Browser) -> None:
    refused = operator.submit("/workshop/readers/add", name="bruno", new_password="long enough", operator="1", password="wrong")
    assert refused.status_code == 403
    operator.submit("/workshop/readers/add", name="bruno", new_password="long enough")
    for path, fields in (("role", {"role": "operator"}), ("remove", {})):
        refused = operator.submit(f"/workshop/readers/{path}", name="bruno", password="wrong", **fields)
        assert refused.status_code == 403
    done = operator.submit("/workshop/readers/role", name="bruno", role="operator", password=PASSWORD)
    assert done.headers["location"] == "/workshop/readers?done=role"
    assert "betreibt diese Website" in operator.get("/workshop/readers").text
    done = operator.submit("/workshop/readers/remove", name="bruno", password=PASSWORD)
    assert done.headers["location"] == "/workshop/readers?done=reader_removed"
    assert "bruno" not in operator.get("/workshop/readers").text


def test_nobody_locks_themselves_out(operator: Browser) -> None:
    for path in ("role", "remove"):
        answer = operator.submit(f"/workshop/readers/{path}", name="ANNA", role="reader", password=PASSWORD)
        assert (answer.status_code, "aussperrt" in answer.text) == (422, True)
    assert operator.get("/workshop").status_code == 200


def test_a_new_api_password_is_shown_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/readers/renew", name="anna")
    assert "Zugang für anna" in answer.text
    assert operator.submit("/workshop/readers/renew", name="nobody").status_code == 404
