"""Random workbooks through the whole program and through the plain model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from msgspec.structs import replace

from builders import in_detail, write_workbook
from empty_ledgers import EmptyLedger
from importer.base.errors import LedgerError
from importer.domain import requests
from importer.domain.contents import Contents
from importer.domain.entities import Device, Entity, Otc
from importer.domain.invariants import State, violations
from importer.domain.planning import plan
from importer.domain.planning.snapshot import Snapshot
from importer.domain.rules import customers, devices
from importer.domain.rules.verdict import Verdict
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline.job import Job
from model import Model, TooManyDevices
from model_rules import RowResult
from random_rows import SHEETS, TODAY, Workbook, histories
from reports import outcome_of
from tiers import examples

pytestmark = pytest.mark.usefixtures("no_corrections")

BASE = settings(
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def agree(empty: EmptyLedger, history: list[Workbook]) -> None:
    """Apply `history` to a new ledger and to the model; compare every row and what is left."""
    with tempfile.TemporaryDirectory() as folder, empty() as ledger:
        job = Job(ledger, "default", TODAY, "tester")
        model = Model(TODAY)
        for workbook in history:
            path = write_workbook(Path(folder) / "workbook.xlsx", workbook)
            check = pipeline.check([path], job) if workbook is history[-1] else []
            report = pipeline.apply(path, job, partial=True)
            for foretold in check:
                assert _common(foretold) == _common(report), "check foretells what apply does"
            for (sheet, _), expected in zip(workbook, model.apply(workbook), strict=True):
                for row, result in enumerate(expected, start=2):
                    _assert_result(report, sheet, row, result)
            assert _too_many_devices(report) == model.too_many_devices()
        contents = showing.contents(job)
        assert list(violations(_state_of(contents))) == []
        assert in_detail(contents) == model.ledger()


def _state_of(contents: Contents) -> State:
    entities: list[Entity] = [holding.otc for holding in contents.otcs]
    for holding in contents.customers:
        entities += (holding.customer, *holding.subscriptions, *holding.devices)
    return State(entities, {})


def _too_many_devices(report: Report) -> list[TooManyDevices]:
    """The warnings about customers with more devices than licences, by row."""
    warnings = []
    for problem in report.problems:
        if problem.code == "more-devices-than-licenses":
            facts: Any = problem.message.facts
            warnings.append(TooManyDevices(str(problem.sheet), problem.row or 0, **facts))
    return sorted(warnings)


def _common(report: Report) -> tuple[object, ...]:
    """What check and apply must agree on."""
    problems = [(p.code, p.sheet, p.cell, str(p.message)) for p in report.problems]
    return report.rows, report.rejected, report.counts(), report.demands, problems


def _assert_result(report: Report, sheet: str, row: int, expected: RowResult) -> None:
    outcome = outcome_of(report, sheet, row)
    codes = {
        problem.code.value
        for problem in report.problems
        if (problem.sheet, problem.row) == (sheet, row) and problem.severity == "error"
    }
    if isinstance(expected, str):
        assert (outcome, codes) == (expected, set()), f"{sheet} {row}"
    else:
        assert outcome == "rejected", f"{sheet} {row}: {outcome}, not refused for {expected}"
        assert codes, f"{sheet} {row}"
        assert codes <= expected, f"{sheet} {row}: {codes} beyond {expected}"


def assert_agreement(
    empty_ledger: EmptyLedger, chosen: settings, sheets: Sequence[str] = tuple(SHEETS)
) -> None:
    """The program and the model agree on random histories of these sheets."""

    @chosen
    @given(histories(sheets))
    def property_holds(history: list[Workbook]) -> None:
        agree(empty_ledger, history)

    property_holds()


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "times", [pytest.param(1, id="few"), pytest.param(14, id="many", marks=pytest.mark.long)]
)
def test_every_row_of_random_workbooks_ends_as_in_the_plain_model(
    times: int, empty_ledger: EmptyLedger
) -> None:
    """Applied, unchanged or refused with fitting codes, row by row, and the same ledger."""
    assert_agreement(empty_ledger, settings(BASE, max_examples=times * examples(30)))


def expires_a_day_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """On its last day an OTC is taken for expired."""
    monkeypatch.setattr(
        Otc, "expired", lambda otc, today: otc.expiry_date is not None and otc.expiry_date <= today
    )


def never_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A released customer keeps its licences."""

    def disable(row: requests.DisableCustomer, ledger: Snapshot) -> Verdict:
        return customers.disable_customer(replace(row, release=None), ledger)

    monkeypatch.setitem(plan.RULES, requests.DisableCustomer, disable)


def gives_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One licence more than there is counts as pending."""
    pending = Snapshot.pending
    monkeypatch.setattr(Snapshot, "pending", lambda self, otc: pending(self, otc) + 1)


def blank_cells_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a row does not state of a device is forgotten."""

    def record(row: requests.RecordDevice, ledger: Snapshot) -> Verdict:
        verdict = devices.record_device(row, ledger)
        for index, change in enumerate(verdict.changes):
            assert isinstance(change.after, Device)
            blank = replace(change.after, avira_installed=row.avira_installed)
            verdict.changes[index] = replace(change, after=blank)
        return verdict

    monkeypatch.setitem(plan.RULES, requests.RecordDevice, record)


def counts_what_was_uninstalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device on which Avira was ever installed counts as one that has it."""
    installed = property(lambda device: device.avira_installed is not None)
    monkeypatch.setattr(Device, "is_installed", installed)


CONTROLS = [
    pytest.param(expires_a_day_early, ("Edit OTC", "Add Customer"), id="expires a day early"),
    pytest.param(
        never_releases, ("Disable Customer",), id="never releases", marks=pytest.mark.thorough
    ),
    pytest.param(gives_one_too_many, ("Add Customer",), id="gives one too many"),
    pytest.param(
        blank_cells_clear, ("Devices",), id="blank cells clear", marks=pytest.mark.thorough
    ),
    pytest.param(
        counts_what_was_uninstalled, ("Disable Customer", "Devices"),
        id="counts what was uninstalled", marks=pytest.mark.thorough,
    ),
]  # fmt: skip
"""Planted faults, and the sheets that they show on: with these they are found soon."""


@pytest.mark.thorough
@pytest.mark.parametrize(("plant", "sheets"), CONTROLS)
def test_a_planted_fault_in_a_rule_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    sheets: Sequence[str],
    empty_ledger: EmptyLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    control = settings(
        BASE, max_examples=200, phases=[Phase.generate], database=None, derandomize=True
    )
    with pytest.raises((AssertionError, LedgerError)):  # or the database refuses it
        assert_agreement(empty_ledger, control, sheets)
