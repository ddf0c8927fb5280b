"""Entities as the journal keeps them: a kind, a key, and an image in JSON."""

from __future__ import annotations

import datetime as dt
import json

from importer.domain.entities import Customer, Entity, Otc, Subscription


def kind_of(entity: Entity) -> str:
    """`otc`, `customer` or `subscription`."""
    return type(entity).__name__.lower()


def key_of(entity: Entity) -> str:
    """What tells the entity from others of its kind: a code, an id, or both joined by `/`."""
    match entity:
        case Otc():
            return entity.code
        case Customer():
            return str(entity.id)
        case Subscription():
            return f"{entity.customer}/{entity.otc}"


def image_of(entity: Entity | None) -> str | None:
    """The facts of `entity` in JSON, dates as YYYY-MM-DD; None if there is none."""
    return None if entity is None else _encode(entity._asdict())


def _plain(value: object) -> str:
    assert isinstance(value, dt.date), f"a fact of a type that no image holds: {value!r}"
    return value.isoformat()


_encode = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":")).encode
