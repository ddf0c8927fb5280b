"""Read the ledger for `show`, as it is or as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from importer.base import clock
from importer.base.errors import MisuseError
from importer.base.similarity import similar_names
from importer.base.texts import N_, text
from importer.domain.contents import Contents, Figures
from importer.domain.names import name_key
from importer.ledger.reading import queries
from importer.ledger.reading.contents import AccountView, load_contents, load_contents_as_of
from importer.pipeline.job import Job


@contextmanager
def ledger_at(
    job: Job, as_of: dt.date | int | None
) -> Iterator[tuple[AccountView, Contents | None]]:
    """Open the account's ledger, with its contents after a batch or at the end of a day (UTC).

    The contents are None for the ledger as it is now. Raises MisuseError if there is no such batch,
    or the day is in the future.
    """
    at = clock.now()
    if isinstance(as_of, dt.date) and as_of > at.date():
        message = N_("The day {day} is in the future; today is {today} (UTC).")
        raise MisuseError(text(message, day=as_of, today=at.date()))
    with job.ledger.reading() as connection:
        now = AccountView(connection, job.account, at, job.today)
        then = None
        if as_of == at.date():  # the day is not over
            now = now._replace(today=at.date())
        elif as_of is not None:
            then = load_contents_as_of(connection, job.account, as_of)
            if then is None:
                assert isinstance(as_of, int), "every day has its contents"
                raise no_such_batch(as_of, job.account)
        yield now, then


def contents(job: Job, as_of: dt.date | int | None = None) -> Contents:
    """The contents of the account's ledger; see `ledger_at`."""
    job.progress.stage(text(N_("Reading the ledger")))
    with ledger_at(job, as_of) as (now, then):
        return load_contents(now) if then is None else then


def otcs(job: Job, code: str | None = None, as_of: dt.date | int | None = None) -> Contents:
    """The OTCs of `contents`, or the one with `code`, if it exists, and its holders.

    Other facts may be missing, such as the day of activation.
    """
    with ledger_at(job, as_of) as (now, then):
        if then is not None:
            return then if code is None else then.of_otc(code)
        return queries.load_otcs(now) if code is None else queries.load_otc(now, code)


def customers(
    job: Job, name: str | None = None, as_of: dt.date | int | None = None
) -> tuple[Contents, MisuseError | None]:
    """The customers of `contents`, or the one called `name`, however it is spelt.

    If there is no such customer, also the error that says so.
    """
    with ledger_at(job, as_of) as (now, then):
        contents = queries.load_customers(now, name) if then is None else then
        if name is None:
            return contents, None
        own = contents.of_customer(name)
        if own is not None:
            return own, None
        near = queries.load_name_like(now, name) if then is None else nearest_name(name, then)
        return contents, no_such_customer(name, near)


def figures(job: Job, as_of: dt.date | int | None = None) -> tuple[Figures, int]:
    """The figures of `contents`, and the number of its last batch."""
    with ledger_at(job, as_of) as (now, then):
        if then is not None:
            return then.figures(), then.batch
        return queries.load_figures(now)


def nearest_name(name: str, contents: Contents) -> str | None:
    """The name of a customer in `contents` that is most like `name`; None if none is."""
    names = {name_key(own.customer.name): own.customer.name for own in contents.customers}
    near = similar_names({name_key(name)}, names.keys()).get(name_key(name))
    return None if near is None else names[near]


def no_such_customer(name: str, near: str | None) -> MisuseError:
    """The error that there is no customer `name`, with the nearest name if there is one."""
    if near is None:
        return MisuseError(text(N_("The ledger has no customer {name}."), name=name))
    message = N_("The ledger has no customer {name}. Did you mean {near}?")
    return MisuseError(text(message, name=name, near=near))


def no_such_batch(number: int, account: str) -> MisuseError:
    """The error that there is no batch `number`."""
    message = N_("The account {account} has no batch {batch}. To list its batches: "
                 "avira-importer history")  # fmt: skip
    return MisuseError(text(message, account=account, batch=number))
