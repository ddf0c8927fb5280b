"""The stored forms of each kind of entity: a row of its table, and an image in the journal.

Everything follows from the entity's fields: a column has the name of its field and holds its value,
a date as ISO text. Only the exceptions are declared, at the end: columns with another name, and
columns that are derived to find entities by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType, NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import sqlalchemy as sa

from importer.base.errors import LedgerError
from importer.base.texts import N_, text
from importer.domain.entities import Customer, Device, Otc, Subscription
from importer.domain.names import accentless_if_other, accentless_key, name_key
from importer.domain.planning.scope import email_key
from importer.ledger import tables

E = TypeVar("E", bound=Otc | Customer | Subscription | Device)
Value = str | int | None


@dataclass(frozen=True, slots=True)
class Storage(Generic[E]):
    """How the entities of one type are stored.

    `columns` are those that an entity fills, in the order of `values`, `facts` those of its fields;
    `key_columns` tell its rows apart within an account, and `key` joins their values by `/`.
    """

    entity: type[E]
    kind: str
    table: sa.Table
    columns: tuple[str, ...]
    facts: tuple[sa.Column[Any], ...]
    key_columns: tuple[str, ...]
    key: Callable[[E], str]
    values: Callable[[E], Sequence[Value]]
    from_row: Callable[[Sequence[Any]], E]
    """Reads an entity from a row of the whole table, `from_facts` from one of `facts`."""
    from_facts: Callable[[Sequence[Any]], E]

    def row(self, entity: E) -> dict[str, Value]:
        """The entity's row, without its account."""
        return dict(zip(self.columns, self.values(entity), strict=True))

    def key_row(self, entity: E) -> dict[str, Value]:
        """The columns of the row that tell it from others."""
        row = self.row(entity)
        return {name: row[name] for name in self.key_columns}

    def key_of_row(self, row: sa.RowMapping) -> str:
        """The key of the entity that is stored as `row`."""
        return "/".join(str(row[name]) for name in self.key_columns)


def storage_of(entity: E) -> Storage[E]:
    """How `entity` is stored."""
    return _BY_TYPE[type(entity)]


def damaged_journal() -> LedgerError:
    """The error for a journal that has something else than lines and images."""
    return LedgerError(
        text(N_("The ledger is damaged: its journal has lines that cannot be read. Run: "
                "avira-importer ledger verify"))
    )  # fmt: skip


@lru_cache(maxsize=10_000)
def date_of(stored: str | None) -> dt.date | None:
    """A date as it is stored; a ledger has few that differ, and each many times."""
    return None if stored is None else dt.date.fromisoformat(stored)


def _storage(
    entity: type[E], table: sa.Table, *, renamed: Mapping[str, str] = MappingProxyType({}),
    derived: Mapping[str, Callable[[E], Value]] = MappingProxyType({}),
) -> Storage[E]:  # fmt: skip
    """Compile how the entities of a type are stored.

    `renamed` gives the column of each field that has another name, `derived` the value of each
    column that is no field.
    """
    types = get_type_hints(entity)
    columns = [renamed.get(field, field) for field in types]
    readers = {f"{field}_in": read for field, hint in types.items() if (read := _reader(hint))}
    key_columns = tuple(key.name for key in table.primary_key if key.name != "account_id")
    stored = dict(zip(columns, map(_stored, types, types.values()), strict=True))
    stored |= {name: f"{name}_of(entity)" for name in derived}
    functions = {f"{name}_of": derive for name, derive in derived.items()}
    key = "/".join(f"{{{stored[name]}}}" for name in key_columns)

    def reading(names: list[str]) -> Callable[[Sequence[Any]], E]:
        """By position: SQLAlchemy finds a fact by name no faster than it returns them all."""
        facts = (
            f"{field}_in(row[{place}])" if f"{field}_in" in readers else f"row[{place}]"
            for field, place in zip(types, map(names.index, columns), strict=True)
        )  # fmt: skip
        return _compiled("row", f"entity({', '.join(facts)})", {**readers, "entity": entity})

    return Storage(
        entity, entity.__name__.lower(), table, tuple(stored),
        tuple(table.c[name] for name in columns), key_columns,
        key=_compiled("entity", f"f'{key}'", functions),
        values=_compiled("entity", f"({', '.join(stored.values())})", functions),
        from_row=reading(list(table.columns.keys())), from_facts=reading(columns),
    )  # fmt: skip


def _without_none(hint: Any) -> type:
    """The type of a field's values other than None."""
    kind: type = next(kind for kind in (*get_args(hint), hint) if kind is not NoneType)
    return kind


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """The function that reads a stored value of a field; None where it is stored as it is."""
    kind = _without_none(hint)
    if issubclass(kind, StrEnum):
        return {member.value: member for member in kind}.__getitem__  # tenfold as fast as the enum
    return date_of if kind is dt.date else None


def _stored(field: str, hint: Any) -> str:
    """The expression for the stored value of an entity's field."""
    kind, value = _without_none(hint), f"entity.{field}"
    if kind is dt.date:
        return f"{value} and {value}.isoformat()"
    return f"{value}._value_" if issubclass(kind, StrEnum) else value  # a tenth of `value`'s time


def _compiled(given: str, expression: str, names: Mapping[str, Any]) -> Callable[[Any], Any]:
    """The function of `given` that returns `expression`, which may use `names`.

    Compiled because a loop over the fields of each entity takes three times as long.
    """
    compiled: Callable[[Any], Any] = eval(  # noqa: S307 - made of field names alone
        f"lambda {given}: {expression}", dict(names)
    )
    return compiled


OTC = _storage(Otc, tables.otc, derived={"company_key": lambda otc: accentless_key(otc.company)})
CUSTOMER = _storage(
    Customer, tables.customer, renamed={"id": "customer_id"},
    derived={
        "name_key": lambda customer: name_key(customer.name),
        "accentless_key": lambda customer: accentless_if_other(customer.name),
        "email_key": lambda customer: None if customer.email is None else email_key(customer.email),
    },
)  # fmt: skip
SUBSCRIPTION = _storage(
    Subscription, tables.subscription, renamed={"customer": "customer_id"}
)  # fmt: skip
DEVICE = _storage(
    Device, tables.device, renamed={"customer": "customer_id", "id": "device_id"},
    derived={"device_key": lambda device: device.key},
)  # fmt: skip

_BY_TYPE: dict[type, Storage[Any]] = {
    Otc: OTC, Customer: CUSTOMER, Subscription: SUBSCRIPTION, Device: DEVICE,
}  # fmt: skip

STORAGE = {storage.kind: storage for storage in _BY_TYPE.values()}
"""How each kind of entity is stored, by its kind."""
