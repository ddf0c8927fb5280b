"""Read the journal, which is stored in blocks of lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import MsgspecError, Raw
from msgspec.json import Decoder

from importer.domain.entities import Entity
from importer.domain.record import Record
from importer.ledger.bulk import BLOCKS_AT_ONCE, rows_with_keys
from importer.ledger.storage import STORAGE, damaged_journal
from importer.ledger.tables import batch, journal_block


class Block(NamedTuple):
    """Some lines of a batch as they are stored: a list in JSON."""

    batch: int
    first_line: int
    lines: str


class JournalLine(Record, array_like=True):
    """A change: the row that asked for it, the key of the entity, and its images in JSON."""

    line: int
    sheet: str
    row: int
    kind: str
    key: str
    before: Raw
    after: Raw

    @property
    def is_addition(self) -> bool:
        """Whether there was no such entity before."""
        return bytes(self.before) == b"null"

    @property
    def owner(self) -> str | None:
        """The id of the customer concerned, which its key begins with; None of an OTC."""
        return None if self.kind == "otc" else self.key.partition("/")[0]

    def entities(self) -> tuple[Entity | None, Entity | None]:
        """The entity before and after; raises LedgerError unless there is one."""
        try:
            decode = _ENTITIES[self.kind].decode
            before, after = decode(self.before), decode(self.after)
        except (KeyError, MsgspecError, RecursionError) as error:
            raise damaged_journal() from error
        if before is None and after is None:
            raise damaged_journal()
        return before, after


_ENTITIES: dict[str, Decoder[Entity | None]] = {
    kind: Decoder(storage.entity | None) for kind, storage in STORAGE.items()
}
_LINES = Decoder(list[JournalLine])


def journal_lines(
    connection: sa.Connection,
    account_id: str,
    *which: sa.ColumnElement[bool],
    newest_first: bool = False,
) -> Iterator[tuple[int, JournalLine]]:
    """The lines of those blocks and batches of an account which meet `which`, in their order.

    Each comes with the number of its batch. Images are checked where they are used. Raises
    LedgerError for a block that has no lines.
    """
    for block in journal_blocks(connection, account_id, *which, newest_first=newest_first):
        try:
            lines = _LINES.decode(block.lines)
        except (MsgspecError, RecursionError) as error:
            raise damaged_journal() from error
        for line in reversed(lines) if newest_first else lines:
            yield block.batch, line


def journal_blocks(
    connection: sa.Connection,
    account_id: str,
    *which: sa.ColumnElement[bool],
    newest_first: bool = False,
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
    )
    order: tuple[sa.Column[int], ...] = (batch.c.batch, journal_block.c.first_line)
    query = query.order_by(*(column.desc() if newest_first else column for column in order))
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
