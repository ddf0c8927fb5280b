"""Random histories of a ledger against plain dictionaries: apply, undo, as-of, crash, reopen."""

from __future__ import annotations

import copy
import datetime as dt
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from test_property import (
    ALL_OTCS,
    COMPANIES,
    DAYS,
    DEVICES,
    EMAILS,
    FIRST_NAMES,
    HEADER,
    SHEETS,
    TODAY,
    EmptyLedger,
    empty_ledger,
)

import model
from builders import devices_in_plain, write_workbook
from importer.base import clock
from importer.base.errors import LedgerError, MisuseError
from importer.domain.contents import Contents
from importer.domain.entities import Device, Entity, Subscription
from importer.domain.planning import undo as undo_rules
from importer.domain.planning.changes import Change
from importer.ledger.database import Ledger, Writing
from importer.ledger.engines import sqlite as on_file
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.reading import contents as reading
from importer.ledger.reading import journal
from importer.ledger.upkeep.verify import verify
from importer.ledger.writing.apply import AppliedBatch, BatchFacts, apply_changes
from importer.messages.report import Report, undo_to_json
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline import undo as undoing
from importer.pipeline.job import Job

__all__ = ["empty_ledger"]  # a fixture

ACCOUNTS = ("one", "two")
BALANCES = sa.text("""
    SELECT total, used, coalesce(sum(licenses), 0)
    FROM otc LEFT JOIN subscription AS held
    ON held.account_id = otc.account_id AND held.otc = otc.code
    GROUP BY otc.account_id, code, total, used
""")
RECENT = 8
"""How far back batches are undone."""

BEGUN_WITH = 4
"""Workbooks applied before anything else: nothing depends on a batch that none came after."""

BEGUN = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)

Workbook = list[tuple[str, list[dict[str, Any]]]]
T = TypeVar("T")

# What an account should hold, in dictionaries

Key = tuple[str, Any]
"""("otc", code), ("customer", number), ("subscription", (number, code)) or ("device", (number,
key of its id))."""

State = dict[Key, Any]
"""All that an account holds. An OTC is its cells by header, a customer its name, contact and so
on; a subscription a number of licences, a device its cells by header. What stands in a state never
changes."""


def touched(before: State, after: State) -> set[Key]:
    """What is not the same in both."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@dataclass
class Past:
    """What an account held after each of its batches, the first of all states being empty."""

    states: list[State] = field(default_factory=lambda: [{}])
    undoes: list[int | None] = field(default_factory=lambda: [None])
    instants: list[dt.datetime] = field(default_factory=lambda: [dt.datetime.min])
    heads: list[str] = field(default_factory=lambda: [""])
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> State:
        return self.states[-1]

    @property
    def last(self) -> int:
        """The number of the last batch; 0 before the first."""
        return len(self.states) - 1

    def add(self, state: State, instant: dt.datetime, undoes: int | None = None) -> None:
        """A further batch, whose instant is never before that of the batch before it."""
        self.states.append(state)
        self.undoes.append(undoes)
        instant = instant.replace(tzinfo=None)
        self.instants.append(max(instant, self.instants[-1]))

    def undone_by(self, number: int) -> int | None:
        """The batch that took `number` back, and was not itself taken back."""
        return next(
            (
                by for by in range(number + 1, self.last + 1)
                if self.undoes[by] == number and self.undone_by(by) is None
            ),
            None,
        )  # fmt: skip

    def at_end_of(self, day: dt.date) -> int:
        """The last batch made on that day or before."""
        return max(n for n, instant in enumerate(self.instants) if instant.date() <= day)


def applied(past: Past, workbook: Workbook, *, partial: bool) -> State | None:
    """What the account should hold once `workbook` is applied; None if that makes no batch."""
    ledger, numbers = as_model(past.now)
    outcomes = [one for of_sheet in ledger.apply(copy.deepcopy(workbook)) for one in of_sheet]
    refused = any(isinstance(one, set) for one in outcomes)
    if "applied" not in outcomes or (refused and not partial):
        return None
    for place in ledger.customers:
        if place not in numbers:
            numbers[place] = next(past.numbers)
    return as_state(ledger, numbers)


def as_model(state: State) -> tuple[model.Model, dict[int, int]]:
    """The model that holds `state`, and the customers' numbers by its own, which begin at 1."""
    ledger = model.Model(TODAY)
    own = [number for kind, number in state if kind == "customer"]
    places = {number: place for place, number in enumerate(own, start=1)}
    for (kind, key), facts in state.items():
        if kind == "otc":
            ledger.otcs[key] = dict(facts)
        elif kind == "customer":
            ledger.customers[places[key]] = model.Customer(**copy.deepcopy(facts))
        elif kind == "device":
            ledger.devices[places[key[0]], key[1], None] = dict(facts)
        else:
            ledger.subscriptions[places[key[0]], key[1]] = facts
    return ledger, {place: number for number, place in places.items()}


