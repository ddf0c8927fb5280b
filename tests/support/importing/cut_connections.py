"""A connection to a PostgreSQL server that can be cut in the middle of a commit."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from servers import Server
from waiting import PATIENCE

_SOCKET = ".s.PGSQL.5432"


class Connection:
    """An importer's connection to a wire, and the one from there to the server."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.is_mute = threading.Event()
        self.answered = threading.Event()

    def forward_to_client(self) -> None:
        """Forward what the server sends, unless the connection is mute."""
        with suppress(OSError):
            while received := self.server.recv(65536):
                if self.is_mute.is_set():
                    self.answered.set()
                else:
                    self.client.sendall(received)
        if not self.is_mute.is_set():
            self.cut()

    def cut(self) -> None:
        """Close both ends, which both sides notice at once."""
        for end in (self.client, self.server):
            close(end)


Cut = Callable[[Connection, bytes], object]
"""What is done to a connection with a COMMIT message."""


class Wire:
    """A socket between importers and a server that can be cut where a batch is committed.

    It is in a folder of its own, and recognises a batch's COMMIT because the batch went by before.
    Each of `cuts` is for one commit.
    """

    def __init__(self, server: Server) -> None:
        self.cuts: deque[Cut] = deque()
        self.commits = 0
        self.folder = Path(tempfile.mkdtemp(prefix="wire"))
        self._server = str(server.folder / _SOCKET)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / _SOCKET))
        self._listening.listen()
        self._connections: list[Connection] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database: str) -> str:
        """What `--ledger` is for a database behind this wire."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def refuse(self) -> None:
        """Accept no more connections."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def remove(self) -> None:
        """Cut every connection, and accept no more."""
        with suppress(OSError):
            self.refuse()
        for connection in self._connections:
            connection.cut()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                connection = Connection(client, server)
                self._connections.append(connection)
                for forward in (
                    partial(self._forward_to_server, connection),
                    connection.forward_to_client,
                ):
                    threading.Thread(target=forward, daemon=True).start()

    def _forward_to_server(self, connection: Connection) -> None:
        has_batch = False
        with suppress(OSError):  # one of the ends is closed
            for message in _messages(connection.client):
                has_batch |= b"INSERT INTO batch" in message
                if has_batch and b"COMMIT" in message:
                    self.commits += 1
                    if self.cuts:
                        self.cuts.popleft()(connection, message)
                        return
                connection.server.sendall(message)
        connection.cut()


def _messages(client: socket.socket) -> Iterator[bytes]:
    """What a client sends, by message; the first one has no letter before its length."""
    buffer = b""
    letters = 0
    while received := client.recv(65536):
        buffer += received
        while len(buffer) >= letters + 4:
            length = letters + int.from_bytes(buffer[letters : letters + 4])
            if len(buffer) < length:
                break
            yield buffer[:length]
            buffer = buffer[length:]
            letters = 1


def close(end: socket.socket) -> None:
    """Close a socket, even while another thread reads from it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def before(connection: Connection, _commit: bytes) -> None:
    """Cut before the commit has reached the server."""
    connection.cut()


def during(connection: Connection, commit: bytes) -> None:
    """Cut right after the commit was sent."""
    connection.server.sendall(commit)
    connection.cut()


def after(connection: Connection, commit: bytes) -> None:
    """Let the commit pass, but not its answer."""
    commit_unanswered(connection, commit)
    connection.cut()


def commit_unanswered(connection: Connection, commit: bytes) -> None:
    """Let the commit pass, and hold its answer back."""
    connection.is_mute.set()
    connection.server.sendall(commit)
    assert connection.answered.wait(PATIENCE)


def leave_hanging(connection: Connection, _commit: bytes) -> None:
    """Lose the commit without the server noticing."""
    connection.is_mute.set()
    close(connection.client)
