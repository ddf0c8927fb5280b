"""What an account should hold after each of its batches, in plain dictionaries."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import model_ledger
from model import Model
from random_rows import TODAY, Workbook

Key = tuple[str, Any]
"""("otc", code), ("customer", number), ("subscription", (number, code)) or ("device", (number,
key of its id))."""

State = dict[Key, Any]
"""All that an account holds. An OTC is its cells by header, a customer its name, contact and so
on, a subscription a number of licences, a device its cells by header. A state never changes."""


@dataclass
class AccountHistory:
    """An account's state after each of its batches, beginning with the empty one."""

    states: list[State] = field(default_factory=lambda: [{}])
    undoes: list[int | None] = field(default_factory=lambda: [None])
    instants: list[dt.datetime] = field(default_factory=lambda: [dt.datetime.min])
    heads: list[str] = field(default_factory=lambda: [""])
    numbers: Iterator[int] = field(default_factory=lambda: count(1))  # of customers

    @property
    def now(self) -> State:
        return self.states[-1]

    @property
    def last(self) -> int:
        """The number of the last batch; 0 before the first."""
        return len(self.states) - 1

    def add(self, state: State, instant: dt.datetime, head: str, undoes: int | None) -> None:
        """Add a batch, whose instant is never before that of the batch before it."""
        self.states.append(state)
        self.undoes.append(undoes)
        self.instants.append(max(instant.replace(tzinfo=None), self.instants[-1]))
        self.heads.append(head)

    def undone_by(self, number: int) -> int | None:
        """The batch that undid `number`, and was not itself undone."""
        undos = (n for n in range(number + 1, self.last + 1) if self.undoes[n] == number)
        return next((n for n in undos if self.undone_by(n) is None), None)

    def at_end_of(self, day: dt.date) -> int:
        """The last batch made on that day or before."""
        return max(n for n, instant in enumerate(self.instants) if instant.date() <= day)

    def after_workbook(self, workbook: Workbook, *, partial: bool) -> State | None:
        """The state once `workbook` is applied; None if that makes no batch."""
        ledger, numbers = model_of(self.now)
        results = [result for sheet in ledger.apply(copy.deepcopy(workbook)) for result in sheet]
        refused = any(isinstance(result, set) for result in results)
        if "applied" not in results or (refused and not partial):
            return None
        for site in ledger.customers:
            if site not in numbers:
                numbers[site] = next(self.numbers)
        return _state_of(ledger, numbers)

    def after_undo(self, number: int) -> State | set[str]:
        """The state once batch `number` is undone; if that is refused, every code it may have.

        Everything that the batch touched is to be as before it. What is so again already is left
        alone; what is neither so nor as the batch left it was changed since.
        """
        if self.undone_by(number) is not None:
            return {"already-undone"}
        before, after = self.states[number - 1], self.states[number]
        then = dict(self.now)
        for key in before.keys() | after.keys():
            if before.get(key) == after.get(key) or then.get(key) == before.get(key):
                continue
            if then.get(key) != after.get(key):
                return {"changed-since"}
            if key in before:
                then[key] = before[key]
            else:
                del then[key]
        return _conflicts(then, self.now, after) or then


def model_of(state: State) -> tuple[Model, dict[int, int]]:
    """The model that holds `state`, and customers' numbers by the model's own, which begin at 1."""
    ledger = Model(TODAY)
    own = [number for kind, number in state if kind == "customer"]
    sites = {number: site for site, number in enumerate(own, start=1)}
    for (kind, key), facts in state.items():
        if kind == "otc":
            ledger.otcs[key] = dict(facts)
        elif kind == "customer":
            ledger.customers[sites[key]] = model_ledger.Customer(**copy.deepcopy(facts))
        elif kind == "device":
            ledger.devices[sites[key[0]], key[1], None] = dict(facts)
        else:
            ledger.subscriptions[sites[key[0]], key[1]] = facts
    return ledger, {site: number for number, site in sites.items()}


def _state_of(ledger: Model, numbers: dict[int, int]) -> State:
    state: State = {("otc", code): dict(cells) for code, cells in ledger.otcs.items()}
    for site, customer in ledger.customers.items():
        state["customer", numbers[site]] = copy.deepcopy(vars(customer))
    for (site, code), licenses in ledger.subscriptions.items():
        state["subscription", (numbers[site], code)] = licenses
    for (site, device, _), cells in ledger.devices.items():
        state["device", (numbers[site], device)] = dict(cells)
    return state


def _conflicts(then: State, now: State, after: State) -> set[str]:
    """The codes that may refuse to make `now` into `then`: the rules that would not hold in it.

    `after` is what the batch to undo left: a customer disabled since gets no more licences.
    """
    codes: set[str] = set()
    holders: dict[str, dict[int, int]] = {}
    for key, licenses in then.items():
        if key[0] == "device" and ("customer", key[1][0]) not in then:
            codes.add("still-held" if key in now else "unknown-customer")
        if key[0] != "subscription":
            continue
        site, code = key[1]
        holders.setdefault(code, {})[site] = licenses
        if ("customer", site) not in then:
            codes.add("still-held" if key in now else "unknown-customer")
        elif licenses > now.get(key, 0) and _disabled(site, now) and not _disabled(site, after):
            codes.add("customer-disabled")
        if ("otc", code) not in then:
            codes.add("still-held" if key in now else "unknown-otc")
    for (kind, code), cells in then.items():
        if kind == "otc":
            changed = cells != now.get(("otc", code))
            codes |= _overused(holders.get(code, {}), cells["Total Licenses"], changed, then)
    customers = [facts for (kind, _), facts in then.items() if kind == "customer"]
    names = {model_ledger.key(facts["name"]) for facts in customers}
    emails = [facts["contact"]["Email"].casefold() for facts in customers if facts["whole"]]
    codes |= {"already-exists"} if len(names) < len(customers) else set()
    return codes | ({"email-in-use"} if len(set(emails)) < len(emails) else set())


def _disabled(site: int, state: State) -> bool:
    return bool(state.get(("customer", site), {}).get("disabled"))


def _overused(holders: dict[int, int], total: int, changed: bool, then: State) -> set[str]:
    """What is wrong with how the licences of one OTC are shared."""
    used = sum(holders.values())
    too_many = {"total-below-used" if changed else "overallocation"} if used > total else set()
    whole = [site for site in holders if then.get(("customer", site), {}).get("whole")]
    if whole and (len(holders) > 1 or used != total):
        return too_many | {"otc-dedicated", "dedicated-needs-all"}
    return too_many
