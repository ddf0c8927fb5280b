"""Devices: a customer's inventory, row by row; who has more of them than licences is told so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from builders import HEADERS, Row, Sheets, devices_in_plain, write_cells, write_workbook
from command_line import CommandLine, CommandResult
from importer.base import clock
from importer.domain.planning.scope import Scope
from importer.ledger.opening import open_ledger
from importer.pipeline import show as showing
from importer.pipeline.job import Job

both_engines = pytest.mark.both_engines

A, B, C = (f"{letter * 5}-11111-22222-33333" for letter in "ABC")
NAME, ID, LICENSES = "Customer (Site) Name", "Device ID", "No of Licenses"
INSTALLED, UNINSTALLED = "Avira Installed", "Avira Uninstalled"


def otc(code: str, total: int = 50) -> Row:
    """A row of Add OTC."""
    return {"OTC": code, "Email": "it@msp.example", "Company Name": "Acme", "Total Licenses": total}


def customer(name: str, licenses: int = 2, code: str = A) -> Row:
    """A row of Add Customer, managed by the administrator."""
    return {NAME: name, "Managed By": "Admin", "Avira OTC": code, LICENSES: licenses}


def renamed(name: str, new: str) -> Row:
    """A row of Edit Customer."""
    return {NAME: name, "New Name": new}


def device(name: str, device_id: str, **cells: Any) -> dict[str, Any]:
    """A row of Devices; `cells` by header with `_` for a space."""
    return {NAME: name, ID: device_id} | {
        header.replace("_", " "): value for header, value in cells.items()
    }


class Desk:
    """Applies workbooks of a few rows, and looks at the devices that come of them."""

    def __init__(self, command: CommandLine, where: str, folder: Path) -> None:
        self.command, self._where, self._folder = command, where, folder
        self._files = 0

    def workbook(self, *sheets: tuple[str, Sequence[Row]]) -> Path:
        """A new workbook."""
        self._files += 1
        return write_workbook(self._folder / f"{self._files}.xlsx", sheets)

    def apply(self, *sheets: tuple[str, Sequence[Row]]) -> dict[str, Any]:
        """The report of a workbook in which nothing is wrong."""
        said = self.command("apply", self.workbook(*sheets), "--json")
        assert said.exit_code == 0, said.out
        return report(said)

    def record(self, *rows: Row) -> dict[str, Any]:
        """The same, of one with rows of Devices only."""
        return self.apply(("Devices", list(rows)))

    def refuse(self, *sheets: tuple[str, Sequence[Row]]) -> list[dict[str, Any]]:
        """The errors of a workbook that is refused, and that `check` refuses in the same words;
        it leaves everything as it was."""
        before = self.devices()
        path = self.workbook(*sheets)
        foretold, found = (report(self.command(one, path, "--json")) for one in ("check", "apply"))
        assert found["problems"] == foretold["problems"]
        assert (found["status"], found["batch"]) == ("rejected", None)
        assert self.devices() == before
        return [one for one in found["problems"] if one["severity"] == "error"]

    def devices(self, as_of: int | None = None) -> dict[str, Any]:
        """What is known of every device, by customer and id."""
        job = Job(open_ledger(self._where), "default", clock.today())
        return {
            one.customer.name: devices_in_plain(one)["devices"]
            for one in showing.contents(job, as_of).customers
            if one.devices
        }

    def lines(self, number: int) -> list[dict[str, Any]]:
        """The journal lines of a batch that are about devices."""
        found = self.command("history", str(number), "--json").json["lines"]
        return [line for line in found if line["kind"] == "device"]

    def counts(self, *options: str) -> dict[str, int]:
        """How many installed devices `show customers` tells of each customer."""
        found = self.command("show", "customers", "--json", *options).json
        return {one["name"]: one["devices"] for one in found}

    def assert_sound(self) -> None:
        """`ledger verify` finds nothing wrong."""
        assert self.command("ledger", "verify").exit_code == 0


def report(said: CommandResult) -> dict[str, Any]:
    """The object of the only file of a command; no row of it is lost."""
    [only] = said.json
    assert isinstance(only, dict)
    rows = only["rows"]
    assert rows["read"] == rows["applied"] + rows["unchanged"] + rows["rejected"]
    return only


def warnings(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The warnings about customers with more devices than licences."""
    of_code = [one for one in found["problems"] if one["code"] == "more-devices-than-licenses"]
    assert {one["severity"] for one in of_code} <= {"warning"}
    return of_code


