"""`export` on the command line: formats, folders, and what it tells a customer."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import customer, disable, edit_otc, otc, write_workbook
from command_line import CommandLine
from export_readers import csv_rows, keys, parts
from importer.base.texts import LANGUAGES, in_language, use_language
from importer.config.formats import Format
from importer.domain.sheets import SHEETS
from importer.export.recognition import first_headers
from importer.ledger.engines.sqlite import FileLedger
from importer.pipeline.export import export
from importer.pipeline.job import Job
from scripts import ROOT
from systems import posix_only


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two customers, one of them disabled, that use the whole of an OTC."""
    return write_workbook(tmp_path / "in.xlsx", [
        ("Add OTC", [otc(total=10)]),
        ("Add Customer", [customer("Norte", 4), customer("Sur", 6)]),
        ("Disable Customer", [disable("Sur", reason="Does not pay")]),
    ])  # fmt: skip


@pytest.fixture
def filled(command: CommandLine, workbook: Path) -> None:
    """The ledger after `workbook` was applied."""
    assert command("apply", workbook).exit_code == 0


@pytest.mark.parametrize("form", ["ods", "json", "html"])
def test_the_suffix_of_the_name_determines_the_format(
    form: str, command: CommandLine, workbook: Path
) -> None:
    """Both `export` and `apply --export` write the file that --format writes."""
    applied, by_suffix, by_option = (Path(f"{name}.{form}") for name in ("a", "b", "c"))
    assert command("apply", workbook, "--export", applied).exit_code == 0
    assert command("export", "-o", by_suffix, "--as-of", "1").exit_code == 0
    assert command("export", "--format", form, "-o", by_option, "--as-of", "1").exit_code == 0
    assert by_suffix.read_bytes() == by_option.read_bytes()
    assert applied.read_bytes()[:10] == by_suffix.read_bytes()[:10]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["x.csv", "x.pdf", "x"])
def test_any_other_suffix_is_misuse_and_the_known_ones_are_listed(
    name: str, command: CommandLine, workbook: Path
) -> None:
    """Nothing is written or applied."""
    for words in (["export", "-o", name], ["apply", str(workbook), "--export", name]):
        result = command(*words)
        assert result.exit_code == 2
        [line] = result.err.splitlines()
        for suffix in (".xlsx", ".ods", ".json", ".html", "--format csv"):
            assert suffix in line
        assert not Path(name).exists()
    assert len(command("history", "--json").json) == 1


@pytest.mark.usefixtures("filled")
def test_a_folder_keeps_other_files_and_loses_older_exports(command: CommandLine) -> None:
    """The earlier one was of all customers and in another language; a file of one of its names is
    somebody's own."""
    words = ("export", "--format", "csv", "-o", "folder")
    assert command(*words).exit_code == 0
    folder = Path("folder")
    own = folder / "Movimientos.csv"
    own.write_text("Fecha,Importe\n2026-01-01,5\n", "utf-8")
    assert command(*words, "--customer", "Norte").exit_code == 0
    assert own.read_text("utf-8").startswith("Fecha,Importe")
    assert not (folder / "OTC Activation Details.csv").exists()
    assert not any("Sur" in path.read_text("utf-8-sig") for path in folder.iterdir())


@posix_only("Windows has no such modes")
@pytest.mark.usefixtures("filled")
def test_a_folder_keeps_what_is_named_like_a_sheet_and_the_modes_of_its_files(
    command: CommandLine,
) -> None:
    words = ("export", "--format", "csv", "-o", "folder")
    assert command(*words).exit_code == 0
    Path("folder/Summary.csv").chmod(0o600)
    assert command(*words).exit_code == 0
    assert Path("folder/Summary.csv").stat().st_mode & 0o777 == 0o600
    own = Path("folder/OTC Details/own.txt")
    own.parent.mkdir()
    own.write_text("x")
    assert command(*words).exit_code == 0
    assert own.exists()


@posix_only("Windows has no pipes in folders")
@pytest.mark.usefixtures("filled")
def test_a_pipe_in_the_folder_is_not_opened(command: CommandLine) -> None:
    """Opening it would block."""
    Path("folder").mkdir()
    os.mkfifo("folder/Movimientos.csv")
    assert command("export", "--format", "csv", "-o", "folder").exit_code == 0
    assert Path("folder/Movimientos.csv").is_fifo()


@pytest.mark.usefixtures("filled")
def test_a_customer_is_not_told_why_it_was_disabled_or_whether_its_otc_is_full(
    command: CommandLine,
) -> None:
    assert command("export", "-o", "sur.json", "--customer", "Sur").exit_code == 0
    own = Path("sur.json").read_text("utf-8")
    assert "Does not pay" not in own
    [row] = json.loads(own)["sheets"]["OTC Details"]
    assert (row["Status"], row["Customer Licenses"]) == ("Valid", 6)
    assert command("export", "-o", "all.json").exit_code == 0
    everything = Path("all.json").read_text("utf-8")
    assert "Does not pay" in everything
    assert {row["Status"] for row in json.loads(everything)["sheets"]["OTC Details"]} == {"Full"}


