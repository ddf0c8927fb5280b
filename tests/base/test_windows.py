"""Files and consoles as only Windows has them."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import CommandLine
from importer.service.inbox.claims import open_claim_folder
from importer.service.service import _stop_with_console, _stopped_by_signals
from inbox_workbooks import good
from service_folders import Folders
from services import Serve
from workbooks import good_workbook

pytest_plugins = ["service_fixtures"]

SHARES_NOTHING, SHARES_READING = 0, 1


@contextmanager
def held(path: Path, share: int) -> Iterator[None]:
    """Have a file open as another program may."""
    if sys.platform != "win32":
        raise NotImplementedError
    import _winapi

    handle = _winapi.CreateFile(str(path), _winapi.GENERIC_READ, share, 0, 3, 0, 0)
    try:
        yield
    finally:
        _winapi.CloseHandle(handle)


@pytest.mark.parametrize(
    ("words", "file", "share"),
    [("check", "in.xlsx", SHARES_NOTHING), ("template --force -o", "out.xlsx", SHARES_READING)],
)
def test_a_held_file_is_said_to_be_in_use(
    words: str, file: str, share: int, command: CommandLine
) -> None:
    path = good_workbook().rename(file)
    with held(path, share):
        result = command(*words.split(), path)
    assert result.exit_code == 3
    assert "open in another program" in result.out + result.err
    assert "permission" not in result.out + result.err


@pytest.mark.parametrize("share", [SHARES_NOTHING, SHARES_READING])
def test_the_inbox_waits_for_a_held_file(share: int, full_folders: Folders, serve: Serve) -> None:
    path = full_folders.drop("good.xlsx", good(1))
    with held(path, share):
        result = serve("--once")
    assert "workbook-in-use" in result.err
    assert path.exists()
    path.chmod(0o400)  # a read-only file is moved all the same
    assert serve("--once").exit_code == 0
    assert not path.exists()


def test_a_read_only_workbook_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.touch(0o400)
    with open_claim_folder(tmp_path) as claims:
        assert claims.take(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_read_only_file_is_not_replaced_and_nothing_is_left(command: CommandLine) -> None:
    Path("out.xlsx").touch(0o400)
    result = command("template", "--force", "-o", "out.xlsx")
    assert result.exit_code == 3
    assert "read-only" in result.err
    assert [path.name for path in Path().glob("*") if path.name.startswith(".avira")] == []


@pytest.mark.parametrize("name", ["NUL", "CON", "folder/nul"])
def test_the_name_of_a_device_is_refused(name: str, command: CommandLine) -> None:
    for words in (["check", name], ["template", "-o", name], ["history", "--ledger", name]):
        result = command(*words)
        assert (result.exit_code, "device" in result.err) == (2, True)


@pytest.mark.parametrize("event", ["CTRL_BREAK_EVENT", "CTRL_CLOSE_EVENT"])
def test_a_console_that_closes_stops_the_service_as_ctrl_c_does(event: str) -> None:
    """Each event comes in a thread that Windows starts."""
    number = int(getattr(signal, event, 2))
    with pytest.raises(KeyboardInterrupt), _stopped_by_signals():  # noqa: PT012
        stop = _stop_with_console()
        assert stop is not None
        threading.Thread(target=stop, args=(number,), daemon=True).start()
        time.sleep(5)
