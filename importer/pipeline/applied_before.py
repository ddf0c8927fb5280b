"""Tell whether the very file was applied before, by its hash (rule 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from importer.base.texts import N_, text
from importer.domain.problems import Code, Problem
from importer.ledger.reading.journal import Batch
from importer.messages.report import Report, Result, Rows
from importer.pipeline.job import Job


def report_of_done(path: str, rows: int, batches: Iterable[Batch], job: Job) -> Report | None:
    """The report on a file that an interrupted attempt of the same caller applied, if one did.

    `batches` are those of the file.
    """
    recorded = None if job.once is None else job.once.recorded()
    for batch in batches:
        if batch.batch == recorded:
            counts = Rows(rows, 0, rows, 0)
            return Report(path, Result.UNCHANGED, batch.sha256, counts, applied_before=recorded)
    return None


def last_standing(batches: Iterable[Batch]) -> Batch | None:
    """The last of the batches of a file that was not undone."""
    standing = [batch for batch in batches if batch.undone_by is None]
    return standing[-1] if standing else None


def applied_before(batch: Batch) -> Problem:
    """The warning that `batch` applied the same file."""
    at = dt.datetime.fromisoformat(batch.at).replace(tzinfo=None)
    return Problem(
        Code.APPLIED_BEFORE,
        text(N_("The same file was applied before, as batch {batch} at {at} UTC."),
             batch=batch.batch, at=at),
        text(N_("Its rows are judged like any others: what is so already stays unchanged.")),
    )  # fmt: skip
