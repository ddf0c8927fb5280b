"""The files of an SFTP server whose key is known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import asyncssh

from importer.base.errors import OutputError
from importer.base.texts import N_, text
from importer.config.service import ExportSettings
from importer.service.exports.folder import Folder

T = TypeVar("T")

_OPTIONS: dict[str, Any] = {
    "known_hosts": b"",  # asyncssh's word for ~/.ssh/known_hosts, whatever ~/.ssh/config says
    "connect_timeout": 60,
    "keepalive_interval": 15,  # give up on a server that is silent for a minute
    "keepalive_count_max": 4,
}
LONGEST = 1800.0
"""Seconds after which a request fails even if the server is alive."""

# asyncio warns of each packet that a lost connection does not take.
logging.getLogger("asyncio").addFilter(lambda record: "socket.send()" not in str(record.msg))

_BLOCK = 512 * 1024
"""Bytes under way together: many requests for a distant server, few enough for a slow line."""


@contextmanager
def connect(settings: ExportSettings) -> Iterator[Folder]:
    """Connect to a server, and make the folder if it is missing."""
    url = urlsplit(settings.folder, allow_fragments=False)
    server: dict[str, Any] = {"host": url.hostname, "port": url.port or ()}
    for key, value in (("username", url.username), ("password", url.password)):
        if value is not None:
            server[key] = unquote(value)
    with asyncio.Runner() as runner:
        # asyncio would log each request that is under way when a connection is lost.
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        connections = AsyncExitStack()
        try:
            options = {**_OPTIONS, **server, **settings.options}
            files = _SftpFiles(runner, runner.run(_client(connections, options, settings.key)))
            if url.path.strip("/"):
                files.make_folder(url.path)
            yield Folder(files, url.path)
        finally:
            runner.run(connections.aclose())


async def _client(
    connections: AsyncExitStack, options: dict[str, Any], key: str
) -> asyncssh.SFTPClient:
    try:
        connection = await connections.enter_async_context(asyncssh.connect(**options))
        return await connection.start_sftp_client()
    except (asyncssh.HostKeyNotVerifiable, asyncssh.ConnectionLost, ConnectionResetError) as error:
        # OpenSSH ends the connection if it has no key of the kind that is known.
        raise OutputError(text(
            N_("the host key of {host} could not be verified ({reason}). Log in to it with ssh as "
               "the user of the service and compare its key, or name a file that has the key as "
               "{key}.options.known_hosts"),
            host=options["host"], reason=error, key=key)) from error  # fmt: skip


class _SftpFiles:
    renames = True

    def __init__(self, runner: asyncio.Runner, client: asyncssh.SFTPClient) -> None:
        self._runner = runner
        self._client = client

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(asyncio.wait_for(work, LONGEST))

    def names(self, folder: str) -> list[str]:
        listed = self._run(self._client.listdir(folder or "."))
        return [str(name) for name in listed if name not in (".", "..")]

    def is_folder(self, path: str) -> bool:
        return self._run(self._client.isdir(path)) and not self._run(self._client.islink(path))

    def write(self, path: str, source: Path) -> None:
        async def write() -> None:
            with source.open("rb") as content:
                async with self._client.open(path, "wb") as file:
                    while block := content.read(_BLOCK):
                        await file.write(block)
                    with suppress(asyncssh.SFTPOpUnsupported):
                        await file.fsync()

        self._run(write())

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
