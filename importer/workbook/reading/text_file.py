"""Read a text file into the sheet that it holds."""

from __future__ import annotations

from pathlib import Path

from importer.base.texts import N_, text
from importer.config.limits import Limits
from importer.domain.problems import Code
from importer.workbook.cell import Row
from importer.workbook.formats import refusals
from importer.workbook.formats.text import csv_file, encodings
from importer.workbook.markup import Markup
from importer.workbook.reading.raw import Note, RawSheet

_XML_FORMATS = {
    "<html": N_("it is a web page"),
    "<HTML": N_("it is a web page"),
    "urn:schemas-microsoft-com:office:spreadsheet": N_("it is an XML Spreadsheet 2003"),
    "<office:document ": N_("it is a flat OpenDocument file"),
}
"""What XML is, by what stands near its beginning."""
_OTHER_FORMATS = {
    "ID;P": N_("it is a SYLK file"),
    "TABLE\r\n0,1": N_("it is a DIF file"),
    "TABLE\n0,1": N_("it is a DIF file"),
}
"""What other texts are, by how they begin."""
_COMPRESSED = b"\x1f\x8b"


def read_text(
    content: bytes, path: Path, limits: Limits, chosen: str | None
) -> tuple[list[Row], RawSheet, list[Note]]:
    """The rows and sheet of a text file whose encoding is `chosen` or found, and notes on it."""
    beginning, suffix = encodings.beginning(content), path.suffix.lower()
    if beginning.lstrip()[:1] == "<":
        raise _xml(beginning)
    has_other_name = suffix not in csv_file.SUFFIXES
    if has_other_name and not (
        suffix in csv_file.WORKBOOK_SUFFIXES and csv_file.has_header(beginning, suffix)
    ):
        raise _unknown_format(content, beginning)
    encoding = encodings.encoding_of(content, chosen)
    table = csv_file.read_csv(content, encoding, suffix, limits)
    sheet = RawSheet(path.stem, markup=Markup(quoted=table.quoted), is_named=False)
    notes = []
    if has_other_name:
        message = N_("{path} is text, although its name ends in {suffix}; it was read as CSV.")
        fix = N_("No action is needed if this is correct.")
        notes.append((text(message, path=path.name, suffix=suffix), text(fix)))
    if encoding.guess:
        message = N_("The encoding of {path} is not stated; it was read as {encoding}.")
        fix = N_("Check accented letters. If they are wrong, name the encoding with --encoding, or "
                 "save the file as CSV UTF-8.")  # fmt: skip
        notes.append((text(message, path=path.name, encoding=encoding.guess), text(fix)))
    return table.rows, sheet, notes


def _xml(beginning: str) -> refusals.RefusedError:
    marked = (reason for mark, reason in _XML_FORMATS.items() if mark in beginning)
    reason = next(marked, N_("it is a web page or XML"))
    return refusals.RefusedError(Code.NOT_A_WORKBOOK, text(reason))


def _unknown_format(content: bytes, beginning: str) -> refusals.RefusedError:
    if content.startswith(_COMPRESSED):
        reason, fix = N_("it is compressed, as Gnumeric's own files are"), None
    elif named := [name for mark, name in _OTHER_FORMATS.items() if beginning.startswith(mark)]:
        reason, fix = named[0], None
    elif "\0" not in beginning and any(separator in beginning for separator in ",;\t"):
        reason = N_("it is text, but its name does not end in .csv")
        fix = text(N_("If it holds separated values, rename it so that it ends in .csv."))
    else:
        reason, fix = N_("its format is not supported"), None
    return refusals.RefusedError(Code.NOT_A_WORKBOOK, text(reason), fix)
