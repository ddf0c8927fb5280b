"""The onboarding workbook: what an administrator finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import HEADERS, A, customer, otc, write_workbook
from command_line import CommandLine

SPANISH_SHEETS = {
    "Add OTC": "Agregar OTC", "Edit OTC": "Editar OTC", "Add Customer": "Agregar cliente",
    "Add Avira Subscription": "Agregar suscripción Avira", "Edit Customer": "Editar cliente",
    "Update OTC": "Actualizar OTC", "Disable Customer": "Deshabilitar cliente",
    "Enable Customer": "Habilitar cliente", "Devices": "Dispositivos",
}  # fmt: skip
SPANISH_COLUMNS = {
    "Customer (Site) Name": "Nombre del cliente", "Email": "Correo electrónico",
    "First Name": "Nombre", "Last Name": "Apellido", "No of Licenses": "Número de licencias",
    "Company Name": "Nombre de la empresa", "Total Licenses": "Total de licencias",
    "Description": "Descripción", "Purchase Date": "Fecha de compra",
    "Expiry Date": "Fecha de vencimiento", "Product ID": "ID de producto", "Runtime": "Duración",
    "Managed By": "Administrado por", "New Name": "Nombre nuevo", "Avira OTC": "OTC de Avira",
    "Release Licenses": "Liberar licencias", "Reason": "Motivo", "Device ID": "ID de dispositivo",
    "Operating System": "Sistema operativo", "Model No.": "N.º de modelo",
    "Avira Installed": "Avira instalado", "Avira Uninstalled": "Avira desinstalado",
    "NH Installed": "NH instalado", "NH Uninstalled": "NH desinstalado",
    "Avira Status": "Estado de Avira", "Product Name": "Nombre del producto", "OTC": "Código OTC",
    "Current OTC": "OTC actual", "New OTC": "OTC nueva",
}  # fmt: skip
"""The Spanish names, a promise to everyone who has filled in a Spanish workbook."""


def template(command: CommandLine, path: Path, *words: str) -> Workbook:
    """The workbook that the command writes."""
    result = command("template", "-o", path, *words)
    assert result.exit_code == 0, result.err
    return load_workbook(path)


def headers(sheet: Worksheet) -> list[str]:
    """The texts of the first row."""
    return [str(cell.value) for cell in sheet[1]]


def drop_down(workbook: Workbook, sheet: str, header: str) -> list[object] | None:
    """What the drop-down of a column offers, or None if it has none."""
    letter = next(c.coordinate[0] for c in workbook[sheet][1] if str(c.value).startswith(header))
    for validation in workbook[sheet].data_validations.dataValidation:
        if validation.type == "list" and str(validation.sqref).startswith(f"{letter}2:"):
            lists, cells = str(validation.formula1).split("!")
            return [row[0].value for row in workbook[lists][cells.replace("$", "")]]
    return None


def test_it_has_instructions_and_a_sheet_for_every_action(
    command: CommandLine, tmp_path: Path
) -> None:
    """Instructions first, then the nine sheets in order, then two hidden ones."""
    workbook = template(command, tmp_path / "t.xlsx")
    assert workbook.sheetnames == ["Instructions", *HEADERS, "Lists", "_meta"]
    assert [workbook[name].sheet_state for name in ("Lists", "_meta")] == ["hidden", "hidden"]
    assert dict(workbook["_meta"].values) == {"template_version": 1, "language": "en"}  # type: ignore[arg-type]


def test_the_spanish_template_has_spanish_sheets_headers_and_choices(
    command: CommandLine, tmp_path: Path
) -> None:
    workbook = template(command, tmp_path / "t.xlsx", "--lang", "es")
    assert workbook.sheetnames == ["Instrucciones", *SPANISH_SHEETS.values(), "Lists", "_meta"]
    for name, columns in HEADERS.items():
        titles = [title.removesuffix(" *") for title in headers(workbook[SPANISH_SHEETS[name]])]
        assert titles == [SPANISH_COLUMNS[column] for column in columns], name
    assert drop_down(workbook, "Agregar cliente", "Administrado") == ["Administrador", "Cliente"]
    assert drop_down(workbook, "Deshabilitar cliente", "Liberar") == ["Sí", "No"]


def test_headers_are_bold_frozen_and_explained_and_required_ones_starred(
    command: CommandLine, tmp_path: Path
) -> None:
    workbook = template(command, tmp_path / "t.xlsx")
    for name, expected in HEADERS.items():
        sheet = workbook[name]
        assert [title.removesuffix(" *") for title in headers(sheet)] == list(expected)
        assert sheet.freeze_panes == "A2", name
        for cell in sheet[1]:
            assert cell.font.b, f"{name}: {cell.value}"
            assert cell.comment is not None, f"{name}: {cell.value}"
            assert "Example: " in cell.comment.text, f"{name}: {cell.value}"
            assert ("Required." in cell.comment.text) == str(cell.value).endswith("*")
    assert headers(workbook["Add OTC"])[:5] == [
        "OTC *", "Email *", "Company Name *", "Total Licenses *", "Description",
    ]  # fmt: skip


def test_codes_are_formatted_as_text_and_dates_as_dates(
    command: CommandLine, tmp_path: Path
) -> None:
    """So that every zero of a code is kept."""
    workbook = template(command, tmp_path / "t.xlsx")
    formats = {
        f"{name}!{letter}": workbook[name].column_dimensions[letter].number_format
        for name, letters in (("Add OTC", "AFG"), ("Devices", "EFGH"))
        for letter in letters
    }
    assert formats == {"Add OTC!A": "@"} | dict.fromkeys(list(formats)[1:], "yyyy-mm-dd")


def test_an_untouched_template_asks_for_nothing(command: CommandLine, tmp_path: Path) -> None:
    """Worked examples are in the instructions only."""
    path = tmp_path / "t.xlsx"
    workbook = template(command, path)
    assert [name for name in HEADERS if workbook[name].max_row > 1] == []
    texts = [str(cell.value) for row in workbook["Instructions"] for cell in row if cell.value]
    assert "ABCDE-12345-FGHIJ-67890" in texts
    result = command("check", path, "--json")
    assert (result.report["status"], result.row_counts) == ("valid", (0, 0, 0, 0))
    assert result.report["problems"] == []


def test_drop_downs_offer_what_is_in_the_ledger(command: CommandLine, tmp_path: Path) -> None:
    empty = template(command, tmp_path / "empty.xlsx")
    assert drop_down(empty, "Add Customer", "Avira OTC") is None
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Uno")])]
    assert command("apply", write_workbook(tmp_path / "in.xlsx", sheets)).exit_code == 0
    workbook = template(command, tmp_path / "t.xlsx")
    assert drop_down(workbook, "Add Customer", "Avira OTC") == [A]
    for sheet in ("Edit Customer", "Devices"):
        assert drop_down(workbook, sheet, "Customer (Site) Name") == ["Uno"]
    assert drop_down(workbook, "Add Customer", "Customer (Site) Name") is None


def test_cells_have_the_limits_of_the_schema(command: CommandLine, tmp_path: Path) -> None:
    """Excel refuses a number out of range or a text that is too long before the program does."""
    sheet = template(command, tmp_path / "t.xlsx", "--lang", "es")["Agregar OTC"]
    limits = {
        str(validation.sqref)[0]: (validation.type, validation.formula1, validation.formula2)
        for validation in sheet.data_validations.dataValidation
        if validation.showErrorMessage
    }
    assert limits == {
        "B": ("textLength", "254", None), "C": ("textLength", "100", None),
        "D": ("whole", "1", "1000000"), "E": ("textLength", "1000", None),
        "H": ("textLength", "100", None), "I": ("whole", "1", "1200"),
    }  # fmt: skip


def test_an_existing_file_is_overwritten_with_force_only(
    command: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "onboarding.xlsx"
    path.write_bytes(b"filled in")
    result = command("template", "-o", path)
    assert result.exit_code == 2
    assert "--force" in result.err
    assert path.read_bytes() == b"filled in"
    assert command("template", "-o", path, "--force").exit_code == 0
    assert load_workbook(path).sheetnames[0] == "Instructions"


@pytest.mark.parametrize("output", ["missing/t.xlsx", "."])
def test_a_path_that_cannot_be_written_is_named(command: CommandLine, output: str) -> None:
    """In one line, and nothing is left behind."""
    result = command("template", "--force", "-o", output)
    assert result.exit_code in (2, 3)
    assert str(Path(output)) in result.err
    assert result.err.count("\n") == 1
    assert not list(Path().glob(".*.xlsx"))
