"""Logging in, and who is logged in."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from aggregator.errors import AccessDenied
from aggregator.googlereader.calls import PRIVATE, Call, as_json, for_reader, plain, token_in
from aggregator.library.readers import log_in
from aggregator.model.reader import Reader

RETRY_SECONDS = 60


def client_login(call: Call) -> Response:
    """Give the token for a name and an API password, as text or, with `output=json`, as JSON.

    Only POST: a password in an address would stand in logs.
    """
    name, password = call.form.first("Email").strip(), call.form.first("Passwd")
    address, now = call.door.address_of(call.request), call.door.clock.now()
    if call.door.limiter.is_blocked(address=address, name=name, now=now):
        return PlainTextResponse("Error=BadAuthentication\n", 429, headers={**PRIVATE, "retry-after": str(RETRY_SECONDS)})
    try:
        _, token = log_in(call.door.storage, name, password)
    except AccessDenied:
        call.door.limiter.failed(address=address, name=name, now=now)
        return PlainTextResponse("Error=BadAuthentication\n", 401, headers=PRIVATE)
    if call.parameters.first("output") == "json":
        return as_json({"SID": token, "LSID": token, "Auth": token})
    return plain(f"SID={token}\nLSID={token}\nAuth={token}\n")


@for_reader
def write_token(call: Call, _reader: Reader) -> Response:
    """Give the token that changes are sent with: the same one, so that it also stands for a missing header (Liferea)."""
    return plain(token_in(call))


@for_reader
def user_info(_call: Call, reader: Reader) -> Response:
    """Say who is logged in."""
    number = str(reader.id)
    return as_json({"userId": number, "userName": reader.name, "userProfileId": number, "userEmail": ""})


@for_reader
def preferences(_call: Call, _reader: Reader) -> Response:
    """Give no preferences: no client known to us asks for any."""
    return as_json({"prefs": []})


@for_reader
def stream_preferences(_call: Call, _reader: Reader) -> Response:
    """Give no preferences of streams."""
    return as_json({"streamprefs": {}})
