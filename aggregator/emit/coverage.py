"""Who else reports: the coverage of a story as a short list of links in the text of its entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from aggregator.emit.text import one_line
from aggregator.emit.words import Words
from aggregator.model.coverage import CoverageEntry, Report, choose_others, fold_copies

LISTED_REPORTS = 5
"""Links in an entry: what fits below a teaser; the page of the story has them all."""

LINK_CHARS = 120
"""Longest headline in a link."""


def coverage_html(
    words: Words, coverage: Sequence[CoverageEntry], *, shown: int, link_of: Callable[[CoverageEntry], str], story_url: str
) -> str:
    """Return the list of what others report than the entry that is shown; empty if nobody does."""
    reports = fold_copies(coverage)
    others = choose_others(reports, shown, limit=LISTED_REPORTS)
    own = next((report for report in reports if shown in {report.entry.entry_id, *(c.entry_id for c in report.copies)}), None)
    repeated = f"<p>{escape(repeated_line(words, own.copying_sites))}</p>" if own is not None and own.copying_sites else ""
    if not others:
        return repeated
    items = "".join(_item(words, report, link_of) for report in others)
    more = f'<p><a href="{escape(story_url)}">{escape(words.whole_story)}</a></p>' if len(reports) > len(others) + 1 else ""
    return f"{repeated}<p>{escape(words.also_at)}</p><ul>{items}</ul>{more}"


def repeated_line(words: Words, sites: int) -> str:
    """Return that so many other publishers print the same text."""
    return words.same_text_once if sites == 1 else words.same_text.format(count=sites)


def _item(words: Words, report: Report, link_of: Callable[[CoverageEntry], str]) -> str:
    entry = report.entry
    title = one_line(entry.title, limit=LINK_CHARS) or words.untitled
    line = f'{escape(one_line(entry.publisher))}: <a href="{escape(link_of(entry))}">{escape(title, quote=False)}</a>'
    if report.copying_sites:
        line += f" ({escape(repeated_line(words, report.copying_sites))})"
    return f"<li>{line}</li>"
