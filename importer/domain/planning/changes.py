"""Changes of a plan: an entity before and after, and the row that asked for it."""

from __future__ import annotations

from enum import StrEnum

from importer.domain.entities import Entity
from importer.domain.problems import Place
from importer.domain.record import Record


class ChangeKind(StrEnum):
    """The kinds of changes that a report counts; keys of the JSON `changes`."""

    OTC_ADDED = "otcs_added"
    OTC_EDITED = "otcs_edited"
    CUSTOMER_ADDED = "customers_added"
    CUSTOMER_EDITED = "customers_edited"
    CUSTOMER_DISABLED = "customers_disabled"
    CUSTOMER_ENABLED = "customers_enabled"
    SUBSCRIPTION_ADDED = "subscriptions_added"
    SUBSCRIPTION_EDITED = "subscriptions_edited"
    SUBSCRIPTION_MOVED = "subscriptions_moved"
    SUBSCRIPTION_CANCELLED = "subscriptions_cancelled"
    DEVICE_ADDED = "devices_added"
    DEVICE_EDITED = "devices_edited"
    OTC_REMOVED = "otcs_removed"
    CUSTOMER_REMOVED = "customers_removed"
    DEVICE_REMOVED = "devices_removed"


UNDO_ONLY = frozenset(
    {ChangeKind.OTC_REMOVED, ChangeKind.CUSTOMER_REMOVED, ChangeKind.DEVICE_REMOVED}
)
"""Kinds that only an undo makes: no sheet removes an OTC, a customer or a device."""


class Change(Record):
    """An entity before and after; None before it exists and after it is removed.

    `kind` is None on the half of a move that is not counted, and on changes read from the journal.
    """

    kind: ChangeKind | None
    before: Entity | None
    after: Entity | None
    place: Place

    @property
    def entity(self) -> Entity:
        """The entity that changes, as it is afterwards or, if removed, as it was."""
        entity = self.after if self.after is not None else self.before
        assert entity is not None, "a change has an image before or after"
        return entity
