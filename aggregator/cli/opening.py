"""How a command gets at the aggregator: read the configuration, open the store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:  # the real imports are heavy and wait until a command runs
    from aggregator.app import Aggregator
    from aggregator.config import Settings
    from aggregator.library.catalogue import ReaderSite


def config_path(context: typer.Context) -> Path:
    """Return the configuration file of this call."""
    path: Path = context.obj
    return path


def read_settings(context: typer.Context, *, warn: bool = False) -> Settings:
    """Read the configuration of this call; with `warn`, what is surely not meant goes to standard error.

    Raises: ConfigError.
    """
    from aggregator.config import list_warnings, load_settings

    settings = load_settings(config_path(context), environ=os.environ)
    for warning in list_warnings(settings, path=config_path(context)) if warn else ():
        typer.echo(f"aggregator: {warning}", err=True)
    return settings


@contextmanager
def opened(context: typer.Context) -> Iterator[Aggregator]:
    """Open the aggregator of this call's configuration.

    Raises: ConfigError, StorageError.
    """
    from aggregator.app import open_aggregator

    with open_aggregator(read_settings(context)) as aggregator:
        yield aggregator


def reader_site(settings: Settings) -> ReaderSite:
    """Return the site as feed readers see it."""
    from zoneinfo import ZoneInfo

    from aggregator.library.catalogue import ReaderSite

    site = settings.site
    return ReaderSite(title=site.title, base_url=site.base_url, language=site.language, zone=ZoneInfo(site.timezone))
