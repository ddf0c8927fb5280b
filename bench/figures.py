"""Figures of the benchmark: what is compared with what, and the target of the ratio."""

from __future__ import annotations

import itertools
import statistics
import sys
from dataclasses import dataclass, field

from bench import jobs
from bench.jobs import Work
from bench.material import PROGRAM, Material, Sizes, log
from bench.timing import Usage, run


@dataclass(frozen=True, slots=True)
class Limit:
    """The target of a figure: a maximum or a minimum."""

    value: float
    unit: str = "×"
    minimum: bool = False

    def is_met(self, value: float) -> bool:
        """Tell if `value` is within the limit."""
        return value >= self.value if self.minimum else value <= self.value

    def __str__(self) -> str:
        """The limit, for a table."""
        return f"{'≥' if self.minimum else '≤'} {self.value:,g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    The figure is the program's usage divided by the peer's, or the inverse if the limit is a
    minimum; without a peer it is the program's usage. `description` may contain the names of sizes.
    `per` is the number of the program's customers for each of the peer's. `times` limits the runs.
    """

    name: str
    description: str
    work: Work
    limit: Limit
    peer: Work | None = None
    per: float = 1
    memory: bool = False
    times: int = 100

    def describe(self, sizes: Sizes) -> str:
        """The description with numbers for the sizes."""
        return self.description.format(
            few=f"{sizes.few:,}", some=f"{sizes.some:,}", many=f"{sizes.many:,}",
            most=f"{sizes.most:,}", workbooks=sizes.workbooks, otcs=f"{sizes.many // 10:,}",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measurement:
    """Runs of the program and the peer, in pairs and in order."""

    figure: Figure
    runs: list[Usage] = field(default_factory=list)
    peer_runs: list[Usage] = field(default_factory=list)

    def values(self, resource: str) -> list[float]:
        """The figure of each pair; `resource` is an attribute of `Usage`."""
        program = [getattr(usage, resource) for usage in self.runs]
        if self.figure.peer is None:
            return program
        peer = [getattr(usage, resource) * self.figure.per for usage in self.peer_runs]
        upper, lower = (peer, program) if self.figure.limit.minimum else (program, peer)
        return [dividend / divisor for dividend, divisor in zip(upper, lower, strict=True)]

    @property
    def results(self) -> list[float]:
        """The figure of each pair: memory or time."""
        return self.values("memory" if self.figure.memory else "wall")

    @property
    def is_met(self) -> bool:
        """Whether the median is within the limit."""
        return self.figure.limit.is_met(statistics.median(self.results))


def measure(figure: Figure, material: Material, times: int) -> Measurement:
    """Run the program and the peer in turn, at most `times` times."""
    measurement = Measurement(figure)
    pairs = ((measurement.runs, figure.work), (measurement.peer_runs, figure.peer))
    times = min(times, figure.times)
    for turn in range(1, times + 1):
        for usages, work in pairs:
            if work is not None:
                usages.append(run(work(material), material.scratch, memory=figure.memory))
                material.clear()
        seconds = " : ".join(f"{usages[-1].wall:.2f} s" for usages, _ in pairs if usages)
        result = f"{measurement.results[-1]:,.2f} {figure.limit.unit}"
        log(f"{figure.name} {turn}/{times}: {seconds}, {result}")
    return measurement


GROWTH = ("few", "some", "many", "most")
"""The sizes of the curve, each ten times the previous one."""


def _growth(smaller: str, larger: str) -> Figure:
    return Figure(
        f"growth-{larger}",
        f"time per customer: `apply` of {{{larger}}} customers, compared with {{{smaller}}}",
        jobs.apply(larger), Limit(1.1), jobs.apply(smaller), per=10, times=2,
    )  # fmt: skip


_SECOND = Limit(1, "s")
_IMPORT_CLICK = jobs.command(sys.executable, "-c", "import click")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "floor", "`apply` of {otcs} OTCs and {many} customers, compared with the floor",
        jobs.apply("many"), Limit(6), jobs.importing("floor.py"),
    ),
    Figure(
        "django", "speed of the same `apply`, compared with django-import-export",
        jobs.apply("many"), Limit(10, minimum=True), jobs.importing("django_table.py", "bench_"),
    ),
    Figure(
        "pandas", "speed of the same `apply`, compared with the pandas and pandera script",
        jobs.apply("many"), Limit(1.5, minimum=True), jobs.importing("pandas_script.py"),
    ),
    Figure(
        "check", "`check` of the same workbook, compared with `apply`",
        jobs.check, Limit(0.8), jobs.apply("many"),
    ),
    Figure(
        "server", "the same `apply` to PostgreSQL, compared with SQLite",
        jobs.apply_to_server, Limit(2.5), jobs.apply("many"),
    ),
    Figure(
        "export", "`export` of {many} subscriptions, compared with xlsxturbo and the same frames",
        jobs.export, Limit(2), jobs.exporting("xlsxturbo"),
    ),
    Figure(
        "openpyxl", "speed of the same `export`, compared with openpyxl",
        jobs.export, Limit(4, minimum=True), jobs.exporting("openpyxl"), times=2,
    ),
    Figure(
        "large-ledger",
        "`apply` of {few} customers to a ledger of {most}, compared with an empty ledger",
        jobs.apply_few(to_largest=True), Limit(1.3), jobs.apply_few(to_largest=False),
    ),
    Figure(
        "at-once",
        "`apply` of {workbooks} workbooks of {few} customers, compared with a command for each",
        jobs.apply_workbooks(together=True), Limit(0.3), jobs.apply_workbooks(together=False),
        times=1,
    ),
    Figure(
        "partial",
        "`apply --partial` of {many} customers, a tenth of them bad, compared with all good",
        jobs.apply_partial, Limit(2), jobs.apply("many"),
    ),
    Figure(
        "memory-many", "memory of `apply` of {many} customers",
        jobs.apply("many"), Limit(450, "MB"), memory=True, times=3,
    ),
    Figure(
        "memory-most", "memory of `apply` of {most} customers",
        jobs.apply("most"), Limit(3 * 1024, "MB"), memory=True, times=1,
    ),
    Figure(
        "help", "`--help`, compared with `import click`",
        jobs.command(*PROGRAM, "--help"), Limit(3), _IMPORT_CLICK,
    ),
    Figure(
        "version", "`--version`, compared with `import click`",
        jobs.command(*PROGRAM, "--version"), Limit(3), _IMPORT_CLICK,
    ),
    Figure(
        "show-customer", "`show customers NAME` in a ledger of {most} customers",
        jobs.on_largest("show", "customers", "Customer 77"), _SECOND,
    ),
    Figure(
        "show-summary", "`show summary` of that ledger",
        jobs.on_largest("show", "summary"), _SECOND,
    ),
    Figure("history", "`history` of that ledger", jobs.on_largest("history"), _SECOND),
    Figure(
        "history-batch", "`history` of a batch of ten customers in that ledger",
        jobs.on_small_batch("history"), _SECOND,
    ),
    Figure(
        "undo", "`undo` of a batch of ten customers in that ledger",
        jobs.on_small_batch("undo"), _SECOND,
    ),
    *(_growth(smaller, larger) for smaller, larger in itertools.pairwise(GROWTH)),
)  # fmt: skip
