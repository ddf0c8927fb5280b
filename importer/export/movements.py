"""The sheet Movements: the journal in words, the newest line first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from importer.base.texts import N_, _
from importer.domain.contents import Movement
from importer.domain.entities import Customer, Device, Entity, Otc, Status, Subscription
from importer.domain.record import Record
from importer.export.book import CellFormat, Table
from importer.export.columns import ExportColumn, make_table
from importer.messages.change_text import fact_label, value_words

MOVEMENTS = N_("Movements")

_ADDED_CHANGED_GONE: dict[type[Entity], tuple[str, str, str]] = {
    Otc: (N_("OTC added"), N_("OTC changed"), N_("OTC removed")),
    Customer: (N_("Customer added"), N_("Customer changed"), N_("Customer removed")),
    Subscription: (N_("Licences given"), N_("Licences changed"), N_("Licences taken back")),
    Device: (N_("Device added"), N_("Device changed"), N_("Device removed")),
}
_DISABLED, _ENABLED = N_("Customer disabled"), N_("Customer enabled")
_NOT_LISTED = frozenset({"id", "code", "customer", "otc"})
"""Facts with columns of their own, and internal ones."""


class _Line(Record):
    movement: Movement
    at: dt.datetime
    what: str
    otc: str | None
    device: str | None
    change: str | None


_NUMBER, _WORDS = CellFormat.NUMBER, CellFormat.WORDS

MOVEMENT_COLUMNS = (
    ExportColumn(N_("Batch"), "movement.batch", _NUMBER),
    ExportColumn(N_("At (UTC)"), "at", CellFormat.INSTANT),
    ExportColumn(N_("What"), "what", _WORDS),
    ExportColumn(N_("OTC"), "otc", _WORDS),
    ExportColumn(N_("Customer"), "movement.customer", _WORDS),
    ExportColumn(N_("Device"), "device", _WORDS),
    ExportColumn(N_("By"), "movement.actor", _WORDS, for_customers=False),
    ExportColumn(N_("File"), "movement.file", _WORDS, for_customers=False),
    ExportColumn(N_("Sheet"), "movement.sheet", _WORDS, for_customers=False),
    ExportColumn(N_("Row"), "movement.row", _NUMBER, for_customers=False),
    ExportColumn(N_("Undo of"), "movement.undoes", _NUMBER, for_customers=False),
    ExportColumn(N_("Change"), "change", _WORDS),  # the widest, so last
)


def movements(journal: Sequence[Movement], *, of_customer: bool = False) -> Table:
    """A row per line of the `journal`, which is in order of time.

    A customer's own export does not say who made a change, from which file, or why it was disabled.
    """
    words = _Words(_NOT_LISTED | {"disabled_reason"} if of_customer else _NOT_LISTED)
    lines = (_line(movement, words) for movement in reversed(journal))
    return make_table(MOVEMENTS, _(MOVEMENTS), MOVEMENT_COLUMNS, lines, of_customer=of_customer)


class _Words:
    """Translated words, looked up once: a journal has far more lines than facts."""

    def __init__(self, hidden: frozenset[str]) -> None:
        """In the current language, and without the facts `hidden`."""
        self.value = lru_cache(10_000)(value_words)
        self.instant = lru_cache(10_000)(lambda at: at.replace(tzinfo=None))  # no sheet has zones
        self.done: dict[type[Entity], tuple[str, str, str]] = {}
        self.facts: dict[type[Entity], list[tuple[str, str]]] = {}
        """The name of each fact of an entity, and its label."""
        for kind, (added, changed, gone) in _ADDED_CHANGED_GONE.items():
            self.done[kind] = _(added), _(changed), _(gone)
            self.facts[kind] = [
                (fact, fact_label(fact)) for fact in kind.__struct_fields__ if fact not in hidden
            ]


def _line(movement: Movement, words: _Words) -> _Line:
    entity, before, after = movement.entity, movement.before, movement.after
    otc: str | None = None
    device: str | None = None
    match entity:
        case Otc(code=otc) | Subscription(otc=otc):
            pass
        case Device(id=device):
            pass
    if before is not None and after is not None:
        what = words.done[type(entity)][1]
        match before, after:
            case Customer(status=old), Customer(status=new) if old is not new:
                what = _(_DISABLED if new is Status.DISABLED else _ENABLED)
        changes = [  # each changed fact with its old and new value
            f"{label}: {words.value(fact, old)} → {words.value(fact, new)}"
            for fact, label in words.facts[type(after)]
            if (old := getattr(before, fact)) != (new := getattr(after, fact))
        ]
    else:
        added, _changed, gone = words.done[type(entity)]
        what = gone if after is None else added
        changes = [  # all facts; the name has a column of its own
            f"{label}: {words.value(fact, value)}"
            for fact, label in words.facts[type(entity)]
            if fact != "name" and (value := getattr(entity, fact)) is not None
        ]
    change = ", ".join(changes) or None
    return _Line(movement, words.instant(movement.at), what, otc, device, change)
