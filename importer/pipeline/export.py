"""What the ledger holds, given out: the export, the template, and what `show` tells."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from importer.base import clock
from importer.base.errors import MisuseError, OutputError
from importer.base.similarity import similar_names
from importer.base.texts import N_, text
from importer.domain.contents import Contents, Figures, Movement
from importer.domain.names import name_key
from importer.export.formats import Format
from importer.ledger.reading import queries
from importer.ledger.reading.contents import load_contents, load_contents_as_of, load_movements
from importer.pipeline.job import Job
from importer.workbook.markup import LAST_ROW

if TYPE_CHECKING:
    from importer.export.book import Summary

OFFERED = 10_000
"""How many OTCs and customers the template's drop-downs offer; longer lists help nobody."""


@dataclass(frozen=True, slots=True)
class Export:
    """A written export: the last batch in it and its hash, its data rows by sheet, its SHA-256,
    and what its first sheet says.

    A folder of CSV files has no SHA-256.
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
) -> Export:
    """Write "Export Avira Details" to `path`, from the ledger as it is or was (see `contents`).

    `customer` is the name of the one that the export is about, None for all. As CSV, `path` is a
    folder that gets a file a sheet.
    """
    from importer.export.make import Layout, make_book  # for `show` to do without

    writable(path, job, form)
    job.progress.stage(text(N_("Reading the ledger")))
    with _reading(job, as_of) as (held, movements_of):
        number = None
        if customer is not None:
            ours = held.of_customer(customer)
            if ours is None:
                raise no_such_customer(customer, held)
            held, number = ours, ours.customers[0].customer.id
        lines = [] if form.only_read else movements_of(number)  # which a page does not show
    layout = Layout(customer is not None, translate_headers, only_read=form.only_read)
    book = make_book(held, lines, layout)
    at, batch, head = held.at, held.batch, held.head
    del held, lines  # as large as the book
    job.progress.stage(text(N_("Writing {path}"), path=path.name))
    sheets = form.write(book, path)
    sha256 = None
    if not form.is_folder:
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return Export(path, at, batch, head, sheets, sha256, book.summary)


def template(path: Path, language: str, job: Job, *, prefill: bool = False) -> None:
    """Write the onboarding workbook; what the ledger holds, if there is one, is offered in it.

    With `prefill` it stands in the edit sheets too; raises LedgerError if there is no ledger, and
    OutputError if there is too much for a sheet.
    """
    from importer.workbook.writing.template import Known, write_template  # openpyxl takes its time

    writable(path, job)
    known, held = Known(), None
    if prefill or not job.ledger.is_missing:
        held = contents(job)
        known = Known(
            [one.otc.code for one in held.otcs[:OFFERED]],
            [one.customer.name for one in held.customers[:OFFERED]],
        )
    if held is None or not prefill:
        write_template(path, language, known)
        return
    rows = len(held.otcs), sum(max(1, len(one.subscriptions)) for one in held.customers)
    if max(rows) >= LAST_ROW:
        raise OutputError(
            text(N_("{path} cannot hold all of the ledger: a sheet takes {most} rows. Fill in the "
                    "rows to edit in an empty template instead."), path=path, most=LAST_ROW - 1)
        )  # fmt: skip
    tick = job.progress.stage(text(N_("Writing {path}"), path=path.name), sum(rows))
    write_template(path, language, known, held, tick)


def writable(path: Path, job: Job, form: Format = Format.XLSX) -> None:
    """Raise MisuseError unless `path` is named as a file of that format and is not the ledger."""
    if form.ending and path.suffix.lower() != form.ending and not path.is_dir():
        raise MisuseError(
            text(N_("{path} has the wrong ending for its format; its name must end in {ending}."),
                 path=path, ending=form.ending)
        )  # fmt: skip
    if job.ledger.is_at(path):
        raise MisuseError(
            text(N_("{path} is the ledger; nothing else is written there. Name another file."),
                 path=path)
        )  # fmt: skip


def contents(job: Job, as_of: dt.date | int | None = None) -> Contents:
    """All that the account's ledger holds now, or held after a batch or at the end of a day (UTC).

    Raises MisuseError where there is no such batch, or the day is still to come.
    """
    job.progress.stage(text(N_("Reading the ledger")))
    with _reading(job, as_of) as (held, _movements_of):
        return held


def otcs(job: Job, code: str | None = None, as_of: dt.date | int | None = None) -> Contents:
    """What `contents` says of the OTCs, or of that of `code`, if there is one, and its holders.

    It may leave out since when they are active, and all else.
    """
    with _asking(job, as_of) as (asked, _movements):
        if isinstance(asked, Contents):
            return asked if code is None else asked.of_otc(code)
        return queries.load_otcs(asked) if code is None else queries.load_otc(asked, code)


def customers(
    job: Job, name: str | None = None, as_of: dt.date | int | None = None
) -> tuple[Contents, MisuseError | None]:
    """What `contents` says of the customers, or of that of `name`, however it is spelt.

    If there is none of that name, also what to say of it.
    """
    with _asking(job, as_of) as (asked, _movements):
        held = asked if isinstance(asked, Contents) else queries.load_customers(asked, name)
        if name is None:
            return held, None
        ours = held.of_customer(name)
        if ours is not None:
            return ours, None
        if isinstance(asked, Contents):
            return asked, no_such_customer(name, asked)
        return held, _unknown_customer(name, queries.load_name_like(asked, name))


def figures(job: Job, as_of: dt.date | int | None = None) -> tuple[Figures, int]:
    """The figures of `contents`, and the number of its last batch."""
    with _asking(job, as_of) as (asked, _movements):
        if isinstance(asked, Contents):
            return asked.figures(), asked.batch
        return queries.load_figures(asked)


MovementsOf = Callable[[int | None], list[Movement]]
"""The movements that led there, those of one customer if its id is given."""


@contextmanager
def _reading(job: Job, as_of: dt.date | int | None) -> Iterator[tuple[Contents, MovementsOf]]:
    """What `contents` gives, and what gives the movements while the ledger is being read."""
    with _asking(job, as_of) as (asked, movements):
        found = asked if isinstance(asked, Contents) else load_contents(*asked)
        yield found, partial(movements, found.batch)


@contextmanager
def _asking(
    job: Job, as_of: dt.date | int | None
) -> Iterator[tuple[queries.Now | Contents, Callable[[int, int | None], list[Movement]]]]:
    """The ledger while it is being read: to be asked how it is now, or all that it held then; and
    what gives the movements up to a batch."""
    at = clock.now()
    if isinstance(as_of, dt.date) and as_of > at.date():
        raise MisuseError(
            text(N_("The day {day} is still to come; it is {today} (UTC)."),
                 day=as_of, today=at.date())
        )  # fmt: skip
    with job.ledger.reading() as connection:
        movements = partial(load_movements, connection, job.account)
        if as_of is None or as_of == at.date():  # a day that is not over is as it is now
            today = as_of if isinstance(as_of, dt.date) else job.today
            yield queries.Now(connection, job.account, at, today), movements
            return
        found = load_contents_as_of(connection, job.account, as_of)
        if found is None:
            assert isinstance(as_of, int), "every day has its contents"
            raise no_such_batch(as_of, job.account)
        yield found, movements


def no_such_customer(name: str, held: Contents) -> MisuseError:
    """What to say of the name of a customer that is not there, but perhaps nearly so."""
    names = {name_key(one.customer.name): one.customer.name for one in held.customers}
    near = similar_names({name_key(name)}, names.keys()).get(name_key(name))
    return _unknown_customer(name, None if near is None else names[near])


def _unknown_customer(name: str, near: str | None) -> MisuseError:
    if near is not None:
        return MisuseError(
            text(N_("The ledger has no customer {name}. Did you mean {near}?"),
                 name=name, near=near)
        )  # fmt: skip
    return MisuseError(text(N_("The ledger has no customer {name}."), name=name))


def no_such_batch(number: int, account: str) -> MisuseError:
    """What to say of the number of a batch that is not there."""
    return MisuseError(
        text(N_("The account {account} has no batch {batch}; history lists those that it has."),
             account=account, batch=number)
    )  # fmt: skip
