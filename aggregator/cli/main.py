"""The `aggregator` command: its options, its commands, and the exit code of every error.

Nothing heavy is imported here: `aggregator --help` loads no database, no parser and no HTTP client.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator import __version__
from aggregator.cli import database, export, feeds, opml, passes, readers, reads, search, stories, topics
from aggregator.cli.output import start_logging
from aggregator.errors import AggregatorError, ConfigError

EXIT_FAILED = 1
EXIT_WRONG_USE = 2

app = typer.Typer(
    name="aggregator",
    help="Poll feeds, group and rank their entries, and emit combined feeds that anyone can subscribe to.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
passes.register(app)
feeds.register(app)
topics.register(app)
stories.register(app)
search.register(app)
opml.register(app)
reads.register(app)
export.register(app)
readers.register(app)
database.register(app)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"aggregator {__version__}")
        raise typer.Exit


@app.callback()
def configure(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", "-c", envvar="AGGREGATOR_CONFIG", help="The configuration file.")] = Path(
        "config.yaml"
    ),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log errors only.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Remember where the configuration is; commands read it when they need it."""
    context.obj = config
    start_logging(logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO)


def main() -> None:
    """Run the command line; errors made on purpose become a sentence and an exit code, never a traceback."""
    # For numpy, which comes with a sentence model: its threads wait busily for each other, at several times the price.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except ConfigError as error:
        typer.echo(f"aggregator: {error}", err=True)
        sys.exit(EXIT_WRONG_USE)
    except AggregatorError as error:
        typer.echo(f"aggregator: {error}", err=True)
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:
        # The reader of our output went away (`aggregator feeds | head`): not an error, and Python must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"aggregator: {error.filename}: {error.strerror}", err=True)  # a file or folder that a person named
        sys.exit(EXIT_FAILED)
