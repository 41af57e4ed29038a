"""Write the generated pages of the documentation from the code: `python -m docs.generate`; `--check` fails if one is stale.

A page is a file and a function that returns its text; add yours to PAGES.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

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


PAGES: Mapping[str, Callable[[], str]] = {
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
