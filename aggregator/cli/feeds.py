"""Commands on sources: check, add, remove, feeds."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Annotated

import typer

from aggregator.cli.opening import config_path, opened, read_settings
from aggregator.cli.output import print_json, print_table, progress_bar, show_duration, show_time
from aggregator.errors import FeedError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (check, add, remove, feeds):
        app.command()(command)


def check(
    context: typer.Context,
    online: Annotated[bool, typer.Option("--online", help="Also fetch each feed once.")] = False,
) -> None:
    """Validate the configuration."""
    settings = read_settings(context, warn=True)
    typer.echo(f"{config_path(context)}: {len(settings.feeds)} feeds, {len(settings.topics)} topics, no errors")
    if not online:
        return
    from aggregator.app import make_fetcher, make_parser
    from aggregator.library.subscriptions import check_feeds

    failed = 0
    results = []
    with progress_bar("Fetching feeds") as on_progress, closing(make_fetcher(settings)) as fetcher:
        for result in check_feeds([feed.url for feed in settings.feeds], fetcher=fetcher, parser=make_parser()):
            results.append(result)
            on_progress(len(results), len(settings.feeds))
    for url, found in sorted(results, key=lambda result: result[0]):
        if isinstance(found, FeedError):
            failed += 1
            typer.echo(f"✗ {url}: {found.reason}")
        else:
            typer.echo(f"✓ {url}: {found.title or 'no title'}, {found.entries} entries")
    if failed:
        typer.echo(f"{failed} of {len(results)} feeds could not be read", err=True)
        raise typer.Exit(1)


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a feed, or of a site that has one.")],
    title: Annotated[str | None, typer.Option(help="What to call it (default: what the feed says).")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag for topic rules; may be repeated.")] = None,
) -> None:
    """Find the feed behind an address and write it to the configuration, comments and order kept."""
    from aggregator.app import make_fetcher, make_parser
    from aggregator.config import add_feed
    from aggregator.library.subscriptions import find_feed
    from aggregator.model.feed import FeedSettings

    settings = read_settings(context)
    with closing(make_fetcher(settings)) as fetcher:
        found = find_feed(url, fetcher=fetcher, parser=make_parser())
    add_feed(config_path(context), FeedSettings(url=found.url, title=title, tags=tuple(tag or ())))
    typer.echo(f"added {found.url} ({found.title or 'no title'}, {found.entries} entries)")
    for other in found.others:
        typer.echo(f"  the site also offers {other}")


def remove(context: typer.Context, url: Annotated[str, typer.Argument(help="The feed's address.")]) -> None:
    """Take a feed out of the configuration; its entries stay until retention takes them."""
    from aggregator.config import remove_feed

    remove_feed(config_path(context), url)
    typer.echo(f"removed {url}")


def feeds(context: typer.Context, as_json: Json = False) -> None:
    """Show the sources and their health; delays are from an entry's date to our reading it, in the mean."""
    from aggregator.library.delays import expected_delay_of

    with opened(context) as aggregator, aggregator.storage.read() as tx:
        known = tx.feeds.all()
        found = {feed_id: search.found_url for feed_id, search in tx.health.found().items()}
    if as_json:
        print_json(
            {
                "feeds": [
                    {
                        "url": feed.settings.url,
                        "title": feed.title,
                        "state": feed.poll.state,
                        "last_success_at": feed.poll.last_success_at,
                        "next_poll_at": feed.poll.next_poll_at,
                        "entries_per_day": feed.poll.entries_per_day,
                        "expected_delay_seconds": _whole_seconds(expected_delay_of(feed)),
                        "achieved_delay_seconds": _whole_seconds(feed.poll.delay),
                        "failures": feed.poll.failures,
                        "error": feed.poll.reason,
                        "error_class": feed.poll.error,
                        "found_url": found.get(feed.id),
                    }
                    for feed in known
                ]
            }
        )
        return
    print_table(
        ("title", "state", "last success", "next poll", "a day", "delay expected", "achieved", "failures", "reason", "url"),
        [
            (
                feed.title,
                feed.poll.state,
                show_time(feed.poll.last_success_at, never="never"),
                show_time(feed.poll.next_poll_at, never="never"),
                "" if feed.poll.entries_per_day is None else f"{feed.poll.entries_per_day:.1f}",
                show_duration(expected_delay_of(feed)),
                show_duration(feed.poll.delay),
                feed.poll.failures or "",
                f"{feed.poll.reason} Perhaps now at {found[feed.id]}" if feed.id in found else feed.poll.reason,
                feed.settings.url,
            )
            for feed in known
        ],
        empty="No feeds yet. `aggregator add https://www.example.org/` finds the feed of a site and adds it.",
    )


def _whole_seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else round(duration.total_seconds())