def done(found: dict[str, Any]) -> dict[str, int]:
    """What was done, without what was not."""
    return {what: count for what, count in found["changes"].items() if count}


@pytest.fixture
def desk(command: CommandLine, where: str, tmp_path: Path) -> Desk:
    """A ledger with two customers that have two licences each."""
    made = Desk(command, where, tmp_path)
    made.apply(
        ("Add OTC", [otc(A), otc(B), otc(C, 3)]),
        ("Add Customer", [customer("Norte"), customer("Sur")]),
    )
    return made


# A row adds or updates


FACTS: dict[str, Any] = {
    "Operating System": "Windows 11 Pro", "Model No.": "OptiPlex 7010",
    "Avira Installed": "2026-01-20", "Avira Uninstalled": "2026-03-31",
    "NH Installed": "2026-01-21", "NH Uninstalled": "2026-04-01",
    "Avira Status": "Removed", "Product Name": "Avira Antivirus Pro",
}  # fmt: skip


@both_engines
def test_a_row_adds_a_device_with_all_that_it_states(desk: Desk) -> None:
    """Every column, dates as dates or as ISO text; what stays blank is not known."""
    as_dates = {
        header: dt.date.fromisoformat(value) if value[:2] == "20" else value
        for header, value in FACTS.items()
    }
    found = desk.record(
        device("Norte", "PC-1") | FACTS, device("norte", "PC-2") | as_dates, device("Sur", "PC-1")
    )
    assert (found["status"], found["batch"], done(found)) == ("applied", 2, {"devices_added": 3})
    assert desk.devices() == {"Norte": {"PC-1": FACTS, "PC-2": FACTS}, "Sur": {"PC-1": {}}}
    desk.assert_sound()


@both_engines
def test_a_blank_cell_leaves_what_is_known(desk: Desk) -> None:
    """Only what is stated changes, however little that is; the others' devices of the same id are
    left alone, and blank cells of a device of which nothing is known are no change either."""
    desk.record(device("Norte", "PC-1") | FACTS, device("Sur", "PC-1"))
    stated = {"Avira Status": "Active", "Avira Uninstalled": None, "Product Name": "  "}
    found = desk.record(device("Norte", "PC-1") | stated, device("Sur", "PC-1"))
    assert done(found) == {"devices_edited": 1}
    assert list(found["rows"].values()) == [2, 1, 1, 0]
    assert desk.devices() == {
        "Norte": {"PC-1": FACTS | {"Avira Status": "Active"}}, "Sur": {"PC-1": {}},
    }  # fmt: skip
    desk.assert_sound()


def test_a_device_that_is_so_already_makes_no_batch(desk: Desk) -> None:
    """The same rows again, and rows that state a part of them; exit 0."""
    desk.record(device("Norte", "PC-1") | FACTS, device("Norte", "PC-2"))
    for rows in (
        [device("Norte", "PC-1") | FACTS, device("Norte", "PC-2")],
        [device("Norte", "PC-1", NH_Installed=dt.date(2026, 1, 21)), device("Norte", "PC-1")],
    ):
        found = desk.record(*rows)
        assert (found["status"], found["batch"], done(found)) == ("unchanged", None, {})
        assert list(found["rows"].values()) == [2, 0, 2, 0]


@both_engines
def test_an_id_is_the_same_however_it_is_spelt(desk: Desk) -> None:
    """Case, Unicode form and spaces; it stays as it was written first. Accents and dashes make
    another device; so does another customer."""
    desk.record(device("Norte", "Señal  Nº 1"), device("Sur", "señal nº 1"))
    for number, spelt in enumerate(
        ["SEÑAL Nº 1", " sen\u0303al\u00a0nº   1 ", "Señal No 1", "ｓeñal nº 1"]
    ):
        assert done(desk.record(device("Norte", spelt, Avira_Status=f"s{number}"))) == {
            "devices_edited": 1
        }
    assert done(desk.record(device("Norte", "Senal Nº 1"), device("Norte", "Señal Nº-1"))) == {
        "devices_added": 2
    }
    assert desk.devices() == {
        "Norte": {"Senal Nº 1": {}, "Señal Nº 1": {"Avira Status": "s3"}, "Señal Nº-1": {}},
        "Sur": {"señal nº 1": {}},
    }
    desk.assert_sound()


