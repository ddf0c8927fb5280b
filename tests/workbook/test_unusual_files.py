"""Workbooks that spreadsheet programs open though they are built otherwise than by most."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import write_cells
from command_line import CommandLine

CODE = "ABCDE-12345-FGHIJ-67890"
HEADER = ("OTC", "Email", "Company Name", "Total Licenses", "Description")
ROW = (CODE, "it@msp.example", "Acme", 50, "good")
Parts = dict[str, bytes]


def rebuilt(path: Path, change: Callable[[Parts], Parts]) -> Path:
    """A good workbook whose archive was packed by somebody else."""
    write_cells(path, {"Add OTC": [HEADER, ROW]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(parts).items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name  # backslashes and all
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


def with_backslashes(parts: Parts) -> Parts:
    """As some programs on Windows pack archives."""
    return {name.replace("/", "\\"): content for name, content in parts.items()}


def in_the_root(parts: Parts) -> Parts:
    """The parts lie in no folder; only the relationships say where."""
    moved = {}
    for name, content in parts.items():
        if name in ("_rels/.rels", "[Content_Types].xml"):
            content = content.replace(b"/xl/", b"/").replace(b'"xl/', b'"')
        moved[name.removeprefix("xl/")] = content.replace(b"/xl/", b"/")
    return moved


def with_other_programs_notes(parts: Parts) -> Parts:
    """XML in UTF-16, with a document type even, where no sheet lies."""
    note = '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")
    return {**parts, "customXml/item1.xml": note, "xl/customProperty1.bin": note[2:]}


@pytest.mark.parametrize("change", [with_backslashes, in_the_root, with_other_programs_notes])
def test_a_workbook_that_is_packed_otherwise_is_read(
    change: Callable[[Parts], Parts], command: CommandLine, tmp_path: Path
) -> None:
    """Excel and LibreOffice open it, so it is applied."""
    path = rebuilt(tmp_path / "x.xlsx", change)
    assert command("apply", path, "--json").json[0]["status"] == "applied"
    assert [one["otc"] for one in command("show", "otcs", "--json").json] == [CODE]


def test_a_sheet_that_is_kept_where_nobody_has_looked_is_refused(
    command: CommandLine, tmp_path: Path
) -> None:
    """In customXml there may be anything; a sheet there is no accident."""

    def hide(parts: Parts) -> Parts:
        parts["customXml/sheet.xml"] = parts.pop("xl/worksheets/sheet1.xml")
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = parts[rels].replace(
            b"/xl/worksheets/sheet1.xml", b"/customXml/sheet.xml"
        )  # fmt: skip
        assert b"customXml" in parts[rels]
        return parts

    said = command("check", rebuilt(tmp_path / "x.xlsx", hide), "--json")
    assert said.exit_code == 3
    assert said.json[0]["problems"][0]["code"] == "hostile-file"


def test_two_workbooks_in_one_file_are_refused(command: CommandLine, tmp_path: Path) -> None:
    """Programs would disagree on which of them is meant."""

    def another(parts: Parts) -> Parts:
        rels = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/other.xml")
        return {**parts, "_rels/.rels": rels, "xl/other.xml": parts["xl/workbook.xml"]}

    said = command("check", rebuilt(tmp_path / "x.xlsx", another), "--json")
    assert said.exit_code == 3
    assert said.json[0]["problems"][0]["code"] == "hostile-file"


@pytest.mark.parametrize(("title_rows", "refused"), [(1, False), (2, True)])
def test_one_title_may_stand_above_a_single_column_but_not_rows(
    title_rows: int, refused: bool, command: CommandLine, tmp_path: Path
) -> None:
    """Two names above Customer (Site) Name were sorted there, and would be lost."""
    command("apply", write_cells(tmp_path / "first.xlsx", {"Add OTC": [HEADER, ROW]}))
    table = [("Norte",)] * title_rows + [("Customer (Site) Name",), ("Sur",)]
    said = command("check", write_cells(tmp_path / "x.xlsx", {"Enable Customer": table}), "--json")
    codes = {one["code"] for one in said.json[0]["problems"]}
    assert ("missing-column" in codes) is refused
    assert ("title-rows" in codes) is not refused
    assert said.json[0]["rows"]["read"] == (1 + title_rows if refused else 1)


def test_what_sheet_says_does_not_overrule_what_a_file_says(
    command: CommandLine, tmp_path: Path
) -> None:
    """Add OTC and Edit OTC have the same columns; which is meant is asked."""
    path = tmp_path / "add otc.csv"
    path.write_text(",".join(HEADER) + "\n" + ",".join(map(str, ROW)) + "\n", "utf-8")
    said = command("check", "--sheet", "Edit OTC", path, "--json")
    assert said.exit_code == 3
    assert "Add OTC" in said.json[0]["problems"][0]["message"]
    assert command("check", "--sheet", "add otcs", path, "--json").exit_code == 0


def test_a_formula_without_a_result_in_ods_is_refused(command: CommandLine, tmp_path: Path) -> None:
    """LibreOffice gives empty text no type, others give none to what they have not calculated."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    header = "".join(cell.format(title) for title in ("OTC", "Expiry Date"))
    formula = '<table:table-cell table:formula="of:=TODAY()+30"/>'
    content = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>'
        f'<office:spreadsheet><table:table table:name="Edit OTC"><table:table-row>{header}'
        f"</table:table-row><table:table-row>{cell.format(CODE)}{formula}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("Basic/Standard/script-lb.xml", "<!DOCTYPE library:library><a/>")
        archive.writestr("content.xml", content)
    problems = command("check", path, "--json").json[0]["problems"]
    assert ("B2", "formula-without-value") in {(one["cell"], one["code"]) for one in problems}


