"""What a rule says of one request: the changes it makes, or the problems that refuse it."""

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
from importer.domain.requests import Request
from importer.domain.sheets import SHEET_OF


@dataclass(slots=True)
class Verdict:
    """Neither changes nor errors: the ledger is as the row says already.

    `asked` lists the licences that the row wants of an OTC, granted or not.
    """

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether any problem is an error; the changes then do not count."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


class _Rows(Protocol):
    @property
    def place(self) -> Place: ...


def duplicate_row(
    row: _Rows, field: str, value: object, creator: Place, message: Text, fix: Text
) -> Problem:
    """The row creates what the row at `creator` has created; `fix` is what else to do of it."""
    facts = {**message.facts, "row": creator.row, "sheet": creator.sheet.name}
    return problem_at(
        row.place, field, Code.DUPLICATE_ROW, Text(message.template, facts), fix, value
    )  # fmt: skip


def unknown_otc(row: _Rows, field: str, otc: str, ledger: Snapshot) -> Problem:
    """The ledger does not know `otc`, but perhaps one that looks like it."""
    near = ledger.nearest_otc.get(otc)
    if addition("otc", otc) in ledger.refused_additions:
        fix = _mend_first(ledger.refused_additions[addition("otc", otc)])
    elif near:
        fix = text(N_("Did you mean {near}?"), near=near)
    else:
        fix = text(N_("Correct the code, or register it on a sheet Add OTC further left."))
    return problem_at(
        row.place, field, Code.UNKNOWN_OTC,
        text(N_("At this row the ledger has no OTC {otc}."), otc=otc), fix, otc,
    )  # fmt: skip


def unknown_customer(row: _Rows, name: str, ledger: Snapshot, fix: Text | None = None) -> Problem:
    """The ledger has no customer of that name."""
    if addition("customer", name) in ledger.refused_additions:
        fix = _mend_first(ledger.refused_additions[addition("customer", name)])
    elif name_key(name) in ledger.renamed:
        now = ledger.customers[ledger.renamed[name_key(name)]].name
        fix = text(N_("A row above has renamed it to {name}; write that name."), name=now)
    elif name_key(name) in ledger.nearest_customer:
        fix = text(
            N_("Did you mean {near}? If not, create it on a sheet Add Customer further left."),
            near=ledger.nearest_customer[name_key(name)],
        )
    return problem_at(
        row.place, "customer", Code.UNKNOWN_CUSTOMER,
        text(N_("At this row the ledger has no customer {name}."), name=name),
        fix or text(N_("Correct the name, or create it on a sheet Add Customer further left.")),
        name,
    )  # fmt: skip


def _mend_first(refused: Place) -> Text:
    return text(
        N_("Row {row} of {sheet} would add it, but is refused: mend that row first."),
        row=refused.row, sheet=refused.sheet.name,
    )  # fmt: skip


def gets_no_more(customer: Customer) -> Text:
    """A disabled customer gets no more licences (rule 9)."""
    return text(N_("{customer} is disabled and gets no more licences."), customer=customer.name)


def missing_value(row: Request, field: str, message: Text) -> Problem:
    """A cell is blank that this row needs."""
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
