"""Changes as text, and the labels of the facts in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from msgspec.structs import asdict

from importer.base.texts import N_, _, current_language, text, translated
from importer.domain.entities import Customer, Device, Entity, Otc, Status, Subscription
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.rules.verdict import display_value
from importer.domain.sheets import MANAGED_BY_WORDS, SHEETS


def describe_changes(
    changes: Iterable[Change], name_of: Callable[[int], str], *, additions: bool
) -> Iterator[str]:
    """A line per change of what existed before: its row, its subject, and old → new.

    With `additions` also what was added. `name_of` gives the name of a customer by its id.
    """
    leaving: Entity | None = None
    for change in changes:
        if change.kind is None:  # the first half of a move
            leaving = change.before
            continue
        if change.kind is ChangeKind.SUBSCRIPTION_MOVED:
            old, new = leaving, change.after
            assert isinstance(old, Subscription)
            assert isinstance(new, Subscription)
            what = f"{old.otc} ({old.licenses}) → {new.otc} ({new.licenses})"
            joined = change.before.licenses if isinstance(change.before, Subscription) else 0
            if more := new.licenses - old.licenses - joined:
                what = str(text(N_("{move}, licences added: {more}"), move=what, more=more))
            description = f"{name_of(new.customer)}: {what}"
        elif change.before is not None or additions:
            description = _describe_edit(change, name_of)
        else:
            continue
        place = change.place
        where = text(N_("{sheet}, row {row}"), sheet=place.sheet.name, row=place.row)
        yield f"{where}: {description}"


def _describe_edit(change: Change, name_of: Callable[[int], str]) -> str:
    before, after = change.before, change.after
    entity = after if before is None else before
    assert entity is not None, "a change has an image before or after"
    what = _subject(entity, name_of)
    if isinstance(entity, Subscription):
        images = (before, after)
        old, new = (image.licenses if isinstance(image, Subscription) else 0 for image in images)
        return f"{what}: {old} → {new}"
    if before is None:
        return str(text(N_("{what}: added"), what=what))
    if after is None:
        return str(text(N_("{what}: removed"), what=what))
    parts = [
        f"{fact_label(name)}: {value_words(name, old)} → {value_words(name, new)}"
        for name, old in asdict(before).items()
        if old != (new := getattr(after, name))
    ]
    return f"{what}: {', '.join(parts)}"


def _subject(entity: Entity, name_of: Callable[[int], str]) -> str:
    match entity:
        case Otc():
            return entity.code
        case Customer():
            return name_of(entity.id)
        case Subscription():
            return f"{name_of(entity.customer)}, {entity.otc}"
        case Device():
            return f"{name_of(entity.customer)}, {entity.id}"


_NO_COLUMNS = {"status": N_("Status"), "disabled_reason": N_("Reason")}
"""The labels of facts that have no column of their own on a sheet."""


def fact_label(fact: str) -> str:
    """The label of a fact of an entity: its column on the sheets."""
    return _fact_label(fact, current_language())


@cache
def _fact_label(fact: str, language: str) -> str:
    if fact in _NO_COLUMNS:
        return translated(_NO_COLUMNS[fact], language)
    field = "customer" if fact == "name" else fact
    columns = (column for sheet in SHEETS for column in sheet.columns)
    return next(column.title(language) for column in columns if column.field == field)


def value_words(fact: str, value: object) -> str:
    """The value of `fact`, as in an entity or in the journal, for people."""
    if fact in ("managed_by", "status") and isinstance(value, str):
        return _(_WORDS[value])
    return str(display_value(value))


_WORDS: dict[str, str] = {
    **MANAGED_BY_WORDS,
    Status.ACTIVE: N_("active"),
    Status.DISABLED: N_("disabled"),
}
