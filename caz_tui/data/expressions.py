"""Expressions that SQLAlchemy has no word for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class unindexed(FunctionElement[bool]):  # noqa: N801 - named and called as SQLAlchemy's functions are
    """A truth value or a column as it is, but none that SQLite would search or walk an index for.

    Its values are still read from whichever index is walked.
    """

    type = Boolean()
    inherit_cache = True
    name = "unindexed"


@compiles(unindexed)
def _itself(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"({compiler.process(element.clauses, **more)})"


@compiles(unindexed, "sqlite")
def _plus(element: unindexed, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"+({compiler.process(element.clauses, **more)})"
