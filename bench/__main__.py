"""Command line of the benchmark: `python -m bench`."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import click

from bench import guard, table
from bench.figures import FIGURES, measure
from bench.material import FULL, ROOT, SMALL, prepare

PAGE = ROOT / "docs" / "performance.md"
NAMES = [figure.name for figure in FIGURES]


@click.command(
    help="Compare the program with what people would use instead and print a table.\n\nFigures:"
    "\n\n\b\n" + "\n".join(textwrap.wrap(", ".join(NAMES), 70, break_on_hyphens=False))
)
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Number of runs, or pairs of runs, for each figure. Slow figures have fewer.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help="Measure only this figure. Repeatable.",
)
@click.option(
    "--peers",
    is_flag=True,
    help="Measure only the comparisons with other ways to do the job.",
)
@click.option("--small", is_flag=True, help="Use a tenth of the rows, to try the benchmark itself.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep workbooks and ledgers in this folder for the next run.",
)
@click.option("--write", is_flag=True, help="Write the table into docs/performance.md.")
@click.option(
    "--guard",
    "guarding",
    is_flag=True,
    help="Check the ratios that CI guards; exit 1 if a limit is exceeded.",
)
def main(
    times: int,
    only: tuple[str, ...],
    peers: bool,
    small: bool,
    data: Path | None,
    write: bool,
    guarding: bool,
) -> None:
    """Measure the figures and print the results."""
    if write and (only or peers or small or guarding):
        raise click.UsageError("--write needs all figures in full size.")
    if data is not None:
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
    if guarding:
        figures, sizes, times = guard.guarded(), guard.SIZES, guard.TIMES
    else:
        figures = [
            figure for figure in FIGURES
            if not (only or peers) or figure.name in only or (peers and figure.peer_script)
        ]  # fmt: skip
        sizes = SMALL if small else FULL
    with prepare(data, sizes) as material:
        runs, failures = measure(figures, material, times)
    figures = [figure for figure in figures if figure.jobs <= runs.keys()]
    if guarding:
        failures += guard.exceeded(figures, runs)
    else:
        report = table.report(figures, runs, sizes, times)
        click.echo(report)
    if failures:
        sys.exit("\n".join(failures))
    if write:
        table.replace_report(report, PAGE)


if __name__ == "__main__":
    main()
