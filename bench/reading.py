"""What it costs to read files in a process of their own, in every format.

`python bench/reading.py` prints ratios measured in one run on one machine. Each figure is that of a
whole command, paired with the same command reading in its own process, in turn.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))

from bench.workbooks import HEADER, PER_OTC, code, make_workbook

ROWS = 100_000
TIMES = 7

APART = "from importer.cli.main import main; main()"
HERE = """
from importer.config.limits import DEFAULT_LIMITS
from importer.workbook.reading import sandbox as apart, file as reading
apart.start = lambda: None
apart.read_workbook = lambda path, limits=DEFAULT_LIMITS, sheet=None: (
    reading.read_here(path, limits, sheet)
)
from importer.cli.main import main
main()
"""


def in_other_formats(workbook: Path, rows: int) -> list[Path]:
    """The same as LibreOffice writes it, if it is there, and its customers as CSV."""
    made = []
    if soffice := shutil.which("soffice"):
        profile = f"-env:UserInstallation=file://{workbook.parent}/profile"
        subprocess.run(  # noqa: S603 - LibreOffice, on our own file
            [soffice, profile, "--headless", "--convert-to", "ods", "--outdir", workbook.parent,
             workbook],
            check=True,
            capture_output=True,
        )  # fmt: skip
        made.append(workbook.with_suffix(".ods"))
    text = workbook.with_name("Add Customer.csv")
    with text.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow((f"Customer {number}", "Admin", code(number // PER_OTC), 3, ""))
    return [*made, text]


def seconds(program: str, path: Path) -> tuple[float, float]:
    """Wall time and, with children, processor time of checking `path`."""
    before = os.times()
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own program, on our own file
        [sys.executable, "-c", program, "check", "-q", "--ledger", path.parent / "none.db", path],
        check=False,
        capture_output=True,
    )
    wall = time.perf_counter() - start
    after = os.times()
    return wall, after[2] + after[3] - before[2] - before[3]


def spread(ratios: Sequence[float]) -> str:
    """The median of ratios, and the lowest and highest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--times", type=int, default=TIMES)
    chosen = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "bench.xlsx"
        make_workbook(workbook, chosen.rows)
        print(f"check of {chosen.rows:,} customers, apart : in its own process, median (spread)")
        for path in (workbook, *in_other_formats(workbook, chosen.rows)):
            pairs = [(seconds(APART, path), seconds(HERE, path)) for _ in range(chosen.times)]
            wall = [apart[0] / here[0] for apart, here in pairs]
            used = [apart[1] / here[1] for apart, here in pairs]
            took = statistics.median(apart[0] for apart, _ in pairs)
            print(f"{path.suffix:6} time {spread(wall)}  processor {spread(used)}  {took:.1f} s")


if __name__ == "__main__":
    main()
