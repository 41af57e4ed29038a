"""From config.yaml and the environment to Settings; whatever is wrong is said with file, line, key and remedy.

Every problem is listed, one a line; the error's own line and key are those of the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aggregator.config.consistency import Problem, find_contradictions, find_doubts
from aggregator.config.environment import Override, read_overrides
from aggregator.config.reading import line_of, parse_yaml, plain, read_quickly, read_text
from aggregator.config.reasons import reason_of
from aggregator.config.settings import Settings
from aggregator.config.values import feed_key
from aggregator.errors import ConfigError

_SQLITE = "sqlite:///"


def load_settings(path: Path, *, environ: Mapping[str, str]) -> Settings:
    """Return the settings of the file, with those of the environment on top.

    Raises: ConfigError.
    """
    return parse_settings(read_text(path), path=path, environ=environ)


def parse_settings(text: str, *, path: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings written in `text`, the content of the file `path`.

    A relative SQLite path is taken from the folder of the file; a `site.base_url` left out is made of host and port; topics
    name feeds by the URL that the list of feeds spells.

    Raises: ConfigError.
    """
    data = read_quickly(text) or plain(path, parse_yaml(path, text))
    overrides = read_overrides(environ)
    _apply(overrides, data)
    problems = []
    if "feeds" not in data and "feeds" not in parse_yaml(path, text):
        problems.append(Problem(location=("feeds",), reason="is missing; write `feeds: []` to begin with none"))
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        problems += [Problem(location=details["loc"], reason=reason_of(details)) for details in error.errors()]
        raise _config_error(path, text, overrides, problems) from None
    problems += find_contradictions(settings)
    if problems:
        raise _config_error(path, text, overrides, problems)
    return _complete(settings, path)


def list_warnings(settings: Settings, *, path: Path) -> tuple[str, ...]:
    """Return what was accepted from the file `path` and is surely not meant, a sentence each, with line and key.

    Raises: ConfigError.
    """
    doubts = list(find_doubts(settings))
    if not doubts:
        return ()
    document = parse_yaml(path, read_text(path))  # once more, with the lines
    return tuple(
        str(ConfigError(doubt.reason, file=path, line=line_of(document, doubt.location), key=_dotted(doubt.location)))
        for doubt in doubts
    )


def _apply(overrides: Sequence[Override], data: dict[str, Any]) -> None:
    for override in overrides:
        section, key = override.location
        table = data.setdefault(section, {})
        if isinstance(table, dict):  # a section that is no table is reported as such
            table[key] = override.value


def _complete(settings: Settings, path: Path) -> Settings:
    """Fill in what depends on other settings or on where the file lies."""
    site, store, server = settings.site, settings.store, settings.server
    if "base_url" not in site.model_fields_set:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(server.host, server.host)  # noqa: S104 -- read, not bound
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        site = site.model_copy(update={"base_url": f"http://{host}:{server.port}"})
    if store.url.startswith(_SQLITE):
        file, question_mark, options = store.url.removeprefix(_SQLITE).partition("?")
        absolute = path.absolute().parent / file
        store = store.model_copy(update={"url": f"{_SQLITE}{absolute}{question_mark}{options}"})
    named = {feed_key(url) for topic in settings.topics for url in topic.feeds}
    urls = {key: feed.url for feed in settings.feeds if (key := feed_key(feed.url)) in named} if named else {}
    topics = tuple(
        replace(topic, feeds=tuple(urls.get(feed_key(url), url) for url in topic.feeds)) for topic in settings.topics
    )
    return settings.model_copy(update={"site": site, "store": store, "topics": topics})


def _config_error(path: Path, text: str, overrides: Sequence[Override], problems: Sequence[Problem]) -> ConfigError:
    document = parse_yaml(path, text)  # read once more, with the lines
    variables: dict[tuple[str | int, ...], str] = {override.location: override.variable for override in overrides}
    found: list[tuple[int, ConfigError]] = []
    for problem in problems:
        variable = variables.get(problem.location[:2])
        if variable is not None:
            found.append((0, ConfigError(problem.reason, key=variable)))
        else:
            line = line_of(document, problem.location)
            found.append((line, ConfigError(problem.reason, file=path, line=line, key=_dotted(problem.location))))
    errors = [error for _, error in sorted(found, key=lambda pair: pair[0])]
    first, *others = errors
    reason = "\n".join([first.reason, *map(str, others)])
    return ConfigError(reason, file=first.file, line=first.line, key=first.key)


def _dotted(location: Sequence[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")
