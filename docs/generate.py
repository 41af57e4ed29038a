"""Write the generated pages of the documentation from the code: `python -m docs.generate`; `--check` fails if one is stale.

A page is a file and a function that returns its text; add yours to PAGES.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from aggregator.cli.main import app
from aggregator.config import describe_settings
from aggregator.config.environment import variable_of

FOLDER = Path(__file__).parent

_SETTINGS_HEAD = """\
# Settings

<!-- Written by `make docs` from aggregator/config; do not edit. -->

Everything is set in `config.yaml`. Every key but `feeds` may be left out. An unknown key, a wrong value or a missing unit is an
error that names the file, the line, the key and the nearest valid one; all of them are listed at once (`aggregator check`).

- **Durations** have a unit: `30s`, `15m`, `1h30m`, `7d`; `0s` is one. **Sizes** too: `512KiB`, `10MiB`.
- **The environment wins over the file**: the variable is `AGGREGATOR_`, the section, two underscores, the key; lists are
  written with commas (`AGGREGATOR_FETCH__ALLOW_PRIVATE=127.0.0.1,10.0.0.0/8`). A variable that begins with `AGGREGATOR_` and
  names no setting is an error; only `AGGREGATOR_CONFIG` means something else, the file to read. Feeds and topics stand in
  the file only.
- A relative path in `store.url` is taken from the folder of `config.yaml`.
"""


def settings_page() -> str:
    """Return docs/settings.md: a section for each section of the file, a row for each key."""
    lines = [_SETTINGS_HEAD]
    for row in describe_settings():
        section, _, key = row.key.rpartition(".")
        if not section:
            lines += ["", f"## `{row.key}`", "", row.description, ""]
            with_variable = row.kind == "section"
            lines += ["| key | value | default | meaning |" + (" environment |" if with_variable else "")]
            lines += ["|---|---|---|---|" + ("---|" if with_variable else "")]
        else:
            variable = "" if section.endswith("[]") else f" `{variable_of(row.key)}` |"
            lines.append(f"| `{key}` | {row.kind} | {row.default} | {row.description.replace('|', chr(92) + '|')} |{variable}")
    return "\n".join(lines) + "\n"


_CLI_HEAD = """\
# Command line

<!-- Written by `make docs` from aggregator/cli; do not edit. -->

`aggregator [--config FILE] COMMAND`. Exit codes: 0 done, 1 the work failed, 2 wrong use or configuration. With `--json` a
command prints one JSON object to standard output; logs go to standard error. Tables become lines with tabs when they go into a
pipe.
"""


def cli_page() -> str:
    """Return docs/cli.md: every command with its help and its options."""
    root = typer.main.get_command(app)
    return "\n".join([_CLI_HEAD, *_options(root), *_commands(root, "aggregator")]) + "\n"


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        arguments = "".join(f" {_argument(one)}" for one in command.params if one.param_type_name == "argument")
        yield f"\n## `{path} {name}{arguments}`\n\n{' '.join((command.help or '').split())}"
        yield from [""] if any(getattr(one, "help", None) for one in command.params) else []
        yield from _options(command)
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        words = getattr(parameter, "help", None)
        if words:
            is_argument = parameter.param_type_name == "argument"
            name = _argument(parameter) if is_argument else ", ".join([*parameter.opts, *parameter.secondary_opts])
            must = " Required." if parameter.required and not is_argument else ""
            yield f"- `{name}`: {words}{must}"


def _argument(parameter: Any) -> str:
    return f"{parameter.name.upper()}{'' if parameter.nargs == 1 else ' …'}"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
}


def stale_pages() -> list[str]:
    """Return the names of the pages that differ from what the code says."""
    return [name for name, write in PAGES.items() if not _says(FOLDER / name, write())]


def _says(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only name those that are stale."""
    if arguments == ["--check"]:
        stale = stale_pages()
        for name in stale:
            sys.stderr.write(f"docs/{name} is stale; run make docs\n")
        return 1 if stale else 0
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
