"""Exports at their times: what is made, what is kept, and what was missed."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from importer.base import clock
from importer.service.exports.run import Exports
from inbox_workbooks import good
from scheduled_files import NAME, export_files, instant_of, last_due
from service_folders import Folders, context_of, table
from services import Events, Serve, running

pytest_plugins = ["service_fixtures"]

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def test_exports_are_made_at_their_times_and_the_newest_are_kept(
    full_folders: Folders, events: Events
) -> None:
    """Files are named by their instants; what is named otherwise is never removed."""
    others = [
        "notes.txt", f"{NAME}.xlsx", f"{NAME} 2020.xlsx", f"{NAME} 20200101T000000Z.ods",
        f"{NAME} 20200101T000000Z (2).xlsx", f"{NAME} 20200101T000000Z.xlsx.bak",
        f"Old {NAME} 20200101T000000Z.xlsx",
    ]  # fmt: skip
    old = f"{NAME} 20200101T000000Z.xlsx"
    for name in [*others, old]:
        (full_folders.exports / name).touch()
    full_folders.configure(
        table(every="2s", keep=2) + table(every="1s", format="json", name="Each second"), inbox=None
    )
    exports = Exports(context_of(full_folders))
    now = NOON
    for _ in range(7):
        due = exports.round(lambda: now)  # noqa: B023
        assert due == now + SECOND
        now = due
    written = [f"{NAME} 20261126T12000{second}Z.xlsx" for second in (0, 2, 4, 6)]
    each_second = [f"Each second 20261126T12000{second}Z.json" for second in range(7)]
    assert sorted(path.name for path in full_folders.exports.iterdir()) == sorted(
        [*others, *written[-2:], *each_second]
    )
    logged = events()
    assert [facts["file"] for event, facts in logged if event == "export-removed"] == [
        old, *written[:-2],
    ]  # fmt: skip
    assert {event for event, _ in logged} == {"export-written", "export-removed"}
    assert last_due(full_folders) == last_due(full_folders, "Each second") == NOON + 6 * SECOND
    assert not list(full_folders.state.glob("*making-*"))


def test_a_running_service_makes_exports_at_their_times(full_folders: Folders) -> None:
    """Each time is made or logged as missed."""
    full_folders.configure(table(every="1s", format="json"), inbox=None)
    with running(full_folders) as service:
        service.wait_for("export-written", count=3)
        assert service.stop() == 0
    written = [Path(event["file"]).name for event in service.named("export-written")]
    assert export_files(full_folders) == written
    missed = sum(event["missed"] for event in service.named("export-missed"))
    assert last_due(full_folders) == instant_of(written[0]) + (len(written) + missed - 1) * SECOND


def test_a_new_export_by_cron_waits_for_its_time(
    full_folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    full_folders.configure(table(cron="0 6 * * *", timezone="UTC"), inbox=None)
    assert serve("--once").events == []
    assert last_due(full_folders) == NOON
    monkeypatch.setattr(clock, "now", lambda: NOON + 18 * HOUR)
    assert [event["event"] for event in serve("--once").events] == ["export-written"]
    assert export_files(full_folders) == [f"{NAME} 20261127T060000Z.xlsx"]


@pytest.mark.parametrize("only_once", [True, False])
def test_missed_times_of_cron_are_made_up_for_by_one_export(
    only_once: bool, full_folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has their number and the first; no later run makes it again."""
    full_folders.configure(table(cron="0 6 * * *", timezone="UTC"), inbox=None)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    serve("--once")
    monkeypatch.setattr(clock, "now", lambda: NOON + 3 * DAY)
    if only_once:
        events = serve("--once").events
    else:
        with running(full_folders) as service:
            service.wait_for("export-written")
        events = service.named("export-missed", "export-written")
    assert [event["event"] for event in events] == ["export-missed", "export-written"]
    assert (events[0]["missed"], events[0]["since"]) == (3, "2026-11-27 06:00:00Z")
    assert last_due(full_folders) == NOON + 3 * DAY - 6 * HOUR
    assert serve("--once").events == []
    assert export_files(full_folders) == [f"{NAME} 20261129T120000Z.xlsx"]


