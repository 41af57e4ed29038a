"""Errors of pydantic in words for the person who edits the file; the home of pydantic's errors."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from aggregator.config.describing import describe_settings
from aggregator.config.units import format_size


def reason_of(details: ErrorDetails) -> str:
    """Return what is wrong, and the remedy where there is one."""
    say = _SENTENCES.get(details["type"])
    return say(details["input"], details.get("ctx", {}), details["loc"]) if say else details["msg"]


def _unknown_key(location: Sequence[str | int]) -> str:
    """Name the nearest valid key: in the same table, else the same word in another one."""
    key = str(location[-1])
    table = "".join("[]" if isinstance(part, int) else f".{part}" for part in location[:-1]).removeprefix(".")
    rows = [row.key.rpartition(".") for row in describe_settings()]
    siblings = [name for parent, _, name in rows if parent == table]
    nearest = difflib.get_close_matches(key, siblings, n=1)
    if nearest:
        return f"there is no such key; did you mean {nearest[0]!r}?"
    elsewhere = [f"{parent}.{name}" for parent, _, name in rows if name == key and parent]
    if elsewhere:
        return f"there is no such key here; did you mean {elsewhere[0]!r}?"
    return f"there is no such key; known here: {', '.join(siblings)}"


def _not_a_choice(value: object, expected: str) -> str:
    choices = [choice for choice in expected.split("'") if choice.strip(", or")]
    nearest = difflib.get_close_matches(str(value), choices, n=1)
    return f"must be {' or '.join(choices)}, not {value!r}" + (f"; did you mean {nearest[0]!r}?" if nearest else "")


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a table of keys"
    return "a list" if isinstance(value, list) else repr(value)


def _example(location: Sequence[str | int]) -> str:
    return {"feeds": ", as in `- url: https://…`", "topics": ", as in `- slug: …`"}.get(str(location[0]), "")


def _bound(bound: object, location: Sequence[str | int]) -> str:
    return format_size(bound) if location[-1] == "max_body" and isinstance(bound, int) else str(bound)


def _not_text(value: object) -> str:
    return f"must be text; put {value} in quotes" if isinstance(value, int | float) else f"must be text, not {_kind(value)}"


def _not_a_list(value: object) -> str:
    return f"must be a list, as in [{value}]" if isinstance(value, str) else f"must be a list, not {_kind(value)}"


_Say = Callable[[Any, Mapping[str, Any], Sequence[str | int]], str]

_SENTENCES: dict[str, _Say] = {
    "extra_forbidden": lambda _value, _context, place: _unknown_key(place),
    "missing": lambda _value, _context, _place: "is missing",
    "value_error": lambda _value, context, _place: str(context["error"]),
    "string_type": lambda value, _context, _place: _not_text(value),
    "string_too_short": lambda _value, _context, _place: "is empty",
    "string_too_long": lambda _value, context, _place: f"is longer than {context['max_length']} characters",
    "tuple_type": lambda value, _context, _place: _not_a_list(value),
    "model_type": lambda value, _context, place: f"must be a table of keys, not {_kind(value)}{_example(place)}",
    "literal_error": lambda value, context, _place: _not_a_choice(value, str(context["expected"])),
    "enum": lambda value, context, _place: _not_a_choice(value, str(context["expected"])),
    "int_type": lambda value, _context, _place: f"must be a whole number, not {_kind(value)}",
    "int_parsing": lambda value, _context, _place: f"must be a whole number, not {_kind(value)}",
    "int_from_float": lambda value, _context, _place: f"must be a whole number, not {_kind(value)}",
    "float_type": lambda value, _context, _place: f"must be a number, not {_kind(value)}",
    "float_parsing": lambda value, _context, _place: f"must be a number, not {_kind(value)}",
    "finite_number": lambda value, _context, _place: f"must be a number, not {_kind(value)}",
    "bool_type": lambda value, _context, _place: f"must be true or false, not {_kind(value)}",
    "bool_parsing": lambda value, _context, _place: f"must be true or false, not {_kind(value)}",
    "greater_than_equal": lambda _value, context, place: f"must be at least {_bound(context['ge'], place)}",
    "less_than_equal": lambda _value, context, place: f"must be at most {_bound(context['le'], place)}",
}
