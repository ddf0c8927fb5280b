"""Makes a ledger and brings it up to date; on a server, also says who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.base.errors import LedgerError, MisuseError
from importer.base.texts import N_, text
from importer.ledger.database import Ledger, is_earlier, is_empty, revision_of
from importer.ledger.engines import postgresql_access as access
from importer.ledger.engines.citus import distribute, is_distributed
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.migrate import upgrade as migrate
from importer.ledger.upkeep.copying import take_over


@dataclass(frozen=True, slots=True)
class SetupOptions:
    """How a ledger shall begin: which roles may import into the account, and which may read it.

    `source` is a ledger's file to take over; `distributed` spreads the tables over machines.
    """

    account: str
    importers: Sequence[str] = ()
    readers: Sequence[str] = ()
    source: Path | None = None
    distributed: bool = False


def init(ledger: Ledger, wanted: SetupOptions) -> bool:
    """Make the ledger unless it is there, then give what is wanted; say whether it was made.

    All of it or nothing. Raises LedgerError for a database of something else or another version.
    """
    on_server = not isinstance(ledger, FileLedger)
    if not on_server and (wanted.importers or wanted.readers or wanted.distributed):
        raise MisuseError(
            text(N_("{ledger} is a file: it has no roles and is not distributed. Who may read it "
                    "is a matter of the file's rights."), ledger=ledger.name)
        )  # fmt: skip
    if wanted.source is not None:
        _must_be_a_ledger(FileLedger(wanted.source))
    with ledger.migrating() as connection:
        made = is_empty(connection)
        if made:
            migrate(connection)
        ledger.check_revision(connection)
        if on_server:
            access.guard(connection, with_triggers=not is_distributed(connection))
            if wanted.distributed:
                distribute(connection)
            access.grant(connection, wanted.account, wanted.importers, wanted.readers)
        if wanted.source is not None:
            take_over(FileLedger(wanted.source), connection)
    return made


def _must_be_a_ledger(source: FileLedger) -> None:
    """Before anything is made: that there is something to take over, of this version."""
    if source.is_missing:
        raise LedgerError(
            text(N_("There is no ledger at {path} to take over. Name its file with --from."),
                 path=source.path)
        )  # fmt: skip
    with source.reading():
        pass


def upgrade(ledger: Ledger) -> tuple[str, str]:
    """Bring the tables to this version's form; their revision before and after.

    Raises LedgerError where there is no ledger, or one of a newer version.
    """
    if ledger.is_missing:
        raise ledger.missing()
    with ledger.migrating() as connection:
        before = revision_of(connection)
        if before is None or not is_earlier(before):
            ledger.check_revision(connection)
        migrate(connection)
        if not isinstance(ledger, FileLedger):
            if is_distributed(connection):
                distribute(connection)
            access.guard(connection, with_triggers=not is_distributed(connection))
            access.grant_on_new_tables(connection)
        after = revision_of(connection)
    assert before is not None, "a ledger has a revision"
    assert after is not None, "a ledger has a revision"
    return before, after
