"""The rules of DOMAIN.md as a plain model that applies a workbook row by row, in memory."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = dict[str, object]  # header (English, without "*") -> cell value; absent or None = blank
Cells = dict[str, Any]  # the same, tidied: only the filled cells
Outcome = str | set[str]  # "applied", "unchanged", or the codes a refusal may name
Subscription = tuple[int, str]  # customer id, OTC
Device = tuple[int, str, None]  # customer id, key of the device; not to be taken for the above

NAME, OTC = "Customer (Site) Name", "Avira OTC"
TOTAL, LICENSES = "Total Licenses", "No of Licenses"
CONTACT = ("Email", "First Name", "Last Name")
DEVICE, INSTALLED, UNINSTALLED = "Device ID", "Avira Installed", "Avira Uninstalled"


def key(name: str) -> str:
    """Two names with the same key are the same name (rule 3); so with devices (rule 15)."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def same(header: str, stated: object, stored: object) -> bool:
    """Whether an Add sheet's cell states what is stored already (rules 3 and 5)."""
    if isinstance(stated, str) and isinstance(stored, str):
        if header == "Email":
            return stated.casefold() == stored.casefold()
        if header == "Company Name":
            return key(stated) == key(stored)
    return stated == stored


def tidy(raw: Row) -> Cells:
    """The row without blank cells, as stored: stripped, names with runs of spaces collapsed."""
    row = dict(raw)
    for header, value in raw.items():
        if isinstance(value, str):
            name = header in (NAME, "New Name", "Company Name", DEVICE)
            row[header] = " ".join(value.split()) if name else value.strip()
    return {header: value for header, value in row.items() if value not in (None, "")}


def bad_cells(row: Cells, required: tuple[str, ...]) -> set[str]:
    """The codes of the cells that are wrong in themselves (rule 4)."""
    codes = {v[4:] for v in row.values() if isinstance(v, str) and v.startswith("BAD:")}
    return codes if all(header in row for header in required) else codes | {"missing-value"}


def needed_blank(sheet: str, row: Cells) -> set[str]:
    """'missing-value' where another cell of the row makes a blank one needed (rules 10, 12)."""
    needed: tuple[str, ...] = ()
    if sheet == "Add Customer":
        needed = {"Admin": (LICENSES,), "Customer": CONTACT}.get(row.get("Managed By", ""), ())
    if sheet == "Edit Customer" and OTC in row:
        needed = (LICENSES,)
    return set() if all(header in row for header in needed) else {"missing-value"}


def is_installed(device: Cells) -> bool:
    """Avira was installed, and was not uninstalled on that day or since (rule 15)."""
    if INSTALLED not in device:
        return False
    gone: bool = UNINSTALLED in device and device[UNINSTALLED] >= device[INSTALLED]
    return not gone


@dataclass
class Customer:
    """A site; its subscriptions are the model's."""

    name: str
    whole: bool  # customer-managed, hence always holding whole OTCs
    contact: Cells  # the CONTACT cells that are known
    disabled: bool = False


@dataclass(frozen=True, order=True)
class TooManyDevices:
    """The warning `more-devices-than-licenses`, and the row that it is given at."""

    sheet: str
    row: int
    customer: str
    installed: int
    licenses: int


