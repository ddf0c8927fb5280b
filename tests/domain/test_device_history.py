"""Devices in `show`, in the history, and under `undo`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builders import customer, device, edit, write_workbook
from device_ledger import AGAIN, FACTS, GONE, ON, DeviceLedger, known
from device_ledger import devices as devices

pytestmark = pytest.mark.thorough

both_engines = pytest.mark.both_engines


@both_engines
@pytest.mark.contract
def test_show_counts_the_installed_devices(devices: DeviceLedger) -> None:
    """Now, as of any batch, and after undoing them in the only order that is allowed."""
    devices.record(device("Norte", "1", **ON), device("Norte", "2", **ON), device("Norte", "3"))
    devices.record(device("Norte", "1", **GONE), device("Sur", "1", **AGAIN))
    assert devices.counts() == {"Norte": 1, "Sur": 1}
    assert [devices.counts("--as-of", number) for number in "123"] == [
        {"Norte": 0, "Sur": 0}, {"Norte": 2, "Sur": 0}, {"Norte": 1, "Sur": 1},
    ]  # fmt: skip
    assert devices.devices(2) == {"Norte": {"1": known(**ON), "2": known(**ON), "3": {}}}
    devices.apply(("Edit Customer", [edit("Norte", new_name="Fin")]))
    assert devices.counts() == {"Fin": 1, "Sur": 1}
    assert devices.counts("--as-of", "2") == {"Norte": 2, "Sur": 0}
    assert [devices.undo(number).exit_code for number in (2, 3, 2)] == [5, 0, 0]
    assert devices.counts() == {"Fin": 0, "Sur": 0}
    assert devices.counts("--as-of", "3") == {"Norte": 1, "Sur": 1}
    devices.verify()


@both_engines
def test_the_journal_has_a_line_for_each_row(devices: DeviceLedger) -> None:
    """Its key is the customer's number and the id; text has the customer's name, and the id as it
    is written."""
    devices.record(device("Norte", "Señal 1", avira_installed="2026-02-01"), device("Sur", "PC"))
    devices.record(
        device("Norte", "SEÑAL 1", avira_uninstalled="2026-03-01", avira_status="Gone")
    )  # fmt: skip
    nothing = dict.fromkeys(FACTS)
    added = {"customer": 1, "id": "Señal 1"} | nothing | {"avira_installed": "2026-02-01"}
    assert devices.lines(2) == [
        {"sheet": "Devices", "row": 2, "kind": "device", "key": "1/señal 1", "before": None,
         "after": added},
        {"sheet": "Devices", "row": 3, "kind": "device", "key": "2/pc", "before": None,
         "after": {"customer": 2, "id": "PC"} | nothing},
    ]  # fmt: skip
    edited = added | {"avira_uninstalled": "2026-03-01", "avira_status": "Gone"}
    [line] = devices.lines(3)
    assert (line["key"], line["before"], line["after"]) == ("1/señal 1", added, edited)

    assert devices.undo(3).exit_code == 0
    for batch, words in (
        ("2", "Devices 2: device Norte Señal 1: Avira Installed: blank → “2026-02-01”"),
        ("2", "Devices 3: device Sur PC"),
        ("3", "Devices 2: device Norte Señal 1: Avira Uninstalled: blank → “2026-03-01”, "
              "Avira Status: blank → “Gone”"),
        ("4", "Avira Uninstalled: “2026-03-01” → blank"),
    ):  # fmt: skip
        assert words in devices.command("history", batch).out


def test_reports_name_the_devices_that_were_changed(devices: DeviceLedger) -> None:
    devices.record(device("Norte", "PC-1"))
    rows = [device("Norte", "PC-2"), device("Norte", "pc-1", **ON)]
    path = write_workbook(Path("x.xlsx"), [("Devices", rows)])
    result = devices.command("apply", path, "-v")
    for words in ("devices added: 1", "devices edited: 1"):
        assert words in result.out
    result = devices.command("undo", "3", "-v")
    for words in ("devices removed: 1", "devices edited: 1", "Norte, PC-2: removed",
                  "Norte, PC-1: Avira Installed: 2026-02-01 → blank"):  # fmt: skip
        assert words in result.out


@both_engines
@pytest.mark.contract
def test_devices_that_were_added_and_edited_can_be_taken_back(devices: DeviceLedger) -> None:
    """And brought back by undoing the undo, though the customer was renamed meanwhile."""
    devices.record(device("Norte", "PC-1", **FACTS))
    devices.record(
        device("Norte", "PC-1", avira_status="x", nh_uninstalled="2026-05-01"),
        device("Norte", "PC-2"),
    )
    after = devices.devices()["Norte"]
    devices.apply(("Edit Customer", [edit("Norte", new_name="Fin")]))
    assert devices.undo(3).changes == {"devices_edited": 1, "devices_removed": 1}
    assert devices.devices() == {"Fin": {"PC-1": known(**FACTS)}}
    assert devices.undo(5).changes == {"devices_edited": 1, "devices_added": 1}
    assert devices.devices() == {"Fin": after}
    devices.verify()


def customer_with_devices(devices: DeviceLedger) -> None:
    """Batch 2 adds a customer, which gets devices in batches 3 and 4."""
    devices.apply(("Add Customer", [customer("Este")]))
    devices.record(device("Este", "PC-1"))
    devices.record(device("Este", "PC-2"), device("Norte", "PC-1"))


def edited_device(devices: DeviceLedger) -> None:
    """Batch 2 adds a device, which batches 3 and 4 edit."""
    devices.record(device("Norte", "PC-1"))
    devices.record(device("Norte", "PC-1", avira_status="x"))
    devices.record(device("Norte", "PC-1", avira_status="y"))


def removed_customer(devices: DeviceLedger) -> None:
    """Batch 5 takes a device of batch 4 back, and batch 6 its customer, which batch 3 added."""
    devices.record(device("Norte", "PC-1"))
    devices.apply(("Add Customer", [customer("Este")]))
    devices.record(device("Este", "PC-2"))
    for batch in (4, 3):
        assert devices.undo(batch).exit_code == 0


@both_engines
@pytest.mark.parametrize(
    ("history", "batch", "code", "names", "first"),
    [
        (customer_with_devices, 2, "still-held", ("Este", "PC-1, PC-2"), 4),
        (edited_device, 2, "changed-since", ("PC-1", "Norte", "batch 4"), 4),
        (edited_device, 3, "changed-since", ("PC-1", "Norte", "batch 4"), 4),
        (removed_customer, 5, "unknown-customer", ("Este",), 6),
    ],
)
def test_an_undo_that_devices_depend_on_is_refused(
    history: Callable[[DeviceLedger], None], batch: int, code: str, names: tuple[str, ...],
    first: int, devices: DeviceLedger,
) -> None:  # fmt: skip
    """What depends on it is named, and the batch to undo first; following that leads there."""
    history(devices)
    before = devices.devices()
    result = devices.undo(batch)
    assert result.exit_code == 5
    [problem] = result.json["problems"]
    assert problem["code"] == code
    assert all(name in problem["message"] for name in names), problem["message"]
    assert problem["fix"] == f"Undo batch {first} first."
    assert devices.devices() == before
    for _ in range(9):
        if (result := devices.undo(batch)).exit_code == 0:
            break
        fix = result.json["problems"][0]["fix"]
        assert devices.undo(int(fix.split()[2])).exit_code == 0, fix
    assert result.exit_code == 0, result.json
    devices.verify()
