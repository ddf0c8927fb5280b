"""Problems that `check` and `apply` report with --json, and the outcomes of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from command_line import CommandResult
from importer.messages.report import Report


def problems_of(result: CommandResult) -> list[tuple[str, str | None, str]]:
    """Sheet, cell and code of every problem, warnings included, as reported."""
    return [(p["sheet"], p["cell"], p["code"]) for p in result.report["problems"]]


def errors_in(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Cell and code of every error."""
    return [(p["cell"], p["code"]) for p in report["problems"] if p["severity"] == "error"]


def problem_of(result: CommandResult, code: str) -> dict[str, Any]:
    """The only problem of that code."""
    problems = result.report["problems"]
    matching = [problem for problem in problems if problem["code"] == code]
    assert len(matching) == 1, f"{code} in {[problem['code'] for problem in problems]}"
    return dict(matching[0])


def refusal_of(result: CommandResult) -> dict[str, Any]:
    """The only problem of the only file, which was not read at all."""
    report = result.report
    assert (result.exit_code, report["status"]) == (3, "unreadable"), report
    [problem] = report["problems"]
    return dict(problem)


def outcome_of(report: Report, sheet: str, row: int) -> str:
    """Whether a row was applied, unchanged or rejected."""
    if (sheet, row) in report.rejected:
        return "rejected"
    places = {(change.place.sheet.name, change.place.row) for change in report.changes}
    return "applied" if (sheet, row) in places else "unchanged"
