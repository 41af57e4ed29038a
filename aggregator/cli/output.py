"""What commands print: one JSON object, a table, a progress bar; logs go to standard error."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import typer

from aggregator.model.entry import Entry

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def start_logging(level: int) -> None:
    """Send logs of this process to standard error."""
    logging.basicConfig(level=level, format=LOG_FORMAT, stream=sys.stderr, force=True)
    for chatty in ("apscheduler", "alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    # It warns at each tick that finds the last one of its job still at work, as every long pass is meant to.
    logging.getLogger("apscheduler.scheduler").setLevel(max(level, logging.ERROR))


def print_json(value: object) -> None:
    """Print one JSON object to standard output; times as RFC 3339 in UTC."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_encode))


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print rows as a table on a terminal, as tab-separated lines into a pipe, or `empty` if there are none."""
    if not rows:
        typer.echo(empty, err=True)
        return
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (list(columns), *cells):
            typer.echo("\t".join(cell.replace("\t", " ") for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))  # Text, not markup: a feed's title may hold [brackets]
    Console().print(table)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal; gives a function that is told how many are done, of how many."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def show_time(at: datetime | None, *, never: str = "-") -> str:
    """Return a time for a table, in local time."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else never


def show_date(entry: Entry) -> str:
    """Return when an entry was published, for a table, in local time."""
    return show_time(None if entry.is_undated else entry.dated_at)


def show_duration(duration: timedelta | None) -> str:
    """Return a duration for a table, in minutes or hours."""
    if duration is None:
        return ""
    minutes = duration / timedelta(minutes=1)
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004 - where hours read better


def show_size(size_bytes: int) -> str:
    """Return a size for people, in binary units."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:  # noqa: PLR2004 - bytes in a KiB, and so on up
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
