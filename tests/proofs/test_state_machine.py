"""Random histories of a ledger against plain dictionaries."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from empty_ledgers import EmptyLedger
from history_machine import Clock, LedgerHistories
from importer.base import clock
from importer.base.errors import LedgerError
from importer.domain.entities import Device, Entity, Subscription
from importer.domain.planning import undo as undo_rules
from importer.domain.planning.changes import Change
from importer.ledger.database import Writing
from importer.ledger.engines import sqlite
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.reading import contents as reading
from importer.ledger.reading import journal
from importer.ledger.writing.apply import AppliedBatch, BatchFacts, apply_changes
from importer.pipeline import undo as undoing
from tiers import examples

pytestmark = pytest.mark.usefixtures("no_corrections")


@pytest.fixture(autouse=True)
def _clock_of_the_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: Clock.instant)


def run(
    empty: EmptyLedger, seed_number: int | None, histories: int, steps: int, *,
    control: bool = False,
) -> None:  # fmt: skip
    """Run random histories; the seed is printed. A control stops at the first that fails."""

    class Machine(LedgerHistories):
        empty_ledger = empty
        counts: ClassVar[Counter[str]] = Counter()

    chosen = settings(
        max_examples=histories, stateful_step_count=steps, deadline=None, print_blob=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    if control:
        chosen = settings(chosen, phases=[Phase.generate], database=None)
    seed(seed_number)(Machine)
    try:
        run_state_machine_as_test(Machine, settings=chosen)
    finally:
        counts = ", ".join(f"{what} {times}" for what, times in Machine.counts.most_common())
        sys.stdout.write(f"pytest --hypothesis-seed={seed_number}\n{counts}\n")


@pytest.fixture
def seed_number(request: pytest.FixtureRequest) -> int:
    """The seed: that of --hypothesis-seed or, without it, a new one."""
    option: str | None = request.config.getoption("--hypothesis-seed")
    return int(option) if option and option.isdecimal() else random.SystemRandom().getrandbits(32)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("times", "steps"),
    [pytest.param(1, 12, id="few"), pytest.param(12, 40, id="many", marks=pytest.mark.long)],
)
def test_every_history_is_as_the_dictionaries_say(
    times: int, steps: int, empty_ledger: EmptyLedger, seed_number: int
) -> None:
    """Two accounts always hold what they should and show what they held at any time; a refused
    undo names what to undo first, and a crash leaves nothing half done."""
    run(empty_ledger, seed_number, times * examples(10), steps)


def undo_forgets(kind: type[Entity]) -> Callable[[pytest.MonkeyPatch], None]:
    """An undo brings back and takes away everything but entities of one kind."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        def apply(writing: Writing, changes: Sequence[Change], facts: BatchFacts) -> AppliedBatch:
            others = [change for change in changes if not isinstance(change.entity, kind)]
            return apply_changes(writing, others, facts)

        monkeypatch.setattr(undoing, "apply_changes", apply)

    return plant


def undo_leaves_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """An undo takes subscriptions back, but what is used of their OTCs stays."""

    def apply(writing: Writing, changes: Sequence[Change], facts: BatchFacts) -> AppliedBatch:
        connection = writing.connection
        otcs = connection.execute(sa.text("SELECT used, account_id, code FROM otc")).all()
        batch = apply_changes(writing, changes, facts)
        for otc in otcs:
            restore = "UPDATE otc SET used = :used WHERE account_id = :account_id AND code = :code"
            connection.execute(sa.text(restore), otc._asdict())
        return batch

    monkeypatch.setattr(undoing, "apply_changes", apply)


def undo_ignores_dependents(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not matter what depends on the batch."""
    monkeypatch.setattr(undo_rules, "depending_on", lambda *_facts: iter(()))


def undo_names_what_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch to undo first is the last one that touched the thing, even if it is undone
    already, or itself the undo of another."""
    monkeypatch.setattr(journal, "_last_standing", max)


def as_of_is_one_batch_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The images of the batch after the one named count too."""

    def load(connection: sa.Connection, account: str, number: int) -> dict[str, Iterable[Entity]]:
        return entities_as_of(connection, account, number + 1)

    entities_as_of = reading._entities_as_of
    monkeypatch.setattr(reading, "_entities_as_of", load)


def a_crash_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written before a crash stays written."""

    @contextmanager
    def always_committed(ledger: FileLedger, begin: str) -> Iterator[sa.Connection]:
        engine = sqlite._engine(ledger.path, ledger.patience)
        with engine.connect().execution_options(begin=begin) as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.commit()

    monkeypatch.setattr(FileLedger, "_transaction", always_committed)


CONTROLS = [
    pytest.param(a_crash_commits, 3, id="a crash commits", marks=pytest.mark.thorough),
    pytest.param(undo_forgets(Subscription), 17, id="undo forgets subscriptions"),
    *(
        pytest.param(plant, seed, id=name, marks=pytest.mark.thorough)
        for plant, seed, name in (
            (undo_forgets(Device), 7, "undo forgets devices"),
            (undo_leaves_used, 2, "undo leaves used"),
            (undo_ignores_dependents, 1, "undo ignores dependents"),
            (undo_names_what_is_undone, 14, "undo names what is undone"),
            (as_of_is_one_batch_late, 6, "as of is one batch late"),
        )
    ),
]
"""Planted faults, each with a seed that finds it soon."""


@pytest.mark.thorough
@pytest.mark.parametrize(("plant", "control_seed"), CONTROLS)
def test_a_planted_fault_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    control_seed: int,
    empty_ledger: EmptyLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, LedgerError)):  # or the database refuses it
        run(empty_ledger, control_seed, 100, 12, control=True)