def test_what_an_ods_file_says_once_of_many_cells_holds_for_all_of_them(
    command: CommandLine, tmp_path: Path
) -> None:
    """Two equal errors beside each other, in two equal rows, are one tag, and four errors."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    error = (
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    header = "".join(cell.format(title) for title in ("OTC", "Company Name", "Description"))
    content = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" '
        'xmlns:calcext="c"><office:body><office:spreadsheet><table:table table:name="Edit OTC">'
        f"<table:table-row>{header}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{cell.format(CODE)}{error}'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    problems = command("check", path, "--json").json[0]["problems"]
    assert [(one["cell"], one["code"]) for one in problems] == [
        (cell, "cell-error") for cell in ("B2", "C2", "B3", "C3")
    ]


def test_a_mistyped_otc_that_is_new_is_not_said_to_be_a_known_one(
    command: CommandLine, tmp_path: Path
) -> None:
    """On Add OTC whoever took the suggestion would lose the new OTC; on other sheets it helps."""
    command("apply", write_cells(tmp_path / "first.xlsx", {"Add OTC": [HEADER, ROW]}))
    mistyped = CODE[:-1]
    path = write_cells(
        tmp_path / "x.xlsx",
        {"Add OTC": [HEADER, (mistyped, *ROW[1:])], "Edit OTC": [HEADER[:2], (mistyped, ROW[1])]},
    )
    fixes = {
        one["sheet"]: one["fix"] for one in command("check", path, "--json").json[0]["problems"]
    }
    assert CODE not in fixes["Add OTC"]
    assert re.search(CODE, fixes["Edit OTC"])


def test_a_code_that_needs_nothing_but_other_letters_keeps_its_own_suggestion(
    command: CommandLine, tmp_path: Path
) -> None:
    """Full-width letters mean themselves, not the nearest code that is known."""
    command("apply", write_cells(tmp_path / "first.xlsx", {"Add OTC": [HEADER, ROW]}))
    wide = "ＡBCDE-12345-FGHIJ-67891"
    path = write_cells(tmp_path / "x.xlsx", {"Edit OTC": [HEADER[:2], (wide, ROW[1])]})
    [problem] = command("check", path, "--json").json[0]["problems"]
    assert problem["fix"] == "Did you mean ABCDE-12345-FGHIJ-67891?"
