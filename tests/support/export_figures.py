"""The figures of an export, by SQL of the tests' own, and readers of every format."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import random
import re
import shutil
import sqlite3
import string
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook

from builders import HEADERS, Row
from command_line import CommandResult
from importer.base import clock
from importer.cli import main as program
from office import convert
from tiers import needs

with_libreoffice = needs("libreoffice")


NOW = dt.datetime(2026, 6, 15, 22, 20, 30, tzinfo=dt.UTC)


TODAY = dt.date(2026, 6, 16)


"""The export is made shortly after midnight where the computer stands, east of Greenwich."""


HOSTILE = (
    "=1+1", "+1", "-1", "@x", "http://example.com", "mailto:a@b.example", "00123", "1E5",
    "Ñandú “Peñón” 🦊 d'Aví", '"quoted", with a comma; and more', "_x0041_", "'=1+1", "''plain",
    "TRUE", "2026-01-02", "<b>&amp;</b>", "9007199254740993", "Ñ" * 100,
)  # fmt: skip


"""Texts that a program may take for something else."""


class Scale(NamedTuple):
    """How many there are of each."""

    otcs: int
    customers: int
    devices: int


BIG = Scale(otcs=1_000, customers=1_500, devices=2_500)


SMALL = Scale(otcs=120, customers=75, devices=150)


class Step(NamedTuple):
    """A workbook that is applied, or a batch that is undone, and when."""

    at: dt.datetime
    what: list[tuple[str, list[Row]]] | int


def instant(month: int, day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """An instant of the year in which all happens."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


@dataclass
class Bought:
    """What the story knows of an OTC: its licences, and who holds how many of them."""

    total: int
    expiry: dt.date | None
    held: dict[str, int] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return self.total - sum(self.held.values())


