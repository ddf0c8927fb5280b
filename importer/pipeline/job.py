"""The job of a command: its ledger, account, day and options."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from importer.base.errors import MisuseError
from importer.base.files import cannot_write
from importer.base.paths import same_place
from importer.base.progress import NoProgress, Progress
from importer.base.texts import N_, text
from importer.config.formats import Format
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.config.settings import DateOrder
from importer.ledger.database import Ledger
from importer.messages.report import Report

if TYPE_CHECKING:
    from importer.ledger.writing.apply import AppliedBatch, BatchFacts

CLOCKS_APART = dt.timedelta(minutes=1)
"""A larger difference between the clocks of two computers is reported."""


@dataclass(frozen=True, slots=True)
class ApplyOnce:
    """Apply a file once, although the program may end at any moment and try again.

    `before_commit` gets the report just before the commit, so that the caller's record of the file
    is safe before the ledger changes. `recorded` gives the batch in that record, if there is one:
    if the ledger has it, the file is done.
    """

    recorded: Callable[[], int | None]
    before_commit: Callable[[Report], None]


@dataclass(frozen=True, slots=True)
class Job:
    """The ledger, account, day, user and options of a run.

    `corrections` is a file or a folder; None puts them beside each workbook. `sheet` is what a
    text file, or the only sheet of a workbook, holds; `encoding` is that of text files, if it was
    chosen, and `dates` how dates with two readings are read. With `once` None a file can be applied
    again. No output may replace one of the `inputs`.
    """

    ledger: Ledger
    account: str
    today: dt.date
    actor: str = ""
    corrections: Path | None = None
    sheet: str | None = None
    encoding: str | None = None
    dates: DateOrder | None = None
    limits: Limits = DEFAULT_LIMITS
    progress: Progress = field(default_factory=NoProgress)
    once: ApplyOnce | None = None
    inputs: tuple[Path, ...] = ()


def check_output(path: Path, job: Job, form: Format = Format.XLSX) -> None:
    """Raise MisuseError if the ending of `path` is wrong for the format; see `check_target`."""
    if form.ending and path.suffix.lower() != form.ending and not path.is_dir():
        message = N_("{path} has the wrong ending for its format; its name must end in {ending}.")
        raise MisuseError(text(message, path=path, ending=form.ending))
    check_target(path, job)


def check_target(path: Path, job: Job) -> None:
    """Raise an error if `path` is the ledger, an input of the job, or a pipe or device."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise cannot_write(path, OSError(errno.ENODEV, ""))
    if any(same_place(path, file) for file in job.ledger.files):
        raise MisuseError(text(N_("{path} is the ledger. Choose another file."), path=path))
    if any(same_place(path, file) for file in job.inputs):
        message = N_("{path} is a file that this command reads or writes. Choose another file.")
        raise MisuseError(text(message, path=path))


def note_batch(report: Report, batch: AppliedBatch, facts: BatchFacts, job: Job) -> None:
    """Note in `report` the batch that was applied, and where."""
    report.batch = batch.number
    report.ledger, report.account = job.ledger.name, job.account
    if batch.at > facts.at + CLOCKS_APART:
        report.clock_behind = batch.at
