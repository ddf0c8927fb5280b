"""Check for CI: a few steady ratios that reveal when the program became slow."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter

from bench.figures import FIGURES, Figure, Limit, Runs
from bench.material import Sizes, log

SIZES = Sizes(few=1_000, some=10_000, many=50_000, most=50_000)
TIMES = 3

LIMITS = {
    "floor": 10.5, "storage": 3.3, "check": 0.95, "check-tiny": 2.1, "partial": 1.8, "export": 2.9,
}  # fmt: skip
"""Limits of the least processor time of the runs, which other programs on the machine hardly
disturb."""


def guarded() -> list[Figure]:
    """The figures that have a limit."""
    return [figure for figure in FIGURES if figure.name in LIMITS]


def exceeded(figures: Collection[Figure], runs: Runs) -> list[str]:
    """A sentence for each of the figures that exceeds its limit."""
    least = {job: [min(usages, key=attrgetter("processor"))] for job, usages in runs.items()}
    failures = []
    for figure in figures:
        [value], limit = figure.values(least, "processor"), Limit(LIMITS[figure.name])
        log(f"{figure.name}: {value:.2f} × the processor time; {limit}")
        if not limit.is_met(value):
            failures.append(
                f"{figure.describe(SIZES)}: expected {limit} the processor time, "
                f"measured {value:.2f} ×"
            )
    return failures
