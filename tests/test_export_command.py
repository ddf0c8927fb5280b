"""`export` on the command line: where it writes, what it leaves alone, what it does not tell."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import CommandLine
from importer.base.texts import LANGUAGES
from importer.domain.sheets import SHEETS
from importer.export.recognition import first_headers
from workbooks import Sheets, write_workbook

OTC = "AAAAA-11111-22222-33333"
LEDGER: Sheets = [
    ("Add OTC", [{"OTC": OTC, "Email": "a@x.example", "Company Name": "Acme",
                  "Total Licenses": 10}]),
    ("Add Customer", [
        {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": OTC,
         "No of Licenses": licenses}
        for name, licenses in (("Norte", 4), ("Sur", 6))
    ]),
    ("Disable Customer", [{"Customer (Site) Name": "Sur", "Reason": "Does not pay"}]),
]  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The workbook of two customers, one of them disabled, that use the whole of an OTC."""
    return write_workbook(tmp_path / "in.xlsx", LEDGER)


@pytest.fixture
def filled(command: CommandLine, workbook: Path) -> None:
    """The ledger after it was applied."""
    assert command("apply", workbook).exit_code == 0


@pytest.mark.parametrize("form", ["ods", "json", "html"])
def test_the_ending_of_the_name_tells_the_format(
    form: str, command: CommandLine, workbook: Path, tmp_path: Path
) -> None:
    """With `export`, and with `--export` of `apply`: the very file that --format makes."""
    beside, alone, asked = (tmp_path / f"{name}.{form}" for name in ("beside", "alone", "asked"))
    assert command("apply", workbook, "--export", beside).exit_code == 0
    assert command("export", "-o", alone, "--as-of", "1").exit_code == 0
    words = ("export", "--format", form, "-o", asked, "--as-of", "1")
    assert command(*words).exit_code == 0
    assert alone.read_bytes() == asked.read_bytes()
    assert beside.read_bytes()[:15] == alone.read_bytes()[:15]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["x.csv", "x.pdf", "x"])
def test_another_ending_is_answered_with_those_that_there_are(
    name: str, command: CommandLine, workbook: Path
) -> None:
    """Exit 2 and one line, whichever command is to write it; nothing is written or applied."""
    for words in (["export", "-o", name], ["apply", str(workbook), "--export", name]):
        said = command(*words)
        assert said.exit_code == 2
        [line] = said.err.splitlines()
        assert all(known in line for known in (".xlsx", ".ods", ".json", ".html", "--format csv"))
        assert not Path(name).exists()
    assert len(command("history", "--json").json) == 1


@pytest.mark.usefixtures("filled")
def test_a_folder_keeps_what_is_not_ours_and_loses_what_tells_of_others(
    command: CommandLine, tmp_path: Path
) -> None:
    """A customer's export beside an earlier one of all, in another language, and a file of the
    same name that is somebody's own."""
    folder = tmp_path / "folder"
    assert command("export", "--format", "csv", "-o", folder).exit_code == 0
    own = folder / "Movimientos.csv"
    own.write_text("Fecha,Importe\n2026-01-01,5\n", "utf-8")
    words = ("export", "--format", "csv", "-o", folder, "--customer", "Norte")
    assert command(*words).exit_code == 0
    assert own.read_text("utf-8").startswith("Fecha,Importe")
    assert not (folder / "OTC Activation Details.csv").exists()
    assert not any("Sur" in path.read_text("utf-8-sig") for path in folder.iterdir())


@pytest.mark.usefixtures("filled")
def test_a_pipe_in_the_folder_is_left_alone(command: CommandLine, tmp_path: Path) -> None:
    """Whoever opened it would wait for somebody to write into it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "Movimientos.csv")
    assert command("export", "--format", "csv", "-o", folder).exit_code == 0
    assert (folder / "Movimientos.csv").is_fifo()


@pytest.mark.usefixtures("filled")
def test_a_customers_own_export_keeps_reasons_and_others_shares_to_itself(
    command: CommandLine, tmp_path: Path
) -> None:
    """Neither why it was disabled, nor whether the others have left any licences."""
    path = tmp_path / "sur.json"
    assert command("export", "-o", path, "--customer", "Sur").exit_code == 0
    told = path.read_text("utf-8")
    assert "Does not pay" not in told
    [row] = json.loads(told)["sheets"]["OTC Details"]
    assert (row["Status"], row["Customer Licenses"]) == ("Valid", 6)
    whole = tmp_path / "whole.json"
    assert command("export", "-o", whole).exit_code == 0
    assert "Does not pay" in whole.read_text("utf-8")
    rows = json.loads(whole.read_text("utf-8"))["sheets"]["OTC Details"]
    assert {one["Status"] for one in rows} == {"Full"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("words", [("export", "-o", "x.xlsx", "--customer"), ("show", "customers")])
def test_a_customer_that_is_nearly_there_is_named(
    words: tuple[str, ...], command: CommandLine
) -> None:
    """Exit 2, one line, nothing written."""
    said = command(*words, "Nort")
    assert said.exit_code == 2
    assert said.err == "The ledger has no customer Nort. Did you mean Norte?\n"
    assert not Path("x.xlsx").exists()


def test_an_export_is_known_by_headers_that_none_of_our_sheets_begins_with(
    command: CommandLine, tmp_path: Path
) -> None:
    """Else a workbook to apply would be taken for an export; each is how some sheet does begin."""
    ours = [tuple(one.title(language) for one in sheet.columns)
            for sheet in SHEETS for language in LANGUAGES]  # fmt: skip
    for headers in first_headers():
        assert not any(titles[: len(headers)] == headers for titles in ours), headers
    begun = set()
    for language in LANGUAGES:
        for option in ([], ["--translate-headers"]):
            folder = tmp_path / f"{language}{len(option)}"
            command("ledger", "init")
            words = ["--format", "csv", "-o", str(folder), "--lang", language, *option]
            assert command("export", *words).exit_code == 0
            for path in folder.iterdir():
                with path.open(encoding="utf-8-sig", newline="") as stream:
                    begun.add(tuple(next(csv.reader(stream))))
    for headers in first_headers():
        assert any(found[: len(headers)] == headers for found in begun), headers


@pytest.mark.usefixtures("filled")
def test_the_instructions_say_what_hatched_cells_are(command: CommandLine) -> None:
    """In the legend of the workbook that has them."""
    assert command("template", "--prefill", "-o", "edit.xlsx").exit_code == 0
    told = [cell.value for cell in load_workbook("edit.xlsx")["Instructions"]["A"]]
    assert "Hatched" in told
