"""Store a workbook's rows in a ledger, by the program's own writing layer: tables, journal, hashes.

`python storage.py WORKBOOK DATABASE`: calamine reads, each row is a change as it stands.
"""
# It does not inspect the file, check cells, apply a rule, load what the ledger holds, or report.

import sys
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineWorkbook

from importer.base import clock
from importer.domain.entities import Customer, Entity, ManagedBy, Otc, Subscription
from importer.domain.planning.changes import Change
from importer.domain.problems import Place, SheetPlace
from importer.ledger.opening import open_ledger
from importer.ledger.writing.apply import BatchFacts, apply_changes


def changes(workbook: str) -> Iterator[Change]:
    """The changes that the rows of both sheets ask for."""
    book = CalamineWorkbook.from_path(workbook)

    def rows(sheet: str) -> Iterator[tuple[Place, list[Any]]]:
        place = SheetPlace(sheet, {})
        _header, *rows = book.get_sheet_by_name(sheet).to_python()
        for number, row in enumerate(rows, 2):
            yield Place(place, number), row

    def added(place: Place, entity: Entity) -> Change:
        return Change(None, None, entity, place)

    for place, (code, email, company, total) in rows("Add OTC"):
        yield added(place, Otc(code, email, company, int(total)))
    for place, (name, managed_by, code, licenses, email) in rows("Add Customer"):
        provisional = -place.row
        customer = Customer(provisional, name, ManagedBy(managed_by.lower()), email=email)
        yield added(place, customer)
        yield added(place, Subscription(provisional, code, int(licenses)))


def main(workbook: str, database: str) -> None:
    """Write all changes as one batch."""
    facts = BatchFacts("default", clock.now(), "bench", workbook, "-", 0, 0, 0)
    ledger = open_ledger(database)
    ledger.write(lambda writing: apply_changes(writing, list(changes(workbook)), facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
