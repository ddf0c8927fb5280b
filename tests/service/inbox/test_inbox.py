"""Workbooks in the inbox: applied once, and filed with a report."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from builders import code_of, edit, otc
from importer.cli.main import run
from importer.service.inbox import result as inbox_result
from inbox_workbooks import STAMP, bad, batches, good, licenses_by_customer, names, report_of
from service_folders import Folders
from services import Serve, running, running_process
from systems import posix_only

pytest_plugins = ["service_fixtures"]


@posix_only("Windows has no SIGTERM")
def test_workbooks_already_there_and_later_ones_are_applied_and_filed(folders: Folders) -> None:
    """By a real process, which SIGTERM ends; they are filed under their names after a stamp."""
    folders.drop("first.xlsx", good(1))
    with running_process(folders) as service:
        service.wait_for("workbook-applied")
        folders.drop("second one.xlsx", good(2))
        event = service.wait_for("workbook-applied", count=2)
        assert service.end() == 0
    facts = {key: event[key] for key in ("file", "batch", "read", "applied", "unchanged")}
    assert facts == {
        "file": "second one.xlsx", "batch": 2, "read": 2, "applied": 2, "unchanged": 0
    }  # fmt: skip
    assert licenses_by_customer(folders) == {"Site 1": 2, "Site 2": 2}
    assert folders.waiting == []
    assert names(folders.applied) == [
        "first.xlsx", "first.xlsx.report.txt", "second one.xlsx", "second one.xlsx.report.txt",
    ]  # fmt: skip
    assert all(re.match(STAMP, path.name) for path in folders.applied.iterdir())
    report = report_of(folders, "second one.xlsx")
    assert "second one.xlsx: applied" in report
    assert "Rows: 2 read, 2 applied" in report
    assert [event["event"] for event in service.events][-2:] == [
        "service-stopping", "service-stopped",
    ]  # fmt: skip


def test_a_running_service_waits_for_workbooks_and_leaves_nothing_behind(folders: Folders) -> None:
    with running(folders) as service:
        for number in range(3):
            folders.drop(f"{number}.xlsx", bad(number) if number == 1 else good(number))
            service.wait_for("workbook-applied", "workbook-rejected", count=number + 1)
        assert folders.waiting == [".claimed"]
        assert service.stop() == 0
    assert folders.waiting == []
    assert batches(folders) == ["0.xlsx", "2.xlsx"]
    assert names(folders.rejected) == ["1.corrections.xlsx", "1.xlsx", "1.xlsx.report.txt"]


def test_a_rejected_workbook_comes_back_with_corrections_that_can_be_dropped(
    folders: Folders, serve: Serve
) -> None:
    folders.drop("bad.xlsx", bad(1))
    result = serve("--once")
    assert result.exit_code == 1
    assert names(folders.rejected) == ["bad.corrections.xlsx", "bad.xlsx", "bad.xlsx.report.txt"]
    [path] = folders.rejected.glob("*.report.txt")
    assert [event["report"] for event in result.named("workbook-rejected")] == [str(path)]
    report = path.read_text("utf-8")
    [corrections] = folders.rejected.glob("*.corrections.xlsx")
    for words in ("setting partial", "put that file into the inbox", corrections.name, "D2"):
        assert words in report
    for words in ("--", code_of(1)):  # options of the command line; an OTC
        assert words not in report
    workbook = load_workbook(corrections)
    sheet = workbook["Add Customer"]
    [header] = [cell for cell in sheet[1] if "Licenses" in str(cell.value)]
    sheet[f"{header.coordinate[0]}2"] = 3
    workbook.save(folders.inbox / corrections.name)
    assert serve("--once").exit_code == 0
    assert licenses_by_customer(folders) == {"Site 1": 3}
    assert names(folders.applied) == ["bad.corrections.xlsx", "bad.corrections.xlsx.report.txt"]


def test_the_same_bytes_are_judged_row_by_row_and_the_report_names_the_batch(
    folders: Folders, serve: Serve
) -> None:
    """Nothing is left to do, until something is undone or changed; then that is done again."""
    content = folders.drop("one.xlsx", good(1)).read_bytes()
    assert serve("--once").named("workbook-applied")
    (folders.inbox / "copy.xlsx").write_bytes(content)
    [event] = serve("--once").named("workbook-applied-before")
    assert (event["file"], event["batch"]) == ("copy.xlsx", 1)
    assert batches(folders) == ["one.xlsx"]
    assert "batch 1 at" in report_of(folders, "copy.xlsx")
    folders.drop("renamed.xlsx", [("Edit Customer", [edit("Site 1", new_name="Norte")])])
    assert serve("--once").named("workbook-applied")
    (folders.inbox / "again.xlsx").write_bytes(content)
    assert serve("--once").named("workbook-applied")
    report = report_of(folders, "again.xlsx")
    assert "Rows: 2 read, 1 applied, 1 unchanged" in report
    assert "batch 1 at" in report
    assert batches(folders) == ["one.xlsx", "renamed.xlsx", "again.xlsx"]


def test_the_same_bytes_as_a_batch_that_was_undone_are_applied_without_a_word(
    folders: Folders, serve: Serve
) -> None:
    content = folders.drop("one.xlsx", good(1)).read_bytes()
    assert serve("--once").named("workbook-applied")
    assert run(["undo", "1", "--ledger", folders.ledger, "-q"]) == 0
    (folders.inbox / "copy.xlsx").write_bytes(content)
    assert serve("--once").named("workbook-applied")
    assert batches(folders) == ["one.xlsx", "one.xlsx", "copy.xlsx"]
    assert "batch 1" not in report_of(folders, "copy.xlsx")


def test_with_partial_the_good_rows_are_applied_and_the_workbook_comes_back(
    folders: Folders, serve: Serve
) -> None:
    folders.configure(inbox="partial = true")
    folders.drop("part.xlsx", bad(1))
    result = serve("--once")
    [event] = result.named("workbook-partly-applied")
    assert (event["batch"], event["applied"], event["rejected"]) == (1, 1, 1)
    assert licenses_by_customer(folders) == {}
    assert names(folders.rejected) == ["part.corrections.xlsx", "part.xlsx", "part.xlsx.report.txt"]
    assert result.exit_code == 1


@pytest.mark.parametrize("partial", ["true", "false"])
def test_a_workbook_without_good_rows_gets_no_advice_to_apply_it_in_part(
    partial: str, folders: Folders, serve: Serve
) -> None:
    folders.configure(inbox=f"partial = {partial}")
    folders.drop("bad.xlsx", [("Add OTC", [otc("none", 5)])])
    assert serve("--once").named("workbook-rejected")
    report = report_of(folders, "bad.xlsx")
    assert "Rows: 1 read, 0 good, 0 unchanged, 1 rejected." in report
    assert "partial" not in report


def test_the_exit_code_of_a_single_run_is_that_of_its_worst_workbook(
    folders: Folders, serve: Serve
) -> None:
    """0 if nothing was rejected, or there was nothing to do; 1 rows rejected; 3 an unreadable file,
    which stops no other."""
    assert serve("--once").exit_code == 0
    folders.drop("good.xlsx", good(1))
    result = serve("--once", "--json")
    assert result.exit_code == 0
    [workbook] = result.json["workbooks"]
    facts = (workbook["file"], workbook["status"], workbook["batch"])
    assert facts == ("good.xlsx", "applied", 1)
    folders.drop("bad.xlsx", bad(2))
    assert serve("--once").exit_code == 1
    (folders.inbox / "none.xlsx").write_bytes(b"no workbook at all")
    folders.drop("good too.xlsx", good(3))
    folders.drop("bad.xlsx", bad(4))
    result = serve("--once")
    assert result.exit_code == 3
    assert result.named("workbook-applied")
    assert names(folders.rejected)[-2:] == ["none.xlsx", "none.xlsx.report.txt"]


def test_the_log_names_the_right_report_where_names_become_the_same(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of workbooks taken in one second, whose names differ in characters that are replaced."""
    filed_name = inbox_result.filed_name
    monkeypatch.setattr(
        inbox_result,
        "filed_name",
        lambda name, at: filed_name(name, at.replace(minute=0, second=0)),
    )
    contents = {
        name: folders.drop(name, bad(number)).read_bytes()
        for number, name in enumerate(('a"b.xlsx', "a:b.xlsx", "a_b.xlsx"))
    }
    result = serve("--once", "--json")
    events = result.named("workbook-rejected")
    assert len({event["report"] for event in events}) == len(contents)
    for event in events:
        assert Path(event["report"]).read_text("utf-8").startswith(f"{event['file']}: rejected")
    filed = {workbook["file"]: (folders.rejected / workbook["filed_as"]).read_bytes()
             for workbook in result.json["workbooks"]}  # fmt: skip
    assert filed == contents


