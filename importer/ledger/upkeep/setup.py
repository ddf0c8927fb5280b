"""Create a ledger, upgrade it, and on a server grant roles access to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.base.errors import LedgerError, MisuseError
from importer.base.texts import N_, text
from importer.ledger.creation import create
from importer.ledger.database import Ledger, is_earlier, is_empty, revision_of
from importer.ledger.engines import postgresql_access as access
from importer.ledger.engines.citus import distribute, is_distributed
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.upkeep.copying import take_over


@dataclass(frozen=True, slots=True)
class SetupOptions:
    """The options of `init`: the roles that can import into the account, and that can read it.

    `source` is a file whose ledger is taken over; `distributed` spreads the tables over machines.
    """

    account: str
    importers: Sequence[str] = ()
    readers: Sequence[str] = ()
    source: Path | None = None
    distributed: bool = False


def init(ledger: Ledger, options: SetupOptions) -> bool:
    """Create the ledger unless it exists, then grant what `options` ask; whether it was created.

    All or nothing. Raises LedgerError for a database of something else or of another version.
    """
    on_server = not isinstance(ledger, FileLedger)
    if not on_server and (options.importers or options.readers or options.distributed):
        raise MisuseError(
            text(N_("{ledger} is a file: it has no roles and cannot be distributed. The "
                    "permissions of the file decide who can read it."), ledger=ledger.name)
        )  # fmt: skip
    source = None if options.source is None else FileLedger(options.source)
    if source is not None:
        if source.is_missing:
            raise LedgerError(
                text(N_("There is no ledger at {path} to copy. Name its file with --from."),
                     path=source.path)
            )  # fmt: skip
        with source.reading():  # raises for a ledger of another version
            pass
    with ledger.migrating() as connection:
        created = is_empty(connection)
        if created:
            create(connection)
        ledger.check_revision(connection)
        if on_server:
            access.guard(connection, with_triggers=not is_distributed(connection))
            if options.distributed:
                distribute(connection)
            access.grant(connection, options.account, options.importers, options.readers)
        if source is not None:
            take_over(source, connection)
    return created


def upgrade(ledger: Ledger) -> tuple[str, str]:
    """Upgrade the tables to the newest revision; their revision before and after.

    Raises LedgerError for a missing ledger or one of a newer version.
    """
    if ledger.is_missing:
        raise ledger.missing()
    from importer.ledger.migrate import upgrade as migrate

    with ledger.migrating() as connection:
        before = revision_of(connection)
        if before is None or not is_earlier(before):
            ledger.check_revision(connection)
        migrate(connection)
        if not isinstance(ledger, FileLedger):
            distributed = is_distributed(connection)
            if distributed:
                distribute(connection)
            access.guard(connection, with_triggers=not distributed)
            access.grant_on_new_tables(connection)
        after = revision_of(connection)
    assert before is not None and after is not None, "a ledger has a revision"  # noqa: PT018
    return before, after
