"""Check for CI: a few steady ratios that reveal when the program became slow."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bench import jobs
from bench.figures import Figure, Limit, measure
from bench.material import Material, Sizes, log
from bench.timing import ratio

SIZES = Sizes(few=1_000, many=20_000, most=20_000, workbooks=1)

GUARDED: tuple[Figure, ...] = (
    Figure(
        "floor", "`apply` of {many} customers, compared with the floor",
        jobs.apply("many"), Limit(18), jobs.importing("floor.py", runs=5), per=1 / 5, times=3,
    ),
    Figure(
        "export", "`export` of {many} subscriptions, compared with xlsxturbo and the same frames",
        jobs.export, Limit(2.7), jobs.exporting("xlsxturbo"), times=2,
    ),
    Figure(
        "partial",
        "`apply --partial` of {many} customers, a tenth of them bad, compared with all good",
        jobs.apply_partial, Limit(2.3), jobs.apply("many"), times=2,
    ),
)  # fmt: skip
"""Figures of processor time, which other programs on the machine hardly disturb. 12.5, 1.8 and 1.6
were measured; the limits are about one and a half times that."""


def exceeded(material: Material, guarded: Sequence[Figure]) -> list[str]:
    """Measure the figures and return a sentence for each whose median exceeds its limit."""
    failures = []
    for figure in guarded:
        values = measure(figure, material, figure.times).values("processor")
        log(f"{figure.name}: {ratio(values)} the processor time; {figure.limit}")
        if not figure.limit.is_met(statistics.median(values)):
            failures.append(
                f"{figure.describe(material.sizes)}: expected {figure.limit} the processor time, "
                f"measured {ratio(values)}"
            )
    return failures
