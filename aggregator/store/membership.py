"""`column IN (…)` on PostgreSQL, as one array: 500 parameters of their own cost driver and server three times as much."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Engine, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg


class _ArrayCompiler(PGCompiler_psycopg):
    def visit_in_op_binary(self, binary: Any, _operator: Any, **options: Any) -> Any:
        """Compile membership in a list that is given with each execution; one that a statement holds stays as it is."""
        values = binary.right
        if not (isinstance(values, BindParameter) and values.expanding and values.required):
            return self._generate_generic_binary(binary, " IN ", **options)
        array = bindparam(values.key, type_=ARRAY(binary.left.type))
        return self.process(binary.left == any_(array), **options)


def compare_with_arrays(engine: Engine) -> None:
    """Let statements of an engine of PostgreSQL compare with arrays."""
    engine.dialect.statement_compiler = _ArrayCompiler
