"""Many rows at once, past the work that SQLAlchemy does for each parameter of each row; the statement is still its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Update, bindparam, insert, literal_column

from aggregator.store.columns import Duration, Time, to_microseconds, whole_microseconds


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, fixed: tuple[tuple[str, str], ...] = ()
) -> None:
    """Insert rows that all have the same columns; times are aware, everything else is as the driver takes it.

    `fixed` names columns that are the same in every row, as SQL: they cost nothing by the row.
    """
    if not rows:
        return
    sql, times, form = _statement(connection.dialect, table, tuple(rows[0]), fixed)
    for row in rows:
        for name in times:
            at = row[name]
            if at is not None:
                row[name] = to_microseconds(at)
    connection.exec_driver_sql(sql, [form(row) for row in rows])


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
) -> tuple[str, tuple[str, ...], Callable[[dict[str, Any]], Any]]:
    """Return the SQL, the columns that are times, and what makes the driver's parameters of a row."""
    values: dict[str, Any] = {name: literal_column(sql) for name, sql in fixed} | {name: bindparam(name) for name in columns}
    compiled = insert(table).values(values).compile(dialect=dialect)
    times = tuple(column.name for column in table.columns if isinstance(column.type, Time) and column.name in columns)
    form = itemgetter(*compiled.positiontup) if compiled.positiontup is not None else dict
    return str(compiled), times, form
