"""A ledger's story of half a year, made at random with a fixed seed."""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import builders
from builders import Row, Sheets, device, disable, edit, edit_otc, enable, subscription

SEED = 20260623  # with it, even a small story has every case that a figure depends on
NOW = dt.datetime(2026, 6, 15, 22, 20, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 6, 16)
"""Exports are made shortly after midnight on a computer east of Greenwich."""

HOSTILE = (
    "=1+1", "+1", "-1", "@x", "http://example.com", "mailto:a@b.example", "00123", "1E5",
    "Ñandú “Peñón” 🦊 d'Aví", '"quoted", with a comma; and more', "_x0041_", "'=1+1", "''plain",
    "TRUE", "2026-01-02", "<b>&amp;</b>", "9007199254740993", "Ñ" * 100,
)  # fmt: skip
"""Texts that a program may take for something else."""


class Scale(NamedTuple):
    """How many entities of each kind there are."""

    otcs: int
    customers: int
    devices: int


SMALL = Scale(otcs=120, customers=75, devices=150)
LARGE = Scale(otcs=1_000, customers=1_500, devices=2_500)


class Step(NamedTuple):
    """A workbook that is applied, or the number of a batch that is undone, and when."""

    at: dt.datetime
    action: Sheets | int


@dataclass
class Bought:
    """An OTC: its licences, and how many of them each customer holds."""

    total: int
    holders: dict[str, int] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return self.total - sum(self.holders.values())


