from __future__ import annotations

import hashlib
import re

from argon2 import PasswordHasher

from aggregator.library import passwords
from aggregator.library.passwords import (
    digest,
    fever_key_of,
    hash_password,
    is_api_password,
    is_password,
    make_api_password,
    make_credentials,
    token_of,
)


def test_an_api_password_has_128_random_bits_in_characters_that_can_be_typed() -> None:
    made = {make_api_password() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"([a-z2-7]{5}-){5}[a-z2-7]", each) for each in made)
    assert passwords.API_PASSWORD_BYTES * 8 >= 128


def test_a_token_is_stable_and_of_one_name_and_one_password() -> None:
    token = token_of("Zoë Müller=x", "secret")
    assert token == token_of("zoë müller=x", "secret")
    assert re.fullmatch(r"[a-z0-9._-]+/[0-9a-f]{40}", token)
    assert token.rpartition("/")[2] not in {token_of("anna", "secret")[-40:], token_of("zoë müller=x", "other")[-40:]}


def test_the_fever_key_is_the_md5_that_clients_make() -> None:
    assert fever_key_of("anna", "pw") == hashlib.md5(b"anna:pw", usedforsecurity=False).hexdigest()


def test_what_is_stored_leads_back_to_no_secret() -> None:
    stored = make_credentials("anna", password_hash="h", api_password="secret")
    assert stored.api_password == hashlib.sha256(b"secret").digest()
    assert stored.token == digest(token_of("anna", "secret"))
    assert b"secret" not in stored.api_password + stored.token + stored.fever_key
    assert is_api_password("secret", stored)
    assert not is_api_password("Secret", stored)
    assert not is_api_password("", stored)
    assert not is_api_password("secret", None)
    assert not is_api_password("\ud800", stored)


def test_web_passwords_are_argon2id() -> None:
    hashed = hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    stored = make_credentials("anna", password_hash=hashed, api_password="secret")
    assert is_password("correct horse", stored)
    assert not is_password("correct house", stored)
    assert not is_password("\ud800", stored)


def test_a_name_that_nobody_has_takes_the_same_work_as_a_wrong_password() -> None:
    assert not is_password("correct horse", None)
    assert not PasswordHasher().check_needs_rehash(passwords._NOBODYS_HASH)  # the same parameters
