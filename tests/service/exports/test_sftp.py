"""Exports to an SFTP server."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest

from destinations import NAME, Destination, file_of, files_in, folder_of, to
from importer.base.errors import OutputError
from sftp_server import SftpServer, needs_sshd
from waiting import PATIENCE, wait_until

pytest_plugins = ["destination_fixtures"]


@needs_sshd
def test_the_users_known_hosts_are_trusted(shared_sftp_server: SftpServer, tmp_path: Path) -> None:
    """After a login by ssh no setting is needed."""
    ssh = Path(os.environ["HOME"]) / ".ssh"
    ssh.mkdir(parents=True)
    (ssh / "known_hosts").write_text(shared_sftp_server.known_host())
    target = to(shared_sftp_server.url(tmp_path / "exports"), **shared_sftp_server.login())
    target.check()
    target = to(
        shared_sftp_server.url(tmp_path / "exports"),
        **shared_sftp_server.login(),
        known_hosts="~/.ssh/known_hosts",
    )
    target.check()


@needs_sshd
def test_an_unknown_server_is_refused(shared_sftp_server: SftpServer, tmp_path: Path) -> None:
    """Nothing is sent to it, and the message says how to trust it."""
    target = to(shared_sftp_server.url(tmp_path / "exports"), **shared_sftp_server.login())
    for action in (target.check, target.names, lambda: target.deliver(file_of(tmp_path), NAME)):
        with pytest.raises(OutputError) as error:
            action()
        message = str(error.value)
        assert "the host key of 127.0.0.1 could not be verified" in message
        assert "exports[1].options.known_hosts" in message
    assert not (tmp_path / "exports").exists()


@needs_sshd
@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_server_with_another_key_is_refused(
    shared_sftp_server: SftpServer, tmp_path: Path, kind: str
) -> None:
    """Nothing is sent to it, whether or not its key is of the same kind as the known one."""
    options = shared_sftp_server.options()
    key = asyncssh.generate_private_key(kind).export_public_key().decode()
    Path(options["known_hosts"]).write_text(f"[127.0.0.1]:{shared_sftp_server.port} {key}")
    with pytest.raises(OutputError, match="could not be verified"):
        to(shared_sftp_server.url(tmp_path / "exports"), **options).check()
    assert not (tmp_path / "exports").exists()


@needs_sshd
def test_a_rejected_login_is_reported(shared_sftp_server: SftpServer, tmp_path: Path) -> None:
    """The reason is the server's."""
    target = to(
        shared_sftp_server.url(tmp_path / "exports"),
        **{**shared_sftp_server.options(), "client_keys": []},
    )
    with pytest.raises(OutputError, match=r"cannot be used: Permission denied for user .* on host"):
        target.check()


@needs_sshd
def test_a_server_that_comes_back_is_used_again(sftp_server: SftpServer, tmp_path: Path) -> None:
    """While it is away each action fails at once; the same destination works afterwards."""
    target = to(sftp_server.url(tmp_path / "exports"), **sftp_server.options())
    target.deliver(file_of(tmp_path), "Export 1.xlsx")
    sftp_server.stop()
    for action in (
        target.check, target.names, lambda: target.remove("Export 1.xlsx"),
        lambda: target.deliver(file_of(tmp_path), "Export 2.xlsx"),
    ):  # fmt: skip
        with pytest.raises(OutputError, match="Connect call failed"):
            action()
    sftp_server.start()
    target.deliver(file_of(tmp_path), "Export 2.xlsx")
    assert target.names() == ["Export 1.xlsx", "Export 2.xlsx"]


@needs_sshd
def test_a_server_that_dies_in_the_middle_has_nothing(
    sftp_server: SftpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No file under the true name, no word of libraries in the log, and the next try works."""
    exports = tmp_path / "exports"
    target = to(sftp_server.url(exports), **sftp_server.options())
    with delivering(target, file_of(tmp_path, bytes(200_000_000)), exports) as errors:
        sftp_server.stop()
    assert "cannot be used: " in str(errors[0])
    assert [name[:7] for name in files_in(exports)] == [".avira-"]
    sftp_server.start()
    target.deliver(file_of(tmp_path), NAME)
    assert target.names() == [NAME]
    assert not caplog.records


@needs_sshd
def test_a_server_that_hangs_is_given_up(sftp_server: SftpServer, tmp_path: Path) -> None:
    """In the middle of a file and before the first word, and it works again once it goes on."""
    exports = tmp_path / "exports"
    options = {**sftp_server.options(), "keepalive_interval": 1, "keepalive_count_max": 5}
    target = to(sftp_server.url(exports), **options)
    with delivering(target, file_of(tmp_path, bytes(200_000_000)), exports) as errors:
        sftp_server.freeze()
    assert "Server not responding to keepalive" in str(errors[0])
    with pytest.raises(OutputError, match="cannot be used: the server does not answer"):
        to(sftp_server.url(exports), **options, connect_timeout=1).names()
    sftp_server.thaw()
    patient = to(sftp_server.url(exports), **sftp_server.options())
    patient.deliver(file_of(tmp_path), NAME)
    assert patient.names() == [NAME]


@contextmanager
def delivering(target: Destination, source: Path, folder: Path) -> Iterator[list[OutputError]]:
    """While the block runs, a file is on its way; afterwards the list has why it failed."""
    errors: list[OutputError] = []

    def deliver() -> None:
        try:
            target.deliver(source, NAME)
        except OutputError as error:
            errors.append(error)

    thread = threading.Thread(target=deliver)
    thread.start()
    wait_until(lambda: any(path.stat().st_size for path in folder.glob(".avira-*")))
    yield errors
    thread.join(PATIENCE)


@needs_sshd
def test_a_port_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = to(f"sftp://127.0.0.1:{silent.getsockname()[1]}/exports", connect_timeout=0.5)
        with pytest.raises(OutputError, match="cannot be used: the server does not answer"):
            target.check()


@needs_sshd
def test_no_connection_is_left_open(sftp_server: SftpServer, tmp_path: Path) -> None:
    """Whether an action succeeds or fails, the server is let go."""
    target = to(sftp_server.url(tmp_path / "exports"), **sftp_server.options())
    blocked = to(sftp_server.url(file_of(tmp_path)), **sftp_server.options())
    for _ in range(5):
        target.check()
        with pytest.raises(OutputError):
            blocked.check()
    wait_until(lambda: sftp_server.connections() == 0)


@needs_sshd
def test_a_server_that_replaces_nothing_by_a_rename_will_do(tmp_path: Path) -> None:
    """OpenSSH can be configured to behave as others do."""
    exports = tmp_path / "exports"
    (tmp_path / "sshd").mkdir()
    plain = SftpServer(tmp_path / "sshd", "-P posix-rename")
    plain.make()
    try:
        target = to(plain.url(exports), **plain.options())
        for content in (b"1", b"2"):
            target.deliver(file_of(tmp_path, content), NAME)
        target.deliver(folder_of(tmp_path, otcs=b"1"), "Export 1")
    finally:
        plain.stop()
    assert files_in(exports) == {NAME: b"2", "Export 1/otcs.csv": b"1"}
