"""The ledger cannot be used for a while, after which the service goes on by itself."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from builders import write_workbook
from importer.cli.main import run
from importer.export.make import make_book
from importer.ledger.database import REVISION
from inbox_workbooks import batches, good, licenses_by_customer
from ledgers import set_revision
from servers import TEMPLATE, Server
from service_folders import Folders, table
from services import RunningService, running
from waiting import PATIENCE, wait_until

pytest_plugins = ["service_fixtures"]

EACH_SECOND = table(every="1s", format="json", keep=3)


@pytest.fixture
def service_folders(folders: Folders) -> Folders:
    """The folders of a service that also makes an export each second, and waits for half of one."""
    folders.configure(EACH_SECOND, top="wait = 0.5")
    return folders


def apply_first(folders: Folders) -> None:
    """Apply the first workbook."""
    workbook = write_workbook(folders.folder / "first.xlsx", good(1))
    assert run(["apply", str(workbook), "--ledger", folders.ledger, "-q"]) == 0


def outages(service: RunningService) -> list[str]:
    """What the log says of the ledger, in order."""
    return [event["event"].removeprefix("ledger-")
            for event in service.named("ledger-away", "ledger-back")]  # fmt: skip


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("lock", "is_exporting"),
    [
        pytest.param("BEGIN EXCLUSIVE", False, id="nothing can be done"),
        pytest.param("BEGIN IMMEDIATE", False, id="it can be read", marks=pytest.mark.thorough),
        pytest.param(
            "BEGIN EXCLUSIVE", True, id="an export has read it before", marks=pytest.mark.thorough
        ),
    ],
)
def test_a_file_locked_by_another_program_is_waited_for(
    service_folders: Folders, lock: str, is_exporting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For longer than `wait`, and however often; the log has one outage, and its end."""
    reached, go_on = threading.Event(), threading.Event()
    apply_first(service_folders)

    def slow_make_book(*arguments: Any, **options: Any) -> Any:
        reached.set()
        go_on.wait()
        return make_book(*arguments, **options)

    if is_exporting:
        monkeypatch.setattr("importer.pipeline.export.make_book", slow_make_book)
    with running(service_folders) as service:
        if is_exporting:
            assert reached.wait(PATIENCE)
        else:
            service.wait_for("export-written")
        with closing(sqlite3.connect(service_folders.ledger, isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 100000")
            other.execute(lock)
            go_on.set()
            service_folders.drop("second.xlsx", good(2))
            away = service.wait_for("ledger-away")
            assert service.named("workbook-applied", "ledger-back") == []
            other.execute("ROLLBACK")
        service.wait_for("workbook-applied")
        service.wait_for_more("export-written")
    assert "in use by another program (waited 0.5 seconds)" in away["message"]
    assert outages(service) == ["away", "back"]
    assert batches(service_folders) == ["first.xlsx", "second.xlsx"]
    assert licenses_by_customer(service_folders) == {"Site 1": 2, "Site 2": 2}


@pytest.mark.usefixtures("soon")
def test_a_ledger_of_an_older_version_is_waited_for_until_it_is_upgraded(
    service_folders: Folders,
) -> None:
    """The log says how to upgrade it."""
    apply_first(service_folders)
    set_revision(service_folders.ledger, "0000")
    service_folders.drop("new.xlsx", good(77))
    with running(service_folders) as service:
        away = service.wait_for("ledger-away")
        service.wait_for("export-failed")
        assert service.named("workbook-applied", "export-written") == []
        set_revision(service_folders.ledger, REVISION)
        service.wait_for("workbook-applied")
        service.wait_for_more("export-written")
    assert "avira-importer ledger upgrade" in away["message"]
    assert outages(service) == ["away", "back"]
    assert batches(service_folders) == ["first.xlsx", "new.xlsx"]


@pytest.mark.usefixtures("soon")
def test_a_path_where_no_ledger_can_be_is_an_outage_and_no_fault(folders: Folders) -> None:
    """As of a share that is not connected: in the log and in the figures, until it is there."""
    folders.configure("metrics_file = 'figures.prom'\n" + EACH_SECOND)
    figures = folders.folder / "figures.prom"
    Path(folders.ledger).mkdir()
    folders.drop("new.xlsx", good(1))

    def is_up(figure: str) -> bool:
        line = f"\navira_importer_ledger_up {figure}\n"
        return figures.exists() and line in figures.read_text("utf-8")

    with running(folders) as service:
        service.wait_for("ledger-away")
        wait_until(lambda: is_up("0.0"))
        Path(folders.ledger).rmdir()
        service.wait_for("workbook-applied")
        service.wait_for("export-written")
        wait_until(lambda: is_up("1.0"))
    assert service.named("fault") == []
    assert outages(service) == ["away", "back"]


# A server


def new_ledger(server: Server) -> str:
    """The name of a new database with an empty ledger."""
    name = f"t{uuid.uuid4().hex}"
    with server.connect("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
    return name


class Dropping:
    """Drops one workbook after the other, until it is stopped."""

    def __init__(self, folders: Folders) -> None:
        self.count = 0
        self._folders = folders
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._drop)
        self._thread.start()

    def _drop(self) -> None:
        while not self._end.wait(0.5):
            self._folders.drop(f"{self.count}.xlsx", good(self.count))
            self.count += 1

    def stop(self) -> int:
        """Stop; gives how many there were."""
        self._end.set()
        self._thread.join()
        return self.count


@contextmanager
def dropping(folders: Folders) -> Iterator[Dropping]:
    """Workbooks come as long as the block runs."""
    drops = Dropping(folders)
    try:
        yield drops
    finally:
        drops.stop()


def faults_of(connection: psycopg.Connection, dropped: int) -> list[str]:
    """What a ledger on a server does not contain, or not once, of the workbooks that came."""
    faults = []
    files = Counter(row[0] for row in connection.execute("SELECT file FROM batch").fetchall())
    if files != Counter(f"{number}.xlsx" for number in range(dropped)):
        faults.append(f"batches: {files}")
    numbers = [row[0] for row in connection.execute("SELECT batch FROM batch ORDER BY batch")]
    if numbers != list(range(1, dropped + 1)):
        faults.append(f"numbers: {numbers}")
    licenses = connection.execute(
        "SELECT name, sum(licenses) FROM customer LEFT JOIN subscription "
        "USING (account_id, customer_id) GROUP BY name"
    ).fetchall()
    if dict(licenses) != {f"Site {number}": 2 for number in range(dropped)}:
        faults.append(f"licences: {licenses}")
    return faults


@pytest.mark.thorough
@pytest.mark.usefixtures("soon")
def test_a_server_that_stops_and_one_that_is_killed_lose_nothing(
    own_server: Server, folders: Folders
) -> None:
    """It is away as the service starts, then stopped, then killed, while workbooks come: each
    outage and its end is logged once, each workbook applied once, and exports go on."""
    name = new_ledger(own_server)
    folders.ledger = own_server.url(name)
    folders.configure(EACH_SECOND)
    own_server.stop()
    with running(folders) as service, dropping(folders) as drops:
        for outage, goes_away in enumerate((None, own_server.stop, own_server.kill), 1):
            if goes_away is not None:
                goes_away()
            service.wait_for("ledger-away", count=outage)
            own_server.start()
            service.wait_for("ledger-back", count=outage)
            applied = len(service.named("workbook-applied"))
            service.wait_for_more("export-written", count=2)
            service.wait_for("workbook-applied", count=applied + 2)
        dropped = drops.stop()
        service.wait_for("workbook-applied", count=dropped)
        service.wait_for_more("export-written", count=2)
    assert outages(service) == ["away", "back"] * 3
    assert service.named("export-written")[-1]["batch"] == dropped
    assert service.named("fault", "workbook-rejected", "workbook-applied-before") == []
    assert folders.waiting == []
    with own_server.connect(name) as connection:
        assert faults_of(connection, dropped) == []
        assert run(["undo", "1", "--ledger", folders.ledger, "-q"]) == 0
        assert len(faults_of(connection, dropped)) == 3, "the control"
