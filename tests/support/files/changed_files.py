"""Sound workbooks of every format, and random changes of their bytes."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st
from openpyxl import Workbook

from builders import HEADERS
from hostile.originals import ODS_HEADER
from hostile.sheets import ods
from hostile.xls import xls, xls_number
from workbook_files import pack, read_parts
from xlsb_files import Calculated, Cell, Error, XlsbSheet, write_xlsb

FORMATS = ("xlsx", "xlsb", "ods", "xls", "csv")


def write_originals(folder: Path) -> None:
    """A sound file of each format."""
    _write_xlsx(folder / "x.xlsx")
    _write_xlsb(folder / "x.xlsb")
    ods(ODS_HEADER)(folder / "x.ods")
    xls(xls_number(1, 3))(folder / "x.xls")
    rows = [",".join(HEADERS["Add OTC"]), 'ABCDE-12345-FGHIJ-67890,a@x.example,"A ""c""",5']
    (folder / "x.csv").write_bytes("\r\n".join(rows).encode("utf-8-sig"))


def _write_xlsx(path: Path) -> None:
    """Most of what a workbook may hold."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Add OTC"
    sheet.append(HEADERS["Add OTC"])
    for number in range(4):
        code = f"ABCDE-12345-FGHIJ-6789{number}"
        sheet.append([code, "a@x.example", "Acme", "=40+10", True, None, "2030-01-01", 1.5])
    sheet.merge_cells("C2:C3")
    sheet["I2"] = "#N/A"
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["E"].hidden = True
    other = workbook.create_sheet("Enable Customer")
    other.append(HEADERS["Enable Customer"])
    other.append(["Uno"])
    other.sheet_state = "hidden"
    workbook.save(path)


def _write_xlsb(path: Path) -> None:
    """The same as far as xlsb_files goes."""
    cells: dict[tuple[int, int], Cell] = {
        (0, column): header for column, header in enumerate(HEADERS["Add OTC"])
    }
    cells |= {
        (1, 0): "ABCDE-12345-FGHIJ-67890", (1, 3): Calculated(50.0), (1, 4): True,
        (2, 3): Error.NA, (3, 3): Calculated(Error.REF),
    }  # fmt: skip
    merged = [(1, 2, 2, 2)]
    sheet = XlsbSheet("Add OTC", cells, False, frozenset({3}), frozenset({4}), merged)
    write_xlsb(path, [sheet])


class Edit(NamedTuple):
    """A change: its kind, where (a share of the length, in millionths), and how much or which."""

    kind: str
    at: int
    amount: int


NASTY = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"99999999999999999999", b'r="XFD1048576"', b"-1", b"&#0;",
    b"\xff\xfe", b"\0", b'"', b"<", b"</", b"/>", b"]]>", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
    b"PK\x05\x06", b"\xc3", b"NaN", b"1e999", b'hidden="1"', b'number-rows-repeated="2147483647" ',
)  # fmt: skip
KINDS = ("flip", "set", "zero", "ones", "cut", "end", "repeat", "copy", "insert", "replace")


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """`content` with these changes, one after the other."""
    changed = bytearray(content)
    for kind, share, amount in edits:
        at = share * len(changed) // 1_000_000
        piece = slice(at, at + 1 + amount % 64)
        nasty = NASTY[amount % len(NASTY)]
        match kind:
            case "flip" if at < len(changed):
                changed[at] ^= 1 << amount % 8
            case "set" if at < len(changed):
                changed[at] = amount % 256
            case "zero" | "ones":
                changed[piece] = (b"\0" if kind == "zero" else b"\xff") * len(changed[piece])
            case "cut":
                del changed[piece]
            case "end":
                del changed[at:]
            case "repeat":
                changed[piece] = changed[piece] * (1 + amount % 5_000)
            case "copy":
                start = amount * len(changed) // 1_000_000
                changed[at:at] = changed[start : start + 64]
            case "insert":
                changed[at:at] = nasty
            case _:
                changed[at : at + len(nasty)] = nasty
    return bytes(changed)


def write_edited(original: Path, part: int, edits: Sequence[Edit], path: Path) -> Path:
    """`original` with changes in its bytes or, of an archive, within one of its parts."""
    content = original.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        parts = read_parts(original)
        names = sorted(parts, key=lambda name: -len(parts[name]))
        if part < len(names):
            return pack(path, {**parts, names[part]: edited(parts[names[part]], edits)})
    path.write_bytes(edited(content, edits))
    return path


PARTS = st.integers(0, 11)
EDITS = st.lists(
    st.builds(Edit, st.sampled_from(KINDS), st.integers(0, 1_000_000), st.integers(0, 1_000_000)),
    min_size=1,
    max_size=4,
)


def random_edits(chance: random.Random) -> tuple[int, list[Edit]]:
    """A part and its changes, without hypothesis: thousands of them in little time."""
    edits = [
        Edit(chance.choice(KINDS), chance.randrange(1_000_000), chance.randrange(1_000_000))
        for _ in range(chance.choice((1, 1, 1, 2, 5)))
    ]
    return chance.randrange(12), edits
