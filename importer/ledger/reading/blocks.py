"""Read the journal, which is stored in blocks of lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import NoneType
from typing import Any, NamedTuple

import sqlalchemy as sa

from importer.ledger.bulk import BLOCKS_AT_ONCE, rows_with_keys
from importer.ledger.storage import Image, damaged_journal
from importer.ledger.tables import batch, journal_block


class Block(NamedTuple):
    """Some lines of a batch as they are stored: a list in JSON."""

    batch: int
    first_line: int
    lines: str


class StoredLine(NamedTuple):
    """A line of the journal as it is stored."""

    line: int
    sheet: str
    row: int
    kind: str
    key: str
    before: Image | None
    after: Image | None

    @property
    def owner(self) -> str | None:
        """The id of the customer concerned, which its key begins with; None of an OTC."""
        return None if self.kind == "otc" else self.key.partition("/")[0]


_IMAGES = ((NoneType, dict), (dict, dict), (dict, NoneType))
_SHAPES = frozenset((int, str, int, str, str, *images) for images in _IMAGES)


def line_of(stored: Any) -> StoredLine:
    """A line of a block; raises TypeError or ValueError for what is none."""
    if tuple(map(type, stored)) not in _SHAPES:
        raise ValueError("no line of a journal")
    return StoredLine._make(stored)


def journal_lines(
    connection: sa.Connection, account_id: str, *which: sa.ColumnElement[bool]
) -> Iterator[tuple[int, StoredLine]]:
    """The lines of those blocks and batches of an account which meet `which`, in their order.

    Each comes with the number of its batch. Raises LedgerError for a block that has no lines.
    """
    for block in journal_blocks(connection, account_id, *which):
        try:
            lines = list(map(line_of, json.loads(block.lines)))
        except (RecursionError, TypeError, ValueError) as error:
            raise damaged_journal() from error
        for line in lines:
            yield block.batch, line


def journal_blocks(
    connection: sa.Connection, account_id: str, *which: sa.ColumnElement[bool]
) -> Iterator[Block]:
    """The same blocks as they are stored, which are read some at a time.

    By their keys: an open cursor would have to be closed wherever reading ends early.
    """
    same_entry = sa.and_(
        batch.c.account_id == journal_block.c.account_id, batch.c.entry == journal_block.c.entry
    )  # fmt: skip
    query = (
        sa.select(batch.c.batch, journal_block.c.entry, journal_block.c.first_line)
        .select_from(journal_block.join(batch, same_entry))
        .where(journal_block.c.account_id == account_id, *which)
        .order_by(batch.c.batch, journal_block.c.first_line)
    )
    keys = connection.execute(query).all()
    for start in range(0, len(keys), BLOCKS_AT_ONCE):
        page = keys[start : start + BLOCKS_AT_ONCE]
        wanted = [{"entry": key.entry, "first_line": key.first_line} for key in page]
        rows = rows_with_keys(connection, journal_block, account_id, wanted)
        lines = {(row.entry, row.first_line): row.lines for row in rows}
        for key in page:
            yield Block(key.batch, key.first_line, lines.get((key.entry, key.first_line), ""))


def may_concern(customer_id: int) -> sa.ColumnElement[bool]:
    r"""Whether a block may have lines of a customer: a quick look at its text.

    Keys are written without escapes, but whoever writes JSON may put \u0031 for 1 or \/ for a
    slash.
    """
    digits = "\\u003"
    beginnings = [f'"{customer_id}{end}' for end in ('"', "/", "\\")]
    return sa.or_(
        *(journal_block.c.lines.contains(part, autoescape=True) for part in (*beginnings, digits))
    )
