"""Check for CI: a few steady ratios that reveal when the program became slow."""

from __future__ import annotations

import statistics
from collections.abc import Collection

from bench.figures import FIGURES, Figure, Limit, Runs
from bench.material import Sizes, log
from bench.timing import ratio

SIZES = Sizes(few=1_000, some=10_000, many=50_000, most=50_000)
TIMES = 3

LIMITS = {
    "floor": 12.0, "storage": 5.0, "check": 0.8, "check-tiny": 1.5, "partial": 2.3, "export": 2.7,
}  # fmt: skip
"""Limits of processor time, which other programs on the machine hardly disturb."""


def guarded() -> list[Figure]:
    """The figures that have a limit."""
    return [figure for figure in FIGURES if figure.name in LIMITS]


def exceeded(figures: Collection[Figure], runs: Runs) -> list[str]:
    """A sentence for each of the figures whose median exceeds its limit."""
    failures = []
    for figure in figures:
        values, limit = figure.values(runs, "processor"), Limit(LIMITS[figure.name])
        log(f"{figure.name}: {ratio(values)} the processor time; {limit}")
        if not limit.is_met(statistics.median(values)):
            failures.append(
                f"{figure.describe(SIZES)}: expected {limit} the processor time, "
                f"measured {ratio(values)}"
            )
    return failures
