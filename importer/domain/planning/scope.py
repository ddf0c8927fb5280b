"""What requests name, and so what of the ledger their plan must see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from importer.domain import requests as ask
from importer.domain.entities import ManagedBy
from importer.domain.names import accentless_key, name_key

_BY_ITSELF = ManagedBy.CUSTOMER


@dataclass(slots=True)
class Scope:
    """What requests name, and so all that a snapshot must hold.

    `whole_otcs` are those whose every subscription matters: moved as a whole, or with a new total;
    `added_otcs` those that the workbook registers itself, `mistyped_otcs` what stands where an OTC
    should. `customers` are keys of names; `added_customers` the names that the workbook gives, by
    key. `customer_ids` are of customers that an undo names, whatever they are called now.
    `devices` are keys of devices by the key of their customer's name, `old_names` the keys of names
    by that of the new name that the workbook gives; `device_ids` are customers and keys of devices
    that an undo names, `device_owners` customers whose every device it must see.
    """

    otcs: set[str] = field(default_factory=set)
    added_otcs: set[str] = field(default_factory=set)
    mistyped_otcs: set[str] = field(default_factory=set)
    whole_otcs: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    added_customers: dict[str, str] = field(default_factory=dict)
    new_names: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    customer_ids: set[int] = field(default_factory=set)
    devices: dict[str, set[str]] = field(default_factory=dict)
    old_names: dict[str, set[str]] = field(default_factory=dict)
    device_ids: set[tuple[int, str]] = field(default_factory=set)
    device_owners: set[int] = field(default_factory=set)

    def names_before(self, key: str) -> set[str]:
        """All keys under which the ledger may hold the customer that a row names by `key`."""
        found, left = {key}, [key]
        while left:
            more = self.old_names.get(left.pop(), set()) - found
            found |= more
            left += more
        return found


def scope_of(requests: Iterable[ask.Request]) -> Scope:
    """The OTC codes, name keys, accentless keys and email keys that `requests` name."""
    named = Scope()
    for request in requests:
        match request:
            case ask.AddCustomer():
                _note_new_customer(named, request)
            case ask.AddOtc() | ask.EditOtc():
                _note_otc(named, request)
            case _:
                _note_customer(named, request)
    return named


def _note_new_customer(named: Scope, request: ask.AddCustomer) -> None:
    key = name_key(request.customer)
    named.otcs.add(request.otc)
    named.customers.add(key)
    named.added_customers[key] = request.customer
    named.new_names.add(accentless_key(request.customer))
    if request.email is not None and request.managed_by is _BY_ITSELF:  # others may share one
        named.emails.add(email_key(request.email))


def _note_otc(named: Scope, request: ask.AddOtc | ask.EditOtc) -> None:
    named.otcs.add(request.otc)
    if isinstance(request, ask.AddOtc):
        named.added_otcs.add(request.otc)
    elif request.total is not None:
        named.whole_otcs.add(request.otc)
    if request.company is not None:
        named.companies.add(accentless_key(request.company))


def _note_customer(
    named: Scope,
    request: ask.AddSubscription | ask.EditCustomer | ask.UpdateOtc | ask.DisableCustomer
    | ask.EnableCustomer | ask.RecordDevice,
) -> None:  # fmt: skip
    if request.customer is not None:
        named.customers.add(name_key(request.customer))
    match request:
        case ask.UpdateOtc():
            named.otcs.update((request.current_otc, request.new_otc))
            if request.customer is None:
                named.whole_otcs.add(request.current_otc)
        case ask.AddSubscription():
            named.otcs.add(request.otc)
        case ask.EditCustomer():
            _note_edit(named, request)
        case ask.RecordDevice():
            owned = named.devices.setdefault(name_key(request.customer), set())
            owned.add(name_key(request.device_id))


def _note_edit(named: Scope, request: ask.EditCustomer) -> None:
    if request.otc is not None:
        named.otcs.add(request.otc)
    if request.email is not None:
        named.emails.add(email_key(request.email))
    if request.new_name is not None:
        key = name_key(request.new_name)
        named.customers.add(key)
        named.added_customers[key] = request.new_name
        named.new_names.add(accentless_key(request.new_name))
        named.old_names.setdefault(key, set()).add(name_key(request.customer))


def email_key(email: str) -> str:
    """The form in which two spellings of one email address are equal."""
    return email.casefold()
