"""What went wrong, in words: the one place where libcurl's error codes and HTTP statuses become our errors."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pycurl

from aggregator.errors import FeedGone, FetchError, FetchTimeout, HostNotFound, TooLarge

TIMEOUTS = frozenset({pycurl.E_OPERATION_TIMEDOUT})
TOO_LARGE = frozenset({pycurl.E_FILESIZE_EXCEEDED})

# Theirs, or on the way. `{host}` is the host asked, `{detail}` what libcurl says of the case.
REMOTE = {
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
    pycurl.E_URL_MALFORMAT: "this is not a web address",
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
    {
        pycurl.E_OK,
        pycurl.E_ALREADY_COMPLETE,
        pycurl.E_BAD_CALLING_ORDER,
        pycurl.E_BAD_DOWNLOAD_RESUME,
        pycurl.E_BAD_FUNCTION_ARGUMENT,
        pycurl.E_BAD_PASSWORD_ENTERED,
        pycurl.E_CALL_MULTI_PERFORM,
        pycurl.E_CHUNK_FAILED,
        pycurl.E_CONV_FAILED,
        pycurl.E_CONV_REQD,
        pycurl.E_FAILED_INIT,
        pycurl.E_FILE_COULDNT_READ_FILE,
        pycurl.E_FTP_ACCEPT_FAILED,
        pycurl.E_FTP_ACCEPT_TIMEOUT,
        pycurl.E_FTP_BAD_DOWNLOAD_RESUME,
        pycurl.E_FTP_BAD_FILE_LIST,
        pycurl.E_FTP_CANT_GET_HOST,
        pycurl.E_FTP_COULDNT_GET_SIZE,
        pycurl.E_FTP_COULDNT_RETR_FILE,
        pycurl.E_FTP_COULDNT_SET_ASCII,
        pycurl.E_FTP_COULDNT_SET_BINARY,
        pycurl.E_FTP_COULDNT_SET_TYPE,
        pycurl.E_FTP_COULDNT_STOR_FILE,
        pycurl.E_FTP_COULDNT_USE_REST,
        pycurl.E_FTP_PORT_FAILED,
        pycurl.E_FTP_PRET_FAILED,
        pycurl.E_FTP_QUOTE_ERROR,
        pycurl.E_FTP_USER_PASSWORD_INCORRECT,
        pycurl.E_FTP_WEIRD_227_FORMAT,
        pycurl.E_FTP_WEIRD_PASS_REPLY,
        pycurl.E_FTP_WEIRD_PASV_REPLY,
        pycurl.E_FTP_WEIRD_USER_REPLY,
        pycurl.E_FTP_WRITE_ERROR,
        pycurl.E_FUNCTION_NOT_FOUND,
        pycurl.E_HTTP_NOT_FOUND,
        pycurl.E_HTTP_POST_ERROR,
        pycurl.E_HTTP_RANGE_ERROR,
        pycurl.E_HTTP_RETURNED_ERROR,
        pycurl.E_LDAP_CANNOT_BIND,
        pycurl.E_LDAP_INVALID_URL,
        pycurl.E_LDAP_SEARCH_FAILED,
        pycurl.E_LIBRARY_NOT_FOUND,
        pycurl.E_LOGIN_DENIED,
        pycurl.E_MALFORMAT_USER,
        pycurl.E_NOT_BUILT_IN,
        pycurl.E_QUOTE_ERROR,
        pycurl.E_RANGE_ERROR,
        pycurl.E_REMOTE_ACCESS_DENIED,
        pycurl.E_REMOTE_DISK_FULL,
        pycurl.E_REMOTE_FILE_EXISTS,
        pycurl.E_REMOTE_FILE_NOT_FOUND,
        pycurl.E_RTSP_CSEQ_ERROR,
        pycurl.E_RTSP_SESSION_ERROR,
        pycurl.E_SHARE_IN_USE,
        pycurl.E_SSH,
        pycurl.E_TELNET_OPTION_SYNTAX,
        pycurl.E_TFTP_DISKFULL,
        pycurl.E_TFTP_EXISTS,
        pycurl.E_TFTP_ILLEGAL,
        pycurl.E_TFTP_NOSUCHUSER,
        pycurl.E_TFTP_NOTFOUND,
        pycurl.E_TFTP_PERM,
        pycurl.E_TFTP_UNKNOWNID,
        pycurl.E_UNKNOWN_OPTION,
        pycurl.E_UNKNOWN_TELNET_OPTION,
        pycurl.E_UPLOAD_FAILED,
    }
)

_DETAIL_CHARACTERS = 200


def curl_failure(code: int, detail: str, *, url: str, host: str) -> FetchError:
    """Return the error that libcurl's code stands for; `detail` is libcurl's own message."""
    detail = detail[:_DETAIL_CHARACTERS] or f"code {code}"
    if code in TIMEOUTS:
        return FetchTimeout(f"{host} took too long", feed_url=url)
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return HostNotFound(REMOTE[code].format(host=host), feed_url=url)
    if code in TOO_LARGE:
        return TooLarge("the document is larger than allowed", feed_url=url)
    for sentences in (REMOTE, LOCAL):
        if code in sentences:
            return FetchError(sentences[code].format(host=host, detail=detail), feed_url=url)
    return FetchError(f"fetching from {host} failed ({detail})", feed_url=url)


def raised_failure(error: pycurl.error, *, url: str, host: str) -> FetchError:
    """Return the error that an exception of pycurl's stands for."""
    return curl_failure(int(error.args[0]), str(error.args[-1]), url=url, host=host)


def status_failure(status: int, *, url: str, retry_after: timedelta | None) -> FetchError:
    """Return the error that an HTTP status other than 200 and 304 stands for."""
    if status == HTTPStatus.GONE:
        return FeedGone("the publisher took the feed away for good (410)", feed_url=url, status=status)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "a status nobody defined"
    return FetchError(
        f"the server answered {status} ({phrase})",
        feed_url=url,
        status=status,
        retry_after=retry_after,
    )
