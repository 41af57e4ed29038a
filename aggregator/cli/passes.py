"""Commands that do the work: run, poll, publish, serve, status."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.opening import config_path, opened, read_settings
from aggregator.cli.output import print_json, print_table, progress_bar, show_size, show_time

if TYPE_CHECKING:
    from aggregator.model.report import PollReport

CATCH_UP_TURN = timedelta(seconds=10)
"""How long `publish` compares what it had no time for: small stores are done by then, large ones have a daemon."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (run, poll, publish, serve, status):
        app.command()(command)


def run(context: typer.Context) -> None:
    """Run the daemon: poll, group, publish and serve, until SIGTERM; SIGHUP or a changed file reloads the configuration."""
    from aggregator.cli.supervisor import supervise

    settings = read_settings(context, warn=True)
    raise typer.Exit(supervise(config_path(context), settings))


def poll(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Poll every feed, not only those that are due.")] = False,
    as_json: Json = False,
) -> None:
    """Poll the feeds that are due, once."""
    from aggregator.app.collecting import collect_rarely

    with opened(context) as aggregator, progress_bar("Polling feeds") as on_progress:
        collect_rarely()
        report = aggregator.poll(everything=everything, on_progress=on_progress)
    if as_json:
        print_json(_poll_json(report))
        return
    typer.echo(
        f"{report.polled} feeds polled in {report.seconds:.1f} s: {report.ok} read, {report.not_modified} not modified, "
        f"{report.failed} failed, {report.gone} gone"
    )
    typer.echo(f"entries: {report.new} new, {report.modified} modified, {report.unmodified} unmodified")
    for failure in report.failures:
        typer.echo(f"  {failure.url}: {failure.reason} (next try {show_time(failure.next_poll_at, never='never')})")
    if not report.polled:
        typer.echo(
            "No feed is due. `aggregator poll --all` polls them all the same, `aggregator feeds` shows when each is due."
        )


def _poll_json(report: PollReport) -> dict[str, object]:
    return {
        "feeds": {name: getattr(report, name) for name in ("polled", "ok", "not_modified", "failed", "gone")},
        "entries": {name: getattr(report, name) for name in ("new", "modified", "unmodified")},
        "seconds": round(report.seconds, 3),
        "failures": [asdict(failure) for failure in report.failures],
    }


def publish(context: typer.Context, as_json: Json = False) -> None:
    """Assign what is new to topics, rank, and render the emitted feeds, once."""
    with opened(context) as aggregator:
        grouped = aggregator.group()
        aggregator.catch_up(turn=CATCH_UP_TURN)
        aggregator.relate()
        ranked = aggregator.rank(at_once=True)
        published = aggregator.publish()
    if as_json:
        print_json({"grouped": asdict(grouped), "ranked": asdict(ranked), "published": asdict(published)})
        return
    typer.echo(f"{grouped.joined} entries joined a story, {grouped.merged} stories turned out to be another")
    typer.echo(f"{grouped.entries} entries looked at, {grouped.assigned} assigned to topics")
    typer.echo(f"{ranked.lists} lists ranked, {ranked.entered} entries entered one")
    typer.echo(f"{published.written} documents written, {published.unchanged} unchanged, {published.removed} removed")


def serve(context: typer.Context) -> None:
    """Serve pages and feeds from the store, without polling."""
    from aggregator.cli.listening import listen
    from aggregator.cli.workers import serve_web

    settings = read_settings(context)
    with listen(settings) as sock:
        serve_web(settings, sock, config=config_path(context))


def status(context: typer.Context, as_json: Json = False) -> None:
    """Show the whole at a glance."""
    from aggregator import __version__

    with opened(context) as aggregator:
        with aggregator.storage.read() as tx:
            counts = tx.counts()
        url, size_bytes = aggregator.storage.url, aggregator.storage.size_bytes()
    if as_json:
        print_json(
            {
                "version": __version__,
                "feeds": {
                    "total": counts.feeds,
                    "ok": counts.feeds_ok,
                    "failing": counts.feeds_failing,
                    "gone": counts.feeds_gone,
                },
                **{name: getattr(counts, name) for name in ("entries", "stories", "topics", "readers", "reads")},
                "left": {"titles": counts.titles_left, "topics": counts.topics_left},
                "last_pass_at": counts.last_pass_at,
                "database": {"url": url, "size_bytes": size_bytes},
            }
        )
        return
    rows = [
        ("feeds", f"{counts.feeds} ({counts.feeds_ok} ok, {counts.feeds_failing} failing, {counts.feeds_gone} gone)"),
        ("entries", counts.entries),
        ("topics", counts.topics),
        ("reads", counts.reads),
        ("last pass", show_time(counts.last_pass_at, never="none yet; `aggregator run` or `aggregator poll` makes one")),
        ("database", f"{url} ({show_size(size_bytes)})"),
    ]
    if counts.titles_left or counts.topics_left:
        left = f"{counts.titles_left} titles, {counts.topics_left} entries with what topics are about"
        rows.insert(-1, ("to compare by meaning", left))
    print_table(("what", f"aggregator {__version__}"), rows, empty="")
