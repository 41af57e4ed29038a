"""Secrets of accounts: how they are made, and what of them is stored. The home of argon2.

Three secrets are derived from nothing a person chose, because feed readers keep and send them in the clear:

- the **API password**: 128 random bits, shown once;
- the **token** of the Google Reader API, `name/40 hex digits`: an HMAC under the API password, so that every login gives the
  same one without our keeping it, and a new API password revokes it;
- the **key** of the Fever API, md5 of `name:password`, as that API prescribes.

Of each only the SHA-256 is stored, which gives no way back to 128 bits. The web password, which a person chose, is stored
by argon2id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from aggregator.model.reader import Credentials

API_PASSWORD_BYTES = 16
GROUP = 5
"""Characters between dashes in an API password: it is typed on telephones."""

TOKEN_CHARS = 40
SHORTEST_PASSWORD = 8
"""Characters of a web password; NIST SP 800-63B, section 5.1.1.2."""

LONGEST_PASSWORD = 1000
"""Characters of a web password: more than anybody types, little enough to hash."""

_NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$BB+HaCl+X/m9e8y0qPNaSQ$NZNACr6Gtgk1T9/v3ZS38SVMYn2ahNxPz7Yie7MBLfs"
"""What the password of a name that nobody has is compared with: argon2id by the parameters of every other."""


def make_api_password() -> str:
    """Return a new API password: small letters and digits, in groups."""
    text = base64.b32encode(secrets.token_bytes(API_PASSWORD_BYTES)).decode().rstrip("=").lower()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def token_of(name: str, api_password: str) -> str:
    """Return the token of the Google Reader API; it holds no `=`, at which clients split."""
    safe = re.sub(r"[^a-z0-9._-]", "_", name.casefold())
    digest = hmac.digest(api_password.encode(), f"google-reader:{name.casefold()}".encode(), "sha256")
    return f"{safe}/{digest.hex()[:TOKEN_CHARS]}"


def fever_key_of(name: str, api_password: str) -> str:
    """Return the key of the Fever API, 32 hex digits."""
    return hashlib.md5(f"{name}:{api_password}".encode(), usedforsecurity=False).hexdigest()


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def make_credentials(name: str, *, password_hash: str, api_password: str) -> Credentials:
    """Return what is stored."""
    return Credentials(
        password_hash=password_hash,
        api_password=digest(api_password),
        token=digest(token_of(name, api_password)),
        fever_key=digest(fever_key_of(name, api_password)),
    )


def is_api_password(given: str, credentials: Credentials | None) -> bool:
    """Return whether it is the API password; no reader (None) takes as long as a wrong password."""
    stored = credentials.api_password if credentials is not None else bytes(hashlib.sha256().digest_size)
    return hmac.compare_digest(digest(given), stored)


def hash_password(password: str) -> str:
    """Return a web password as it is stored: argon2id in its encoded form."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - loads a C library that only these two functions need

    return PasswordHasher().hash(password.encode(errors="surrogatepass"))


def is_password(given: str, credentials: Credentials | None) -> bool:
    """Return whether it is the web password; no reader (None) takes as long as a wrong password."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - as above
    from argon2.exceptions import VerificationError  # noqa: PLC0415 - as above

    stored = credentials.password_hash if credentials is not None else _NOBODYS_HASH
    try:
        PasswordHasher().verify(stored, given[:LONGEST_PASSWORD].encode(errors="surrogatepass"))
    except VerificationError:
        return False
    return credentials is not None
