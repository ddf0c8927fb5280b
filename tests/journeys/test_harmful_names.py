"""File names, users and sheets whose characters act on a terminal or break a file."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from builders import otc, write_cells
from command_line import CommandLine
from importer.base.texts import printable
from inbox_workbooks import bad
from service_folders import NO_MAIL_SERVER, Folders, table
from services import Serve
from systems import IS_WINDOWS

pytest_plugins = ["service_fixtures"]

HARMFUL = "\x9b\u202e\u2063\u034f" + "\x1b\x07\x7f" * (not IS_WINDOWS)
"""Beginnings of escape sequences, a mark that reverses the text, characters that cannot be seen."""
FORMATS = ("xlsx", "ods", "json", "html")


def harmful(*texts: str) -> list[str]:
    """The lines of `texts` with such characters."""
    return [line for words in texts for line in words.split("\n") if set(line) & set(HARMFUL)]


@pytest.mark.parametrize("is_old", [False, True], ids=["now", "in an old ledger"])
def test_no_name_acts_on_a_terminal_or_breaks_an_export(
    is_old: bool, command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one that a ledger has kept since names were not cleaned."""
    if is_old:
        for entry in ("cli.options", "pipeline.apply", "ledger.writing.apply"):
            monkeypatch.setattr(f"importer.{entry}.printable", str)
    cells = {f"Add OTC{HARMFUL[1:4]}": [[*otc()], [*otc().values()]]}
    path = write_cells(Path("x.xlsx"), cells).rename(f"alta{HARMFUL}.xlsx")
    results = [
        command("apply", path, "--actor", f"Ana{HARMFUL}", "-v"), command("history"),
        command("history", "1"), command("history", "--json"), command("check", path, "--json"),
        command("undo", "1", "--check"), command("undo", "1"), command("history"),
        *(command("export", "-o", f"export.{form}") for form in FORMATS),
        command("export", "--format", "csv", "-o", "details"),
    ]  # fmt: skip
    assert {result.exit_code for result in results} == {0}
    assert harmful(*(text for result in results for text in (result.out, result.err))) == []
    misuse = [
        command("template", path),
        command("history", "1", path),
        command("show", "otcs", path),
    ]
    assert {result.exit_code for result in misuse} == {2}
    assert harmful(*(result.err for result in misuse)) == []
    batches = command("history", "--json").json
    if not is_old:
        assert batches[0]["actor"] == "Ana" + printable(HARMFUL)
    assert {batch["file"] for batch in batches} == {f"alta{printable(HARMFUL)}.xlsx"}
    for name in ("export.xlsx", "export.ods"):
        with zipfile.ZipFile(name) as archive:
            parts = [archive.read(part) for part in archive.namelist() if part.endswith(".xml")]
        words = ["".join(ElementTree.fromstring(part).itertext()) for part in parts]
        assert harmful(*words) == [], name
        assert any("alta‹U+009B›‹U+202E›‹U+2063›‹U+034F›" in text for text in words), name
    written = [*Path("details").iterdir(), Path("export.json"), Path("export.html")]
    assert harmful(*(file.read_text("utf-8-sig") for file in written)) == []


def test_no_name_acts_on_who_reads_logs_reports_and_mails(folders: Folders, serve: Serve) -> None:
    folders.configure(table("[smtp]", **NO_MAIL_SERVER, alerts_to=["ops@msp.example"]))
    folders.drop("x.xlsx", bad(1)).rename(folders.inbox / f"alta{HARMFUL}.xlsx")
    for options in (["--json"], []):
        result = serve("--once", *options)
        assert harmful(result.out, result.err) == []
    reports = [path.read_text("utf-8") for path in folders.rejected.glob("*.txt")]
    assert len(reports) == 1
    assert harmful(*reports) == []
    assert "alta‹U+009B›" in reports[0]
