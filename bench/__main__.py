"""`python -m bench`."""

from __future__ import annotations

import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from bench import guard, table
from bench.figures import FIGURES, measure
from bench.material import FULL, ROOT, SMALL, Material, Sizes

PAGE = ROOT / "docs" / "performance.md"
NAMES = [figure.name for figure in FIGURES]


@contextmanager
def material(folder: Path | None, sizes: Sizes) -> Iterator[Material]:
    """What is measured with; without a folder of its own, it goes with the run."""
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        made = Material(folder or Path(scratch), Path(scratch), sizes, say)
        with closing(made):
            yield made


def say(said: str) -> None:
    """Say how far it is."""
    click.echo(said, err=True)


@click.command(
    help="Measure the program against what people would use instead, and print a table."
    "\n\nThe figures:\n\n\b\n"
    + "\n".join(textwrap.wrap(", ".join(NAMES), 70, break_on_hyphens=False))
)
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Runs, or pairs of runs, of a figure; fewer where one takes minutes.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help="Measure this figure; may be repeated.",
)
@click.option("--small", is_flag=True, help="A tenth of the rows, to try the benchmark itself.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep what is made here for the next run.",
)
@click.option("--write", is_flag=True, help="Put the table into docs/performance.md.")
@click.option(
    "--guard",
    "guarding",
    is_flag=True,
    help="Check the few ratios that CI guards instead; exit 1 where one is exceeded.",
)
def main(
    times: int,
    only: tuple[str, ...],
    small: bool,
    data: Path | None,
    write: bool,
    guarding: bool,
) -> None:
    """Measure, and print what was found."""
    if write and (only or small or guarding):
        raise click.UsageError("--write takes a whole run: all figures, full size.")
    if data is not None:
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
    if guarding:
        with material(data, guard.SIZES) as made:
            complaints = guard.too_slow(made, guard.GUARDED)
        if complaints:
            sys.exit("\n".join(complaints))
        return
    sizes = SMALL if small else FULL
    chosen = [figure for figure in FIGURES if not only or figure.name in only]
    measured, broken = [], []
    with material(data, sizes) as made:
        for figure in chosen:
            try:
                measured.append(measure(figure, made, times))
            except AssertionError as error:  # a run of minutes is not lost for one that failed
                broken.append(f"{figure.name} failed: {error}")
                say(broken[-1])
    report = table.report(measured, sizes, times)
    click.echo(report)
    if broken:
        sys.exit("\n".join(broken))
    if write:
        table.put(report, PAGE)


if __name__ == "__main__":
    main()
