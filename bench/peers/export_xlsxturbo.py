"""xlsxturbo writes finished frames: headers and cells, nothing else.

`python export_xlsxturbo.py FRAMES WORKBOOK`; FRAMES is a pickle of frames by sheet.
"""

import pickle
import sys
from pathlib import Path

import xlsxturbo


def main(frames: str, workbook: str) -> None:
    """Write each frame to its sheet."""
    with Path(frames).open("rb") as stream:
        sheets = pickle.load(stream)  # noqa: S301 - made by bench/material.py
    xlsxturbo.dfs_to_xlsx([(frame, name) for name, frame in sheets.items()], workbook)


if __name__ == "__main__":
    main(*sys.argv[1:])
