"""Workbooks whose names other systems do not allow."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from builders import write_workbook
from drops import bad, good, names
from service_folders import ServiceFolders
from services import Serve

pytest_plugins = ["service_fixtures"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")


def test_workbooks_with_strange_names_are_filed(folders: ServiceFolders, serve: Serve) -> None:
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


def test_a_rejected_workbook_with_the_longest_name_comes_back_with_corrections(
    folders: ServiceFolders, serve: Serve
) -> None:
    path = write_workbook(folders.folder / "w.xlsx", bad(1))
    path.rename(folders.inbox / ("n" * 250 + ".xlsx"))
    assert serve("--once").exit_code == 1
    assert folders.waiting == []
    endings = [name.lstrip("n") for name in names(folders.rejected)]
    assert endings == [".corrections.xlsx", ".xlsx", ".xlsx.report.txt"]


def test_the_name_of_the_ledger_may_be_any_bytes(folders: ServiceFolders, serve: Serve) -> None:
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
