"""The sheet Movements: the journal in words, the newest line first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from importer.base.texts import N_, _
from importer.domain.contents import Movement
from importer.domain.entities import Customer, Device, Entity, Otc, Status, Subscription
from importer.export.book import Column, Row, Shown, Table
from importer.messages.change_text import fact_label, value_words

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
        Column("What", _(N_("What")), Shown.WORDS),
        Column("OTC", _(N_("OTC")), Shown.WORDS),
        Column("Customer", _(N_("Customer")), Shown.WORDS),
        Column("Device", _(N_("Device")), Shown.WORDS),
    ]
    if not of_customer:
        columns += [
            Column("By", _(N_("By")), Shown.WORDS),
            Column("File", _(N_("File")), Shown.WORDS),
            Column("Sheet", _(N_("Sheet")), Shown.WORDS),
            Column("Row", _(N_("Row")), Shown.NUMBER),
            Column("Undo of", _(N_("Undo of")), Shown.NUMBER),
        ]
    columns.append(Column("Change", _(N_("Change")), Shown.WORDS))  # the widest comes last
    words = _Words(_NOT_TOLD | {"disabled_reason"} if of_customer else _NOT_TOLD)
    rows = [_row(one, words, of_customer) for one in reversed(lines)]
    return Table(MOVEMENTS, _(N_("Movements")), tuple(columns), rows)


class _Words:
    """What is said of every line, looked up once: a journal has far more lines than facts."""

    def __init__(self, hidden: frozenset[str]) -> None:
        """In the current language, and without these facts."""
        self.value = lru_cache(10_000)(value_words)
        self.instant = lru_cache(10_000)(_without_zone)
        self.done: dict[type[Entity], tuple[str, str, str]] = {}
        self.facts: dict[type[Entity], list[tuple[int, str, str]]] = {}
        """The place of each fact in an entity, its name, and what it is called."""
        for kind, (added, changed, gone) in _ADDED_CHANGED_GONE.items():
            self.done[kind] = _(added), _(changed), _(gone)
            self.facts[kind] = [
                (at, fact, fact_label(fact))
                for at, fact in enumerate(kind._fields)
                if fact not in hidden
            ]


def _row(one: Movement, words: _Words, of_customer: bool) -> Row:
    batch, at, actor, file, undoes, sheet, row, before, after, customer = one
    entity = one.entity
    otc = device = None
    match entity:
        case Subscription():
            otc = entity.otc
        case Otc():
            otc = entity.code
        case Device():
            device = entity.id
    if before is not None and after is not None:
        what, changes = _what(before, after, words), _changes(before, after, words)
    else:
        added, _changed, gone = words.done[type(entity)]
        what, changes = gone if after is None else added, _facts(entity, words)
    told = ", ".join(changes) or None
    started = batch, words.instant(at), what, otc, customer, device
    if of_customer:
        return *started, told
    return *started, actor, file, sheet, row, undoes, told


def _without_zone(at: dt.datetime) -> dt.datetime:
    """The same instant in UTC as spreadsheets know it, which have no time zones."""
    return at.replace(tzinfo=None)


def _what(before: Entity, after: Entity, words: _Words) -> str:
    match before, after:
        case Customer(status=was), Customer(status=now) if was is not now:
            return _(_DISABLED if now is Status.DISABLED else _ENABLED)
    return words.done[type(after)][1]


def _changes(before: Entity, after: Entity, words: _Words) -> list[str]:
    """Each fact that changed, in words: what it was and is."""
    return [
        f"{label}: {words.value(fact, before[at])} → {words.value(fact, after[at])}"
        for at, fact, label in words.facts[type(after)]
        if before[at] != after[at]
    ]


def _facts(entity: Entity, words: _Words) -> list[str]:
    """What is known of what came or went, but for a name, which stands in a column of its own."""
    return [
        f"{label}: {words.value(fact, entity[at])}"
        for at, fact, label in words.facts[type(entity)]
        if entity[at] is not None and fact != "name"
    ]
