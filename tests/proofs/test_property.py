"""Random workbooks through the whole program and through the plain model: they must agree."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from builders import in_plain, write_workbook
from importer.base.errors import LedgerError
from importer.domain import requests
from importer.domain.contents import Contents
from importer.domain.entities import Device, Entity, Otc
from importer.domain.invariants import State, violations
from importer.domain.planning import plan
from importer.domain.planning.snapshot import Snapshot
from importer.domain.rules import customers, devices
from importer.domain.rules.verdict import Verdict
from importer.ledger.database import Ledger
from importer.ledger.engines.sqlite import FileLedger
from importer.ledger.upkeep.setup import SetupOptions, init
from importer.messages.report import Report
from importer.pipeline import apply as pipeline
from importer.pipeline import show as showing
from importer.pipeline.job import Job
from model import Model, TooManyDevices
from servers import Server

TODAY = dt.date(2026, 6, 1)
CONTACT = ("email", "first_name", "last_name")

ALL_OTCS = [f"{one * 5}-{one * 5}-{one * 5}-{one * 4}1" for one in "ABCD"]
OTCS = st.sampled_from(ALL_OTCS)
NAMES = st.sampled_from(["Uno", "UNO ", "Dos", "  dos", "Señor  Tres", "SEÑOR TRES", "Cuatro"])
EMAILS = st.sampled_from(["a@x.example", "A@x.example", "b@x.example"])
FIRST_NAMES = st.sampled_from(["Ana", "Eva"])
COMPANIES = st.sampled_from(["Empresa", "EMPRESA", "Otra"])
DATES = st.sampled_from([TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(400)])
TOTALS = st.integers(1, 6)
LICENSES = st.integers(1, 5)
DEVICES = st.sampled_from(["PC-1", "pc-1 ", "Señal  2", "SEÑAL 2"])
DAYS = st.sampled_from([TODAY - dt.timedelta(days) for days in (90, 60, 30)])
YES_NO = st.sampled_from(["Yes", "Yes", "No"])
MANAGED_BY = st.sampled_from(["Admin", "Admin", "Customer"])


def rarely(bad: str, good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly `good`, now and then a cell that is `bad` by its own account."""
    return st.integers(0, 24).flatmap(lambda n: st.just(f"BAD:{bad}") if n == 0 else good)