def test_exceptions_and_movements_are_explained(command: CommandLine) -> None:
    """One exception for all that share an email or a similar name, with five names at most."""
    names = [f"Sitio {n}" for n in range(7)]
    write_workbook(Path("in.xlsx"), [
        ("Add OTC", [otc(total=10)]),
        ("Add Customer", [
            *(customer(name, email=f"{'IT' if name == names[0] else 'it'}@x.example")
              for name in names),
            customer("Cafe Sol"), customer("Café Sol"),
        ]),
    ])  # fmt: skip
    write_workbook(Path("edit.xlsx"), [
        ("Edit OTC", [edit_otc(total=12)]), ("Disable Customer", [disable("Sitio 1")]),
    ])  # fmt: skip
    assert command("apply", "in.xlsx", "edit.xlsx", "--export", "x.json").exit_code == 0
    sheets = json.loads(Path("x.json").read_text("utf-8"))["sheets"]
    exceptions = {row["Exception"]: row for row in sheets["Exceptions"]}
    assert exceptions["Shared email"]["What"] == (
        "IT@x.example is the email of Sitio 0, Sitio 1, Sitio 2, Sitio 3, Sitio 4, … (+2)."
    )
    assert exceptions["Similar names"]["What"] == (
        "Only accents, quotation marks or dashes distinguish Cafe Sol, Café Sol."
    )
    assert all(row["What To Do"].endswith(".") for row in exceptions.values())
    assert [row["Change"] for row in sheets["Movements"]][:3] == [
        "Status: active → disabled", "Total Licenses: 10 → 12", "No of Licenses: 1",
    ]  # fmt: skip


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("language", "note"), [
    ("en", "Only the newest 4 changes. For all: avira-importer export --movements all"),
    ("es", "Solo los 4 cambios más recientes. "
           "Para verlos todos: avira-importer export --movements all"),
])  # fmt: skip
@pytest.mark.parametrize("form", [Format.XLSX, Format.ODS, Format.CSV, Format.JSON])
def test_the_summary_says_so_if_older_movements_are_left_out(
    form: Format, language: str, note: str, command: CommandLine
) -> None:
    """In every format that has them, and in each language; the ledger has six."""
    words = ("export", "--format", form, "--lang", language, "--json", "--movements")
    for asked, rows in (("4", 4), ("6", 6), ("all", 6)):
        path = Path(f"{asked}{form.ending}")
        assert command(*words, asked, "-o", path).json["sheets"]["Movements"] == rows
        noted = any(note.encode() in part for part in parts(path).values())
        assert noted == (rows == 4), asked


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("words", [("export", "-o", "x.xlsx", "--customer"), ("show", "customers")])
def test_the_most_similar_customer_is_suggested_for_an_unknown_one(
    words: tuple[str, ...], command: CommandLine
) -> None:
    result = command(*words, "Nort")
    assert result.exit_code == 2
    assert result.err == "The ledger has no customer Nort. Did you mean Norte?\n"
    assert not Path("x.xlsx").exists()


def test_an_export_is_recognised_by_headers_that_no_sheet_to_apply_begins_with(
    command: CommandLine,
) -> None:
    """Otherwise a workbook to apply would be taken for an export. Each of the recognised headers
    does begin a sheet of some export."""
    to_apply = [tuple(column.title(language) for column in sheet.columns)
                for sheet in SHEETS for language in LANGUAGES]  # fmt: skip
    command("ledger", "init")
    exported = set()
    for language in LANGUAGES:
        for option in ([], ["--translate-headers"]):
            folder = Path(f"{language}{len(option)}")
            words = ["--format", "csv", "-o", str(folder), "--lang", language, *option]
            assert command("export", *words).exit_code == 0
            exported |= {tuple(csv_rows(path)[0]) for path in folder.iterdir()}
    for headers in first_headers():
        assert not any(titles[: len(headers)] == headers for titles in to_apply), headers
        assert any(titles[: len(headers)] == headers for titles in exported), headers


@pytest.mark.usefixtures("filled")
def test_the_instructions_explain_hatched_cells(command: CommandLine) -> None:
    assert command("template", "--prefill", "-o", "edit.xlsx").exit_code == 0
    assert "Hatched" in [cell.value for cell in load_workbook("edit.xlsx")["Instructions"]["A"]]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("form", [Format.CSV, Format.JSON, Format.HTML])
def test_an_export_within_in_language_is_the_export_of_that_lang_option(
    form: Format, command: CommandLine
) -> None:
    """Even after an English one in the same process: no text is remembered."""
    job = Job(FileLedger(Path("ledger.db")), "default", dt.date.today())
    expected = {}
    for language in ("en", "es"):
        path = Path(f"{language}{form.ending}")
        words = ("export", "--format", form, "-o", path, "--as-of", "1", "--lang", language)
        assert command(*words).exit_code == 0
        expected[language] = sorted(parts(path).values())
    use_language("en")
    for language in ("en", "es", "en"):
        path = Path(f"again-{language}{form.ending}")
        with in_language(language):
            export(path, job, 1, form=form)
        assert sorted(parts(path).values()) == expected[language], language


def test_the_docs_list_every_format() -> None:
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \|", page) == list(Format)


@pytest.mark.usefixtures("filled")
def test_the_docs_list_the_keys_of_show(command: CommandLine) -> None:
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    for subject in ("otcs", "customers", "summary"):
        [line] = [line for line in page.splitlines() if line.startswith(f"| `show {subject}")]
        documented = re.findall(r'"(\w+)"', line.partition("` | `")[2].partition("`")[0])
        assert documented == list(keys(command("show", subject, "--json").json)), subject
