"""A workbook that was made from our template comes back itself, with the bad cells marked."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.worksheet import Worksheet

from command_line import CommandLine, CommandResult
from importer.config.limits import DEFAULT_LIMITS
from importer.workbook.reading.file import read_file
from importer.workbook.reading.raw import RawSheet
from importer.workbook.writing import corrections_own

CODES = [f"AAAAA-11111-BBBBB-2222{n}" for n in range(6)]
GREEN = "FF00B050"
SHEETS: dict[str, list[tuple[Any, ...]]] = {
    "Add OTC": [
        (CODES[0], "it@msp.example", "Acme", 50, "=1+1"),
        (CODES[1], "nobody", "Acme", 5, "a bad email"),
        (CODES[2], "it@msp.example", "Acme", 20, "good"),
        (CODES[3], "it@msp.example", "Acme", "x", "a bad number"),
    ],
    "Add Customer": [
        ("Norte", "Admin", CODES[0], 5),
        ("Sur", "Boss", CODES[0], 7),
    ],
}

MENDED: dict[str, str | int] = {"nobody": "ana@msp.example", "x": 9, "Boss": "Admin"}


@pytest.fixture
def filled(command: CommandLine, tmp_path: Path) -> Path:
    """The template, filled in with mistakes and made the user's own in every way."""
    path = tmp_path / "onboarding.xlsx"
    assert command("template", "-o", path).exit_code == 0
    workbook = load_workbook(path)
    for title, rows in SHEETS.items():
        for number, row in enumerate(rows, start=2):
            for column, value in enumerate(row, start=1):
                workbook[title].cell(number, column, value)
    otcs = workbook["Add OTC"]
    otcs["E2"].data_type = "s"
    otcs["L1"], otcs["L5"] = "Our invoice", "2026/17"
    otcs["B3"].comment = Comment("ask Ana", "me")
    otcs["C3"].comment = Comment("the new company", "me")
    otcs["C4"].fill = PatternFill("solid", fgColor=GREEN)
    otcs["C4"].font = Font(name="Arial", size=14, italic=True)
    otcs["E4"] = CellRichText("go", TextBlock(InlineFont(b=True), "od"))
    otcs.column_dimensions["C"].width = 55
    otcs.row_dimensions[5].height = 44
    notes = workbook.create_sheet("Our notes", 1)
    notes["A1"], notes["A2"], notes["A3"] = "Call", 1.5, "=A2*2"
    notes["A1"].font = Font(italic=True, size=20)
    notes.column_dimensions["A"].width = 33
    workbook.save(path)
    return path


def corrections_of(said: CommandResult) -> Path:
    """The corrections workbook that a command has written."""
    [only] = said.json
    return Path(only["corrections"])


def errors(said: CommandResult) -> list[tuple[str, str, str]]:
    """Sheet, cell and code of every error."""
    return [
        (one["sheet"], one["cell"], one["code"])
        for one in said.json[0]["problems"]
        if one["severity"] == "error"
    ]


def mend(path: Path, how: Callable[[Workbook], object]) -> None:
    """Let a person work on a workbook and save it."""
    workbook = load_workbook(path, rich_text=True)
    how(workbook)
    workbook.save(path)


def looks(sheet: Worksheet) -> dict[str, Any]:
    """Every cell with its value and format, the Problems column left out."""
    return {
        cell.coordinate: (
            str(cell.value), cell.data_type, cell.number_format, copy(cell.font), copy(cell.fill),
            copy(cell.alignment), cell.comment.text if cell.comment else None,
        )
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and cell.column_letter != "M"
    }  # fmt: skip


def is_marked(sheet: Worksheet, place: str) -> bool:
    """Whether a cell is marked as bad: by colour, in bold and in words, all three or none."""
    cell = sheet[place]
    ours = cell.comment is not None and "avira-importer" in cell.comment.text
    marks = {cell.fill.fgColor.rgb == "00FFC7CE", bool(cell.font.bold), ours}
    assert len(marks) == 1, f"{place} is half marked"
    return ours


