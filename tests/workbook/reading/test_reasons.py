"""What a person is told of a file that cannot be read, and what the log keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import HOME_VARIABLES, CommandLine
from hostile.archives import cut_to
from hostile.originals import ODS, XLSB, XLSX, Make, changed
from reports import refusal_of
from workbook_files import SHEET


def broken(part: str, before: bytes, after: bytes) -> Make:
    """A workbook of which one part is invalid."""
    return changed(XLSX, part, lambda content: content.replace(before, after))


SHEET_REASON = "sheet Add OTC cannot be read"
LIST_REASON = "the list of its sheets"
FILES: dict[str, tuple[str, Make, str, str]] = {
    "a tag of a sheet that has a formula": (
        "x.xlsx", broken(SHEET, b"</row>", b"<f></row>"), SHEET_REASON, "mismatched tag"),
    "a row that is no number": (
        "x.xlsx", broken(SHEET, b'<row r="2"', b'<row r="two"'), SHEET_REASON, "two"),
    "a kind of cell that is unknown": (
        "x.xlsx", broken(SHEET, b'<c r="D2" t="n"', b'<c r="D2" t="zz"'), SHEET_REASON, "zz"),
    "the list of sheets": (
        "x.xlsx", broken("xl/workbook.xml", b"</sheets>", b""), LIST_REASON, "mismatched tag"),
    "the links of the sheets": (
        "x.xlsx", broken("xl/_rels/workbook.xml.rels", b"</Relationships>", b""), LIST_REASON,
        "no element found"),
    "the styles": (
        "x.xlsx", broken("xl/styles.xml", b"</styleSheet>", b""), "xl/styles.xml", "no element"),
    "the links of an xlsb": (
        "x.xlsb", changed(XLSB, "xl/_rels/workbook.bin.rels", lambda links: links[:-3]),
        LIST_REASON, "ExpatError"),
    "the content of an ods": (
        "x.ods", changed(ODS, "content.xml", lambda content: content[:-30]), "content.xml",
        "unclosed token"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_not_called_damaged_and_the_log_keeps_the_parser_s_words(
    name: str, command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in HOME_VARIABLES:
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    file, make, reason, detail = FILES[name]
    make(tmp_path / file)
    problem = refusal_of(command("check", tmp_path / file, "--json"))
    assert problem["code"] == "unreadable-file"
    assert reason in problem["message"]
    assert "damaged" not in problem["message"]
    assert detail not in command("check", tmp_path / file).out.replace(reason, "")
    (log,) = (tmp_path / "home").rglob("avira-importer.log")
    assert detail in log.read_text(encoding="utf-8")


def test_a_file_of_which_a_part_is_missing_is_called_incomplete(
    command: CommandLine, tmp_path: Path
) -> None:
    cut_to(0.67)(tmp_path / "x.xlsx")
    problem = refusal_of(command("check", tmp_path / "x.xlsx", "--json"))
    assert "it is damaged or incomplete" in problem["message"]
