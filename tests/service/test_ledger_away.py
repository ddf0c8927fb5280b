"""The ledger goes away and comes back under a service, which goes on as if nothing had been."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from builders import write_workbook
from drops import batches, good, held
from importer.cli.main import run
from importer.ledger.database import REVISION
from revisions import set_revision
from servers import TEMPLATE, Server, another_server
from services import SOONER, Place, Running, changed, running, table, until

ANEW = table(every="1s", format="json", keep=3)

QUICK = (
    *SOONER,
    "import importer.service.inbox.arrivals",
    "importer.service.inbox.arrivals.STILL = 0.3",
)
"""With these, a workbook is taken sooner after it was dropped, too."""


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that no other test uses, as it is stopped and killed."""
    with another_server() as server:
        yield server


def place_at(folder: Path, ledger: str | None = None) -> Place:
    """A place for a service that also makes exports, one a second."""
    (folder / "exports").mkdir(parents=True)
    return Place(folder, ledger, ANEW)


class Dropping:
    """Drops one workbook after the other into an inbox, until it is told to stop."""

    def __init__(self, place: Place) -> None:
        self.dropped = 0
        self._place = place
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._drop)
        self._thread.start()

    def _drop(self) -> None:
        while not self._end.wait(0.5):
            self._place.drop(f"{self.dropped}.xlsx", good(self.dropped))
            self.dropped += 1

    def stop(self) -> int:
        """Stop; how many there were."""
        self._end.set()
        self._thread.join()
        return self.dropped


