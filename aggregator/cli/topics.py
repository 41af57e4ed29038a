"""Commands on topics: the list, and what a topic's rules match."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.opening import opened
from aggregator.cli.output import print_json, print_table, show_time
from aggregator.errors import TopicNotFound

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Topics with counts; `topics preview SLUG` shows what matches and why.", rich_markup_mode=None)
    group.callback(invoke_without_command=True)(list_topics)
    group.command("preview")(preview)
    app.add_typer(group, name="topics")


def list_topics(context: typer.Context, as_json: Json = False) -> None:
    """Show the topics and how many entries and stories each holds."""
    if context.invoked_subcommand is not None:
        return
    with opened(context) as aggregator:
        aggregator.group()
        with aggregator.storage.read() as tx:
            rows = tx.topics.all()
            stories = tx.topics.story_counts()
    if as_json:
        print_json(
            {
                "topics": [
                    {"slug": row.slug, "title": row.title, "entries": row.entries, "stories": stories.get(row.slug, 0)}
                    for row in rows
                ]
            }
        )
        return
    print_table(
        ("slug", "title", "entries", "stories"),
        [(row.slug, row.title, row.entries, stories.get(row.slug, 0)) for row in rows],
        empty="No topics yet. Add one under `topics:` in the configuration; `aggregator topics preview SLUG` tries it.",
    )


def preview(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The topic.")],
    limit: Annotated[int, typer.Option(help="How many of the newest entries to try.", min=1)] = 500,
    as_json: Json = False,
) -> None:
    """Try a topic's rules on the newest entries: what matches, because of which rule, and what nearly did."""
    from aggregator.library.topics import preview_topic

    with opened(context) as aggregator:
        topics = {topic.slug: topic for topic in aggregator.settings.topics}
        if slug not in topics:
            raise TopicNotFound(slug, nearest=_nearest(slug, list(topics)))
        result = preview_topic(
            aggregator.storage, topics[slug], limit=limit, default_language=aggregator.settings.site.language
        )
    if as_json:
        print_json(
            {
                "slug": slug,
                "looked_at": result.looked_at,
                "matches": [
                    {"id": m.entry.id, "title": m.entry.data.title, "url": m.entry.data.url, "reason": m.reason}
                    for m in result.matches
                ],
                "near_misses": [
                    {"id": m.entry.id, "title": m.entry.data.title, "url": m.entry.data.url, "reason": m.reason}
                    for m in result.near_misses
                ],
            }
        )
        return
    typer.echo(f"{len(result.matches)} of the newest {result.looked_at} entries match {topics[slug].title!r}")
    print_table(
        ("date", "title", "source", "why"),
        [(show_time(m.entry.dated_at), m.entry.data.title, m.entry.origins[0].feed_title, m.reason) for m in result.matches],
        empty="Nothing matches yet. Poll first (`aggregator poll`), or widen the rules.",
    )
    if result.near_misses:
        typer.echo(f"\n{len(result.near_misses)} nearly matched:")
        print_table(
            ("date", "title", "source", "why not"),
            [
                (show_time(m.entry.dated_at), m.entry.data.title, m.entry.origins[0].feed_title, m.reason)
                for m in result.near_misses[:20]
            ],
            empty="",
        )


def _nearest(slug: str, known: list[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(slug, known, n=1)), None)
