"""The worked examples of the domain's rules, through real workbooks and a real ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import in_plain, write_workbook
from importer.ledger.opening import open_ledger
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline.job import Job
from reports import outcome_of
from worked_examples import CELL_EXAMPLES, EXAMPLES, TODAY, Example


@pytest.mark.both_engines
@pytest.mark.usefixtures("no_corrections")
@pytest.mark.parametrize("example", EXAMPLES + CELL_EXAMPLES, ids=lambda example: example["case"])
def test_a_worked_example_ends_as_the_domain_says(
    example: Example, tmp_path: Path, where: str
) -> None:
    """Each row is applied, unchanged or refused as expected, and the ledger is the one shown."""
    job = Job(open_ledger(where), "default", TODAY, "tester")
    for workbook in example["workbooks"]:
        sheets = [(sheet["sheet"], sheet["rows"]) for sheet in workbook["sheets"]]
        report = pipeline.apply(write_workbook(tmp_path / "w.xlsx", sheets), job, partial=True)
        for sheet in workbook["sheets"]:
            for row, expected in enumerate(sheet["expect"], start=2):
                _assert_result(report, sheet["sheet"], row, expected)
    assert in_plain(showing.contents(job)) == example["ledger"]


def _assert_result(report: Report, sheet: str, row: int, expected: str | list[str]) -> None:
    problems = [p for p in report.problems if (p.sheet, p.row) == (sheet, row)]
    codes = {problem.code.value for problem in problems}
    at = f"{sheet}, row {row}: {codes}"
    outcome = outcome_of(report, sheet, row)
    if isinstance(expected, str):
        assert outcome == expected, at
    else:
        assert outcome == "rejected", at
        assert codes & set(expected), at
