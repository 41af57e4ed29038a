"""What went wrong, in words: the one place where libcurl's error codes and HTTP statuses become our errors."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pycurl

from aggregator.errors import FeedGone, FetchError, FetchTimeout, TooLarge

TIMEOUTS = frozenset({pycurl.E_OPERATION_TIMEDOUT})
TOO_LARGE = frozenset({pycurl.E_FILESIZE_EXCEEDED})

# Waiting may help with these. `{host}` is the host asked, `{detail}` what libcurl says of the case.
TEMPORARY = {
    pycurl.E_COULDNT_RESOLVE_HOST: "the name {host} has no address at the moment",
    pycurl.E_COULDNT_CONNECT: "{host} accepts no connection",
    pycurl.E_GOT_NOTHING: "{host} closed the connection without an answer",
    pycurl.E_SEND_ERROR: "the connection to {host} broke while asking",
    pycurl.E_RECV_ERROR: "the connection to {host} broke while reading the answer",
    pycurl.E_PARTIAL_FILE: "{host} closed the connection before the document was complete",
    pycurl.E_HTTP2: "{host} broke the rules of HTTP/2 ({detail})",
    pycurl.E_AGAIN: "{host} was not ready to be read",
    pycurl.E_NO_CONNECTION_AVAILABLE: "no connection to {host} was free",
    pycurl.E_OUT_OF_MEMORY: "there was not enough memory to fetch from {host}",
    pycurl.E_BAD_CONTENT_ENCODING: "{host} sent a damaged transfer encoding ({detail})",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "{host} answered something that is not HTTP ({detail})",  # newer: WEIRD_SERVER_REPLY
    pycurl.E_UNSUPPORTED_PROTOCOL: "{host} answered something that is not HTTP ({detail})",  # the guard lets no other URL by
    pycurl.E_SSL_CONNECT_ERROR: "no secure connection to {host} could be made ({detail})",
    pycurl.E_PEER_FAILED_VERIFICATION: "the certificate of {host} does not hold ({detail})",
    pycurl.E_SSL_PEER_CERTIFICATE: "the certificate of {host} does not hold ({detail})",
    pycurl.E_SSL_CACERT: "the certificate of {host} does not hold ({detail})",
    pycurl.E_SSL_ISSUER_ERROR: "the issuer of the certificate of {host} is not the expected one",
    pycurl.E_SSL_INVALIDCERTSTATUS: "the certificate of {host} has been revoked or its state cannot be told",
    pycurl.E_SSL_PINNEDPUBKEYNOTMATCH: "the key of {host} is not the expected one",
    pycurl.E_SSL_SHUTDOWN_FAILED: "the secure connection to {host} did not end properly",
    pycurl.E_SSL_CIPHER: "no cipher is shared with {host}",
    pycurl.E_USE_SSL_FAILED: "{host} offers no secure connection",
}

# These will be the same next time, unless somebody changes something.
LASTING = {
    pycurl.E_URL_MALFORMAT: "this is not a web address",
    pycurl.E_URL_MALFORMAT_USER: "this is not a web address",
    pycurl.E_TOO_MANY_REDIRECTS: "{host} redirects too often",
}

# Ours to mend: this machine's TLS files, or this program's use of the library.
LOCAL = {
    pycurl.E_SSL_CACERT_BADFILE: "this machine's file of trusted certificates cannot be read ({detail})",
    pycurl.E_SSL_CRL_BADFILE: "this machine's list of revoked certificates cannot be read ({detail})",
    pycurl.E_SSL_CERTPROBLEM: "this machine's own certificate cannot be used ({detail})",
    pycurl.E_SSL_ENGINE_NOTFOUND: "this machine's TLS engine is missing",
    pycurl.E_SSL_ENGINE_SETFAILED: "this machine's TLS engine cannot be used",
    pycurl.E_SSL_ENGINE_INITFAILED: "this machine's TLS engine does not start",
    pycurl.E_WRITE_ERROR: "the answer of {host} could not be taken in ({detail})",
    pycurl.E_ABORTED_BY_CALLBACK: "the request to {host} was abandoned",
    pycurl.E_COULDNT_RESOLVE_PROXY: "a proxy was asked for, and none is used here",
    pycurl.E_INTERFACE_FAILED: "this machine's network interface cannot be used ({detail})",
    pycurl.E_READ_ERROR: "the request to {host} could not be sent ({detail})",
    pycurl.E_SEND_FAIL_REWIND: "the request to {host} could not be sent again ({detail})",
}

# Codes of protocols and features that are switched off here, or that libcurl does not use any more.
NOT_USED = frozenset(
    getattr(pycurl, name)
    for name in (
        "E_OK E_ALREADY_COMPLETE E_BAD_CALLING_ORDER E_BAD_DOWNLOAD_RESUME E_BAD_FUNCTION_ARGUMENT E_BAD_PASSWORD_ENTERED "
        "E_CALL_MULTI_PERFORM E_CHUNK_FAILED E_CONV_FAILED E_CONV_REQD E_FAILED_INIT E_FILE_COULDNT_READ_FILE "
        "E_FTP_ACCEPT_FAILED E_FTP_ACCEPT_TIMEOUT E_FTP_BAD_DOWNLOAD_RESUME E_FTP_BAD_FILE_LIST E_FTP_CANT_GET_HOST "
        "E_FTP_CANT_RECONNECT E_FTP_COULDNT_GET_SIZE E_FTP_COULDNT_RETR_FILE E_FTP_COULDNT_SET_ASCII "
        "E_FTP_COULDNT_SET_BINARY E_FTP_COULDNT_SET_TYPE E_FTP_COULDNT_STOR_FILE E_FTP_COULDNT_USE_REST E_FTP_PARTIAL_FILE "
        "E_FTP_PORT_FAILED E_FTP_PRET_FAILED E_FTP_QUOTE_ERROR E_FTP_SSL_FAILED E_FTP_USER_PASSWORD_INCORRECT "
        "E_FTP_WEIRD_227_FORMAT E_FTP_WEIRD_PASS_REPLY E_FTP_WEIRD_PASV_REPLY E_FTP_WEIRD_USER_REPLY E_FTP_WRITE_ERROR "
        "E_FUNCTION_NOT_FOUND E_HTTP_NOT_FOUND E_HTTP_PORT_FAILED E_HTTP_POST_ERROR E_HTTP_RANGE_ERROR "
        "E_HTTP_RETURNED_ERROR E_LDAP_CANNOT_BIND E_LDAP_INVALID_URL E_LDAP_SEARCH_FAILED E_LIBRARY_NOT_FOUND "
        "E_LOGIN_DENIED E_MALFORMAT_USER E_NOT_BUILT_IN E_QUOTE_ERROR E_RANGE_ERROR E_REMOTE_ACCESS_DENIED "
        "E_REMOTE_DISK_FULL E_REMOTE_FILE_EXISTS E_REMOTE_FILE_NOT_FOUND E_RTSP_CSEQ_ERROR E_RTSP_SESSION_ERROR "
        "E_SHARE_IN_USE E_SSH E_TELNET_OPTION_SYNTAX E_TFTP_DISKFULL E_TFTP_EXISTS E_TFTP_ILLEGAL E_TFTP_NOSUCHUSER "
        "E_TFTP_NOTFOUND E_TFTP_PERM E_TFTP_UNKNOWNID E_UNKNOWN_OPTION E_UNKNOWN_TELNET_OPTION E_UPLOAD_FAILED"
    ).split()
)

_STATUS_TEMPORARY = frozenset({408, 425, 429})  # and every 5xx
_DETAIL_CHARACTERS = 200


def curl_failure(code: int, detail: str, *, url: str, host: str) -> FetchError:
    """Return the error that libcurl's code stands for; `detail` is libcurl's own message."""
    detail = detail[:_DETAIL_CHARACTERS] or f"code {code}"
    if code in TIMEOUTS:
        return FetchTimeout(f"{host} took too long", feed_url=url)
    if code in TOO_LARGE:
        return TooLarge("the document is larger than allowed", feed_url=url, temporary=False)
    for sentences, temporary in ((TEMPORARY, True), (LASTING, False), (LOCAL, True)):
        if code in sentences:
            return FetchError(sentences[code].format(host=host, detail=detail), feed_url=url, temporary=temporary)
    return FetchError(f"fetching from {host} failed ({detail})", feed_url=url)


def status_failure(status: int, *, url: str, retry_after: timedelta | None) -> FetchError:
    """Return the error that an HTTP status other than 200 and 304 stands for."""
    if status == HTTPStatus.GONE:
        return FeedGone("the publisher took the feed away for good (410)", feed_url=url, temporary=False, status=status)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "a status nobody defined"
    return FetchError(
        f"the server answered {status} ({phrase})",
        feed_url=url,
        temporary=status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _STATUS_TEMPORARY,
        status=status,
        retry_after=retry_after,
    )