def database(server: Server) -> str:
    """A new database with an empty ledger, which goes with the server."""
    name = f"t{uuid.uuid4().hex}"
    with server.connect("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
    return name


@contextmanager
def dropping(place: Place) -> Iterator[Dropping]:
    """Workbooks come as long as the block runs."""
    found = Dropping(place)
    try:
        yield found
    finally:
        found.stop()


def outages(service: Running) -> list[str]:
    """What the log says of the ledger, in order."""
    return [one["event"].removeprefix("ledger-")
            for one in service.named("ledger-away", "ledger-back")]  # fmt: skip


def wrong_in(connection: psycopg.Connection, dropped: int) -> list[str]:
    """What a ledger on a server does not hold, or not once, of workbooks that were dropped."""
    wrong = []
    applied = Counter(row[0] for row in connection.execute("SELECT file FROM batch").fetchall())
    if applied != Counter(f"{number}.xlsx" for number in range(dropped)):
        wrong.append(f"batches: {applied}")
    numbers = [row[0] for row in connection.execute("SELECT batch FROM batch ORDER BY batch")]
    if numbers != list(range(1, dropped + 1)):
        wrong.append(f"numbers: {numbers}")
    licenses = connection.execute(
        "SELECT name, sum(licenses) FROM customer LEFT JOIN subscription "
        "USING (account_id, customer_id) GROUP BY name"
    ).fetchall()
    if dict(licenses) != {f"Site {number}": 2 for number in range(dropped)}:
        wrong.append(f"licences: {licenses}")
    return wrong


def test_a_server_that_stops_and_one_that_is_killed_lose_nothing(
    own_server: Server, tmp_path: Path
) -> None:
    """It is away as the service starts, then stopped, then killed, while workbooks come all the
    time: each outage and its end is said once, every workbook is applied exactly once, and exports
    go on."""
    name = database(own_server)
    place = place_at(tmp_path / "place", own_server.url(name))
    own_server.stop()
    with running(place, program=changed(*QUICK)) as service, dropping(place) as drops:
        for outage, goes_away in enumerate((None, own_server.stop, own_server.kill), 1):
            if goes_away is not None:
                goes_away()
            service.wait_for("ledger-away", count=outage)
            time.sleep(1.5)
            own_server.start()
            service.wait_for("ledger-back", count=outage)
            applied = len(service.named("workbook-applied"))
            exported = len(service.named("export-written"))
            service.wait_for("workbook-applied", count=applied + 2)
            service.wait_for("export-written", count=exported + 2)
        dropped = drops.stop()
        until(lambda: len(service.named("workbook-applied")) >= dropped)
        exported = len(service.named("export-written"))
        service.wait_for("export-written", count=exported + 2)
        service.end()
    assert outages(service) == ["away", "back"] * 3
    assert service.named("export-written")[-1]["batch"] == dropped
    assert service.named("fault", "workbook-rejected", "workbook-applied-before") == []
    assert place.left == []
    with own_server.connect(name) as connection:
        assert wrong_in(connection, dropped) == []
        assert run(["undo", "1", "--ledger", place.ledger, "-q"]) == 0
        assert len(wrong_in(connection, dropped)) == 3, "the control"


LOCKS = {
    "all": "BEGIN EXCLUSIVE",
    "writing": "BEGIN IMMEDIATE",
}
"""What another program can keep ours from doing with a file."""

SLOWLY = (
    "import time, importer.export.make",
    "made = importer.export.make.make_book",
    "def slowly(*given, **more):",
    "    time.sleep(2.5)",
    "    return made(*given, **more)",
    "importer.export.make.make_book = slowly",
)
"""With these, exports take time after they have read the ledger, as those of large ones do."""


@pytest.mark.parametrize(
    ("kept_from", "slowly"), [("all", False), ("writing", False), ("all", True)],
    ids=["nothing can be done", "it can still be read", "an export has read it before"],
)  # fmt: skip
def test_a_file_that_another_program_has_locked_is_waited_for(
    tmp_path: Path, kept_from: str, slowly: bool
) -> None:
    """For longer than `wait`, and however often: that is said once, and once that it is over."""
    place = place_at(tmp_path / "place")
    place.configure(ANEW, top="wait = 0.5")
    first = write_workbook(tmp_path / "first.xlsx", good(1))
    assert run(["apply", str(first), "--ledger", place.ledger, "-q"]) == 0
    more = SLOWLY if slowly else ()
    with running(place, program=changed(*QUICK, *more)) as service:
        service.wait_for("export-written")
        time.sleep(0.3)  # the next one has begun, if that takes time
        with closing(sqlite3.connect(place.ledger, isolation_level=None, timeout=20)) as other:
            other.execute(LOCKS[kept_from])
            place.drop("second.xlsx", good(2))
            away = service.wait_for("ledger-away")
            time.sleep(3)
            assert service.named("workbook-applied", "ledger-back") == []
            other.execute("ROLLBACK")
        service.wait_for("workbook-applied")
        exported = len(service.named("export-written"))
        service.wait_for("export-written", count=exported + 1)
        service.end()
    assert "in use by another program (waited 0.5 seconds)" in away["message"]
    assert outages(service) == ["away", "back"]
    assert batches(place) == ["first.xlsx", "second.xlsx"]
    assert held(place) == {"Site 1": 2, "Site 2": 2}


def test_a_ledger_of_an_older_version_is_waited_for_until_it_is_upgraded(
    tmp_path: Path,
) -> None:
    """The log says how; once that is done, the service goes on by itself."""
    place = place_at(tmp_path / "place")
    assert (
        run(
            [
                "apply",
                str(write_workbook(tmp_path / "x.xlsx", good(1))),
                "--ledger",
                place.ledger,
                "-q",
            ]
        )
        == 0
    )
    set_revision(place.ledger, "0000")
    place.drop("new.xlsx", good(77))
    with running(place, program=changed(*QUICK)) as service:
        away = service.wait_for("ledger-away")
        assert "avira-importer ledger upgrade" in away["message"]
        service.wait_for("export-failed")
        time.sleep(2)
        assert service.named("workbook-applied", "export-written") == []
        set_revision(place.ledger, REVISION)
        service.wait_for("workbook-applied")
        exported = len(service.named("export-written"))
        service.wait_for("export-written", count=exported + 1)
        service.end()
    assert outages(service) == ["away", "back"]
    assert held(place)["Site 77"] == 2
    assert batches(place)[-1] == "new.xlsx"


def test_a_place_where_no_ledger_can_be_is_no_fault_of_the_program(tmp_path: Path) -> None:
    """Such as that of a share that is away: the ledger is said to be away, also in the figures,
    until it is there."""
    place = place_at(tmp_path / "place")
    place.configure("metrics_file = 'figures.prom'\n" + ANEW)
    figures = place.folder / "figures.prom"
    Path(place.ledger).mkdir()
    place.drop("new.xlsx", good(1))
    often = {"WATCHDOG_USEC": "900000"}  # at which figures are written, too
    with running(place, program=changed(*QUICK), environment=often) as service:
        service.wait_for("ledger-away")
        until(
            lambda: (
                figures.exists()
                and "\navira_importer_ledger_up 0.0\n" in figures.read_text("utf-8")
            )
        )
        Path(place.ledger).rmdir()
        service.wait_for("workbook-applied")
        service.wait_for("export-written")
        until(lambda: "\navira_importer_ledger_up 1.0\n" in figures.read_text("utf-8"))
        service.end()
    assert service.named("fault") == []
    assert outages(service) == ["away", "back"]
