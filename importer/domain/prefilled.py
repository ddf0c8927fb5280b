"""The edits in a prefilled workbook: they must not overwrite what others have changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import astuple, replace

from importer.base.texts import N_, text
from importer.domain.contents import Contents, CustomerHolding
from importer.domain.entities import Customer, Entity, Otc, entity_key
from importer.domain.names import name_key
from importer.domain.planning.scope import Scope
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Problem
from importer.domain.requests import EditCustomer, EditOtc, Request
from importer.domain.rules.customers import PERSON
from importer.domain.rules.otcs import DETAILS
from importer.domain.rules.verdict import Verdict, display_value, row_problem, stated


class _Cell(NamedTuple):
    """An edited cell: what it is about, as filled in and as it is now, and the value it states."""

    field: str
    attribute: str
    then: Entity | None
    now: Entity | None
    stated: object


class FilledIn:
    """What the ledger held when a workbook was filled in."""

    def __init__(self, then: Contents) -> None:
        self._batch = then.batch
        self._otcs = {holding.otc.code: holding.otc for holding in then.otcs}
        self._customers = {name_key(holding.customer.name): holding for holding in then.customers}

    def only_edited(self, requests: Iterable[Request]) -> Iterator[Request]:
        """`requests` without the cells that state what was filled in; other names stay whole."""
        for request in requests:
            match request:
                case EditOtc() if otc := self._otcs.get(request.otc):
                    yield replace(request, **_unedited(request, otc, DETAILS))
                case EditCustomer() if holding := self._customers.get(name_key(request.customer)):
                    blank = _unedited(request, holding.customer, PERSON)
                    licenses = {held.otc: held.licenses for held in holding.subscriptions}
                    if request.otc is not None and licenses.get(request.otc) == request.licenses:
                        blank |= {"otc": None, "licenses": None}
                    yield replace(request, **blank)
                case _:
                    yield request

    def widen(self, scope: Scope) -> None:
        """Have the snapshot show what has become of the customers and OTCs named."""
        scope.since = self._batch if scope.since is None else min(scope.since, self._batch)
        filled_in = scope.customers & self._customers.keys()
        scope.customer_ids.update(self._customers[key].customer.id for key in filled_in)

    def verdict(self, row: Request, ledger: Snapshot) -> Verdict | None:
        """Refuse `row` if others have changed what it edits; `ledger` is as before all rows.

        It is unchanged if nothing in it was edited; None leaves it to its rule.
        """
        match row:
            case EditOtc() if otc := self._otcs.get(row.otc):
                cells = _cells_of_otc(row, otc, ledger)
            case EditCustomer() if holding := self._customers.get(name_key(row.customer)):
                cells = _cells_of_customer(row, holding, ledger)
            case _:
                return None
        if not any(value is not None for value in astuple(row)[2:]):
            return Verdict()
        problems = [*_changed_since(row, cells, ledger)]
        return Verdict(problems=problems) if problems else None


def _unedited(
    request: EditOtc | EditCustomer, known: Otc | Customer, fields: Iterable[str]
) -> dict[str, Any]:
    """The fields that state what is `known`, each with None."""
    return {name: None for name in fields if getattr(request, name) == getattr(known, name)}


def _cells_of_otc(row: EditOtc, then: Otc, ledger: Snapshot) -> Iterator[_Cell]:
    now = ledger.otcs.get(row.otc)
    if now is None:
        yield _Cell("otc", "code", then, now, row.otc)
    else:
        for field, value in stated(row, DETAILS).items():
            yield _Cell(field, field, then, now, value)


def _cells_of_customer(
    row: EditCustomer, holding: CustomerHolding, ledger: Snapshot
) -> Iterator[_Cell]:
    then = holding.customer
    now = ledger.customers.get(then.id)
    if now is None or (row.new_name is None and name_key(now.name) != name_key(then.name)):
        yield _Cell("customer", "name", then, now, row.customer)
        return
    if row.new_name is not None:
        yield _Cell("new_name", "name", then, now, row.new_name)
    for field, value in stated(row, PERSON).items():
        yield _Cell(field, field, then, now, value)
    if row.licenses is not None:
        held_then = {held.otc: held for held in holding.subscriptions}
        held_now = {held.otc: held for held in ledger.subscriptions(now)}
        for otc in held_then | held_now if row.otc is None else (row.otc,):
            yield _Cell("licenses", "licenses", held_then.get(otc), held_now.get(otc), row.licenses)


def _changed_since(
    row: EditOtc | EditCustomer, cells: Iterable[_Cell], ledger: Snapshot
) -> Iterator[Problem]:
    columns = row.place.sheet.columns
    for field, attribute, then, now, value in cells:
        absent = 0 if field == "licenses" else text(N_("removed"))
        was, present = getattr(then, attribute, absent), getattr(now, attribute, absent)
        if present in (was, value):
            continue
        entity = then if then is not None else now
        assert entity is not None, "values that differ are not both absent"
        later = (
            batch for batch, before, after in ledger.later.get(entity_key(entity), ())
            if getattr(before, attribute, absent) != getattr(after, attribute, absent)
        )  # fmt: skip
        batch = next(later, None)
        message = (
            N_("{column} was {then} when the workbook was filled in, but is {now} now.")
            if batch is None  # a workbook that is checked together with this one
            else N_("{column} was {then} when the workbook was filled in, but is {now} since batch "
                    "{batch}.")
        )  # fmt: skip
        fix = N_("If {now} is right, write that in the cell too. Otherwise edit a new workbook: "
                 "avira-importer template --prefill")  # fmt: skip
        yield row_problem(
            row, field, Code.CHANGED_SINCE, message, fix, batch=batch,
            column=columns[field].header if field in columns else field,
            then=display_value(was), now=display_value(present),
        )  # fmt: skip
