"""Workbooks that are written to after they were taken: taken again, and never beside a report on
other rows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer.service.inbox.claims import Claim
from importer.workbook.checking.check import check_workbook
from importer.workbook.reading.sandbox import read_workbook
from inbox_workbooks import STAMP, batches, good, names
from mail_server import MailServer
from service_folders import Folders, smtp_table
from services import Serve, running
from slow_uploads import HEADER, append, otc_rows

pytest_plugins = ["service_fixtures", "mail_fixtures"]

NAME = "Add OTC.csv"


def drop(folders: Folders, text: str) -> Path:
    """Put the upload into the inbox at once, as far as it has come."""
    whole = folders.folder / "upload"
    whole.write_text(text, "utf-8", newline="")
    return whole.rename(folders.inbox / NAME)


def assert_reports_describe_their_files(folders: Folders) -> None:
    """Each filed upload has a report beside it that tells as many rows as it has."""
    filed = [path for folder in (folders.applied, folders.rejected) if folder.exists()
             for path in folder.glob("*Z-Add OTC.csv")]  # fmt: skip
    assert filed
    for path in filed:
        report = path.with_name(f"{path.name}.report.txt").read_text("utf-8")
        rows = len(path.read_text("utf-8").splitlines()) - 1
        assert f"Rows: {rows} read" in report
        assert "was written to" not in report


def on_final_result(monkeypatch: pytest.MonkeyPatch, action: Callable[[Claim], object]) -> None:
    """Do something once, when a result is final and its workbook is not filed yet."""
    keep_result = Claim.keep_result
    actions = [action]

    def keep(claim: Claim, result: dict[str, Any], *, final: bool) -> None:
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


def no_links(*_: object, **__: object) -> None:
    """The file system has no links."""
    raise OSError(95, "not supported")


@pytest.mark.usefixtures("no_leases")
@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_grows_after_it_was_filed_is_taken_again_where_there_are_no_leases(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """Its writer has had it open all the time, and noticed nothing."""
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    upload = drop(folders, HEADER + otc_rows(1, 2))
    with running(folders) as service, upload.open("a", encoding="utf-8") as file:
        service.wait_for("workbook-applied")
        file.write(otc_rows(3, 4))
        file.close()
        late = service.wait_for("workbook-changed-late")
        service.wait_for("workbook-applied", count=2)
    assert folders.waiting == []
    assert names(folders.applied) == [NAME, f"{NAME}.report.txt", f"{NAME}.report.txt"]
    report = Path(late["report"]).read_text("utf-8")
    assert "Rows: 2 read, 2 applied" in report
    assert f"{NAME} was written to after this report." in report
    assert_reports_describe_their_files(folders)


@pytest.mark.usefixtures("no_leases")
def test_a_refused_file_that_is_completed_after_it_was_filed_is_applied(folders: Folders) -> None:
    """Nothing of it was applied before, so nobody is alarmed."""
    content = (HEADER + otc_rows(1)).encode()
    upload = folders.inbox / NAME
    upload.write_bytes(b"no header yet\n")
    with running(folders) as service, upload.open("r+b") as file:
        service.wait_for("workbook-unreadable", "workbook-rejected")
        file.write(content)
        file.close()
        service.wait_for("workbook-changed")
        service.wait_for("workbook-applied")
    assert service.named("workbook-changed-late") == []
    assert folders.waiting == []


def edit_in_place(path: Path) -> None:
    """As a program that overwrites files does."""
    append(path, otc_rows(3))


def save_as_new(path: Path) -> None:
    """As Excel does, which replaces the file."""
    new = path.with_name("new")
    new.write_bytes(path.read_bytes() + otc_rows(3).encode())
    new.replace(path)


def edit_with_owner_file(path: Path) -> None:
    """As LibreOffice does, which shows that it has the file open."""
    path.with_name(f".~lock.{path.name}#").touch()
    edit_in_place(path)


def move_away(path: Path) -> None:
    """Put it elsewhere."""
    path.rename(path.parent.parent.parent / "kept.csv")


def touch(path: Path) -> None:
    """Change its time only."""
    os.utime(path, (1, 1))


@pytest.mark.parametrize(
    ("leases", "change"),
    [
        pytest.param(True, edit_in_place, marks=pytest.mark.skipif(
            not hasattr(os, "O_TMPFILE"), reason="only Linux has leases"
        )),
        (False, save_as_new), (False, edit_with_owner_file), (False, move_away), (False, touch),
    ],
)  # fmt: skip
def test_what_a_person_does_to_a_filed_workbook_is_the_persons_affair(
    folders: Folders, leases: bool, change: Callable[[Path], None],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """With leases no other program has had it open."""
    if not leases:
        request.getfixturevalue("no_leases")
    drop(folders, HEADER + otc_rows(1, 2))
    with running(folders) as service:
        service.wait_for("workbook-applied")
        [filed] = folders.applied.glob("*.csv")
        assert re.match(STAMP, filed.name)
        change(filed)
        folders.drop("later.xlsx", good(9))
        service.wait_for("workbook-applied", count=2)
        assert service.stop() == 0
    assert service.named("workbook-changed", "workbook-changed-late") == []
    assert batches(folders) == [NAME, "later.xlsx"]