@dataclass
class Model:
    """What the ledger must hold, and what each row must meet, under --partial.

    It deliberately shares no code with the program: it is written from the text of the rules, so
    that a misreading in the program does not repeat itself here. It is given no blank rows.
    """

    today: date
    otcs: dict[str, Cells] = field(default_factory=dict)  # code -> the cells of Add OTC
    customers: dict[int, Customer] = field(default_factory=dict)
    subscriptions: dict[Subscription, int] = field(default_factory=dict)
    devices: dict[Device, Cells] = field(default_factory=dict)  # the cells of Devices, less NAME
    # the OTCs, customers, subscriptions and devices that rows of this workbook created (rule 6)
    created: set[str | int | Subscription | Device] = field(default_factory=set)
    # by customer, the last row of this workbook that made or left a device installed
    installed_at: dict[int, tuple[str, int]] = field(default_factory=dict)

    def apply(self, workbook: list[tuple[str, list[Row]]]) -> list[list[Outcome]]:
        """Apply the sheets left to right; one list per sheet, one outcome per row.

        A set holds every code that the refusal may name; it must name at least one.
        """
        self.created, self.installed_at = set(), {}
        outcomes: list[list[Outcome]] = []
        for sheet, rows in workbook:
            outcomes.append([])
            for number, raw in enumerate(rows, start=2):
                row = tidy(raw)
                outcomes[-1].append(self._row(sheet, row))
                if sheet == "Devices" and outcomes[-1][-1] == "applied":
                    self._note_installed((sheet, number), row)
        return outcomes

    def too_many_devices(self) -> list[TooManyDevices]:
        """The warnings of the workbook applied last: one a customer, by what all rows left."""
        return sorted(
            TooManyDevices(*place, self.customers[who].name, installed, licenses)
            for who, place in self.installed_at.items()
            if (installed := self._installed(who))
            > (licenses := sum(self.subscriptions[who, code] for code in self._held(who)))
        )

    def ledger(self) -> dict[str, dict[str, dict[str, object]]]:
        """The OTCs by code, the customers by name; a contact cell never stated is None."""
        otcs: dict[str, dict[str, object]] = {}
        for code in self.otcs:
            total, used = self._total(code), self._used(code)
            otcs[code] = {"total": total, "used": used, "pending": total - used}
        customers: dict[str, dict[str, object]] = {}
        for who, customer in self.customers.items():
            customers[customer.name] = {
                "managed_by": "customer" if customer.whole else "admin",
                "status": "disabled" if customer.disabled else "active",
                "email": customer.contact.get("Email"),
                "first_name": customer.contact.get("First Name"),
                "last_name": customer.contact.get("Last Name"),
                "subscriptions": {otc: self.subscriptions[who, otc] for otc in self._held(who)},
            }
            owned = [cells for (owner, *_), cells in self.devices.items() if owner == who]
            if owned:
                customers[customer.name]["devices"] = {
                    cells[DEVICE]: {
                        header: value.isoformat() if isinstance(value, date) else value
                        for header, value in cells.items()
                        if header != DEVICE
                    }
                    for cells in owned
                }
        return {"otcs": otcs, "customers": customers}

    def _row(self, sheet: str, row: Cells) -> Outcome:
        rule, required = SHEETS[sheet]
        bad = bad_cells(row, required)
        return bad | needed_blank(sheet, row) if bad else rule(self, row)

    # What the ledger says

    def _total(self, code: str) -> int:
        total: int = self.otcs[code][TOTAL]
        return total

    def _used(self, code: str) -> int:
        return sum(self.subscriptions[who, code] for who in self._holders(code))

    def _holders(self, code: str) -> list[int]:
        return [who for who, otc in self.subscriptions if otc == code]

    def _held(self, who: int) -> list[str]:
        return [otc for holder, otc in self.subscriptions if holder == who]

    def _dedicated_to(self, code: str) -> int | None:
        return next((who for who in self._holders(code) if self.customers[who].whole), None)

    def _find(self, row: Cells, header: str = NAME) -> int | None:
        wanted = key(row.get(header, ""))
        return next((who for who, c in self.customers.items() if key(c.name) == wanted), None)

    def _installed(self, who: int) -> int:
        return sum(is_installed(cells) for (owner, *_), cells in self.devices.items()
                   if owner == who)  # fmt: skip

    def _note_installed(self, place: tuple[str, int], row: Cells) -> None:
        who = self._find(row)
        assert who is not None, "the row was applied"
        if is_installed(self.devices[who, key(row[DEVICE]), None]):
            self.installed_at[who] = place

    def _email_in_use(self, email: object, but: int | None = None) -> bool:
        others = [c for who, c in self.customers.items() if who != but and c.whole]
        return any(same("Email", email, other.contact["Email"]) for other in others)

    def _forbidden(self, code: str, who: int | None, whole: bool, asked: int | None) -> set[str]:
        """What forbids handing out licences of a known OTC (rules 8 to 10).

        `who` is None for a new customer; `asked` is None where no number is stated, which for
        a customer that holds whole OTCs means all of it.
        """
        problems = set()
        total, used = self._total(code), self._used(code)
        if self.otcs[code].get("Expiry Date", self.today) < self.today:
            problems.add("otc-expired")
        if self._dedicated_to(code) not in (None, who):
            problems.add("otc-dedicated")
        if whole and asked is None:
            asked = total
        if whole and (asked != total or used > 0):
            problems.add("dedicated-needs-all")
        if asked is not None and asked > total - used:
            problems.add("overallocation")
        return problems

    def _subscribe(self, who: int, code: str, asked: int | None) -> None:
        self.subscriptions[who, code] = self._total(code) if asked is None else asked
        self.created.add((who, code))

    def _cancel(self, who: int, code: str) -> None:
        del self.subscriptions[who, code]
        self.created.discard((who, code))

    # The sheets

    def _add_otc(self, row: Cells) -> Outcome:
        code = row["OTC"]
        if code in self.created:
            return {"duplicate-row"}
        if code in self.otcs:
            is_so = all(same(h, value, self.otcs[code].get(h)) for h, value in row.items())
            return "unchanged" if is_so else {"already-exists"}
        self.otcs[code] = row
        self.created.add(code)
        return "applied"

    def _edit_otc(self, row: Cells) -> Outcome:
        code, total = row["OTC"], row.get(TOTAL)
        if code not in self.otcs:
            return {"unknown-otc"}
        if all(self.otcs[code].get(header) == value for header, value in row.items()):
            return "unchanged"
        owner = self._dedicated_to(code)
        if total is not None and owner is not None:
            self.subscriptions[owner, code] = total
        elif total is not None and total < self._used(code):
            return {"total-below-used"}
        self.otcs[code] |= row
        return "applied"

    def _add_customer(self, row: Cells) -> Outcome:
        code, asked, whole = row[OTC], row.get(LICENSES), row["Managed By"] == "Customer"
        contact = {header: row[header] for header in CONTACT if header in row}
        problems = needed_blank("Add Customer", row)
        if code not in self.otcs:
            problems.add("unknown-otc")

        who = self._find(row)
        if who in self.created:
            return problems | {"duplicate-row"}
        if who is not None:
            customer, held = self.customers[who], self.subscriptions.get((who, code))
            is_so = customer.whole == whole and held is not None and asked in (None, held)
            is_so &= all(same(h, value, customer.contact.get(h)) for h, value in contact.items())
            return "unchanged" if is_so and not problems else problems | {"already-exists"}

        if whole and self._email_in_use(row.get("Email")):
            problems.add("email-in-use")
        if code in self.otcs:
            problems |= self._forbidden(code, None, whole, asked)
        if problems:
            return problems
        new = len(self.customers) + 1
        self.customers[new] = Customer(row[NAME], whole, contact)
        self.created.add(new)
        self._subscribe(new, code, asked)
        return "applied"

    def _add_subscription(self, row: Cells) -> Outcome:
        who, code, asked = self._find(row), row[OTC], row.get(LICENSES)
        problems = {"unknown-otc"} if code not in self.otcs else set()
        if who is None:
            return problems | {"unknown-customer"}
        customer = self.customers[who]
        if asked is None and not customer.whole:
            problems.add("missing-value")

        if (who, code) in self.created:
            return problems | {"duplicate-row"}
        if (who, code) in self.subscriptions:
            is_so = asked in (None, self.subscriptions[who, code])
            return "unchanged" if is_so and not problems else problems | {"already-exists"}

        if customer.disabled:
            problems.add("customer-disabled")
        if code in self.otcs:
            problems |= self._forbidden(code, who, customer.whole, asked)
        if problems:
            return problems
        self._subscribe(who, code, asked)
        return "applied"

    def _edit_customer(self, row: Cells) -> Outcome:
        who, code, asked = self._find(row), row.get(OTC, ""), row.get(LICENSES)
        problems = needed_blank("Edit Customer", row)
        if code and code not in self.otcs:
            problems.add("unknown-otc")
        if who is None:
            return problems | {"unknown-customer"}
        customer, held = self.customers[who], self._held(who)

        name = row.get("New Name") or customer.name
        if "New Name" in row and self._find(row, "New Name") not in (None, who):
            problems.add("already-exists")
        contact = customer.contact | {header: row[header] for header in CONTACT if header in row}
        email = contact.get("Email")
        if customer.whole and email != customer.contact["Email"] and self._email_in_use(email, who):
            problems.add("email-in-use")

        if asked is not None and not code and len(held) > 1:
            problems.add("which-otc")
        if asked is not None and not code and len(held) == 1:
            code = held[0]
        now = self.subscriptions.get((who, code), 0)  # 0: no such subscription
        if not problems & {"unknown-otc", "which-otc"}:
            problems |= self._forbidden_change(who, code, now, now if asked is None else asked)
        if problems:
            return problems

        if asked in (None, now) and name == customer.name and contact == customer.contact:
            return "unchanged"
        customer.name, customer.contact = name, contact
        if asked == 0 and now > 0:
            self._cancel(who, code)
        elif asked:
            self.subscriptions[who, code] = asked
        return "applied"

    def _forbidden_change(self, who: int, code: str, now: int, asked: int) -> set[str]:
        """What forbids taking a customer's subscription from `now` to `asked` licences."""
        customer = self.customers[who]
        if now == 0 and asked > 0:
            return {"no-such-subscription"}
        if asked > now:
            disabled = {"customer-disabled"} if customer.disabled else set()
            return disabled | self._forbidden(code, who, customer.whole, asked - now)
        return {"dedicated-needs-all"} if customer.whole and 0 < asked < now else set()

    def _update_otc(self, row: Cells) -> Outcome:
        current, new, who = row["Current OTC"], row["New OTC"], self._find(row)
        if current == new:
            return {"same-otc"}
        problems = {"unknown-otc"} if not {current, new} <= self.otcs.keys() else set()
        if NAME in row and who is None:
            problems.add("unknown-customer")
        if problems:
            return problems

        moving = [holder for holder in self._holders(current) if who in (None, holder)]
        there = [holder for holder in self._holders(new) if who in (None, holder)]
        if not moving:
            return "unchanged" if there else {"no-such-subscription"}
        # A dedicated OTC has one holder, so either all who move hold whole OTCs or none does.
        whole = self._dedicated_to(current) is not None
        asked = None if whole else sum(self.subscriptions[mover, current] for mover in moving)
        problems = self._forbidden(new, moving[0], whole, asked)
        if problems:
            return problems
        for mover in moving:
            licenses = self._total(new) if whole else self.subscriptions[mover, current]
            self._cancel(mover, current)
            self.subscriptions[mover, new] = self.subscriptions.get((mover, new), 0) + licenses
        return "applied"

    def _disable_customer(self, row: Cells) -> Outcome:
        who = self._find(row)
        if who is None:
            return {"unknown-customer"}
        released = self._held(who) if row.get("Release Licenses") == "Yes" else []
        if self.customers[who].disabled and not released:
            return "unchanged"
        self.customers[who].disabled = True
        for code in released:
            self._cancel(who, code)
        return "applied"

    def _enable_customer(self, row: Cells) -> Outcome:
        who = self._find(row)
        if who is None:
            return {"unknown-customer"}
        if not self.customers[who].disabled:
            return "unchanged"
        self.customers[who].disabled = False
        return "applied"

    def _record_device(self, row: Cells) -> Outcome:
        who = self._find(row)
        if who is None:
            return {"unknown-customer"}
        stated = {header: value for header, value in row.items() if header != NAME}
        device = (who, key(stated[DEVICE]), None)
        if device in self.created:
            return {"duplicate-row"}
        if device not in self.devices:
            self.devices[device] = stated
            self.created.add(device)
            return "applied"
        known = self.devices[device]
        del stated[DEVICE]
        if all(known.get(header) == value for header, value in stated.items()):
            return "unchanged"
        self.devices[device] = known | stated
        return "applied"


# sheet -> its rule, its required columns
SHEETS = {
    "Add OTC": (Model._add_otc, ("OTC", "Email", "Company Name", TOTAL)),
    "Edit OTC": (Model._edit_otc, ("OTC",)),
    "Add Customer": (Model._add_customer, (NAME, "Managed By", OTC)),
    "Add Avira Subscription": (Model._add_subscription, (NAME, OTC)),
    "Edit Customer": (Model._edit_customer, (NAME,)),
    "Update OTC": (Model._update_otc, ("Current OTC", "New OTC")),
    "Disable Customer": (Model._disable_customer, (NAME,)),
    "Enable Customer": (Model._enable_customer, (NAME,)),
    "Devices": (Model._record_device, (NAME, DEVICE)),
}
