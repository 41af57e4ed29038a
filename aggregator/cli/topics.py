"""Commands on topics: the list, what a topic's rules match, and examples of what belongs to it."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.opening import config_path, opened, read_settings
from aggregator.cli.output import print_json, print_table, show_date
from aggregator.errors import TopicNotFound

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Topics with counts; `topics preview SLUG` shows what matches and why.", rich_markup_mode=None)
    group.callback(invoke_without_command=True)(list_topics)
    group.command("preview")(preview)
    group.command("learn")(learn)
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
    from aggregator.web.grounds import say_grounds
    from aggregator.web.words import Words

    english = Words("en")  # the command line speaks English

    with opened(context) as aggregator:
        topics = {topic.slug: topic for topic in aggregator.settings.topics}
        if slug not in topics:
            raise TopicNotFound(slug, nearest=_nearest(slug, list(topics)))
        result = preview_topic(
            aggregator.storage,
            aggregator.settings.topics,
            slug,
            limit=limit,
            default_language=aggregator.settings.site.language,
            open_embedder=aggregator.open_embedder,
            recall=aggregator.recall,
        )
    if as_json:
        print_json(
            {
                "slug": slug,
                "looked_at": result.looked_at,
                "matches": [
                    {
                        "id": m.entry.id,
                        "title": m.entry.data.title,
                        "url": m.entry.data.url,
                        "reason": say_grounds(m.grounds, english),
                    }
                    for m in result.matches
                ],
                "near_misses": [
                    {
                        "id": m.entry.id,
                        "title": m.entry.data.title,
                        "url": m.entry.data.url,
                        "reason": say_grounds(m.grounds, english),
                    }
                    for m in result.near_misses
                ],
                "suggested_words": result.suggested,
            }
        )
        return
    typer.echo(f"{len(result.matches)} of the newest {result.looked_at} entries match {topics[slug].title!r}")
    print_table(
        ("date", "title", "source", "why"),
        [
            (show_date(m.entry), m.entry.data.title, m.entry.origins[0].feed_title, say_grounds(m.grounds, english))
            for m in result.matches
        ],
        empty="Nothing matches yet. Poll first (`aggregator poll`), or widen the rules.",
    )
    if result.near_misses:
        typer.echo(f"\n{len(result.near_misses)} nearly matched:")
        print_table(
            ("date", "title", "source", "why not"),
            [
                (
                    show_date(m.entry),
                    m.entry.data.title,
                    m.entry.origins[0].feed_title,
                    say_grounds(m.grounds, english),
                )
                for m in result.near_misses[:20]
            ],
            empty="",
        )
    if result.suggested:
        typer.echo("\nWords that what matches has in common, for `any`: " + ", ".join(result.suggested))


def learn(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The topic.")],
    source: Annotated[
        typer.FileText,
        typer.Option("--from", help="A text file, one headline or beginning of an article a line; `-` reads standard input."),
    ],
) -> None:
    """Write examples of what belongs to a topic to the configuration; comments and order stay. Twenty make a good topic."""
    from aggregator.config import add_examples

    settings = read_settings(context)
    slugs = [topic.slug for topic in settings.topics]
    if slug not in slugs:
        raise TopicNotFound(slug, nearest=_nearest(slug, slugs))
    lines = [line.strip() for line in source]
    examples = [line for line in lines if line and not line.startswith("#")]
    new = add_examples(config_path(context), slug, examples)
    typer.echo(f"{slug}: {len(new)} examples learned, {len(examples) - len(new)} known already")
    if new:
        typer.echo(f"Try them: aggregator topics preview {slug}")


def _nearest(slug: str, known: list[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(slug, known, n=1)), None)
