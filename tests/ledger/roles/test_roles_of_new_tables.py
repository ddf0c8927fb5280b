"""Roles that got access before a table was added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from builders import Sheets, customer, device, otc, write_workbook
from command_line import CommandLine
from importer.cli import main as program
from importer.ledger.engines import postgresql_access as access
from roles import DENIED, FIRST, LedgerWithRoles, assert_no_right, refusal, with_names

pytestmark = pytest.mark.thorough

ODD = "50% of o'clock {{x}} :y \\ $z"
"""An account whose name has what means something in statements and in their templates."""


pytest_plugins = "role_fixtures"


@pytest.fixture
def before_devices(own: LedgerWithRoles, tmp_path: Path) -> LedgerWithRoles:
    """A ledger whose roles got access before its table of devices was made. The importer is also a
    reader of `another`; `other_importer` also imports into the odd account, which is empty."""
    owner = ("-q", "--ledger", own.url(own.owner))
    path = str(write_workbook(tmp_path / "more.xlsx", FIRST[:2]))
    for words in (
        ["undo", "1"], ["undo", "1", "--account", "another"], ["apply", path],
        ["apply", path, "--account", "another"],
        ["ledger", "init", "--account", "another", "--reader", own.importer],
        ["ledger", "init", "--account", ODD, "--importer", own.other_importer],
    ):  # fmt: skip
        assert program.run([*words, *owner]) == 0
    with own.connect(own.owner) as connection:
        policies = "SELECT policyname FROM pg_policies WHERE tablename = 'device'"
        for (policy,) in connection.execute(policies).fetchall():
            connection.execute(with_names("DROP POLICY {} ON device", policy))
        for role in (own.importer, own.reader, own.other_importer):
            connection.execute(with_names("REVOKE ALL ON device FROM {}", role))
    return own


LATE = "ZZZZZ-99999-99999-99999"
DEVICES: Sheets = [
    ("Add OTC", [otc(LATE, 9)]),
    ("Add Customer", [customer("Late", 1, LATE)]),
    ("Devices", [device("Late", name, nh_installed="2026-01-02") for name in ("PC-1", "PC-2")]),
]
INSERT_DEVICE = (
    "INSERT INTO device (account_id, customer_id, device_key, device_id) "
    "SELECT account_id, min(customer_id), 'x', 'X' FROM customer WHERE account_id = '{}' GROUP BY 1"
)


def assert_devices_accessible(command: CommandLine, ledger: LedgerWithRoles, folder: Path) -> None:
    """Every role can do with devices after the upgrade what it should, and nothing else."""
    importer, other = ledger.url(ledger.importer), ledger.url(ledger.other_importer)
    reader = ledger.url(ledger.reader)
    path = write_workbook(folder / "devices.xlsx", DEVICES)
    for url, account in ((importer, "default"), (other, "another"), (other, ODD)):
        options = ("--account", account, "--ledger", url)
        for step in (["apply", str(path)], ["ledger", "verify"], ["show", "customers"]):
            assert command(*step, *options).exit_code == 0, (step, account)
    assert command("undo", "1", "--account", ODD, "--ledger", other).exit_code == 0
    for url in (importer, reader):
        assert command("ledger", "verify", "--ledger", url).exit_code == 0
    path = write_workbook(folder / "further.xlsx", [("Devices", [device("Late", "PC-3")])])
    in_another = ("--account", "another", "--ledger", importer)
    assert_no_right(command("apply", path, *in_another), ledger.importer)
    assert_no_right(command("apply", path, "--ledger", reader), ledger.reader)

    readable = {
        ledger.owner: {"default", "another"}, ledger.importer: {"default", "another"},
        ledger.reader: {"default"}, ledger.other_importer: {"another"},
    }  # fmt: skip
    writable: dict[str, set[str]] = {
        ledger.importer: {"default"}, ledger.reader: set(), ledger.other_importer: {"another"},
    }  # fmt: skip
    for role, accounts in readable.items():
        with ledger.connect(role) as connection:
            rows = connection.execute("SELECT account_id FROM device").fetchall()
            assert sorted(row[0] for row in rows) == sorted([*accounts, *accounts]), role
    for role, accounts in writable.items():
        with ledger.connect(role) as connection:
            for account in ("default", "another"):
                of_account = f"WHERE account_id = '{account}'"
                for statement in (
                    INSERT_DEVICE.format(account), f"UPDATE device SET model = 'x' {of_account}",
                    f"DELETE FROM device {of_account}",
                ):  # fmt: skip
                    changed = changes_any(connection, statement)
                    assert changed is (account in accounts), (role, statement)
    with ledger.connect(ledger.stranger) as connection:
        assert refusal(connection, "SELECT 1 FROM device") == DENIED


def changes_any(connection: psycopg.Connection, statement: str) -> bool:
    """Whether a statement, which is rolled back, changes a row."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement.encode()).rowcount > 0
    except psycopg.errors.InsufficientPrivilege:
        return False


@pytest.mark.contract
def test_roles_get_access_to_a_new_table_by_the_upgrade(
    command: CommandLine, before_devices: LedgerWithRoles, tmp_path: Path
) -> None:
    """Each role may do with devices what it may do with customers, in its accounts and in no other,
    whatever they are called."""
    owner = before_devices.url(before_devices.owner)
    assert command("ledger", "upgrade", "--ledger", owner).exit_code == 0
    assert_devices_accessible(command, before_devices, tmp_path)
    assert command("ledger", "upgrade", "--ledger", owner).exit_code == 0


def grant_nothing(_connection: sa.Connection) -> None:
    """Plant: roles stay as they were."""


def grant_everything(connection: sa.Connection) -> None:
    """Plant: everybody sees every account."""
    connection.execute(sa.text("CREATE POLICY wide ON device USING (true)"))
    connection.execute(sa.text("GRANT SELECT, INSERT, UPDATE, DELETE ON device TO PUBLIC"))


@pytest.mark.parametrize("plant", [grant_nothing, grant_everything])
def test_an_upgrade_that_grants_too_little_or_too_much_is_caught(
    plant: Callable[[sa.Connection], None],
    command: CommandLine,
    before_devices: LedgerWithRoles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    monkeypatch.setattr(access, "grant_on_new_tables", plant)
    words = ("ledger", "upgrade", "--ledger", before_devices.url(before_devices.owner))
    assert command(*words).exit_code == 0
    with pytest.raises(AssertionError):
        assert_devices_accessible(command, before_devices, tmp_path)
