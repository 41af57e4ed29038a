"""What every storage promises of sessions."""

from __future__ import annotations

from aggregator.model.reader import Credentials, Reader, Session
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, key_of


def add_reader(storage: Storage, name: str) -> Reader:
    secrets = Credentials(
        password_hash="hash", api_password=key_of(name), token=key_of(f"t {name}"), fever_key=key_of(f"f {name}")
    )
    with storage.write() as tx:
        return tx.readers.add(name, secrets, now=NOON)


def add_session(storage: Storage, reader: Reader, token: str, *, hours: int = 1) -> Session:
    made = Session(reader_id=reader.id, created_at=NOON, expires_at=NOON + hours * HOUR)
    with storage.write() as tx:
        tx.sessions.add(key_of(token), made)
    return made


def found(storage: Storage, token: str, *, hours: int = 0) -> Session | None:
    with storage.read() as tx:
        return tx.sessions.find(key_of(token), now=NOON + hours * HOUR)


def test_a_session_is_found_until_it_expires(storage: Storage) -> None:
    anna = add_reader(storage, "anna")
    made = add_session(storage, anna, "one")
    assert found(storage, "one") == made
    assert found(storage, "two") is None
    assert found(storage, "one", hours=1) is None
    with storage.read() as tx:
        assert tx.readers.get(made.reader_id) == anna
        assert tx.readers.get(99) is None


def test_a_session_ends_alone_or_with_all_others_of_its_reader(storage: Storage) -> None:
    anna, zoe = add_reader(storage, "anna"), add_reader(storage, "zoe")
    for reader, token in ((anna, "one"), (anna, "two"), (anna, "three"), (zoe, "four")):
        add_session(storage, reader, token)
    with storage.write() as tx:
        tx.sessions.end(key_of("one"))
        tx.sessions.end(key_of("never there"))
    assert found(storage, "one") is None
    assert found(storage, "two") is not None
    with storage.write() as tx:
        tx.sessions.end_all(anna.id, but=key_of("two"))
    assert [found(storage, token) is not None for token in ("two", "three", "four")] == [True, False, True]
    with storage.write() as tx:
        tx.sessions.end_all(anna.id)
        assert tx.sessions.of_reader(anna.id) == []
    assert found(storage, "four") is not None


def test_expired_sessions_are_pruned_and_those_of_a_removed_reader_go_with_it(storage: Storage) -> None:
    anna = add_reader(storage, "anna")
    add_session(storage, anna, "short")
    add_session(storage, anna, "long", hours=48)
    with storage.write() as tx:
        assert tx.sessions.prune(now=NOON + DAY) == 1
        assert len(tx.sessions.of_reader(anna.id)) == 1
        tx.readers.remove(anna.id)
    assert found(storage, "long") is None


def test_who_runs_the_site_is_kept_with_the_account(storage: Storage) -> None:
    anna = add_reader(storage, "anna")
    assert not anna.is_operator
    for is_operator in (True, False):
        with storage.write() as tx:
            tx.readers.set_operator(anna.id, is_operator=is_operator)
        with storage.read() as tx:
            stored = tx.readers.find("anna")
        assert stored is not None
        assert stored.is_operator is is_operator
