"""What the command line loads before it does anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "alembic", "lxml", "feedparser", "feedgen", "pycurl", "starlette", "uvicorn", "ruamel", "nh3", "Stemmer")
"""Not pydantic: typer itself loads it where it is installed."""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["poll", "--help"], ["database", "check", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom aggregator.cli.main import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
