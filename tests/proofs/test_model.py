"""The model agrees with the worked examples in rules.json."""

import json
from datetime import date
from typing import Any

import pytest

from model import Model, Row
from scripts import ROOT

RULES = json.loads((ROOT / "tests" / "support" / "rules.json").read_text(encoding="utf-8"))


def with_dates(cells: dict[str, Any]) -> Row:
    """The row with its ISO texts in date columns turned into dates."""
    return {
        header: date.fromisoformat(value) if header.endswith(("Date", "nstalled")) else value
        for header, value in cells.items()
    }


@pytest.mark.parametrize("case", RULES["cases"], ids=lambda case: case["case"])
def test_the_model_agrees_with_the_worked_example(case: dict[str, Any]) -> None:
    """Each row's outcome, with a refusal naming an expected code, and the ledger at the end."""
    model = Model(today=date.fromisoformat(RULES["today"]))
    for workbook in case["workbooks"]:
        sheets = workbook["sheets"]
        outcomes = model.apply([(s["sheet"], [with_dates(r) for r in s["rows"]]) for s in sheets])
        for sheet, found in zip(sheets, outcomes, strict=True):
            for row, expected, outcome in zip(sheet["rows"], sheet["expect"], found, strict=True):
                if isinstance(expected, str):
                    assert outcome == expected, (sheet["sheet"], row)
                else:
                    assert isinstance(outcome, set), (sheet["sheet"], row, outcome)
                    assert outcome & set(expected), (sheet["sheet"], row, outcome)

    ledger = model.ledger()
    assert ledger["otcs"] == case["ledger"]["otcs"]
    stated = ("managed_by", "status", "subscriptions", "devices")
    customers = {n: {k: c[k] for k in stated if k in c} for n, c in ledger["customers"].items()}
    assert customers == case["ledger"]["customers"]
