"""The rule of each sheet in the model: what a row changes, or the codes that may refuse it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from model_ledger import (
    CONTACT,
    DEVICE,
    LICENSES,
    NAME,
    OTC,
    TOTAL,
    Cells,
    Customer,
    ModelLedger,
    key,
    same,
)

RowResult = str | set[str]  # "applied", "unchanged", or the codes that a refusal may name


def needed_blank(sheet: str, row: Cells) -> set[str]:
    """'missing-value' where another cell of the row makes a blank one needed (rules 10, 12)."""
    needed: tuple[str, ...] = ()
    if sheet == "Add Customer":
        needed = {"Admin": (LICENSES,), "Customer": CONTACT}.get(row.get("Managed By", ""), ())
    if sheet == "Edit Customer" and OTC in row:
        needed = (LICENSES,)
    return set() if all(header in row for header in needed) else {"missing-value"}


def add_otc(ledger: ModelLedger, row: Cells) -> RowResult:
    code = row["OTC"]
    if code in ledger.created:
        return {"duplicate-row"}
    if code in ledger.otcs:
        is_so = all(same(h, value, ledger.otcs[code].get(h)) for h, value in row.items())
        return "unchanged" if is_so else {"already-exists"}
    ledger.otcs[code] = row
    ledger.created.add(code)
    return "applied"


def edit_otc(ledger: ModelLedger, row: Cells) -> RowResult:
    code, total = row["OTC"], row.get(TOTAL)
    if code not in ledger.otcs:
        return {"unknown-otc"}
    if all(ledger.otcs[code].get(header) == value for header, value in row.items()):
        return "unchanged"
    owner = ledger.dedicated_to(code)
    if total is not None and owner is not None:
        ledger.subscriptions[owner, code] = total
    elif total is not None and total < ledger.used(code):
        return {"total-below-used"}
    ledger.otcs[code] |= row
    return "applied"


def add_customer(ledger: ModelLedger, row: Cells) -> RowResult:
    code, asks, whole = row[OTC], row.get(LICENSES), row["Managed By"] == "Customer"
    contact = {header: row[header] for header in CONTACT if header in row}
    problems = needed_blank("Add Customer", row)
    if code not in ledger.otcs:
        problems.add("unknown-otc")

    site = ledger.find(row)
    if site in ledger.created:
        return problems | {"duplicate-row"}
    if site is not None:
        customer, licenses = ledger.customers[site], ledger.subscriptions.get((site, code))
        is_so = customer.whole == whole and licenses is not None and asks in (None, licenses)
        is_so &= all(same(h, value, customer.contact.get(h)) for h, value in contact.items())
        return "unchanged" if is_so and not problems else problems | {"already-exists"}

    if whole and ledger.email_in_use(row.get("Email")):
        problems.add("email-in-use")
    if code in ledger.otcs:
        problems |= ledger.forbidden(code, None, whole, asks)
    if problems:
        return problems
    site = len(ledger.customers) + 1
    ledger.customers[site] = Customer(row[NAME], whole, contact)
    ledger.created.add(site)
    ledger.subscribe(site, code, asks)
    return "applied"


def add_subscription(ledger: ModelLedger, row: Cells) -> RowResult:
    site, code, asks = ledger.find(row), row[OTC], row.get(LICENSES)
    problems = {"unknown-otc"} if code not in ledger.otcs else set()
    if site is None:
        return problems | {"unknown-customer"}
    customer = ledger.customers[site]
    if asks is None and not customer.whole:
        problems.add("missing-value")

    if (site, code) in ledger.created:
        return problems | {"duplicate-row"}
    if (site, code) in ledger.subscriptions:
        is_so = asks in (None, ledger.subscriptions[site, code])
        return "unchanged" if is_so and not problems else problems | {"already-exists"}

    if customer.disabled:
        problems.add("customer-disabled")
    if code in ledger.otcs:
        problems |= ledger.forbidden(code, site, customer.whole, asks)
    if problems:
        return problems
    ledger.subscribe(site, code, asks)
    return "applied"


def edit_customer(ledger: ModelLedger, row: Cells) -> RowResult:
    site, code, asks = ledger.find(row), row.get(OTC, ""), row.get(LICENSES)
    problems = needed_blank("Edit Customer", row)
    if code and code not in ledger.otcs:
        problems.add("unknown-otc")
    if site is None:
        is_so = not problems and "New Name" in row and _is_renamed(ledger, row)
        return "unchanged" if is_so else problems | {"unknown-customer"}
    customer, otcs = ledger.customers[site], ledger.otcs_of(site)

    name = row.get("New Name") or customer.name
    if "New Name" in row and ledger.find(row, "New Name") not in (None, site):
        problems.add("already-exists")
    contact = customer.contact | {header: row[header] for header in CONTACT if header in row}
    email = contact.get("Email")
    if customer.whole and email != customer.contact["Email"] and ledger.email_in_use(email, site):
        problems.add("email-in-use")

    if asks is not None and not code and len(otcs) > 1:
        problems.add("which-otc")
    if asks is not None and not code and len(otcs) == 1:
        code = otcs[0]
    now = ledger.subscriptions.get((site, code), 0)  # 0: no such subscription
    if not problems & {"unknown-otc", "which-otc"}:
        problems |= _forbidden_change(ledger, site, code, now, now if asks is None else asks)
    if problems:
        return problems

    if asks in (None, now) and name == customer.name and contact == customer.contact:
        return "unchanged"
    customer.name, customer.contact = name, contact
    if asks == 0 and now > 0:
        ledger.cancel(site, code)
    elif asks:
        ledger.subscriptions[site, code] = asks
    return "applied"


def _is_renamed(ledger: ModelLedger, row: Cells) -> bool:
    """Whether a customer has the new name and all else that the row states (rule 6)."""
    site = ledger.find(row, "New Name")
    if site is None:
        return False
    otcs = [row[OTC]] if OTC in row else ledger.otcs_of(site)
    held = [ledger.subscriptions.get((site, code), 0) for code in otcs]
    contact = ledger.customers[site].contact
    is_so = all(contact.get(header) == row[header] for header in CONTACT if header in row)
    return is_so and (LICENSES not in row or (held or [0]) == [row[LICENSES]])


def _forbidden_change(ledger: ModelLedger, site: int, code: str, now: int, asks: int) -> set[str]:
    """What forbids taking a customer's subscription from `now` to `asks` licences."""
    customer = ledger.customers[site]
    if now == 0 and asks > 0:
        return {"no-such-subscription"}
    if asks > now:
        disabled = {"customer-disabled"} if customer.disabled else set()
        return disabled | ledger.forbidden(code, site, customer.whole, asks - now)
    return {"dedicated-needs-all"} if customer.whole and 0 < asks < now else set()