def test_all_but_the_bad_cells_stays_as_it_was(command: CommandLine, filled: Path) -> None:
    """Values, formats, notes, widths, heights, columns and sheets of the user's own, drop-downs."""
    before = load_workbook(filled, rich_text=True)
    said = command("apply", filled, "--json")
    after = load_workbook(corrections_of(said), rich_text=True)
    bad = {(sheet, cell) for sheet, cell, _ in errors(said)}
    assert bad == {("Add OTC", "B3"), ("Add OTC", "D5"), ("Add Customer", "B3")}
    assert after.sheetnames == ["Problems", *before.sheetnames]
    for sheet in before.worksheets:
        same = after[sheet.title]
        if sheet.title == "_meta":
            continue
        looked = looks(same)
        for place, look in looks(sheet).items():
            if (sheet.title, place) not in bad:
                assert looked[place] == look, f"{sheet.title}!{place}"
        for letter, column in sheet.column_dimensions.items():
            assert same.column_dimensions[letter].width == column.width
        assert same.sheet_state == sheet.sheet_state
        assert _offered(same) == _offered(sheet)
    assert after["Add OTC"].row_dimensions[5].height == 44


def _offered(sheet: Worksheet) -> list[tuple[str, str]]:
    found = sheet.data_validations.dataValidation
    return sorted((str(one.sqref), str(one.formula1)) for one in found)


def test_a_bad_cell_is_marked_beside_what_was_there(command: CommandLine, filled: Path) -> None:
    """In colour, in bold, in a comment below the user's own, and in the column Problems."""
    said = command("apply", filled, "--json")
    workbook = load_workbook(corrections_of(said))
    sheet = workbook["Add OTC"]
    assert is_marked(sheet, "B3")
    assert is_marked(sheet, "D5")
    assert not is_marked(sheet, "B4")
    comment = sheet["B3"].comment.text
    assert comment.startswith("ask Ana")
    message = next(one["message"] for one in said.json[0]["problems"] if one["cell"] == "B3")
    assert message in comment
    assert sheet["M1"].value == "Problems"
    assert message in str(sheet["M3"].value)
    assert sheet["M4"].value is None
    listed = [row[1] for row in workbook["Problems"].iter_rows(min_row=5, values_only=True)]
    assert listed == ["B3", "D5", "B3"]


def test_a_mended_cell_loses_its_mark_and_the_others_keep_theirs(
    command: CommandLine, filled: Path
) -> None:
    """Applying half-mended corrections gives the same workbook back with what is still wrong."""
    first = corrections_of(command("apply", filled, "--json"))
    mend(first, lambda workbook: workbook["Add OTC"].__setitem__("B3", "ana@msp.example"))
    said = command("apply", first, "--json")
    assert errors(said) == [("Add OTC", "D5", "bad-number"), ("Add Customer", "B3", "bad-choice")]
    workbook = load_workbook(corrections_of(said))
    assert workbook.sheetnames.count("Problems") == 1
    sheet = workbook["Add OTC"]
    assert not is_marked(sheet, "B3")
    assert sheet["B3"].comment.text.strip() == "ask Ana"
    assert is_marked(sheet, "D5")
    assert sheet["D5"].comment.text.count("is not a valid number") == 1
    assert [cell.value for cell in sheet[1]].count("Problems") == 1
    assert sheet["M3"].value is None


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_mending_the_workbook_finishes_the_job(
    options: list[str], command: CommandLine, filled: Path
) -> None:
    """Every row ends up in the ledger, once."""
    place = corrections_of(command("apply", filled, "--json", *options))

    def correct(workbook: Workbook) -> None:
        for title in SHEETS:
            sheet = workbook[title]
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if str(cell.value) in MENDED:
                        assert is_marked(sheet, cell.coordinate)
                        cell.value = MENDED[str(cell.value)]

    mend(place, correct)
    said = command("apply", place, "--json")
    assert said.exit_code == 0
    otcs = {one["otc"]: one["total"] for one in command("show", "otcs", "--json").json}
    assert otcs == {CODES[0]: 50, CODES[1]: 5, CODES[2]: 20, CODES[3]: 9}
    customers = {one["name"] for one in command("show", "customers", "--json").json}
    assert customers == {"Norte", "Sur"}


