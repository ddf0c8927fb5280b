"""What is measured against what, and what the ratio shall be: each comparison declared once."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import jobs
from bench.jobs import Work
from bench.material import Material, Sizes
from bench.timing import Taken, take


@dataclass(frozen=True, slots=True)
class Limit:
    """What a figure shall be: at most so much, or at least."""

    value: float
    unit: str = "×"
    least: bool = False

    def met(self, value: float) -> bool:
        """Whether `value` is within it."""
        return value >= self.value if self.least else value <= self.value

    def __str__(self) -> str:
        """The limit, for a table."""
        return f"{'≥' if self.least else '≤'} {self.value:,g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table.

    `told` says what is measured, with `{few}`, `{many}` and `{most}` for the sizes. The figure is
    what ours takes divided by what the peer takes, or the other way round where the limit is a
    least one; without a peer it is what ours takes. `per` is how many times as many customers ours
    has as the peer. `times` is how often it is measured at most.
    """

    name: str
    told: str
    ours: Work
    limit: Limit
    peer: Work | None = None
    per: float = 1
    memory: bool = False
    times: int = 100

    def sentence(self, sizes: Sizes) -> str:
        """What is measured."""
        return self.told.format(
            few=f"{sizes.few:,}", some=f"{sizes.some:,}", many=f"{sizes.many:,}",
            most=f"{sizes.most:,}", workbooks=sizes.workbooks, otcs=f"{sizes.many // 10:,}",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """What a figure's runs took, ours and the peer's in pairs, in the order they were run."""

    figure: Figure
    ours: Sequence[Taken]
    peer: Sequence[Taken]

    def values(self, of: Callable[[Taken], float]) -> list[float]:
        """The figure of each pair, by what `of` sees in a run."""
        mine = [of(one) for one in self.ours]
        if self.figure.peer is None:
            return mine
        pairs = zip(mine, (of(one) for one in self.peer), strict=True)
        if self.figure.limit.least:
            return [theirs * self.figure.per / own for own, theirs in pairs]
        return [own / (theirs * self.figure.per) for own, theirs in pairs]

    @property
    def shown(self) -> list[float]:
        """The figure of each pair: memory where it is about that, time else."""
        return self.values(memory_of if self.figure.memory else wall_of)

    @property
    def met(self) -> bool:
        """Whether the median is within the limit."""
        return self.figure.limit.met(statistics.median(self.shown))


def wall_of(taken: Taken) -> float:
    """Seconds from a job's beginning to its end."""
    return taken.wall


def processor_of(taken: Taken) -> float:
    """Seconds that processors worked on a job."""
    return taken.processor


def memory_of(taken: Taken) -> float:
    """The most MB that a job held at once."""
    assert taken.memory is not None, "its memory was not watched"
    return taken.memory


def measure(figure: Figure, material: Material, times: int) -> Measured:
    """Run ours and the peer in turn, so often."""
    ours: list[Taken] = []
    peer: list[Taken] = []
    times = min(times, figure.times)
    for turn in range(1, times + 1):
        for runs, work in ((ours, figure.ours), (peer, figure.peer)):
            if work is not None:
                runs.append(take(work(material), material.scratch, memory=figure.memory))
                material.clear()
        measured = Measured(figure, ours, peer)
        taken = " : ".join(f"{runs[-1].wall:.2f} s" for runs in (ours, peer) if runs)
        said = f"{measured.shown[-1]:,.2f} {figure.limit.unit}"
        material.say(f"{figure.name} {turn}/{times}: {taken}, {said}")
    return Measured(figure, ours, peer)


GROWTH = ("few", "some", "many", "most")
"""The sizes of the curve, each ten times the one before."""


def _growth(smaller: str, larger: str) -> Figure:
    return Figure(
        f"growth-{larger}",
        f"`apply`, a customer of {{{larger}}} against one of {{{smaller}}}",
        jobs.apply(larger), Limit(1.1), jobs.apply(smaller), per=10, times=2,
    )  # fmt: skip


_SECOND = Limit(1, "s")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "floor", "`apply` of {otcs} OTCs and {many} customers against the floor",
        jobs.apply("many"), Limit(6), jobs.importing("floor.py"),
    ),
    Figure(
        "django", "the same, times as fast as django-import-export",
        jobs.apply("many"), Limit(10, least=True), jobs.importing("django_table.py", "bench_"),
    ),
    Figure(
        "pandas", "the same, times as fast as the script of pandas and pandera",
        jobs.apply("many"), Limit(1.5, least=True), jobs.importing("pandas_script.py"),
    ),
    Figure("check", "`check` of it against `apply`", jobs.check, Limit(0.8), jobs.apply("many")),
    Figure(
        "server", "`apply` of it to PostgreSQL against SQLite",
        jobs.apply_to_server, Limit(2.5), jobs.apply("many"),
    ),
    Figure(
        "export", "`export` of {many} subscriptions against xlsxturbo writing the same frames",
        jobs.export, Limit(2), jobs.exporting("export_xlsxturbo.py"),
    ),
    Figure(
        "openpyxl", "the same, times as fast as openpyxl",
        jobs.export, Limit(4, least=True), jobs.exporting("export_openpyxl.py"), times=2,
    ),
    Figure(
        "large-ledger",
        "`apply` of {few} customers to a ledger of {most} against one to an empty ledger",
        jobs.apply_to_most, Limit(1.3), jobs.apply_to_none,
    ),
    Figure(
        "at-once", "`apply` of {workbooks} workbooks of {few} customers against as many commands",
        jobs.apply_at_once, Limit(0.3), jobs.apply_one_by_one, times=1,
    ),
    Figure(
        "partial",
        "`apply --partial` of {many} customers, a tenth refused, against a good workbook",
        jobs.apply_partly, Limit(2), jobs.apply("many"),
    ),
    Figure(
        "memory-many", "memory of `apply`, {many} customers",
        jobs.apply("many"), Limit(450, "MB"), memory=True, times=3,
    ),
    Figure(
        "memory-most", "memory of `apply`, {most} customers",
        jobs.apply("most"), Limit(3 * 1024, "MB"), memory=True, times=1,
    ),
    Figure(
        "help", "`--help` against `import click`",
        jobs.ours("--help"), Limit(3), jobs.python("import click"),
    ),
    Figure(
        "version", "`--version` against `import click`",
        jobs.ours("--version"), Limit(3), jobs.python("import click"),
    ),
    Figure(
        "show-customer", "`show customers NAME` of {most}",
        jobs.on_most("show", "customers", "Customer 77"), _SECOND,
    ),
    Figure("show-summary", "`show summary` of them", jobs.on_most("show", "summary"), _SECOND),
    Figure("history", "`history` of that ledger", jobs.on_most("history"), _SECOND),
    Figure(
        "history-batch", "`history` of a batch of ten customers there",
        jobs.history_of_small, _SECOND,
    ),
    Figure("undo", "`undo` of a batch of ten customers there", jobs.undo_small, _SECOND),
    *(_growth(smaller, larger) for smaller, larger in itertools.pairwise(GROWTH)),
)  # fmt: skip
