"""Compare reading files in the sandbox process with reading them in this process.

`python -m bench.reading FILE…` prints a ratio for each file; without files, for a workbook of
100,000 customers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from bench.material import FULL, prepare
from bench.timing import ratio
from importer.config.limits import DEFAULT_LIMITS
from importer.workbook.reading.file import read_file
from importer.workbook.reading.sandbox import read_workbook


def seconds(read: Callable[[], object]) -> float:
    """Time one reading."""
    start = time.perf_counter()
    read()
    return time.perf_counter() - start


@click.command(help=__doc__)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--times", default=7, show_default=True, help="Pairs of runs for each file.")
def main(files: tuple[Path, ...], times: int) -> None:
    """Read each file both ways in turn."""
    with prepare(None, FULL) as material:
        for path in files or (material.workbook(FULL.many),):
            ratios = [
                seconds(partial(read_workbook, path))
                / seconds(partial(read_file, path, DEFAULT_LIMITS))
                for _ in range(times)
            ]
            click.echo(f"{path.name}: the sandbox takes {ratio(ratios)} the time")


if __name__ == "__main__":
    main()
