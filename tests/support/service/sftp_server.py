"""OpenSSH's server, run by the tests as this user, which can be stopped, frozen and begun."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from ports import free_port
from systems import IS_ROOT
from tiers import installed, needs

needs_sshd = needs("sshd")

_STARTING = 20
"""Seconds after which a server that does not answer is taken for broken."""

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
StrictModes no
UsePAM no
MaxStartups 100
Subsystem sftp internal-sftp {limits}
"""


@dataclass(slots=True)
class SftpServer:
    """A server that gives `client_key` access to all files of this user.

    `limits` are arguments for OpenSSH's sftp-server.
    """

    folder: Path
    limits: str = ""
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def make(self) -> None:
        """Make its keys, and start it."""
        self.new_key("host_key")
        self.new_key("client_key")
        self.start()

    def new_key(self, name: str) -> None:
        """Make a key, in the place of one that is there."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        (self.folder / name).touch(mode=0o600)
        key.write_private_key(self.folder / name)
        key.write_public_key(self.folder / f"{name}.pub")

    def start(self) -> None:
        """Start it where it was, and wait until it answers."""
        assert self._process is None
        if IS_ROOT:  # it goes there when it gives up rights, and insists on it
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.port = self.port or free_port()
        config = self.folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=self.folder, limits=self.limits))
        command = [installed("sshd"), "-f", str(config), "-o", "PerSourcePenalties=no"]
        if subprocess.run([*command, "-t"], capture_output=True, check=False).returncode:
            del command[-2:]  # before OpenSSH 9.8 nobody was shut out for failing to log in
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-D", "-e"], stdin=subprocess.DEVNULL, stderr=log
            )
        end = time.monotonic() + _STARTING
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it and all that serve connections."""
        if self._process is None:
            return
        self.freeze()  # so that it starts no more of them
        for process in reversed(self._processes()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def freeze(self) -> None:
        """Suspend it and all processes that serve connections: connected, and silent."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def connections(self) -> int:
        """How many processes serve connections."""
        return len(self._processes()) - 1

    def options(self) -> dict[str, Any]:
        """The options of a client that knows the server."""
        known_hosts = self.folder / "known_hosts"
        known_hosts.write_text(self.known_host())
        return {**self.login(), "known_hosts": str(known_hosts)}

    def login(self) -> dict[str, Any]:
        """The options with which a client can log in."""
        return {"username": getpass.getuser(), "client_keys": [str(self.folder / "client_key")]}

    def known_host(self) -> str:
        """Its line in a file of known hosts."""
        return f"[127.0.0.1]:{self.port} {(self.folder / 'host_key.pub').read_text()}"

    def url(self, folder: Path) -> str:
        """The URL of a folder."""
        return f"sftp://127.0.0.1:{self.port}{folder}"

    def _signal(self, number: int) -> None:
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _processes(self) -> list[int]:
        """The server and its descendants."""
        assert self._process is not None
        processes = [self._process.pid]
        for process in processes:  # which grows
            with suppress(FileNotFoundError, ProcessLookupError):
                children = Path(f"/proc/{process}/task/{process}/children").read_text()
                processes.extend(map(int, children.split()))
        return processes

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False
