"""Export the ledger as “Export Avira Details”."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from importer.base.texts import N_, text
from importer.config.formats import MOVEMENTS, Format
from importer.export.make import make_book, write_book
from importer.ledger.reading.contents import activation_days, load_contents
from importer.ledger.reading.journal import load_movements
from importer.pipeline.job import Job, check_output
from importer.pipeline.show import ledger_at, nearest_name, no_such_customer

if TYPE_CHECKING:
    from importer.export.book import Summary


@dataclass(frozen=True, slots=True)
class Export:
    """A written export.

    `batch` is the last batch in it and `head` its hash. `sheets` are the numbers of rows by sheet.
    A folder of CSV files has no `sha256`.
    """

    file: Path
    as_of: dt.datetime
    batch: int
    head: str
    sheets: dict[str, int]
    sha256: str | None
    summary: Summary


def export(
    path: Path,
    job: Job,
    as_of: dt.date | int | None = None,
    *,
    customer: str | None = None,
    form: Format = Format.XLSX,
    translate_headers: bool = False,
    movements: int | None = MOVEMENTS,
) -> Export:
    """Write "Export Avira Details" to `path`, from the ledger as it is or was (see `ledger_at`).

    `customer` is the name of the customer that the export is about; None exports everything.
    `movements` is how many of the newest changes it lists; None lists all.
    """
    check_output(path, job, form)
    job.progress.stage(text(N_("Reading the ledger")))
    with ledger_at(job, as_of) as (now, then):
        contents, only = load_contents(now) if then is None else then, None
        if customer is not None:
            own = contents.of_customer(customer)
            if own is None:
                raise no_such_customer(customer, nearest_name(customer, contents))
            contents, only = own, own.customers[0].customer.id
        journal = []
        if not form.only_read:  # it has neither of these
            if only is None:
                activated = activation_days(now.connection, job.account, contents.batch)
                contents = replace(contents, activated=activated)
            # The last one tells that there are more.
            most = None if movements is None else movements + 1
            journal = load_movements(now.connection, contents, most, only)
    book = make_book(
        contents, journal, movements, of_customer=customer is not None,
        translate_headers=translate_headers, only_read=form.only_read,
    )  # fmt: skip
    batch, head = contents.batch, contents.head
    del contents, journal  # they are as large as the book
    job.progress.stage(text(N_("Writing {path}"), path=path.name))
    sheets = write_book(book, path, form)
    sha256 = None
    if not form.is_folder:
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return Export(path, book.at, batch, head, sheets, sha256, book.summary)
