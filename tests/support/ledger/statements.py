"""The SQL statements that the program executes, and other events of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa


class Statement(NamedTuple):
    """A statement as it is sent to the database."""

    sql: str
    parameters: Any


@contextmanager
def listening(event: str, listener: Callable[..., object]) -> Iterator[None]:
    """Call `listener` at each event of that name of any engine."""
    sa.event.listen(sa.Engine, event, listener)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, event, listener)


@contextmanager
def recorded_statements() -> Iterator[list[Statement]]:
    """The statements that are executed inside the context, as they come."""
    statements: list[Statement] = []

    def record(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        statements.append(Statement(sql, parameters))

    with listening("before_cursor_execute", record):
        yield statements
