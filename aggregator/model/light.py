"""Values of which a pass makes ten thousands: frozen for the type checker only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Value = TypeVar("_Value")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def light(cls: type[_Value]) -> type[_Value]:
    """Make a class a dataclass as `frozen=True, slots=True, kw_only=True` would, but for assignments at run time.

    mypy refuses those all the same. Refusing them at run time, too, makes every value three times as expensive to make:
    a dataclass that is frozen sets each of its fields by a call.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
