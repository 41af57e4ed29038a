"""The command that searches."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.opening import opened
from aggregator.cli.output import print_json, print_table, show_date

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

EPILOG = (
    'Words are joined by "and". Also: "a phrase", -without, one OR another, begin*, title:word, source:site, topic:slug, '
    "lang:de, since:7d, until:2026-11-01, date:2026-11. Put -- before a query that begins with a minus."
)


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog=EPILOG)(search)


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(help="What to look for.")],
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, not the best.")] = False,
    as_json: Json = False,
) -> None:
    """Search the stored entries: titles, texts and names, in any form of a word."""
    from aggregator.library.searching import Sorting, read_search_page

    with opened(context) as aggregator:
        aggregator.index()
        page = read_search_page(
            aggregator.storage,
            " ".join(query),
            now=aggregator.clock.now(),
            language=aggregator.settings.site.language,
            sorting=Sorting.NEWEST if newest else Sorting.BEST,
        )
    entries = [story.entry for story in page.stories]
    if as_json:
        print_json(
            {
                "query": page.text,
                "found": page.found,
                "more": page.is_more,
                "not_understood": [{"why": each.trouble, "text": each.text} for each in page.misread],
                "entries": [
                    {
                        "id": entry.id,
                        "title": entry.data.title,
                        "url": entry.data.url,
                        "source": entry.origins[0].feed_title,
                        "dated_at": entry.dated_at,
                    }
                    for entry in entries
                ],
            }
        )
        return
    for each in page.misread:
        typer.echo(f"not understood: {each.text} ({each.trouble.replace('_', ' ')})", err=True)
    print_table(
        ("date", "title", "source", "url"),
        [(show_date(e), e.data.title, e.origins[0].feed_title, e.data.url) for e in entries],
        empty="Nothing found.",
    )
    if page.found > len(entries):
        typer.echo(f"{page.found}{'+' if page.is_more else ''} found, the first {len(entries)} shown", err=True)
