"""Files whose names do not say what they are, and workbooks with macros."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from command_line import CommandLine
from corpus.description import Book, Sheet
from corpus.expected import EMAIL, OTC_HEADER, code, otc_row
from corpus.texts import write_text
from corpus.values import NUMBERS
from corpus.workbooks import MACRO, write_as_xlsb, write_xlsm, write_xlsx
from reports import refusal_of

TWO_OTCS = Sheet("Add OTC", "Add OTC", [OTC_HEADER, otc_row(1), otc_row(2)])


def test_macros_are_left_alone(command: CommandLine, tmp_path: Path) -> None:
    """Broken as they are, they do not matter, and the corrections have none."""
    path = write_xlsm(NUMBERS, tmp_path / "x.xlsm")
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/vbaProject.bin") == MACRO
    result = command("check", path, "--json")
    assert result.exit_code == 1
    with zipfile.ZipFile(result.corrections) as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_a_workbook_is_read_by_its_content_not_its_name(
    command: CommandLine, tmp_path: Path
) -> None:
    """People rename files, and mail programs do."""
    book = Book("small", [TWO_OTCS], (2, 2, 0, 0), [], [])
    paths = [
        write(book, tmp_path / f"{write.__name__}{suffix}")
        for write in (write_xlsx, write_as_xlsb)
        for suffix in (".xls", ".csv", ".ods", ".xlsb", ".xlsx", ".txt", ".pdf", "")
    ]
    reports = command("apply", *paths, "--json").json
    assert {Path(report["file"]).name: report["rows"]["unchanged"] for report in reports} == {
        path.name: 2 if path != paths[0] else 0 for path in paths
    }
    assert reports[0]["rows"]["applied"] == 2


WEB_PAGE = (
    "<html><body><table><tr><th>OTC</th><th>Email</th></tr>"
    f"<tr><td>{code(1)}</td><td>{EMAIL}</td></tr></table></body></html>"
)
XML_SPREADSHEET = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)


@pytest.mark.parametrize(("content", "suffix", "kind"), [
    (WEB_PAGE, ".xls", "web page"), ("\ufeff\n  " + WEB_PAGE, ".csv", "web page"),
    (XML_SPREADSHEET, ".xls", "XML Spreadsheet 2003"),
])  # fmt: skip
def test_a_web_page_is_not_a_workbook_whatever_its_name(
    content: str, suffix: str, kind: str, command: CommandLine, tmp_path: Path
) -> None:
    """Web consoles export tables in HTML as .xls: refused, with what it is and what to do."""
    path = tmp_path / f"x{suffix}"
    path.write_text(content, encoding="utf-8")
    problem = refusal_of(command("check", path, "--json"))
    assert problem["code"] == "not-a-workbook"
    assert kind in problem["message"]
    assert ".xlsx" in problem["fix"]


@pytest.mark.parametrize("suffix", [".xls", ".XLSX", ".xlsm", ".xlsb", ".ods"])
@pytest.mark.parametrize(("encoding", "separator"), [
    ("utf-16", "\t"), ("utf-16-le", "\t"), ("utf-16-be", ";"), ("utf-8-sig", ";"), ("cp1252", ","),
])  # fmt: skip
def test_separated_values_with_the_name_of_a_workbook_are_read_with_a_warning(
    suffix: str, encoding: str, separator: str, command: CommandLine
) -> None:
    """As SAP exports tables. Headers in Spanish, below a title, are found as well."""
    header = ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Total de licencias")
    rows = [("Exportación", "", "", ""), header, otc_row(1, "Peña")]
    path = write_text(f"Agregar OTC{suffix}", rows, separator, encoding)
    result = command("apply", path, "--json")
    assert result.row_counts == (1, 1, 0, 0)
    assert command("show", "otcs", "--json").json[0]["company"] == "Peña"
    warning = result.report["problems"][0]
    assert warning["code"] == "normalised"
    assert f"is text, although its name ends in {suffix.lower()}" in warning["message"]


@pytest.mark.parametrize(("content", "name", "word"), [
    ("OTC,Email\nx,y\n", "x", ".csv"), ("OTC,Email\nx,y\n", "x.pdf", ".csv"),
    ("Month;Sales\nMay;7\n", "x.xls", ".csv"), ("Only a sentence, about OTC.\n", "x.xlsx", ".csv"),
    ("OTC\nx\n", "x.ods", "not supported"),
])  # fmt: skip
def test_text_that_no_workbook_would_hold_is_refused(
    content: str, name: str, word: str, command: CommandLine
) -> None:
    Path(name).write_text(content, encoding="utf-8")
    problem = refusal_of(command("check", name, "--json"))
    assert problem["code"] == "not-a-workbook"
    assert word in problem["message"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("content", "kind"), [
    (WEB_PAGE, "web page"), ('ID;PWXL;N;E\r\nC;Y1;X1;K"OTC"\r\nC;X2;K"Email"\r\nE\r\n', "SYLK"),
    ('TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,1\r\n1,0\r\n"OTC"\r\n1,0\r\n"Email"\r\n', "DIF"),
])  # fmt: skip
def test_other_formats_in_text_are_refused_by_name(
    content: str, kind: str, encoding: str, command: CommandLine
) -> None:
    path = Path("Add OTC.xls")
    path.write_text(content, encoding=encoding, newline="")
    problem = refusal_of(command("check", path, "--json"))
    assert problem["code"] == "not-a-workbook"
    assert kind in problem["message"]


def test_an_export_in_text_is_no_workbook_whatever_its_name(command: CommandLine) -> None:
    header = ("OTC Code", "Email", "Company Name", "Description", "Licenses")
    path = write_text("OTC Details.xls", [header, (code(1), EMAIL, "Acme", "", 5)], "\t", "utf-16")
    problem = refusal_of(command("check", path, "--json"))
    assert "export of the ledger" in problem["message"]


def test_text_about_something_else_is_not_a_workbook(command: CommandLine) -> None:
    path = write_text("sales.csv", [("Month", "Sales"), ("May", 7)])
    assert refusal_of(command("check", path, "--json"))["code"] == "not-a-workbook"
