"""config.yaml as YAML: its text, its values, and the line every key stands on. The home of ruamel.yaml's errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from aggregator.errors import ConfigError

Location = Sequence[str | int]

_ODD = ("\t", " !", "\n!")
_USUAL = frozenset({str, int, float, bool})
_DEEPEST = 20  # levels; the settings need four, a list that holds itself has no end


def read_text(path: Path) -> str:
    """Return the text of the file, with its line ends as they are.

    Raises: ConfigError.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("there is no such file", file=path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("is not UTF-8 text", file=path, line=line) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from error


@contextlib.contextmanager
def yaml_errors(path: Path) -> Iterator[None]:
    """Turn errors of ruamel.yaml into ConfigError with the line."""
    try:
        yield
    except DuplicateKeyError as error:
        raise ConfigError(_duplicate(error), file=path, line=_line(error)) from error
    except MarkedYAMLError as error:
        problem = error.problem or "cannot be understood"
        if "'\\t'" in problem:
            problem = "a tab stands where only spaces may: YAML indents with spaces"
        elif "single document" in (error.context or ""):
            problem = "a second YAML document begins here; one file holds one"
        elif error.context:
            begun = f" begun on line {error.context_mark.line + 1}" if error.context_mark else ""
            problem = f"{problem} ({error.context}{begun})"
        raise ConfigError(f"is not YAML: {problem}", file=path, line=_line(error)) from error
    except ReaderError as error:
        raise ConfigError(f"is not YAML: {error.reason}", file=path) from error
    except YAMLError as error:
        raise ConfigError(f"is not YAML: {error}", file=path) from error
    except (ValueError, RecursionError) as error:  # a date that is none, say; brackets nested without end
        raise ConfigError(f"is not YAML: {error}", file=path) from error


def _line(error: MarkedYAMLError) -> int | None:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark is not None else None


def _duplicate(error: DuplicateKeyError) -> str:
    key = (error.problem or "").partition('"')[2].partition('"')[0]
    return f"the key {key!r} stands twice in one place"


def parse_yaml(path: Path, text: str) -> CommentedMap:
    """Return the document with its line numbers.

    Raises: ConfigError.
    """
    with yaml_errors(path):
        document = YAML(typ="rt").load(text)
    if document is None:
        raise ConfigError("the file is empty; write at least a list of feeds", file=path, line=1, key="feeds")
    if not isinstance(document, CommentedMap):
        raise ConfigError("must be a table of sections, beginning for example with `site:`", file=path, line=1)
    return document


def read_quickly(text: str) -> dict[str, Any] | None:
    """Return the values of a document in which nothing is odd; None where `parse_yaml` must be asked, and gives the reason.

    It reads without comments and line numbers, in C where that is installed: an eighth of the time. Odd are tabs and tags,
    of which the two readers think differently, and values of kinds that no setting has.
    """
    if any(sign in text for sign in _ODD):
        return None
    try:
        document = YAML(typ="safe").load(text)
        return plain(Path(), document) if isinstance(document, dict) and _is_usual(document) else None
    except (YAMLError, ValueError, RecursionError):  # ValueError: ours for nesting, and dates that are none
        return None


def _is_usual(node: Any) -> bool:
    if isinstance(node, dict):
        return all(map(_is_usual, node.values()))
    if isinstance(node, list):
        return all(map(_is_usual, node))
    return node is None or type(node) in _USUAL


def plain(path: Path, node: Any, *, depth: int = 0) -> Any:
    """Return the values without their YAML dress; a key with nothing behind it counts as left out.

    Raises: ConfigError for a list or table that holds itself.
    """
    if depth > _DEEPEST:
        raise ConfigError(f"is nested deeper than {_DEEPEST} levels", file=path)
    if isinstance(node, dict):
        return {str(key): plain(path, value, depth=depth + 1) for key, value in node.items() if value is not None}
    if isinstance(node, list):
        return [plain(path, value, depth=depth + 1) for value in node]
    return node


def line_of(document: CommentedMap, location: Location) -> int:
    """Return the line (from 1) of a key or list place, or of the nearest one around it that exists."""
    line = 0
    node: Any = document
    for part in location:
        try:
            line = node.lc.item(part)[0] if isinstance(node, CommentedSeq) else node.lc.key(part)[0]
            node = node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1