@pytest.mark.parametrize(
    ("schedule", "first", "next_at", "missed_at"),
    [
        ({"every": "1h"}, ["export-written"], HOUR, 3 * HOUR),
        ({"cron": "* * * * *", "timezone": "UTC"}, [], 60 * SECOND, 40 * 60 * SECOND),
    ],
    ids=["every", "cron"],
)
def test_a_single_run_makes_an_export_when_its_time_has_come(
    schedule: dict[str, str], first: list[str], next_at: dt.timedelta, missed_at: dt.timedelta,
    full_folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A few minutes late is not missed: a timer starts these runs."""
    full_folders.configure(table(**schedule), inbox=None)
    for at, expected in (
        (dt.timedelta(), first), (next_at - SECOND, []),
        (next_at + 55 * SECOND, ["export-written"]), (next_at + 56 * SECOND, []),
        (missed_at, ["export-missed", "export-written"]),
    ):  # fmt: skip
        monkeypatch.setattr(clock, "now", lambda at=at: NOON + at)
        assert [event["event"] for event in serve("--once").events] == expected, at


def test_a_failing_export_delays_no_other_and_is_reported_once(
    full_folders: Folders, events: Events
) -> None:
    """In the log and by mail, until it succeeds; a new failure is reported again."""
    missing = full_folders.folder / "missing"
    smtp = table("[smtp]", host="127.0.0.1", port=9, sender="a@msp.example", alerts_to=["b@c.de"])
    full_folders.configure(
        smtp + table(every="1h", name="Missing", folder="missing", format="json")
        + table(every="1h", name="Unknown", customer="Site 7", format="json")
        + table(every="1h", name="Good", format="json"), inbox=None,
    )  # fmt: skip
    missing.mkdir()
    context = context_of(full_folders)
    exports = Exports(context)
    now = NOON

    def logged_in_the_next_hour() -> list[tuple[str, str]]:
        nonlocal now
        end = now + HOUR
        while now < end:
            due = exports.round(lambda: now)  # noqa: B023
            assert due is not None
            now = min(due, end)
        return [(name, facts["export"]) for name, facts in events()]

    good = ("export-written", "Good")
    failure = ("export-failed", "Unknown")
    assert logged_in_the_next_hour() == [("export-written", "Missing"), failure, good]
    shutil.rmtree(missing)
    assert logged_in_the_next_hour() == [("export-failed", "Missing"), good]
    assert logged_in_the_next_hour() == [good]
    missing.mkdir()
    assert sorted(logged_in_the_next_hour()) == [good, ("export-written", "Missing")]
    shutil.rmtree(missing)
    assert sorted(logged_in_the_next_hour()) == [("export-failed", "Missing"), good]
    assert context.outbox is not None
    assert context.outbox.waiting() == 3
    mails = [path.read_text() for path in sorted((full_folders.state / "mail").iterdir())]
    for mail, words in zip(mails, ("Site 7", "missing", "missing"), strict=True):
        assert "could not be made" in mail
        assert words in mail


def test_a_missing_state_folder_is_reported_and_no_fault(
    full_folders: Folders, events: Events
) -> None:
    full_folders.configure(table(every="1h", format="json"), inbox=None)
    exports = Exports(context_of(full_folders))
    exports.round(lambda: NOON)
    shutil.rmtree(full_folders.state)
    exports.round(lambda: NOON + HOUR)
    logged = events()
    assert "fault" not in dict(logged)
    assert str(full_folders.state) in dict(logged)["export-failed"]["reason"]


@pytest.mark.usefixtures("soon")
def test_without_a_ledger_exports_wait_for_the_first_workbook(folders: Folders) -> None:
    """They say so once, and create no ledger."""
    folders.configure(table(every="1h") + table(every="1h", format="json"))
    with running(folders) as service:
        service.wait_for("export-waits", count=2)
        assert not Path(folders.ledger).exists()
        folders.drop("first.xlsx", good(1))
        service.wait_for("export-written", count=2)
    assert len(service.named("export-waits")) == 2
    assert service.named("export-failed", "ledger-away") == []
