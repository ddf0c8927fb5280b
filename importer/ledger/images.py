"""Entities as the journal keeps them: a kind, a key, and an image in JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from importer.domain.entities import (
    Customer,
    Device,
    Entity,
    ManagedBy,
    Otc,
    Status,
    Subscription,
)

Image = dict[str, Any]


def kind_of(entity: Entity) -> str:
    """`otc`, `customer`, `subscription` or `device`."""
    return _KINDS[type(entity)]


def key_of(entity: Entity) -> str:
    """What tells the entity from others of its kind: a code, an id, or both joined by `/`."""
    match entity:
        case Subscription():
            return f"{entity.customer}/{entity.otc}"
        case Customer():
            return str(entity.id)
        case Otc():
            return entity.code
        case Device():
            return f"{entity.customer}/{entity.key}"


def image_of(entity: Entity | None) -> str | None:
    """The facts of `entity` in JSON, dates as YYYY-MM-DD; None if there is none."""
    if entity is None:
        return None
    return _FORMS[type(entity)] % tuple(map(_in_json, entity))


def read_image(stored: str | None) -> Image | None:
    """The facts of an image, dates as text."""
    return None if stored is None else _decode(stored)


def entity_of(kind: str, stored: str | None) -> Entity | None:
    """The entity that `image_of` made `stored` of.

    Raises KeyError, RecursionError, TypeError or ValueError where something else has made it.
    """
    if stored is None:
        return None
    image = _decode(stored)
    match kind:
        case "subscription":
            return Subscription(**image)
        case "customer":
            image["managed_by"] = MANAGERS[image["managed_by"]]
            image["status"] = STATES[image["status"]]
            return Customer(**image)
        case "otc":
            _read_dates(image, _OTC_DATES)
            return Otc(**image)
    _read_dates(image, DEVICE_DATES)
    return Device(**image)


def _read_dates(image: Image, names: Iterable[str]) -> None:
    for name in names:
        image[name] = date_of(image[name])


@lru_cache(maxsize=10_000)
def date_of(stored: str | None) -> dt.date | None:
    """A date as tables and images keep it; a ledger has few that differ, and each many times."""
    return None if stored is None else dt.date.fromisoformat(stored)


_decode = json.JSONDecoder().decode
MANAGERS = {one.value: one for one in ManagedBy}
STATES = {one.value: one for one in Status}
"""By what tables and images keep of them: an enum takes ten times as long to find its member."""


_OTC_DATES = ("purchase_date", "expiry_date")
DEVICE_DATES = ("avira_installed", "avira_uninstalled", "nh_installed", "nh_uninstalled")


_KINDS: dict[type[Entity], str] = {
    Otc: "otc", Customer: "customer", Subscription: "subscription", Device: "device",
}  # fmt: skip
_FORMS = {kind: "{" + ",".join(f'"{name}":%s' for name in kind._fields) + "}" for kind in _KINDS}


def _in_json(fact: str | int | dt.date | None) -> str:
    """What json.dumps gives, which takes three times as long for so small a document."""
    if fact is None:
        return "null"
    if isinstance(fact, str):
        return quoted(fact)
    return str(fact) if isinstance(fact, int) else f'"{fact.isoformat()}"'