def update_otc(ledger: ModelLedger, row: Cells) -> RowResult:
    current, new, site = row["Current OTC"], row["New OTC"], ledger.find(row)
    if current == new:
        return {"same-otc"}
    problems = {"unknown-otc"} if not {current, new} <= ledger.otcs.keys() else set()
    if NAME in row and site is None:
        problems.add("unknown-customer")
    if problems:
        return problems

    moving = [holder for holder in ledger.holders(current) if site in (None, holder)]
    moved = [holder for holder in ledger.holders(new) if site in (None, holder)]
    if not moving:
        return "unchanged" if moved else {"no-such-subscription"}
    # A dedicated OTC has one holder, so either all who move hold whole OTCs or none does.
    whole = ledger.dedicated_to(current) is not None
    asks = sum(ledger.subscriptions[mover, current] for mover in moving)
    if whole:  # it gets all of the new OTC, which must not be less than it has
        asks = max(asks, ledger.total(new))
    problems = ledger.forbidden(new, moving[0], whole, asks)
    if problems:
        return problems
    for mover in moving:
        licenses = ledger.total(new) if whole else ledger.subscriptions[mover, current]
        ledger.cancel(mover, current)
        ledger.subscriptions[mover, new] = ledger.subscriptions.get((mover, new), 0) + licenses
    return "applied"


def disable_customer(ledger: ModelLedger, row: Cells) -> RowResult:
    site = ledger.find(row)
    if site is None:
        return {"unknown-customer"}
    released = ledger.otcs_of(site) if row.get("Release Licenses") == "Yes" else []
    if ledger.customers[site].disabled and not released:
        return "unchanged"
    ledger.customers[site].disabled = True
    for code in released:
        ledger.cancel(site, code)
    return "applied"


def enable_customer(ledger: ModelLedger, row: Cells) -> RowResult:
    site = ledger.find(row)
    if site is None:
        return {"unknown-customer"}
    if not ledger.customers[site].disabled:
        return "unchanged"
    ledger.customers[site].disabled = False
    return "applied"


def record_device(ledger: ModelLedger, row: Cells) -> RowResult:
    site = ledger.find(row)
    if site is None:
        return {"unknown-customer"}
    stated = {header: value for header, value in row.items() if header != NAME}
    device = (site, key(stated[DEVICE]), None)
    if device in ledger.created:
        return {"duplicate-row"}
    if device not in ledger.devices:
        ledger.devices[device] = stated
        ledger.created.add(device)
        return "applied"
    known = ledger.devices[device]
    del stated[DEVICE]
    if all(known.get(header) == value for header, value in stated.items()):
        return "unchanged"
    ledger.devices[device] = known | stated
    return "applied"


class SheetRule(NamedTuple):
    """The rule of a sheet, and its required columns."""

    apply: Callable[[ModelLedger, Cells], RowResult]
    required: tuple[str, ...]


RULES = {
    "Add OTC": SheetRule(add_otc, ("OTC", "Email", "Company Name", TOTAL)),
    "Edit OTC": SheetRule(edit_otc, ("OTC",)),
    "Add Customer": SheetRule(add_customer, (NAME, "Managed By", OTC)),
    "Add Avira Subscription": SheetRule(add_subscription, (NAME, OTC)),
    "Edit Customer": SheetRule(edit_customer, (NAME,)),
    "Update OTC": SheetRule(update_otc, ("Current OTC", "New OTC")),
    "Disable Customer": SheetRule(disable_customer, (NAME,)),
    "Enable Customer": SheetRule(enable_customer, (NAME,)),
    "Devices": SheetRule(record_device, (NAME, DEVICE)),
}
