"""The check for CI: a few ratios that are steady enough to tell that something became slow."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bench import jobs
from bench.figures import Figure, Limit, measure, processor_of
from bench.material import Material, Sizes

SIZES = Sizes(few=1_000, many=20_000, most=20_000, workbooks=1)

GUARDED: tuple[Figure, ...] = (
    Figure(
        "floor", "`apply` of {many} customers against the floor",
        jobs.apply("many"), Limit(18), jobs.importing("floor.py", runs=5), per=1 / 5, times=3,
    ),
    Figure(
        "export", "`export` of {many} subscriptions against xlsxturbo writing the same frames",
        jobs.export, Limit(2.7), jobs.exporting("export_xlsxturbo.py"), times=2,
    ),
    Figure(
        "partial", "`apply --partial` of {many} customers, a tenth bad, against a good workbook",
        jobs.apply_partly, Limit(2.3), jobs.apply("many"), times=2,
    ),
)  # fmt: skip
"""Figures of processor time: time at the clock is anybody's who uses the machine, processor time
is the program's own. Measured were 12.5, 1.8 and 1.6: what is half as much again is beyond them."""


def too_slow(material: Material, guarded: Sequence[Figure]) -> list[str]:
    """A line for each figure whose median is beyond its limit: what was expected, and measured."""
    complaints = []
    for figure in guarded:
        values = measure(figure, material, figure.times).values(processor_of)
        median = statistics.median(values)
        said = f"{median:.2f} × ({min(values):.2f}-{max(values):.2f})"
        material.say(f"{figure.name}: {said} the processor time; {figure.limit}")
        if not figure.limit.met(median):
            complaints.append(
                f"{figure.sentence(material.sizes)}: expected {figure.limit} the processor time, "
                f"measured {said}"
            )
    return complaints
