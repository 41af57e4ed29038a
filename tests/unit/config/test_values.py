from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.config.values import (
    check_base_url,
    check_language,
    check_network,
    check_origin,
    check_primary_language,
    check_private_target,
    check_slug,
    check_store_url,
    check_tag,
    check_token,
    check_web_url,
    check_word,
    feed_key,
)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_web_url, "https://example.org/feed?x=1"),
        (check_web_url, "http://[::1]:8080/feed"),
        (check_base_url, "https://example.org/news"),
        (check_store_url, "sqlite:///data/a.db"),
        (check_store_url, "postgresql+psycopg://u:p@h/d"),
        (check_store_url, "postgresql+psycopg://u:s%40cret@[::1]:5432/d?sslmode=require"),
        (check_store_url, "postgresql+psycopg:///d?host=/run/postgresql"),
        (check_slug, "klima-2026"),
        (check_language, "de-CH"),
        (check_primary_language, "de"),
        (check_word, "künstliche Intelligenz"),
        (check_word, "*minister*"),
        (check_tag, "Switzerland (DE)"),
        (check_network, "10.0.0.0/8"),
        (check_origin, "https://www.example.org"),
        (check_origin, "http://127.0.0.1:8000"),
        (check_token, "0123456789abcdef0123"),
        (check_network, "::1"),
        (check_private_target, "127.0.0.1"),
        (check_private_target, "127.0.0.1:8080"),
        (check_private_target, "[::1]:8080"),
        (check_private_target, "127.0.0.0/8"),
    ],
)
def test_a_good_value_stays_as_it_is(check: Callable[[str], str], value: str) -> None:
    assert check(value) == value


@pytest.mark.parametrize(
    ("check", "value", "words"),
    [
        (check_origin, "https://example.org/artikel", "no path"),
        (check_origin, "example.org", "did you mean 'https://example.org'"),
        (check_origin, "null", "must start with"),
        (check_token, "", "at least 20"),
        (check_token, "short", "openssl rand"),
        (check_token, "twenty letters and a blank", "at least 20"),
        (check_web_url, "example.org/feed", "did you mean 'https://example.org/feed'"),
        (check_web_url, "ftp://example.org/", "must start with https://"),
        (check_web_url, "https:///feed", "names no host"),
        (check_web_url, "https://a b.org/", "space"),
        (check_web_url, "https://u:p@example.org/", "user name"),
        (check_web_url, "https://example.org:99999/", "[Pp]ort"),
        (check_web_url, "https://[::1/", "IPv6"),
        (check_web_url, "file:///srv/feed.xml", "must start"),
        (check_base_url, "https://example.org/?a", "no \\?"),
        (check_base_url, "file:///x", "must start"),
        (check_store_url, "sqlite://", "name a file|neither"),
        (check_store_url, "sqlite:///:memory:", "name a file"),
        (check_store_url, "postgresql://h/d", "postgresql\\+psycopg"),
        (check_store_url, "mysql://h/d", "neither"),
        (check_store_url, "postgresql+psycopg://u:s@cret@h/d", "%40"),
        (check_store_url, "postgresql+psycopg://u:s/cret@h/d", "%2F"),
        (check_store_url, "postgresql+psycopg://u:p@h", "must name it"),
        (check_store_url, "postgresql+psycopg://u:p@h/", "must name it"),
        (check_store_url, "postgresql+psycopg://u:p@h:x/d", "port in a database's address is no number"),
        (check_slug, "Österreich & Co", "did you mean 'oesterreich-co'"),
        (check_slug, "a--b", "did you mean 'a-b'"),
        (check_slug, "🙂", "must be of a-z"),
        (check_language, "deutsch!", "language tag"),
        (check_primary_language, "de-CH", "did you mean 'de'"),
        (check_word, "  ", "is empty"),
        (check_word, "Bun*d", "start or the end"),
        (check_word, "gut *", "no letter"),
        (check_tag, " a", "spaces"),
        (check_tag, "", "empty"),
        (check_network, "10.0.0.0/99", "not an address"),
        (check_private_target, "127.0.0.1:0", "ports go from"),
        (check_private_target, "999.0.0.1:80", "does not begin"),
        (check_private_target, "localhost", "not an address"),
    ],
)
def test_a_bad_value_is_refused_in_words(check: Callable[[str], str], value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(value)


def test_an_origin_is_spelled_as_browsers_send_it() -> None:
    assert check_origin("https://WWW.Example.org/") == "https://www.example.org"


def test_a_token_is_not_repeated_in_what_is_said_of_it() -> None:
    with pytest.raises(ValueError, match="at least") as refused:
        check_token("my secret")
    assert "my secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:geheim@h/d",
        "postgresql+psycopg://u:ge@geheim@h/d",
        "postgresql+psycopg://u:geheim@h",
        "postgresql+psycopg://u:geheim/d",
    ],
)
def test_the_password_of_a_database_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"database|postgresql") as refused:
        check_store_url(url)
    assert "geheim" not in str(refused.value)


def test_a_base_url_loses_the_slash_at_its_end() -> None:
    assert check_base_url("https://example.org/") == "https://example.org"


def test_spellings_of_one_address_have_one_key() -> None:
    spellings = ["https://Example.ORG", "https://example.org/", "https://example.org:443/", "https://example.org/#top"]
    assert len({feed_key(url) for url in spellings}) == 1
    others = ["http://example.org/", "https://example.org/a", "https://example.org/?a", "https://example.org:8443/"]
    assert len({feed_key(url) for url in [*spellings, *others]}) == 5


def test_an_address_that_is_none_is_its_own_key() -> None:
    assert feed_key("http://[x") == "http://[x"
