"""Exports into a folder of this computer."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from destinations import NAME, Target, file_of, files_in, folder_of, to
from importer.base.errors import OutputError
from services import wait_until
from sftp_server import SftpServer, needs_sshd

pytest_plugins = ["destination_fixtures"]

LOCAL = pytest.param("local")
MEMORY = pytest.param("memory")
SFTP = pytest.param("sftp", marks=needs_sshd)


def test_a_missing_folder_is_told_with_its_key(tmp_path: Path) -> None:
    """It is not made: a disk that is not there would be filled under its name."""
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


@pytest.mark.parametrize("target", [LOCAL, SFTP], indirect=True)
def test_a_service_killed_in_the_middle_leaves_the_former_file(
    target: Target, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What it had written has a hidden name; the next service delivers as if nothing had been."""
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
