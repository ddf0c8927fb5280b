"""Two services with the same state folder: one makes the exports, the other takes over."""

from __future__ import annotations

import datetime as dt
import signal
from pathlib import Path

import pytest

from scheduled_files import export_files, instant_of, last_due
from service_folders import Folders, table
from services import ServiceProcess, program_with, running
from systems import posix_only
from waiting import wait_until

pytest_plugins = ["service_fixtures"]

HANGS = program_with(
    "import time, importer.pipeline.export",
    "export, calls = importer.pipeline.export.export, []",
    "def hang(*arguments, **options):",
    "    outcome = export(*arguments, **options)",
    "    calls.append(1)",
    "    if len(calls) == 2:",
    "        time.sleep(1000)",
    "    return outcome",
    "importer.pipeline.export.export = hang",
)
"""A program that hangs in its second export, which is made but not delivered."""


@pytest.mark.thorough
@posix_only("Windows has no SIGKILL")
def test_a_second_service_takes_over_the_exports_of_a_killed_one(full_folders: Folders) -> None:
    """It logs that it waits; then it goes on where the other ended: each time is made once or
    logged as missed."""
    full_folders.configure(table(every="2s"), inbox=None)
    killed = ServiceProcess(full_folders, program=HANGS)
    killed.wait_for("export-written")
    with running(full_folders) as service:
        service.wait_for("exports-elsewhere")
        wait_until(lambda: list(full_folders.state.glob("*making-*/*.xlsx")))
        assert service.named("export-written") == []
        killed.end(signal.SIGKILL)
        service.wait_for("export-written", count=2)
    assert len(service.named("exports-elsewhere")) == 1
    events = killed.named("export-written", "export-missed")
    events += service.named("export-written", "export-missed")
    written = [Path(event["file"]).name for event in events if event["event"] == "export-written"]
    assert [path.name for path in sorted(full_folders.exports.iterdir())] == written
    assert export_files(full_folders) == written
    times = len(written) + sum(event.get("missed", 0) for event in events)
    begun = instant_of(written[0])
    assert last_due(full_folders) == begun + (times - 1) * dt.timedelta(seconds=2)
    assert list(full_folders.state.glob("*making-*")) == []
