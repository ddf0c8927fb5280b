"""`export` on the command line: where it writes, what it leaves alone, what it does not tell."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import Sheets, write_workbook
from command_line import CommandLine
from importer.base.texts import LANGUAGES, in_language, use_language
from importer.config.formats import Format
from importer.domain.sheets import SHEETS
from importer.export.recognition import first_headers
from importer.ledger.engines.sqlite import FileLedger
from importer.pipeline.export import export
from importer.pipeline.job import Job
from scripts import ROOT

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


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("form", [Format.CSV, Format.JSON, Format.HTML])
def test_in_an_english_process_an_export_is_wholly_in_the_language_of_its_block(
    form: Format, command: CommandLine
) -> None:
    """Even after one in English: no word of it is remembered. It is the file of --lang es."""
    job = Job(FileLedger(Path("ledger.db")), "default", dt.date.today())
    written = {}
    for language in ("en", "es"):
        words = ("export", "--format", form, "-o", f"whole-{language}{form.ending}", "--as-of", "1")
        assert command(*words, "--lang", language).exit_code == 0
    use_language("en")
    for language in ("en", "es", "en"):
        path = Path(f"block-{language}{form.ending}")
        with in_language(language):
            export(path, job, 1, form=form)
        for name in (path, Path(f"whole-{language}{form.ending}")):
            files = sorted(name.iterdir()) if form.is_folder else [name]
            written[name] = {file.name.replace(name.stem, ""): file.read_bytes() for file in files}
        assert written[path] == written[Path(f"whole-{language}{form.ending}")]


def test_the_docs_name_every_format() -> None:
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \|", page) == list(Format)


@pytest.mark.usefixtures("filled")
def test_the_docs_name_the_keys_of_show(command: CommandLine) -> None:
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    for what in ("otcs", "customers", "summary"):
        document = json.loads(command("show", what, "--json").out)
        [row] = [line for line in page.splitlines() if line.startswith(f"| `show {what}")]
        keys = re.findall(r'"(\w+)"', row.partition("` | `")[2].partition("`")[0])
        assert keys == list(_keys(document)), what


def _keys(document: object) -> Iterator[str]:
    """The keys of `document` and of the first of each list in it, in their order."""
    if isinstance(document, list):
        document = document[0]
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from _keys(value)
