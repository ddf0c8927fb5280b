"""The scope of requests: the part of the ledger that a plan must see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from importer.domain import requests as ask
from importer.domain.entities import ManagedBy
from importer.domain.names import accentless_if_other, accentless_key, name_key


@dataclass(slots=True)
class Scope:
    """All that a snapshot must hold.

    Customers, names, emails, companies and devices are keys. Of `whole_otcs` every subscription
    is needed, of `device_owners` every device. `added_otcs` and `added_customers` (names by key)
    are added or renamed, `mistyped_otcs` stand in place of an OTC, and `old_names` gives the
    renamed keys by the new one. Ids are used by an undo and for prefilled workbooks, of which
    `since` is the first batch that one was filled in after.
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
    since: int | None = None

    def names_before(self, key: str) -> set[str]:
        """All keys under which the ledger may hold the customer that a row names by `key`."""
        names, left = {key}, [key]
        while left:
            earlier = self.old_names.get(left.pop(), set()) - names
            names |= earlier
            left += earlier
        return names

    def add_name(self, name: str) -> str:
        """Note a name that a customer is to have; its key."""
        key = name_key(name)
        self.customers.add(key)
        self.added_customers[key] = name
        self.new_names.add(accentless_if_other(name) or key)
        return key


def scope_of(requests: Iterable[ask.Request]) -> Scope:
    """The scope of `requests`."""
    scope = Scope()
    for request in requests:
        match request:
            case ask.AddCustomer():
                scope.otcs.add(request.otc)
                scope.add_name(request.customer)
                if request.email is not None and request.managed_by is ManagedBy.CUSTOMER:
                    scope.emails.add(email_key(request.email))  # others may share one
            case ask.AddOtc() | ask.EditOtc():
                scope.otcs.add(request.otc)
                if isinstance(request, ask.AddOtc):
                    scope.added_otcs.add(request.otc)
                elif request.total is not None:
                    scope.whole_otcs.add(request.otc)
                if request.company is not None:
                    scope.companies.add(accentless_key(request.company))
            case _:
                _note_customer(scope, request)
    return scope


def _note_customer(scope: Scope, request: ask.CustomerRequest) -> None:
    key = None if request.customer is None else name_key(request.customer)
    if key is not None:
        scope.customers.add(key)
    match request:
        case ask.UpdateOtc():
            scope.otcs.update((request.current_otc, request.new_otc))
            if key is None:
                scope.whole_otcs.add(request.current_otc)
        case ask.AddSubscription():
            scope.otcs.add(request.otc)
        case ask.EditCustomer():
            if request.otc is not None:
                scope.otcs.add(request.otc)
            if request.email is not None:
                scope.emails.add(email_key(request.email))
            if request.new_name is not None and key is not None:
                scope.old_names.setdefault(scope.add_name(request.new_name), set()).add(key)
        case ask.RecordDevice() if key is not None:
            scope.devices.setdefault(key, set()).add(name_key(request.device_id))


def email_key(email: str) -> str:
    """The form in which two spellings of one email address are equal."""
    return email.casefold()
