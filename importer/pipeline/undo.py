"""Undo a batch, as a new batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importer.base import clock
from importer.base.texts import N_, text
from importer.domain.planning.changes import Change
from importer.domain.planning.undo import UndoPlan, plan_undo
from importer.domain.problems import Code, Problem, Problems
from importer.ledger.database import Writing
from importer.ledger.reading.journal import Batch
from importer.ledger.reading.undo import BatchToUndo, load_batch_to_undo
from importer.ledger.writing.apply import BatchFacts, apply_changes
from importer.messages.report import Report, Result
from importer.pipeline.job import Job, note_batch
from importer.pipeline.show import no_such_batch


@dataclass(frozen=True, slots=True)
class Undone:
    """The batch that was, or would be, undone, and the report."""

    of: Batch
    report: Report


def check_undo(number: int, job: Job) -> Undone:
    """Report what undoing batch `number` would do; MisuseError if there is none, as from `undo`."""
    with job.ledger.reading() as connection:
        batch = load_batch_to_undo(connection, job.account, number, job.today, locking=False)
        loaded, report = _planned(batch, number, job)
    report.result = Result.INVALID if report.problems else Result.VALID
    return Undone(loaded.of, report)


def undo(number: int, job: Job) -> Undone:
    """Undo batch `number`, wholly or not at all."""

    def work(writing: Writing) -> Undone:
        connection = writing.connection
        batch = load_batch_to_undo(connection, job.account, number, job.today, locking=True)
        loaded, report = _planned(batch, number, job)
        if report.changes and not report.problems:
            applied = _rows(report.changes)
            facts = BatchFacts(
                job.account, clock.now(), job.actor, loaded.of.file, loaded.of.sha256,
                applied, _rows(loaded.done) - applied, 0, undoes=number,
            )  # fmt: skip
            note_batch(report, apply_changes(writing, report.changes, facts), facts, job)
            report.result = Result.APPLIED
        elif not report.problems:
            report.result = Result.UNCHANGED
        return Undone(loaded.of, report)

    if job.ledger.is_missing:
        raise job.ledger.missing()
    job.progress.stage(text(N_("Waiting for the ledger")))
    return job.ledger.write(work)


def _planned(
    loaded: BatchToUndo | None, number: int, job: Job
) -> tuple[BatchToUndo, Report]:  # fmt: skip
    """The batch, and the report on a plan that is not applied yet."""
    if loaded is None:
        raise no_such_batch(number, job.account)
    job.progress.stage(text(N_("Planning the undo of batch {batch}"), batch=number))
    of = loaded.of
    if of.undone_by is None:
        plan = plan_undo(loaded.done, loaded.snapshot, loaded.changed_by)
    else:
        message = text(N_("Batch {batch} was already undone by batch {undone_by}."),
                       batch=of.batch, undone_by=of.undone_by)  # fmt: skip
        fix = text(N_("To apply it again, undo batch {undone_by}."), undone_by=of.undone_by)
        plan = UndoPlan([], Problems([Problem(Code.ALREADY_UNDONE, message, fix)]), {})
    return loaded, Report(
        of.file, Result.REJECTED, of.sha256, changes=plan.changes,
        name_of=plan.names.__getitem__, problems=plan.problems,
    )  # fmt: skip


def _rows(changes: Sequence[Change]) -> int:
    """The number of rows of the workbook that the changes belong to."""
    return len({(change.place.sheet.name, change.place.row) for change in changes})
