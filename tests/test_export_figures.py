"""Whoever reads an export, and in whatever format, finds the figures that SQL finds in the ledger.

The ledger is a large one made at random through the front door, as years of keying would leave it.
What it holds is asked of the SQLite file in this module's own SQL, none of the program's.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import os
import random
import re
import shutil
import sqlite3
import string
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from filelock import FileLock
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from python_calamine import CalamineWorkbook

from conftest import Said
from importer.base import clock
from importer.cli import main as program
from importer.domain.contents import OtcHolding
from importer.domain.entities import Device
from importer.export import summary
from importer.export.writers import ods as ods_writer
from importer.export.writers import xlsx as xlsx_writer
from importer.ledger.reading import contents as ledger_contents
from importer.ledger.reading.journal import load_batches
from servers import Server
from test_libreoffice import SOFFICE
from workbooks import HEADERS, Row

with_libreoffice = pytest.mark.skipif(
    SOFFICE is None and "REQUIRE_LIBREOFFICE" not in os.environ,
    reason="LibreOffice is not installed; where it must be, REQUIRE_LIBREOFFICE is set",
)

NOW = dt.datetime(2026, 6, 15, 22, 20, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 6, 16)
"""The export is made shortly after midnight where the computer stands, east of Greenwich."""

HOSTILE = (
    "=1+1", "+1", "-1", "@x", "http://example.com", "mailto:a@b.example", "00123", "1E5",
    "Ñandú “Peñón” 🦊 d'Aví", '"quoted", with a comma; and more', "_x0041_", "'=1+1", "''plain",
    "TRUE", "2026-01-02", "<b>&amp;</b>", "9007199254740993", "Ñ" * 100,
)  # fmt: skip
"""Texts that a program may take for something else."""


# A ledger made at random


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


def run(*words: str | Path, at: dt.datetime = NOW, today: dt.date = TODAY) -> Said:
    """Run a command as of an instant; in English unless it asks for another language."""
    out, err = io.StringIO(), io.StringIO()
    arguments = [str(word) for word in words]
    if "--lang" not in arguments:
        arguments += ["--lang", "en"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(clock, "now", lambda: at)
        patch.setattr(clock, "today", lambda: today)
        exit_code = program.run(arguments)
    return Said(exit_code, out.getvalue(), err.getvalue())


def make_ledger(ledger: Path | str, scale: Scale, folder: Path) -> None:
    """The ledger of a story of that scale; the workbooks of the story are in `folder`."""
    for number, (at, what) in enumerate(Story(scale).steps(), 1):
        words: list[str | Path] = ["undo", str(what)]
        if not isinstance(what, int):
            workbook = folder / f"{number}.xlsx"
            words = ["apply", workbook if workbook.exists() else keyed(workbook, what)]
        said = run(*words, "--ledger", ledger, "--actor", "=boss()", at=at, today=at.date())
        assert said.exit_code == 0, said.out + said.err


# What SQL says of it


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


# What readers find


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
    assert SOFFICE is not None, "REQUIRE_LIBREOFFICE is set, but there is no soffice"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [SOFFICE, profile, "--headless", "--convert-to", every_sheet, "--outdir", folder, path],
        check=True,
        capture_output=True,
        timeout=120,
    )
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


# What is made once


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


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of 1,000 OTCs, and its export in every format."""
    return made_once(tmp_path_factory, "big", _make(BIG))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a ledger that takes less time."""
    return small_ledger(tmp_path_factory)


@pytest.fixture(scope="module")
def truth(big: Path) -> Truth:
    """What SQL says of the large ledger."""
    return Truth(big / "ledger.db")


@pytest.fixture(scope="module")
def small_truth(small: Path) -> Truth:
    """What it says of the small one."""
    return Truth(small / "ledger.db")


@pytest.fixture(scope="module")
def in_xlsx(big: Path) -> dict[str, Grid]:
    """What openpyxl finds in the large Excel workbook."""
    return by_openpyxl(big / "details.xlsx")


# Every figure


def test_the_ledger_has_every_case_that_a_figure_depends_on(truth: Truth) -> None:
    """Else it would prove little that all is as SQL says."""
    details = truth.sheets["OTC Details"].rows
    assert (truth.figures["otcs"], truth.figures["customers"]) == (BIG.otcs, BIG.customers)
    assert {row[10] for row in details} == {
        "Available", "Full", "Expires soon", "Expired, in use", "Expired"
    }  # fmt: skip
    assert {-1, 0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, None} <= {row[12] for row in details}
    assert {row[4:6] for row in truth.sheets["Customer's Details"].rows} == {
        (manager, state) for manager in ("Admin", "Customer") for state in ("Active", "Disabled")
    }
    assert any(row[1] == 0 for row in truth.sheets["Customer's Details"].rows)
    assert Counter(row[0] for row in truth.sheets["Exceptions"].rows).keys() == {
        "Expired but in use", "Full", "Disabled with licences", "More devices than licences",
        "Shared email", "Similar names",
    }  # fmt: skip
    devices = truth.sheets["Customer's Devices"].rows
    assert len(devices) == BIG.devices
    dates = {(row[10], row[4] is None, row[5] is None) for row in devices}
    assert dates == {("Yes", False, True), ("Yes", False, False), ("No", False, False),
                     ("No", True, True), ("No", True, False)}  # fmt: skip
    days = {row[1] for row in truth.sheets["OTC Activation Details"].rows}
    assert {None, dt.date(2026, 1, 10), dt.date(2026, 3, 5), dt.date(2026, 5, 1)} == days
    seen = {value for sheet in truth.sheets.values() for row in sheet.rows for value in row
            if isinstance(value, str)}  # fmt: skip
    assert seen >= set(HOSTILE)


def test_openpyxl_finds_every_figure_in_the_excel_workbook(
    truth: Truth, in_xlsx: dict[str, Grid]
) -> None:
    """Every cell of every sheet, the figures of the Summary and the rankings below them; numbers
    are numbers, days are days, and text is text."""
    assert list(in_xlsx) == ["Summary", *SHEETS]
    assert differences(truth, with_summary(in_xlsx, truth, in_excel)) == []
    summary_cells = [row[:2] for row in in_xlsx["Summary"]]
    assert ["As of (UTC)", NOW.replace(tzinfo=None)] in summary_cells
    for name, sheet in truth.sheets.items():
        assert [name, len(sheet.rows)] in summary_cells


@with_libreoffice
def test_libreoffice_finds_every_figure_in_the_excel_workbook(
    big: Path, truth: Truth, tmp_path: Path
) -> None:
    """Each sheet as it writes it to a file of separated values."""
    found = by_libreoffice(big / "details.xlsx", tmp_path)
    assert differences(truth, with_summary(found, truth, in_words)) == []


def test_calamine_finds_every_figure_in_the_opendocument_spreadsheet(
    big: Path, truth: Truth
) -> None:
    """Every cell of every sheet, the figures of the Summary and the rankings below them."""
    found = by_calamine(big / "details.ods")
    assert differences(truth, with_summary(found, truth, in_ods)) == []


def test_a_program_finds_every_figure_in_the_json_document(big: Path, truth: Truth) -> None:
    """By the keys that scripts rely on; it says of which ledger and of when."""
    found = by_json(big / "details.json")
    assert differences(truth, found) == []
    document = json.loads((big / "details.json").read_text("utf-8"))
    assert document["as_of"] == "2026-06-15T22:20:30Z"
    with closing(sqlite3.connect(big / "ledger.db")) as connection:
        told = connection.execute("SELECT account_id, last_batch, head FROM account").fetchone()
    assert (document["account"], document["batch"], document["head"]) == told


def test_a_program_finds_every_figure_in_the_folder_of_csv_files(big: Path, truth: Truth) -> None:
    """Once the apostrophes are off that keep text from being a formula."""
    assert differences(truth, by_folder(big / "details", truth)) == []


def test_the_page_shows_every_figure(big: Path, truth: Truth) -> None:
    """The Summary's figures and rankings, the exceptions, and an OTC and a customer a row."""
    page = Page((big / "details.html").read_text("utf-8"))
    for key, label in truth.labels.items():
        expected = truth.figures[key]
        shown = f"{expected:.1%}" if isinstance(expected, float) else on_page(expected)
        assert page.figures[label] == shown
    tables = dict(zip(truth.rankings, page.tables["figures"], strict=True))
    told: list[str] = []
    for key, ranking in truth.rankings.items():
        told += _in_rows(key, ranking.headers, ranking.rows, tables[key], on_page)
    [exceptions] = page.tables["exceptions"]
    told += _in_rows("Exceptions", *truth.sheets["Exceptions"], exceptions, on_page)
    [otcs], [customers] = page.tables["otcs"], page.tables["customers"]
    rows = [
        (code, company, total, used, pending, status, expiry, left, dedicated)
        for code, _, expiry, _, total, _, _, dedicated, company, *_, used, pending, status, left
        in truth.sheets["OTC Activation Details"].rows
    ]  # fmt: skip
    told += _in_rows("OTCs", ("OTC", "Company", "Total", "Used", "Pending", "Status", "Expiry Date",
                              "Days Left", "Dedicated To"), rows, otcs, on_page)  # fmt: skip
    held: dict[str, tuple[int, str]] = {}
    for name, licenses, _, code, *_ in truth.sheets["Customer's Details"].rows:
        total, codes = held.get(name, (0, ""))
        more = f"{code} ({licenses})" if code else ""
        held[name] = total + licenses, ", ".join(filter(None, (codes, more)))
    facts = {row[0]: (row[2], row[4], row[5]) for row in truth.sheets["Customer's Details"].rows}
    owners: list[tuple[Any, ...]] = [(name, licenses, *facts[name], codes, ANYTHING)
            for name, (licenses, codes) in held.items()]  # fmt: skip
    headers = (
        "Customer",
        "Licences",
        "Devices with Avira",
        "Managed By",
        "Status",
        "OTCs",
        "Email",
    )
    told += _in_rows("Customers", headers, owners, customers, on_page)
    assert told == []


