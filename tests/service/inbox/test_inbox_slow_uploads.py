"""Uploads that stall: taken once they are whole, or refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import pytest

from builders import write_workbook
from importer.service.inbox.claims import Claim, ClaimFolder
from inbox_workbooks import batches, good, names, report_of
from service_folders import Folders
from services import Serve, running
from slow_uploads import HEADER, NAME, append, otc_rows
from systems import linux_only

pytest_plugins = ["service_fixtures"]

on_linux = linux_only("only Linux has leases")


@pytest.mark.usefixtures("no_leases")
def test_an_upload_that_stalls_in_a_cell_is_applied_once_it_is_whole(folders: Folders) -> None:
    """29 of 60 rows have come, and half of the thirtieth: its 250 licences are 25 so far."""
    upload = folders.inbox / NAME
    append(upload, HEADER + otc_rows(*range(30))[: -len("0\n")])
    with running(folders) as service:
        assert "line end" in service.wait_for("workbook-doubtful")["message"]
        append(upload, "0\n" + otc_rows(*range(30, 60)))
        assert service.wait_for("workbook-applied")["applied"] == 60
    assert names(folders.applied) == [NAME, f"{NAME}.report.txt"]
    assert "Rows: 60 read, 60 applied" in report_of(folders, NAME)
    assert batches(folders) == [NAME]


@pytest.mark.usefixtures("no_leases")
def test_a_text_whose_end_never_comes_is_refused_with_the_reason(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is applied once its last line has an end."""
    monkeypatch.setattr("importer.service.inbox.arrivals.DOUBTFUL", 0.0)
    text = HEADER + otc_rows(1)
    with running(folders) as service:
        append(folders.inbox / NAME, text[:-1])
        event = service.wait_for("workbook-unreadable")
        assert names(folders.rejected) == [NAME, f"{NAME}.report.txt"]
        assert not Path(folders.ledger).exists()
        append(folders.inbox / NAME, text)
        service.wait_for("workbook-applied")
    report = Path(event["report"]).read_text("utf-8")
    for words in ("unreadable-file", "its last line has no line end", "add a line end", "upload"):
        assert words in report
    assert str(folders.inbox) not in report


@pytest.mark.parametrize("leases", [pytest.param(True, marks=on_linux), False])
def test_an_empty_file_waits_for_its_content(
    folders: Folders, leases: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """It is refused only if none comes."""
    if not leases:
        request.getfixturevalue("no_leases")
    content = write_workbook(folders.folder / "w.xlsx", good(1)).read_bytes()
    (folders.inbox / "slow.xlsx").touch()
    (folders.inbox / "never.xlsx").touch()
    with running(folders) as service:
        service.wait_for("workbook-doubtful", count=2)
        assert folders.waiting == [".claimed", "never.xlsx", "slow.xlsx"]
        (folders.inbox / "slow.xlsx").write_bytes(content)
        service.wait_for("workbook-applied")
        monkeypatch.setattr("importer.service.inbox.arrivals.DOUBTFUL", 0.0)
        service.wait_for("workbook-unreadable")
    assert "it is empty" in report_of(folders, "never.xlsx")
    assert batches(folders) == ["slow.xlsx"]
    assert len(service.named("workbook-doubtful")) == 2


@pytest.mark.usefixtures("no_leases")
def test_a_single_run_leaves_a_doubtful_file_and_says_so(folders: Folders, serve: Serve) -> None:
    """On the log and by its exit code; the other files are applied."""
    append(folders.inbox / NAME, (HEADER + otc_rows(1))[:-1])
    (folders.inbox / "empty.xlsx").touch()
    folders.drop("other.xlsx", good(2))
    result = serve("--once", "--json")
    assert result.exit_code == 3
    assert [event["file"] for event in result.named("workbook-doubtful")] == [NAME, "empty.xlsx"]
    assert [workbook["file"] for workbook in result.json["workbooks"]] == ["other.xlsx"]
    assert folders.waiting == [NAME, "empty.xlsx"]
    append(folders.inbox / NAME, "\n")
    (folders.inbox / "empty.xlsx").unlink()
    assert serve("--once").exit_code == 0
    assert batches(folders) == ["other.xlsx", NAME]


@on_linux
def test_a_single_run_waits_for_a_text_without_a_last_line_end(
    folders: Folders, serve: Serve
) -> None:
    append(folders.inbox / NAME, (HEADER + otc_rows(1))[:-1])
    assert serve("--once").exit_code == 0
    assert batches(folders) == [NAME]


@pytest.mark.usefixtures("no_leases")
def test_a_file_that_grows_while_others_are_applied_is_not_taken(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look into the inbox and its turn."""
    upload = folders.inbox / NAME
    append(upload, HEADER + otc_rows(1))
    take = ClaimFolder.take
    pieces = [otc_rows(2), otc_rows(3)]

    def slow_take(claims: ClaimFolder, path: Path) -> Claim | None:
        if pieces:
            append(path, pieces.pop())
        return take(claims, path)

    monkeypatch.setattr(ClaimFolder, "take", slow_take)
    result = serve("--once")
    assert pieces == [], "it came back twice"
    assert [event["applied"] for event in result.named("workbook-applied")] == [3]
    assert folders.waiting == []


@on_linux
def test_a_file_that_is_opened_again_before_its_turn_is_not_taken(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written to through the open file, wherever that is by then."""
    upload = folders.inbox / NAME
    append(upload, HEADER + otc_rows(1))
    take = ClaimFolder.take
    writers: list[TextIO] = []

    def late_take(claims: ClaimFolder, path: Path) -> Claim | None:
        writers.append(path.open("a", encoding="utf-8"))
        return take(claims, path)

    with monkeypatch.context() as patch:
        patch.setattr(ClaimFolder, "take", late_take)
        result = serve("--once")
    assert [event["event"] for event in result.events] == ["workbook-changed", "workbook-in-use"]
    [writer] = writers
    writer.write(otc_rows(2))
    writer.close()
    assert [event["applied"] for event in serve("--once").named("workbook-applied")] == [2]