@both_engines
def test_rows_about_a_known_device_are_applied_in_order(desk: Desk) -> None:
    """A row after another: the last word counts, what only the first one said stays, and each has
    its line in the journal. Back to what it was is two changes, which are none on the whole."""
    desk.record(device("Norte", "PC-1", Avira_Status="Active"))
    found = desk.record(
        device("Norte", "PC-1", Avira_Status="Old", Product_Name="Pro"),
        device("Norte", "pc-1", Avira_Status="New"),
        device("Norte", "PC-1", Avira_Status="New"),
    )
    assert list(found["rows"].values()) == [3, 2, 1, 0]
    assert desk.devices() == {"Norte": {"PC-1": {"Avira Status": "New", "Product Name": "Pro"}}}
    found = desk.record(
        device("Norte", "PC-1", Avira_Status="Other"), device("Norte", "PC-1", Avira_Status="New")
    )
    assert (done(found), len(desk.lines(4))) == ({"devices_edited": 2}, 2)
    assert desk.devices() == desk.devices(3)
    desk.assert_sound()


def test_a_device_that_the_workbook_has_added_is_a_duplicate_row(desk: Desk) -> None:
    """Even where the two are equal, and however the second is spelt; the first one is named."""
    for second in (device("Norte", "PC-1"), device(" NORTE", "pc-1", Avira_Status="Active")):
        [error] = desk.refuse(("Devices", [device("Norte", "PC-1"), second]))
        assert (error["code"], error["sheet"], error["row"], error["column"]) == (
            "duplicate-row", "Devices", 3, ID,
        )  # fmt: skip
        assert "Row 2 of Devices" in error["message"]
        assert error["fix"] == "Delete one of the two rows."


def test_only_the_refused_rows_are_left_out_in_part(desk: Desk) -> None:
    """--partial applies the others: a device of a known customer, not one of an unknown one, not
    a second row, not one with a bad date."""
    path = desk.workbook(
        ("Devices", [device("Norte", "PC-1"), device("Nadie", "PC-2"), device("Norte", "PC-1"),
                     device("Sur", "PC-3", NH_Installed="31/31/2026"), device("Sur", "PC-4")]),
    )  # fmt: skip
    said = desk.command("apply", path, "--partial", "--json")
    assert said.exit_code == 1
    assert list(report(said)["rows"].values()) == [5, 2, 0, 3]
    assert [one["row"] for one in report(said)["problems"]] == [3, 4, 5]
    assert desk.devices() == {"Norte": {"PC-1": {}}, "Sur": {"PC-4": {}}}
    desk.assert_sound()


# Whose device


def test_an_unknown_customer_is_refused_with_what_may_be_meant(desk: Desk) -> None:
    """The cell is named; nothing is taken for what looks like it."""
    [error] = desk.refuse(("Devices", [device("Nrote", "PC-1")]))
    assert (error["code"], error["column"], error["row"]) == ("unknown-customer", NAME, 2)
    assert "Did you mean Norte?" in error["fix"]
    [error] = desk.refuse(("Devices", [device("Nobody at all", "PC-1")]))
    assert error["code"] == "unknown-customer"
    assert "Add Customer" in error["fix"]


def test_a_customer_of_the_same_workbook_may_have_devices(desk: Desk) -> None:
    """One that is added further left, not one that is added further right, nor one whose row is
    refused, which is the row to mend."""
    desk.apply(
        ("Add Customer", [customer("Este")]),
        ("Devices", [device("ESTE", "PC-1"), device("Norte", "PC-1")]),
    )
    assert desk.devices() == {"Este": {"PC-1": {}}, "Norte": {"PC-1": {}}}
    [error] = desk.refuse(
        ("Devices", [device("Oeste", "PC-1")]), ("Add Customer", [customer("Oeste")])
    )
    assert (error["code"], error["sheet"]) == ("unknown-customer", "Devices")
    _, error = desk.refuse(
        ("Add Customer", [customer("Oeste", 99)]), ("Devices", [device("Oeste", "PC-1")])
    )
    assert error["code"] == "unknown-customer"
    assert error["fix"].startswith("Row 2 of Add Customer would add it but was refused")
    desk.assert_sound()


