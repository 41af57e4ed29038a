"""Whose certificate is trusted."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.fetching import FEED, failure, fetch, fetched, to
from tests.fakes.origin import Answer, Origin

CERTIFICATE = Path(__file__).parent / "loopback.pem"  # self-signed for localhost, private key included, valid to 2126


@pytest.fixture
def secure_origin() -> Iterator[Origin]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Origin(tls=context) as origin:
        yield origin


def test_an_unknown_certificate_is_refused_in_words(secure_origin: Origin) -> None:
    error = failure(fetch(secure_origin, secure_origin.answer("/feed", Answer(body=FEED))))
    assert "certificate" in error.reason
    assert not secure_origin.requests


def test_a_trusted_certificate_is_accepted_and_a_downgrade_is_never_permanent(
    origin: Origin, secure_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    secure_origin.answer("/feed", to(origin.answer("/feed", Answer(body=FEED))))
    outcome = fetched(fetch(secure_origin, secure_origin.url("/feed"), allow=("127.0.0.1",)))
    assert outcome.url == origin.url("/feed")
    assert outcome.permanent_url is None
