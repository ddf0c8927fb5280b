"""Rows of books, and the problems, OTCs and customers that must come of them."""

from __future__ import annotations

from typing import Any

from builders import HEADERS
from corpus.description import Cell, Needs, Problem, Row

EMAIL = "it@msp.example"
OTC_HEADER = HEADERS["Add OTC"]
CUSTOMER_HEADER = HEADERS["Add Customer"]


def code(number: int) -> str:
    """An OTC."""
    return f"AAAAA-BBBBB-CCCCC-{number:05}"


def otc_row(number: int, company: Cell = "Acme", total: Cell = 50, *more: Cell) -> Row:
    """A row of Add OTC."""
    return (code(number), EMAIL, company, total, *more)


def shown_otc(number: int, company: str = "Acme", total: int = 50, **more: Any) -> dict[str, Any]:
    """An OTC as `show otcs` prints it; what is not in `more` is blank."""
    used = more.pop("used", 0)
    blank = dict.fromkeys(
        ("description", "purchase_date", "expiry_date", "product_id", "runtime", "dedicated_to")
    )
    counts = {"total": total, "used": used, "pending": total - used}
    return {"otc": code(number), "email": EMAIL, "company": company, **counts, **blank, **more}


def shown_customer(name: str, otc: int, licenses: int, status: str = "active") -> dict[str, Any]:
    """A customer that the administrator manages, as `show customers` prints it."""
    subscriptions = [{"otc": code(otc), "licenses": licenses}] if licenses else []
    return {
        "name": name, "managed_by": "admin", "status": status,
        "email": None, "first_name": None, "last_name": None,
        "subscriptions": subscriptions, "devices": 0,
    }  # fmt: skip


def problems(severity: str, code: str, sheet: str, cells: str) -> list[Problem]:
    """A problem of every format, at each of several cells."""
    return [Problem(severity, code, sheet, cell) for cell in cells.split()]


def errors(code: str, sheet: str, cells: str) -> list[Problem]:
    """An error at each of several cells."""
    return problems("error", code, sheet, cells)


def normalised(sheet: str, before: dict[str, str]) -> list[Problem]:
    """Warnings that values were tidied, by cell what they were before."""
    return [Problem("warning", "normalised", sheet, cell, value) for cell, value in before.items()]


def hidden(sheet: str, message: str) -> Problem:
    """A warning that something is hidden."""
    return Problem("warning", "hidden-rows", sheet, None, message, Needs.HIDING)


def formulas_used(cells: str, of_text: str = "") -> list[Problem]:
    """Warnings that the values of formulas were used; `of_text` are cells of text."""
    used = [Problem("warning", "formula-value-used", "Add OTC", cell, None, Needs.FORMULAS)
            for cell in cells.split()]  # fmt: skip
    for cell in of_text.split():
        lost = Problem("error", "formula-without-value", "Add OTC", cell, None, Needs.FORMULAS)
        used.append(Problem("warning", "formula-value-used", "Add OTC", cell, None,
                            Needs.TEXT_RESULTS, lost))  # fmt: skip
    return used
