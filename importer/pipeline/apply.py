"""Apply a workbook: read, check, plan, apply, write corrections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from importer.base import clock
from importer.base.errors import FileError, ImporterError, OutputError, StrangeLedgerError
from importer.base.texts import N_, printable, text
from importer.domain.planning.plan import Plan, make_plan
from importer.domain.planning.scope import Scope, scope_of
from importer.domain.planning.snapshot import Snapshot
from importer.domain.prefilled import FilledIn
from importer.domain.problems import CODES, Code, Problem, Problems
from importer.export.recognition import an_export, is_marked, refuse_export
from importer.messages.fault_log import internal_error, log_detail
from importer.messages.report import Report, Result
from importer.pipeline.job import Job, note_batch
from importer.pipeline.report import report_of_done, report_on
from importer.pipeline.suggestions import mistyped_otcs, snapshot_of_nothing
from importer.workbook.checking.check import CheckedWorkbook, Prefilled, check_workbook
from importer.workbook.reading.sandbox import read_ahead, read_workbook

if TYPE_CHECKING:
    from importer.ledger.database import Writing
    from importer.ledger.reading.journal import Batch

Done = TypeVar("Done")


def check(paths: Sequence[Path], job: Job) -> list[Report]:
    """Report what applying the workbooks in turn would do, and change nothing."""
    alone = len(paths) == 1
    readings = [
        guarded(path, alone, partial(_read, path, job, following))
        for path, following in zip_longest(paths, paths[1:])
    ]
    readable = [reading for reading in readings if not isinstance(reading, Report)]
    snapshot, earlier = _state(readable, job)
    reports = []
    for reading in readings:
        if isinstance(reading, Report):
            report = reading
        else:
            work = partial(_check, reading, snapshot, earlier[reading.sha256], job)
            match guarded(reading.path, alone, work):
                case Report() as report:
                    pass
                case report, snapshot:
                    pass
        reports.append(report)
    return reports


def guarded(path: Path, alone: bool, work: Callable[[], Done]) -> Done | Report:
    """The result of `work` on one file, or a report that it failed, unless it is `alone`.

    An internal error, or rows that the database refuses, hide nothing about the other files.
    """
    try:
        return work()
    except StrangeLedgerError as error:
        if alone:
            raise
        return Report(str(path), Result.FAILED, fault=error)
    except ImporterError:
        raise
    except Exception:
        if alone:
            raise
        return Report(str(path), Result.FAILED, fault=internal_error())


def _check(
    reading: CheckedWorkbook, snapshot: Snapshot, earlier: Sequence[Batch], job: Job
) -> tuple[Report, Snapshot]:
    """The report on one workbook, and the state after it."""
    plan = _plan(reading, snapshot, job)
    report = report_on(reading, plan, earlier)
    report.result = Result.INVALID if report.refused else Result.VALID
    if report.refused:
        _write_corrections(reading, report, job, partial=False)
    return report, snapshot if report.refused else plan.after


def apply(
    path: Path, job: Job, *, partial: bool = False, following: Path | None = None
) -> Report:  # fmt: skip
    """Apply one workbook: all of it or, with `partial`, its good rows, or nothing.

    `following`, the next one to be applied, is read in the meantime.
    """
    reading = _read(path, job, following)
    if isinstance(reading, Report):
        return reading
    refused_already = reading.refused and not partial
    if refused_already or not reading.requests:  # nothing will be written
        snapshot, earlier = _state([reading], job)
        batches = earlier[reading.sha256]
        done = report_of_done(str(path), reading.read, batches, job)
        plan = _plan(reading, snapshot, job)
        report = done or report_on(reading, plan, batches)
    else:
        report = _apply(reading, job, partial)
    report.result = _result(report)
    if report.refused and report.corrections is None:
        _write_corrections(reading, report, job, partial=partial)
    return report


def _read(path: Path, job: Job, following: Path | None) -> CheckedWorkbook | Report:
    """The checked cells of the workbook, or the report that it cannot be read."""
    try:
        job.progress.stage(text(N_("Reading {path}"), path=path.name))
        raw = read_workbook(path, job.limits, job.encoding)
        if following is not None:
            read_ahead(following, job.limits, job.encoding)
        for sheet in raw.sheets:
            if sheet.unread:
                cells = ", ".join(sheet.unread)
                log_detail(f"{path}, {sheet.name}: the cells counted twice differ in {cells}")
        tick = job.progress.stage(text(N_("Checking {path}"), path=path.name), len(raw.sheets))
        refuse_export(path, raw.sheets)
        checked = check_workbook(path, raw, tick, job.sheet, job.dates)
        checked.filled_in = _filled_in(checked.prefilled, job)
        if checked.filled_in is not None:
            checked.requests = list(checked.filled_in.only_edited(checked.requests))
        return checked
    except FileError as error:
        if error.code == Code.NOT_A_WORKBOOK and is_marked(path):
            error = an_export(path)
        if error.detail is not None:
            log_detail(f"{error.message}\n{error.detail}")
        problem = Problem(CODES[error.code], error.message, error.fix)
        return Report(str(path), Result.UNREADABLE, problems=Problems([problem]))


def _filled_in(prefilled: Prefilled | None, job: Job) -> FilledIn | None:
    """What this ledger held when the workbook was prefilled, if it was prefilled from it."""
    if prefilled is None or job.ledger.is_missing:
        return None
    from importer.ledger.reading.contents import load_contents_as_of

    with job.ledger.reading() as connection:
        then = load_contents_as_of(connection, job.account, prefilled.batch)
    if then is None or then.head != prefilled.head:  # it was another ledger
        return None
    return FilledIn(then)


def _named_in(workbooks: Sequence[CheckedWorkbook]) -> Scope:
    """The OTCs and customers that the rows name, and OTCs that bad cells may mean."""
    named = scope_of(request for checked in workbooks for request in checked.requests)
    for checked in workbooks:
        named.mistyped_otcs |= mistyped_otcs(checked)
        if checked.filled_in is not None:
            checked.filled_in.widen(named)
    return named


def _state(
    workbooks: Sequence[CheckedWorkbook], job: Job
) -> tuple[Snapshot, dict[str, list[Batch]]]:
    """The state of everything the rows name, and the batches of the files by their hashes.

    Both are empty if there is no ledger yet.
    """
    named = _named_in(workbooks)
    hashes = {checked.sha256 for checked in workbooks}
    if job.ledger.is_missing:
        return snapshot_of_nothing(named, job.today), {sha256: [] for sha256 in hashes}
    from importer.ledger.reading.journal import batches_of_file
    from importer.ledger.reading.snapshot import load_snapshot

    with job.ledger.reading() as connection:
        batches = {sha256: batches_of_file(connection, job.account, sha256) for sha256 in hashes}
        return load_snapshot(connection, job.account, named, job.today), batches


def _plan(checked: CheckedWorkbook, snapshot: Snapshot, job: Job) -> Plan:
    requests = checked.requests
    tick = job.progress.stage(text(N_("Planning {path}"), path=checked.path.name), len(requests))
    return make_plan(requests, snapshot, tick, checked.filled_in)


def _apply(checked: CheckedWorkbook, job: Job, partial: bool) -> Report:
    """Take a snapshot, plan and apply in one transaction, so that nobody else can intervene."""
    from importer.ledger.locks import lock_scope
    from importer.ledger.reading.journal import batches_of_file
    from importer.ledger.reading.snapshot import load_snapshot
    from importer.ledger.writing.apply import BatchFacts, apply_changes

    named = _named_in([checked])
    sha256, read = checked.sha256, checked.read

    def work(writing: Writing) -> Report:
        locked = lock_scope(writing.connection, job.account, named)
        batches = batches_of_file(writing.connection, job.account, sha256)
        done = report_of_done(str(checked.path), read, batches, job)
        if done is not None:
            return done
        snapshot = load_snapshot(writing.connection, job.account, named, job.today)
        locked.check_covers(named, snapshot)
        plan = _plan(checked, snapshot, job)
        report = report_on(checked, plan, batches)
        if plan.changes and (partial or not report.refused):
            job.progress.stage(text(N_("Applying {path}"), path=checked.path.name))
            facts = BatchFacts(
                job.account, clock.now(), job.actor, printable(checked.path.name), report.sha256,
                report.rows.applied, report.rows.unchanged, report.rows.rejected,
            )  # fmt: skip
            changes, new = plan.changes, plan.new_customers
            del plan, snapshot  # as large as the changes
            note_batch(report, apply_changes(writing, changes, facts, new), facts, job)
            if job.once is not None:
                report.result = _result(report)
                if report.refused:
                    _write_corrections(checked, report, job, partial=partial)
                job.once.before_commit(report)
        return report

    job.progress.stage(text(N_("Waiting for the ledger")))
    return job.ledger.write(work)


def _result(report: Report) -> Result:
    if report.batch is not None:
        return Result.PARTLY_APPLIED if report.refused else Result.APPLIED
    return Result.REJECTED if report.refused else Result.UNCHANGED


def _write_corrections(
    checked: CheckedWorkbook, report: Report, job: Job, *, partial: bool
) -> None:  # fmt: skip
    """Write the corrections workbook: the rejected rows if `partial`, else all rows."""
    from importer.workbook.writing import corrections  # imports openpyxl

    path = corrections.corrections_path(checked.path, job.corrections)
    job.progress.stage(text(N_("Writing {path}"), path=path.name))
    try:
        if report.lists_problems:
            corrections.write_list(path, checked.path, report.problems)
        else:
            rejected = report.rejected if partial else None
            corrections.write_corrections(
                path, checked, report.problems.in_full, rejected, job.limits
            )
        report.corrections = str(path)
    except OutputError as error:  # the rows stay applied, and the report must say so
        if job.once is not None:  # the caller keeps everything in one place
            raise
        report.corrections_fault = error.message
    except Exception:  # likewise
        if job.once is not None:
            raise
        report.fault = internal_error()
