"""Checks of single values: addresses, slugs, languages, words of topics. Each says in words what is wrong."""

from __future__ import annotations

import difflib
import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")  # RFC 5646, without private use
_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,3}")
_LOCAL_NAMES = (".local", ".localhost", ".internal", ".home.arpa", ".lan", ".test", ".example", ".invalid")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_GERMAN_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if any(letter.isspace() for letter in url):
        raise ValueError(f"{url!r} has a space in it")
    if parts.port == 0:
        raise ValueError(f"{url!r} names port 0")
    return parts


def check_web_url(url: str) -> str:
    """Return the address of a feed or a hub: http or https, the only schemes that are fetched.

    Raises: ValueError.
    """
    return _check_web_url(url, _split(url))


def check_base_url(url: str) -> str:
    """Return the address under which readers reach the site, without a slash at its end.

    Raises: ValueError.
    """
    parts = _split(url)
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} must end with its path: no ? and no #")
    return _check_web_url(url, parts).rstrip("/")


def is_public_https(url: str) -> bool:
    """Return whether strangers on the internet could reach the address, as far as it says so itself."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https":
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL_NAMES)


def _check_web_url(url: str, parts: SplitResult) -> str:
    if parts.scheme not in _DEFAULT_PORTS:
        remedy = f"; did you mean 'https://{url}'?" if "." in url and "://" not in url else ""
        raise ValueError(f"{url!r} must start with https:// or http://{remedy}")
    if not parts.hostname:
        raise ValueError(f"{url!r} names no host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a user name or password in it is refused")
    return url


def feed_key(url: str) -> str:
    """Return what two spellings of a feed's address have in common: case of the host, default port, fragment, bare slash."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = parts.hostname or ""
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        host += f":{port}"
    key = f"{parts.scheme}://{host}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    return url if key == url else key  # one text for both: there may be a hundred thousand


def check_store_url(url: str) -> str:
    """Return the address of the database.

    Raises: ValueError.
    """
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite" and separator:
        if not rest.startswith("/") or rest in ("/", "/:memory:"):
            raise ValueError(f"{url!r} must name a file, as in sqlite:///data/aggregator.db")
        return url
    if scheme == "postgresql+psycopg" and separator and rest:
        _check_server(rest)
        return url
    # What follows the scheme of a server is not repeated: it may hold a password.
    remedy = "; write postgresql+psycopg://…" if scheme.startswith("postgres") else ""
    shown = f"{scheme}://…" if "@" in rest else url
    raise ValueError(f"{shown!r} is neither sqlite:///FILE nor postgresql+psycopg://HOST/DATABASE{remedy}")


def _check_server(rest: str) -> None:
    """Look at what follows the scheme in the address of a server, without repeating it.

    Raises: ValueError.
    """
    login, _, place = rest.partition("?")[0].rpartition("@")
    server, _, database = place.partition("/")
    if "@" in login or "/" in login:
        raise ValueError("in the password of a database's address, write @ as %40, / as %2F and % as %25")
    if not database:
        raise ValueError("the address of a database must name it, as in postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    _, colon, port = server.rpartition("]")[2].partition(":")
    if colon and not port.isdigit():
        # Without a host this is where the password stands.
        raise ValueError(
            "the port in a database's address is no number; write postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"
        )


def check_slug(slug: str) -> str:
    """Return the slug: small letters, digits, and hyphens between them.

    Raises: ValueError, with a slug that would do.
    """
    if not _SLUG.fullmatch(slug):
        folded = unicodedata.normalize("NFKD", slug.casefold().translate(_GERMAN_DIGRAPHS)).encode("ascii", "ignore").decode()
        better = "-".join(re.findall(r"[a-z0-9]+", folded))
        remedy = f"; did you mean {better!r}?" if better else ""
        raise ValueError(f"{slug!r} must be of a-z, 0-9 and single hyphens between them{remedy}")
    return slug


def check_language(tag: str) -> str:
    """Return a language tag (`de`, `de-CH`).

    Raises: ValueError.
    """
    if not _LANGUAGE_TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is not a language tag such as de, de-CH or en")
    return tag


def check_timezone(name: str) -> str:
    """Return the name of a time zone (`Europe/Zurich`).

    Raises: ValueError.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what zoneinfo raises for unknown names, for paths, and for folders of names
        nearest = difflib.get_close_matches(name, available_timezones(), n=1)
        remedy = f"; did you mean {nearest[0]!r}?" if nearest else ", as Europe/Zurich is"
        raise ValueError(f"{name!r} is not the name of a time zone{remedy}") from None
    return name


def check_primary_language(tag: str) -> str:
    """Return a primary language subtag (`de`).

    Raises: ValueError.
    """
    if not _PRIMARY_SUBTAG.fullmatch(tag):
        primary = re.split(r"[-_]", tag)[0].lower()
        remedy = f"; did you mean {primary!r}?" if _PRIMARY_SUBTAG.fullmatch(primary) else ""
        raise ValueError(f"{tag!r} must be a language alone, such as de, en or fr{remedy}")
    return tag


def check_word(word: str) -> str:
    """Return a word or phrase of a topic's rules; a `*` may stand at the start or the end of a word.

    Raises: ValueError.
    """
    if not word.strip():
        raise ValueError("is empty")
    for piece in word.split():
        if "*" in piece[1:-1]:
            raise ValueError(f"{word!r}: a * stands only at the start or the end of a word")
        if not any(letter.isalnum() for letter in piece):
            raise ValueError(f"{piece!r} has no letter or digit" + (f", in {word!r}" if piece != word else ""))
    return word


def check_tag(tag: str) -> str:
    """Return a tag or a category.

    Raises: ValueError.
    """
    if not tag or tag != tag.strip() or not tag.isprintable():
        raise ValueError(f"{tag!r} is empty or has spaces around it")
    return tag


def check_network(text: str) -> str:
    """Return an address (`127.0.0.1`) or a network (`10.0.0.0/8`).

    Raises: ValueError.
    """
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is not an address (127.0.0.1) or a network (10.0.0.0/8)") from None
    return text


def check_origin(url: str) -> str:
    """Return the origin of a site as browsers send it: `https://www.example.org`, without a path.

    Raises: ValueError.
    """
    parts = _split(_check_web_url(url, urlsplit(url)))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{url!r} must end with the host: no path, no ? and no #")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def check_token(token: str) -> str:
    """Return a secret that callers send.

    Raises: ValueError for one that is soon guessed; the secret is not repeated in the message.
    """
    shortest = 20
    if len(token) < shortest or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError(f"a token must have at least {shortest} letters, digits or signs; `openssl rand -hex 20` makes one")
    return token


def check_private_target(text: str) -> str:
    """Return an address, `address:port` (`[::1]:8080` for IPv6), or a network.

    Raises: ValueError.
    """
    match = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\]:(\d{1,5})|([0-9.]+):(\d{1,5})", text)
    if match is None:
        return check_network(text)
    highest_port = 65_535
    if not 0 < int(match[2] or match[4]) <= highest_port:
        raise ValueError(f"{text!r}: ports go from 1 to {highest_port}")
    try:
        ipaddress.ip_address(match[1] or match[3])
    except ValueError:
        raise ValueError(f"{text!r} does not begin with an address") from None
    return text
