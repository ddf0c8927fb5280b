"""A customer's own export: all of its rows, and nothing about others."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from export_ledgers import FORMATS, export, in_format, run
from export_readers import (
    csv_rows,
    ods_sheets,
    parts,
    read_folder,
    read_xlsx,
    unguarded,
    xlsx_sheets,
)
from export_story import HOSTILE
from export_truth import Truth
from html_page import grids, parse_page

pytest_plugins = "export_fixtures"

SHARED = "SELECT otc FROM subscription GROUP BY 1 HAVING count(*) > 1"
CUSTOMERS = {
    "several OTCs": "SELECT name FROM customer JOIN subscription USING (customer_id) "
    f"WHERE otc IN ({SHARED}) GROUP BY 1 ORDER BY count(*) DESC, name LIMIT 1",
    "a name like a formula": "SELECT name FROM customer WHERE name = '=1+1'",
    "a whole OTC": "SELECT min(name) FROM customer JOIN subscription USING (customer_id) "
    "WHERE managed_by = 'customer'",
    "many devices": "SELECT name FROM customer JOIN device USING (customer_id) GROUP BY 1 "
    "ORDER BY count(*) DESC LIMIT 1",
    "no licences": "SELECT min(name) FROM customer WHERE customer_id NOT IN "
    "(SELECT customer_id FROM subscription)",
    "another name earlier": "SELECT max(name) FROM customer WHERE name LIKE 'Renombrado%'",
}
"""Queries for the name of a customer of each kind."""


def customer_of(ledger: Path, kind: str) -> str:
    """The name of a customer of that kind."""
    with closing(sqlite3.connect(ledger)) as connection:
        return str(connection.execute(CUSTOMERS[kind]).fetchone()[0])


class Secrets:
    """Names, emails and codes, now or earlier, that a customer's own export must not contain."""

    def __init__(self, ledger: Path, customer: str) -> None:
        with closing(sqlite3.connect(ledger)) as connection:
            images = [
                (kind, key, json.loads(after or before))
                for kind, key, before, after in connection.execute(
                    "SELECT kind, key, before, after FROM journal"
                )
            ]
        ids = {str(image["id"]) for kind, _, image in images
               if kind == "customer" and image["name"] == customer}  # fmt: skip
        own = [(kind, image) for kind, key, image in images if key.partition("/")[0] in ids]
        codes = {image["otc"] for kind, image in own if kind == "subscription"}
        own += [(kind, image) for kind, key, image in images if kind == "otc" and key in codes]
        others: set[str | None] = set()
        for kind, key, image in images:
            if kind == "otc" and key not in codes:
                others.add(key)
            elif kind == "customer" and key not in ids:
                others |= {image.get("name"), image.get("email")}
        allowed = {text for _, image in own for text in image.values() if isinstance(text, str)}
        self.cells = {text for text in others if text} - allowed
        """What no cell may contain alone."""
        self.texts = {text for text in self.cells - set(HOSTILE)
                      if re.search(r"\d{3}|@site|^.{23}$", text)}  # fmt: skip
        """Those so unusual that they must not occur anywhere in the file."""


def text_and_cells(path: Path) -> tuple[str, set[str]]:
    """All text of an export, and each cell that is text."""
    form = path.suffix.removeprefix(".")
    if form == "xlsx":
        text = "".join(content.decode() for content in parts(path).values())
        tables = list(xlsx_sheets(path).values())
    elif form == "ods":
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
        tables = list(ods_sheets(path).values())
    elif form == "":
        text = "".join(file.read_text("utf-8-sig") for file in path.iterdir())
        tables = [unguarded(csv_rows(file)) for file in path.iterdir()]
    else:
        text = path.read_text("utf-8")
        strings: list[Any] = re.findall(r'"(?:[^"\\]|\\.)*"', text) if form == "json" else []
        tables = [[list(map(json.loads, strings))]]
    if form == "html":
        page = parse_page(path)
        tables = [grid for section in ("figures", "exceptions", "otcs", "customers")
                  for grid in grids(page, section)]  # fmt: skip
    cells = {cell for grid in tables for row in grid for cell in row if isinstance(cell, str)}
    return html.unescape(text), cells


@pytest.mark.parametrize(
    "kind",
    [
        "several OTCs",
        *(pytest.param(kind, marks=pytest.mark.thorough) for kind in list(CUSTOMERS)[1:]),
    ],
)
def test_a_customers_own_export_has_all_of_its_figures_and_nothing_about_others(
    kind: str, small_export: Path, tmp_path: Path
) -> None:
    """In no format does the file contain the name, email or code of another customer."""
    ledger = small_export / "ledger.db"
    name = customer_of(ledger, kind)
    truth, secrets = Truth(ledger, name), Secrets(ledger, name)
    assert len(secrets.texts) > 100
    paths = {
        form: export(ledger, in_format(tmp_path, form), f"--customer={name}") for form in FORMATS
    }
    assert truth.differences(read_xlsx(paths["xlsx"], truth)) == []
    assert truth.differences(read_folder(paths["csv"], truth)) == []
    numbers = {str(value) for sheet in truth.sheets.values() for row in sheet.rows for value in row
               if isinstance(value, int)}  # fmt: skip
    for form, path in paths.items():
        text, cells = text_and_cells(path)
        if form == "csv":  # in which numbers are text too
            cells -= numbers
        assert name in cells, form
        assert cells & secrets.cells == set(), form
        assert [secret for secret in secrets.texts if secret in text] == [], form


def test_what_is_about_others_would_be_found(small_export: Path) -> None:
    """A control: the export of all customers contains what a customer's own must not."""
    ledger = small_export / "ledger.db"
    secrets = Secrets(ledger, customer_of(ledger, "several OTCs"))
    for form in FORMATS:
        text, cells = text_and_cells(in_format(small_export, form))
        assert len(cells & secrets.cells) > 50, form
        assert len([secret for secret in secrets.texts if secret in text]) > 50, form


def test_a_customer_is_found_whatever_the_case_and_spaces_of_the_name(
    small_export: Path, tmp_path: Path
) -> None:
    ledger = small_export / "ledger.db"
    name = customer_of(ledger, "many devices")
    variant = "  " + name.upper().replace(" ", "   ") + "\u00a0"
    exact, other = (
        export(ledger, tmp_path / f"{number}.json", f"--customer={spelling}").read_bytes()
        for number, spelling in enumerate((name, variant))
    )
    assert exact == other


@pytest.mark.parametrize("form", FORMATS)
def test_the_export_of_an_unknown_customer_is_misuse(
    form: str, small_export: Path, tmp_path: Path
) -> None:
    """Exit code 2, one line that names it, and no file."""
    path = in_format(tmp_path, form)
    result = run("export", "--ledger", small_export / "ledger.db", "-o", path, "--format", form,
                 "--customer", "Nobody at all")  # fmt: skip
    assert (result.exit_code, result.out) == (2, "")
    [line] = result.err.splitlines()
    assert "Nobody at all" in line
    assert list(tmp_path.iterdir()) == []
