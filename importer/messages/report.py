"""The report on a workbook, and its JSON for scripts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from importer.base.errors import EXIT_DONE, EXIT_FILE, EXIT_REFUSED, ImporterError
from importer.base.texts import Text
from importer.domain.entities import Subscription
from importer.domain.otc_code import masked
from importer.domain.planning.changes import UNDO_ONLY, Change, ChangeKind
from importer.domain.planning.plan import Demand
from importer.domain.problems import Code, Problem, Problems, Severity
from importer.domain.sheets import SHEETS, ColumnKind

_MOST_ROWS = 10_000
"""Rows that corrections give back, perhaps all for one problem of the header."""


class Result(StrEnum):
    """The status of a workbook."""

    VALID = "valid"
    INVALID = "invalid"
    APPLIED = "applied"
    PARTLY_APPLIED = "partly-applied"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class Rows(NamedTuple):
    """The number of rows of a file, in total and by outcome."""

    read: int = 0
    applied: int = 0
    unchanged: int = 0
    rejected: int = 0

    def checked(self) -> Rows:
        """Itself; AssertionError if the counts do not add up."""
        if self.read != self.applied + self.unchanged + self.rejected:
            raise AssertionError(f"rows were lost: {self}")
        return self


@dataclass(slots=True)
class Report:
    """The report on one file.

    `rejected` has the sheet and number of rows; `name_of` gives the name of a customer in `changes`
    by its id. `batch` and `ledger` are None unless a batch was applied. `applied_before` is the
    last batch that applied the same file and still stands. `clock_behind` is the time of the batch
    if this computer's clock is behind the last batch. `fault` is an error that ended the work.
    """

    file: str
    result: Result
    sha256: str = ""
    rows: Rows = field(default_factory=Rows)
    rejected: Set[tuple[str, int]] = frozenset()
    changes: Sequence[Change] = ()
    name_of: Callable[[int], str] = str
    demands: Sequence[Demand] = ()
    problems: Problems = field(default_factory=Problems)
    batch: int | None = None
    corrections: str | None = None
    corrections_fault: Text | None = None
    ledger: str | None = None
    account: str | None = None
    applied_before: int | None = None
    clock_behind: dt.datetime | None = None
    fault: ImporterError | None = None

    @property
    def refused(self) -> bool:
        """True if any row was rejected."""
        return self.rows.rejected > 0

    @property
    def lists_problems(self) -> bool:
        """True if the corrections only list problems: too many rows were rejected."""
        are_further = any(cause.code.severity is Severity.ERROR for cause in self.problems.further)
        return are_further or self.rows.rejected > _MOST_ROWS

    @property
    def exit_code(self) -> int:
        """The exit code for this file alone."""
        if self.fault is not None:
            return self.fault.exit_code
        if self.result is Result.UNREADABLE:
            return EXIT_FILE
        return EXIT_REFUSED if self.refused else EXIT_DONE

    def counts(self) -> dict[ChangeKind, int]:
        """The number of changes of each kind, in the order of ChangeKind, zeros included."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ChangeKind}

    def licenses_added_by_moves(self) -> int:
        """The licences that customers gained by moving to larger OTCs."""
        return sum(
            (image.licenses if image is change.after else -image.licenses)
            for change in self.changes
            if change.kind in (None, ChangeKind.SUBSCRIPTION_MOVED)
            for image in (change.before, change.after)
            if isinstance(image, Subscription)
        )


_OTC_COLUMNS = {c.header for sheet in SHEETS for c in sheet.columns if c.kind is ColumnKind.OTC}
_OF_THE_FILE = (Code.CELL_ERROR, Code.MERGED_CELLS)
"""Problems whose value is not what somebody typed: #N/A, A1:B2."""


def without_otc(problem: Problem) -> Problem:
    """`problem` with its value masked, whatever its form, if its column is one of OTCs."""
    if problem.column not in _OTC_COLUMNS or not problem.value or problem.code in _OF_THE_FILE:
        return problem
    value = masked(problem.value)
    message, fix = (
        replace(words, facts={**words.facts, "value": value, "before": value})
        for words in (problem.message, problem.fix)
    )
    return replace(problem, message=message, fix=fix, value=value)


def to_json(report: Report) -> dict[str, Any]:
    """The object for one file, as in docs/json.md."""
    counts = report.counts().items()
    fault = report.fault
    failure = {} if fault is None else {"error": str(fault.message), "exit_code": fault.exit_code}
    return {
        "file": report.file, "sha256": report.sha256, "status": report.result.value,
        "batch": report.batch, "rows": report.rows._asdict(),
        "changes": {kind.value: count for kind, count in counts if kind not in UNDO_ONLY},
        "otcs": [demand._asdict() for demand in report.demands],
        "problems": _problems(report), "corrections": report.corrections,
        "further_problems": _further_problems(report),
        **failure,
    }  # fmt: skip


def undo_to_json(report: Report, undoes: int) -> dict[str, Any]:
    """The object for an undo of batch `undoes`, as in docs/json.md."""
    changes = {kind.value: count for kind, count in report.counts().items()}
    return {
        "batch": report.batch, "undoes": undoes, "changes": changes, "problems": _problems(report),
        "further_problems": _further_problems(report),
    }  # fmt: skip


def _problems(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "severity": problem.severity.value, "code": problem.code.value,
            "sheet": problem.sheet, "row": problem.row, "column": problem.column,
            "cell": problem.cell, "value": problem.value,
            "message": str(problem.message), "fix": str(problem.fix),
        }
        for problem in report.problems
    ]  # fmt: skip


def _further_problems(report: Report) -> list[dict[str, Any]]:
    return [
        {"severity": cause.code.severity.value, "code": cause.code.value, "sheet": cause.sheet,
         "column": cause.column, "count": count}
        for cause, count in report.problems.further.items()
    ]  # fmt: skip
