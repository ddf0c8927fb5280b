"""Sound workbooks, from which hostile ones are made."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from builders import HEADERS, otc, write_workbook
from workbook_files import SHEET, Parts, pack, read_parts
from xlsb_files import XlsbSheet, write_xlsb

MB = 1 << 20
CODE = "ABCDE-12345-FGHIJ-67890"
XLSB_SHEET = "xl/worksheets/sheet1.bin"

Make = Callable[[Path], object]
"""Writes a file."""


class Hostile(NamedTuple):
    """The name of the file, the code of the problem that it must be given, and how it is made."""

    file: str
    code: str
    make: Make


def hostile(file: str, code: str, makes: Mapping[str, Make]) -> dict[str, Hostile]:
    """Files that share their name and code, by what is wrong with them."""
    return {name: Hostile(file, code, make) for name, make in makes.items()}


def good_workbook(path: Path) -> Path:
    """A workbook that registers one OTC."""
    return write_workbook(path, [("Add OTC", [otc(CODE)])])


def _xlsx() -> Parts:
    stream = io.BytesIO()
    good_workbook(stream)  # type: ignore[arg-type]  # openpyxl takes both
    return read_parts(stream)


def _xlsb() -> Parts:
    stream = io.BytesIO()
    headers = HEADERS["Add OTC"]
    cells = {(0, column): header for column, header in enumerate(headers)}
    cells |= {(1, headers.index(header)): value for header, value in otc(CODE).items()}
    write_xlsb(stream, [XlsbSheet("Add OTC", cells)])  # type: ignore[arg-type]  # zipfile takes both
    return read_parts(stream)


_ODS_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def ods_cell(value: object, attributes: str = "") -> str:
    """A cell of text in an ODS file."""
    return (
        f'<table:table-cell office:value-type="string"{attributes}><text:p>{value}</text:p>'
        "</table:table-cell>"
    )


def ods_row(*cells: str, attributes: str = "") -> str:
    """A row of an ODS file."""
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


def ods_content(rows: str, sheet: str = "Sheet1") -> bytes:
    """The part that holds the sheets of an ODS file, here one."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_ODS_NAMES}>'
        f'<office:body><office:spreadsheet><table:table table:name="{sheet}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    ).encode()


ODS_HEADER = ods_row(*map(ods_cell, HEADERS["Add OTC"]))


def ods_parts(content: bytes) -> Parts:
    """An ODS file around its content."""
    return {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest/>',
        "content.xml": content,
    }


XLSX, XLSB = _xlsx(), _xlsb()
ODS = ods_parts(ods_content(
    ODS_HEADER + ods_row(*(ods_cell(otc(CODE).get(header, "")) for header in HEADERS["Add OTC"]))
))  # fmt: skip
ORIGINALS = {"xlsx": (XLSX, SHEET), "xlsb": (XLSB, XLSB_SHEET), "ods": (ODS, "content.xml")}
"""By suffix, the parts of a sound workbook and the name of the one with its cells."""


def changed(original: Parts, part: str, change: Callable[[bytes], bytes]) -> Make:
    """A workbook but for one part."""

    def make(path: Path) -> None:
        before = original.get(part, b'<?xml version="1.0"?><sst><si><t>Add OTC</t></si></sst>')
        after = change(before)
        assert after != before, f"nothing to change in {part}"
        pack(path, {**original, part: after})

    return make
