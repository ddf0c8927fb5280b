"""Changes in words for a person, and what the facts in them are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from importer.base.texts import N_, _, current_language, text, translated
from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    ManagedBy,
    Otc,
    Status,
    Subscription,
)
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.rules.verdict import display_value
from importer.domain.sheets import SHEETS


def describe_changes(
    changes: Iterable[Change], names: Mapping[int, str], *, additions: bool
) -> Iterator[str]:
    """Every change of what was there before: where it was asked for, of what, and old → new.

    Also what comes to be, if `additions`. `names` are the customers' by their ids.
    """
    leaving: Entity | None = None
    for change in changes:
        if change.kind is None:  # the half of a move that comes first
            leaving = change.before
        elif change.kind is ChangeKind.SUBSCRIPTION_MOVED:
            yield f"{_where_asked(change)}: {_move_told(leaving, change.after, names)}"
        elif change.before is not None or additions:
            yield f"{_where_asked(change)}: {_edit_told(change, names)}"


def _where_asked(change: Change) -> str:
    place = change.place
    return str(text(N_("{sheet}, row {row}"), sheet=place.sheet.name, row=place.row))


def _move_told(leaving: Entity | None, arriving: Entity | None, names: Mapping[int, str]) -> str:
    assert isinstance(leaving, Subscription)
    assert isinstance(arriving, Subscription)
    return (
        f"{names[arriving.customer]}: {leaving.otc} ({leaving.licenses}) → "
        f"{arriving.otc} ({arriving.licenses})"
    )


def _edit_told(change: Change, names: Mapping[int, str]) -> str:
    match change.before, change.after:
        case Subscription() as held, None:
            what, parts = f"{names[held.customer]}, {held.otc}", [f"{held.licenses} → 0"]
        case None, Subscription() as now:
            what, parts = f"{names[now.customer]}, {now.otc}", [f"0 → {now.licenses}"]
        case None, after:
            assert after is not None, "a change has an image before or after"
            return str(text(N_("{what}: added"), what=_name_of(after, names)))
        case Subscription() as held, Subscription() as now:
            what, parts = f"{names[now.customer]}, {now.otc}", [f"{held.licenses} → {now.licenses}"]
        case before, after:
            assert before is not None, "an addition was told above"
            if after is None:
                return str(text(N_("{what}: removed"), what=_name_of(before, names)))
            what = _name_of(before, names)
            parts = [
                f"{fact_label(name)}: {value_words(name, old)} → {value_words(name, new)}"
                for name, old, new in zip(before._fields, before, after, strict=True)
                if old != new
            ]
    return f"{what}: {', '.join(parts)}"


def _name_of(entity: Entity, names: Mapping[int, str]) -> str:
    if isinstance(entity, Otc):
        return entity.code
    if isinstance(entity, Device):
        return f"{names[entity.customer]}, {entity.id}"
    assert isinstance(entity, Customer), "subscriptions are told in other words"
    return names[entity.id]


_NO_COLUMNS = {
    "status": N_("Status"),
    "disabled_reason": N_("Reason"),
}
"""The facts of entities that no column of a sheet is named after."""


def fact_label(fact: str) -> str:
    """What a fact of an OTC, customer, subscription or device is called on the sheets."""
    return _fact_label(fact, current_language())


@cache
def _fact_label(fact: str, language: str) -> str:
    if fact in _NO_COLUMNS:
        return translated(_NO_COLUMNS[fact], language)
    field = "customer" if fact == "name" else fact
    columns = (column for sheet in SHEETS for column in sheet.columns)
    return next(one.title(language) for one in columns if one.field == field)


def value_words(fact: str, value: object) -> str:
    """The value of `fact` as a person would write it; also as the journal's images have it."""
    if fact in ("managed_by", "status") and isinstance(value, str):
        return _(_WORDS[value])
    return str(display_value(value))


_WORDS: dict[str, str] = {
    ManagedBy.ADMIN: N_("Admin"),
    ManagedBy.CUSTOMER: N_("Customer"),
    Status.ACTIVE: N_("active"),
    Status.DISABLED: N_("disabled"),
}
