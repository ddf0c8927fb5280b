"""Random rows and workbooks, mostly of few OTCs and customers so that they meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from builders import customer, otc, row, self_managed

TODAY = dt.date(2026, 6, 1)

Workbook = list[tuple[str, list[dict[str, Any]]]]
Rows = st.SearchStrategy[list[dict[str, Any]]]

ALL_OTCS = [f"{letter * 5}-{letter * 5}-{letter * 5}-{letter * 4}1" for letter in "ABCD"]
OTCS = st.sampled_from(ALL_OTCS)
NAMES = st.sampled_from(["Uno", "UNO ", "Dos", "  dos", "Señor  Tres", "SEÑOR TRES", "Cuatro"])
EMAILS = st.sampled_from(["a@x.example", "A@x.example", "b@x.example"])
FIRST_NAMES = st.sampled_from(["Ana", "Eva"])
COMPANIES = st.sampled_from(["Empresa", "EMPRESA", "Otra"])
DATES = st.sampled_from([TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(400)])
TOTALS = st.integers(1, 6)
LICENSES = st.integers(1, 5)
DEVICES = st.sampled_from(["PC-1", "pc-1 ", "Señal  2", "SEÑAL 2", "PC-3"])
DAYS = st.sampled_from([TODAY - dt.timedelta(days) for days in (90, 60, 30)])
YES_NO = st.sampled_from(["Yes", "Yes", "No"])
MANAGED_BY = st.sampled_from(["Admin", "Admin", "Customer"])


def rarely(bad: str, good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly `good`, now and then a cell that is `bad` by its own account."""
    return st.integers(0, 24).flatmap(lambda n: st.just(f"BAD:{bad}") if n == 0 else good)


