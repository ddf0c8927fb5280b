"""A service that is stopped or killed at a workbook, and several services at one inbox."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from builders import Sheets, code_of, customer, otc
from importer.service.stopping import StopSignal
from importer.workbook.checking.check import check_workbook
from inbox_workbooks import batches, good, licenses_by_customer
from service_folders import Folders, table
from services import Serve, ServiceProcess, program_with, running, running_process
from systems import posix_only
from waiting import PATIENCE, wait_until

pytest_plugins = ["service_fixtures"]

needs_signals = posix_only("Windows has no signals")

HANGS = program_with(
    "import time, importer.pipeline.apply",
    "importer.pipeline.apply.check_workbook = "
    "lambda *_: (open('hanging', 'w').close(), time.sleep(1000))",
)
"""A program that hangs at each workbook, and leaves a file in its folder when it does."""


def large(customers: int) -> Sheets:
    """A workbook that takes seconds."""
    rows = [customer(f"Site {number}", 1, code_of(0)) for number in range(customers)]
    return [("Add OTC", [otc(code_of(0), customers)]), ("Add Customer", rows)]


def claimed(folders: Folders) -> list[Path]:
    """The workbooks that a service has taken and not filed yet."""
    return list(folders.inbox.glob(".claimed/*/*/workbook/*"))


def test_a_service_that_stops_gives_back_the_workbook_that_it_works_at(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is applied; the next service applies it."""
    reached, stopped = threading.Event(), threading.Event()
    stop = StopSignal.set

    def slow_check(*arguments: Any) -> Any:
        reached.set()
        assert stopped.wait(PATIENCE)
        return check_workbook(*arguments)

    def noted_stop(signal: StopSignal) -> None:
        stop(signal)
        stopped.set()

    monkeypatch.setattr("importer.pipeline.apply.check_workbook", slow_check)
    monkeypatch.setattr(StopSignal, "set", noted_stop)
    folders.drop("work.xlsx", good(1))
    with running(folders) as service:
        assert reached.wait(PATIENCE)
        assert service.stop() == 0
    assert folders.waiting == ["work.xlsx"]
    assert service.named("workbook-applied") == []
    assert not Path(folders.ledger).exists()
    assert serve("--once").named("workbook-applied")
    assert batches(folders) == ["work.xlsx"]


@needs_signals
@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_an_idle_service(folders: Folders, number: signal.Signals) -> None:
    with running_process(folders) as service:
        assert service.end(number) == 0
    assert folders.waiting == []


@needs_signals
@pytest.mark.thorough
def test_a_service_that_hangs_ends_on_sigterm_and_does_not_blame_the_workbook(
    folders: Folders, serve: Serve
) -> None:
    folders.drop("work.xlsx", good(1))
    with running_process(folders, program=HANGS) as service:
        wait_until(Path("hanging").exists)
        assert service.end() == 0
    [tries] = folders.inbox.glob(".claimed/*/*/tries")
    assert tries.read_text("ascii") == "0"
    assert serve("--once").named("workbook-applied")
    assert batches(folders) == ["work.xlsx"]


@needs_signals
@pytest.mark.thorough
def test_sigterm_ends_the_reading_of_a_large_workbook(folders: Folders, serve: Serve) -> None:
    """It is given back or left to the next service, which applies it."""
    folders.drop("large.xlsx", large(30_000))
    with running_process(folders) as service:
        wait_until(lambda: claimed(folders))
        assert service.end() == 0
    assert folders.waiting in (["large.xlsx"], [".claimed"])
    assert service.named("workbook-applied", "workbook-unreadable") == []
    assert serve("--once").named("workbook-applied")
    assert batches(folders) == ["large.xlsx"]


@needs_signals
@pytest.mark.thorough
def test_two_services_share_an_inbox(folders: Folders) -> None:
    """Each workbook is applied by one of them."""
    files = sorted(f"{number}.xlsx" for number in range(20))
    for number in range(20):
        folders.drop(f"{number}.xlsx", good(number))
    with running_process(folders) as first, running_process(folders) as second:
        wait_until(
            lambda: len(first.named("workbook-applied") + second.named("workbook-applied")) >= 20
        )
        assert (first.end(), second.end()) == (0, 0)
    assert sorted(batches(folders)) == files
    assert licenses_by_customer(folders) == {f"Site {number}": 2 for number in range(20)}
    assert len(list(folders.applied.iterdir())) == 40
    assert folders.waiting == []


@pytest.mark.thorough
@needs_signals
def test_a_running_service_takes_over_the_claims_of_a_killed_one(folders: Folders) -> None:
    """Also of one that was killed in the middle of a workbook."""
    folders.drop("work.xlsx", good(1))
    killed = ServiceProcess(folders, program=HANGS)
    wait_until(lambda: claimed(folders))
    with running(folders) as service:
        assert killed.end(signal.SIGKILL) == -signal.SIGKILL
        service.wait_for("workbook-taken-over")
        service.wait_for("workbook-applied")
    assert batches(folders) == ["work.xlsx"]
    assert folders.waiting == []


@needs_signals
@pytest.mark.parametrize(
    ("number", "exit_code"),
    [(signal.SIGTERM, 143), pytest.param(signal.SIGINT, 130, marks=pytest.mark.thorough)],
)
def test_once_prints_what_was_done_before_it_was_stopped(
    folders: Folders, number: signal.Signals, exit_code: int
) -> None:
    """Even if a part of it does not stop."""
    folders.configure(table(every="1h"))
    folders.drop("in.xlsx", good(1))
    hangs = program_with(
        "import time", "from importer.service import service",
        "from importer.service.exports.run import Exports", "service.GRACE = 0.1",
        "Exports.round = lambda *_: (open('hanging', 'w').close(), time.sleep(1000))",
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, *hangs, "serve", "--once", "--json", "--config", str(folders.config)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    wait_until(Path("hanging").exists)
    process.send_signal(number)
    out, _ = process.communicate()
    document = json.loads(out)
    assert process.returncode == document["exit_code"] == exit_code
    assert [workbook["status"] for workbook in document["workbooks"]] == ["applied"]