def test_in_part_only_the_refused_rows_come_back_with_their_formats(
    command: CommandLine, filled: Path
) -> None:
    """They stand below the header one after the other; formulas and notes have moved with them."""

    def formula(workbook: Workbook) -> None:
        workbook["Add OTC"]["L5"] = "=D5&LEFT(A5,5)"
        workbook["Add OTC"]["L2"].hyperlink = "https://msp.example"
        workbook["Add OTC"]["L3"].hyperlink = "https://msp.example"

    mend(filled, formula)
    said = command("apply", filled, "--json", "--partial")
    assert said.json[0]["status"] == "partly-applied"
    workbook = load_workbook(corrections_of(said))
    sheet = workbook["Add OTC"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [CODES[1], CODES[3]]
    assert is_marked(sheet, "B2")
    assert is_marked(sheet, "D3")
    assert sheet["B2"].comment.text.startswith("ask Ana")
    assert sheet["L3"].value == "=D3&LEFT(A3,5)"
    assert sheet["L2"].hyperlink.target == "https://msp.example"
    assert sheet["L2"].hyperlink.ref == "L2"
    assert sheet.row_dimensions[3].height == 44
    assert sheet.max_row == 3
    assert "Our notes" in workbook.sheetnames
    customers = workbook["Add Customer"]
    assert [row[0] for row in customers.iter_rows(min_row=2, values_only=True)] == ["Sur"]
    links: list[Any] = [row[1] for row in workbook["Problems"].iter_rows(min_row=5)]
    assert [link.hyperlink.location for link in links] == [
        "'Add OTC'!B2", "'Add OTC'!D3", "'Add Customer'!B2",
    ]  # fmt: skip


def test_drop_downs_that_a_spreadsheet_program_took_along_are_offered_again(
    command: CommandLine, filled: Path
) -> None:
    """Excel keeps those that refer to another sheet where openpyxl does not look."""
    offered = _offered(load_workbook(filled)["Add Customer"])
    assert offered

    def forget(workbook: Workbook) -> None:
        workbook["Add Customer"].data_validations = DataValidationList()

    mend(filled, forget)
    place = corrections_of(command("check", filled, "--json"))
    assert _offered(load_workbook(place)["Add Customer"]) == offered


def test_of_merged_cells_the_first_is_marked_and_in_part_none_loses_its_meaning(
    command: CommandLine, filled: Path
) -> None:
    """D3 is merged into D2. Alone, its row must not come back with a blank that states nothing."""
    mend(filled, lambda workbook: workbook["Edit OTC"].merge_cells("D2:D3"))

    def fill(workbook: Workbook) -> None:
        sheet = workbook["Edit OTC"]
        sheet["A2"], sheet["D2"], sheet["A3"] = CODES[0], 60, CODES[2]

    mend(filled, fill)
    said = command("check", filled, "--json")
    assert ("Edit OTC", "D3", "merged-cells") in errors(said)
    sheet = load_workbook(corrections_of(said))["Edit OTC"]
    assert is_marked(sheet, "D2")
    assert [str(one) for one in sheet.merged_cells.ranges] == ["D2:D3"]
    in_part = load_workbook(corrections_of(command("apply", filled, "--json", "--partial")))
    sheet = in_part["Edit OTC"]
    assert [cell.value for cell in sheet[2]][:4] == [CODES[2], None, None, "#N/A"]
    assert not sheet.merged_cells.ranges


@pytest.mark.parametrize(
    "which",
    ["another file by then", "too large", "a coloured cell far away", "not ours", "CSV"],
)
def test_whatever_cannot_be_given_back_itself_comes_back_freshly_made(
    which: str, command: CommandLine, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows are there all the same, with what is wrong marked, but no sheet of the user's."""
    if which == "another file by then":
        monkeypatch.setattr(corrections_own, "_loaded", _loaded_of_another)
    elif which == "too large":
        monkeypatch.setattr(corrections_own, "LARGEST", 1)
    elif which == "a coloured cell far away":
        green = PatternFill("solid", fgColor=GREEN)
        mend(filled, lambda workbook: setattr(workbook["Our notes"]["AN1048576"], "fill", green))
    elif which == "not ours":
        mend(filled, lambda workbook: workbook.remove(workbook["_meta"]))
    else:
        text = "\n".join(",".join(map(str, row[:4])) for row in SHEETS["Add OTC"])
        filled = filled.with_name("Add OTC.csv")
        filled.write_text(f"OTC,Email,Company Name,Total Licenses\n{text}\n", "utf-8")
    said = command("apply", filled, "--json")
    workbook = load_workbook(corrections_of(said))
    assert "Our notes" not in workbook.sheetnames
    sheet = workbook["Add OTC"]
    codes = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert codes == CODES[:4]
    assert is_marked(sheet, "B3")
    assert is_marked(sheet, "D5")


_loaded = corrections_own._loaded


def _loaded_of_another(source: Path, checked: Any) -> Workbook | None:
    """What comes of a file that somebody has saved again since it was checked."""
    source.write_bytes(source.read_bytes() + b"\0")
    return _loaded(source, checked)


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_without_a_header_every_row_comes_back(
    options: list[str], command: CommandLine, filled: Path
) -> None:
    """None overwrites another, whichever way they are given back."""
    mend(filled, lambda workbook: workbook["Add OTC"].delete_rows(1))
    said = command("apply", filled, "--json", *options)
    sheet = load_workbook(corrections_of(said))["Add OTC"]
    codes = [value for row in sheet.iter_rows(values_only=True) for value in row if value in CODES]
    assert codes == CODES[:4]


def test_rows_above_a_header_are_counted_refused_and_given_back(
    command: CommandLine, filled: Path
) -> None:
    """A header that was sorted among the rows loses none of them."""

    def sort(workbook: Workbook) -> None:
        sheet = workbook["Add OTC"]
        sheet.move_range("A1:L1", rows=9)
        sheet.append((CODES[4], "it@msp.example", "Acme", 5))

    mend(filled, sort)
    said = command("apply", filled, "--json", "--partial")
    assert said.json[0]["rows"]["rejected"] >= 5
    sheet = load_workbook(corrections_of(said))["Add OTC"]
    codes = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert codes == CODES[:5]


def test_the_same_rows_are_read_of_the_workbook_that_came_back(
    command: CommandLine, filled: Path
) -> None:
    """Cell for cell what the reader saw, the column Problems and the list of problems left out."""

    def odd(workbook: Workbook) -> None:
        sheet = workbook["Add OTC"]
        sheet["E3"] = "_x005F_x0041_ and _x0041_"
        sheet["H3"] = "'=quoted"
        sheet["H4"], sheet["H5"] = "00123", True
        sheet["E5"] = "a\nb"

    mend(filled, odd)
    place = corrections_of(command("check", filled, "--json"))
    before, after = (
        {
            sheet.name: _without_problems(sheet)
            for sheet in read_file(path, DEFAULT_LIMITS, None).sheets
        }
        for path in (filled, place)
    )
    for name in ("Add OTC", "Add Customer", "Instructions", "Lists"):
        assert before[name] == after[name]
    assert before["Add OTC"][2][1][4] == "_x0041_ and A"


def _without_problems(sheet: RawSheet) -> list[tuple[int, list[Any]]]:
    header = list(sheet.rows[0][1]) if sheet.rows else []
    width = header.index("Problems") if "Problems" in header else len(header)
    return [
        (number, [cell or None for cell in cells][:width] + [None] * (width - len(cells)))
        for number, cells in sheet.rows
    ]
