"""The verdict of a rule on one request, and the problems that several rules find."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from importer.base.texts import N_, Text, text
from importer.domain.entities import Customer, Entity, ManagedBy
from importer.domain.names import name_key
from importer.domain.planning.changes import Change
from importer.domain.planning.scope import email_key
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Place, Problem, Severity, problem_at
from importer.domain.requests import AddCustomer, AddOtc, CustomerRequest, Request
from importer.domain.sheets import MANAGED_BY_WORDS, SHEET_OF


class Verdict(Struct, gc=False):
    """The changes that a row makes, or the problems that refuse it; neither if it is unchanged.

    `requested` lists the licences that the row asks of each OTC, granted or not.
    """

    changes: list[Change] = []
    problems: list[Problem] = []
    requested: list[tuple[str, int]] = []

    @property
    def refused(self) -> bool:
        """Whether any problem is an error; then the changes do not count."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def row_problem(
    row: Request, field: str, code: Code, message: str, fix: str, /, **facts: object
) -> Problem:  # fmt: skip
    """A problem with what `row` states in `field`; `facts` fill both templates."""
    value = getattr(row, field)
    return problem_at(row.place, field, code, Text(message, facts), Text(fix, facts), value)


def duplicate_row(
    row: Request, field: str, added: object, creator: Place, fix: str | None = None, **facts: object
) -> Problem:
    """The row adds what the row at `creator` has added: `added` names it."""
    return row_problem(
        row, field, Code.DUPLICATE_ROW, N_("Row {row} of {sheet} already added this: {added}."),
        fix or N_("Delete one of the two rows."), added=added, row=creator.row,
        sheet=creator.sheet.name, **facts,
    )  # fmt: skip


def unknown_otc(row: Request, field: str, ledger: Snapshot) -> Problem:
    """No OTC has this code; the fix may name one that looks like it."""
    code = getattr(row, field)
    facts: dict[str, object] = {}
    if code in ledger.nearest_otc:
        fix, facts["near"] = N_("Did you mean {near}?"), ledger.nearest_otc[code]
    else:
        fix = N_("Correct the code, or add the OTC on the {sheet} sheet, which must come before "
                 "this one.")  # fmt: skip
        facts["sheet"] = SHEET_OF[AddOtc]
    message = N_("OTC {otc} does not exist at this point.")
    return row_problem(row, field, Code.UNKNOWN_OTC, message, fix, otc=code, **facts)


def unknown_customer(row: CustomerRequest, ledger: Snapshot, renamed: str | None = None) -> Problem:
    """No customer has this name; one may be named `renamed`, as the row would have it."""
    assert row.customer is not None, "a blank name is not an unknown customer"
    key = name_key(row.customer)
    facts: dict[str, object] = {"sheet": SHEET_OF[AddCustomer], "renamed": renamed}
    if key in ledger.renamed:
        fix = N_("An earlier row renamed it to {renamed}. Write that name.")
        facts["renamed"] = ledger.customers[ledger.renamed[key]].name
    elif key in ledger.nearest_customer:
        fix = N_("Did you mean {near}? If not, add the customer on the {sheet} sheet, which must "
                 "come before this one.")  # fmt: skip
        facts["near"] = ledger.nearest_customer[key]
    elif renamed is not None:
        fix = N_("Customer {renamed} already exists. If it was renamed, delete the row, or write "
                 "that name in both cells.")  # fmt: skip
    else:
        fix = N_("Correct the name, or add the customer on the {sheet} sheet, which must come "
                 "before this one.")  # fmt: skip
    message = N_("Customer {name} does not exist at this point.")
    return row_problem(
        row, "customer", Code.UNKNOWN_CUSTOMER, message, fix, name=row.customer, **facts
    )  # fmt: skip


def gets_no_more(customer: Customer) -> Text:
    """A disabled customer gets no more licences (rule 9)."""
    return text(N_("{customer} is disabled and gets no more licences."), customer=customer.name)


def missing_value(row: Request, field: str, message: Text) -> Problem:
    """The row needs a value in a cell that is blank."""
    kind = SHEET_OF[type(row)].column(field).kind
    fix = text(N_("Fill in the cell: {expected}."), expected=text(kind.meaning))
    return problem_at(row.place, field, Code.MISSING_VALUE, message, fix)


def differences(row: Request, known: Entity, fields: Iterable[str]) -> list[Text]:
    """One sentence for each of `fields` that the row states with another value than `known`."""
    columns = row.place.sheet.columns
    return [
        text(
            N_("{column}: {known} in the ledger, {stated} in the row"),
            column=columns[name].header if name in columns else name,
            known=display_value(getattr(known, name)), stated=display_value(stated),
        )
        for name in fields
        if (stated := getattr(row, name)) is not None
        and not _same(name, stated, getattr(known, name))
    ]  # fmt: skip


def stated(row: Request, fields: Iterable[str]) -> dict[str, Any]:
    """What the row states in `fields`, by field."""
    values = ((name, getattr(row, name)) for name in fields)
    return {name: value for name, value in values if value is not None}


def _same(field: str, stated: Any, known: Any) -> bool:
    """Whether both are the same, however they are spelt."""
    if field == "company":
        return name_key(stated) == name_key(known)
    if field == "email" and known is not None:
        return email_key(stated) == email_key(known)
    return bool(stated == known)


def display_value(value: object) -> object:
    """`value` as a person would write it in a cell."""
    if value is None:
        return text(N_("blank"))
    if isinstance(value, ManagedBy):
        return text(MANAGED_BY_WORDS[value])
    return f"“{value}”" if isinstance(value, str) else value
