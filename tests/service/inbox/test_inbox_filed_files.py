"""Workbooks that are written to after they were filed: by their writers, or by people."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox_workbooks import STAMP, batches, good, names
from mail_server import MailServer
from service_folders import Folders, smtp_table
from services import running
from slow_uploads import (
    HEADER,
    NAME,
    DrivenClock,
    append,
    assert_reports_describe_their_files,
    drop,
    otc_rows,
)

pytest_plugins = ["service_fixtures", "mail_fixtures"]


def no_links(*_: object, **__: object) -> None:
    """The file system has no links."""
    raise OSError(95, "not supported")


@pytest.mark.usefixtures("no_leases")
@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_grows_after_it_was_filed_is_taken_again_where_there_are_no_leases(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer,
    clock: DrivenClock, links: bool,
) -> None:  # fmt: skip
    """Its writer has had it open all the time, and noticed nothing."""
    folders.configure(smtp_table(mail_server, alerts_to=["it@msp.example"]))
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    upload = drop(folders, HEADER + otc_rows(1, 2))
    with running(folders) as service, upload.open("a", encoding="utf-8") as file:
        clock.wait_for_looks()
        clock.advance(1)
        service.wait_for("workbook-applied")
        clock.wait_for_looks()
        file.write(otc_rows(3, 4))
        file.close()
        late = service.wait_for("workbook-changed-late")
        clock.wait_for_looks()
        clock.advance(1)
        service.wait_for("workbook-applied", count=2)
        service.wait_for("mail-sent")
    assert folders.waiting == []
    assert names(folders.applied) == [NAME, f"{NAME}.report.txt", f"{NAME}.report.txt"]
    report = Path(late["report"]).read_text("utf-8")
    assert "Rows: 2 read, 2 applied" in report
    assert f"{NAME} was written to after this report." in report
    [alert] = mail_server.mails
    assert late["report"] in re.sub(r"\s+", " ", alert.body("plain"))
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


@pytest.mark.usefixtures("no_leases")
def test_a_filed_workbook_is_not_watched_for_ever(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.service.inbox.filing.WATCHED", 0.0)
    drop(folders, HEADER + otc_rows(1, 2))
    with running(folders) as service:
        service.wait_for("workbook-applied")
        folders.drop("later.xlsx", good(8))
        service.wait_for("workbook-applied", count=2)
        [filed] = folders.applied.glob("*.csv")
        edit_in_place(filed)
        folders.drop("last.xlsx", good(9))
        service.wait_for("workbook-applied", count=3)
        assert service.stop() == 0
    assert service.named("workbook-changed", "workbook-changed-late") == []


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
