"""The command `export`: every emitted feed and page as static files, for a plain web server or a CDN."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.opening import opened
from aggregator.cli.output import progress_bar


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(export)


def export(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Where to write; made if it is not there.", file_okay=False)],
) -> None:
    """Write every emitted feed and page as static files."""
    from aggregator.web.static_export import export_site

    with opened(context) as aggregator, progress_bar("Writing files") as on_progress:
        aggregator.group()
        aggregator.relate()
        aggregator.rank(at_once=True)
        aggregator.publish()
        written = export_site(aggregator, directory, on_progress=on_progress)
    typer.echo(f"{written} files written to {directory}")
