"""Choose who reads a document: detect, then the fast path, then feedparser."""

from __future__ import annotations

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedFeed
from aggregator.parse.decode import decode
from aggregator.parse.detect import Kind, detect, name_root
from aggregator.parse.fast import parse_fast
from aggregator.parse.jsonfeed import parse_json
from aggregator.parse.skipped import with_skipped
from aggregator.parse.universal import MAX_DOCUMENT_BYTES, parse_universal

_FAST = frozenset({Kind.RSS, Kind.RDF, Kind.ATOM})

LARGE_BYTES = 2 * 1024 * 1024
"""From here on even the fast path takes tenths of a second; the largest of 521 real feeds has 1.6 MiB."""

SMALL_BYTES = 16 * 1024
"""Up to here feedparser takes tenths of a second at worst, whatever stands in the document."""


class FeedParser:
    """The parser of the house (`protocols.Parser`)."""

    def parse(self, fetched: Fetched) -> ParsedFeed:
        """Read the document.

        Raises: NotAFeed where it is something else (says what), ParseError where nothing could be read.
        """
        parsed = self._parse(fetched, universal=True)
        assert parsed is not None  # noqa: S101 - told to the type checker: with `universal` nothing is left to others
        return parsed

    def parse_quickly(self, fetched: Fetched) -> ParsedFeed | None:
        """Read the document unless that may take long: None stands for a large one, and for feedparser's work.

        Raises: NotAFeed, ParseError, as `parse`.
        """
        size = len(fetched.body)
        return None if size > LARGE_BYTES else self._parse(fetched, universal=size <= SMALL_BYTES)

    def _parse(self, fetched: Fetched, *, universal: bool) -> ParsedFeed | None:
        url = fetched.url
        if len(fetched.body) > MAX_DOCUMENT_BYTES:
            raise ParseError(f"the document is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB", feed_url=url)
        document = decode(fetched.body, fetched.charset)
        kind = detect(document.body, fetched.media_type)
        if kind is Kind.EMPTY:
            raise NotAFeed("an empty document, not a feed", feed_url=url)
        if kind is Kind.HTML:
            raise NotAFeed("an HTML page, not a feed: the address may have changed, or the site asks to log in", feed_url=url)
        if kind is Kind.JSON:
            return parse_json(document, feed_url=url)
        if kind in _FAST and (parsed := parse_fast(document)) is not None:
            return parsed
        if not universal:
            return None
        try:
            return with_skipped(parse_universal(document, feed_url=url), document.body)
        except NotAFeed as error:
            if kind is Kind.OTHER_XML:
                root = name_root(document.body)
                reason = f"XML, but not a feed: its root is <{root}>" if root else "XML without an element, not a feed"
                raise NotAFeed(reason, feed_url=url) from error
            if kind is Kind.OTHER:
                sort = f" ({fetched.media_type})" if fetched.media_type else ""
                raise NotAFeed(f"neither XML nor a JSON Feed{sort}", feed_url=url) from error
            raise
