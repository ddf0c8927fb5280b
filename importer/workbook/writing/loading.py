"""Opens with openpyxl what was read before and is small: it works in our own process."""

from __future__ import annotations

import io
import warnings
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook

from importer.config.limits import MB

LARGEST = 64 * MB
"""Inflated bytes of the largest workbook that is opened, of which openpyxl takes some 20 times as
much memory. In one of some 100,000 rows nobody looks for what else it holds."""
_WIDEST = 1_000_000
"""Cells from A1 to the last one of a sheet, blank ones included: openpyxl visits all of them."""


def load_small(content: bytes) -> Workbook | None:
    """The workbook in `content`, or None if it is large or openpyxl cannot read it.

    `content` was looked over already (`reading.py`), so that its sizes can be believed.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it does not keep
            workbook = load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # whatever openpyxl thinks of it: there is another way for who asks
        return None
    area = sum(sheet.max_row * sheet.max_column for sheet in workbook.worksheets)
    return workbook if area <= _WIDEST else None
