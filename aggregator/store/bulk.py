"""Many rows at once, past the work that SQLAlchemy does for each parameter of each row; the statement is still its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Update, bindparam, insert, literal_column

from aggregator.store.columns import Duration, Time, to_microseconds, whole_microseconds


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: list[tuple[Any, ...]],
    *,
    fixed: tuple[tuple[str, str], ...] = (),
) -> None:
    """Insert rows of values for `columns`, which stand in the order of the table, as the driver takes them.

    Times are in microseconds.
    `fixed` names columns that are the same in every row, as SQL: they cost nothing by the row.
    """
    if not rows:
        return
    sql, by_name = _statement(connection.dialect, table, columns, fixed)
    parameters: Any = [dict(zip(columns, row, strict=True)) for row in rows] if by_name else rows
    connection.exec_driver_sql(sql, parameters)


NEW = "new_"
"""Before the names of parameters that are new values: those of the columns themselves are SQLAlchemy's."""


def update_rows(connection: Connection, statement: Update, rows: Sequence[dict[str, Any]]) -> None:
    """Run an update once for each row; keys are its parameters' names without NEW, times and durations are as in the model."""
    if not rows:
        return
    sql, conversions, form = _update_statement(connection.dialect, statement)
    for row in rows:
        for name, convert in conversions:
            value = row[name]
            if value is not None:
                row[name] = convert(value)
    connection.exec_driver_sql(sql, [form(row) for row in rows])


@lru_cache(maxsize=16)
def _update_statement(
    dialect: Dialect, statement: Update
) -> tuple[str, tuple[tuple[str, Callable[[Any], int]], ...], Callable[[dict[str, Any]], Any]]:
    compiled = statement.compile(dialect=dialect)
    kinds: dict[type, Callable[[Any], int]] = {Time: to_microseconds, Duration: whole_microseconds}
    names = {name: name.removeprefix(NEW) for name in compiled.binds}
    conversions = tuple(
        (names[name], kinds[type(bind.type)]) for name, bind in compiled.binds.items() if type(bind.type) in kinds
    )
    if compiled.positiontup is not None:
        return str(compiled), conversions, itemgetter(*(names[name] for name in compiled.positiontup))
    return str(compiled), conversions, lambda row: {name: row[key] for name, key in names.items()}


@lru_cache(maxsize=16)  # a dialect belongs to an engine, of which a process has one or two
def _statement(
    dialect: Dialect, table: Table, columns: tuple[str, ...], fixed: tuple[tuple[str, str], ...]
) -> tuple[str, bool]:
    """Return the SQL, and whether the driver takes its parameters by name and not by place."""
    values: dict[str, Any] = {name: literal_column(sql) for name, sql in fixed} | {name: bindparam(name) for name in columns}
    compiled = insert(table).values(values).compile(dialect=dialect)
    if compiled.positiontup is None:
        return str(compiled), True
    if tuple(compiled.positiontup) != columns:  # SQLAlchemy writes columns in the order of their table
        raise ValueError(f"not in the order of {table.name}: {columns}")
    return str(compiled), False