def test_every_format_of_a_small_ledger_has_every_figure_too(
    small: Path, small_truth: Truth
) -> None:
    """There the fullest OTCs are not all full, so that their order is one by share."""
    ranked = small_truth.rankings["fullest_otcs"].rows
    assert len({used / (used + pending) for _, used, pending in ranked}) > 1
    found = {
        "xlsx": with_summary(by_openpyxl(small / "details.xlsx"), small_truth, in_excel),
        "ods": with_summary(by_calamine(small / "details.ods"), small_truth, in_ods),
        "json": by_json(small / "details.json"),
        "csv": by_folder(small / "details", small_truth),
    }
    told = {form: differences(small_truth, one) for form, one in found.items()}
    assert not any(told.values()), told


def test_the_same_ledger_at_the_same_instant_gives_the_same_export(
    small: Path, tmp_path: Path
) -> None:
    """Byte for byte; an Excel workbook part by part, but for the one that says when it was made."""
    for form in FORMATS:
        export(small / "ledger.db", in_format(tmp_path, form))
        first, second = (parts(in_format(folder, form)) for folder in (small, tmp_path))
        assert first.keys() == second.keys()
        assert [name for name in first if first[name] != second[name]] == []


def test_a_server_with_the_same_ledger_gives_the_same_export(
    server: Server, small: Path, tmp_path: Path
) -> None:
    """The same story in a database of PostgreSQL: the Excel workbook is the same part by part, and
    so is the JSON document byte for byte."""
    with server.database() as name:
        make_ledger(server.url(name), SMALL, small)
        for form in ("xlsx", "json"):
            path = export(server.url(name), in_format(tmp_path, form))
            assert parts(path) == parts(in_format(small, form))