def as_state(ledger: model.Model, numbers: dict[int, int]) -> State:
    """What the model holds."""
    state: State = {("otc", code): dict(cells) for code, cells in ledger.otcs.items()}
    for place, one in ledger.customers.items():
        state["customer", numbers[place]] = copy.deepcopy(vars(one))
    for (place, code), licenses in ledger.subscriptions.items():
        state["subscription", (numbers[place], code)] = licenses
    for (place, device, _), cells in ledger.devices.items():
        state["device", (numbers[place], device)] = dict(cells)
    return state


def undone(past: Past, number: int) -> State | set[str]:
    """What the account should hold once batch `number` is taken back; or, where something later
    depends on what that would take away, every code that may say so.

    All that the batch touched is to be as before it. What is so again already is left alone; what
    is neither so nor as the batch left it was changed since.
    """
    if past.undone_by(number) is not None:
        return {"already-undone"}
    before, left = past.states[number - 1], past.states[number]
    then = dict(past.now)
    for key in touched(before, left):
        if then.get(key) == before.get(key):
            continue
        if then.get(key) != left.get(key):
            return {"changed-since"}
        if key in before:
            then[key] = before[key]
        else:
            del then[key]
    return against(then, past.now, left) or then


def against(then: State, now: State, left: State) -> set[str]:
    """What the ledger may say against becoming `then`: the rules that would not hold in it.

    `left` is what the batch to be taken back left: who was disabled since gets no more licences.
    """
    codes: set[str] = set()
    held: dict[str, dict[int, int]] = {}
    for key, licenses in then.items():
        if key[0] == "device" and ("customer", key[1][0]) not in then:
            codes.add("still-held" if key in now else "unknown-customer")
        if key[0] != "subscription":
            continue
        who, code = key[1]
        held.setdefault(code, {})[who] = licenses
        if ("customer", who) not in then:
            codes.add("still-held" if key in now else "unknown-customer")
        elif licenses > now.get(key, 0) and disabled(who, now) and not disabled(who, left):
            codes.add("customer-disabled")
        if ("otc", code) not in then:
            codes.add("still-held" if key in now else "unknown-otc")
    for (kind, code), cells in then.items():
        if kind == "otc":
            changed = cells != now.get(("otc", code))
            codes |= misheld(held.get(code, {}), cells["Total Licenses"], changed, then)
    customers = [one for (kind, _), one in then.items() if kind == "customer"]
    names = [model.key(one["name"]) for one in customers]
    emails = [one["contact"]["Email"].casefold() for one in customers if one["whole"]]
    codes |= {"already-exists"} if len(set(names)) < len(names) else set()
    return codes | ({"email-in-use"} if len(set(emails)) < len(emails) else set())


def disabled(who: int, state: State) -> bool:
    return bool(state.get(("customer", who), {}).get("disabled"))


def misheld(holders: dict[int, int], total: int, changed: bool, then: State) -> set[str]:
    """What is wrong with how the licences of one OTC are held."""
    used = sum(holders.values())
    too_many = {"total-below-used" if changed else "overallocation"} if used > total else set()
    whole = [who for who in holders if then.get(("customer", who), {}).get("whole")]
    if whole and (len(holders) > 1 or used != total):
        return too_many | {"otc-dedicated", "dedicated-needs-all"}
    return too_many


