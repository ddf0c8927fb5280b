"""When a file counts as whole: by its last bytes, and by what the system says of its writers."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from builders import write_workbook
from importer.config.service import InboxSettings
from importer.service.inbox import wholeness
from importer.service.inbox.arrivals import DOUBTFUL, STILL, InboxFiles, InboxScanner, Stage
from importer.service.inbox.wholeness import NO_END, NO_LINE_END, Writers, examine
from inbox_workbooks import good
from slow_uploads import HEADER, WITHOUT_LEASES, otc_rows
from systems import linux_only

pytest_plugins = ["service_fixtures"]

SETTLE = 15.0
"""Seconds that a file must be still, by default, where nothing tells that it is whole."""

CSV = HEADER + otc_rows(1, 2)
WHOLE = {
    "Add OTC.csv": CSV.encode(),
    "carriage returns.csv": CSV.replace("\n", "\r").encode(),
    "SAP.xls": CSV.encode("utf-16"),
    "values.xls": CSV.encode(),
    "page.xls": b"<html></html>",
    "old.xls": bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 1000,
    "picture.png": b"\x89PNG",
}
CUT = {
    "Add OTC.csv": CSV[:-2].encode(),
    "SAP.xls": CSV[:-2].encode("utf-16"),
    "values.xls": CSV[:-2].encode(),
    "reserved.csv": CSV.encode() + bytes(4096),
}


def with_workbook(folder: Path, files: dict[str, bytes], keep: float) -> dict[str, bytes]:
    """`files`, and such a part of a workbook."""
    content = write_workbook(folder / "w.xlsx", good(1)).read_bytes()
    return files | {"w.xlsx": content[: int(len(content) * keep)]}


def seconds_until_taken(folder: Path, name: str, content: bytes) -> float:
    """How long a file must be still to be taken: one of the pauses, and not a moment less."""
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    now = 0.0
    scanner = InboxScanner(InboxSettings(folder, folder, folder), lambda: now)
    assert scanner.look().stages == {Stage.ARRIVING: 1}
    for pause in (STILL, SETTLE, DOUBTFUL):
        now = pause - 0.1
        assert scanner.look().ready == []
        now = pause
        files = scanner.look()
        if files.ready:
            assert files == InboxFiles([path], Counter([Stage.READY]), pause)
            return pause
        assert files.stages == {Stage.DOUBTFUL if pause == SETTLE else Stage.ARRIVING: 1}
    raise AssertionError("it is never taken")


@linux_only("only Linux has leases")
def test_a_closed_file_is_taken_soon_and_one_without_an_end_a_little_later(tmp_path: Path) -> None:
    """And an empty one only after minutes, since it may keep the place of another."""
    for name, content in with_workbook(tmp_path, WHOLE, 1).items():
        assert seconds_until_taken(tmp_path / f"whole {name}", name, content) == STILL
    for name, content in with_workbook(tmp_path, CUT, 0.9).items():
        assert seconds_until_taken(tmp_path / f"cut {name}", name, content) == SETTLE
    assert seconds_until_taken(tmp_path / "empty", "empty.xlsx", b"") == DOUBTFUL


@pytest.mark.parametrize("fcntl", WITHOUT_LEASES.values(), ids=WITHOUT_LEASES)
def test_without_leases_each_file_must_be_still_for_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fcntl: SimpleNamespace | None
) -> None:
    """And one without an end for minutes."""
    monkeypatch.setattr(wholeness, "fcntl", fcntl)
    for name, content in with_workbook(tmp_path, WHOLE, 1).items():
        assert seconds_until_taken(tmp_path / f"whole {name}", name, content) == SETTLE
    for name, content in with_workbook(tmp_path, CUT | {"empty.csv": b""}, 0.9).items():
        assert seconds_until_taken(tmp_path / f"cut {name}", name, content) == DOUBTFUL


@pytest.mark.usefixtures("no_leases")
@pytest.mark.parametrize("settle", [1.0, 120.0, 2 * DOUBTFUL])
def test_the_setting_says_for_how_long(tmp_path: Path, settle: float) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    now = 0.0
    times = dt.timedelta(seconds=settle)
    scanner = InboxScanner(InboxSettings(tmp_path, tmp_path, tmp_path, settle=times), lambda: now)
    for text, pause in ((CSV, max(settle, STILL)), (CSV[:-1], max(settle, DOUBTFUL))):
        path.write_text(text)
        scanner.look()
        now += pause - 0.1
        assert scanner.look().ready == []
        now += 0.1
        assert scanner.look().ready == [path]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_text_that_is_cut_anywhere_but_at_a_line_end_is_doubtful(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    path = tmp_path / "Clientes.csv"
    text = f"Cliente;Núm{line_end}Peluquería;25{line_end}"
    for length in range(1, len(text) + 1):
        part = text[:length]
        path.write_bytes(part.encode(encoding))
        assert examine(path).doubt == (None if part[-1] in "\r\n" else NO_LINE_END), part


def test_a_workbook_that_is_cut_anywhere_is_doubtful(tmp_path: Path) -> None:
    content = write_workbook(tmp_path / "w.xlsx", good(1)).read_bytes()
    path = tmp_path / "cut.xlsx"
    for length in range(4, len(content), 97):
        path.write_bytes(content[:length])
        assert examine(path).doubt == NO_END, length
    path.write_bytes(content)
    assert examine(path).doubt is None


def test_a_file_that_is_no_text_is_not_asked_for_a_line_end(tmp_path: Path) -> None:
    """Whatever its name says: the reason would mislead."""
    doubts = {"SAP.xls": CSV[:-2].encode("utf-16"), "values.xlsx": CSV[:-2].encode(),
              "none.xlsx": b"\0\1\2, no workbook"}  # fmt: skip
    for name, content in doubts.items():
        (tmp_path / name).write_bytes(content)
    found = {name: examine(tmp_path / name).doubt for name in doubts}
    assert found == {"SAP.xls": NO_LINE_END, "values.xlsx": NO_LINE_END, "none.xlsx": NO_END}


@linux_only("only Linux has leases")
def test_the_system_says_who_writes_to_a_file_or_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb"):
        assert examine(path).writers is Writers.SOME
    assert examine(path).writers is Writers.NONE
    for fcntl in WITHOUT_LEASES.values():
        monkeypatch.setattr(wholeness, "fcntl", fcntl)
        assert examine(path).writers is Writers.UNKNOWN


@linux_only("only Linux has leases")
@pytest.mark.parametrize(
    ("kind", "here", "closed"),
    [
        *((kind, True, Writers.UNKNOWN) for kind in ("nfs4", "cifs", "fuse.sshfs", "9p")),
        ("ext4", True, Writers.NONE), ("overlay", True, Writers.NONE),
        ("nfs4", False, Writers.NONE),
    ],
)  # fmt: skip
def test_leases_on_shares_prove_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, here: bool, closed: Writers
) -> None:
    """Another computer may write to the file; a share beside it does not matter."""
    device = tmp_path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device) + (not here)}"
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 {number} / /srv rw,noatime shared:1 - {kind} server:/x rw\n")
    monkeypatch.setattr(wholeness, "_MOUNTS", mounts)
    path = tmp_path / "a.csv"
    with path.open("wb"):
        opened = Writers.UNKNOWN if closed is Writers.UNKNOWN else Writers.SOME
        assert examine(path).writers is opened
    assert examine(path).writers is closed
