"""Write finished frames with xlsxturbo or openpyxl: headers and cells, nothing else.

`python export.py LIBRARY FRAMES WORKBOOK`; FRAMES is a pickle of a dictionary of frames by sheet.
"""

import pickle
import sys
from pathlib import Path


def main(library: str, frames: str, workbook: str) -> None:
    """Write each frame to its sheet."""
    sheets = pickle.loads(Path(frames).read_bytes())  # noqa: S301 - written by bench/material.py
    if library == "xlsxturbo":
        import xlsxturbo

        xlsxturbo.dfs_to_xlsx([(frame, name) for name, frame in sheets.items()], workbook)
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)  # its fastest mode
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False, name=None):
            sheet.append(row)
    book.save(workbook)


if __name__ == "__main__":
    main(*sys.argv[1:])
