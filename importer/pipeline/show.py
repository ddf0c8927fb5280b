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
    """The account's ledger while it is read, and all that it held after a batch or at the end of a
    day (UTC); None for the ledger as it is now.

    Raises MisuseError if there is no such batch, or the day is in the future.
    """
    at = clock.now()
    if isinstance(as_of, dt.date) and as_of > at.date():
        raise MisuseError(
            text(N_("The day {day} is in the future; today is {today} (UTC)."),
                 day=as_of, today=at.date())
        )  # fmt: skip
    with job.ledger.reading() as connection:
        now = AccountView(connection, job.account, at, job.today)
        if as_of is None:
            yield now, None
            return
        if as_of == at.date():  # the day is not over
            yield now._replace(today=at.date()), None
            return
        then = load_contents_as_of(connection, job.account, as_of)
        if then is None:
            assert isinstance(as_of, int), "every day has its contents"
            raise no_such_batch(as_of, job.account)
        yield now, then


def contents(job: Job, as_of: dt.date | int | None = None) -> Contents:
    """All that the account's ledger holds or held; see `ledger_at`."""
    job.progress.stage(text(N_("Reading the ledger")))
    with ledger_at(job, as_of) as (now, then):
        return load_contents(*now) if then is None else then


def otcs(job: Job, code: str | None = None, as_of: dt.date | int | None = None) -> Contents:
    """The OTCs of `contents`, or the one with `code`, if it exists, and its holders.

    Other facts may be missing, among them since when the OTCs are active.
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
        held = queries.load_customers(now, name) if then is None else then
        if name is None:
            return held, None
        own = held.of_customer(name)
        if own is not None:
            return own, None
        if then is not None:
            return then, no_such_customer(name, then)
        return held, _no_such_customer(name, queries.load_name_like(now, name))


def figures(job: Job, as_of: dt.date | int | None = None) -> tuple[Figures, int]:
    """The figures of `contents`, and the number of its last batch."""
    with ledger_at(job, as_of) as (now, then):
        if then is not None:
            return then.figures(), then.batch
        return queries.load_figures(now)


def no_such_customer(name: str, held: Contents) -> MisuseError:
    """The error that there is no customer `name`, with the nearest name in `held`."""
    names = {name_key(one.customer.name): one.customer.name for one in held.customers}
    near = similar_names({name_key(name)}, names.keys()).get(name_key(name))
    return _no_such_customer(name, None if near is None else names[near])


def _no_such_customer(name: str, near: str | None) -> MisuseError:
    if near is not None:
        return MisuseError(
            text(N_("The ledger has no customer {name}. Did you mean {near}?"),
                 name=name, near=near)
        )  # fmt: skip
    return MisuseError(text(N_("The ledger has no customer {name}."), name=name))


def no_such_batch(number: int, account: str) -> MisuseError:
    """The error that there is no batch `number`."""
    return MisuseError(
        text(N_("The account {account} has no batch {batch}. To list its batches: "
                "avira-importer history"), account=account, batch=number)
    )  # fmt: skip
