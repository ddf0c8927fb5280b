"""The sheet Movements: the journal in words, the newest line first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from importer.details.book import Column, Row, Shown, Table
from importer.domain.contents import Movement
from importer.domain.entities import Customer, Device, Entity, Otc, Status, Subscription
from importer.texts import N_, _
from importer.words import fact_label, value_words

MOVEMENTS = "Movements"

_ADDED_CHANGED_GONE: dict[type[Entity], tuple[str, str, str]] = {
    Otc: (N_("OTC added"), N_("OTC changed"), N_("OTC removed")),
    Customer: (N_("Customer added"), N_("Customer changed"), N_("Customer removed")),
    Subscription: (N_("Licences given"), N_("Licences changed"), N_("Licences taken back")),
    Device: (N_("Device added"), N_("Device changed"), N_("Device removed")),
}
_DISABLED, _ENABLED = N_("Customer disabled"), N_("Customer enabled")
_NOT_TOLD = frozenset({"id", "code", "customer", "otc"})
"""Facts that stand in columns of their own, or that only the ledger knows."""


def movements(lines: Sequence[Movement], *, of_customer: bool = False) -> Table:
    """A row per line of the journal; `lines` are given in the order in which they were made.

    A customer's own export leaves out who did it, in which file, and why it was disabled.
    """
    columns = [
        Column("Batch", _(N_("Batch")), Shown.NUMBER),
        Column("At (UTC)", _(N_("At (UTC)")), Shown.INSTANT),
        Column("What", _(N_("What"))),
        Column("OTC", _(N_("OTC"))),
        Column("Customer", _(N_("Customer"))),
        Column("Device", _(N_("Device"))),
    ]
    if not of_customer:
        columns += [
            Column("By", _(N_("By"))),
            Column("File", _(N_("File"))),
            Column("Sheet", _(N_("Sheet"))),
            Column("Row", _(N_("Row")), Shown.NUMBER),
            Column("Undo of", _(N_("Undo of")), Shown.NUMBER),
        ]
    columns.append(Column("Change", _(N_("Change"))))  # the widest comes last
    rows = [_row(one, of_customer) for one in reversed(lines)]
    return Table(MOVEMENTS, _(N_("Movements")), tuple(columns), rows)


def _row(one: Movement, of_customer: bool) -> Row:
    entity = one.entity
    otc = device = None
    match entity:
        case Otc():
            otc = entity.code
        case Subscription():
            otc = entity.otc
        case Device():
            device = entity.id
    told: Row = one.batch, one.at.replace(tzinfo=None), _what(one), otc, one.customer, device
    if not of_customer:
        told = (*told, one.actor, one.file, one.sheet, one.row, one.undoes)
    hidden = _NOT_TOLD | {"disabled_reason"} if of_customer else _NOT_TOLD
    return *told, ", ".join(_changes(one.before, one.after, hidden)) or None


def _what(one: Movement) -> str:
    before, after = one.before, one.after
    added, changed, gone = _ADDED_CHANGED_GONE[type(one.entity)]
    if before is None:
        return _(added)
    if after is None:
        return _(gone)
    match before, after:
        case Customer(status=was), Customer(status=now) if was is not now:
            return _(_DISABLED if now is Status.DISABLED else _ENABLED)
    return _(changed)


def _changes(before: Entity | None, after: Entity | None, hidden: frozenset[str]) -> Iterator[str]:
    """Each fact that changed, in words: what it is or was, or what it was and is."""
    entity = before if after is None else after
    assert entity is not None, "a line has an image before or after"
    for at, fact in enumerate(entity._fields):
        old = None if before is None else before[at]
        new = None if after is None else after[at]
        if old == new or fact in hidden:
            continue
        if before is not None and after is not None:
            yield f"{fact_label(fact)}: {value_words(fact, old)} → {value_words(fact, new)}"
        elif fact != "name":  # which stands in a column of its own
            yield f"{fact_label(fact)}: {value_words(fact, old if after is None else new)}"
