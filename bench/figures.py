"""Figures of the benchmark: what is compared with what, and the target of the ratio."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import jobs
from bench.jobs import Work
from bench.material import PEERS, PROGRAM, Material, Sizes, log
from bench.timing import Usage, run

Runs = Mapping[str, Sequence[Usage]]
"""The runs of each job, by its name."""

JOBS: dict[str, Work] = {
    "help": jobs.command(*PROGRAM, "--help"),
    "version": jobs.command(*PROGRAM, "--version"),
    "import click": jobs.command(sys.executable, "-c", "import click"),
    "check-tiny": jobs.check("tiny"),
    "import pandera": jobs.command(sys.executable, "-c", "import pandera.pandas"),
    "apply-tiny": jobs.apply("tiny"),
    "apply-few": jobs.apply("few"),
    "apply-some": jobs.apply("some"),
    "floor": jobs.importing("floor.py"),
    "apply": jobs.apply("many"),
    "check": jobs.check("many"),
    "storage": jobs.importing("storage.py"),
    "pandas_script calamine": jobs.importing("pandas_script.py", "calamine"),
    "pandas_script openpyxl": jobs.importing("pandas_script.py", "openpyxl"),
    "django_table calamine": jobs.importing("django_table.py", "calamine"),
    "django_table tablib": jobs.importing("django_table.py", "tablib"),
    "apply-partial": jobs.apply_partial,
    "apply-server": jobs.apply_to_server,
    "apply-most": jobs.apply("most"),
    "export": jobs.export,
    "frames xlsxturbo": jobs.exporting("xlsxturbo"),
    "frames openpyxl": jobs.exporting("openpyxl"),
    "show-customer": jobs.on_largest("show", "customers", "Customer 77"),
    "show-summary": jobs.on_largest("show", "summary"),
    "history": jobs.on_largest("history"),
    "history-batch": jobs.on_small_batch("history"),
    "undo": jobs.on_small_batch("undo"),
    "apply-to-largest": jobs.apply_to_largest,
    "apply-together": jobs.apply_workbooks(together=True),
    "apply-apart": jobs.apply_workbooks(together=False),
}
"""What is run, in this order. A peer's job begins with the name of its script."""

