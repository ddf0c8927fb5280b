"""Exports arrive in a folder of this computer or elsewhere, whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from destinations import NAME, Target, file_of, files_in, folder_of, to
from importer.base import clock
from importer.base.errors import OutputError
from importer.service.exports.folder import unfinished_name
from sftp_server import SftpServer, needs_sshd
from systems import posix_only
from waiting import wait_until

pytest_plugins = ["destination_fixtures"]


LOCAL = pytest.param("local")
MEMORY = pytest.param("memory")
SFTP = pytest.param("sftp", marks=needs_sshd)


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_file_arrives_under_its_name(target: Target, tmp_path: Path) -> None:
    """Byte for byte, with spaces, accents and brackets in its name, and nothing beside it."""
    content = os.urandom(3_000_000)
    target.deliver(file_of(tmp_path, content), NAME)
    assert target.files() == {NAME: content}
    assert target.names() == [NAME]


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
@pytest.mark.parametrize("content", [b"", b"longer than the former"])
def test_a_file_takes_the_place_of_a_former_one(
    target: Target, tmp_path: Path, content: bytes
) -> None:
    """Nothing of the former is left, were it longer or shorter."""
    target.deliver(file_of(tmp_path, b"former"), NAME)
    target.deliver(file_of(tmp_path, content), NAME)
    assert target.files() == {NAME: content}


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_folder_of_files_takes_the_place_of_a_former_one(target: Target, tmp_path: Path) -> None:
    """A file that the former had and the new one has not is gone."""
    target.deliver(folder_of(tmp_path, otcs=b"1", devices=b"2"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"1", "Export 1/devices.csv": b"2"}
    target.deliver(folder_of(tmp_path, otcs=b"3"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"3"}
    assert target.names() == ["Export 1"]


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_files_and_folders_take_each_others_place(target: Target, tmp_path: Path) -> None:
    """As after a change of the format."""
    target.deliver(file_of(tmp_path), "Export 1")
    target.deliver(folder_of(tmp_path, otcs=b"1"), "Export 1")
    assert target.files() == {"Export 1/otcs.csv": b"1"}
    target.deliver(file_of(tmp_path), "Export 1")
    assert target.files() == {"Export 1": b"whole"}


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_only_the_named_file_or_folder_is_removed(target: Target, tmp_path: Path) -> None:
    """Brackets are no pattern; a folder is removed with its files; a missing one is no error."""
    for name in ("Export [12].xlsx", "Export 1.xlsx", "Export 2.xlsx"):
        target.deliver(file_of(tmp_path), name)
    target.deliver(folder_of(tmp_path, otcs=b"1", devices=b"2"), "Export 3")
    for name in ("Export [12].xlsx", "Export 3", "Export 4.xlsx"):
        target.remove(name)
    assert set(target.files()) == {"Export 1.xlsx", "Export 2.xlsx"}
    assert target.names() == ["Export 1.xlsx", "Export 2.xlsx"]


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_a_folder_of_folders_is_not_removed(target: Target, tmp_path: Path) -> None:
    """It is not removed, and nobody loses a tree of files by a name."""
    inner = tmp_path / "the exports" / "Export 1" / "inner"
    inner.mkdir(parents=True)
    (inner / "kept").touch()
    with pytest.raises(OutputError):
        target.remove("Export 1")
    assert list(target.files()) == ["Export 1/inner/kept"]


@pytest.mark.parametrize("target", [LOCAL, MEMORY, SFTP], indirect=True)
def test_a_check_leaves_nothing(target: Target) -> None:
    """It really writes, so remote folders are there afterwards, and empty."""
    target.check()
    target.check()
    assert target.files() == {}
    assert target.names() == []


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_unfinished_files_of_a_killed_service_are_removed_a_day_later(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is younger may be another's work, and other hidden files stay."""
    now = clock.now()
    names = {}
    for hours in (23, 25):
        monkeypatch.setattr(clock, "now", lambda ago=hours: now - dt.timedelta(hours=ago))
        names[hours] = unfinished_name()
    monkeypatch.setattr(clock, "now", lambda: now)
    folder = tmp_path / "the exports"
    others = [names[23], ".avira-1-x.part", ".hidden", ".avira-1-00000000.part.xlsx"]
    for name in (*names.values(), *others):
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    old_folder = folder / ".avira-1000000000-0123abcd.part"
    old_folder.mkdir()
    (old_folder / "otcs.csv").touch()
    assert target.names() == []
    target.remove_left_over()
    assert set(target.files()) == set(others)


LOCAL = pytest.param("local")
MEMORY = pytest.param("memory")
SFTP = pytest.param("sftp", marks=needs_sshd)


def test_a_missing_folder_is_named_with_its_setting(tmp_path: Path) -> None:
    """It is not created: otherwise the mount point of a missing disk would be filled."""
    target = to(tmp_path / "missing")
    deliver = partial(target.deliver, file_of(tmp_path), NAME)
    for action in (target.check, target.names, deliver):
        with pytest.raises(OutputError) as error:
            action()
        assert str(error.value) == (
            f"{tmp_path / 'missing'} cannot be used: the folder does not exist. "
            "Check exports[1].folder."
        )
    assert not (tmp_path / "missing").exists()


def test_a_full_disk_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the new one is left."""

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    folder = tmp_path / "exports"
    folder.mkdir()
    to(folder).deliver(file_of(tmp_path, b"former"), NAME)
    monkeypatch.setattr(os, "fsync", full)
    for source in (file_of(tmp_path, b"new"), folder_of(tmp_path, otcs=b"new")):
        with pytest.raises(OutputError, match="the disk is full"):
            to(folder).deliver(source, NAME)
    assert files_in(folder) == {NAME: b"former"}


DELIVER = """\
import sys
from pathlib import Path
from destinations import to
folder, source, name, *options = sys.argv[1:]
known_hosts, user, key = options or ("", "", "")
login = {"known_hosts": known_hosts, "username": user, "client_keys": [key]} if options else {}
to(folder, **login).deliver(Path(source), name)
"""


@posix_only("Windows has no pipes in folders")
@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_a_service_killed_in_the_middle_leaves_the_former_file(
    target: Target, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What it had written has a hidden name; the next service delivers normally."""
    target.deliver(file_of(tmp_path, b"former"), NAME)
    folder, options, pipe = str(tmp_path / "the exports"), [], tmp_path / "pipe"
    if target.shown.startswith("sftp"):
        sftp_server: SftpServer = request.getfixturevalue("sftp_server")
        login = sftp_server.options()
        folder = sftp_server.url(tmp_path / "the exports")
        options = [login["known_hosts"], login["username"], *login["client_keys"]]
    os.mkfifo(pipe)
    paths = os.pathsep.join(sys.path)
    service = subprocess.Popen(
        [sys.executable, "-c", DELIVER, folder, pipe, NAME, *options],
        env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path,
    )  # fmt: skip
    with pipe.open("wb") as half:
        half.write(bytes(5_000_000))
        wait_until(lambda: any(map(len, unfinished_files(target).values())))
        service.send_signal(signal.SIGKILL)
        assert service.wait() == -signal.SIGKILL
    assert target.names() == [NAME]
    assert target.files()[NAME] == b"former"
    assert len(unfinished_files(target)) == 1
    target.deliver(file_of(tmp_path, b"new"), NAME)
    assert target.files()[NAME] == b"new"


def unfinished_files(target: Target) -> dict[str, bytes]:
    return {name: content for name, content in target.files().items() if name != NAME}