class Story:
    """The rows that people key, and what the ledger holds after them."""

    def __init__(self, scale: Scale) -> None:
        self.random = random.Random(SEED)
        self.scale = scale
        self.otcs: dict[str, Bought] = {}
        self.shared: list[str] = []  # OTCs for many customers
        self.whole: list[str] = []  # for customers that manage themselves
        self.spare: list[str] = []  # for nobody, or used late
        self.admin: list[str] = []  # active customers that the administrator manages
        self.own: list[str] = []
        self.reinstalled: list[Row] = []  # of devices

    def steps(self) -> Iterator[Step]:
        """Two large workbooks, small ones that are undone, and an undo that is undone."""

        def at(month: int, day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
            return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)

        half = self.scale.customers * 2 // 3
        yield Step(at(1, 10, 23, 30), [
            ("Add OTC", [self._otc(number) for number in range(self.scale.otcs)]),
            ("Add Customer", [self._customer(number) for number in range(half)]),
        ])  # fmt: skip
        yield Step(at(3, 5), self._second_workbook(half))
        yield Step(at(4, 1), [("Add Avira Subscription", self._late_subscriptions(0))])
        yield Step(at(4, 2), 3)
        yield Step(at(5, 1), [("Add Avira Subscription", self._late_subscriptions(3))])
        yield Step(at(5, 2), 5)
        yield Step(at(5, 3), 6)
        yield Step(at(6, 1, 0, 5), [("Edit OTC", self._otc_edits()), ("Devices", self.reinstalled)])

    def text(self) -> str:
        """Something that a person might key, or nobody would."""
        return self.random.choice([*HOSTILE, "Renewal", "Acme, S.L.", "Clínica & Hijos"])

    def _otc(self, number: int) -> Row:
        choice = self.random.choice
        letters = self.random.choices(string.ascii_uppercase + string.digits, k=20)
        code = "-".join("".join(letters[at : at + 5]) for at in range(0, 20, 5))
        total = choice([1, 5, 10, 25, 50, 50, 80, self.random.randint(1, 400)])
        expiry = self._expiry_date()
        if number % 40 == 3:  # expired long ago, and never used
            expiry = dt.date(2025, 1, 1) + dt.timedelta(self.random.randrange(300))
        elif number % 20 in (3, 13, 17):
            self.spare.append(code)
        else:
            (self.whole if number % 20 in (4, 9) else self.shared).append(code)
        self.otcs[code] = Bought(total)
        return builders.otc(
            code, total, email=f"buyer{number % 7}@msp.example", company=self.text(),
            description=choice([None, self.text()]), expiry_date=expiry,
            purchase_date=choice([None, dt.date(2025, 12, 1 + number % 28)]),
            product_id=choice([None, "AVPRO", self.text()]), runtime=choice([None, 12, 36]),
        )  # fmt: skip

    def _expiry_date(self) -> dt.date | None:
        """Around each limit of a status; never before the last workbook, which still uses it."""
        integer = self.random.randint
        days = self.random.choice(
            [None, 0, -1, 1, 14, 15, 29, 30, 31, 59, 60, 61, 89, 90, 91, -integer(1, 10),
             integer(1, 400), integer(1, 400), integer(1, 800)]
        )  # fmt: skip
        return None if days is None else TODAY + dt.timedelta(days)

    def _customer(self, number: int) -> Row:
        choice = self.random.choice
        name = f"Cliente {number:04} " + choice(["Peñón", "=2", "Sur", "🦊", "d'Aví"])
        if number < len(HOSTILE):
            name = HOSTILE[number]
        elif number % 97 in (20, 21):  # two names that differ only in an accent
            name = f"Cl{'ií'[number % 97 == 20]}nica {number - number % 97:04}"
        person = {"first_name": self.text(), "last_name": f"Pérez {number}"}
        if number % 12 == 5 and self.whole:
            code = self.whole.pop()
            self.otcs[code].holders[name] = self.otcs[code].total
            self.own.append(name)
            return builders.customer(name, None, code, managed_by="Customer",
                                     email=f"own{number:04}@site.example", **person)  # fmt: skip
        code, licenses = self._some_licenses(name)
        self.admin.append(name)
        email = choice([None, f"it{number:04}@site.example"])
        if number % 150 in (30, 31):
            email = choice(["Shared@Site.example", "shared@site.EXAMPLE"])
        return builders.customer(
            name, licenses, code, email=email, **person if number % 2 else {})  # fmt: skip

    def _some_licenses(self, name: str) -> tuple[str, int]:
        """Licences of an OTC of which the customer has none; now and then all that are left."""
        while True:
            code = self.random.choice(self.shared)
            otc = self.otcs[code]
            if otc.pending and name not in otc.holders:
                few = self.random.randint(1, min(otc.pending, 12))
                otc.holders[name] = self.random.choice([otc.pending] + [few] * 11)
                return code, otc.holders[name]

    def _second_workbook(self, half: int) -> Sheets:
        few = self.scale.customers // 25
        added = [self._customer(number) for number in range(half, self.scale.customers)]
        more = []
        for name in self.random.choices(self.admin, k=self.scale.customers // 3):
            code, licenses = self._some_licenses(name)
            more.append(subscription(name, licenses, code))
        keyed = self.random.sample(self.admin[len(HOSTILE) :], 2 * few)
        edits = [self._rename(name, f"Renombrado {n:03}") for n, name in enumerate(keyed[:few])]
        edits += [self._take_licenses(name) for name in keyed[few:]]
        moves = [self._move(self._held(name)[0], [name])
                 for name in self.random.sample(self.admin, few) if self._held(name)]  # fmt: skip
        pairs = [code for code in self.shared if len(self.otcs[code].holders) == 2]
        moves += [self._move(code) for code in pairs[: few // 4]]
        devices = self._devices()
        leaving = self.random.sample([*self.admin, *self.own], 3 * few)
        disabled = [
            disable(name, reason=self.text(),
                    release="Yes" if at < few else self.random.choice([None, "No"]))
            for at, name in enumerate(leaving)
        ]  # fmt: skip
        self.admin = [name for name in self.admin if name not in leaving]
        return [
            ("Add Customer", added), ("Add Avira Subscription", more), ("Edit Customer", edits),
            ("Update OTC", [move for move in moves if move]), ("Devices", devices),
            ("Disable Customer", disabled),
            ("Enable Customer", [enable(name) for name in leaving[few // 2 : 2 * few : 2]]),
        ]  # fmt: skip

    def _held(self, name: str) -> list[str]:
        return [code for code in self.shared if name in self.otcs[code].holders]

    def _rename(self, old: str, new: str) -> Row:
        self.admin[self.admin.index(old)] = new
        for code in self._held(old):
            self.otcs[code].holders[new] = self.otcs[code].holders.pop(old)
        return edit(old, new_name=new, last_name="Gómez")

    def _take_licenses(self, name: str) -> Row:
        """Fewer licences of an OTC, or none."""
        code = self._held(name)[0]
        remaining = self.random.randrange(self.otcs[code].holders.pop(name))
        if remaining:
            self.otcs[code].holders[name] = remaining
        return edit(name, otc=code, licenses=remaining)

    def _move(self, current: str, names: Collection[str] = ()) -> Row | None:
        """Another OTC for one customer, or for all of an OTC; None where no other has room."""
        holders = self.otcs[current].holders
        moving = {name: holders[name] for name in names or holders}
        for new in self.shared:
            if new != current and self.otcs[new].pending >= sum(moving.values()):
                for name, licenses in moving.items():
                    del holders[name]
                    to = self.otcs[new].holders
                    to[name] = to.get(name, 0) + licenses
                return builders.move(current, new, *names)
        return None

    def _devices(self) -> list[Row]:
        """Installed, uninstalled, installed again, on one day, and without any date."""
        choice = self.random.choice
        names = self.random.choices([*self.admin, *self.own], k=self.scale.devices * 9 // 10)
        names += [self.admin[-1]] * (self.scale.devices - len(names))  # more than its licences
        rows: list[Row] = []
        for number, name in enumerate(names):
            first = dt.date(2025, 11, 1) + dt.timedelta(self.random.randrange(120))
            later = first + dt.timedelta(choice([-30, 0, 30]))
            installed, uninstalled = choice(
                [(first, None), (first, None), (first, later), (None, None), (None, later)]
            )
            device_id = choice(["PC", "pc", "=PC", "-"]) + f"-{number:05}"
            rows.append(device(
                name, device_id, avira_installed=installed, avira_uninstalled=uninstalled,
                operating_system=choice([None, "Windows 11", self.text()]),
                model=choice([None, self.text()]),
                nh_installed=choice([None, first + dt.timedelta(1)]),
                nh_uninstalled=choice([None, None, first + dt.timedelta(7)]),
                avira_status=choice([None, "OK", "@x"]),
                product_name=choice([None, "Avira Pro", "Avira Prime", self.text()]),
            ))  # fmt: skip
            if number % 25 == 0:
                self.reinstalled.append(device(
                    name, device_id, avira_installed=dt.date(2026, 5, 20), avira_status="again",
                ))  # fmt: skip
        return rows

    def _late_subscriptions(self, first: int) -> list[Row]:
        """Subscriptions of OTCs that nobody used before."""
        return [subscription(self.admin[-at], 1, self.spare[at]) for at in range(first, first + 3)]

    def _otc_edits(self) -> list[Row]:
        """More licences of some OTCs, also of dedicated ones, and an earlier expiry of others."""
        codes = self.random.sample(list(self.otcs), self.scale.otcs // 20)
        earlier = dt.date(2026, 6, 10)
        return [
            edit_otc(code, total=self.otcs[code].total + 7) if at % 2
            else edit_otc(code, expiry_date=earlier, company=self.text())
            for at, code in enumerate(codes)
        ]  # fmt: skip
