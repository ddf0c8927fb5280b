"""Add and edit devices (rule 15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from importer.base.texts import N_, text
from importer.domain.entities import Device, entity_key
from importer.domain.planning.changes import Change, ChangeKind
from importer.domain.planning.snapshot import Snapshot
from importer.domain.problems import Code, Place, Problem, problem_at
from importer.domain.requests import RecordDevice
from importer.domain.rules.verdict import Verdict, duplicate_row, stated, unknown_customer
from importer.domain.sheets import SHEET_OF


def record_device(row: RecordDevice, ledger: Snapshot) -> Verdict:
    """Add the device, or give it the values that the row states."""
    owner = ledger.customer(row.customer)
    if owner is None:
        return Verdict(problems=[unknown_customer(row, ledger)])
    facts = stated(row, Device.__struct_fields__[2:])
    known = ledger.device(owner, row.device_id)
    if known is None:
        added = Device(owner.id, row.device_id, **facts)
        return Verdict([Change(ChangeKind.DEVICE_ADDED, None, added, row.place)])
    creator = ledger.creators.get(entity_key(known))
    if creator is not None:
        name = [row.device_id, row.customer]
        return Verdict(problems=[duplicate_row(row, "device_id", name, creator)])
    edited = replace(known, **facts)
    if edited == known:
        return Verdict()
    return Verdict([Change(ChangeKind.DEVICE_EDITED, known, edited, row.place)])


def more_devices_than_licenses(
    installed_by: Mapping[int, Place], ledger: Snapshot
) -> Iterator[Problem]:
    """A warning for each customer with more devices than licences, now that all rows are applied.

    `installed_by` gives, for customers by id, the last row that left a device installed.
    """
    for customer, place in installed_by.items():
        licenses = sum(held.licenses for held in ledger.holdings.get(customer, ()))
        installed = ledger.installed[customer]
        if installed > licenses:
            name = ledger.customers[customer].name
            yield problem_at(
                place, "customer", Code.MORE_DEVICES_THAN_LICENSES,
                text(N_("{customer} has Avira installed on more devices than it has licences. "
                        "Devices: {installed}; licences: {licenses}."),
                     customer=name, installed=installed, licenses=licenses),
                text(N_("Give it more licences, or fill in {column} for the devices that no longer "
                        "run Avira."), column=SHEET_OF[RecordDevice].column("avira_uninstalled")),
                name,
            )  # fmt: skip