def told(state: State) -> dict[str, Any]:
    """What a ledger that holds `state` tells."""
    ledger, _ = as_model(state)
    found: dict[str, Any] = ledger.ledger()
    for code, cells in ledger.otcs.items():
        found["otcs"][code] |= {name: cells.get(header) for name, header in OTC_DETAILS.items()}
    return found


def tells(contents: Contents) -> dict[str, Any]:
    """What a ledger tells, in the same words."""
    return {
        "otcs": {
            one.otc.code: {"total": one.otc.total, "used": one.used, "pending": one.pending}
            | {name: getattr(one.otc, name) for name in OTC_DETAILS}
            for one in contents.otcs
        },
        "customers": {
            one.customer.name: {
                "managed_by": one.customer.managed_by.value,
                "status": one.customer.status.value,
                "email": one.customer.email,
                "first_name": one.customer.first_name,
                "last_name": one.customer.last_name,
                "subscriptions": {held.otc: held.licenses for held in one.subscriptions},
            }
            | devices_in_plain(one)
            for one in contents.customers
        },
    }


OTC_DETAILS = {"email": "Email", "company": "Company Name", "expiry_date": "Expiry Date"}


# What happens to the ledger


class Clock:
    """The program's, which the test sets."""

    instant: ClassVar[dt.datetime] = BEGUN


@pytest.fixture(autouse=True)
def _only_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the test's own time, and without corrections, which would take most of it."""
    monkeypatch.setattr(clock, "now", lambda: Clock.instant)
    monkeypatch.setattr(pipeline, "_write_corrections", lambda *_args, **_options: None)


class PowerCutError(Exception):
    """Stands for the end of the program in the middle of its work."""


