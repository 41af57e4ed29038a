"""The settings as rows of a table: what the documentation is written from, and where the nearest valid key is looked up."""

from __future__ import annotations

import enum
import types
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from aggregator.config.settings import FeedRow, Section, Settings, TopicRow
from aggregator.config.units import format_duration, format_size, parse_size

_LISTS: dict[str, type[Section]] = {"feeds": FeedRow, "topics": TopicRow}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One key: its dotted path (`fetch.timeout`, `topics[].any`), what kind of value it takes, its default, its meaning."""

    key: str
    kind: str
    default: str
    description: str


def describe_settings() -> tuple[SettingRow, ...]:
    """Return a row for every key, sections as well, in the order of the file."""
    rows: list[SettingRow] = []
    for name, field in Settings.model_fields.items():
        row_model = _LISTS.get(name)
        if row_model is not None:
            rows.append(SettingRow(key=name, kind="list", default="", description=field.description or ""))
            rows += _describe_section(f"{name}[]", row_model)
        elif isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            rows.append(SettingRow(key=name, kind="section", default="", description=field.annotation.__doc__ or ""))
            rows += _describe_section(name, field.annotation)
    return tuple(rows)


def _describe_section(prefix: str, section: type[Section]) -> list[SettingRow]:
    return [
        SettingRow(
            key=f"{prefix}.{field.alias or name}",
            kind=_kind_of(field),
            default=_default_of(field),
            description=field.description or "",
        )
        for name, field in section.model_fields.items()
    ]


def _kind_of(field: FieldInfo) -> str:
    annotation, metadata = field.annotation, list(field.metadata)
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation, *others = get_args(annotation)
        metadata += [other for other in others if other is not types.NoneType]
    kind = _name_of(annotation, metadata)
    low, high = (_bound(metadata, name) for name in ("ge", "le"))
    if low is not None and high is not None:
        return f"{kind}, {_written(low, kind)} to {_written(high, kind)}"
    return f"{kind}, at least {_written(low, kind)}" if low else kind


def _name_of(annotation: Any, metadata: list[Any]) -> str:
    if get_origin(annotation) is tuple:
        return "list"
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return " or ".join(f"`{choice.value}`" for choice in annotation)
    if any(getattr(validator, "func", None) is parse_size for validator in metadata):
        return "size"
    names = {str: "text", bool: "`true` or `false`", int: "whole number", float: "number", timedelta: "duration"}
    return names[annotation]


def _bound(metadata: list[Any], name: str) -> Any:
    return next((getattr(entry, name) for entry in metadata if hasattr(entry, name)), None)


def _default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or field.default == "":
        return ""
    return f"`{_written(field.default, _kind_of(field))}`"


def _written(value: Any, kind: str) -> str:
    """Write a value as it stands in the file."""
    if isinstance(value, timedelta):
        return format_duration(value)
    if kind.startswith("size"):
        return format_size(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
