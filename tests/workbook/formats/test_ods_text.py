"""Text of cells in OpenDocument spreadsheets, and text that is not that of its cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine
from hostile.originals import CODE, ODS_HEADER, ods_cell, ods_content, ods_parts, ods_row
from reports import errors_in
from workbook_files import pack

pytestmark = pytest.mark.thorough

_DRAW = b'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:office'


def write(path: Path, company: str, beside_rows: str = "") -> Path:
    """A spreadsheet that registers an OTC, with this cell for its company."""
    cells = [*map(ods_cell, (CODE, "a@b.example")), company, ods_cell("10"), ods_cell("Good")]
    content = ods_content(beside_rows + ODS_HEADER + ods_row(*cells), "Add OTC")
    return pack(path, ods_parts(content.replace(b"xmlns:office", _DRAW, 1)))


@pytest.mark.parametrize("mark", [
    "<text:tab/>", "<text:tab></text:tab>", '<text:tab text:tab-ref="3"/>', "<text:line-break/>",
    "</text:p><text:p>", "<text:span><text:tab/></text:span>",
])  # fmt: skip
def test_a_tab_or_line_break_is_not_lost(mark: str, command: CommandLine, tmp_path: Path) -> None:
    """Two words do not become one."""
    path = write(tmp_path / "x.ods", ods_cell(f"Clinica{mark}Norte"))
    assert errors_in(command("check", path, "--json").report) == [("C2", "bad-characters")]


@pytest.mark.parametrize("white", ["\n", "\t", " \n   ", "\r\n", "\n\n  "])
@pytest.mark.parametrize("text", [
    "Clinica{}Norte", "<text:span>Clinica</text:span>{}<text:span>Norte</text:span>",
    "{0}Clinica Norte{0}", "<text:span>Clinica</text:span>{}Norte", "Clinica{}<text:span>Norte"
    "</text:span>",
])  # fmt: skip
def test_white_space_of_the_file_is_one_space(
    white: str, text: str, command: CommandLine, tmp_path: Path
) -> None:
    """Programs break long lines of XML."""
    path = write(tmp_path / "x.ods", ods_cell(text.format(white)))
    report = command("apply", path, "--json").report
    assert (report["status"], report["problems"]) == ("applied", [])
    assert command("show", "otcs", "--json").json[0]["company"] == "Clinica Norte"


@pytest.mark.parametrize("value", [
    'float" office:value="0', 'string" office:string-value="', "string"
])  # fmt: skip
@pytest.mark.parametrize("error", ["#DIV/0!", "Err:502", "#¡VALOR!"])
def test_what_a_formula_shows_instead_of_a_result_is_an_error(
    value: str, error: str, command: CommandLine, tmp_path: Path
) -> None:
    """As programs other than LibreOffice store it."""
    cell = f'<table:table-cell table:formula="of:=1/0" office:value-type="{value}">'
    path = write(tmp_path / "x.ods", f"{cell}<text:p>{error}</text:p></table:table-cell>")
    assert errors_in(command("check", path, "--json").report) == [("C2", "cell-error")]


SHAPE = "<draw:text-box><text:p>Shape<text:tab/></text:p></draw:text-box>"
FRAME = f'<draw:frame draw:name="a">{SHAPE}</draw:frame>'
NOTE = "<office:annotation><text:p>ask <text:span>Ana</text:span></text:p></office:annotation>"
TEXT = "<text:p>Clinica<text:s/>Norte</text:p>"
_OPEN = '<table:table-cell office:value-type="string">'

COMPANIES = {
    "a space": f"{_OPEN}{TEXT}</table:table-cell>",
    "a shape before": f"{_OPEN}{FRAME}{TEXT}</table:table-cell>",
    "a shape after": f"{_OPEN}{TEXT}{FRAME}</table:table-cell>",
    "shapes of shapes": f"{_OPEN}<draw:g><draw:g/>{FRAME}{FRAME}</draw:g>{TEXT}</table:table-cell>",
    "an empty shape": f'{_OPEN}<draw:frame draw:name="&gt;"/>{TEXT}</table:table-cell>',
    "a note": f"{_OPEN}{NOTE}{TEXT}</table:table-cell>",
    "no type": f"<table:table-cell>{TEXT}</table:table-cell>",
    "no type but a shape": f"<table:table-cell>{NOTE}{FRAME}{TEXT}</table:table-cell>",
}


@pytest.mark.parametrize("name", COMPANIES)
def test_text_of_shapes_and_notes_is_not_that_of_the_cell(
    name: str, command: CommandLine, tmp_path: Path
) -> None:
    shapes = f"<table:shapes>{FRAME}</table:shapes>"
    path = write(tmp_path / "x.ods", COMPANIES[name], shapes)
    report = command("apply", path, "--json").report
    assert (report["status"], report["problems"]) == ("applied", [])
    [otc] = command("show", "otcs", "--json").json
    assert (otc["otc"], otc["company"], otc["description"]) == (CODE, "Clinica Norte", "Good")


@pytest.mark.parametrize("cell", [
    f"{_OPEN}{FRAME}</table:table-cell>", f"<table:table-cell>{FRAME}{NOTE}</table:table-cell>",
])  # fmt: skip
def test_a_cell_with_nothing_but_a_shape_is_blank(
    cell: str, command: CommandLine, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.ods", cell)
    assert errors_in(command("check", path, "--json").report) == [("C2", "missing-value")]
