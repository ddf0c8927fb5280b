"""What commands make of their options: the ledger, the job, and the moment that is asked for."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importer.base.texts import N_, _, text
from importer.cli.options import Common, storable
from importer.cli.translated import Option

if TYPE_CHECKING:
    from importer.base.progress import Progress
    from importer.ledger.database import Ledger
    from importer.pipeline.job import Job

LAST_BATCH = 2**31 - 1

BATCH = click.IntRange(1, LAST_BATCH)
"""The number of a batch."""


def ledger_of(common: Common) -> Ledger:
    """The ledger that the options name."""
    from importer.ledger.opening import open_ledger

    return open_ledger(common.ledger, common.wait, common.account)


def job_of(
    common: Common,
    progress: Progress | None = None,
    *,
    actor: str | None = None,
    corrections: Path | None = None,
    sheet: str | None = None,
) -> Job:
    """The job that the options describe."""
    from importer.base import clock
    from importer.base.progress import NoProgress
    from importer.pipeline.job import Job

    return Job(
        ledger_of(common),
        common.account,
        clock.today(),
        storable(actor or _user()),
        corrections,
        sheet,
        common.settings.limits,
        progress or NoProgress(),
    )


def note_nothing_applied(common: Common, as_of: dt.date | int | None = None) -> None:
    """A word that the account holds nothing at all: its name may be mistyped."""
    if not common.quiet:
        nothing = (
            N_("Nothing was ever applied to the account {account} of this ledger.")
            if as_of is None
            else N_("Nothing was applied to the account {account} of this ledger by then.")
        )
        click.echo(str(text(nothing, account=common.account)), err=True)


def _user() -> str:
    """The operating system's name for whoever runs this, where it has one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


actor_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--actor",
    metavar="NAME",
    cls=Option,
    help=N_("Who does this, for the history; you if not given."),
)


class _AsOf(click.ParamType[dt.date | int]):
    """A day or the number of a batch."""

    name = "DATE|BATCH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date | int:
        if isinstance(value, dt.date | int):
            return value
        if value.isdecimal() and 1 <= int(value) <= LAST_BATCH:
            return int(value)
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(
                _(N_("{value!r} is neither a day (YYYY-MM-DD) nor the number of a batch.")).format(
                    value=value
                ),
                param,
                ctx,
            )


as_of_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--as-of",
    type=_AsOf(),
    metavar="DATE|BATCH",
    cls=Option,
    help=N_("The ledger as it stood at the end of a day (UTC), or after a batch."),
)