RENAMINGS: dict[str, tuple[list[Row], dict[str, str]]] = {
    "once": ([renamed("Norte", "Fin")], {"Fin": "n", "Sur": "s"}),
    "twice": ([renamed("Norte", "Medio"), renamed("Medio", "Fin")], {"Fin": "n", "Sur": "s"}),
    "to another spelling": ([renamed("Norte", "NORTE")], {"norte": "n"}),
    "in a circle": (
        [renamed("Norte", "tmp"), renamed("Sur", "Norte"), renamed("tmp", "Sur")],
        {"Sur": "n", "Norte": "s"},
    ),
    "to what another was called": (
        [renamed("Norte", "Fin"), renamed("Sur", "Norte")], {"Fin": "n", "Norte": "s"},
    ),
    "away and back": ([renamed("Norte", "Fin"), renamed("Fin", "Norte")], {"Norte": "n"}),
}  # fmt: skip
"""What a sheet Edit Customer does; and, by what a sheet Devices calls them then, the customers:
n and s are those that were Norte and Sur."""


@both_engines
def test_a_customer_that_was_renamed_further_left_has_its_devices(
    desk: Desk, command: CommandLine
) -> None:
    """Under its new name they are those that it had under the old one, which are edited and not
    added a second time; those of its new name's former owner are not taken for them."""
    desk.record(
        device("Norte", "PC-1") | {"Model No.": "n"}, device("Sur", "PC-1") | {"Model No.": "s"}
    )
    for number, (edits, called) in enumerate(RENAMINGS.values()):
        found = desk.apply(
            ("Edit Customer", edits),
            ("Devices", [device(name, "pc-1", Avira_Status=f"{number}{who}")
                         for name, who in called.items()]),
        )  # fmt: skip
        assert found["changes"]["devices_edited"] == len(called)
        assert found["changes"]["devices_added"] == 0
        now = {one["PC-1"]["Model No."]: one["PC-1"] for one in desk.devices().values()}
        for who in called.values():
            assert now[who]["Avira Status"] == f"{number}{who}"
        assert command("undo", str(found["batch"])).exit_code == 0
        assert {name: one["PC-1"] for name, one in desk.devices().items()} == {
            "Norte": {"Model No.": "n"}, "Sur": {"Model No.": "s"},
        }  # fmt: skip
    desk.assert_sound()


