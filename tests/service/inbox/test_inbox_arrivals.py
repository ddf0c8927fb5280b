"""Which files of the inbox are taken, and when."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from threading import Event
from typing import Any

import pytest

from builders import write_workbook
from importer.service.inbox.arrivals import (
    IGNORED_BEGINNINGS,
    IGNORED_ENDINGS,
    SYSTEM_FILES,
)
from inbox_workbooks import batches, good, names
from serve_page import section
from service_folders import Folders
from services import Serve, running
from systems import linux_only, posix_only

pytest_plugins = ["service_fixtures"]


IGNORED = (
    ".hidden.xlsx", "~$open.xlsx", "x.xlsx.tmp", "x.part", "X.TMP", "x.partial", "x.xlsx.filepart",
    "y.crdownload", "y.opdownload", "x.xlsx.bak", "x.xlsx~", "Thumbs.db", "desktop.ini",
)  # fmt: skip
"""Names of files that are no workbooks yet, or no longer."""


def test_the_page_lists_the_names_that_are_ignored() -> None:
    """All of them and no other."""
    table = section("The inbox").partition("| ignored | because |")[2].partition("\n\n")[0]
    listed = {name.lower() for name in re.findall(r"`([^`]+)`", table)}
    assert listed == {
        *(f"{beginning}name" for beginning in IGNORED_BEGINNINGS),
        *(f"name{ending}" for ending in IGNORED_ENDINGS), *SYSTEM_FILES,
    }  # fmt: skip
    assert all(any(fnmatch(name.lower(), known.replace("name", "*")) for known in listed)
               for name in IGNORED)  # fmt: skip


@posix_only("Windows has no pipes in folders")
def test_hidden_unfinished_and_special_files_are_ignored(folders: Folders, serve: Serve) -> None:
    workbook = write_workbook(folders.folder / "w.xlsx", good(1))
    for name in IGNORED:
        (folders.inbox / name).write_bytes(workbook.read_bytes())
    (folders.inbox / "folder.xlsx").mkdir()
    (folders.inbox / "link.xlsx").symlink_to(workbook)
    os.mkfifo(folders.inbox / "pipe.xlsx")
    before = folders.waiting
    folders.drop("last.xlsx", good(2))
    assert serve("--once").exit_code == 0
    assert folders.waiting == before
    assert batches(folders) == ["last.xlsx"]


@linux_only("only Linux has leases")
def test_a_file_is_taken_once_its_writer_has_closed_it(folders: Folders) -> None:
    content = write_workbook(folders.folder / "w.xlsx", good(1)).read_bytes()
    with running(folders) as service:
        with (folders.inbox / "slow.xlsx").open("wb") as file:
            file.write(content[:1000])
            file.flush()
            service.wait_for("workbook-in-use")
            file.write(content[1000:])
        service.wait_for("workbook-applied")
    assert batches(folders) == ["slow.xlsx"]
    assert names(folders.applied) == ["slow.xlsx", "slow.xlsx.report.txt"]
    assert names(folders.rejected) == []


@pytest.mark.parametrize("owner", ["~${}", ".~lock.{}#"], ids=["Excel", "LibreOffice"])
def test_a_workbook_open_in_a_spreadsheet_program_waits_until_it_is_closed(
    folders: Folders, owner: str
) -> None:
    owner_file = folders.inbox / owner.format("open.xlsx")
    owner_file.touch()
    folders.drop("open.xlsx", good(1))
    with running(folders) as service:
        service.wait_for("workbook-in-use")
        folders.drop("other.xlsx", good(2))
        service.wait_for("workbook-applied")
        owner_file.unlink()
        service.wait_for("workbook-applied", count=2)
    assert batches(folders) == ["other.xlsx", "open.xlsx"]
    assert len(service.named("workbook-in-use")) == 1


def no_more_watches(*_: object, **__: object) -> Iterator[None]:
    """The system refuses to report changes."""
    raise OSError(28, "too many")


def no_changes(*_: object, stop_event: Event, **__: Any) -> Iterator[None]:
    """The system reports no changes, as of a share that another computer writes to."""
    stop_event.wait()
    yield


@pytest.mark.parametrize(("watch", "is_logged"), [(no_more_watches, True), (no_changes, False)])
def test_the_inbox_is_polled_where_the_system_reports_no_changes(
    folders: Folders, monkeypatch: pytest.MonkeyPatch,
    watch: Callable[..., Iterator[None]], is_logged: bool,
) -> None:  # fmt: skip
    """Where that is known, it is logged."""
    monkeypatch.setattr("watchfiles.watch", watch)
    with running(folders) as service:
        for number in range(2):
            folders.drop(f"{number}.xlsx", good(number))
            service.wait_for("workbook-applied", count=number + 1)
    assert batches(folders) == ["0.xlsx", "1.xlsx"]
    assert len(service.named("inbox-polled")) == is_logged


def test_the_inbox_wakes_up_when_the_system_reports_a_change(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before it would look by itself."""
    with running(folders) as service:
        monkeypatch.setattr("importer.service.loops.LOOK_EVERY", 10_000.0)
        folders.drop("first.xlsx", good(1))
        service.wait_for("workbook-applied")
        folders.drop("second.xlsx", good(2))
        service.wait_for("workbook-applied", count=2)
    assert batches(folders) == ["first.xlsx", "second.xlsx"]
