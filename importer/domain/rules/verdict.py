"""The verdict of a rule on one request, and the problems that several rules find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from importer.base.texts import N_, Text, text
from importer.domain.entities import Customer, Entity, ManagedBy
from importer.domain.names import name_key
from importer.domain.planning.changes import Change
from importer.domain.planning.snapshot import Snapshot, addition
from importer.domain.problems import Code, Place, Problem, Severity, problem_at
from importer.domain.requests import AddCustomer, AddOtc, Request
from importer.domain.sheets import SHEET_OF


@dataclass(slots=True)
class Verdict:
    """The changes that a row makes, or the problems that refuse it; neither if it is unchanged.

    `requested` lists the licences that the row asks of each OTC, granted or not.
    """

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    requested: list[tuple[str, int]] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether any problem is an error; then the changes do not count."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


class _Rows(Protocol):
    @property
    def place(self) -> Place: ...


def duplicate_row(
    row: _Rows, field: str, added: object, creator: Place, fix: Text | None = None
) -> Problem:
    """The row adds what the row at `creator` has added: `added` names it."""
    return problem_at(
        row.place, field, Code.DUPLICATE_ROW,
        text(N_("Row {row} of {sheet} already added this: {added}."),
             row=creator.row, sheet=creator.sheet.name, added=added),
        fix or text(N_("Delete one of the two rows.")),
        getattr(row, field),
    )  # fmt: skip


def unknown_otc(row: _Rows, field: str, otc: str, ledger: Snapshot) -> Problem:
    """No OTC has this code; the fix may name one that looks like it."""
    near = ledger.nearest_otc.get(otc)
    if addition("otc", otc) in ledger.refused_additions:
        fix = _fix_first(ledger.refused_additions[addition("otc", otc)])
    elif near:
        fix = text(N_("Did you mean {near}?"), near=near)
    else:
        fix = text(N_("Correct the code, or add the OTC on the {sheet} sheet, which must come "
                      "before this one."), sheet=SHEET_OF[AddOtc])  # fmt: skip
    return problem_at(
        row.place, field, Code.UNKNOWN_OTC,
        text(N_("OTC {otc} does not exist at this point."), otc=otc), fix, otc,
    )  # fmt: skip


def unknown_customer(row: _Rows, name: str, ledger: Snapshot, fix: Text | None = None) -> Problem:
    """No customer has this name."""
    if addition("customer", name) in ledger.refused_additions:
        fix = _fix_first(ledger.refused_additions[addition("customer", name)])
    elif name_key(name) in ledger.renamed:
        now = ledger.customers[ledger.renamed[name_key(name)]].name
        fix = text(N_("An earlier row renamed it to {name}. Write that name."), name=now)
    elif name_key(name) in ledger.nearest_customer:
        fix = text(
            N_("Did you mean {near}? If not, add the customer on the {sheet} sheet, which must "
               "come before this one."),
            near=ledger.nearest_customer[name_key(name)], sheet=SHEET_OF[AddCustomer],
        )  # fmt: skip
    return problem_at(
        row.place, "customer", Code.UNKNOWN_CUSTOMER,
        text(N_("Customer {name} does not exist at this point."), name=name),
        fix or text(N_("Correct the name, or add the customer on the {sheet} sheet, which must "
                       "come before this one."), sheet=SHEET_OF[AddCustomer]),
        name,
    )  # fmt: skip


def _fix_first(refused: Place) -> Text:
    return text(
        N_("Row {row} of {sheet} would add it but was refused. Fix that row first."),
        row=refused.row, sheet=refused.sheet.name,
    )  # fmt: skip


def gets_no_more(customer: Customer) -> Text:
    """A disabled customer gets no more licences (rule 9)."""
    return text(N_("{customer} is disabled and gets no more licences."), customer=customer.name)


def missing_value(row: Request, field: str, message: Text) -> Problem:
    """The row needs a value in a cell that is blank."""
    kind = SHEET_OF[type(row)].column(field).kind
    fix = text(N_("Fill in the cell: {expected}."), expected=text(kind.meaning))
    return problem_at(row.place, field, Code.MISSING_VALUE, message, fix)


def differences(row: Request, known: Entity, stated: Iterable[tuple[str, object]]) -> list[Text]:
    """One sentence for each of the `stated` fields (and values) that differs in `known`."""
    columns = row.place.sheet.columns
    return [
        text(
            N_("{column}: {known} in the ledger, {stated} in the row"),
            column=columns[name].header if name in columns else name,
            known=display_value(getattr(known, name)),
            stated=display_value(value),
        )
        for name, value in stated
    ]


def display_value(value: object) -> object:
    """`value` as a person would write it in a cell."""
    if value is None:
        return text(N_("blank"))
    if isinstance(value, ManagedBy):
        return text(N_("Admin") if value is ManagedBy.ADMIN else N_("Customer"))
    return f"“{value}”" if isinstance(value, str) else value
