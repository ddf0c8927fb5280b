"""openpyxl writes finished frames in its fastest mode: headers and cells, nothing else.

`python export_openpyxl.py FRAMES WORKBOOK`; FRAMES is a pickle of frames by sheet.
"""

import pickle
import sys
from pathlib import Path

from openpyxl import Workbook


def main(frames: str, workbook: str) -> None:
    """Write each frame to its sheet."""
    with Path(frames).open("rb") as stream:
        sheets = pickle.load(stream)  # noqa: S301 - made by bench/material.py
    book = Workbook(write_only=True)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False, name=None):
            sheet.append(row)
    book.save(workbook)


if __name__ == "__main__":
    main(*sys.argv[1:])
