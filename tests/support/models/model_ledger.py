"""The ledger of the model, in memory: what it holds, and what forbids handing out licences."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Cells = dict[str, Any]  # the filled cells of a row by English header, tidied
Subscription = tuple[int, str]  # customer id, OTC
Device = tuple[int, str, None]  # customer id, key of the device; distinct from the above

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


def is_installed(device: Cells) -> bool:
    """Avira was installed, and was not uninstalled on that day or since (rule 15)."""
    if INSTALLED not in device:
        return False
    uninstalled: bool = UNINSTALLED in device and device[UNINSTALLED] >= device[INSTALLED]
    return not uninstalled


@dataclass
class Customer:
    """A site; its subscriptions are the ledger's."""

    name: str
    whole: bool  # customer-managed, hence always with whole OTCs
    contact: Cells  # the CONTACT cells that are known
    disabled: bool = False


@dataclass
class ModelLedger:
    """OTCs, customers, subscriptions and devices, and what the workbook being applied added."""

    today: date
    otcs: dict[str, Cells] = field(default_factory=dict)  # code -> the cells of Add OTC
    customers: dict[int, Customer] = field(default_factory=dict)  # by customer id
    subscriptions: dict[Subscription, int] = field(default_factory=dict)
    devices: dict[Device, Cells] = field(default_factory=dict)  # the cells of Devices, less NAME
    # the OTCs, customers, subscriptions and devices that rows of this workbook created (rule 6)
    created: set[str | int | Subscription | Device] = field(default_factory=set)

    def total(self, code: str) -> int:
        total: int = self.otcs[code][TOTAL]
        return total

    def used(self, code: str) -> int:
        """The licences of an OTC that customers hold."""
        return sum(self.subscriptions[site, code] for site in self.holders(code))

    def holders(self, code: str) -> list[int]:
        return [site for site, otc in self.subscriptions if otc == code]

    def otcs_of(self, site: int) -> list[str]:
        """The OTCs that a customer holds licences of."""
        return [otc for holder, otc in self.subscriptions if holder == site]

    def licenses_of(self, site: int) -> int:
        return sum(self.subscriptions[site, code] for code in self.otcs_of(site))

    def installed_devices(self, site: int) -> int:
        return sum(is_installed(cells) for (owner, *_), cells in self.devices.items()
                   if owner == site)  # fmt: skip

    def dedicated_to(self, code: str) -> int | None:
        """The customer that holds the whole of an OTC."""
        return next((site for site in self.holders(code) if self.customers[site].whole), None)

    def find(self, row: Cells, header: str = NAME) -> int | None:
        """The customer that a cell names."""
        wanted = key(row.get(header, ""))
        return next((site for site, c in self.customers.items() if key(c.name) == wanted), None)

    def email_in_use(self, email: object, but: int | None = None) -> bool:
        """Whether another customer that manages itself has this address."""
        others = [c for site, c in self.customers.items() if site != but and c.whole]
        return any(same("Email", email, other.contact["Email"]) for other in others)

    def forbidden(self, code: str, site: int | None, whole: bool, asks: int | None) -> set[str]:
        """What forbids handing out licences of a known OTC (rules 8 to 10).

        `site` is None for a new customer; `asks` is None where no number is stated, which for
        a customer with whole OTCs means all of it.
        """
        problems = set()
        total, used = self.total(code), self.used(code)
        if self.otcs[code].get("Expiry Date", self.today) < self.today:
            problems.add("otc-expired")
        if self.dedicated_to(code) not in (None, site):
            problems.add("otc-dedicated")
        if whole and asks is None:
            asks = total
        if whole and (asks != total or used > 0):
            problems.add("dedicated-needs-all")
        if asks is not None and asks > total - used:
            problems.add("overallocation")
        return problems

    def subscribe(self, site: int, code: str, asks: int | None) -> None:
        """Give a customer licences of an OTC; all of them if no number is stated."""
        self.subscriptions[site, code] = self.total(code) if asks is None else asks
        self.created.add((site, code))

    def cancel(self, site: int, code: str) -> None:
        del self.subscriptions[site, code]
        self.created.discard((site, code))
