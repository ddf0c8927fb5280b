"""The worked examples of the domain's rules, through real workbooks and a real ledger."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from builders import in_plain, write_workbook
from importer.ledger.opening import open_ledger
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline.job import Job
from scripts import ROOT

EXAMPLES = json.loads((ROOT / "tests" / "support" / "rules.json").read_text("utf-8"))
TODAY = dt.date.fromisoformat(EXAMPLES["today"])


@pytest.mark.both_engines
@pytest.mark.parametrize("example", EXAMPLES["cases"], ids=lambda one: one["case"])
def test_a_worked_example_ends_as_the_domain_says(
    example: dict[str, Any], tmp_path: Path, where: str
) -> None:
    """Each row is applied, unchanged or refused as said, and the ledger holds what it must."""
    job = Job(open_ledger(where), "default", TODAY, "tester")
    for number, workbook in enumerate(example["workbooks"]):
        sheets = [(sheet["sheet"], sheet["rows"]) for sheet in workbook["sheets"]]
        path = write_workbook(tmp_path / f"{number}.xlsx", sheets)
        report = pipeline.apply(path, job, partial=True)
        for sheet in workbook["sheets"]:
            for row, expected in enumerate(sheet["expect"], start=2):
                _assert_outcome(report, sheet["sheet"], row, expected)
    assert in_plain(showing.contents(job)) == example["ledger"]


def _assert_outcome(report: Report, sheet: str, row: int, expected: str | list[str]) -> None:
    outcome = report.outcomes[sheet, row]
    if isinstance(expected, str):
        assert outcome == expected
        return
    assert outcome == "rejected"
    codes = {
        problem.code.value
        for problem in report.problems
        if (problem.sheet, problem.row) == (sheet, row)
    }
    assert codes & set(expected)