def maybe(stated: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Stated, or blank."""
    return st.none() | stated


def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to four rows that are not blank."""
    headers: dict[str, st.SearchStrategy[Any]] = dict(columns)
    row = st.fixed_dictionaries(headers).map(
        lambda stated: {HEADER[name]: value for name, value in stated.items() if value is not None}
    )
    return st.lists(row.filter(bool), min_size=1, max_size=4)


HEADER = {
    "otc": "OTC",
    "email": "Email",
    "company": "Company Name",
    "total": "Total Licenses",
    "expiry": "Expiry Date",
    "customer": "Customer (Site) Name",
    "new_name": "New Name",
    "managed_by": "Managed By",
    "avira_otc": "Avira OTC",
    "licenses": "No of Licenses",
    "first": "First Name",
    "last": "Last Name",
    "current": "Current OTC",
    "new": "New OTC",
    "release": "Release Licenses",
    "device": "Device ID",
    "installed": "Avira Installed",
    "uninstalled": "Avira Uninstalled",
    "status": "Avira Status",
}

SHEETS = {
    "Add OTC": rows(
        otc=rarely("bad-otc", OTCS),
        email=EMAILS,
        company=COMPANIES,
        total=rarely("bad-number", TOTALS),
        expiry=maybe(DATES),
    ),
    "Edit OTC": rows(
        otc=OTCS, email=maybe(EMAILS), company=maybe(COMPANIES), total=maybe(TOTALS),
        expiry=rarely("bad-date", maybe(DATES)),
    ),
    "Add Customer": rows(
        customer=rarely("", NAMES).map(lambda name: None if name == "BAD:" else name),
        managed_by=rarely("bad-choice", MANAGED_BY),
        avira_otc=OTCS,
        licenses=maybe(LICENSES),
        email=rarely("bad-email", maybe(EMAILS)),
        first=maybe(FIRST_NAMES),
        last=maybe(FIRST_NAMES),
    ),
    "Add Avira Subscription": rows(customer=NAMES, avira_otc=OTCS, licenses=maybe(LICENSES)),
    "Edit Customer": rows(
        customer=NAMES, new_name=maybe(NAMES), email=maybe(EMAILS), first=maybe(FIRST_NAMES),
        avira_otc=maybe(OTCS), licenses=maybe(st.integers(0, 6)),
    ),
    "Update OTC": rows(customer=maybe(NAMES), current=OTCS, new=OTCS),
    "Disable Customer": rows(
        customer=NAMES, release=rarely("bad-choice", maybe(YES_NO))
    ),
    "Enable Customer": rows(customer=NAMES),
    "Devices": rows(
        customer=NAMES, device=DEVICES, installed=rarely("bad-date", maybe(DAYS)),
        uninstalled=maybe(DAYS), status=maybe(st.sampled_from(["Active", "Gone"])),
    ),
}  # fmt: skip


@st.composite
def workbooks(draw: st.DrawFn) -> list[tuple[str, list[dict[str, Any]]]]:
    """A workbook with some of the sheets, mostly in the template's order."""
    names = draw(st.lists(st.sampled_from(list(SHEETS)), min_size=1, max_size=5, unique=True))
    if draw(st.integers(0, 3)):
        names.sort(key=list(SHEETS).index)
    return [(name, draw(SHEETS[name])) for name in names]


@st.composite
def beginnings(draw: st.DrawFn) -> list[tuple[str, list[dict[str, Any]]]]:
    """A workbook most of whose rows are good, so that later ones find something to change."""
    otcs = [
        {"OTC": otc, "Email": "a@x.example", "Company Name": "Empresa", "Total Licenses": total}
        for otc, total in zip(ALL_OTCS, draw(st.tuples(*[TOTALS] * len(ALL_OTCS))), strict=True)
    ]
    admins = rows(
        customer=NAMES, managed_by=st.just("Admin"), avira_otc=OTCS, licenses=st.integers(1, 2)
    )
    alone = rows(
        customer=NAMES, managed_by=st.just("Customer"), avira_otc=OTCS, email=EMAILS,
        first=FIRST_NAMES, last=FIRST_NAMES,
    )  # fmt: skip
    devices = rows(customer=NAMES, device=DEVICES, installed=DAYS)
    return [
        ("Add OTC", otcs),
        ("Add Customer", draw(admins) + draw(alone)[:1]),
        ("Devices", draw(devices)),
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[str, list[dict[str, Any]]]]]:
    """Workbooks to apply one after the other, the first of which brings OTCs and customers."""
    return [draw(beginnings()), *draw(st.lists(workbooks(), min_size=1, max_size=3))]


pytestmark = pytest.mark.usefixtures("no_corrections")

EmptyLedger = Callable[[], AbstractContextManager[Ledger]]


