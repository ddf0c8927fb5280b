"""The onboarding workbook: what an administrator finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from builders import HEADERS, write_workbook
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
"""The aliases of DOMAIN.md, a promise to everyone who has filled in a Spanish workbook."""


def template(command: CommandLine, path: Path, *words: str) -> Workbook:
    """The workbook that the command writes."""
    said = command("template", "-o", path, *words)
    assert said.exit_code == 0, said.err
    return load_workbook(path)


def headers(sheet: Worksheet) -> list[str]:
    """The texts of the first row."""
    return [str(cell.value) for cell in sheet[1]]


def drop_down(workbook: Workbook, sheet: str, header: str) -> list[object] | None:
    """What the drop-down of a column offers, or None if it has none."""
    letter = next(c.coordinate[0] for c in workbook[sheet][1] if str(c.value).startswith(header))
    for validation in workbook[sheet].data_validations.dataValidation:
        if str(validation.sqref).startswith(f"{letter}2:"):
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


def test_it_is_there_in_spanish(command: CommandLine, tmp_path: Path) -> None:
    """Sheets, headers, choices and instructions are Spanish."""
    workbook = template(command, tmp_path / "t.xlsx", "--lang", "es")
    assert workbook.sheetnames == ["Instrucciones", *SPANISH_SHEETS.values(), "Lists", "_meta"]
    for name, columns in HEADERS.items():
        titles = [one.replace(" *", "") for one in headers(workbook[SPANISH_SHEETS[name]])]
        assert titles == [SPANISH_COLUMNS[column] for column in columns]
    assert drop_down(workbook, "Agregar cliente", "Administrado") == ["Administrador", "Cliente"]
    assert drop_down(workbook, "Deshabilitar cliente", "Liberar") == ["Sí", "No"]


def test_headers_are_bold_frozen_starred_and_explained(
    command: CommandLine, tmp_path: Path
) -> None:
    """Every header of every sheet; the star stands on the required ones."""
    workbook = template(command, tmp_path / "t.xlsx")
    for name, expected in HEADERS.items():
        sheet = workbook[name]
        assert [one.replace(" *", "") for one in headers(sheet)] == list(expected)
        assert sheet.freeze_panes == "A2"
        for cell in sheet[1]:
            assert cell.font.b
            assert cell.comment is not None
            assert "Example: " in cell.comment.text
            assert ("Required." in cell.comment.text) == str(cell.value).endswith("*")
    assert headers(workbook["Add OTC"])[:5] == [
        "OTC *", "Email *", "Company Name *", "Total Licenses *", "Description",
    ]  # fmt: skip


def test_codes_are_text_and_dates_are_dates(command: CommandLine, tmp_path: Path) -> None:
    """The columns' formats keep every zero of a code, and show days as days."""
    columns = template(command, tmp_path / "t.xlsx")["Add OTC"].column_dimensions
    assert columns["A"].number_format == "@"
    assert columns["F"].number_format == columns["G"].number_format == "yyyy-mm-dd"
    columns = load_workbook(tmp_path / "t.xlsx")["Devices"].column_dimensions
    assert {columns[letter].number_format for letter in "EFGH"} == {"yyyy-mm-dd"}


def test_worked_examples_stand_in_the_instructions_only(
    command: CommandLine, tmp_path: Path
) -> None:
    """The data sheets have no rows, so an untouched template asks for nothing."""
    path = tmp_path / "t.xlsx"
    workbook = template(command, path)
    assert all(workbook[name].max_row == 1 for name in HEADERS)
    told = [str(cell.value) for row in workbook["Instructions"] for cell in row if cell.value]
    assert "ABCDE-12345-FGHIJ-67890" in told
    (report,) = command("check", path, "--json").json
    assert (report["status"], report["rows"]["read"], report["problems"]) == ("valid", 0, [])


def test_drop_downs_offer_what_the_ledger_knows(command: CommandLine, tmp_path: Path) -> None:
    """OTCs and customers to choose from; without a ledger there are none to offer."""
    otc = "AAAAA-AAAAA-AAAAA-AAAA1"
    empty = template(command, tmp_path / "empty.xlsx")
    assert drop_down(empty, "Add Customer", "Avira OTC") is None
    filled = write_workbook(
        tmp_path / "in.xlsx",
        [
            ("Add OTC", [{"OTC": otc, "Email": "a@x.example", "Company Name": "Empresa",
                          "Total Licenses": 5}]),
            ("Add Customer", [{"Customer (Site) Name": "Uno", "Managed By": "Admin",
                               "Avira OTC": otc, "No of Licenses": 1}]),
        ],
    )  # fmt: skip
    assert command("apply", filled).exit_code == 0
    workbook = template(command, tmp_path / "t.xlsx")
    assert drop_down(workbook, "Add Customer", "Avira OTC") == [otc]
    for sheet in ("Edit Customer", "Devices"):
        assert drop_down(workbook, sheet, "Customer (Site) Name") == ["Uno"]
    assert drop_down(workbook, "Add Customer", "Customer (Site) Name") is None


def test_a_filled_in_workbook_is_never_written_over(command: CommandLine, tmp_path: Path) -> None:
    """An existing file stays unless --force is given."""
    path = tmp_path / "onboarding.xlsx"
    path.write_bytes(b"filled in")
    said = command("template", "-o", path)
    assert said.exit_code == 2
    assert "--force" in said.err
    assert path.read_bytes() == b"filled in"
    assert command("template", "-o", path, "--force").exit_code == 0
    assert load_workbook(path).sheetnames[0] == "Instructions"


@pytest.mark.parametrize("output", ["missing/t.xlsx", "."])
def test_a_place_that_cannot_be_written_is_named(command: CommandLine, output: str) -> None:
    """One line, no traceback, nothing left behind."""
    said = command("template", "--force", "-o", output)
    assert said.exit_code in (2, 3)
    assert output in said.err
    assert said.err.count("\n") == 1
    assert not list(Path().glob(".*.xlsx"))