def test_a_strange_entry_among_the_claims_stops_nothing(folders: Folders, serve: Serve) -> None:
    """Files and folders of other programs, and a forged claim that names a path to write to."""
    claimed = folders.inbox / ".claimed"
    (claimed / "else" / "more").mkdir(parents=True)
    (claimed / ".DS_Store").write_bytes(b"x")
    forged = claimed / "there" / "20260101T000000000000Z-abcdef"
    (forged / "workbook").mkdir(parents=True)
    content = b"no workbook"
    (forged / "workbook" / "w.xlsx").write_bytes(content)
    result: dict[str, object] = {
        "event": "workbook-applied", "file": "w.xlsx", "facts": {}, "name": "../../escaped.xlsx",
        "corrections": None, "corrections_made": None, "report": ["r"], "returned": False,
        "result": "applied", "rows": {}, "batch": 1, "sha256": sha256(content).hexdigest(),
    }  # fmt: skip
    (forged / "result.json").write_text(json.dumps({"final": True, "result": result}))
    folders.drop("one.xlsx", good(1))
    serve("--once")
    assert batches(folders) == ["one.xlsx"]
    assert [path.name for path in folders.folder.glob("escaped*")] == []
    assert "w.xlsx" in names(folders.rejected)


def test_a_mistyped_otc_is_masked_in_the_report(folders: Folders, serve: Serve) -> None:
    folders.drop("typo.xlsx", [("Add OTC", [otc("QWERT-12345-ASDFG-6789", 5)])])
    serve("--once")
    report = report_of(folders, "typo.xlsx")
    assert "ASDFG" not in report
    assert "-6789" in report
