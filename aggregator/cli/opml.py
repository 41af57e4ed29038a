"""Commands on OPML: sources in and out, and the feeds we emit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.opening import config_path, opened, read_settings
from aggregator.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Sources in and out as OPML.", no_args_is_help=True, rich_markup_mode=None)
    group.command("import")(import_file)
    group.command("export")(export_file)
    app.add_typer(group, name="opml")


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The OPML file.")],
) -> None:
    """Add the feeds of an OPML file to the configuration; folders become tags, known feeds stay as they are."""
    from aggregator.config import add_feeds
    from aggregator.emit.opml import read_opml

    settings = read_settings(context)
    known = {feed.url for feed in settings.feeds}
    try:
        found = read_opml(file.read_bytes())
    except ConfigError as error:
        raise ConfigError(error.reason, file=file, line=error.line) from error
    new = [feed for feed in found if feed.url not in known]
    add_feeds(config_path(context), new)
    typer.echo(f"{len(new)} feeds added, {len(found) - len(new)} were there already")


def export_file(
    context: typer.Context,
    emitted: Annotated[bool, typer.Option("--emitted", help="The feeds we emit instead of our sources.")] = False,
) -> None:
    """Print an OPML document: our sources, or the feeds we emit."""
    from aggregator.library.masthead import write_emitted_opml
    from aggregator.library.subscriptions import write_sources_opml

    with opened(context) as aggregator:
        site = aggregator.settings.site
        body = (
            write_emitted_opml(aggregator.storage, title=site.title, base_url=site.base_url)
            if emitted
            else write_sources_opml(aggregator.storage, title=site.title)
        )
    typer.echo(body.decode(), nl=False)
