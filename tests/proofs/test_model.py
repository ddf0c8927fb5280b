"""The model agrees with the worked examples in rules.json."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from model import Model, Row
from worked_examples import EXAMPLES, TODAY, Example

STATED = {"total", "used", "pending", "managed_by", "status", "subscriptions", "devices"}
"""What the examples state of an OTC or a customer."""


def with_dates(cells: dict[str, Any]) -> Row:
    """The row with its ISO texts in date columns turned into dates."""
    return {
        header: date.fromisoformat(value) if header.endswith(("Date", "nstalled")) else value
        for header, value in cells.items()
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["case"])
def test_the_model_agrees_with_the_worked_example(example: Example) -> None:
    """Each row's result, a refusal with one of the expected codes, and the ledger at the end."""
    model = Model(TODAY)
    for workbook in example["workbooks"]:
        sheets = workbook["sheets"]
        results = model.apply([(s["sheet"], [with_dates(r) for r in s["rows"]]) for s in sheets])
        for sheet, of_rows in zip(sheets, results, strict=True):
            for row, expected, result in zip(sheet["rows"], sheet["expect"], of_rows, strict=True):
                if isinstance(expected, str):
                    assert result == expected, (sheet["sheet"], row)
                else:
                    assert isinstance(result, set), (sheet["sheet"], row, result)
                    assert result & set(expected), (sheet["sheet"], row, result)
    ledger = model.ledger()
    for facts in (*ledger["otcs"].values(), *ledger["customers"].values()):
        for detail in facts.keys() - STATED:
            del facts[detail]
    assert ledger == example["ledger"]
