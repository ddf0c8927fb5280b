"""Write the finished frames of an export with xlsxturbo, or with openpyxl in its write-only mode.

`python frames.py FRAMES WORKBOOK LIBRARY LEVEL`; FRAMES is a pickle of a dictionary of frames by
sheet, LEVEL how much xlsxturbo compresses.
"""
# It does not read a ledger, compute figures, or give a sheet more than headers and cells: no
# tables, formats, widths, colours, links or charts.

import pickle
import sys
from pathlib import Path


def main(frames: str, workbook: str, library: str, level: str) -> None:
    """Write each frame to its sheet."""
    sheets = pickle.loads(Path(frames).read_bytes())  # noqa: S301 - written by bench/material.py
    if library == "xlsxturbo":
        import xlsxturbo

        pairs = [(frame, name) for name, frame in sheets.items()]
        xlsxturbo.dfs_to_xlsx(pairs, workbook, compression_level=int(level))
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False, name=None):
            sheet.append(row)
    book.save(workbook)


if __name__ == "__main__":
    main(*sys.argv[1:])
