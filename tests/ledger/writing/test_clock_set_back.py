"""Batches that are made while the clock is behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from builders import write_workbook
from command_line import CommandLine
from importer.base import clock
from importer.ledger.opening import open_ledger
from importer.pipeline import show as showing
from importers import about, beginning, job_of

NOON = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.mark.both_engines
def test_a_clock_that_was_set_back_does_not_mix_up_the_days(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No batch is earlier than the one before it: it gets that one's instant, and the report says
    in one line that the clock is behind. Half a minute is not reported. As of each day the ledger
    is what the batches until then have left."""
    sheets = [beginning(), about(0), about(1), about(2)]
    times = [NOON, NOON - 2 * DAY, NOON - dt.timedelta(seconds=30), NOON + 2 * DAY]
    for number, (now, rows) in enumerate(zip(times, sheets, strict=True), start=1):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        result = command("apply", write_workbook(tmp_path / f"{number}.xlsx", rows))
        assert (result.exit_code, result.err) == (0, "")
        warnings = [line for line in result.out.splitlines() if "clock is behind" in line]
        assert len(warnings) == (number == 2)
        assert all("2026-06-10 12:00" in line for line in warnings)
    instants = [NOON, NOON, NOON, NOON + 2 * DAY]
    history = command("history", "--json").json
    assert [dt.datetime.fromisoformat(batch["at"]) for batch in history] == instants
    monkeypatch.setattr(clock, "now", lambda: NOON + 9 * DAY)
    job = job_of("reader", open_ledger(command.ledger), tmp_path)
    for days, batch in ((-3, 0), (-2, 0), (-1, 0), (0, 3), (1, 3), (2, 4), (3, 4)):
        of_day = showing.contents(job, NOON.date() + days * DAY)
        assert of_day.batch == batch, days
        if batch:
            of_batch = showing.contents(job, batch)
            assert (of_day.otcs, of_day.customers) == (of_batch.otcs, of_batch.customers)
    assert command("ledger", "verify").exit_code == 0