def test_without_the_old_names_a_renamed_customers_device_would_be_missed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: who looks under the new name alone takes the device for a new one."""
    desk.record(device("Norte", "PC-1"))
    monkeypatch.setattr(Scope, "names_before", lambda _self, key: {key})
    path = desk.workbook(
        ("Edit Customer", [renamed("Norte", "Fin")]),
        ("Devices", [device("Fin", "PC-1", Avira_Status="Active")]),
    )
    assert desk.command("apply", path).exit_code != 0


def test_the_old_name_of_a_renamed_customer_is_unknown_and_leads_to_the_new(desk: Desk) -> None:
    """Unless the sheet stands further left than the new name, or the name was given to another."""
    edits: tuple[str, list[Row]] = ("Edit Customer", [renamed("Norte", "Fin")])
    rows: tuple[str, list[Row]] = ("Devices", [device("Norte", "PC-1")])
    [error] = desk.refuse(edits, rows)
    assert error["code"] == "unknown-customer"
    assert "renamed it to Fin" in error["fix"]
    desk.apply(rows, edits)
    assert desk.devices() == {"Fin": {"PC-1": {}}}
    found = desk.apply(("Edit Customer", [renamed("Fin", "Final")]),
                       ("Add Customer", [customer("Fin")]),
                       ("Devices", [device("Fin", "PC-1"), device("Final", "PC-1")]))  # fmt: skip
    assert list(found["rows"].values()) == [4, 3, 1, 0]
    assert desk.devices() == {"Fin": {"PC-1": {}}, "Final": {"PC-1": {}}}
    desk.assert_sound()


@both_engines
def test_a_disabled_customer_may_have_devices(desk: Desk) -> None:
    """The ledger does not own them: they are there, whatever became of the customer."""
    desk.apply(("Disable Customer", [{NAME: "Norte", "Release Licenses": "Yes"}]),
               ("Devices", [device("Norte", "PC-1")]))  # fmt: skip
    desk.record(device("Norte", "PC-1", Avira_Status="Off"), device("Norte", "PC-2"))
    assert desk.devices() == {"Norte": {"PC-1": {"Avira Status": "Off"}, "PC-2": {}}}
    desk.assert_sound()


# Cells


def test_each_bad_cell_is_named(desk: Desk) -> None:
    """What is no date or may be two; what is too long or no text; what is missing."""
    bad: dict[str, Any] = {
        INSTALLED: "03/04/2026", UNINSTALLED: "soon", "NH Installed": 12.5,
        "NH Uninstalled": "2026-02-30", "Operating System": "x" * 101, "Avira Status": "a\nb",
    }  # fmt: skip
    errors = desk.refuse(
        ("Devices", [device("Norte", "PC-1") | bad, device("Norte", "x" * 101),
                     {NAME: "Norte"}, {ID: "PC-1"}, device("Norte", "x" * 100)]),
    )  # fmt: skip
    assert {(one["row"], one["column"], one["code"]) for one in errors} == {
        (2, INSTALLED, "bad-date"), (2, UNINSTALLED, "bad-date"), (2, "NH Installed", "bad-date"),
        (2, "NH Uninstalled", "bad-date"), (2, "Operating System", "too-long"),
        (2, "Avira Status", "bad-characters"), (3, ID, "too-long"), (4, ID, "missing-value"),
        (5, NAME, "missing-value"),
    }  # fmt: skip


def test_the_sheet_is_read_in_spanish_too(desk: Desk, tmp_path: Path) -> None:
    """Its name and every header, as in the Spanish template."""
    headers = ["Nombre del cliente *", "ID de dispositivo *", "Sistema operativo", "N.º de modelo",
               "Avira instalado", "Avira desinstalado", "NH instalado", "NH desinstalado",
               "Estado de Avira", "Nombre del producto"]  # fmt: skip
    cells = {"Dispositivos": [headers, ["Norte", "PC-1", *FACTS.values()]]}
    said = desk.command("apply", write_cells(tmp_path / "es.xlsx", cells), "--json")
    assert (said.exit_code, report(said)["problems"]) == (0, [])
    assert desk.devices() == {"Norte": {"PC-1": FACTS}}


def test_a_number_may_be_an_id(desk: Desk, tmp_path: Path) -> None:
    """An inventory number that Excel keeps as a number is what Excel shows."""
    rows: list[tuple[Any, ...]] = [("Norte", 4711), ("Norte", "4711")]
    path = write_cells(tmp_path / "x.xlsx", {"Devices": [HEADERS["Devices"][:2], *rows]})
    [error] = report(desk.command("apply", path, "--json"))["problems"]
    assert (error["code"], error["row"]) == ("duplicate-row", 3)
    desk.record({NAME: "Norte", ID: 4711})
    assert desk.devices() == {"Norte": {"4711": {}}}


# More devices than licences


Facts = dict[str, Any]

ON: Facts = {INSTALLED: "2026-02-01"}
OFF: Facts = {INSTALLED: "2026-02-01", UNINSTALLED: "2026-02-01"}
AGAIN: Facts = {INSTALLED: "2026-02-02", UNINSTALLED: "2026-02-01"}
GONE: Facts = {UNINSTALLED: "2026-03-01"}


class Inventory(NamedTuple):
    """What is known of a customer's devices, which rows are about it, and which of these, counted
    from 1, is warned at; with how many devices."""

    licenses: int
    known: dict[str, Facts]
    rows: list[tuple[str, Facts]]
    at: int | None = None
    installed: int = 0


INVENTORIES = {
    "one too many": Inventory(2, {}, [("1", ON), ("2", ON), ("3", ON)], 3, 3),
    "as many": Inventory(2, {}, [("1", ON), ("2", ON)]),
    "two too many": Inventory(1, {}, [("1", ON), ("2", ON), ("3", ON)], 3, 3),
    "never installed": Inventory(1, {}, [("1", {}), ("2", {"NH Installed": "2026-02-01"})]),
    "uninstalled at once": Inventory(1, {}, [("1", ON), ("2", OFF), ("3", GONE)]),
    "installed again": Inventory(1, {}, [("1", ON), ("2", AGAIN)], 2, 2),
    "the last row installs nothing": Inventory(1, {}, [("1", ON), ("2", ON), ("3", {})], 2, 2),
    "known before": Inventory(2, {"1": ON, "2": ON}, [("3", ON)], 1, 3),
    "known and stated again": Inventory(1, {"1": ON}, [("1", {"Avira Status": "x"})]),
    "edited to be installed": Inventory(1, {"1": ON, "2": {}}, [("2", ON)], 1, 2),
    "installed again later": Inventory(1, {"1": ON, "2": OFF}, [("2", AGAIN)], 1, 2),
    "uninstalled in the end": Inventory(1, {"1": ON, "2": {}}, [("2", ON), ("2", GONE)]),
    "one for another": Inventory(1, {"1": ON}, [("2", ON), ("1", GONE)]),
    "too many already, fewer now": Inventory(1, {"1": ON, "2": ON, "3": ON}, [("1", GONE)]),
    "too many already, nothing new": Inventory(1, {"1": ON, "2": ON}, [("1", ON)]),
}
"""By name of the customer."""


@both_engines
def test_who_has_more_devices_than_licences_is_told_so(desk: Desk) -> None:
    """Once a customer, at the last row that makes one of its devices installed, with the figures
    that all rows leave; and the rows are applied all the same."""
    people = INVENTORIES.items()
    desk.apply(
        ("Add Customer", [customer(name, one.licenses) for name, one in people]),
        ("Devices", [device(n, key) | facts for n, one in people for key, facts in
                     one.known.items()]),
    )  # fmt: skip
    rows: list[Row] = []
    expected = {}
    for name, one in people:
        if one.at is not None:
            expected[name] = (1 + len(rows) + one.at, one.installed, one.licenses)
        rows += [device(name, key) | facts for key, facts in one.rows]
    foretold = report(desk.command("check", desk.workbook(("Devices", rows)), "--json"))
    found = desk.record(*rows)
    assert warnings(found) == warnings(foretold)
    assert {one["row"]: (one["sheet"], one["column"], one["value"], one["message"])
            for one in warnings(found)} == {
        row: ("Devices", NAME, name,
              f"{name} has Avira installed on more devices than it has licences. "
              f"Devices: {installed}; licences: {licenses}.")
        for name, (row, installed, licenses) in expected.items()
    }  # fmt: skip
    assert len(warnings(found)) == len(expected)
    assert found["rows"]["rejected"] == 0
    counts = desk.counts()
    assert {name: counts[name] for name in expected} == {
        name: installed for name, (_, installed, _) in expected.items()
    }


@both_engines
def test_the_licences_are_those_that_the_whole_workbook_leaves(desk: Desk) -> None:
    """Of all OTCs, and whichever sheet stands further right; none are left of a released one."""
    two = [device("Norte", "1") | ON, device("Norte", "2") | ON]
    more: tuple[str, list[Row]] = (
        "Add Avira Subscription", [{NAME: "Norte", "Avira OTC": B, LICENSES: 1}],
    )  # fmt: skip
    three: tuple[str, list[Row]] = ("Devices", [*two, device("Norte", "3") | ON])
    assert warnings(desk.apply(three, more)) == []
    fewer: tuple[str, list[Row]] = (
        "Edit Customer", [{NAME: "Norte", "Avira OTC": A, LICENSES: 1, "New Name": "Fin"}],
    )  # fmt: skip
    [warning] = warnings(desk.apply(("Devices", [device("Norte", "3", Avira_Status="x")]), fewer))
    assert "Fin has Avira installed" in warning["message"]
    assert warning["message"].endswith("Devices: 3; licences: 2.")
    gone: tuple[str, list[Row]] = ("Disable Customer", [{NAME: "Sur", "Release Licenses": "Yes"}])
    [warning] = warnings(desk.apply(gone, ("Devices", [device("Sur", "1") | ON])))
    assert warning["message"].endswith("Devices: 1; licences: 0.")
    contact = {"Email": "w@site.example", "First Name": "Ana", "Last Name": "Ruiz"}
    whole = {NAME: "Whole", "Managed By": "Customer", "Avira OTC": C} | contact
    rows: list[Row] = [device("Whole", str(number)) | ON for number in range(3)]
    assert warnings(desk.apply(("Add Customer", [whole]), ("Devices", rows))) == []
    assert len(warnings(desk.record(device("Whole", "x") | ON))) == 1


def test_refused_rows_count_for_nothing(desk: Desk) -> None:
    """In part: two are applied, which are as many as there are licences. With one more the warning
    stands beside the error, and on the row that is applied."""
    rows: list[Row] = [device("Norte", one) | ON for one in "122"]
    rows.append(device("Norte", "3") | {INSTALLED: "x"})
    path = desk.workbook(("Devices", rows))
    assert warnings(report(desk.command("apply", path, "--partial", "--json"))) == []
    more = desk.workbook(("Devices", [device("Norte", "4") | ON, *rows[2:], rows[3]]))
    said = desk.command("check", more, "--json")
    assert [one["row"] for one in warnings(report(said))] == [2]
    assert said.exit_code == 1


# What is told


@both_engines
def test_show_counts_the_devices_that_are_installed(desk: Desk) -> None:
    """Now, and as of any batch; a day before there were any has none."""
    desk.record(device("Norte", "1") | ON, device("Norte", "2") | ON, device("Norte", "3"))
    desk.record(device("Norte", "1") | GONE, device("Sur", "1") | AGAIN)
    assert desk.counts() == {"Norte": 1, "Sur": 1}
    assert [desk.counts("--as-of", number) for number in "123"] == [
        {"Norte": 0, "Sur": 0}, {"Norte": 2, "Sur": 0}, {"Norte": 1, "Sur": 1},
    ]  # fmt: skip
    assert desk.devices(2) == {"Norte": {"1": ON, "2": ON, "3": {}}}
    desk.apply(("Edit Customer", [renamed("Norte", "Fin")]))
    assert desk.counts() == {"Fin": 1, "Sur": 1}
    assert desk.counts("--as-of", "2") == {"Norte": 2, "Sur": 0}
    assert desk.command("undo", "2").exit_code == 5
    for number in ("3", "2"):
        assert desk.command("undo", number).exit_code == 0
    assert desk.counts() == {"Fin": 0, "Sur": 0}
    assert desk.counts("--as-of", "3") == {"Norte": 1, "Sur": 1}
    desk.assert_sound()


@both_engines
def test_the_journal_has_a_line_for_each_row(desk: Desk) -> None:
    """In JSON with the images before and after, keyed by customer and id; in words with the name
    of the customer, the id as it is written, and what changed."""
    desk.record(device("Norte", "Señal 1", Avira_Installed="2026-02-01"), device("Sur", "PC"))
    desk.record(device("Norte", "SEÑAL 1", Avira_Uninstalled="2026-03-01", Avira_Status="Gone"))
    nothing = dict.fromkeys(
        ("operating_system", "model", "avira_installed", "avira_uninstalled", "nh_installed",
         "nh_uninstalled", "avira_status", "product_name")
    )  # fmt: skip
    added = {"customer": 1, "id": "Señal 1"} | nothing | {"avira_installed": "2026-02-01"}
    assert desk.lines(2) == [
        {"sheet": "Devices", "row": 2, "kind": "device", "key": "1/señal 1", "before": None,
         "after": added},
        {"sheet": "Devices", "row": 3, "kind": "device", "key": "2/pc", "before": None,
         "after": {"customer": 2, "id": "PC"} | nothing},
    ]  # fmt: skip
    edited = added | {"avira_uninstalled": "2026-03-01", "avira_status": "Gone"}
    [line] = desk.lines(3)
    assert (line["key"], line["before"], line["after"]) == ("1/señal 1", added, edited)

    told = desk.command("history", "2").out
    assert "Devices 2: device Norte Señal 1: Avira Installed: blank → “2026-02-01”" in told
    assert "Devices 3: device Sur PC" in told
    told = desk.command("history", "3").out
    assert (
        "Devices 2: device Norte Señal 1: Avira Uninstalled: blank → “2026-03-01”, "
        "Avira Status: blank → “Gone”"
    ) in told
    assert desk.command("undo", "3").exit_code == 0
    assert "Avira Uninstalled: “2026-03-01” → blank" in desk.command("history", "4").out


def test_a_person_reads_what_was_done_to_devices(desk: Desk) -> None:
    """Apply and undo say how many were added, edited and removed, and which."""
    desk.record(device("Norte", "PC-1"))
    path = desk.workbook(("Devices", [device("Norte", "PC-2"), device("Norte", "pc-1") | ON]))
    said = desk.command("apply", path, "-v")
    for words in ("devices added: 1", "devices edited: 1"):
        assert words in said.out
    said = desk.command("undo", "3", "-v")
    for words in ("devices removed: 1", "devices edited: 1", "Norte, PC-2: removed",
                  "Norte, PC-1: Avira Installed: 2026-02-01 → blank"):  # fmt: skip
        assert words in said.out


# Undoing; test_undo.py has more


def undone(desk: Desk, number: int) -> CommandResult:
    """What undoing a batch says in JSON."""
    return desk.command("undo", str(number), "--json")


@both_engines
def test_what_was_added_and_edited_is_taken_back(desk: Desk) -> None:
    """And brought again by taking the undo back, whatever its customer is called meanwhile."""
    desk.record(device("Norte", "PC-1") | FACTS)
    desk.record(device("Norte", "PC-1", Avira_Status="x", NH_Uninstalled="2026-05-01"),
                device("Norte", "PC-2"))  # fmt: skip
    after = desk.devices()["Norte"]
    desk.apply(("Edit Customer", [renamed("Norte", "Fin")]))
    assert done(undone(desk, 3).json) == {"devices_edited": 1, "devices_removed": 1}
    assert desk.devices() == {"Fin": {"PC-1": FACTS}}
    assert done(undone(desk, 5).json) == {"devices_edited": 1, "devices_added": 1}
    assert desk.devices() == {"Fin": after}
    desk.assert_sound()


Refusal = Callable[[Desk], None]


def added_then_got_devices(desk: Desk) -> None:
    """Batch 2 adds a customer, which gets devices in batches 3 and 4."""
    desk.apply(("Add Customer", [customer("Este")]))
    desk.record(device("Este", "PC-1"))
    desk.record(device("Este", "PC-2"), device("Norte", "PC-1"))


def edited_since(desk: Desk) -> None:
    """Batch 2 adds a device, which batches 3 and 4 edit."""
    desk.record(device("Norte", "PC-1"))
    desk.record(device("Norte", "PC-1", Avira_Status="x"))
    desk.record(device("Norte", "PC-1", Avira_Status="y"))


def customer_gone(desk: Desk) -> None:
    """The customer of batch 4's device, whose undo is batch 5, went with batch 3, by batch 6."""
    desk.record(device("Norte", "PC-1"))
    desk.apply(("Add Customer", [customer("Este")]))
    desk.record(device("Este", "PC-2"))
    for number in (4, 3):
        assert undone(desk, number).exit_code == 0


