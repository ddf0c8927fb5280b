"""An export in Spanish, without and with the console's headers."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest

from export_ledgers import export
from export_readers import as_in_excel, keys, with_summary, xlsx_sheets
from export_truth import ANYTHING, Table, Truth
from importer.base.texts import translated
from importer.export.columns import CONSOLE

pytest_plugins = "export_fixtures"

CONSOLE_COLUMNS = {
    "OTC Details": 7, "Customer's Details": 4, "Customer's Devices": 10,
    "OTC Activation Details": 12,
}  # fmt: skip
TRANSLATED_VALUES = ("Status", "Managed By", "Installed")


def spanish(text: str, context: str | None = None) -> str:
    """A text in Spanish, which may contain a number of days."""
    [number] = re.findall(r"\d+", text) or [""]
    template = text.replace(number, "{days}") if number else text
    return translated(template, "es", context).replace("{days}", number)


def in_spanish(sheet: Table, console_too: bool) -> Table:
    """A sheet in Spanish; sentences are not compared."""
    console = CONSOLE_COLUMNS.get(sheet.title, 0)
    headers = [
        spanish(header) if at >= console
        else spanish(header, CONSOLE) if console_too
        else header
        for at, header in enumerate(sheet.headers)
    ]  # fmt: skip
    rows = [
        tuple(
            ANYTHING if header in ("Exception", "What")
            else spanish(value) if value and header in TRANSLATED_VALUES
            else value
            for header, value in zip(sheet.headers, row, strict=True)
        )
        for row in sheet.rows
    ]  # fmt: skip
    return Table(sheet.title if console else spanish(sheet.title), headers, rows)


@pytest.mark.parametrize(
    "option", ["", "--translate-headers"], ids=["the console's headers", "all"]
)
def test_everything_is_translated_except_what_is_the_consoles(
    option: str, small_export: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """The console's sheets keep their names, and its columns their headers unless translated ones
    are requested. The figures are the same, and so are the keys of a JSON document."""
    options = ["--lang", "es", *filter(None, [option])]
    truth = copy.copy(small_truth)
    sheets = [in_spanish(sheet, bool(option)) for sheet in truth.sheets.values()]
    truth.sheets = {sheet.title: sheet for sheet in sheets}
    truth.labels = {key: spanish(label) for key, label in truth.labels.items()}
    truth.rankings = {
        key: Table(spanish(ranking.title), list(map(spanish, ranking.headers)), ranking.rows)
        for key, ranking in truth.rankings.items()
    }
    grids = xlsx_sheets(export(small_export / "ledger.db", tmp_path / "es.xlsx", *options))
    assert list(grids) == [
        "Resumen", *CONSOLE_COLUMNS, "Excepciones", "Movimientos",
    ]  # fmt: skip
    assert truth.differences(with_summary(grids, truth, as_in_excel)) == []
    path = export(small_export / "ledger.db", tmp_path / "es.json", *options)
    document = json.loads(path.read_text("utf-8"))
    english = json.loads((small_export / "details.json").read_text("utf-8"))
    assert list(keys(document)) == list(keys(english))
    assert document["summary"] == english["summary"]
