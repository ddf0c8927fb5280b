"""An export of more rows than a sheet can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from export_ledgers import run
from export_readers import ods_sheets, parts, xlsx_sheets
from export_story import SMALL
from export_truth import Truth
from importer.export.writers import ods, xlsx

pytest_plugins = "export_fixtures"

LIMIT = SMALL.otcs
"""Just enough for the rows of OTC Activation Details."""
CONTINUES = {
    "en": "{} has too many rows for one sheet. It continues on {}.",
    "es": "{} tiene demasiadas filas para una hoja. Continúa en {}.",
}
SPANISH = {"Summary": "Resumen", "Exceptions": "Excepciones", "Movements": "Movimientos"}
SHEETS_OF = {"xlsx": xlsx_sheets, "ods": ods_sheets}


def title(key: str, language: str) -> str:
    """The title of a sheet, which may be a further one: Movements (2)."""
    name, bracket, number = key.partition(" (")
    return (SPANISH.get(name, name) if language == "es" else name) + bracket + number


@pytest.mark.parametrize(
    ("form", "language"),
    [
        ("xlsx", "en"),
        ("ods", "es"),
        pytest.param("xlsx", "es", marks=pytest.mark.thorough),
        pytest.param("ods", "en", marks=pytest.mark.thorough),
    ],
)
def test_more_rows_than_a_sheet_can_have_continue_on_further_sheets(
    form: str,
    language: str,
    small_export: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All rows are there in order, on full sheets; the Summary lists each sheet with its number of
    rows and says where it continues, and --json counts the rows of each."""
    for writer in (xlsx, ods):
        monkeypatch.setattr(writer, "ROW_LIMIT", LIMIT)
    path = tmp_path / f"details.{form}"
    ledger = small_export / "ledger.db"
    result = run("export", "--ledger", ledger, "-o", path, "--json", "--lang", language)
    counts = result.json["sheets"]
    sheets = SHEETS_OF[form](path)
    summary = sheets.pop(title("Summary", language))
    assert list(sheets) == [title(key, language) for key in counts]
    for key, count in counts.items():
        assert len(sheets[title(key, language)]) == count + 1, key
        assert [title(key, language), count] in [row[:2] for row in summary]
    whole = SHEETS_OF[form](small_export / f"details.{form}")
    for name, sheet in small_truth.sheets.items():
        further = -(-len(sheet.rows) // LIMIT)
        keys = [name, *(f"{name} ({number})" for number in range(2, further + 1))]
        assert [key for key in counts if key.partition(" (")[0] == name] == keys
        assert all(counts[key] == LIMIT for key in keys[:-1])
        assert sum(counts[key] for key in keys) == len(sheet.rows)
        notes = {row[0] for row in summary if row}
        for key in keys[1:]:
            note = CONTINUES[language].format(title(name, language), title(key, language))
            assert note in notes
        parts_of_table = [sheets[title(key, language)] for key in keys]
        assert all(grid[0] == parts_of_table[0][0] for grid in parts_of_table)
        if language == "en":
            assert [row for grid in parts_of_table for row in grid[1:]] == whole[name][1:]
    assert len(counts) > len(small_truth.sheets) + 5
    assert "OTC Activation Details (2)" not in counts
    if form == "xlsx":
        assert parts(path)["xl/worksheets/sheet1.xml"].count(b"<hyperlink ") == len(counts)


def test_the_row_limit_is_excels() -> None:
    """With a header, these rows fill the 1,048,576 of a sheet."""
    assert xlsx.ROW_LIMIT == ods.ROW_LIMIT == 2**20 - 1
