"""Plan the changes that a workbook would make, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from importer.domain import requests as ask
from importer.domain.entities import Device
from importer.domain.planning.changes import Change
from importer.domain.planning.snapshot import Snapshot
from importer.domain.prefilled import FilledIn
from importer.domain.problems import Place, Problems
from importer.domain.rules import customers, devices, moves, otcs, subscriptions
from importer.domain.rules.handing_out import requested_in_all
from importer.domain.rules.verdict import Verdict

Rule = Callable[..., Verdict]

RULES: dict[type[ask.Request], Rule] = {
    ask.AddOtc: otcs.add_otc,
    ask.EditOtc: otcs.edit_otc,
    ask.AddCustomer: customers.add_customer,
    ask.AddSubscription: subscriptions.add_subscription,
    ask.EditCustomer: customers.edit_customer,
    ask.UpdateOtc: moves.update_otc,
    ask.DisableCustomer: customers.disable_customer,
    ask.EnableCustomer: customers.enable_customer,
    ask.RecordDevice: devices.record_device,
}


class RowOutcome(StrEnum):
    """The outcome of a row."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Demand(NamedTuple):
    """The licences that a workbook asks of an OTC, and its figures after the good rows."""

    otc: str
    total: int
    used: int
    pending: int
    requested: int
    short_by: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome of each request, the changes of the good ones, and `after`, which has them.

    `new_customers` are the ids of the customers that they add.
    """

    outcomes: list[RowOutcome]
    changes: list[Change]
    problems: Problems
    demands: list[Demand]
    after: Snapshot
    new_customers: range


def make_plan(
    requests: Iterable[ask.Request],
    snapshot: Snapshot,
    tick: Callable[[], object] = lambda: None,
    filled_in: FilledIn | None = None,
) -> Plan:
    """Judge `requests` in order, each against `snapshot` as the good ones before it leave it.

    `tick` is called once per request. Edits of what was `filled_in` must fit the ledger as it is.
    """
    ledger = snapshot.copy()
    outcomes: list[RowOutcome] = []
    changes: list[Change] = []
    problems = Problems()
    requested: Counter[str] = Counter()
    granted: Counter[str] = Counter()
    applied, unchanged, rejected = RowOutcome.APPLIED, RowOutcome.UNCHANGED, RowOutcome.REJECTED
    installed_by: dict[int, Place] = {}
    for request in requests:
        verdict = filled_in and filled_in.verdict(request, snapshot)
        verdict = verdict or RULES[type(request)](request, ledger)
        for otc, licenses in verdict.requested:
            requested[otc] += licenses
        problems.add(verdict.problems)
        if verdict.problems and verdict.refused:
            outcomes.append(rejected)
        elif not verdict.changes:
            outcomes.append(unchanged)
        else:
            for change in verdict.changes:
                ledger.record(change)
                if isinstance(change.after, Device) and change.after.is_installed:
                    installed_by[change.after.customer] = change.place
            for otc, licenses in verdict.requested:
                granted[otc] += licenses
            changes += verdict.changes
            outcomes.append(applied)
        tick()
    problems.add(devices.more_devices_than_licenses(installed_by, ledger))
    problems.in_full = [requested_in_all(problem, requested) for problem in problems]
    demands = [_demand(ledger, otc, requested[otc], granted[otc]) for otc in requested]
    new_customers = range(snapshot.last_customer + 1, ledger.last_customer + 1)
    return Plan(outcomes, changes, problems, demands, ledger, new_customers)


def _demand(ledger: Snapshot, code: str, requested: int, granted: int) -> Demand:
    otc = ledger.otcs[code]
    pending = ledger.pending(otc)
    short_by = max(0, requested - granted - pending)
    return Demand(code, otc.total, ledger.used[code], pending, requested, short_by)
