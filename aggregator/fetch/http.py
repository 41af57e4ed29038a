"""The HTTP client: one exchange of request and answer on a libcurl handle that is used again and again.

Redirects are followed by hand, so that every hop passes the address guard and permanent ones can be told from others.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import ada_url
import pycurl

from aggregator.errors import AddressRefused, FetchError, FetchTimeout, Redirected
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.answers import (
    Head,
    charset_of,
    hints_of,
    media_type_of,
    push_links_of,
    read_head,
    read_http_date,
    validators_of,
)
from aggregator.fetch.decoding import ACCEPT_ENCODING, Body
from aggregator.fetch.failures import curl_failure, raised_failure, status_failure
from aggregator.fetch.politeness import FetchLimits
from aggregator.model.feed import Validators
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest, NotModified

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1"

_DOCUMENT = frozenset({200, 203})  # 203: the same document, changed by a proxy on the way
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ERROR_PAGE_BYTES = 64 << 10  # what is read of a page nobody wants, to keep the connection; beyond, the connection is closed
_BUFFER_BYTES = 128 << 10  # fewer, larger pieces for Python to take
_QUICK_EXIT = 322  # CURLOPT_QUICK_EXIT, unnamed in pycurl: abandoning a request does not wait for the resolver
_BREAKS_A_FIELD = re.compile(rb"[\r\n\0]")
_NO_VALIDATORS = Validators()


def user_agent(version: str, contact: str = "") -> str:
    """Return how we introduce ourselves: name, version, and where a publisher finds out who polls and how to stop it.

    Raises: ValueError for a contact that no header can carry.
    """
    if not (contact.isascii() and contact.isprintable()):
        raise ValueError(f"the contact {contact!r} must be printable ASCII to be sent to publishers")
    return f"aggregator/{version} (+{contact})" if contact else f"aggregator/{version}"


def trusted_certificates() -> dict[int, str]:
    """Return the options that point libcurl to the certificates this machine trusts.

    A libcurl from a wheel looks where the machine it was built on keeps them, and finds none on Debian, say.
    """
    paths = ssl.get_default_verify_paths()  # honours SSL_CERT_FILE and SSL_CERT_DIR
    if paths.cafile:
        return {pycurl.CAINFO: paths.cafile}
    return {pycurl.CAPATH: paths.capath} if paths.capath else {}


@dataclass(slots=True, eq=False)
class Visit:
    """A request on its way: where it stands in its chain of redirects, and what that chain has been so far.

    `spent` is the time its finished hops took. `permanent` holds while every hop was permanent and none left https.
    """

    request: FetchRequest
    url: str
    site: str
    seen: tuple[str, ...] = ()
    permanent: bool = True
    spent: timedelta = timedelta(0)

    @classmethod
    def of(cls, request: FetchRequest, guard: AddressGuard) -> Visit:
        """Begin with a request.

        Raises: AddressRefused.
        """
        url, site = guard.check_url(request.url)
        return cls(request=request, url=url, site=site)

    @property
    def validators(self) -> Validators:
        """What makes the request of this hop conditional: nothing, unless this is the address that gave it."""
        given_by = self.request.validators_url
        mine = not self.seen if given_by is None else given_by == self.url
        return self.request.validators if mine else _NO_VALIDATORS


class Exchange:
    """A reusable libcurl handle: `open` a visit, let a multi handle drive `curl`, then `close` it for what came of it."""

    def __init__(self, *, limits: FetchLimits, guard: AddressGuard, agent: str, certificates: dict[int, str]) -> None:
        self._limits = limits
        self._guard = guard
        self._head_lines: list[bytes] = []
        self._head: Head | None = None
        self._body: Body | None = None
        self._error_page_bytes: int | None = None
        self._failure: FetchError | None = None
        self._refused: str | None = None
        self._timeout = limits.timeout
        self._visit: Visit | None = None
        self.curl = curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.PROXY, "")  # none, whatever the environment says
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        curl.setopt(pycurl.USERAGENT, agent)
        curl.setopt(pycurl.BUFFERSIZE, _BUFFER_BYTES)
        curl.setopt(pycurl.MAXFILESIZE_LARGE, limits.max_body_bytes)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(limits.connect_timeout))
        curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(limits.timeout))
        curl.setopt(_QUICK_EXIT, 1)
        for option, place in certificates.items():
            curl.setopt(option, place)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        curl.setopt(pycurl.HEADERFUNCTION, self._head_lines.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._take)

    @property
    def visit(self) -> Visit:
        """The visit that is open."""
        if self._visit is None:
            raise RuntimeError("no visit is open")
        return self._visit

    def progress(self) -> int:
        """Return a number that grows whenever something arrives; 0 before the first byte of the answer."""
        arrived = self._body.received_bytes if self._body else (self._error_page_bytes or 0)
        return len(self._head_lines) + arrived

    def open(self, visit: Visit) -> None:
        """Prepare the handle for a visit.

        Raises: FetchError where libcurl does not accept it.
        """
        self._visit = visit
        self._head_lines.clear()
        self._head = self._body = self._failure = self._refused = self._error_page_bytes = None
        try:
            self.curl.setopt(pycurl.URL, visit.url)
            self.curl.setopt(pycurl.HTTPHEADER, _request_fields(visit))
            timeout = self._limits.timeout - visit.spent
            if timeout != self._timeout:
                self.curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(timeout))
                self._timeout = timeout
        except pycurl.error as error:
            raise raised_failure(error, url=visit.request.url, host=visit.site) from error
        except (UnicodeError, ValueError) as error:
            raise AddressRefused("this is not a web address", feed_url=visit.request.url) from error

    def close(self, code: int, detail: str, *, now: datetime) -> FetchOutcome | Visit:
        """Return what came of the visit: an outcome, or the visit of the next hop. `code` and `detail` are libcurl's."""
        visit = self.visit
        head = self._head or read_head(self._head_lines)
        if code and not self._answered(head.status):
            return self._failure_of(visit, code, detail)
        if head.status in _DOCUMENT:
            return self._document(visit, head, now)
        if head.status == HTTPStatus.NOT_MODIFIED:
            return _not_modified(visit, head, now)
        if head.status in _REDIRECT:
            hop = self._next_hop(visit, head)
            if isinstance(hop, Visit) and not visit.request.follows:
                return Redirected(feed_url=visit.request.url, target=hop.url)
            return hop
        return status_failure(head.status, url=visit.request.url, retry_after=hints_of(head, now=now).retry_after)

    def expire(self, first_byte: bool) -> FetchTimeout:  # noqa: FBT001 -- the two timeouts the fleet keeps itself
        """Return the error for a visit that was given up: nothing arrived at all, or nothing more."""
        limits = self._limits
        host, url = self.visit.site, self.visit.request.url
        if first_byte:
            return FetchTimeout(f"{host} did not answer within {_seconds(limits.first_byte_timeout)}", feed_url=url)
        return FetchTimeout(f"{host} stopped sending for {_seconds(limits.stall_timeout)}", feed_url=url)

    def _answered(self, status: int) -> bool:
        """Whether the head was all that was wanted, so that the body may break off."""
        return self._error_page_bytes is not None or (status not in _DOCUMENT and status >= HTTPStatus.MULTIPLE_CHOICES)

    def _document(self, visit: Visit, head: Head, now: datetime) -> FetchOutcome:
        try:
            body = self._body.finish() if self._body else b""
        except FetchError as error:
            return error
        validators = validators_of(head)
        return Fetched(
            url=visit.url,
            body=body,
            media_type=media_type_of(head),
            charset=charset_of(head),
            validators=validators,
            hints=hints_of(head, now=now),
            permanent_url=visit.url if visit.seen and visit.permanent else None,
            last_modified_at=read_http_date(validators.last_modified),
            received_bytes=self._body.received_bytes if self._body else 0,
            links=push_links_of(head, url=visit.url),
        )

    def _next_hop(self, visit: Visit, head: Head) -> FetchError | Visit:
        asked = visit.request.url
        location = head.fields.get(b"location", b"").decode("utf-8", "replace")
        if not location:
            return FetchError("the server redirects, but does not say where to", feed_url=asked, status=head.status)
        if len(visit.seen) >= self._limits.max_redirects:
            return FetchError(f"the server redirects more than {self._limits.max_redirects} times", feed_url=asked)
        try:
            url, site = self._guard.check_url(ada_url.join_url(visit.url, location))
        except ValueError:
            return FetchError("the server redirects to something that is not a web address", feed_url=asked, status=head.status)
        except AddressRefused as error:
            return AddressRefused(f"the server redirects to an address that is not fetched: {error.reason}", feed_url=asked)
        seen = (*visit.seen, visit.url)
        if url in seen:
            return FetchError("the server redirects in a circle", feed_url=asked, status=head.status)
        downgrade = visit.url.startswith("https:") and not url.startswith("https:")
        return Visit(
            request=visit.request,
            url=url,
            site=site,
            seen=seen,
            permanent=visit.permanent and head.status in _PERMANENT and not downgrade,
            spent=visit.spent + timedelta(seconds=self.curl.getinfo(pycurl.TOTAL_TIME)),
        )

    def _failure_of(self, visit: Visit, code: int, detail: str) -> FetchError:
        url = visit.request.url
        if self._failure:
            return self._failure
        if self._refused and code == pycurl.E_COULDNT_CONNECT:
            return AddressRefused(self._refused, feed_url=url)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            if not self.curl.getinfo(pycurl.REQUEST_SIZE):  # nothing could be asked yet
                return FetchTimeout(f"{visit.site} let nobody connect in time", feed_url=url)
            return FetchTimeout(f"{visit.site} was not done within {_seconds(self._limits.timeout)}", feed_url=url)
        return curl_failure(code, detail, url=url, host=visit.site)

    def _open_socket(self, _purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> _LentSocket | int:
        """Open the socket libcurl asks for, unless the address it is about to connect to is refused."""
        family, kind, protocol, (ip, port, *_) = address
        reason = self._guard.refuse_address(ip, port)
        if reason:
            self._refused = reason
            return int(pycurl.SOCKET_BAD)
        try:
            return _LentSocket(socket.socket(family, kind, protocol))
        except OSError:  # no IPv6 on this machine, or no descriptor free: libcurl tries the next address or says so
            return int(pycurl.SOCKET_BAD)

    def _take(self, chunk: bytes) -> int | None:
        """Take a piece of a body; anything but None breaks off the transfer."""
        try:
            if self._body is None:
                if self._head is None:
                    self._head = read_head(self._head_lines)
                if self._head.status not in _DOCUMENT:
                    self._error_page_bytes = (self._error_page_bytes or 0) + len(chunk)
                    return None if self._error_page_bytes <= _ERROR_PAGE_BYTES else -1
                coding = self._head.fields.get(b"content-encoding", b"").decode("latin-1")
                self._body = Body(coding, max_bytes=self._limits.max_body_bytes, url=self.visit.request.url)
            self._body.add(chunk)
        except FetchError as error:
            self._failure = error
            return -1
        return None


class _LentSocket:
    """A socket that pycurl takes a duplicate of; this end is closed as soon as nobody holds it."""

    __slots__ = ("_socket",)

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def fileno(self) -> int:
        return self._socket.fileno()

    def __del__(self) -> None:
        self._socket.close()


def _not_modified(visit: Visit, head: Head, now: datetime) -> FetchOutcome:
    if not _conditions(visit.validators):
        return FetchError(
            "the server answered 304 (Not Modified) to a request without conditions",
            feed_url=visit.request.url,
            status=head.status,
        )
    return NotModified(
        url=visit.url,
        validators=validators_of(head),
        hints=hints_of(head, now=now),
        permanent_url=visit.url if visit.seen and visit.permanent else None,
    )


def _request_fields(visit: Visit) -> list[str | bytes]:
    fields: list[str | bytes] = [f"Accept: {visit.request.accept or ACCEPT}", f"Accept-Encoding: {ACCEPT_ENCODING}"]
    fields += _conditions(visit.validators)
    return fields


def _conditions(validators: Validators) -> list[bytes]:
    """Return the header lines that make a request conditional; a value that would break out of its line is left out."""
    lines = []
    if validators.etag and not _BREAKS_A_FIELD.search(validators.etag):
        lines.append(b"If-None-Match: " + validators.etag)
    if validators.last_modified and not _BREAKS_A_FIELD.search(validators.last_modified):
        lines.append(b"If-Modified-Since: " + validators.last_modified)
    return lines


def _milliseconds(duration: timedelta) -> int:
    return max(round(duration.total_seconds() * 1000), 1)


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():g} s"
