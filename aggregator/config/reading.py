"""config.yaml as YAML: its text, its values, and the line every key stands on. The home of ruamel.yaml's errors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
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
        raise ConfigError("there is no such file; name one with --config, or go to the folder that has it", file=path) from None
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

    It makes values of what the parser comes across (in C where that is installed), without a tree of nodes: in a small part
    of the time, and in no more memory than the values take. Odd are tabs, tags and anchors, keys that are no text or stand
    twice, and values of kinds that no setting has.
    """
    if any(sign in text for sign in _ODD):
        return None
    try:
        document = _QuickReader(text).document()
    except (YAMLError, ValueError):  # ValueError: what is odd, and numbers that are none
        return None
    return document if isinstance(document, dict) else None


class _QuickReader:
    """Makes values of the events of a parser; a key with nothing behind it counts as left out.

    Every method raises ValueError at what is odd.
    """

    def __init__(self, text: str) -> None:
        yaml = YAML(typ="safe")
        self._events: Iterator[Event] = iter(yaml.parse(text))
        self._next = partial(next, self._events, None)
        self._resolver, self._constructor = yaml.resolver, yaml.constructor

    def document(self) -> Any:
        _expect(self._next(), StreamStartEvent)
        _expect(self._next(), DocumentStartEvent)
        value = self._value(self._next(), depth=0)
        _expect(self._next(), DocumentEndEvent)
        _expect(self._next(), StreamEndEvent)
        return value

    def _value(self, event: Event | None, *, depth: int) -> Any:
        if not isinstance(event, ScalarEvent | CollectionStartEvent) or event.anchor or event.ctag or depth > _DEEPEST:
            raise ValueError(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        return self._table(depth) if isinstance(event, MappingStartEvent) else self._list(depth)

    def _table(self, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        keys: set[str] = set()
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._value(event, depth=depth + 1)
            if not isinstance(key, str) or key in keys:
                raise ValueError(key)
            keys.add(key)
            value = self._value(self._next(), depth=depth + 1)
            if value is not None:
                table[sys.intern(key)] = value  # the same few words in every feed
        return table

    def _list(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            values.append(self._value(event, depth=depth + 1))
        return values

    def _scalar(self, event: ScalarEvent) -> Any:
        tag = self._resolver.resolve(ScalarNode, event.value, event.implicit)
        if tag is self._resolver.DEFAULT_SCALAR_TAG:
            return event.value
        value = self._constructor.construct_object(ScalarNode(tag, event.value))
        if value is not None and type(value) not in _USUAL:
            raise ValueError(value)
        return value


def _expect(event: Event | None, kind: type[Event]) -> None:
    if not isinstance(event, kind):
        raise ValueError(event)  # noqa: TRY004 - of the document, not of our arguments


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
