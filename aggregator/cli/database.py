"""Commands on the database: upgrade, backup, copy, check, prune."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.opening import opened, read_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help="Schema, safe copy while running, integrity, retention.", no_args_is_help=True, rich_markup_mode=None
    )
    for command in (upgrade, backup, copy, check, prune):
        group.command()(command)
    app.add_typer(group, name="database")


def upgrade(context: typer.Context) -> None:
    """Bring the schema of the database to this version, after a backup copy."""
    from aggregator.store.upgrade import upgrade as upgrade_database

    report = upgrade_database(read_settings(context).store.url)
    if report.from_revision == report.to_revision:
        typer.echo(f"the schema is at {report.to_revision} already")
        return
    typer.echo(f"schema {report.from_revision or 'none'} → {report.to_revision}")
    if report.backup:
        typer.echo(f"a copy of the database as it was: {report.backup}")


def backup(context: typer.Context, file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")]) -> None:
    """Copy the database to a file, safely while the daemon runs."""
    with opened(context) as aggregator:
        aggregator.storage.backup(file)
    typer.echo(f"copied to {file}")


def copy(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of an empty database, as in store.url.")],
) -> None:
    """Copy the store into another database, of SQLite or PostgreSQL, while no daemon runs."""
    from aggregator.config.values import check_store_url
    from aggregator.store.copying import copy_store
    from aggregator.store.daemon_lock import hold_store

    try:
        target = check_store_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    source = read_settings(context).store.url
    with hold_store(source):
        copied = copy_store(source, target)
    for table, rows in copied.items():
        if rows:
            typer.echo(f"{table}\t{rows}")
    typer.echo("set store.url to the new address; the search is made ready anew while the daemon runs")


def check(context: typer.Context) -> None:
    """Check the database: tables, pages, keys, and that entries and their feeds fit together."""
    with opened(context) as aggregator:
        problems = aggregator.storage.check()
    for problem in problems:
        typer.echo(problem)
    if problems:
        typer.echo("restore a backup, or report this with the lines above", err=True)
        raise typer.Exit(1)
    typer.echo("the database is intact")


def prune(context: typer.Context) -> None:
    """Delete what is older than the retention settings, now."""
    with opened(context) as aggregator:
        report = aggregator.prune()
    typer.echo(f"{report.entries} entries and {report.reads} read events deleted")
