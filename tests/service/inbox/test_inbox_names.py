"""Names of workbooks and ledgers that other systems do not allow, and missing ledgers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders import write_workbook
from inbox_workbooks import bad, batches, good, names
from service_folders import Folders
from services import Serve
from systems import linux_only

pytest_plugins = ["service_fixtures"]

linux_names = linux_only("only Linux allows such names")


@linux_names
def test_workbooks_with_strange_names_are_filed(folders: Folders, serve: Serve) -> None:
    """Names of the greatest length, of bytes that are no text, with characters not allowed."""
    content = write_workbook(folders.folder / "w.xlsx", good(1)).read_bytes()
    strange = [b"ni\xf1o.xlsx", "ñ".encode() * 125 + b".xlsx", b'a"b:c?.xlsx', b"line\nbreak.xlsx"]
    for name in strange:
        Path(os.fsdecode(os.fsencode(folders.inbox) + b"/" + name)).write_bytes(content)
    result = serve("--once")
    assert result.exit_code == 0
    assert len(result.events) == len(strange)
    assert folders.waiting == []
    assert len(names(folders.applied)) == 2 * len(strange)


@linux_names
def test_a_rejected_workbook_with_the_longest_name_comes_back_with_corrections(
    folders: Folders, serve: Serve
) -> None:
    path = write_workbook(folders.folder / "w.xlsx", bad(1))
    path.rename(folders.inbox / ("n" * 250 + ".xlsx"))
    assert serve("--once").exit_code == 1
    assert folders.waiting == []
    endings = [name.lstrip("n") for name in names(folders.rejected)]
    assert endings == [".corrections.xlsx", ".xlsx", ".xlsx.report.txt"]


@linux_names
def test_an_internal_error_at_a_workbook_with_a_strange_name_is_logged(
    folders: Folders, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(path: Path, *_: object) -> None:
        raise RuntimeError(str(path))

    monkeypatch.setattr("importer.pipeline.apply.check_workbook", faulty)
    folders.drop("x.xlsx", good(1)).rename(folders.inbox / os.fsdecode(b"ni\xf1o.xlsx"))
    result = serve("--once")
    assert result.exit_code == 3
    [event] = result.named("fault")
    assert "RuntimeError" in Path(event["log"]).read_text("utf-8")


@linux_names
def test_the_name_of_the_ledger_may_be_any_bytes(folders: Folders, serve: Serve) -> None:
    """The service remembers such a ledger too, and begins no second one in its place."""
    ledger = Path(os.fsdecode(os.fsencode(folders.folder) + b"/ni\xf1o.db"))
    folders.drop("one.xlsx", good(1))
    assert serve("--once", "--ledger", str(ledger)).exit_code == 0
    assert (folders.state / "ledger").read_bytes() == os.fsencode(ledger)
    ledger.unlink()
    folders.drop("two.xlsx", good(2))
    result = serve("--once", "--ledger", str(ledger))
    assert (result.exit_code, result.named("fault")) == (4, [])
    assert not ledger.exists()


def test_a_missing_ledger_is_waited_for_and_no_new_one_is_begun(
    folders: Folders, serve: Serve
) -> None:
    folders.drop("one.xlsx", good(1))
    assert serve("--once").exit_code == 0
    ledger, moved = Path(folders.ledger), folders.folder / "moved.db"
    ledger.rename(moved)
    folders.drop("two.xlsx", good(2))
    assert serve("--once").exit_code == 4
    assert not ledger.exists()
    assert folders.waiting == ["two.xlsx"]
    moved.rename(ledger)
    assert serve("--once").exit_code == 0
    assert batches(folders) == ["one.xlsx", "two.xlsx"]


def test_a_record_of_another_ledger_does_not_count(folders: Folders, serve: Serve) -> None:
    record = folders.state / "ledger"
    record.write_bytes(b"\xff\xfe\x00")
    folders.drop("one.xlsx", good(1))
    result = serve("--once")
    assert (result.exit_code, result.named("fault")) == (0, [])
    assert record.read_text("utf-8") == folders.ledger


def test_while_the_record_cannot_be_read_no_ledger_is_begun(folders: Folders, serve: Serve) -> None:
    """It might be the second."""
    record = folders.state / "ledger"
    record.mkdir()
    folders.drop("two.xlsx", good(2))
    result = serve("--once")
    assert (result.exit_code, result.named("fault")) == (4, [])
    assert str(record) in result.named("ledger-away")[0]["message"]
    assert not Path(folders.ledger).exists()
    record.rmdir()
    assert serve("--once").exit_code == 0
    assert batches(folders) == ["two.xlsx"]
