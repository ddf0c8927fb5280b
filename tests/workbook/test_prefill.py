"""`template --prefill`: the ledger as a workbook that changes nothing until somebody edits it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from builders import Sheets, write_workbook
from command_line import CommandLine

A, B, WHOLE, GONE = (f"{letter * 5}-11111-22222-33333" for letter in "ABCD")

ODD = [
    "=1+1", "+1", "@x", "-2", "'quoted", "00123", "1E5", "1.000", "NaN", "TRUE", "2026-01-02",
    "_x0041_", "Ñandú “Sol” — ½", "x" * 100, "http://example.com",
]  # fmt: skip
"""Names that a spreadsheet might take for something else."""


def otc(code: str, total: int, **more: Any) -> dict[str, Any]:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme",
            "Total Licenses": total, **more}  # fmt: skip


def customer(name: str, code: str, licenses: int, **more: Any) -> dict[str, Any]:
    """A row of Add Customer that the administrator manages."""
    return {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
            "No of Licenses": licenses, **more}  # fmt: skip


LEDGER: Sheets = [
    ("Add OTC", [
        otc(A, 100, **{"Description": "=A1", "Purchase Date": dt.date(2026, 1, 2),
                       "Expiry Date": dt.date(2031, 5, 6), "Product ID": "0012", "Runtime": 12}),
        otc(B, 50), otc(WHOLE, 7), otc(GONE, 5, **{"Expiry Date": dt.date(2020, 1, 1)}),
        *(otc(f"EEEEE-11111-22222-{n:05}", 3, **{"Company Name": name})
          for n, name in enumerate(ODD)),
    ]),
    ("Add Customer", [
        *(customer(name, A, 1) for name in ODD),
        customer("Norte", A, 9, Email="n@norte.example", **{"First Name": "IT"}),
        customer("Sur", B, 5),
        {"Customer (Site) Name": "Este", "Managed By": "Customer", "Avira OTC": WHOLE,
         "Email": "e@este.example", "First Name": "IT", "Last Name": "Este"},
        customer("Oeste", B, 2), customer("Vacante", B, 1),
    ]),
    ("Add Avira Subscription", [
        {"Customer (Site) Name": "Norte", "Avira OTC": B, "No of Licenses": 4},
    ]),
    ("Edit Customer", [{"Customer (Site) Name": "Vacante", "No of Licenses": 0}]),
    ("Disable Customer", [{"Customer (Site) Name": "Oeste", "Reason": "Closed"}]),
]  # fmt: skip


def in_text(path: Path) -> Path:
    """The workbook with text where openpyxl has taken it for a formula."""

    def edit(workbook: Workbook) -> None:
        for cell in (cell for sheet in workbook for row in sheet for cell in row):
            if cell.data_type == "f":
                cell.data_type = "s"

    return edited(path, edit)


@pytest.fixture
def prefilled(command: CommandLine, tmp_path: Path) -> Path:
    """The ledger above as a workbook to edit."""
    assert command("apply", in_text(write_workbook(tmp_path / "first.xlsx", LEDGER))).exit_code == 0
    path = tmp_path / "edit.xlsx"
    said = command("template", "--prefill", "-o", path)
    assert (said.exit_code, "avira-importer check" in said.out) == (0, True)
    return path


def applied(command: CommandLine, path: Path) -> dict[str, Any]:
    """What `apply` says of the workbook, none of whose rows is refused."""
    said = command("apply", path, "--json")
    assert said.exit_code == 0, said.out
    found: dict[str, Any] = said.json[0]
    return found


def edited(path: Path, edit: Callable[[Workbook], None]) -> Path:
    """The workbook after somebody has opened it, edited it and saved it."""
    workbook = load_workbook(path)
    edit(workbook)
    workbook.save(path)
    return path


def rows(workbook: Workbook, sheet: str, name: str) -> list[int]:
    """The numbers of the rows whose first cell holds `name`."""
    return [cell.row or 0 for cell in workbook[sheet]["A"] if cell.value == name]


@pytest.mark.both_engines
def test_applied_as_it_is_nothing_changes(command: CommandLine, prefilled: Path) -> None:
    """Every OTC and customer stands in it, every row is unchanged, and no batch is made."""
    report = applied(command, prefilled)
    assert (report["status"], report["batch"]) == ("unchanged", None)
    assert {one["code"] for one in report["problems"]} == {"console-limit"}  # of company names
    read = len(LEDGER[0][1]) + len(LEDGER[1][1]) + 1  # Norte holds licences of two OTCs
    assert report["rows"] == {"read": read, "applied": 0, "unchanged": read, "rejected": 0}
    assert len(command("history", "--json").json) == 1


def test_three_edited_cells_are_three_changes(command: CommandLine, prefilled: Path) -> None:
    """A total, an email and the licences of one of two subscriptions."""

    def edit(workbook: Workbook) -> None:
        otcs, customers = workbook["Edit OTC"], workbook["Edit Customer"]
        [row] = rows(workbook, "Edit OTC", B)
        otcs[f"D{row}"] = 60
        first, last = rows(workbook, "Edit Customer", "Norte")
        customers[f"C{last}"] = "new@norte.example"
        customers[f"G{first}"] = 12

    report = applied(command, edited(prefilled, edit))
    assert (report["status"], report["rows"]["applied"]) == ("applied", 3)
    assert {did: n for did, n in report["changes"].items() if n} == {
        "otcs_edited": 1, "customers_edited": 1, "subscriptions_edited": 1,
    }  # fmt: skip
    lines = command("history", "2", "--json").json["lines"]
    changed = [
        {fact for fact in line["after"] if line["after"][fact] != line["before"][fact]}
        for line in lines
    ]
    assert changed == [{"total"}, {"licenses"}, {"email"}]


def test_a_customer_with_several_otcs_can_be_renamed(
    command: CommandLine, prefilled: Path
) -> None:  # fmt: skip
    """Its name stands in its last row, so that no row below needs the old one."""

    def edit(workbook: Workbook) -> None:
        workbook["Edit Customer"][f"B{rows(workbook, 'Edit Customer', 'Norte')[-1]}"] = "Norte Dos"

    assert applied(command, edited(prefilled, edit))["rows"]["applied"] == 1
    assert command("show", "customers", "Norte Dos").exit_code == 0


def test_what_shall_stay_blank_is_hatched(prefilled: Path) -> None:
    """The person's cells in all rows of a customer but its last; the licences of one that manages
    itself, or has none."""
    workbook = load_workbook(prefilled)
    sheet = workbook["Edit Customer"]

    def hatched(row: int) -> str:
        return "".join(cell.coordinate[0] for cell in sheet[row] if cell.fill.patternType)

    first, last = rows(workbook, "Edit Customer", "Norte")
    assert (hatched(first), hatched(last)) == ("BCDE", "")
    for name, cells in (("Este", "FG"), ("Vacante", "FG"), ("Sur", "")):
        [row] = rows(workbook, "Edit Customer", name)
        assert hatched(row) == cells
    assert all(sheet[f"{letter}{first}"].value is None for letter in "BCDE")


def test_a_dedicated_otc_is_topped_up_by_its_total_alone(
    command: CommandLine, prefilled: Path
) -> None:
    """The licences of the customer that holds it follow, and no row states the old number."""

    def edit(workbook: Workbook) -> None:
        workbook["Edit OTC"][f"D{rows(workbook, 'Edit OTC', WHOLE)[0]}"] = 9

    assert applied(command, edited(prefilled, edit))["rows"]["applied"] == 1
    [este] = command("show", "customers", "Este", "--json").json
    assert este["subscriptions"] == [{"otc": WHOLE, "licenses": 9}]


def test_it_is_there_in_spanish(command: CommandLine, prefilled: Path) -> None:
    """The same rows below Spanish headers; applied, nothing changes."""
    path = prefilled.with_name("editar.xlsx")
    assert command("template", "--prefill", "--lang", "es", "-o", path).exit_code == 0
    assert load_workbook(path)["Editar OTC"]["A1"].value == "Código OTC *"
    assert applied(command, path)["rows"] == applied(command, prefilled)["rows"]


MEANWHILE: Sheets = [
    ("Edit OTC", [{"OTC": B, "Total Licenses": 70, "Company Name": "Beta"}]),
    ("Edit Customer", [
        {"Customer (Site) Name": "Norte", "Email": "other@norte.example", "Avira OTC": A,
         "No of Licenses": 20},
    ]),
]  # fmt: skip
"""What somebody else does after the workbook was filled in."""


def edit_meanwhile(workbook: Workbook) -> None:
    """An expiry date and a first name, beside cells that somebody else has changed."""
    workbook["Edit OTC"][f"G{rows(workbook, 'Edit OTC', B)[0]}"] = dt.date(2032, 1, 1)
    workbook["Edit Customer"][f"D{rows(workbook, 'Edit Customer', 'Norte')[-1]}"] = "Ana"


@pytest.mark.both_engines
def test_what_others_changed_meanwhile_stays(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """Only the cells that were edited ask for anything, on rows that others changed too."""
    assert applied(command, write_workbook(tmp_path / "other.xlsx", MEANWHILE))["batch"] == 2
    report = applied(command, edited(prefilled, edit_meanwhile))
    assert (report["batch"], report["rows"]["applied"]) == (3, 2)
    [otc_now] = command("show", "otcs", B, "--json").json
    assert (otc_now["total"], otc_now["company"]) == (70, "Beta")
    assert otc_now["expiry_date"] == "2032-01-01"
    [norte] = command("show", "customers", "Norte", "--json").json
    assert (norte["email"], norte["first_name"]) == ("other@norte.example", "Ana")
    assert {one["otc"]: one["licenses"] for one in norte["subscriptions"]} == {A: 20, B: 4}


def test_without_knowing_what_was_filled_in_the_others_changes_would_go(
    command: CommandLine, prefilled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: the same workbook takes them back where every cell asks."""
    applied(command, write_workbook(tmp_path / "other.xlsx", MEANWHILE))
    monkeypatch.setattr("importer.pipeline.apply.only_edited", lambda requests, _then: requests)
    applied(command, edited(prefilled, edit_meanwhile))
    assert command("show", "otcs", B, "--json").json[0]["total"] == 50


