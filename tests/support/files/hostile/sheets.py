"""Sheets of xlsx, xlsb and ODS files with cells too far away, and sizes that lie."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hostile.originals import (
    MB,
    ODS_HEADER,
    XLSB,
    XLSB_SHEET,
    XLSX,
    Make,
    changed,
    hostile,
    ods_cell,
    ods_content,
    ods_parts,
    ods_row,
)
from workbook_files import SHEET, pack
from xlsb_files import record

# xlsx


def with_xml_rows(content: bytes, *rows: bytes) -> bytes:
    """A sheet's XML with further rows."""
    return content.replace(b"</sheetData>", b"".join(rows) + b"</sheetData>")


def with_rows(*rows: bytes) -> Make:
    """A workbook with further rows on its sheet."""
    return changed(XLSX, SHEET, lambda content: with_xml_rows(content, *rows))


def with_cell(tag: bytes) -> Make:
    """A workbook with one more cell, in row 3."""
    return with_rows(b'<row r="3">' + tag + b"<v>1</v></c></row>")


def with_long_tail(content: bytes) -> bytes:
    """A far cell whose tag continues where one MB of the part ends and the next begins."""
    blanks = b" " * (MB - content.index(b"</sheetData>") - 50)
    cell = b'<row r="3"><c r="XFD1048576" x="' + b"/" * 5_000 + b'"><v>1</v></c></row>'
    return with_xml_rows(content, blanks, cell)


def with_prefix(content: bytes) -> bytes:
    """A far cell by another prefix."""
    namespace = b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns='
    cell = b'<x:row r="3"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    return with_xml_rows(content, cell).replace(b"xmlns=", namespace, 1)


def without_positions(content: bytes) -> bytes:
    """16,384 cells and then 80,000 rows that do not say where they are: 1.3 billion cells."""
    wide = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    return with_xml_rows(content, wide, b"<row><c><v>1</v></c></row>" * 80_000)


def many_merged(content: bytes) -> bytes:
    """100,000 merged ranges, each of the whole sheet."""
    first = b"".join(b'<c r="%c3"><v>1</v></c>' % (65 + column) for column in range(26))
    rows = b'<row r="3">' + first + b'</row><row r="2000"><c r="Z2000"><v>1</v></c></row>'
    merged = b'<mergeCells count="100000">' + b'<mergeCell ref="A3:Z2000"/>' * 100_000
    return with_xml_rows(content, rows).replace(
        b"</sheetData>", b"</sheetData>" + merged + b"</mergeCells>"
    )