@contextmanager
def power_cut(after: int) -> Iterator[None]:
    """The program ends with its `after`th statement that writes, if it comes so far."""
    writes = count(1)

    def stop(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and next(writes) == after:
            raise PowerCutError

    sa.event.listen(sa.Engine, "after_cursor_execute", stop)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", stop)


def fitting(state: State, about: int | None = None) -> st.SearchStrategy[Workbook]:
    """One or two rows that ask of an account something that mostly can be.

    With `about` all of it concerns one OTC and one customer, which are chosen by that number.
    """
    held = {code: 0 for kind, code in state if kind == "otc"}
    for (kind, key), licenses in state.items():
        if kind == "subscription":
            held[key[1]] += licenses
    pending = {code: state["otc", code]["Total Licenses"] - used for code, used in held.items()}
    names = {who: one["name"] for (kind, who), one in state.items() if kind == "customer"}
    holdings = [(names[key[0]], key[1]) for kind, key in state if kind == "subscription"]

    def is_one_of(found: Iterable[T], otherwise: list[T]) -> st.SearchStrategy[T]:
        listed = list(found) or otherwise
        return st.sampled_from(listed if about is None else [listed[about % len(listed)]])

    known = is_one_of(held, CODES)
    site = is_one_of(names.values(), SITES)
    holding = is_one_of(holdings, [(SITES[0], CODES[0])])
    free = st.sampled_from([code for code in CODES if code not in held] or CODES)
    roomy = st.sampled_from([code for code, left in pending.items() if left] or CODES)
    unused = st.sampled_from([code for code, used in held.items() if not used] or CODES)
    new_site = st.sampled_from([one for one in SITES if one not in names.values()] or SITES)
    few = st.integers(1, 3)

    def row(sheet: str, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        stated = st.fixed_dictionaries({HEADER[name]: value for name, value in columns.items()})
        return stated.map(lambda cells: (sheet, cells))

    def of_holding(
        sheet: str, otc: str, **columns: st.SearchStrategy[Any]
    ) -> st.SearchStrategy[Any]:
        return holding.flatmap(
            lambda one: row(sheet, customer=st.just(one[0]), **{otc: st.just(one[1])}, **columns)
        )

    one_row = st.one_of(
        row("Add OTC", otc=free, email=EMAILS, company=COMPANIES, total=st.integers(4, 9)),
        row("Edit OTC", otc=known, total=st.integers(2, 12)),
        row("Edit OTC", otc=known, company=COMPANIES),
        row("Add Customer", customer=new_site, managed_by=st.just("Admin"), avira_otc=roomy,
            licenses=few),
        row("Add Customer", customer=new_site, managed_by=st.just("Customer"), avira_otc=unused,
            email=EMAILS, first=FIRST_NAMES, last=FIRST_NAMES),
        row("Add Avira Subscription", customer=site, avira_otc=roomy, licenses=few),
        row("Edit Customer", customer=site, new_name=new_site),
        row("Edit Customer", customer=site, email=EMAILS),
        of_holding("Edit Customer", "avira_otc", licenses=st.integers(0, 5)),
        of_holding("Edit Customer", "avira_otc", licenses=st.just(0)),
        of_holding("Update OTC", "current", new=roomy),
        row("Update OTC", current=known, new=roomy),
        row("Disable Customer", customer=site, release=st.sampled_from(["Yes", "No"])),
        row("Enable Customer", customer=site),
        row("Devices", customer=site, device=DEVICES, installed=DAYS),
        row("Devices", customer=site, device=DEVICES, uninstalled=DAYS),
    )  # fmt: skip
    return st.lists(one_row, min_size=1, max_size=2).map(gathered)


def gathered(rows: list[tuple[str, dict[str, Any]]]) -> Workbook:
    """The workbook that has the rows on as few sheets."""
    workbook: dict[str, list[dict[str, Any]]] = {}
    for sheet, cells in rows:
        workbook.setdefault(sheet, []).append(cells)
    return list(workbook.items())


SITES = ["Uno", "Dos", "Tres"]
CODES = ALL_OTCS[:3]
"""Few, so that batches often are about the same."""


@st.composite
def anything(draw: st.DrawFn) -> Workbook:
    """One or two sheets with few rows, which mostly cannot be."""
    names = draw(st.lists(st.sampled_from(list(SHEETS)), min_size=1, max_size=2, unique=True))
    return [(name, draw(SHEETS[name])[:2]) for name in names]


@st.composite
def beginnings(draw: st.DrawFn) -> Workbook:
    """All OTCs, some customers and one that manages itself."""
    totals = draw(st.tuples(*[st.integers(4, 9)] * len(CODES)))
    otcs: list[dict[str, Any]] = [
        {"OTC": code, "Email": "a@x.example", "Company Name": "Empresa", "Total Licenses": total}
        for code, total in zip(CODES, totals, strict=True)
    ]
    customers: list[dict[str, Any]] = [
        {"Customer (Site) Name": site, "Managed By": "Admin", "Avira OTC": code,
         "No of Licenses": 2}
        for site, code in zip(SITES[:2], CODES[:2], strict=True)
    ]  # fmt: skip
    contact = {"Email": "a@x.example", "First Name": "First", "Last Name": "Last"}
    whole = {"Customer (Site) Name": SITES[2], "Managed By": "Customer", "Avira OTC": CODES[2]}
    return [("Add OTC", otcs), ("Add Customer", [*customers, whole | contact])]


accounts = st.sampled_from(["one", "one", "two"])
"""The longer a history, the more there is to undo; the other account is there to be left alone."""

chosen = st.integers(0, RECENT - 1)
"""Chooses one of the last batches."""

hours = st.lists(st.integers(-20, 60), min_size=1, max_size=4)
"""How much time passes before each workbook; clocks are put back, too."""


class History(RuleBasedStateMachine):
    """Two accounts of one ledger, and what each of them should hold and should have held."""

    empty_ledger: ClassVar[EmptyLedger]
    happened: ClassVar[Counter[str]]
    """How often what was done and refused, over all histories."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.ledger: Ledger = self.open.enter_context(type(self).empty_ledger())
        self.file = Path(self.open.enter_context(tempfile.TemporaryDirectory())) / "workbook.xlsx"
        self.pasts = {name: Past() for name in ACCOUNTS}
        self.unproved: set[str] = set(ACCOUNTS)
        Clock.instant = BEGUN

    def teardown(self) -> None:
        self.open.close()

    def job(self, account: str) -> Job:
        return Job(self.ledger, account, TODAY, "tester")

    # Rules

    @initialize(first=beginnings(), second=beginnings(), data=st.data())
    def begin(self, first: Workbook, second: Workbook, data: st.DataObject) -> None:
        """Both accounts get OTCs and customers of the same codes and names, and one a history."""
        for account, workbook in zip(ACCOUNTS, (first, second), strict=True):
            self.apply_workbook(account, workbook, partial=True)
        self.apply(ACCOUNTS[0], data, [1] * BEGUN_WITH, partial=True)

    @rule(account=accounts, data=st.data(), hours=hours, partial=st.booleans())
    def apply(self, account: str, data: st.DataObject, hours: list[int], partial: bool) -> None:
        """Workbooks one after the other, all of each or, with `partial`, its good rows."""
        about = data.draw(st.none() | st.integers(0, 2))
        for passed in hours:
            Clock.instant += dt.timedelta(hours=passed)
            workbook = data.draw(fitting(self.pasts[account].now, about))
            self.apply_workbook(account, workbook, partial)

    @rule(account=accounts, workbook=anything(), partial=st.booleans())
    def apply_anything(self, account: str, workbook: Workbook, partial: bool) -> None:
        """Rows that know nothing of what is there."""
        self.apply_workbook(account, workbook, partial)

    @rule(account=accounts, which=chosen, undone_too=st.booleans())
    def undo(self, account: str, which: int, undone_too: bool) -> None:
        """One of the last batches; refused where something depends on it, or it is undone."""
        past = self.pasts[account]
        if undone_too:
            self.take_back(account, past.last - which % min(past.last, RECENT))
        else:
            self.take_back(account, self.batch(account, which))

    @rule(account=accounts, which=chosen)
    def undo_as_told(self, account: str, which: int) -> None:
        """Whoever first undoes the batches that a refusal names can undo any batch in the end."""
        wanted = [self.batch(account, which)]
        tries = 2 * self.pasts[account].last
        while wanted:
            assert tries, f"round in a circle: {wanted}"
            tries -= 1
            report = self.take_back(account, wanted[-1])
            if report.problems:
                named = [
                    re.search(r"batch (\d+)(?: first)?\.$", str(one.fix)) for one in report.problems
                ]
                assert all(named), [str(one.fix) for one in report.problems]
                wanted.append(max(int(one[1]) for one in named if one))
            else:
                wanted.pop()

    @rule(account=accounts, which=st.integers(0, 2**16), days=st.integers(-4, 1))
    def look_back(self, account: str, which: int, days: int) -> None:
        """As of any batch, what is remembered of then; as of a day, what its last batch left; as
        of today, what is now; and as of tomorrow nothing at all."""
        past, job, today = self.pasts[account], self.job(account), Clock.instant.date()
        number = 1 + which % past.last  # the beginning has made the first
        self.is_as_after(account, number, showing.contents(job, number))
        day = today + dt.timedelta(days)
        if day > today:
            with pytest.raises(MisuseError):
                showing.contents(job, day)
        else:
            number = past.last if day == today else past.at_end_of(day)
            self.is_as_after(account, number, showing.contents(job, day))

    @rule(account=accounts, data=st.data(), which=st.none() | chosen, after=st.integers(1, 9))
    def crash(self, account: str, data: st.DataObject, which: int | None, after: int) -> None:
        """The program ends while it applies a workbook or undoes a batch, and is started again:
        all is as before, unless it was done already."""
        workbook = data.draw(fitting(self.pasts[account].now)) if which is None else []
        try:
            with power_cut(after):
                if which is None:
                    self.apply_workbook(account, workbook, partial=True)
                else:
                    self.take_back(account, self.batch(account, which))
        except PowerCutError:
            self.happened["crashes"] += 1
            self.unproved.add(account)
        self.ledger = replace(self.ledger)  # type: ignore[type-var]  # both kinds are dataclasses

    # What must always hold

    @invariant()
    def each_account_holds_what_it_should(self) -> None:
        self.happened["steps"] += 1
        for account, past in self.pasts.items():
            self.is_as_after(account, past.last, showing.contents(self.job(account)))

    @invariant()
    def what_is_held_is_what_is_used_and_never_more_than_there_is(self) -> None:
        with self.ledger.reading() as connection:
            for total, used, licenses in connection.execute(BALANCES):
                assert licenses == used <= total

    @invariant()
    def the_ledger_proves_itself(self) -> None:
        for account in self.unproved:
            with self.ledger.reading() as connection:
                proof = verify(connection, account)
            assert [str(fault.message) for fault in proof.faults] == []
            assert proof.batches == self.pasts[account].last
        self.unproved.clear()

    # What rules have in common

    def batch(self, account: str, which: int) -> int:
        """One of the account's last batches that are not undone; the last of all never is."""
        past = self.pasts[account]
        standing = [n for n in range(1, past.last + 1) if past.undone_by(n) is None][-RECENT:]
        return standing[which % len(standing)]

    def apply_workbook(self, account: str, workbook: Workbook, partial: bool) -> None:
        """Apply a workbook, and compare."""
        expected = applied(self.pasts[account], workbook, partial=partial)
        path = write_workbook(self.file, workbook)
        report = pipeline.apply(path, self.job(account), partial=partial)
        self.made(account, report, expected)

    def take_back(self, account: str, number: int) -> Report:
        """Undo a batch, or be refused, as --check has foretold; and compare.

        Nothing can depend on the last batch, so it can always be taken back.
        """
        past, job = self.pasts[account], self.job(account)
        expected = undone(past, number)
        foretold = undo_to_json(undoing.check_undo(number, job).report, number)
        report = undoing.undo(number, job).report
        assert undo_to_json(report, number) | {"batch": None} == foretold
        if isinstance(expected, set):
            assert number < past.last
            codes = {one.code.value for one in report.problems}
            assert codes, f"not refused for {expected}"
            assert codes <= expected
            self.happened.update(f"refused: {code}" for code in codes)
            self.made(account, report, None)
        else:
            assert not report.problems
            self.made(account, report, None if expected == past.now else expected, number)
        return report

    def made(
        self, account: str, report: Report, expected: State | None, undoes: int | None = None
    ) -> None:
        """Remember the batch that was made, if one should have been."""
        past = self.pasts[account]
        if expected is not None:
            past.add(expected, Clock.instant, undoes)
            self.happened["applied" if undoes is None else "undone"] += 1
            past.heads.append(showing.contents(self.job(account)).head)
            self.unproved.add(account)
        assert report.batch == (None if expected is None else past.last)

    def is_as_after(self, account: str, number: int, contents: Contents) -> None:
        past = self.pasts[account]
        assert (contents.account, contents.batch) == (account, number)
        assert contents.head == past.heads[number]
        assert tells(contents) == told(past.states[number])


pytestmark = pytest.mark.usefixtures("no_corrections")

QUICK = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=120, stateful_step_count=40)


def run(empty: EmptyLedger, wanted: settings, number: int | None) -> None:
    """Run histories that are random by the seed `number`, which is printed, or always the same."""

    class Machine(History):
        empty_ledger = empty
        happened: ClassVar[Counter[str]] = Counter()

    if number is not None:
        seed(number)(Machine)
    try:
        run_state_machine_as_test(Machine, settings=wanted)
    finally:
        # For whoever looks at a failure, or at the run of a night.
        happened = ", ".join(f"{what} {times}" for what, times in Machine.happened.most_common())
        sys.stdout.write(f"pytest --hypothesis-seed={number}\n{happened}\n")


@pytest.fixture
def number(request: pytest.FixtureRequest) -> int:
    """The seed: that of --hypothesis-seed or, without it, a new one."""
    told: str | None = request.config.getoption("--hypothesis-seed")
    return int(told) if told and told.isdecimal() else random.SystemRandom().getrandbits(32)


@pytest.mark.both_engines
def test_every_history_is_as_the_dictionaries_say(empty_ledger: EmptyLedger, number: int) -> None:
    """Applied, taken back, looked back at and broken off, in any order, in two accounts: each
    holds what it should and tells for ever what it held; a refusal names what leads on."""
    run(empty_ledger, QUICK, number)


@pytest.mark.long
@pytest.mark.both_engines
def test_every_long_history_is_as_the_dictionaries_say(
    empty_ledger: EmptyLedger, number: int
) -> None:
    """The same, with more and longer histories."""
    run(empty_ledger, LONG, number)


# Planted bugs


def undo_forgets_subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: an undo brings back OTCs and customers, and no licences."""

    def forgetful(writing: Writing, changes: Sequence[Change], facts: BatchFacts) -> AppliedBatch:
        kept = [one for one in changes if not isinstance(one.entity, Subscription)]
        return apply_changes(writing, kept, facts)

    monkeypatch.setattr(undoing, "apply_changes", forgetful)


def undo_forgets_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: an undo brings back and takes away everything but devices."""

    def forgetful(writing: Writing, changes: Sequence[Change], facts: BatchFacts) -> AppliedBatch:
        kept = [one for one in changes if not isinstance(one.entity, Device)]
        return apply_changes(writing, kept, facts)

    monkeypatch.setattr(undoing, "apply_changes", forgetful)


def undo_leaves_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: an undo takes subscriptions back, but what is used of their OTCs stays."""

    def forgetful(writing: Writing, changes: Sequence[Change], facts: BatchFacts) -> AppliedBatch:
        connection = writing.connection
        before = connection.execute(sa.text("SELECT used, account_id, code FROM otc")).all()
        made = apply_changes(writing, changes, facts)
        for one in before:
            put_back = "UPDATE otc SET used = :used WHERE account_id = :account_id AND code = :code"
            connection.execute(sa.text(put_back), one._asdict())
        return made

    monkeypatch.setattr(undoing, "apply_changes", forgetful)


def undo_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: it does not matter what depends on the batch."""
    monkeypatch.setattr(undo_rules, "depending_on", lambda *_facts: iter(()))


def undo_names_what_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: the batch to undo first is the last one that touched the thing, though it be undone
    already, or itself the undo of another."""
    monkeypatch.setattr(journal, "_last_standing", max)


def as_of_is_one_batch_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: the images of the batch after the one asked for count too."""

    def loaded(connection: sa.Connection, account: str, number: int) -> Iterable[Entity]:
        return entities_as_of(connection, account, number + 1)

    entities_as_of = reading._entities_as_of
    monkeypatch.setattr(reading, "_entities_as_of", loaded)


def a_crash_keeps_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: what was written before a crash stays written."""

    @contextmanager
    def always_committed(ledger: FileLedger, begin: str) -> Iterator[sa.Connection]:
        engine = on_file._engine(ledger.path, ledger.patience)
        with engine.connect().execution_options(begin=begin) as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.commit()

    monkeypatch.setattr(FileLedger, "_transaction", always_committed)


PLANTS = [
    undo_forgets_subscriptions,
    undo_forgets_devices,
    undo_leaves_what_is_used,
    undo_asks_nobody,
    pytest.param(undo_names_what_is_undone, marks=pytest.mark.long),  # takes three batches alike
    as_of_is_one_batch_off,
    a_crash_keeps_half,
]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    empty_ledger: EmptyLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with the program broken on purpose, the same histories fail."""
    plant(monkeypatch)
    same = settings(
        QUICK, max_examples=100, phases=[Phase.generate], database=None, derandomize=True
    )
    with pytest.raises((AssertionError, LedgerError)):  # or the database refuses it
        run(empty_ledger, same, None)