def test_in_another_ledger_every_cell_asks(
    command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """Whatever that holds after as many batches: what the workbook states is what is wanted."""
    other = ("--ledger", str(tmp_path / "other.db"))
    first = write_workbook(tmp_path / "other.xlsx", [("Add OTC", [otc(B, 40)])])
    assert command("apply", first, *other).exit_code == 0
    said = command("apply", prefilled, "--partial", "--json", *other)
    assert said.json[0]["changes"]["otcs_edited"] == 1
    assert command("show", "otcs", B, "--json", *other).json[0]["total"] == 50


def test_without_a_ledger_it_says_so(command: CommandLine, tmp_path: Path) -> None:
    """Exit 4 and how to begin; no workbook without rows is taken for an empty ledger's."""
    said = command("template", "--prefill", "-o", tmp_path / "edit.xlsx")
    assert said.exit_code == 4
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "edit.xlsx").exists()


def test_more_rows_than_a_sheet_takes_are_refused(
    command: CommandLine, prefilled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut off: one line says why, and nothing is written."""
    monkeypatch.setattr("importer.pipeline.template.LAST_ROW", 20)
    path = prefilled.with_name("again.xlsx")
    said = command("template", "--prefill", "-o", path)
    assert (said.exit_code, len(said.err.splitlines())) == (3, 1)
    assert not path.exists()


# An export is not a workbook to apply


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("form", ["xlsx", "ods", "json", "html", "csv"])
def test_an_export_is_known_and_answered_with_how_to_get_one_to_edit(
    form: str, language: str, command: CommandLine, prefilled: Path, tmp_path: Path
) -> None:
    """Exit 3 for every file of every format, in either language and with either headers."""
    for headers in ([], ["--translate-headers"]):
        made = tmp_path / f"made{len(headers)}.{form}"
        words = ["--format", form, "-o", str(made), "--lang", language, *headers]
        assert command("export", *words).exit_code == 0
        files = sorted(made.iterdir()) if form == "csv" else [made]
        assert len(files) == (7 if form == "csv" else 1)
        for path in files:
            if "dispositivo" in path.name or (headers and path.name == "Customer's Devices.csv"):
                continue  # these headers are those of our own sheet Dispositivos
            said = command("check", path, "--json")
            assert said.exit_code == 3, path
            [problem] = said.json[0]["problems"]
            assert problem["code"] == "not-a-workbook"
            assert "template --prefill" in problem["fix"], path


def test_a_workbook_of_ours_with_a_pasted_export_is_still_ours(
    command: CommandLine, tmp_path: Path
) -> None:
    """A sheet named as ours is read, and that of the export is left out with a warning."""
    export, path = tmp_path / "export.xlsx", tmp_path / "mixed.xlsx"
    command("apply", in_text(write_workbook(tmp_path / "first.xlsx", LEDGER)))
    command("export", "-o", export)
    workbook = load_workbook(export)
    sheet = workbook.create_sheet("Enable Customer")
    for value in ("Customer (Site) Name", "Oeste"):
        sheet.append([value])
    workbook.save(path)
    said = command("check", path, "--json")
    assert said.exit_code == 0
    assert said.json[0]["rows"]["applied"] == 1
    assert {one["code"] for one in said.json[0]["problems"]} == {"ignored-sheet"}