def sheets_of_one_part(path: Path) -> None:
    """3,000 sheets that are all the same part, of 40,000 cells."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"><f>1</f><v>1</v></c></row>' % (n, n, n)
        for n in range(3, 20_003)
    )
    book = XLSX["xl/workbook.xml"]
    [sheet] = re.findall(rb"<sheet [^>]*/>", book)
    more = b"".join(
        sheet.replace(b"Add OTC", b"S%d" % n).replace(b'sheetId="1"', b'sheetId="%d"' % n)
        for n in range(2, 3_002)
    )
    parts = {SHEET: with_xml_rows(XLSX[SHEET], rows),
             "xl/workbook.xml": book.replace(sheet, sheet + more)}  # fmt: skip
    pack(path, {**XLSX, **parts})


def many_sheets(count: int, row: bytes) -> Make:
    """A workbook with so many further sheets, each with a `row`."""

    def make(path: Path) -> None:
        parts = dict(XLSX)
        sheet = with_xml_rows(parts[SHEET], row) if row else parts[SHEET]
        listed, links = b"", b""
        for number in range(100, 100 + count):
            parts[f"xl/worksheets/sheet{number}.xml"] = sheet
            listed += b'<sheet name="S%d" sheetId="%d" r:id="rId%d"/>' % (number, number, number)
            links += (
                b'<Relationship Id="rId%d" Target="worksheets/sheet%d.xml" Type="http://schemas.'
                b'openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
            ) % (number, number)
        for part, tag, added in (
            ("xl/workbook.xml", b"</sheets>", listed),
            ("xl/_rels/workbook.xml.rels", b"</Relationships>", links),
        ):
            assert tag in parts[part]
            parts[part] = parts[part].replace(tag, added + tag)
        pack(path, parts)

    return make


def long_text_everywhere(path: Path) -> None:
    """10,000 cells that share a text of 1 MB."""
    strings = b'<?xml version="1.0"?><sst><si><t>Add OTC</t></si><si><t>%s</t></si></sst>'
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>1</v></c></row>' % (n, n) for n in range(3, 10_003)
    )
    part = "xl/sharedStrings.xml"
    pack(path, {**XLSX, SHEET: with_xml_rows(XLSX[SHEET], rows), part: strings % (b"x" * MB)})


def endless_tag(content: bytes) -> bytes:
    """A tag that never ends, full of what looks like far cells: 8 MB."""
    return with_xml_rows(content, b"<row " + b' r="AB1"' * MB)


def claiming(reference: bytes) -> Make:
    """A workbook that claims to have cells there."""
    size = b'<dimension ref="' + reference + b'"/>'
    return changed(XLSX, SHEET, partial(re.compile(rb"<dimension [^>]*/>").sub, size))


# xlsb


def xlsb_with(*records: bytes) -> Make:
    """An xlsb file with further records in the cells of its sheet."""
    end = record(146, b"")
    return changed(XLSB, XLSB_SHEET, lambda content: content.replace(end, b"".join(records) + end))


def xlsb_with_cell(row: int, column: int) -> Make:
    """An xlsb file with a number in one more cell."""
    return xlsb_with(
        record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0)),
        record(5, struct.pack("<IId", column, 0, 1.0)),
    )


def cut_after(size: int) -> Callable[[bytes], bytes]:
    """So many bytes of a part."""
    return lambda content: content[:size]


def xlsb_claiming_all(content: bytes) -> bytes:
    """The size of all of Excel instead of the real one."""
    size = record(148, struct.pack("<4I", 0, 1, 0, 8))
    return content.replace(size, record(148, struct.pack("<4I", 0, 1_048_575, 0, 16_383)))


# ODS


def repeated_rows(rows: int, columns: int) -> str:
    """A header, and below it one text in so many rows and columns."""
    cell = ods_cell("x", f' table:number-columns-repeated="{columns}"')
    return ODS_HEADER + ods_row(cell, attributes=f' table:number-rows-repeated="{rows}"')


def ods(*rows: str) -> Make:
    """An ODS file of these rows."""
    return lambda path: pack(path, ods_parts(ods_content("".join(rows))))


def ods_with_other_prefix(path: Path) -> None:
    """An ODS bomb in which the usual prefix stands for an unusual namespace."""
    content = ods_content(repeated_rows(1_048_576, 1_024))
    pack(path, ods_parts(content.replace(b":xmlns:table:1.0", b":xmlns:elbat:1.0")))


def encrypted_ods(path: Path) -> None:
    """An ODS file with a password."""
    manifest = (
        b'<manifest:manifest><manifest:file-entry manifest:full-path="content.xml">'
        b"<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    noise = random.Random(3).randbytes(500)
    pack(path, {**ods_parts(noise), "META-INF/manifest.xml": manifest})


_BLANK_COLUMNS = f'<table:table-cell table:number-columns-repeated="{2**40}"/>'
_BLANK_ROWS = f' table:number-rows-repeated="{2**40}"'

SHEETS = {
    **hostile("x.xlsx", "too-large", {
        "a cell at XFD1048576": with_rows(
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "a far cell by another quote": with_cell(b"<c r='XFD1048576'>"),
        "a far cell by a space": with_cell(b'<c r = "XFD1048576">'),
        "a far cell behind a decoy": with_cell(b'<c s=" r=\'AB1\' " r="XFD1048576">'),
        "a far cell with a long tail": changed(XLSX, SHEET, with_long_tail),
        "a far cell with a prefix": changed(XLSX, SHEET, with_prefix),
        "a far cell whose tag seems to end": with_cell(b'<c r="CV1048576" q="/>">'),
        "a cell at J1048576 on 20 sheets": many_sheets(
            20, b'<row r="1048576"><c r="J1048576"><v>1</v></c></row>'),
        "9,900 sheets": many_sheets(9_900, b""),
        "a text of 1 MB in 10,000 cells": long_text_everywhere,
        "cells without positions": changed(XLSX, SHEET, without_positions),
    }),
    **hostile("x.xlsx", "hostile-file", {
        "3,000 sheets of one part": sheets_of_one_part,
        "100,000 merged ranges": changed(XLSX, SHEET, many_merged),
        "a column outside the grid": with_cell(b'<c r="XFE3">'),
        "a row outside the grid": with_rows(
            b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
        "a row beyond all numbers": with_rows(
            b'<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>'),
    }),
    **hostile("x.xlsx", "unreadable-file", {
        "a tag that never ends": changed(XLSX, SHEET, endless_tag),
    }),
    **hostile("x.xlsb", "too-large", {"xlsb: a far cell": xlsb_with_cell(1_048_575, 16_383)}),
    **hostile("x.xlsb", "hostile-file", {
        "xlsb: a row outside the grid": xlsb_with_cell(1_048_576, 0),
        "xlsb: a column outside the grid": xlsb_with_cell(2, 16_384),
    }),
    **hostile("x.xlsb", "unreadable-file", {
        "xlsb: cut in a record": changed(XLSB, XLSB_SHEET, cut_after(len(XLSB[XLSB_SHEET]) // 2)),
        "xlsb: a record that is too long": xlsb_with(record(5, bytes(16), length=0x0FFFFFFF)),
        "xlsb: a length that never ends": xlsb_with(b"\x05" + b"\xff" * 2_000_000),
        "xlsb: cut in the workbook": changed(XLSB, "xl/workbook.bin", cut_after(50)),
    }),
    **hostile("x.ods", "too-large", {
        "ods: rows times columns": ods(repeated_rows(1_048_576, 16_384)),
        "ods: a number without end": ods(repeated_rows(10**30, 10**30)),
        "ods: a row a million times": ods(repeated_rows(1_000_000, 4)),
        "ods: two rows in turn": ods(*[repeated_rows(102, 4)] * 100),
        "ods: columns without end": ods(repeated_rows(1, 2**31 - 1)),
        "ods: columns before a value": ods(ODS_HEADER, ods_row(_BLANK_COLUMNS, ods_cell("x"))),
        "ods: rows before a value": ods(
            ODS_HEADER, ods_row("<table:table-cell/>", attributes=_BLANK_ROWS),
            ods_row(ods_cell("x"))),
        "ods: text without a type": ods(
            ODS_HEADER, ods_row('<table:table-cell table:number-columns-repeated="16384"><text:p>x'
                                "</text:p></table:table-cell>",
                                attributes=' table:number-rows-repeated="1048576"')),
        "ods: a bomb in another prefix": ods_with_other_prefix,
    }),
    **hostile("x.ods", "password-protected", {"ods: encrypted": encrypted_ods}),
}  # fmt: skip

FALSE_SIZES_OF_SHEETS = {
    "xlsx: the size of all of Excel": ("x.xlsx", claiming(b"A1:XFD1048576")),
    "xlsx: a size that is negative": ("x.xlsx", claiming(b"Z9:A1")),
    "xlsx: a size beyond the grid": ("x.xlsx", claiming(b"A1:XFE1048577")),
    "xlsx: a size of one cell": ("x.xlsx", claiming(b"A1")),
    "xlsb: the size of all of Excel": ("x.xlsb", changed(XLSB, XLSB_SHEET, xlsb_claiming_all)),
}  # fmt: skip