@both_engines
@pytest.mark.parametrize(
    ("history", "number", "code", "words", "first"),
    [
        (added_then_got_devices, 2, "still-held", ("Este", "devices: PC-1, PC-2"), 4),
        (edited_since, 2, "changed-since", ("Device PC-1 of Norte", "batch 4"), 4),
        (edited_since, 3, "changed-since", ("Device PC-1 of Norte", "batch 4"), 4),
        (customer_gone, 5, "unknown-customer", ("Customer Este does not exist",), 6),
    ],
)  # fmt: skip
def test_an_undo_that_devices_depend_on_is_refused(
    history: Refusal, number: int, code: str, words: tuple[str, ...], first: int, desk: Desk
) -> None:
    """What depends on it is named, and which batch to undo first; who follows that gets there."""
    history(desk)
    before = desk.devices()
    said = undone(desk, number)
    assert said.exit_code == 5
    [problem] = said.json["problems"]
    assert problem["code"] == code
    assert all(word in problem["message"] for word in words), problem["message"]
    assert problem["fix"] == f"Undo batch {first} first."
    assert desk.devices() == before
    for _ in range(9):
        if undone(desk, number).exit_code == 0:
            break
        fix = undone(desk, number).json["problems"][0]["fix"]
        assert undone(desk, int(fix.split()[2])).exit_code == 0
    else:
        pytest.fail("it never comes to an end")
    desk.assert_sound()


@both_engines
def test_devices_are_of_one_account_alone(desk: Desk) -> None:
    """The same customers and ids elsewhere are others, and neither is found by way of the other."""
    desk.record(device("Norte", "PC-1"))
    base: Sheets = [("Add OTC", [otc(A)]), ("Add Customer", [customer("Norte")])]
    other = ("--account", "other")
    assert desk.command("apply", desk.workbook(*base), *other).exit_code == 0
    rows: Sheets = [("Devices", [device("Norte", "PC-1") | ON])]
    said = desk.command("apply", desk.workbook(*rows), *other, "--json")
    assert done(report(said)) == {"devices_added": 1}
    assert (desk.counts(), desk.counts(*other)) == ({"Norte": 0, "Sur": 0}, {"Norte": 1})
    assert desk.command("ledger", "verify", *other).exit_code == 0
