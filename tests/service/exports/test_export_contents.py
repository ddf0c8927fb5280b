"""What scheduled exports contain: the same as the command exports, in their language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import load_workbook as load_ods

from importer.cli import main as program
from mail_server import MailServer
from service_folders import Folders, smtp_table, table
from services import Serve

pytest_plugins = ["service_fixtures"]

EXPORTS: list[dict[str, Any]] = [
    *({"format": form, "name": f"All {form}"} for form in ("xlsx", "ods", "csv", "json", "html")),
    {"format": "xlsx", "name": "Uno", "customer": "Uno"},
    {"format": "json", "name": "Newest", "movements": 1},
    {"format": "json", "name": "History", "movements": "all"},
    {"format": "json", "name": "Headers", "translate_headers": True},
    {"format": "csv", "name": "Headers", "translate_headers": True},
]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")


def content(path: Path) -> Any:
    """What is in an export, without the instant at which it was made."""
    if path.is_dir():
        return {file.name: content(file) for file in path.iterdir()}
    if path.suffix == ".json":
        return {**json.loads(path.read_text("utf-8")), "as_of": None}
    sheets: dict[str, Any]
    if path.suffix == ".xlsx":
        sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in
                  load_workbook(path).worksheets}  # fmt: skip
    elif path.suffix == ".ods":
        book = load_ods(path)
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    else:
        return _INSTANT.sub("INSTANT", path.read_text("utf-8-sig"))
    return {name: [[_INSTANT.sub("INSTANT", str(cell)) for cell in row] for row in rows]
            for name, rows in sheets.items()}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_every_format_contains_what_the_command_exports(
    full_folders: Folders, serve: Serve
) -> None:
    """In the language of the service; a CSV export is a folder."""
    tables = "".join(table(every="1h", **export) for export in EXPORTS)
    full_folders.configure(tables, inbox=None, top="lang = 'es'")
    result = serve("--once")
    assert result.exit_code == 0
    assert len(result.named("export-written")) == len(EXPORTS)
    assert "guardad" in result.named("export-written")[0]["message"]
    for number, export in enumerate(EXPORTS):
        form, name = str(export["format"]), str(export["name"])
        ending = "" if form == "csv" else f".{form}"
        [path] = (path for path in full_folders.exports.glob(f"{name} *") if path.suffix == ending)
        by_command = full_folders.folder / f"by command {number}{ending}"
        options = ["--customer", str(export["customer"])] if "customer" in export else []
        options += ["--translate-headers"] if "translate_headers" in export else []
        options += ["--movements", str(export["movements"])] if "movements" in export else []
        arguments = ["export", "--lang", "es", "--format", form, "-o", str(by_command), "-q"]
        assert program.run([*arguments, "--ledger", full_folders.ledger, *options]) == 0
        assert content(path) == content(by_command), export
        assert path.is_dir() == (form == "csv"), export
        words = repr(content(path))
        assert ("Dos" in words) == ("customer" not in export), export
        is_translated = export.get("translate_headers", False) and form == "csv"
        assert ("Código OTC" in words) == is_translated, export
    [own] = full_folders.exports.glob("Uno *")
    assert load_workbook(own).sheetnames[0] == "Resumen"


def test_a_spanish_export_and_its_mail_come_from_an_english_service(
    full_folders: Folders, serve: Serve
) -> None:
    """The log stays English."""
    choices: dict[str, Any] = {
        "customer": "Uno", "translate_headers": True, "mail_to": ["x@x.example"],
    }  # fmt: skip
    with MailServer().running() as server:
        tables = table(every="1h", name="Own", lang="es", **choices)
        tables += table(every="1h", name="Plain", **choices)
        full_folders.configure(smtp_table(server) + tables, inbox=None, top="lang = 'en'")
        result = serve("--once")
        assert result.exit_code == 0
    written = [": written to " in event["message"] for event in result.named("export-written")]
    assert written == [True, True]
    bodies = {str(mail.message["Subject"])[:10]: mail.body("plain") for mail in server.mails}
    spanish = ["Resumen", "Excepciones"], "Código OTC", "Licencias de Avira", "Último lote"
    english = ["Summary", "Exceptions"], "OTC Code", "Avira licences", "Last batch"
    for subject, words in (("Own: Uno, ", spanish), ("Plain: Uno", english)):
        sheets, header, heading, label = words
        [path] = full_folders.exports.glob(f"{subject.partition(':')[0]} *")
        book = load_workbook(path)
        assert [book.sheetnames[0], book.sheetnames[4]] == sheets
        assert book["OTC Details"]["A1"].value == header
        assert heading in str(book[sheets[0]]["A1"].value)
        assert heading in bodies[subject]
        assert label in bodies[subject]


def test_programs_get_each_export_with_its_file_and_last_batch(
    full_folders: Folders, serve: Serve
) -> None:
    """Those that fail by name alone."""
    full_folders.configure(
        table(every="1h", format="json") + table(every="1h", name="No", customer="Nobody")
    )
    result = serve("--once", "--json")
    assert result.exit_code == 3
    [path] = full_folders.exports.iterdir()
    export = {"export": "Export Avira Details", "file": str(path), "batch": 1}
    assert result.json == {"workbooks": [], "exports": [export], "failed_exports": ["No"]}
    assert serve("--once", "--json").json["exports"] == []
