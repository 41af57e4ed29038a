"""Settings from the environment: `AGGREGATOR_SERVER__PORT=9000` wins over `server: {port: …}` in the file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.config.describing import describe_settings
from aggregator.errors import ConfigError

PREFIX = "AGGREGATOR_"
_LEVEL = "__"
_NOT_SETTINGS = frozenset({"AGGREGATOR_CONFIG"})  # says which file to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A setting taken from the environment: the variable, the place of the setting, and its value, text or a list of texts."""

    variable: str
    location: tuple[str, str]
    value: str | list[str]


def read_overrides(environ: Mapping[str, str]) -> list[Override]:
    """Return the settings in the environment. Lists are written with commas; feeds and topics stand in the file only.

    Raises: ConfigError for an AGGREGATOR_ variable that is no setting.
    """
    known = {variable_of(row.key): row for row in describe_settings() if "." in row.key and "[]" not in row.key}
    overrides = []
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        row = known.get(variable)
        if row is None:
            nearest = difflib.get_close_matches(variable, known, n=1)
            remedy = f"; did you mean {nearest[0]}?" if nearest else ""
            raise ConfigError(f"no setting has this name in the environment{remedy}", key=variable)
        section, _, key = row.key.partition(".")
        parts = [part.strip() for part in value.split(",") if part.strip()]
        overrides.append(
            Override(variable=variable, location=(section, key), value=parts if row.kind.startswith("list") else value)
        )
    return overrides


def variable_of(key: str) -> str:
    """Return the name in the environment of a dotted key: `server.port` is AGGREGATOR_SERVER__PORT."""
    return PREFIX + key.upper().replace(".", _LEVEL)
