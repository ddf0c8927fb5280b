"""Which customer a device belongs to: added, renamed or disabled in the same workbook."""

from __future__ import annotations

import pytest

from builders import customer, device, disable, edit, otc
from command_line import CommandLine
from device_ledger import ON, DeviceLedger, known
from device_ledger import devices as devices
from importer.domain.planning.scope import Scope

both_engines = pytest.mark.both_engines


def test_an_unknown_customer_is_refused_with_a_suggestion(devices: DeviceLedger) -> None:
    """Or, if no name is similar, with the sheet that adds customers."""
    for name, fix in (("Nrote", "Did you mean Norte?"), ("Nobody at all", "Add Customer")):
        [error] = devices.refuse(("Devices", [device(name, "PC-1")]))
        assert (error["code"], error["column"], error["row"]) == (
            "unknown-customer", "Customer (Site) Name", 2,
        )  # fmt: skip
        assert fix in error["fix"]


def test_a_customer_of_an_earlier_sheet_may_have_devices(devices: DeviceLedger) -> None:
    """One of a later sheet may not, and one whose own row is refused is to be fixed there."""
    devices.apply(
        ("Add Customer", [customer("Este", 2)]),
        ("Devices", [device("ESTE", "PC-1"), device("Norte", "PC-1")]),
    )
    assert devices.devices() == {"Este": {"PC-1": {}}, "Norte": {"PC-1": {}}}
    new = ("Devices", [device("Oeste", "PC-1")])
    [error] = devices.refuse(new, ("Add Customer", [customer("Oeste")]))
    assert (error["code"], error["sheet"]) == ("unknown-customer", "Devices")
    _, error = devices.refuse(("Add Customer", [customer("Oeste", 99)]), new)
    assert error["code"] == "unknown-customer"
    assert "Row 2 of Add Customer" in error["fix"]
    devices.verify()


RENAMINGS: dict[str, tuple[list[tuple[str, str]], dict[str, str]]] = {
    "once": ([("Norte", "Fin")], {"Fin": "n", "Sur": "s"}),
    "twice": ([("Norte", "Medio"), ("Medio", "Fin")], {"Fin": "n", "Sur": "s"}),
    "to another spelling": ([("Norte", "NORTE")], {"norte": "n"}),
    "in a circle": (
        [("Norte", "tmp"), ("Sur", "Norte"), ("tmp", "Sur")], {"Sur": "n", "Norte": "s"},
    ),
    "to another's old name": ([("Norte", "Fin"), ("Sur", "Norte")], {"Fin": "n", "Norte": "s"}),
    "away and back": ([("Norte", "Fin"), ("Fin", "Norte")], {"Norte": "n"}),
}  # fmt: skip
"""Old and new names of a sheet Edit Customer; and the names that a sheet Devices then uses for
those who were Norte (n) and Sur (s)."""


@both_engines
def test_a_customer_renamed_on_an_earlier_sheet_keeps_its_devices(
    devices: DeviceLedger, command: CommandLine
) -> None:
    """They are edited and not added again, and are not taken for those of the new name's former
    owner."""
    devices.record(device("Norte", "PC-1", model="n"), device("Sur", "PC-1", model="s"))
    for number, (description, (renamings, names)) in enumerate(RENAMINGS.items()):
        rows = [
            device(name, "pc-1", avira_status=f"{number}{model}") for name, model in names.items()
        ]
        edits = [edit(old, new_name=new) for old, new in renamings]
        result = devices.apply(("Edit Customer", edits), ("Devices", rows))
        assert result.changes["devices_edited"] == len(names), description
        assert "devices_added" not in result.changes, description
        after = [of_customer["PC-1"] for of_customer in devices.devices().values()]
        for model in names.values():
            assert known(model=model, avira_status=f"{number}{model}") in after, description
        assert command("undo", str(result.report["batch"])).exit_code == 0
        assert devices.devices() == {
            "Norte": {"PC-1": known(model="n")}, "Sur": {"PC-1": known(model="s")},
        }, description  # fmt: skip
    devices.verify()


def test_without_former_names_devices_would_be_missed(
    devices: DeviceLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a search for the new name alone takes the device for a new one."""
    devices.record(device("Norte", "PC-1"))
    monkeypatch.setattr(Scope, "names_before", lambda _self, key: {key})
    result = devices.command.apply(
        ("Edit Customer", [edit("Norte", new_name="Fin")]),
        ("Devices", [device("Fin", "PC-1", avira_status="Active")]),
    )
    assert result.exit_code != 0


def test_the_old_name_of_a_renamed_customer_leads_to_the_new_one(devices: DeviceLedger) -> None:
    """Unless the sheet comes before the renaming, or another customer has taken the name."""
    renaming = ("Edit Customer", [edit("Norte", new_name="Fin")])
    rows = ("Devices", [device("Norte", "PC-1")])
    [error] = devices.refuse(renaming, rows)
    assert error["code"] == "unknown-customer"
    assert "Fin" in error["fix"]
    devices.apply(rows, renaming)
    assert devices.devices() == {"Fin": {"PC-1": {}}}
    result = devices.apply(
        ("Edit Customer", [edit("Fin", new_name="Final")]),
        ("Add Customer", [customer("Fin", 2)]),
        ("Devices", [device("Fin", "PC-1"), device("Final", "PC-1")]),
    )
    assert result.row_counts == (4, 3, 1, 0)
    assert devices.devices() == {"Fin": {"PC-1": {}}, "Final": {"PC-1": {}}}
    devices.verify()


@both_engines
def test_a_disabled_customer_may_have_devices(devices: DeviceLedger) -> None:
    """They exist, whatever became of the customer."""
    devices.apply(
        ("Disable Customer", [disable("Norte", release="Yes")]),
        ("Devices", [device("Norte", "PC-1")]),
    )
    devices.record(device("Norte", "PC-1", avira_status="Off"), device("Norte", "PC-2"))
    assert devices.devices() == {"Norte": {"PC-1": known(avira_status="Off"), "PC-2": {}}}
    devices.verify()


@both_engines
def test_accounts_have_devices_of_their_own(devices: DeviceLedger) -> None:
    """The same customers and ids in another account are others."""
    devices.record(device("Norte", "PC-1"))
    other = ("--account", "other")
    sheets = [("Add OTC", [otc()]), ("Add Customer", [customer("Norte", 2)])]
    sheets.append(("Devices", [device("Norte", "PC-1", **ON)]))
    assert devices.command.apply(*sheets, options=other).changes["devices_added"] == 1
    assert (devices.counts(), devices.counts(*other)) == ({"Norte": 0, "Sur": 0}, {"Norte": 1})
    assert devices.command("ledger", "verify", *other).exit_code == 0
