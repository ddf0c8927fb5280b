"""The files of an SFTP server whose key is known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncssh

from importer.base.errors import OutputError
from importer.base.texts import N_, text
from importer.service.exports.address import Address
from importer.service.exports.folder import Folder

_OPTIONS: dict[str, Any] = {
    "known_hosts": b"",  # asyncssh's word for ~/.ssh/known_hosts, whatever ~/.ssh/config says
    "connect_timeout": 60,
    "keepalive_interval": 15,  # a server that is silent for a minute is given up
    "keepalive_count_max": 4,
}
_BLOCK = 512 * 1024
"""Bytes under way together: many requests for a distant server, few enough for a slow line."""


@contextmanager
def connect(address: Address, key: str) -> Iterator[Folder]:
    """Connect to a server, and make the folder if it is missing; `key` names the export."""
    server, slash, path = address.url.partition("://")[2].partition("/")
    parts = urlsplit(f"//{server}")
    place = {"host": parts.hostname, **({"port": parts.port} if parts.port else {})}
    with asyncio.Runner() as runner:
        # asyncio would log each request that is under way when a connection is lost.
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        connection = runner.run(_connection({**_OPTIONS, **place, **address.options}, key))
        try:
            files = _SftpFiles(runner, runner.run(_client(connection)))
            if path:
                files.make_folder(slash + path)
            yield Folder(files, slash + path)
        finally:
            connection.close()
            runner.run(connection.wait_closed())


async def _connection(options: dict[str, Any], key: str) -> asyncssh.SSHClientConnection:
    try:
        return await asyncssh.connect(**options)
    except asyncssh.HostKeyNotVerifiable as error:
        raise OutputError(
            text(N_("the server {host} did not show a key that is known, so it may be another "
                    "computer. Log in to it once with ssh as the user of the service and compare "
                    "the key, or name a file that has it as {key}.options.known_hosts. If a known "
                    "key has changed, ask who runs the server before you replace it"),
                 host=options["host"], key=key)
        ) from error  # fmt: skip
    except (asyncssh.ConnectionLost, ConnectionResetError) as error:
        # OpenSSH does so if it has no key of the kind that is known.
        raise OutputError(
            text(N_("the server {host} ended the connection before the login. If this persists, "
                    "its key may be of another kind than the known one; ssh -v tells"),
                 host=options["host"])
        ) from error  # fmt: skip


async def _client(connection: asyncssh.SSHClientConnection) -> asyncssh.SFTPClient:
    return await connection.start_sftp_client()


class _SftpFiles:
    renames = True

    def __init__(self, runner: asyncio.Runner, client: asyncssh.SFTPClient) -> None:
        self._run = runner.run
        self._client = client

    def names(self, folder: str) -> list[str]:
        listed = self._run(self._client.listdir(folder or "."))
        return [str(name) for name in listed if name not in (".", "..")]

    def is_folder(self, path: str) -> bool:
        return self._run(self._client.isdir(path)) and not self._run(self._client.islink(path))

    def write(self, path: str, source: Path) -> None:
        self._run(self._write(path, source))

    async def _write(self, path: str, source: Path) -> None:
        with source.open("rb") as content:
            async with self._client.open(path, "wb") as file:
                while block := content.read(_BLOCK):
                    await file.write(block)
                with suppress(asyncssh.SFTPOpUnsupported):
                    await file.fsync()

    def read(self, path: str) -> bytes:
        return self._run(self._read(path))

    async def _read(self, path: str) -> bytes:
        async with self._client.open(path, "rb") as file:
            content = await file.read()
            assert isinstance(content, bytes), "it was opened as binary"
            return content

    def rename(self, old: str, new: str) -> None:
        try:
            self._run(self._client.posix_rename(old, new))
        except asyncssh.SFTPOpUnsupported:  # and its plain rename replaces nothing
            self.remove_file(new)
            self._run(self._client.rename(old, new))

    def make_folder(self, path: str) -> None:
        self._run(self._client.makedirs(path, exist_ok=True))

    def remove_file(self, path: str) -> None:
        with suppress(asyncssh.SFTPNoSuchFile):
            self._run(self._client.remove(path))

    def remove_folder(self, path: str) -> None:
        self._run(self._client.rmdir(path))