def maybe(stated: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Stated, or blank."""
    return st.none() | stated


def one_row(sheet: str, **cells: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A row of `sheet`, which may be blank; cells by field of its declaration."""
    strategies: dict[str, st.SearchStrategy[Any]] = dict(cells)
    return st.fixed_dictionaries(strategies).map(
        lambda values: row(sheet, **{f: value for f, value in values.items() if value is not None})
    )


def rows(sheet: str, **cells: st.SearchStrategy[Any]) -> Rows:
    """Up to four rows of `sheet` that are not blank."""
    return st.lists(one_row(sheet, **cells).filter(bool), min_size=1, max_size=4)


SHEETS: dict[str, Rows] = {
    "Add OTC": rows(
        "Add OTC", otc=rarely("bad-otc", OTCS), email=EMAILS, company=COMPANIES,
        total=rarely("bad-number", TOTALS), expiry_date=maybe(DATES),
    ),
    "Edit OTC": rows(
        "Edit OTC", otc=OTCS, email=maybe(EMAILS), company=maybe(COMPANIES), total=maybe(TOTALS),
        expiry_date=rarely("bad-date", maybe(DATES)),
    ),
    "Add Customer": rows(
        "Add Customer",
        customer=rarely("", NAMES).map(lambda name: None if name == "BAD:" else name),
        managed_by=rarely("bad-choice", MANAGED_BY), otc=OTCS, licenses=maybe(LICENSES),
        email=rarely("bad-email", maybe(EMAILS)), first_name=maybe(FIRST_NAMES),
        last_name=maybe(FIRST_NAMES),
    ),
    "Add Avira Subscription": rows(
        "Add Avira Subscription", customer=NAMES, otc=OTCS, licenses=maybe(LICENSES)
    ),
    "Edit Customer": rows(
        "Edit Customer", customer=NAMES, new_name=maybe(NAMES), email=maybe(EMAILS),
        first_name=maybe(FIRST_NAMES), otc=maybe(OTCS), licenses=maybe(st.integers(0, 6)),
    ),
    "Update OTC": rows("Update OTC", customer=maybe(NAMES), current_otc=OTCS, new_otc=OTCS),
    "Disable Customer": rows(
        "Disable Customer", customer=NAMES, release=rarely("bad-choice", maybe(YES_NO))
    ),
    "Enable Customer": rows("Enable Customer", customer=NAMES),
    "Devices": rows(
        "Devices", customer=NAMES, device_id=DEVICES,
        avira_installed=rarely("bad-date", maybe(DAYS)), avira_uninstalled=maybe(DAYS),
        avira_status=maybe(st.sampled_from(["Active", "Gone"])),
    ),
}  # fmt: skip


@st.composite
def workbooks(draw: st.DrawFn, sheets: Sequence[str] = tuple(SHEETS)) -> Workbook:
    """A workbook with some of the sheets, mostly in the template's order."""
    names = draw(st.lists(st.sampled_from(sheets), min_size=1, max_size=5, unique=True))
    if draw(st.integers(0, 3)):
        names.sort(key=list(SHEETS).index)
    return [(name, draw(SHEETS[name])) for name in names]


@st.composite
def histories(draw: st.DrawFn, sheets: Sequence[str] = tuple(SHEETS)) -> list[Workbook]:
    """Workbooks to apply one after the other; the first, of any sheets, adds OTCs and customers."""
    return [draw(beginnings()), *draw(st.lists(workbooks(sheets), min_size=1, max_size=3))]


@st.composite
def small_workbooks(draw: st.DrawFn) -> Workbook:
    """One or two sheets with few rows, most of which are refused."""
    names = draw(st.lists(st.sampled_from(list(SHEETS)), min_size=1, max_size=2, unique=True))
    return [(name, draw(SHEETS[name])[:2]) for name in names]


@st.composite
def beginnings(draw: st.DrawFn) -> Workbook:
    """A workbook most of whose rows are good, so that later ones find something to change."""
    expiry_dates = st.sampled_from([None, TODAY, TODAY + dt.timedelta(400)])
    otcs = [otc(code, draw(TOTALS), expiry_date=draw(expiry_dates)) for code in ALL_OTCS]
    few = st.integers(1, 2)
    admins = rows("Add Customer", customer=NAMES, managed_by=st.just("Admin"), otc=OTCS,
                  licenses=few)  # fmt: skip
    whole = rows(
        "Add Customer", customer=NAMES, managed_by=st.just("Customer"), otc=OTCS, email=EMAILS,
        first_name=FIRST_NAMES, last_name=FIRST_NAMES,
    )  # fmt: skip
    devices = rows("Devices", customer=NAMES, device_id=DEVICES, avira_installed=DAYS,
                   avira_uninstalled=maybe(DAYS))  # fmt: skip
    customers = draw(admins) + draw(whole)[:1]
    return [("Add OTC", otcs), ("Add Customer", customers), ("Devices", draw(devices))]


SITES = ["Uno", "Dos", "Tres"]
CODES = ALL_OTCS[:3]
"""Few, so that batches often are about the same."""


@st.composite
def good_beginnings(draw: st.DrawFn) -> Workbook:
    """Some OTCs, two customers and one that manages itself, none of which is refused."""
    otcs = [otc(code, draw(st.integers(4, 9))) for code in CODES]
    customers = [customer(site, 2, code) for site, code in zip(SITES[:2], CODES[:2], strict=True)]
    whole = self_managed(SITES[2], CODES[2], "a@x.example")
    return [("Add OTC", otcs), ("Add Customer", [*customers, whole])]


def few_rows(
    totals: dict[str, int], sites: list[str], subscriptions: dict[tuple[str, str], int],
    about: int | None = None,
) -> st.SearchStrategy[Workbook]:  # fmt: skip
    """One or two rows about OTCs and customers that exist, most of which are not refused.

    `subscriptions` are licences by customer and OTC. With `about` all rows concern the one OTC and
    the one customer that this number chooses.
    """
    pending = dict(totals)
    for (_, code), licenses in subscriptions.items():
        pending[code] -= licenses
    used = {code for _, code in subscriptions}

    def any_of(values: Iterable[Any], otherwise: list[Any]) -> st.SearchStrategy[Any]:
        listed = list(values) or otherwise
        return st.sampled_from(listed if about is None else [listed[about % len(listed)]])

    def cells(sheet: str, **strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(st.just(sheet), one_row(sheet, **strategies))

    def of_subscription(
        sheet: str, field: str, **strategies: st.SearchStrategy[Any]
    ) -> st.SearchStrategy[Any]:
        return any_of(subscriptions, [(SITES[0], CODES[0])]).flatmap(
            lambda pair: cells(
                sheet, customer=st.just(pair[0]), **{field: st.just(pair[1])}, **strategies
            )
        )

    known, site = any_of(totals, CODES), any_of(sites, SITES)
    free = st.sampled_from([code for code in CODES if code not in totals] or CODES)
    roomy = st.sampled_from([code for code, licenses in pending.items() if licenses] or CODES)
    unused = st.sampled_from([code for code in totals if code not in used] or CODES)
    new_site = st.sampled_from([name for name in SITES if name not in sites] or SITES)
    few = st.integers(1, 3)
    row_strategy = st.one_of(
        cells("Add OTC", otc=free, email=EMAILS, company=COMPANIES, total=st.integers(4, 9)),
        cells("Edit OTC", otc=known, total=st.integers(2, 12)),
        cells("Edit OTC", otc=known, company=COMPANIES),
        cells("Add Customer", customer=new_site, managed_by=st.just("Admin"), otc=roomy,
              licenses=few),
        cells("Add Customer", customer=new_site, managed_by=st.just("Customer"), otc=unused,
              email=EMAILS, first_name=FIRST_NAMES, last_name=FIRST_NAMES),
        cells("Add Avira Subscription", customer=site, otc=roomy, licenses=few),
        cells("Edit Customer", customer=site, new_name=new_site),
        cells("Edit Customer", customer=site, email=EMAILS),
        of_subscription("Edit Customer", "otc", licenses=st.integers(0, 5)),
        of_subscription("Edit Customer", "otc", licenses=st.just(0)),
        of_subscription("Update OTC", "current_otc", new_otc=roomy),
        cells("Update OTC", current_otc=known, new_otc=roomy),
        cells("Disable Customer", customer=site, release=st.sampled_from(["Yes", "No"])),
        cells("Enable Customer", customer=site),
        cells("Devices", customer=site, device_id=DEVICES, avira_installed=DAYS),
        cells("Devices", customer=site, device_id=DEVICES, avira_uninstalled=DAYS),
    )  # fmt: skip
    return st.lists(row_strategy, min_size=1, max_size=2).map(_by_sheet)


def _by_sheet(drawn: list[tuple[str, dict[str, Any]]]) -> Workbook:
    """The workbook that has the rows on as few sheets."""
    workbook: dict[str, list[dict[str, Any]]] = {}
    for sheet, cells in drawn:
        workbook.setdefault(sheet, []).append(cells)
    return list(workbook.items())
