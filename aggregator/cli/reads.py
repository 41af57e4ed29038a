"""Commands on reads: those of one's own site, out of its access logs."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.opening import opened
from aggregator.cli.output import print_json, print_table, progress_bar
from aggregator.errors import AggregatorError

GZIP_MAGIC = b"\x1f\x8b"
LINES_PER_STEP = 1_000
"""Lines between two steps of the progress bar: some 10 ms."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Reads of your own site.", no_args_is_help=True, rich_markup_mode=None)
    group.command("import")(import_file)
    app.add_typer(group, name="reads")


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The log, combined format, plain or gzip.")],
    site: Annotated[
        str | None, typer.Option("--site", help="Origin of the site (https://www.example.org) instead of `reads.site`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count the reads in an access log of your own site; importing a file again adds only what is new in it."""
    from aggregator.config.values import check_origin
    from aggregator.library.log_import import import_log
    from aggregator.library.rankings import read_traffic
    from aggregator.rank.abuse import Site

    try:
        given = check_origin(site) if site else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--site") from error
    with opened(context) as aggregator, progress_bar("Reading the log") as on_progress:
        settings = aggregator.settings
        with aggregator.storage.read() as tx:
            # That readers have accounts here says nothing of those of the site, which its publisher vouches for.
            site_traffic = Site(level=read_traffic(tx).level)
        report = import_log(
            aggregator.storage,
            lambda: _lines(file, on_progress),
            site_url=given or settings.reads.site,
            site=site_traffic,
            now=aggregator.clock.now(),
            keep=settings.retention.reads,
        )
    if as_json:
        counts = {name: getattr(report, name) for name in ("lines", "imported_before", "counted", "known", "unknown")}
        print_json({**counts, "discarded": dict(sorted(report.discarded.items()))})
    else:
        rows = [
            ("lines", report.lines),
            ("imported before", report.imported_before),
            ("reads counted", report.counted),
            ("readers counted before", report.known),
            ("no entry at the address", report.unknown),
            *((f"not counted: {reason}", number) for reason, number in report.discarded.most_common()),
        ]
        print_table(("what", "count"), rows, empty="")
    if report.lines and report.discarded["malformed"] == report.lines:
        typer.echo(f"{file} is no access log in the combined format: not one line could be read", err=True)
        raise typer.Exit(1)


def _lines(file: Path, on_progress: Callable[[int, int], None]) -> Iterator[str]:
    """Yield the lines of the file; progress is told in KiB of the file as it lies on the disk."""
    size = file.stat().st_size
    with ExitStack() as stack:
        raw = stack.enter_context(file.open("rb"))
        packed = raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        data = stack.enter_context(gzip.open(raw)) if packed else raw
        text = stack.enter_context(io.TextIOWrapper(data, encoding="utf-8", errors="replace", newline="\n"))
        try:
            for number, line in enumerate(text):
                if number % LINES_PER_STEP == 0:
                    on_progress(raw.tell() // 1024, size // 1024)
                yield line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise AggregatorError(f"{file}: the compressed log is cut off or damaged") from error
    on_progress(size // 1024, size // 1024)
