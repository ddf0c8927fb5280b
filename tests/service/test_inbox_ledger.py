"""The ledger that a service has used before, and which is missing."""

from __future__ import annotations

from pathlib import Path

from drops import batches, good
from service_folders import ServiceFolders
from services import Serve

pytest_plugins = ["service_fixtures"]


def test_a_missing_ledger_is_waited_for_and_no_new_one_is_begun(
    folders: ServiceFolders, serve: Serve
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


def test_a_record_of_another_ledger_does_not_count(folders: ServiceFolders, serve: Serve) -> None:
    record = folders.state / "ledger"
    record.write_bytes(b"\xff\xfe\x00")
    folders.drop("one.xlsx", good(1))
    result = serve("--once")
    assert (result.exit_code, result.named("fault")) == (0, [])
    assert record.read_text("utf-8") == folders.ledger


def test_while_the_record_cannot_be_read_no_ledger_is_begun(
    folders: ServiceFolders, serve: Serve
) -> None:
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
