"""A ledger with hostile names, and its export as a web page."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import builders
from builders import Row, device, disable, subscription, write_workbook
from command_line import CommandResult
from export_ledgers import run
from html_page import parse_page

APPLIED = dt.datetime(2026, 1, 10, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "{{ 7*7 }}",
    "</style><script>alert(3)</script>", "' onmouseover='alert(4)", "<!-- {shown}",
    "Tom &lt;b&gt; Co", "Peluquería Norte", "🐙 Pulpo & Hijos", "شركة الأمان", "W" * 100,
    "Compañía Internacional de Servicios Gestionados, Licencias y Soporte de Antivirus del Norte "
    "y el Sur",
)  # fmt: skip
OTHERS = ("Nube", "Ñandú", "Oso", "Ábaco", "Zorro", "Propia")
NAMES = [*HOSTILE, *OTHERS, *(f"Sede N{n:02}" for n in range(42))]
COMPANY = "Müller &lt;b&gt; <i>Söhne</i>"
LANGUAGES = ("en", "es")


def code(number: int) -> str:
    """The OTC of that number."""
    return f"OTC{number:02}-LICEN-CIAS0-{number:05}"


def company(number: int) -> str:
    """The company of the OTC of that number."""
    return COMPANY if number == 1 else f"Empresa {number}"


def _otc(number: int) -> Row:
    """Totals are from 9 to thousands; one OTC in six has no expiry date."""
    expiry = None if number % 6 == 0 else dt.date(2026, 2, 1) + dt.timedelta(days=11 * number)
    total = (9, 10, 100, 1000, 2500, 40, 75)[number % 7] + number // 7
    return builders.otc(code(number), total, company=company(number), expiry_date=expiry)


def _customer(number: int, name: str) -> Row:
    """Those with hostile names have the most licences, so that a chart shows them."""
    email = f"site{number:03}@x.example"
    if name == "Propia":
        return builders.self_managed(name, code(40), email)
    if name in HOSTILE:
        return builders.customer(name, 60 - number, code(4), email=email)
    return builders.customer(name, number % 5 + 1, code(number % 35 + 1), email=email)


def run_now(*words: str | Path, at: dt.datetime = NOW) -> CommandResult:
    """Run a command that succeeds, in March unless it says when."""
    result = run(*words, at=at, today=at.date())
    assert result.exit_code == 0, result.err
    return result


@dataclass(frozen=True)
class Exported:
    """A ledger, its pages by language, and what other commands print of it."""

    ledger: Path
    pages: dict[str, Path]
    otcs: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    document: dict[str, Any]

    def html(self, language: str = "en") -> Element:
        """The page, parsed."""
        return _parsed(self.pages[language])

    def export(self, path: Path, *options: str) -> Path:
        """Export the ledger once more, as the web page `path`."""
        run_now("export", "-o", path, "--ledger", self.ledger, *options)
        return path


_parsed = cache(parse_page)


def export_pages(folder: Path) -> Exported:
    """A ledger of 40 OTCs and 60 customers, applied in January and exported in March."""
    workbook = write_workbook(folder / "in.xlsx", [
        ("Add OTC", [_otc(number) for number in range(1, 41)]),
        ("Add Customer", [_customer(number, name) for number, name in enumerate(NAMES)]),
        ("Add Avira Subscription", [subscription("Oso", 3, code(39))]),
        ("Disable Customer", [disable("Sede N01", release="Yes"),
                              disable("Sede N02", release="No")]),
        ("Devices", [device("Sede N03", f"d{n}", avira_installed=dt.date(2026, 1, 1))
                     for n in range(9)]),
    ])  # fmt: skip
    ledger = folder / "ledger.db"
    run_now("apply", workbook, "--ledger", ledger, at=APPLIED)
    pages = {language: folder / f"{language}.html" for language in LANGUAGES}
    for language, path in pages.items():
        run_now("export", "-o", path, "--ledger", ledger, "--lang", language)
    run_now("export", "-o", folder / "export.json", "--ledger", ledger)
    otcs, customers = (
        run_now("show", subject, "--json", "--ledger", ledger).json
        for subject in ("otcs", "customers")
    )
    document = json.loads((folder / "export.json").read_text("utf-8"))
    return Exported(ledger, pages, otcs, customers, document)
