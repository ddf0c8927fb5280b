"""Make the report on a workbook from its plan, and from the batches that applied it before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from importer.base.texts import N_, text
from importer.domain.planning.plan import Plan, RowOutcome
from importer.domain.problems import Code, Problem, Problems
from importer.messages.report import Report, Result, Rows
from importer.pipeline.job import Job
from importer.pipeline.suggestions import with_refused_rows, with_suggestion
from importer.workbook.checking.check import CheckedWorkbook
from importer.workbook.markup import column_number

if TYPE_CHECKING:
    from importer.ledger.reading.journal import Batch


def report_on(checked: CheckedWorkbook, plan: Plan, batches: Sequence[Batch]) -> Report:
    """The report on a plan that is not applied yet; `batches` applied the same file before."""
    outcomes, rejected = plan.outcomes, set(checked.refused)
    if RowOutcome.REJECTED in outcomes:
        for request, outcome in zip(checked.requests, outcomes, strict=True):
            if outcome is RowOutcome.REJECTED:
                rejected.add((request.place.sheet.name, request.place.row))
    rows = Rows(
        checked.read, outcomes.count(RowOutcome.APPLIED), outcomes.count(RowOutcome.UNCHANGED),
        len(rejected),
    )  # fmt: skip
    customers = plan.after.customers
    standing = [batch for batch in batches if batch.undone_by is None]
    in_full = [*checked.problems, *plan.problems, *map(_applied_before, standing[-1:])]
    problems = Problems(further=checked.problems.further + plan.problems.further)
    problems.add(_in_order(in_full, checked))
    suggested = [with_suggestion(problem, checked, plan.after) for problem in problems]
    problems.in_full = with_refused_rows(suggested, checked, rejected)
    return Report(
        str(checked.path), Result.REJECTED, checked.sha256, rows.checked(), rejected, plan.changes,
        lambda customer: customers[customer].name, plan.demands,
        problems,
        applied_before=standing[-1].batch if standing else None,
    )  # fmt: skip


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


def _applied_before(batch: Batch) -> Problem:
    """The warning that `batch` applied the same file (rule 6)."""
    at = dt.datetime.fromisoformat(batch.at).replace(tzinfo=None)
    return Problem(
        Code.APPLIED_BEFORE,
        text(N_("The same file was applied before, as batch {batch} at {at} UTC."),
             batch=batch.batch, at=at),
        text(N_("Rows that the ledger already has stay unchanged; the others are judged as "
                "usual.")),
    )  # fmt: skip


def _in_order(problems: Sequence[Problem], checked: CheckedWorkbook) -> list[Problem]:
    """`problems` in the order of the file: its own, then by sheet, row and column.

    Moves of every customer come before all else of their sheet (rule 13).
    """
    order = {sheet.place.name: index for index, sheet in enumerate(checked.sheets)}

    def place(problem: Problem) -> tuple[int, bool, int, int]:
        sheet = -1 if problem.sheet is None else order.get(problem.sheet, len(order))
        column = column_number((problem.cell or "").rstrip("0123456789"))
        return sheet, problem.code is not Code.MOVES_EVERYONE, problem.row or 0, column

    return sorted(problems, key=place)
