"""What a search can be narrowed by: topics, sources, languages and times, each with the query that does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from aggregator.library.search_query import Operator, ParsedQuery, parse_query
from aggregator.model.search import SearchHit
from aggregator.storage import Transaction

MOST_FACETS = 8  # values of one kind that a search offers to be narrowed by
RECENT_SPANS: Mapping[str, str] = {"today": "date:today", "week": "since:7d", "month": "since:30d"}
"""Times that a search offers, and what is added to the query: what they hold is what the query language says of them."""

OLDER = "older"
OLDER_SPAN = "until:30d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A value that a search can be narrowed by: what to show, how many entries it leaves, and the query that does it.

    The value of a time is a key of `RECENT_SPANS`, `OLDER`, or a month as ISO writes it. `count` None is unknown: what it
    leaves was not looked at.
    """

    operator: Operator
    value: str
    label: str
    count: int | None
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """A filter that the query has, and the query without it."""

    token: str
    query: str


def narrow(
    tx: Transaction,
    hits: Sequence[SearchHit],
    parsed: ParsedQuery,
    *,
    titles: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None,
    is_more: bool,
) -> Iterator[Facet]:
    """Yield what the hits can be narrowed by; a kind that leaves no choice is not offered. `titles` are of the topics."""
    ids = [hit.entry_id for hit in hits]
    topics, sites = Counter(tx.search.count_topics(ids)), Counter(tx.search.count_sites(ids))
    names: dict[str, str] = {}
    for source in tx.search.sources(site for site, _ in sites.most_common(2 * MOST_FACETS)):
        names.setdefault(source.site, source.title)
    languages = Counter(hit.language for hit in hits)
    kinds: tuple[tuple[Operator, Counter[str], Mapping[str, str]], ...] = (
        (Operator.TOPIC, topics, titles),
        (Operator.SOURCE, sites, names),
        (Operator.LANGUAGE, languages, {}),
    )
    for operator, counts, labels in kinds:
        taken = {each.value.lower() for each in parsed.filters if each.operator is operator}
        choices = [(value, count) for value, count in counts.most_common() if value.lower() not in taken]
        if len(counts) > 1 or (choices and choices[0][1] < len(hits)):
            for value, count in choices[:MOST_FACETS]:
                yield Facet(
                    operator=operator,
                    value=value,
                    label=labels.get(value, value),
                    count=count,
                    query=" ".join([*_tokens_without(parsed, operator), f"{operator}:{value}"]),
                )
    yield from narrow_dates([hit.dated_at for hit in hits], parsed, now=now, zone=zone, is_more=is_more)


def narrow_dates(
    dates: Sequence[datetime], parsed: ParsedQuery, *, now: datetime, zone: tzinfo | None = None, is_more: bool = False
) -> Iterator[Facet]:
    """Yield the times that leave some of the hits and not all; months where all of them are old.

    `is_more` says that older ones were found than these.
    """

    def offer(value: str, token: str, *, unknown: bool = False) -> Iterator[Facet]:
        span = parse_query(token, now=now, zone=zone)
        count = sum((span.since is None or at >= span.since) and (span.until is None or at < span.until) for at in dates)
        if 0 < count < len(dates) or (unknown and not count):
            query = " ".join([*_tokens_outside(parsed, span), token])
            yield Facet(operator=Operator.DATE, value=value, label=value, count=count or None, query=query)

    month_ago = parse_query(RECENT_SPANS["month"], now=now, zone=zone).since
    if month_ago is not None and all(at < month_ago for at in dates):
        months = sorted({f"{at.astimezone(zone):%Y-%m}" for at in dates}, reverse=True)
        for month in months[:MOST_FACETS]:
            yield from offer(month, f"{Operator.DATE}:{month}")
        return
    for value, token in RECENT_SPANS.items():
        yield from offer(value, token)
    yield from offer(OLDER, OLDER_SPAN, unknown=is_more and not _is_since(parsed, month_ago))


def _is_since(parsed: ParsedQuery, at: datetime | None) -> bool:
    """Whether the query asks for nothing before."""
    return parsed.since is not None and at is not None and parsed.since >= at


def widen(parsed: ParsedQuery) -> tuple[Narrowing, ...]:
    """Return the filters of a query, each with the query without it."""
    tokens = [each.token for each in (*parsed.filters, *parsed.dates)]
    return tuple(Narrowing(token=token, query=" ".join(other for other in parsed.tokens if other != token)) for token in tokens)


def _tokens_without(parsed: ParsedQuery, operator: Operator) -> list[str]:
    """Return the tokens of the query without those of a kind of filter that a new one replaces."""
    dropped = {each.token for each in parsed.filters if each.operator is operator and not each.negated}
    return [token for token in parsed.tokens if token not in dropped]


def _tokens_outside(parsed: ParsedQuery, span: ParsedQuery) -> list[str]:
    """Return the tokens of the query without its times as far as the span lies within them, so that they say nothing more."""
    later = span.since is not None and (parsed.since is None or span.since >= parsed.since)
    sooner = span.until is not None and (parsed.until is None or span.until <= parsed.until)
    said = {Operator.SINCE: later, Operator.UNTIL: sooner, Operator.DATE: later and sooner}
    dropped = {each.token for each in parsed.dates if said[each.operator]}
    return [token for token in parsed.tokens if token not in dropped]
