"""Workbooks that are written to before they are filed: taken again, and never beside a report on
other rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult
from importer.workbook.checking.check import check_workbook
from importer.workbook.reading.sandbox import read_workbook
from inbox_workbooks import names
from mail_server import MailServer
from service_folders import Folders, smtp_table
from services import Serve
from slow_uploads import (
    HEADER,
    NAME,
    append,
    assert_reports_describe_their_files,
    drop,
    otc_rows,
)

pytest_plugins = ["service_fixtures", "mail_fixtures"]


def on_final_result(monkeypatch: pytest.MonkeyPatch, action: Callable[[Claim], object]) -> None:
    """Do something once, when a result is final and its workbook is not filed yet."""
    keep_result = Claim.keep_result
    actions = [action]

    def keep(claim: Claim, result: InboxResult, *, final: bool) -> None:
        if final and actions:
            actions.pop()(claim)
        keep_result(claim, result, final=final)

    monkeypatch.setattr(Claim, "keep_result", keep)


def write_on(claim: Claim) -> None:
    """Two more rows come."""
    append(claim.workbook, otc_rows(3, 4))


@pytest.mark.parametrize("rows", [otc_rows(1, 2), otc_rows(1, 2, total=0)], ids=["good", "bad"])
def test_a_file_that_grows_before_the_commit_is_applied_once_and_whole(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    more = [otc_rows(3, 4)]

    def slow_check(path: Path, *arguments: Any) -> Any:
        if more:
            append(path, more.pop())
        return check_workbook(path, *arguments)

    monkeypatch.setattr("importer.pipeline.apply.check_workbook", slow_check)
    drop(folders, HEADER + rows)
    result = serve("--once")
    [event] = result.named("workbook-changed")
    assert event["file"] == NAME
    [event] = result.named("workbook-applied", "workbook-rejected")
    assert event["read"] == 4
    assert_reports_describe_their_files(folders)
    assert folders.waiting == []


def test_a_file_that_cannot_be_read_yet_is_judged_once_it_is_whole(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It grows while the reason is found."""
    more = [HEADER + otc_rows(1)]

    def slow_read(path: Path, *arguments: Any) -> Any:
        try:
            return read_workbook(path, *arguments)
        finally:
            if more:
                path.write_text(more.pop(), "utf-8", newline="")

    monkeypatch.setattr("importer.pipeline.apply.read_workbook", slow_read)
    drop(folders, '"never closed\n')
    result = serve("--once")
    events = [event["event"] for event in result.events]
    assert events == ["workbook-changed", "workbook-applied"]
    assert_reports_describe_their_files(folders)


@pytest.mark.parametrize("event", ["workbook-applied", "workbook-rejected"])
def test_a_file_that_grows_after_the_commit_is_taken_again_and_an_alert_is_sent(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer,
    event: str,
) -> None:  # fmt: skip
    """Its first report stays alone and says so. What was applied is unchanged; a cell that was cut
    is refused, with nothing applied for it."""
    folders.configure(smtp_table(mail_server, alerts_to=["it@msp.example"]))
    cut = otc_rows(1, 2, total=25)
    more = otc_rows(3, 4)
    if event == "workbook-rejected":
        cut, more = cut[:-1], "0\n" + more
        monkeypatch.setattr("importer.service.inbox.arrivals.DOUBTFUL", 0.0)
    on_final_result(monkeypatch, lambda claim: append(claim.workbook, more))
    drop(folders, HEADER + cut)
    result = serve("--once", "--json")
    [late] = result.named("workbook-changed-late")
    assert (late["level"], late["file"], late["batch"]) == ("error", NAME, 1)
    first = Path(late["report"])
    assert first.parent == folders.applied
    assert "Rows: 2 read, 2 applied" in first.read_text("utf-8")
    assert f"{NAME} was written to after this report." in first.read_text("utf-8")
    assert first.name.endswith(f"{NAME}.batch-1.report.txt")
    again = result.named(event)[-1]
    if event == "workbook-applied":
        assert (again["read"], again["applied"], again["unchanged"]) == (4, 2, 2)
    else:
        assert (again["read"], again["rejected"]) == (4, 1)
    assert_reports_describe_their_files(folders)
    assert folders.waiting == []
    assert [workbook["filed_as"] is None for workbook in result.json["workbooks"]] == [True, False]
    alert = mail_server.mails[0]
    assert NAME in str(alert.message["Subject"])
    for words in ("batch 1", str(first), "avira-importer undo 1"):
        assert words in re.sub(r"\s+", " ", alert.body("plain"))
    assert len(mail_server.mails) == (1 if event == "workbook-applied" else 2)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (HEADER + otc_rows(1, 2, total=0), "workbook-rejected"),
        ('"never closed\n', "workbook-unreadable"),
    ],
)
def test_a_refused_file_that_grows_before_it_is_filed_is_judged_as_a_whole(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer,
    text: str, event: str,
) -> None:  # fmt: skip
    """There is one report and one mail, about all of it."""
    folders.configure(smtp_table(mail_server, alerts_to=["it@msp.example"]))
    on_final_result(monkeypatch, write_on)
    drop(folders, text)
    result = serve("--once")
    events = [event["event"] for event in result.events]
    assert events == ["workbook-changed", event, "mail-sent"]
    assert len(mail_server.mails) == 1
    assert names(folders.rejected)[-2:] == [NAME, f"{NAME}.report.txt"]
    if event == "workbook-rejected":
        assert_reports_describe_their_files(folders)


def test_a_file_that_grows_after_a_crash_is_not_filed_as_what_was_applied(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service ended after the commit; the next one finds another file in the claim."""

    def fail(_: Claim) -> None:
        raise OSError

    on_final_result(monkeypatch, fail)
    drop(folders, HEADER + otc_rows(1, 2))
    assert serve("--once").exit_code == 3
    [claimed] = folders.inbox.glob(".claimed/*/*/workbook/*")
    append(claimed, otc_rows(3, 4))
    result = serve("--once")
    [late] = result.named("workbook-changed-late")
    assert "Rows: 2 read, 2 applied" in Path(late["report"]).read_text("utf-8")
    assert [event["applied"] for event in result.named("workbook-applied")] == [2, 2]
    assert_reports_describe_their_files(folders)