@pytest.fixture
def empty_ledger(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> EmptyLedger:
    """Gives a ledger without rows; each is a copy, so that not every example makes its own."""
    if engine == "postgresql":
        server: Server = request.getfixturevalue("server")
        return partial(_database, server)
    init(FileLedger(tmp_path / "empty.db"), SetupOptions("default"))
    return partial(_file, tmp_path / "empty.db")


@contextmanager
def _database(server: Server) -> Iterator[Ledger]:
    with server.database() as name:
        yield server.ledger(name)


@contextmanager
def _file(empty: Path) -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder:
        yield FileLedger(Path(shutil.copy(empty, folder)))


def agrees(empty: EmptyLedger, history: list[list[tuple[str, list[dict[str, Any]]]]]) -> None:
    """Apply `history` to a new ledger and to the model; compare every row and what is left."""
    with tempfile.TemporaryDirectory() as folder, empty() as ledger:
        job = Job(ledger, "default", TODAY, "tester")
        model = Model(TODAY)
        for workbook in history:
            path = write_workbook(Path(folder) / "workbook.xlsx", workbook)
            (checked,) = pipeline.check([path], job)
            report = pipeline.apply(path, job, partial=True)
            assert _said_of(checked) == _said_of(report), "check foretells what apply does"
            for (sheet, _), expected in zip(workbook, model.apply(workbook), strict=True):
                for row, outcome in enumerate(expected, start=2):
                    _assert_outcome(report, sheet, row, outcome)
            assert _too_many_devices(report) == model.too_many_devices()
        contents = showing.contents(job)
        assert list(violations(state_of(contents))) == []
        found = in_plain(contents)
        for one in contents.customers:
            details = {name: getattr(one.customer, name) for name in CONTACT}
            found["customers"][one.customer.name] |= details
        assert found == model.ledger()


def state_of(contents: Contents) -> State:
    """Everything that the ledger holds."""
    entities: list[Entity] = [one.otc for one in contents.otcs]
    for holding in contents.customers:
        entities += (holding.customer, *holding.subscriptions, *holding.devices)
    return State(entities, {})


def _too_many_devices(report: Report) -> list[TooManyDevices]:
    """The warnings about customers with more devices than licences, by row."""
    found = []
    for one in report.problems:
        if one.code == "more-devices-than-licenses":
            facts: Any = one.message.facts
            found.append(TooManyDevices(str(one.sheet), one.row or 0, **facts))
    return sorted(found)


def _said_of(report: Report) -> tuple[object, ...]:
    """What check and apply must agree on."""
    problems = [(one.code, one.sheet, one.cell, str(one.message)) for one in report.problems]
    return report.outcomes, report.counts(), report.demands, problems


def _assert_outcome(report: Report, sheet: str, row: int, expected: str | set[str]) -> None:
    found = report.outcomes[sheet, row]
    codes = {
        problem.code.value
        for problem in report.problems
        if (problem.sheet, problem.row) == (sheet, row) and problem.severity == "error"
    }
    if isinstance(expected, str):
        assert (found, codes) == (expected, set()), f"{sheet} {row}"
    else:
        assert found == "rejected", f"{sheet} {row}: {found}, not refused for {expected}"
        assert codes, f"{sheet} {row}"
        assert codes <= expected, f"{sheet} {row}: {codes} beyond {expected}"


QUICK = settings(
    max_examples=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.both_engines
def test_every_row_of_random_workbooks_ends_as_in_the_plain_model(
    empty_ledger: EmptyLedger,
) -> None:
    """Applied, unchanged or refused with fitting codes, row by row, and the same ledger."""

    holds(empty_ledger, QUICK)


@pytest.mark.long
@pytest.mark.both_engines
def test_every_row_of_many_random_workbooks_ends_as_in_the_plain_model(
    empty_ledger: EmptyLedger,
) -> None:
    """The same, ten times as often."""
    holds(empty_ledger, settings(QUICK, max_examples=400))


def holds(empty_ledger: EmptyLedger, wanted: settings) -> None:
    """The program and the model agree on random histories."""

    @wanted
    @given(histories())
    def property_holds(history: list[list[tuple[str, list[dict[str, Any]]]]]) -> None:
        agrees(empty_ledger, history)

    property_holds()


def expires_a_day_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: on its last day an OTC is taken for expired."""
    monkeypatch.setattr(
        Otc, "expired", lambda otc, today: otc.expiry_date is not None and otc.expiry_date <= today
    )


def never_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: a released customer keeps its licences."""

    def disable(row: requests.DisableCustomer, ledger: Snapshot) -> Verdict:
        return customers.disable_customer(row._replace(release=None), ledger)

    monkeypatch.setitem(plan.RULES, requests.DisableCustomer, disable)


def gives_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: one licence more than there is counts as pending."""
    pending = Snapshot.pending
    monkeypatch.setattr(Snapshot, "pending", lambda self, otc: pending(self, otc) + 1)


def blank_cells_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: what a row says nothing of is not known of the device any more."""

    def record(row: requests.RecordDevice, ledger: Snapshot) -> Verdict:
        verdict = devices.record_device(row, ledger)
        for at, change in enumerate(verdict.changes):
            assert isinstance(change.after, Device)
            blank = change.after._replace(avira_installed=row.avira_installed)
            verdict.changes[at] = change._replace(after=blank)
        return verdict

    monkeypatch.setitem(plan.RULES, requests.RecordDevice, record)


def counts_what_was_uninstalled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant: a device on which Avira was ever installed counts as one that has it."""
    installed = property(lambda device: device.avira_installed is not None)
    monkeypatch.setattr(Device, "is_installed", installed)


PLANTS = [
    expires_a_day_early,
    never_releases,
    gives_one_too_many,
    blank_cells_clear,
    counts_what_was_uninstalled,
]


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_rule_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    empty_ledger: EmptyLedger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with a rule broken on purpose, the same property fails."""
    plant(monkeypatch)

    @seed(12)  # with which every plant is found within 15 examples
    @settings(QUICK, max_examples=40, phases=[Phase.generate], database=None)
    @given(histories())
    def property_fails(history: list[list[tuple[str, list[dict[str, Any]]]]]) -> None:
        agrees(empty_ledger, history)

    with pytest.raises((AssertionError, LedgerError)):  # or the database refuses it
        property_fails()