def parts(path: Path) -> dict[str, bytes]:
    """The bytes of a file, of each file of a folder, or of each part of an Excel workbook."""
    if path.is_dir():
        return {one.name: one.read_bytes() for one in path.iterdir()}
    if path.suffix != ".xlsx":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}


# A figure that is wrong is found


PLANTED = {
    "a device that is gone": "DELETE FROM device WHERE device_key = "
    "(SELECT min(device_key) FROM device WHERE avira_installed IS NOT NULL)",
    "an expiry date": "UPDATE otc SET expiry_date = '2026-06-15' WHERE code = "
    "(SELECT min(code) FROM otc WHERE expiry_date = '2026-06-16')",
    "one licence more": "UPDATE subscription SET licenses = licenses + 1 WHERE otc = "
    "(SELECT min(code) FROM otc WHERE used BETWEEN 1 AND total - 1 AND code IN "
    "(SELECT otc FROM subscription GROUP BY 1 HAVING count(*) = 1))",
    "a customer's state": "UPDATE customer SET status = 'disabled' WHERE name = '=1+1'",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_difference_of_one_row_is_found(
    planted: str, small: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """A control: the export of a ledger with one row changed is not what SQL says of the other."""
    ledger = tmp_path / "ledger.db"
    shutil.copy(small / "ledger.db", ledger)
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(planted).rowcount == 1
    found = by_json(export(ledger, tmp_path / "x.json"))
    assert differences(small_truth, found) != []


def _one_too_many(holding: OtcHolding) -> int:
    return holding.otc.total - holding.used + (holding.used == 0)


def _after_today(holding: OtcHolding, time: dt.timedelta, today: dt.date) -> bool:
    expiry = holding.otc.expiry_date
    return expiry is not None and today < expiry <= today + time


def _ever_installed(device: Device) -> bool:
    return device.avira_installed is not None


def _nothing_taken_back(*words: Any) -> list[Any]:
    return [one._replace(undone_by=None) for one in load_batches(*words)]


MISTAKES: dict[str, tuple[Any, str, Any]] = {
    "pending": (OtcHolding, "pending", property(_one_too_many)),
    "to renew": (OtcHolding, "expires_within", _after_today),
    "installed": (Device, "is_installed", property(_ever_installed)),
    "first activation": (ledger_contents, "load_batches", _nothing_taken_back),
    "fullest": (summary, "FULLEST", 19),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_the_program_is_found(
    mistake: tuple[Any, str, Any],
    small: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A control: one function that is wrong, and the export is not what SQL says."""
    monkeypatch.setattr(*mistake)
    found = by_json(export(small / "ledger.db", tmp_path / "x.json"))
    assert differences(small_truth, found) != []


# Charts, tables, formulas and links


CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Chart(NamedTuple):
    """What a native chart draws: the cells of its labels, and of each series its name and cells."""

    title: str
    labels: set[str]
    series: list[tuple[str, str]]


def charts_of(path: Path) -> list[Chart]:
    """The native charts of an Excel workbook."""
    charts = []
    for name, content in parts(path).items():
        if not re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            continue
        chart = ElementTree.fromstring(content)
        heading = chart.find(f"{CHART}chart/{CHART}title")
        assert heading is not None
        title = "".join(one.text or "" for one in heading.iter(f"{DRAWING}t"))
        series = [
            [next(one.iter(f"{CHART}{part}")).findtext(f".//{CHART}f", "")
             for part in ("cat", "tx", "val")]
            for one in chart.iter(f"{CHART}ser")
        ]  # fmt: skip
        charts.append(
            Chart(title, {one[0] for one in series}, [(one[1], one[2]) for one in series])
        )
    return charts


def cells_at(sheets: Mapping[str, Grid], reference: str) -> list[Any]:
    """The cells that a range of one column names, such as 'Summary'!$B$3:$B$5."""
    told = re.fullmatch(r"'?(.+?)'?!\$([A-Z])\$(\d+)(?::\$\2\$(\d+))?", reference)
    assert told is not None, reference
    title, column, first, last = told.groups()
    at = string.ascii_uppercase.index(column)
    grid = sheets[title.replace("''", "'")]
    return [row[at] for row in grid[int(first) - 1 : int(last or first)]]


def test_the_native_charts_draw_the_cells_that_hold_these_figures(
    big: Path, truth: Truth, in_xlsx: dict[str, Grid]
) -> None:
    """A chart for each ranking; its labels, the names of its series and their values are those."""
    charts = charts_of(big / "details.xlsx")
    assert [chart.title for chart in charts] == [one.title for one in truth.rankings.values()]
    for chart, ranking in zip(charts, truth.rankings.values(), strict=True):
        [labels] = chart.labels
        columns = list(zip(*ranking.rows, strict=True))
        assert cells_at(in_xlsx, labels) == list(columns[0])
        assert [cells_at(in_xlsx, name) for name, _ in chart.series] == [
            [header] for header in ranking.headers[1:]
        ]
        assert [cells_at(in_xlsx, values) for _, values in chart.series] == [
            list(column) for column in columns[1:]
        ]


def headers_of_tables(path: Path) -> dict[str, list[str]]:
    """The headers that each Excel table of a workbook has, by its name."""
    tables = [
        ElementTree.fromstring(content)
        for name, content in parts(path).items()
        if name.startswith("xl/tables/")
    ]
    headers = {
        table.attrib["name"]: [one.attrib["name"] for one in table.iter(f"{MAIN}tableColumn")]
        for table in tables
    }
    assert len({name.casefold() for name in headers}) == len(tables)
    return headers


@pytest.mark.parametrize("words", [[], ["--lang", "es"], ["--lang", "es", "--translate-headers"]])
def test_excel_need_not_repair_a_table(words: list[str], small: Path, tmp_path: Path) -> None:
    """No two tables have one name and no two columns of a table one header, in capitals or not;
    the headers are those in the cells."""
    path = export(small / "ledger.db", tmp_path / "x.xlsx", *words)
    headers = headers_of_tables(path)
    assert len(headers) == len(SHEETS) + len(RANKINGS)
    for names in headers.values():
        assert len({name.casefold() for name in names}) == len(names)
    of_cells = [grid[0] for grid in list(by_openpyxl(path).values())[1:]]
    assert [names for names in headers.values() if names in of_cells] == of_cells


def test_no_cell_is_a_formula_or_a_link_but_those_to_the_sheets(
    big: Path, in_xlsx: dict[str, Grid]
) -> None:
    """In an Excel workbook the Summary leads to each sheet, and nothing leads out of it; in an
    OpenDocument spreadsheet there is neither, and a page leads only to its own parts."""
    links: list[tuple[str, str]] = []
    inside = parts(big / "details.xlsx")
    sheets = [name for name in inside if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(in_xlsx)
    for name in sheets:
        assert re.search(rb"<f[ />]", inside[name]) is None, name
        if b"<hyperlink" in inside[name]:
            assert name == "xl/worksheets/sheet1.xml"
            for link in ElementTree.fromstring(inside[name]).iter(f"{MAIN}hyperlink"):
                assert f"{RELATIONS}id" not in link.attrib
                links.append((link.attrib["ref"], link.attrib["location"]))
    titles = list(in_xlsx)
    for (cell, location), title in zip(links, titles[1:], strict=True):
        assert location == "'" + title.replace("'", "''") + "'!A1"
        assert in_xlsx["Summary"][int(cell[1:]) - 1][0] == title
    for name, content in inside.items():
        assert b'"External"' not in content, name
    with zipfile.ZipFile(big / "details.ods") as file:
        tables = file.read("content.xml")
    assert b"formula" not in tables
    assert b"text:a " not in tables
    page = (big / "details.html").read_text("utf-8")
    assert {link[0] for link in re.findall(r"<a [^>]*href=\"([^\"])", page)} == {"#"}
    assert "<b>&amp;" not in page


# One customer's own export


def customers_of(ledger: Path) -> dict[str, str]:
    """Customers of each kind, among them such as share their OTCs with others."""
    shared = "SELECT otc FROM subscription GROUP BY 1 HAVING count(*) > 1"
    queries = {
        "several OTCs": f"SELECT name FROM customer JOIN subscription USING (customer_id) "
        f"WHERE otc IN ({shared}) GROUP BY 1 ORDER BY count(*) DESC, name LIMIT 1",
        "a name like a formula": "SELECT name FROM customer WHERE name = '=1+1'",
        "a whole OTC": "SELECT min(name) FROM customer JOIN subscription USING (customer_id) "
        "WHERE managed_by = 'customer'",
        "many devices": "SELECT name FROM customer JOIN device USING (customer_id) GROUP BY 1 "
        "ORDER BY count(*) DESC LIMIT 1",
        "no licences": "SELECT min(name) FROM customer WHERE customer_id NOT IN "
        "(SELECT customer_id FROM subscription)",
        "another name once": "SELECT max(name) FROM customer WHERE name LIKE 'Renombrado%'",
    }
    with closing(sqlite3.connect(ledger)) as connection:
        return {kind: connection.execute(query).fetchone()[0] for kind, query in queries.items()}


class Secrets:
    """The names, emails and codes that a customer's own export must not say."""

    def __init__(self, ledger: Path, only: str) -> None:
        with closing(sqlite3.connect(ledger)) as connection:
            images = [
                (kind, key, json.loads(after or before))
                for kind, key, before, after in connection.execute(
                    "SELECT kind, key, before, after FROM journal"
                )
            ]
        ids = {str(image["id"]) for kind, _, image in images
               if kind == "customer" and image["name"] == only}  # fmt: skip
        ours: set[str] = set()
        codes: set[str] = set()
        others: set[str] = set()
        for kind, key, image in images:
            if key.partition("/")[0] in ids:
                ours |= {value for value in image.values() if isinstance(value, str)}
                codes |= {image["otc"]} if kind == "subscription" else set()
        for kind, key, image in images:
            if kind == "otc" and key in codes:
                ours |= {value for value in image.values() if isinstance(value, str)}
            elif kind == "otc":
                others.add(key)
            elif kind == "customer" and key not in ids:
                others |= {value for name, value in image.items() if name in ("name", "email")}
        self.whole = {value for value in others if value} - ours
        """What no cell may be."""
        self.telling = {value for value in self.whole if re.search(r"\d{3}|@site|^.{23}$", value)
                        and value not in HOSTILE}  # fmt: skip
        """Those that no part of the file may hold anywhere, being nobody else's words."""


def strings_of(path: Path) -> tuple[str, set[str]]:
    """All text of an export in one, and each cell that is text."""
    if path.suffix == ".xlsx":
        text = "".join(content.decode() for content in parts(path).values())
        grids = by_openpyxl(path)
    elif path.suffix == ".ods":
        with zipfile.ZipFile(path) as file:
            text = "".join(file.read(name).decode() for name in file.namelist())
        grids = by_calamine(path)
    elif path.suffix == ".html":
        text = path.read_text("utf-8")
        grids = {key: [row for table in tables for row in table]
                 for key, tables in Page(text).tables.items()}  # fmt: skip
    elif path.suffix == ".json":
        text = path.read_text("utf-8")
        grids = {"": [list(map(json.loads, re.findall(r'"(?:[^"\\]|\\.)*"', text)))]}
    else:
        text = "".join(one.read_text("utf-8-sig") for one in path.iterdir())
        grids = {one.stem: unguarded(separated(one)) for one in path.iterdir()}
    cells = {cell for grid in grids.values() for row in grid for cell in row}
    return html.unescape(text), {cell for cell in cells if isinstance(cell, str)}


@pytest.mark.parametrize("kind", [
    "several OTCs", "a name like a formula", "a whole OTC", "many devices", "no licences",
    "another name once",
])  # fmt: skip
def test_a_customers_own_export_says_all_of_it_and_nothing_of_others(
    kind: str, small: Path, tmp_path: Path
) -> None:
    """Its own rows with the figures that SQL finds, no OTC Activation Details, and no name, email
    or code of another anywhere in the file, whatever the format."""
    ledger = small / "ledger.db"
    name = customers_of(ledger)[kind]
    truth, secrets = Truth(ledger, name), Secrets(ledger, name)
    assert len(secrets.telling) > 100
    paths = {
        form: export(ledger, in_format(tmp_path, form), f"--customer={name}") for form in FORMATS
    }
    sheets = by_openpyxl(paths["xlsx"])
    assert list(sheets) == ["Summary", *truth.sheets]
    for title, grid in sheets.items():  # an Excel table without rows has a blank one
        if len(grid) == 2 and not any(grid[1]):
            assert truth.sheets[title].rows == []
            del grid[1]
    assert differences(truth, with_summary(sheets, truth, in_excel)) == []
    assert differences(truth, by_folder(paths["csv"], truth)) == []
    numbers = {str(value) for sheet in truth.sheets.values() for row in sheet.rows for value in row
               if isinstance(value, int)}  # fmt: skip
    for form, path in paths.items():
        text, cells = strings_of(path)
        if form == "csv":  # where numbers are text, too
            cells -= numbers
        assert name in cells, form
        assert cells & secrets.whole == set(), form
        assert [one for one in secrets.telling if one in text] == [], form


def test_what_is_said_of_others_would_be_found(small: Path) -> None:
    """A control: the export of all customers says what a customer's own must not."""
    secrets = Secrets(small / "ledger.db", customers_of(small / "ledger.db")["several OTCs"])
    for form in FORMATS:
        text, cells = strings_of(in_format(small, form))
        assert len(cells & secrets.whole) > 50
        assert len([one for one in secrets.telling if one in text]) > 50


def test_a_customer_is_found_however_its_name_is_spelt(small: Path, tmp_path: Path) -> None:
    """In capitals, with spaces around it and more between its words."""
    ledger = small / "ledger.db"
    name = customers_of(ledger)["many devices"]
    spelt = "  " + name.upper().replace(" ", "   ") + "\u00a0"
    said, again = (
        export(ledger, tmp_path / f"{number}.json", f"--customer={one}").read_bytes()
        for number, one in enumerate((name, spelt))
    )
    assert said == again


def test_the_export_of_a_customer_that_is_not_there_is_misuse(small: Path, tmp_path: Path) -> None:
    """Exit 2, one line that says the name, and no file."""
    for form in FORMATS:
        path = in_format(tmp_path, form)
        words = ["--format", form, "--customer", "Nobody at all"]
        said = run("export", "--ledger", small / "ledger.db", "-o", path, *words)
        assert (said.exit_code, said.out) == (2, "")
        [line] = said.err.splitlines()
        assert "Nobody at all" in line
    assert list(tmp_path.iterdir()) == []


# More rows than a sheet holds, and Spanish


LIMIT = SMALL.otcs
"""So many rows as OTC Activation Details has: one sheet can just hold them."""

GOES_ON = {
    "en": "{} has too many rows for one sheet. It continues on {}.",
    "es": "{} tiene demasiadas filas para una hoja. Continúa en {}.",
}
TITLES = {"Summary": "Resumen", "Exceptions": "Excepciones", "Movements": "Movimientos"}
"""The sheets whose names are translated; the console's are not."""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_more_rows_than_a_sheet_holds_go_on_in_further_ones(
    form: str,
    language: str,
    small: Path,
    small_truth: Truth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All rows are there, in their order, on full sheets; the Summary lists each sheet with its
    rows and says in words where it goes on, and the command counts the rows of each."""
    for writer in (xlsx_writer, ods_writer):
        monkeypatch.setattr(writer, "ROW_LIMIT", LIMIT)
    path = tmp_path / f"details.{form}"
    ledger = small / "ledger.db"
    said = run("export", "--ledger", ledger, "-o", path, "--json", "--lang", language)
    counted = said.json["sheets"]
    sheets = by_openpyxl(path) if form == "xlsx" else by_calamine(path)
    summary = sheets.pop(_title("Summary", language))
    listed = [tuple(row[:2]) for row in summary if len(row) > 1]
    words = {row[0] for row in summary if row}
    assert list(sheets) == [_title(key, language) for key in counted]
    for key, rows in counted.items():
        assert len(sheets[_title(key, language)]) == rows + 1
        assert (_title(key, language), rows) in listed
    whole = by_openpyxl(small / "details.xlsx") if form == "xlsx" else by_calamine(
        small / "details.ods")  # fmt: skip
    for name, sheet in small_truth.sheets.items():
        keys = [key for key in counted if key == name or key.startswith(f"{name} (")]
        assert keys == [name, *(f"{name} ({number})" for number in range(2, len(keys) + 1))]
        assert {counted[key] for key in keys[:-1]} <= {LIMIT}
        assert 0 < counted[keys[-1]] <= LIMIT
        assert sum(counted[key] for key in keys) == len(sheet.rows)
        for key in keys[1:]:
            said_so = GOES_ON[language].format(_title(name, language), _title(key, language))
            assert said_so in words
        grids = [sheets[_title(key, language)] for key in keys]
        assert all(grid[0] == grids[0][0] for grid in grids)
        if language == "en":
            assert [row for grid in grids for row in grid[1:]] == whole[name][1:]
    assert len(counted) > len(small_truth.sheets) + 5
    assert "OTC Activation Details (2)" not in counted
    if form == "xlsx":
        assert len(parts(path)["xl/worksheets/sheet1.xml"].split(b"<hyperlink ")) - 1 == len(
            counted
        )


def _title(key: str, language: str) -> str:
    """How a sheet is called, which may be a further one."""
    if language == "en":
        return key
    name, bracket, rest = key.partition(" (")
    return TITLES.get(name, name) + bracket + rest


ADDED = {
    "Customer Licenses": "Licencias del cliente", "Used": "Usadas", "Pending": "Pendientes",
    "Status": "Estado", "Expiry Date": "Fecha de vencimiento", "Days Left": "Días restantes",
    "Managed By": "Administrado por", "Dedicated To": "Dedicada a", "Installed": "Instalado",
    "Exception": "Excepción", "Customer": "Cliente", "What": "Qué", "What To Do": "Qué hacer",
    "Batch": "Lote", "At (UTC)": "Fecha (UTC)", "Device": "Dispositivo", "By": "Por",
    "File": "Archivo", "Sheet": "Hoja", "Row": "Fila", "Undo of": "Deshace", "Change": "Cambio",
}  # fmt: skip
CONSOLES = {
    "OTC Code": "Código OTC", "Email": "Correo electrónico", "Company Name": "Nombre de la empresa",
    "Description": "Descripción", "Licenses": "Licencias", "Purchase Date": "Fecha de compra",
    "Customer Name": "Nombre del cliente",
    "Total Devices Assigned": "Total de dispositivos asignados",
    "Number Of Devices": "Número de dispositivos", "Device ID": "ID de dispositivo",
    "Operating System": "Sistema operativo", "Model No.": "N.º de modelo",
    "Avira Installed": "Avira instalado", "Avira Uninstalled": "Avira desinstalado",
    "NH Installed": "NH instalado", "NH Unistalled": "NH desinstalado",
    "Avira Status": "Estado de Avira", "Product Name": "Nombre del producto",
    "FirstActivationDate": "Fecha de primera activación", "ExpiryDate": "Fecha de vencimiento",
    "AviraRuntime": "Duración de Avira", "AviraUsers": "Usuarios de Avira",
    "AviraProductID": "ID de producto de Avira", "AviraProductName": "Nombre de producto de Avira",
    "Name": "Nombre", "Company": "Empresa", "DaysActive": "Días de actividad",
    "LastAliveDate": "Última fecha con actividad",
}  # fmt: skip
"""The console's own headers in Spanish; OTC is the same in both languages."""

WORDS = {
    "Status": {
        "Available": "Disponible", "Full": "Completa", "Expires soon": "Vence pronto",
        "Expired, in use": "Vencida, en uso", "Expired": "Vencida", "Active": "Activo",
        "Disabled": "Deshabilitado",
    },
    "Managed By": {"Admin": "Administrador", "Customer": "Cliente"},
    "Installed": {"Yes": "Sí", "No": "No"},
}  # fmt: skip
"""What cells say in Spanish, by the column."""

FIGURES_IN_SPANISH = {
    "otcs": "OTC", "customers": "Clientes", "total": "Total de licencias",
    "used": "Licencias usadas", "pending": "Licencias pendientes", "in_use": "Licencias en uso",
    "devices": "Dispositivos con Avira", "expired": "OTC vencidas",
    "expired_in_use": "OTC vencidas en uso",
    **{f"renew_within_{days}_days": f"OTC por renovar en {days} días" for days in (30, 60, 90)},
}  # fmt: skip
RANKINGS_IN_SPANISH = {
    "fullest_otcs": ("Las OTC más llenas", ("OTC", "Usadas", "Pendientes")),
    "expiring_by_month": ("Licencias que vencen cada mes", ("Mes", "Licencias")),
    "largest_customers": ("Los clientes más grandes", ("Cliente", "Licencias")),
}


@pytest.mark.parametrize("of_console", [False, True], ids=["the console's headers", "all Spanish"])
def test_in_spanish_all_is_translated_but_what_is_the_consoles(
    of_console: bool, small: Path, small_truth: Truth, tmp_path: Path
) -> None:
    """The console's sheets keep their names, and their own columns their headers unless these are
    asked for; what we add, the words in cells and the Summary are Spanish. The figures are the
    same, and so are the keys of a JSON document."""
    words = ["--lang", "es", *(["--translate-headers"] if of_console else [])]
    grids = by_openpyxl(export(small / "ledger.db", tmp_path / "es.xlsx", *words))
    assert list(grids) == ["Resumen", *(TITLES.get(name, name) for name in SHEETS)]
    told: list[str] = []
    for name, (headers, rows) in small_truth.sheets.items():
        console = CONSOLES if of_console else {}
        expected = [console.get(header, ADDED.get(header, header)) for header in headers]
        if name not in TITLES and not of_console:
            assert expected[: len(headers)] != list(headers)
        in_spanish = [
            [ANYTHING if header in ("Exception", "What")
             else WORDS.get(header, {}).get(value, value)
             for header, value in zip(headers, row, strict=True)]
            for row in rows
        ]  # fmt: skip
        told += _in_rows(name, expected, in_spanish, grids[TITLES.get(name, name)], in_excel)
    beside = {row[0]: row[1] for row in reversed(grids["Resumen"]) if len(row) > 1}
    figures = {key: beside[label] for key, label in FIGURES_IN_SPANISH.items()}
    assert figures == pytest.approx(small_truth.figures)
    for key, (title, headers) in RANKINGS_IN_SPANISH.items():
        top = 1 + next(at for at, row in enumerate(grids["Resumen"]) if row[0] == title)
        rows = small_truth.rankings[key].rows
        grid = grids["Resumen"][top : top + len(rows) + 1]
        told += _in_rows(key, headers, rows, grid, in_excel)
    assert told == []
    document = json.loads(export(small / "ledger.db", tmp_path / "es.json", *words).read_text())
    english = json.loads((small / "details.json").read_text())
    assert _keys(document) == _keys(english)
    assert document["summary"] == english["summary"]


def _keys(document: Any) -> Any:
    """The keys of a document, those of lists by their first item."""
    if isinstance(document, list):
        return [_keys(one) for one in document[:1]]
    if isinstance(document, dict):
        return {key: _keys(value) for key, value in document.items()}
    return None