ENOUGH_SECONDS = 30
"""A job is not run again when its runs have taken so long together."""


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

    The figure is the usage of the job `program` divided by that of the job `peer`, or the inverse
    if the limit is a minimum; without a peer it is the program's usage. `description` may contain
    the names of sizes. `per` is the number of the program's rows for each of the peer's; the usage
    of the job `start` is subtracted from both.
    """

    name: str
    description: str
    program: str
    limit: Limit
    peer: str = ""
    per: float = 1
    start: str = ""
    resource: str = "wall"

    def describe(self, sizes: Sizes) -> str:
        """The description with numbers for the sizes."""
        numbers = {name: f"{number:,}" for name, number in asdict(sizes).items()}
        return self.description.format(otcs=f"{sizes.many // 10:,}", **numbers)

    @property
    def peer_script(self) -> Path | None:
        """The script of the peer, if it is one of those in `peers/`."""
        script = PEERS / f"{self.peer.partition(' ')[0]}.py"
        return script if script.exists() else None

    @property
    def jobs(self) -> set[str]:
        """The names of the jobs that it needs."""
        return {self.program, self.peer, self.start} - {""}

    def values(self, runs: Runs, resource: str = "") -> list[float]:
        """The figure of each pair of runs; `resource` is an attribute of `Usage`."""

        def usages(job: str) -> list[float]:
            return [getattr(usage, resource or self.resource) for usage in runs[job]]

        program = usages(self.program)
        if not self.peer:
            return program
        peer = usages(self.peer)
        if self.start:
            start = statistics.median(usages(self.start))
            program, peer = [value - start for value in program], [value - start for value in peer]
        upper, lower = (peer, program) if self.limit.minimum else (program, peer)
        pairs = zip(upper, lower, strict=False)  # a slow job has fewer runs
        return [dividend / divisor / self.per for dividend, divisor in pairs]


def measure(
    figures: Collection[Figure], material: Material, times: int
) -> tuple[dict[str, list[Usage]], list[str]]:
    """Run the jobs of the figures in turn, each at most `times` times.

    Returns the runs of those that succeeded, and a sentence for each that failed.
    """
    needed = set().union(*(figure.jobs for figure in figures))
    assert needed <= JOBS.keys(), needed - JOBS.keys()
    runs: dict[str, list[Usage]] = {name: [] for name in JOBS if name in needed}
    failures = []
    for turn in range(1, times + 1):
        for name, usages in list(runs.items()):
            if sum(usage.wall for usage in usages) > ENOUGH_SECONDS:
                continue
            try:
                usages.append(run(JOBS[name](material), material.scratch))
                log(f"{name} {turn}/{times}: {usages[-1].wall:.2f} s, {usages[-1].memory:.0f} MB")
            except AssertionError as error:  # the other jobs are still worth having
                failures.append(f"{name} failed: {error}")
                log(failures[-1])
                del runs[name]
            material.clear()
    return runs, failures


def _growth(smaller: str, larger: str) -> Figure:
    def job(size: str) -> str:
        return "apply" if size == "many" else f"apply-{size}"

    return Figure(
        f"growth-{larger}",
        f"cost of a row, the start aside: `apply` of {{{larger}}} customers, compared with "
        f"{{{smaller}}}",
        job(larger), Limit(1.1), job(smaller), per=10, start="apply-tiny",
    )  # fmt: skip


_SECOND = Limit(1, "s")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "floor", "`apply` of {otcs} OTCs and {many} customers, compared with the floor",
        "apply", Limit(5), "floor",
    ),
    Figure(
        "storage", "the same `apply`, compared with bare storage in a ledger",
        "apply", Limit(2), "storage",
    ),
    Figure(
        "pandas", "speed of the same `apply`, compared with the pandas and pandera script",
        "apply", Limit(2, minimum=True), "pandas_script openpyxl",
    ),
    Figure(
        "pandas-calamine", "the same `apply`, compared with that script reading with calamine",
        "apply", Limit(1.6), "pandas_script calamine",
    ),
    Figure(
        "django", "speed of the same `apply`, compared with django-import-export",
        "apply", Limit(3.5, minimum=True), "django_table tablib",
    ),
    Figure(
        "django-calamine", "speed of the same `apply`, compared with that, fed by calamine",
        "apply", Limit(2.2, minimum=True), "django_table calamine",
    ),
    Figure(
        "check", "`check` of the same workbook, compared with `apply`",
        "check", Limit(0.6), "apply",
    ),
    Figure(
        "check-floor", "the same `check`, compared with the floor", "check", Limit(3), "floor"
    ),
    Figure(
        "check-tiny", "`check` of {tiny} customers and their OTC, compared with `import "
        "pandera.pandas`",
        "check-tiny", Limit(1.05), "import pandera",
    ),
    Figure(
        "partial",
        "`apply --partial` of {many} customers, a tenth of them bad, compared with all good",
        "apply-partial", Limit(1.5), "apply",
    ),
    Figure(
        "server", "the same `apply` to PostgreSQL, compared with SQLite",
        "apply-server", Limit(1.6), "apply",
    ),
    Figure(
        "export", "`export` of {many} subscriptions, compared with xlsxturbo and the same frames",
        "export", Limit(1.8), "frames xlsxturbo",
    ),
    Figure(
        "openpyxl", "speed of the same `export`, compared with openpyxl",
        "export", Limit(4, minimum=True), "frames openpyxl",
    ),
    Figure(
        "memory", "memory of `apply` of {otcs} OTCs and {many} customers",
        "apply", Limit(300, "MB"), resource="memory",
    ),
    Figure(
        "memory-most", "memory of `apply` of {most} customers",
        "apply-most", Limit(2_100, "MB"), resource="memory",
    ),
    Figure(
        "memory-export", "memory of `export` of {many} subscriptions",
        "export", Limit(700, "MB"), resource="memory",
    ),
    _growth("few", "some"),
    _growth("some", "many"),
    _growth("many", "most"),
    Figure(
        "large-ledger",
        "`apply` of {many} customers to a ledger of {most}, compared with a new ledger",
        "apply-to-largest", Limit(1.1), "apply",
    ),
    Figure(
        "at-once",
        "`apply` of {workbooks} workbooks of {few} customers, compared with a command for each",
        "apply-together", Limit(0.3), "apply-apart",
    ),
    Figure(
        "help", "`--help`, compared with `import click`", "help", Limit(3), "import click"
    ),
    Figure(
        "version", "`--version`, compared with `import click`",
        "version", Limit(3), "import click",
    ),
    Figure(
        "show-customer", "`show customers NAME` in a ledger of {most} customers",
        "show-customer", _SECOND,
    ),
    Figure("show-summary", "`show summary` of that ledger", "show-summary", _SECOND),
    Figure("history", "`history` of that ledger", "history", _SECOND),
    Figure(
        "history-batch", "`history` of a batch of {tiny} customers in that ledger",
        "history-batch", _SECOND,
    ),
    Figure("undo", "`undo` of a batch of {tiny} customers in that ledger", "undo", _SECOND),
)  # fmt: skip