class Story:
    """What happens in a ledger, by a generator of random numbers that has a seed."""

    def __init__(self, scale: Scale) -> None:
        self.chance = random.Random(20260616)
        self.scale = scale
        self.otcs: dict[str, Bought] = {}
        self.shared: list[str] = []  # given to many
        self.whole: list[str] = []  # for customers that manage themselves
        self.spare: list[str] = []  # given to nobody, or late
        self.admin: list[str] = []  # the customers that the administrator manages
        self.own: list[str] = []

    def steps(self) -> Iterator[Step]:
        """Two large workbooks, small ones that are undone, and one undone and then redone."""
        half = self.scale.customers * 2 // 3
        yield Step(instant(1, 10, 23, 30), [
            ("Add OTC", [self._otc() for _ in range(self.scale.otcs)]),
            ("Add Customer", [self._customer(number) for number in range(half)]),
        ])  # fmt: skip
        yield Step(instant(3, 5), self._second(half))
        yield Step(instant(4, 1), [("Add Avira Subscription", self._late(0, 3))])
        yield Step(instant(4, 2), 3)
        yield Step(instant(5, 1), [("Add Avira Subscription", self._late(3, 6))])
        yield Step(instant(5, 2), 5)
        yield Step(instant(5, 3), 6)
        yield Step(instant(6, 1, 0, 5), [("Edit OTC", self._edits()), ("Devices", self._later)])

    def text(self) -> str:
        """Something that a person might key, or nobody would."""
        return self.chance.choice([*HOSTILE, "Renewal", "Acme, S.L.", "Clínica & Hijos"])

    def _otc(self) -> Row:
        chance, number = self.chance, len(self.otcs)
        code = "-".join(
            "".join(chance.choices(string.ascii_uppercase + string.digits, k=5)) for _ in range(4)
        )
        total = chance.choice([1, 5, 10, 25, 50, 50, 80, chance.randint(1, 400)])
        kind = number % 20
        pool = self.whole if kind in (4, 9) else self.spare if kind in (3, 13, 17) else self.shared
        expiry = self._expiry()
        if pool is self.spare and number % 40 == 3:  # long gone, and never used
            expiry = dt.date(2025, 1, 1) + dt.timedelta(chance.randrange(300))
        else:
            pool.append(code)
        self.otcs[code] = Bought(total, expiry)
        return {
            "OTC": code, "Email": f"buyer{number % 7}@msp.example", "Company Name": self.text(),
            "Total Licenses": total, "Description": chance.choice([None, self.text()]),
            "Purchase Date": chance.choice([None, dt.date(2025, 12, 1 + number % 28)]),
            "Expiry Date": expiry, "Product ID": chance.choice([None, "AVPRO", self.text()]),
            "Runtime": chance.choice([None, 12, 36]),
        }  # fmt: skip

    def _expiry(self) -> dt.date | None:
        """None is before the day of the last workbook, so that all can be given."""
        chance = self.chance
        days = chance.choice(
            [None, 0, -1, 1, 14, 15, 29, 30, 31, 59, 60, 61, 89, 90, 91, -chance.randint(1, 10),
             chance.randint(1, 400), chance.randint(1, 400), chance.randint(1, 800)]
        )  # fmt: skip
        return None if days is None else TODAY + dt.timedelta(days)

    def _customer(self, number: int) -> Row:
        chance = self.chance
        end = chance.choice(["Peñón", "=2", "Sur", "🦊", "d'Aví"])
        name = f"Cliente {number:04} {end}"
        if number < len(HOSTILE):
            name = HOSTILE[number]
        elif number % 97 == 20 and self.admin:  # names that differ in accents alone
            name = f"Clínica {number:04}"
        elif number % 97 == 21:
            name = f"Clinica {number - 1:04}"
        person: Row = {"First Name": self.text(), "Last Name": f"Pérez {number}"}
        if number % 12 == 5 and self.whole:
            code = self.whole.pop()
            self.otcs[code].held[name] = self.otcs[code].total
            self.own.append(name)
            return {"Customer (Site) Name": name, "Managed By": "Customer", "Avira OTC": code,
                    "Email": f"own{number:04}@site.example", **person}  # fmt: skip
        code, licenses = self._some(name)
        self.admin.append(name)
        email = chance.choice([None, f"it{number:04}@site.example"])
        if number % 150 in (30, 31):
            email = chance.choice(["Shared@Site.example", "shared@site.EXAMPLE"])
        return {"Customer (Site) Name": name, "Managed By": "Admin", "Avira OTC": code,
                "No of Licenses": licenses, "Email": email,
                **(person if number % 2 else {})}  # fmt: skip

    def _some(self, name: str) -> tuple[str, int]:
        """Licences of an OTC, for a customer that has none of it."""
        while True:
            code = self.chance.choice(self.shared)
            bought = self.otcs[code]
            if bought.pending and name not in bought.held:
                most = bought.pending
                licenses = self.chance.choice([most, *[self.chance.randint(1, min(most, 12))] * 11])
                bought.held[name] = licenses
                return code, licenses

    def _second(self, half: int) -> list[tuple[str, list[Row]]]:
        name, otc, licenses = "Customer (Site) Name", "Avira OTC", "No of Licenses"
        chance, few = self.chance, self.scale.customers // 25
        added = [self._customer(number) for number in range(half, self.scale.customers)]
        further: list[Row] = []
        for who in chance.choices(self.admin, k=self.scale.customers // 3):
            code, count = self._some(who)
            further.append({name: who, otc: code, licenses: count})
        edits: list[Row] = []
        for number, who in enumerate(chance.sample(self.admin[len(HOSTILE) :], 2 * few)):
            if number < few:
                new = f"Renombrado {number:03}"
                edits.append({name: who, "New Name": new, "Last Name": "Gómez"})
                self._rename(who, new)
            else:  # fewer licences of one OTC, or none
                code = next(c for c in self.shared if who in self.otcs[c].held)
                left = chance.randrange(self.otcs[code].held[who])
                edits.append({name: who, otc: code, licenses: left})
                self.otcs[code].held[who] = left
                if not left:
                    del self.otcs[code].held[who]
        moves: list[Row] = []
        for who in chance.sample(self.admin, few):
            held = [code for code in self.shared if who in self.otcs[code].held]
            if held and (to := self._room_for(self.otcs[held[0]].held[who], held)):
                self._move(who, held[0], to)
                moves.append({name: who, "Current OTC": held[0], "New OTC": to})
        for code in [code for code in self.shared if len(self.otcs[code].held) == 2][: few // 4]:
            if to := self._room_for(sum(self.otcs[code].held.values()), [code]):
                for who in list(self.otcs[code].held):
                    self._move(who, code, to)
                moves.append({"Current OTC": code, "New OTC": to})
        gone = chance.sample([*self.admin, *self.own], 3 * few)
        disabled: list[Row] = [
            {name: who, "Release Licenses": "Yes" if at < few else chance.choice([None, "No"]),
             "Reason": self.text()}
            for at, who in enumerate(gone)
        ]  # fmt: skip
        enabled: list[Row] = [{name: who} for who in gone[few // 2 : 2 * few : 2]]
        self.admin = [who for who in self.admin if who not in gone]
        return [
            ("Add Customer", added), ("Add Avira Subscription", further), ("Edit Customer", edits),
            ("Update OTC", moves), ("Devices", self._devices()), ("Disable Customer", disabled),
            ("Enable Customer", enabled),
        ]  # fmt: skip

    def _rename(self, old: str, new: str) -> None:
        self.admin[self.admin.index(old)] = new
        for bought in self.otcs.values():
            if old in bought.held:
                bought.held[new] = bought.held.pop(old)

    def _room_for(self, licenses: int, but: Sequence[str]) -> str | None:
        found = (c for c in self.shared if self.otcs[c].pending >= licenses and c not in but)
        return next(found, None)

    def _move(self, who: str, code: str, to: str) -> None:
        count = self.otcs[code].held.pop(who)
        self.otcs[to].held[who] = self.otcs[to].held.get(who, 0) + count

    def _devices(self) -> list[Row]:
        """Installed, uninstalled, installed again, on one day, and of which no date is known."""
        chance = self.chance
        rows: list[Row] = []
        self._later: list[Row] = []
        owners = chance.choices([*self.admin, *self.own], k=self.scale.devices * 9 // 10)
        owners += [self.admin[-1]] * (self.scale.devices - len(owners))  # more than its licences
        for number, who in enumerate(owners):
            first = dt.date(2025, 11, 1) + dt.timedelta(chance.randrange(120))
            then = first + dt.timedelta(chance.choice([-30, 0, 30]))
            installed, uninstalled = chance.choice(
                [(first, None), (first, None), (first, then), (None, None), (None, then)]
            )
            ident = chance.choice(["PC", "pc", "=PC", "-"]) + f"-{number:05}"
            rows.append({
                "Customer (Site) Name": who, "Device ID": ident,
                "Operating System": chance.choice([None, "Windows 11", self.text()]),
                "Model No.": chance.choice([None, self.text()]),
                "Avira Installed": installed, "Avira Uninstalled": uninstalled,
                "NH Installed": chance.choice([None, first + dt.timedelta(1)]),
                "NH Uninstalled": chance.choice([None, None, first + dt.timedelta(7)]),
                "Avira Status": chance.choice([None, "OK", "@x"]),
                "Product Name": chance.choice([None, "Avira Pro", "Avira Prime", self.text()]),
            })  # fmt: skip
            if number % 25 == 0:
                again = {"Avira Installed": dt.date(2026, 5, 20), "Avira Status": "again"}
                self._later.append({"Customer (Site) Name": who, "Device ID": ident, **again})
        return rows

    def _late(self, first: int, last: int) -> list[Row]:
        """Subscriptions of OTCs that nobody held until then."""
        return [
            {"Customer (Site) Name": self.admin[-at], "Avira OTC": self.spare[at],
             "No of Licenses": 1}
            for at in range(first, last)
        ]  # fmt: skip

    def _edits(self) -> list[Row]:
        """More licences of some, also of OTCs that are dedicated, and earlier expiry of others."""
        codes = self.chance.sample(list(self.otcs), self.scale.otcs // 20)
        return [
            {"OTC": code, "Total Licenses": self.otcs[code].total + 7}
            if at % 2
            else {"OTC": code, "Expiry Date": dt.date(2026, 6, 10), "Company Name": self.text()}
            for at, code in enumerate(codes)
        ]


def keyed(path: Path, sheets: Iterable[tuple[str, Sequence[Row]]]) -> Path:
    """A workbook of `sheets` in which text is text, as Excel writes it."""
    workbook = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.append(HEADERS[name])
        for row in rows:
            cells = []
            for header in HEADERS[name]:
                value = row.get(header)
                if isinstance(value, str):
                    value = re.sub(r"_(?=x[0-9A-F]{4}_)", "_x005F_", value)
                cell = WriteOnlyCell(sheet, value)
                if isinstance(value, str):
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    workbook.save(path)
    return path


def run(*words: str | Path, at: dt.datetime = NOW, today: dt.date = TODAY) -> CommandResult:
    """Run a command as of an instant; in English unless it asks for another language."""
    out, err = io.StringIO(), io.StringIO()
    arguments = [str(word) for word in words]
    if "--lang" not in arguments:
        arguments += ["--lang", "en"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(clock, "now", lambda: at)
        patch.setattr(clock, "today", lambda: today)
        exit_code = program.run(arguments)
    return CommandResult(exit_code, out.getvalue(), err.getvalue())


def make_ledger(ledger: Path | str, scale: Scale, folder: Path) -> None:
    """The ledger of a story of that scale; the workbooks of the story are in `folder`."""
    for number, (at, what) in enumerate(Story(scale).steps(), 1):
        words: list[str | Path] = ["undo", str(what)]
        if not isinstance(what, int):
            workbook = folder / f"{number}.xlsx"
            words = ["apply", workbook if workbook.exists() else keyed(workbook, what)]
        said = run(*words, "--ledger", ledger, "--actor", "=boss()", at=at, today=at.date())
        assert said.exit_code == 0, said.out + said.err


class Anything:
    """Equal to whatever is found: words that no figure is in."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


ANYTHING = Anything()


class Sheet(NamedTuple):
    """A sheet as it should be: its headers and its rows, of text, numbers and days."""

    headers: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Ranking(NamedTuple):
    """A small table of the Summary as it should be, of which a chart is drawn."""

    title: str
    headers: tuple[str, ...]
    rows: list[tuple[Any, ...]]


PREPARED = """
CREATE TEMP TABLE standing AS SELECT batch FROM batch;
CREATE TEMP TABLE c AS
  SELECT customer.*, iif(managed_by = 'admin', 'Admin', 'Customer') AS manager,
    iif(status = 'active', 'Active', 'Disabled') AS state,
    (SELECT coalesce(sum(licenses), 0) FROM subscription AS s
      WHERE s.account_id = 'default' AND s.customer_id = customer.customer_id) AS licenses,
    (SELECT count(*) FROM device AS d
      WHERE d.account_id = 'default' AND d.customer_id = customer.customer_id
      AND avira_installed IS NOT NULL
      AND coalesce(avira_uninstalled, '0') < avira_installed) AS installed
  FROM customer WHERE customer_id = :only OR :only IS NULL;
CREATE UNIQUE INDEX temp.c_id ON c(customer_id);
CREATE TEMP TABLE s AS
  SELECT subscription.* FROM subscription JOIN c USING (customer_id);
CREATE INDEX temp.s_otc ON s(otc);
CREATE TEMP TABLE o AS
  SELECT code, email, company, total, description, purchase_date, expiry_date, product_id,
    runtime, (SELECT coalesce(sum(licenses), 0) FROM s WHERE s.otc = code) AS given,
    (SELECT name FROM s JOIN c USING (customer_id)
      WHERE s.otc = code AND c.managed_by = 'customer') AS dedicated,
    CAST(julianday(expiry_date) - julianday(:today) AS INTEGER) AS days_left
  FROM otc WHERE :only IS NULL OR code IN (SELECT otc FROM s);
CREATE UNIQUE INDEX temp.o_code ON o(code);
CREATE TEMP TABLE p AS SELECT *, total - given AS pending,
  CASE WHEN expiry_date < :today THEN iif(given > 0, 'Expired, in use', 'Expired')
    WHEN expiry_date <= date(:today, '+30 days') THEN 'Expires soon'
    WHEN :only IS NOT NULL THEN 'Valid'
    WHEN given = total THEN 'Full' ELSE 'Available' END AS status FROM o;
CREATE UNIQUE INDEX temp.p_code ON p(code);
CREATE TEMP TABLE d AS SELECT device.* FROM device JOIN c USING (customer_id);
CREATE INDEX temp.d_customer ON d(customer_id);
CREATE TEMP TABLE named AS
  SELECT coalesce(after, before) ->> 'id' AS id, entry, line, coalesce(after, before) ->> 'name'
    AS name FROM journal WHERE kind = 'customer';
CREATE INDEX temp.named_id ON named(id, entry, line);
"""


OTC_DETAILS = """
SELECT code, p.email, company, description, total, purchase_date AS "d",
  coalesce(name, 'Customer Not Available'), s.licenses, given, pending, p.status,
  expiry_date AS "d", days_left, manager, dedicated
FROM p LEFT JOIN s ON s.otc = code LEFT JOIN c USING (customer_id) ORDER BY code, name_key
"""


CUSTOMER_DETAILS = """
SELECT name, coalesce(s.licenses, 0), installed, s.otc, manager, state, expiry_date AS "d",
  days_left
FROM c LEFT JOIN s USING (customer_id) LEFT JOIN p ON code = s.otc ORDER BY name_key, s.otc
"""


CUSTOMER_DEVICES = """
SELECT name, device_id, operating_system, model, avira_installed AS "d", avira_uninstalled AS "d",
  nh_installed AS "d", nh_uninstalled AS "d", avira_status, product_name,
  iif(avira_installed IS NOT NULL AND (avira_uninstalled IS NULL
      OR avira_uninstalled < avira_installed), 'Yes', 'No')
FROM d JOIN c USING (customer_id) ORDER BY name_key, device_key
"""


ACTIVATION_DETAILS = """
WITH first(code, day) AS (
  SELECT substr(key, instr(key, '/') + 1), min(substr(at, 1, 10))
  FROM journal JOIN batch USING (account_id, entry) JOIN standing USING (batch)
  WHERE journal.kind = 'subscription' AND before IS NULL GROUP BY 1),
last(code, day) AS (
  SELECT s.otc, max(max(coalesce(avira_installed, ''), coalesce(avira_uninstalled, ''),
    coalesce(nh_installed, ''), coalesce(nh_uninstalled, '')))
  FROM s JOIN d USING (customer_id) GROUP BY 1),
product(code, name, place) AS (
  SELECT DISTINCT s.otc, product_name,
    dense_rank() OVER (PARTITION BY s.otc ORDER BY product_name)
  FROM s JOIN d USING (customer_id) WHERE product_name IS NOT NULL),
listed(code, names) AS (
  SELECT code, group_concat(name, ', ') || iif(max(every) > 3, ', … (+' || (max(every) - 3) || ')',
    '') FROM (SELECT *, max(place) OVER (PARTITION BY code) AS every FROM product
    ORDER BY code, place) WHERE place <= 3 GROUP BY code)
SELECT p.code, first.day AS "d", expiry_date AS "d", runtime, total, product_id, names, dedicated,
  company, email, CAST(julianday(:utc_day) - julianday(first.day) AS INTEGER),
  nullif(last.day, '') AS "d", given, pending, p.status, days_left
FROM p LEFT JOIN first USING (code) LEFT JOIN last USING (code) LEFT JOIN listed USING (code)
ORDER BY p.code
"""


EXCEPTIONS = """
SELECT kind, otc, customer, what FROM (
  SELECT 1 AS n, 'Expired but in use' AS kind, code AS otc, NULL AS customer, code AS place,
    'It expired on ' || expiry_date || '. Used licences: ' || given || ' of ' || total || '.'
    AS what FROM p WHERE expiry_date < :today AND given > 0
  UNION ALL
  SELECT 4, 'Full', code, NULL, code, 'All of its ' || total || ' licences are used.'
    FROM p WHERE pending = 0 AND :only IS NULL
  UNION ALL
  SELECT 3, 'Disabled with licences', NULL, name, name_key,
    'It is disabled but still holds licences: ' || licenses || '.'
    FROM c WHERE state = 'Disabled' AND licenses > 0
  UNION ALL
  SELECT 2, 'More devices than licences', NULL, name, name_key,
    'Devices with Avira: ' || installed || '; licences: ' || licenses || '.'
    FROM c WHERE installed > licenses
  UNION ALL
  SELECT 5, 'Shared email', NULL, name, name_key, NULL FROM (
    SELECT *, row_number() OVER (PARTITION BY lower(email) ORDER BY name_key) AS place,
      count(*) OVER (PARTITION BY lower(email)) AS many FROM c WHERE email IS NOT NULL)
    WHERE place = 1 AND many > 1 AND :only IS NULL
  UNION ALL
  SELECT 6, 'Similar names', NULL, name, name_key, NULL FROM (
    SELECT *, row_number() OVER (PARTITION BY without_accents(name) ORDER BY name_key) AS place,
      count(*) OVER (PARTITION BY without_accents(name)) AS many FROM c)
    WHERE place = 1 AND many > 1 AND :only IS NULL)
ORDER BY n, place
"""


MOVEMENTS = """
SELECT batch, at AS "i",
  CASE journal.kind WHEN 'otc' THEN 'OTC ' WHEN 'customer' THEN 'Customer '
    WHEN 'device' THEN 'Device ' ELSE 'Licences ' END ||
  CASE WHEN before IS NULL THEN iif(journal.kind = 'subscription', 'given', 'added')
    WHEN after IS NULL THEN iif(journal.kind = 'subscription', 'taken back', 'removed')
    WHEN journal.kind = 'customer' AND before ->> 'status' <> after ->> 'status'
      THEN iif(after ->> 'status' = 'active', 'enabled', 'disabled')
    ELSE 'changed' END,
  CASE journal.kind WHEN 'otc' THEN key WHEN 'subscription' THEN coalesce(after, before) ->> 'otc'
    END,
  (SELECT name FROM named WHERE journal.kind <> 'otc'
    AND id = coalesce(journal.after, journal.before) ->>
      iif(journal.kind = 'customer', 'id', 'customer')
    AND (named.entry, named.line) <= (journal.entry, journal.line)
    ORDER BY named.entry DESC, named.line DESC LIMIT 1),
  iif(journal.kind = 'device', coalesce(after, before) ->> 'id', NULL),
  actor, file, sheet, row, undoes
FROM journal JOIN batch USING (account_id, entry)
WHERE :only IS NULL OR journal.kind <> 'otc' AND :only =
  coalesce(after, before) ->> iif(journal.kind = 'customer', 'id', 'customer')
ORDER BY batch DESC, line DESC
"""


SHEETS = {
    "OTC Details": (OTC_DETAILS, (
        "OTC Code", "Email", "Company Name", "Description", "Licenses", "Purchase Date",
        "Customer Name", "Customer Licenses", "Used", "Pending", "Status", "Expiry Date",
        "Days Left", "Managed By", "Dedicated To",
    )),
    "Customer's Details": (CUSTOMER_DETAILS, (
        "Customer Name", "Total Devices Assigned", "Number Of Devices", "OTC Code", "Managed By",
        "Status", "Expiry Date", "Days Left",
    )),
    "Customer's Devices": (CUSTOMER_DEVICES, (
        "Customer Name", "Device ID", "Operating System", "Model No.", "Avira Installed",
        "Avira Uninstalled", "NH Installed", "NH Unistalled", "Avira Status", "Product Name",
        "Installed",
    )),
    "OTC Activation Details": (ACTIVATION_DETAILS, (
        "OTC", "FirstActivationDate", "ExpiryDate", "AviraRuntime", "AviraUsers",
        "AviraProductID", "AviraProductName", "Name", "Company", "Email", "DaysActive",
        "LastAliveDate", "Used", "Pending", "Status", "Days Left",
    )),
    "Exceptions": (EXCEPTIONS, ("Exception", "OTC", "Customer", "What", "What To Do")),
    "Movements": (MOVEMENTS, (
        "Batch", "At (UTC)", "What", "OTC", "Customer", "Device", "By", "File", "Sheet", "Row",
        "Undo of", "Change",
    )),
}  # fmt: skip


"""What each sheet holds; the last column of two is words that are not asked for here."""


NOT_FOR_CUSTOMERS = {
    "OTC Details": {"Used", "Pending"},
    "Movements": {"By", "File", "Sheet", "Row", "Undo of"},
}


"""The columns that a customer's own export does not have."""


FIGURES = {
    "otcs": ("OTCs", "SELECT count(*) FROM otc"),
    "customers": ("Customers", "SELECT count(*) FROM customer"),
    "total": ("Total licences", "SELECT sum(total) FROM otc"),
    "used": ("Used licences", "SELECT sum(licenses) FROM subscription"),
    "pending": ("Pending licences", "SELECT sum(pending) FROM p"),
    "in_use": ("Licences in use", "SELECT CAST(sum(given) AS REAL) / sum(total) FROM p"),
    "devices": ("Devices with Avira", "SELECT sum(installed) FROM c"),
    "expired": ("Expired OTCs", "SELECT count(*) FROM otc WHERE expiry_date < :today"),
    "expired_in_use": (
        "Expired OTCs in use", "SELECT count(*) FROM p WHERE expiry_date < :today AND given > 0"
    ),
    **{
        f"renew_within_{days}_days": (
            f"OTCs to renew within {days} days",
            f"SELECT count(*) FROM o WHERE expiry_date >= :today "
            f"AND expiry_date <= date(:today, '+{days} days')",
        )
        for days in (30, 60, 90)
    },
}  # fmt: skip


OF_CUSTOMER = {
    "otcs": ("OTCs", "SELECT count(*) FROM s"),
    "licenses": ("Licences", "SELECT coalesce(sum(licenses), 0) FROM s"),
} | {
    key: told for key, told in FIGURES.items()
    if key.startswith(("devices", "expired_in", "renew"))
}  # fmt: skip


FULLEST = """
SELECT code, given, pending FROM p
ORDER BY CAST(given AS REAL) / total DESC, given DESC, code LIMIT 20
"""


MONTHS = """
WITH RECURSIVE month(n, name) AS (
  SELECT 0, substr(:today, 1, 7)
  UNION ALL
  SELECT n + 1, strftime('%Y-%m', substr(:today, 1, 8) || '01', '+' || (n + 1) || ' months')
  FROM month WHERE n < 11)
SELECT name, coalesce(sum(iif(:only IS NULL, total, given)), 0)
FROM month LEFT JOIN p ON substr(expiry_date, 1, 7) = name GROUP BY name ORDER BY n
"""


RANKINGS = {
    "fullest_otcs": ("The fullest OTCs", ("OTC", "Used", "Pending"), FULLEST),
    "expiring_by_month": ("Licences expiring by month", ("Month", "Licences"), MONTHS),
    "largest_customers": (
        "The largest customers", ("Customer", "Licences"),
        "SELECT name, licenses FROM c WHERE licenses > 0 ORDER BY licenses DESC, name LIMIT 10",
    ),
}  # fmt: skip


RANKINGS_OF_CUSTOMER = {
    "licenses_by_otc": (
        "Licences by OTC", ("OTC", "Licences"),
        "SELECT code, given FROM p ORDER BY given DESC, code LIMIT 20",
    ),
    "expiring_by_month": RANKINGS["expiring_by_month"],
}  # fmt: skip


def without_accents(name: str) -> str:
    """A name in which accents, and the odd quotation mark, make no difference."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


class Truth:
    """What the sheets, the figures and the rankings of an export of a ledger are to hold."""

    def __init__(self, ledger: Path, only: str | None = None) -> None:
        with closing(sqlite3.connect(ledger)) as self._connection:
            self._connection.create_function("without_accents", 1, without_accents)
            self._named: dict[str, Any] = {
                "today": TODAY.isoformat(), "utc_day": NOW.date().isoformat(), "only": None,
            }  # fmt: skip
            if only is not None:
                query = "SELECT customer_id FROM customer WHERE name = ?"
                [(self._named["only"],)] = self._connection.execute(query, (only,))
            for statement in PREPARED.split(";"):
                self._connection.execute(statement, self._named)
            self._take_back()
            for balance in self._ask("SELECT used, given FROM otc JOIN o USING (code)"):
                assert only is not None or balance[0] == balance[1]
            self.sheets = {
                name: self._sheet(name)
                for name in SHEETS
                if only is None or name != "OTC Activation Details"
            }
            figures = FIGURES if only is None else OF_CUSTOMER
            self.labels = {key: label for key, (label, _) in figures.items()}
            self.figures = {key: self._ask(query)[0][0] for key, (_, query) in figures.items()}
            rankings = RANKINGS if only is None else RANKINGS_OF_CUSTOMER
            self.rankings = {
                key: Ranking(title, headers, self._ask(query))
                for key, (title, headers, query) in rankings.items()
            }

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        found = self._connection.execute(query, self._named)
        kinds = [column[0] for column in found.description]
        return [tuple(map(_with_days, kinds, row)) for row in found]

    def _take_back(self) -> None:
        """Leave in `standing` the batches that nothing which stands has taken back."""
        undos = self._ask("SELECT batch, undoes FROM batch WHERE undoes > 0 ORDER BY batch DESC")
        for batch, undoes in undos:
            if self._ask(f"SELECT 1 FROM standing WHERE batch = {batch}"):
                self._connection.execute("DELETE FROM standing WHERE batch = ?", (undoes,))

    def _sheet(self, name: str) -> Sheet:
        query, headers = SHEETS[name]
        rows = self._ask(query)
        if name in ("Exceptions", "Movements"):
            rows = [(*row, ANYTHING) for row in rows]
        if name == "Exceptions":
            rows = [tuple(ANYTHING if at == 3 and value is None else value
                          for at, value in enumerate(row)) for row in rows]  # fmt: skip
        if self._named["only"] is None:
            return Sheet(headers, rows)
        kept = [at for at, header in enumerate(headers)
                if header not in NOT_FOR_CUSTOMERS.get(name, ())]  # fmt: skip
        return Sheet(
            tuple(headers[at] for at in kept), [tuple(row[at] for at in kept) for row in rows]
        )


def _with_days(kind: str, value: Any) -> Any:
    """A value as SQL gives it, where its column is named so as a day or an instant."""
    if value is None or kind not in ("d", "i"):
        return value
    if kind == "d":
        return dt.date.fromisoformat(value)
    return dt.datetime.fromisoformat(value).replace(tzinfo=None)


Grid = list[list[Any]]


"""A sheet's cells, row by row."""


class Found(NamedTuple):
    """What a reader finds, as it sees it: `shape` makes of a value of ours what it should see."""

    sheets: dict[str, Grid]
    figures: dict[str, Any]
    rankings: dict[str, Grid]
    shape: Callable[[Any], Any]


def differences(truth: Truth, found: Found) -> list[str]:
    """Where what is found is not the truth: the first few of each sheet, and all figures."""
    told = []
    assert list(found.sheets)[: len(truth.sheets)] == list(truth.sheets)
    for name, sheet in truth.sheets.items():
        told += _in_rows(name, sheet.headers, sheet.rows, found.sheets[name], found.shape)[:3]
    assert found.figures.keys() == truth.figures.keys()
    for key, figure in truth.figures.items():
        seen = found.figures[key]
        if isinstance(figure, float):
            same = abs(_share(seen) - figure) < 1e-9
        else:
            same = found.shape(figure) == seen
        if not same:
            told.append(f"{key}: {seen!r} is not {figure!r}")
    assert found.rankings.keys() == truth.rankings.keys()
    for key, ranking in truth.rankings.items():
        told += _in_rows(key, ranking.headers, ranking.rows, found.rankings[key], found.shape)
    return told


def _in_rows(
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
    grid: Grid,
    shape: Callable[[Any], Any],
) -> list[str]:
    told = []
    width = len(headers)
    if grid[0][:width] != list(headers) or any(any(row[width:]) for row in grid):
        told.append(f"{name}: {grid[0]} are not {headers}")
    if len(grid) - 1 != len(rows):
        told.append(f"{name}: {len(grid) - 1} rows, not {len(rows)}")
    for number, (row, cells) in enumerate(zip(rows, grid[1:], strict=False), 2):
        expected = [value if value is ANYTHING else shape(value) for value in row]
        if expected != cells[:width]:
            told.append(f"{name}, row {number}: {cells} is not {expected}")
    return told


def _share(seen: Any) -> float:
    """A share, or how a spreadsheet program writes one."""
    if isinstance(seen, str) and seen.endswith("%"):
        return float(seen[:-1]) / 100
    return float(seen)


def with_summary(sheets: dict[str, Grid], truth: Truth, shape: Callable[[Any], Any]) -> Found:
    """What the sheets hold, and what stands on the first of them, the Summary."""
    summary = sheets[next(iter(sheets))]
    below = {name: grid for name, grid in sheets.items() if grid is not summary}
    start = 2 + next(at for at, row in enumerate(summary) if row[:1] == ["Last batch"])
    beside = {row[0]: row[1] for row in reversed(summary[start:]) if len(row) > 1}
    figures = {key: beside[label] for key, label in truth.labels.items()}
    rankings = {}
    for key, ranking in truth.rankings.items():
        top = 1 + next(at for at, row in enumerate(summary) if row[:1] == [ranking.title])
        end = next((at for at in range(top, len(summary)) if not any(summary[at][:2])),
                   len(summary))  # fmt: skip
        rankings[key] = summary[top:end]
    return Found(below, figures, rankings, shape)


def by_openpyxl(path: Path) -> dict[str, Grid]:
    """The sheets of an Excel workbook; openpyxl leaves the underscores that Excel writes."""
    workbook = load_workbook(path, read_only=True)
    grids = {
        sheet.title: [
            [cell.replace("_x005F_", "_") if isinstance(cell, str) else cell for cell in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in workbook.worksheets
    }
    workbook.close()
    return grids


def in_excel(value: Any) -> Any:
    """A day is an instant there."""
    is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if is_day else value


def by_libreoffice(path: Path, folder: Path) -> dict[str, Grid]:
    """The sheets of a workbook as LibreOffice writes them in files of separated values."""
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    convert(every_sheet, folder, path)
    titles = load_workbook(path, read_only=True).sheetnames
    return {title: separated(folder / f"{path.stem}-{title}.csv") for title in titles}


def separated(path: Path) -> Grid:
    """The rows of a file of separated values."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def in_words(value: Any) -> str:
    """Numbers and days as text."""
    return "" if value is None else str(value)


def by_calamine(path: Path) -> dict[str, Grid]:
    """The sheets of an OpenDocument spreadsheet."""
    with CalamineWorkbook.from_path(path) as workbook:
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }


def in_ods(value: Any) -> Any:
    """Nothing is a text without letters there."""
    return "" if value is None else value


def by_json(path: Path) -> Found:
    """The sheets, figures and rankings of a JSON document."""
    document = json.loads(path.read_text("utf-8"))
    summary = document["summary"]
    tables = {key: value for key, value in summary.items() if isinstance(value, list)}
    figures = {key: value for key, value in summary.items() if key not in tables}
    sheets = {key: _grid(records) for key, records in document["sheets"].items()}
    rankings = {key: _grid(records) for key, records in tables.items()}
    for key, (_title, headers, _query) in (RANKINGS | RANKINGS_OF_CUSTOMER).items():
        if key in rankings:  # these keys are in small letters
            assert rankings[key][0] == [header.lower() for header in headers_of(key, headers)]
            rankings[key][0] = list(headers)
    return Found(sheets, figures, rankings, in_json)


def headers_of(key: str, headers: Sequence[str]) -> list[str]:
    """The keys of a ranking's columns; licences are spelt there as in other keys."""
    return [header.replace("Licences", "licenses") for header in headers]


def _grid(records: list[dict[str, Any]]) -> Grid:
    keys = list(records[0])
    assert all(list(record) == keys for record in records)
    return [keys, *(list(record.values()) for record in records)]


def in_json(value: Any) -> Any:
    """Days and instants as ISO text, instants with a Z."""
    if isinstance(value, dt.datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, dt.date) else value


def by_folder(folder: Path, truth: Truth) -> Found:
    """The sheets of a folder of files of separated values, the guard of formulas taken off."""
    order = [*truth.sheets, "Summary"]
    names = sorted((path.stem for path in folder.iterdir()), key=order.index)
    assert names == order
    sheets = {name: unguarded(separated(folder / f"{name}.csv")) for name in names}
    summary = sheets.pop("Summary")
    assert summary[0] == ["Figure", "Value"]
    beside = dict(summary[1:])
    figures = {key: beside[label] for key, label in truth.labels.items()}
    # What is drawn is not in these files.
    rankings = {
        key: [list(one.headers), *([in_words(value) for value in row] for row in one.rows)]
        for key, one in truth.rankings.items()
    }
    return Found(sheets, figures, rankings, in_words)


def unguarded(grid: Grid) -> Grid:
    """Cells without the apostrophe that keeps text from being a formula."""
    return [[re.sub(r"^'(?='*[=+\-@\t\r])", "", cell) for cell in row] for row in grid]


class Page(HTMLParser):
    """The tables of a web page, by the id of the section that they are in, and its figures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[Grid]] = {}
        self.figures: dict[str, str] = {}
        self._section = self._label = ""
        self._said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "section":
            self._section = told["id"] or ""
        elif tag == "table":
            self.tables.setdefault(self._section, []).append([])
        elif tag == "tr":
            self.tables[self._section][-1].append([])
        elif tag in ("td", "th", "dt", "dd"):
            self._said = []

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def handle_endtag(self, tag: str) -> None:
        said = "".join(self._said)
        if tag in ("td", "th"):
            self.tables[self._section][-1][-1].append(said.strip(" \n"))
        elif tag == "dt":
            self._label = said
        elif tag == "dd":
            self.figures[self._label] = said


def on_page(value: Any) -> str:
    """Thousands stand apart there."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u202f")
    return in_words(value)


Made = Callable[[Path], None]


def made_once(factory: pytest.TempPathFactory, name: str, make: Made) -> Path:
    """A folder that `make` fills; of several worker processes the first that needs it does so."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    with FileLock(base / f"{name}.lock"):
        folder = base / name
        if not folder.exists():
            unfinished = base / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


FORMATS = ("xlsx", "ods", "json", "csv", "html")


def export(ledger: Path | str, path: Path, *words: str) -> Path:
    """Export what a ledger holds to a file or, as CSV, a folder."""
    form = ["--format", "csv"] if not path.suffix else []
    said = run("export", "--ledger", ledger, "-o", path, *form, *words)
    assert (said.exit_code, said.err) == (0, "")
    return path


def in_format(folder: Path, form: str) -> Path:
    """Where the export of that format is in a folder."""
    return folder / ("details" if form == "csv" else f"details.{form}")


def _make(scale: Scale) -> Made:
    def make(folder: Path) -> None:
        make_ledger(folder / "ledger.db", scale, folder)
        for form in FORMATS:
            export(folder / "ledger.db", in_format(folder, form))

    return make


def small_ledger(factory: pytest.TempPathFactory) -> Path:
    """A folder with a small ledger, and its export in every format."""
    return made_once(factory, "small", _make(SMALL))


def parts(path: Path) -> dict[str, bytes]:
    """The bytes of a file, of each file of a folder, or of each part of an Excel workbook."""
    if path.is_dir():
        return {one.name: one.read_bytes() for one in path.iterdir()}
    if path.suffix != ".xlsx":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}
