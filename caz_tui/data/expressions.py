"""Expressions that each database engine spells in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class unindexed(FunctionElement[bool]):  # noqa: N801 - named and called as SQLAlchemy's functions are
    """A truth value or a column as it is, but none that SQLite would search or walk an index for.

    Its values are still read from whichever index is walked. PostgreSQL, which keeps statistics, chooses for itself.
    """

    type = Boolean()
    inherit_cache = True
    name = "unindexed"


class out_of_indexes(FunctionElement[bool]):  # noqa: N801
    """A truth that every client has, where no index shall be walked for it on any engine."""

    type = Boolean()
    inherit_cache = True
    name = "out_of_indexes"


class position_in(FunctionElement[int]):  # noqa: N801
    """Where in a text (first) another (second) begins, from 1; 0 when it does not occur."""

    type = Integer()
    inherit_cache = True
    name = "position_in"


class as_stored(FunctionElement[str]):  # noqa: N801
    """A JSON value as the very text that was stored."""

    type = Text()
    inherit_cache = True
    name = "as_stored"


@compiles(unindexed)
def _itself(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"({compiler.process(element.clauses, **more)})"


@compiles(unindexed, "sqlite")
def _plus(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"+({compiler.process(element.clauses, **more)})"


@compiles(out_of_indexes, "sqlite")
def _plus_too(element: out_of_indexes, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"+{compiler.process(element.clauses, **more)}"


@compiles(out_of_indexes, "postgresql")
def _coalesce(element: out_of_indexes, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"coalesce({compiler.process(element.clauses, **more)}, true)"


@compiles(as_stored, "sqlite")
def _as_it_is(element: as_stored, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return str(compiler.process(element.clauses, **more))


@compiles(as_stored, "postgresql")
def _cast(element: as_stored, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"CAST({compiler.process(element.clauses, **more)} AS text)"


@compiles(position_in, "sqlite")
def _instr(element: position_in, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"instr({compiler.process(element.clauses, **more)})"


@compiles(position_in, "postgresql")
def _strpos(element: position_in, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"strpos({compiler.process(element.clauses, **more)})"
