"""Knows a file that was exported, by this program or the console, from one to be applied."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from importer.base.errors import FileError
from importer.base.texts import N_, text
from importer.domain.problems import Code
from importer.workbook.cell import Cell, cell_text
from importer.workbook.formats import csv_file
from importer.workbook.labels import label_key, sheet_named
from importer.workbook.reading.raw import RawSheet

MARK = "avira-importer export"  # what exports that are no spreadsheets say near their beginning

FIRST_HEADERS = (
    ("OTC Code", "Email", "Company Name"),
    ("Código OTC", "Correo electrónico", "Nombre de la empresa", "Descripción", "Licencias"),
    ("Customer Name", "Total Devices Assigned", "Number Of Devices"),
    ("Nombre del cliente", "Total de dispositivos asignados", "Número de dispositivos"),
    ("Customer Name", "Device ID", "Operating System"),
    ("OTC", "FirstActivationDate", "ExpiryDate"),
    ("OTC", "Fecha de primera activación", "Fecha de vencimiento"),
    ("Exception", "OTC", "Customer"),
    ("Excepción", "OTC", "Cliente"),
    ("Batch", "At (UTC)", "What"),
    ("Lote", "Fecha (UTC)", "Qué"),
    ("Figure", "Value"),
    ("Cifra", "Valor"),
)
"""How the headers of an export's sheets begin, as none of ours do. In Spanish those of devices are
as on ours."""

_KEYS = [tuple(map(label_key, headers)) for headers in FIRST_HEADERS]
_HEAD = 1_000


def refuse_export(path: Path, sheets: Sequence[RawSheet]) -> None:
    """Raise FileError if `sheets` are those of an export, and none of them is named as ours."""
    exported = any(one.rows and _is_exported(one.rows[0][1]) for one in sheets)
    if exported and not any(one.rows and sheet_named(_name(path, one)) for one in sheets):
        raise an_export(path)


def is_marked(path: Path) -> bool:
    """Whether the file says itself that it was exported."""
    try:
        if not path.is_file():  # a pipe would have us wait for whoever writes to it
            return False
        with path.open("rb") as stream:
            return MARK.encode() in stream.read(_HEAD)
    except (OSError, ValueError):  # a name may be none that a file can have
        return False


def is_export(path: Path) -> bool:
    """Whether the file of separated values is there and begins as one of an export."""
    try:
        if not path.is_file():
            return False
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _is_exported(next(csv.reader(stream), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def an_export(path: Path) -> FileError:
    """What to say of an export that shall be checked or applied."""
    return FileError(
        Code.NOT_A_WORKBOOK,
        text(N_("{path} is an export: it tells what the ledger holds and asks for nothing."),
             path=path),
        text(N_("To get a workbook with what the ledger holds, to edit and apply: "
                "avira-importer template --prefill")),
    )  # fmt: skip


def _name(path: Path, sheet: RawSheet) -> str:
    """What the file calls the sheet; a file of text, of which we may have guessed it, itself."""
    return path.stem if path.suffix.lower() in csv_file.SUFFIXES else sheet.name


def _is_exported(header: Sequence[Cell]) -> bool:
    found = tuple(label_key(cell_text(cell)) for cell in header[: max(map(len, _KEYS))])
    return any(found[: len(keys)] == keys for keys in _KEYS)
