"""What SFTP needs beyond what fsspec does: servers that are known, and connections that end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from importer.base.texts import N_, Text, text

PROTOCOLS = ("sftp", "ssh")
EXTRA = "avira-importer[sftp]"

_PATIENCE: dict[str, Any] = {"timeout": 60, "keepalive_interval": 15, "keepalive_count_max": 4}
"""Seconds for a connection; and a server that is silent for a minute is given up."""

_CLOSING = 5
_PORT = 22

_BLOCK = 32 * 1024
"""Bytes of a request, which every server takes."""
_AT_ONCE = 16
"""Requests that are under way together, as a server far away is slow to answer each; yet no more
than a slow line carries before the server would seem silent."""


def is_by_sshfs(kind: type) -> bool:
    """Whether that file system is the package sshfs's."""
    return kind.__module__.partition(".")[0] == "sshfs"


def complete(options: Mapping[str, Any]) -> dict[str, Any]:
    """`options` for sshfs, which would not look at the server's key unless told to.

    The empty `known_hosts` is asyncssh's word for the user's own ~/.ssh/known_hosts.
    """
    found = {"known_hosts": (), **_PATIENCE, **options}
    if isinstance(found["known_hosts"], str):
        found["known_hosts"] = str(Path(found["known_hosts"]).expanduser())
    return found


class SftpFiles:
    """sshfs's file system, and in its place what that does not do, or not as it must be done."""

    protocol = PROTOCOLS

    def __init__(self, filesystem: Any) -> None:
        self._filesystem = filesystem
        logging.getLogger("asyncio").addFilter(_is_worth_a_line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._filesystem, name)

    def put_file(self, local: str, path: str) -> None:
        """Upload a file, down to the disk where the server can.

        sshfs would leave tasks behind if the connection is lost, and asyncio complain of each.
        """

        async def uploaded(client: Any) -> None:
            async with client.open(path, "wb", block_size=0) as file:
                await _write(file, local)

        self._ask(uploaded)

    def mv(self, old: str, new: str) -> None:
        """Rename, in the place of another file where the server can, and raise where it cannot.

        sshfs would run `cp` there, which many servers do not have and which may stop half-way.
        """

        async def renamed(client: Any) -> None:
            try:
                await client.posix_rename(old, new)
            except _unsupported():
                await client.rename(old, new)

        self._ask(renamed)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder, which sshfs only seems to do."""
        self._ask(lambda client: client.rmdir(path))

    def close(self) -> None:
        """End the connection, which sshfs leaves to the collection of garbage."""
        from fsspec.asyn import sync  # type: ignore[import-untyped]

        async def closed() -> None:
            self.client.close()
            try:
                await asyncio.wait_for(self.client.wait_closed(), _CLOSING)
            except TimeoutError:
                self.client.abort()

        sync(self.loop, closed)

    def _ask(self, work: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
        """Do `work` with a client of asyncssh."""
        from fsspec.asyn import sync

        async def worked() -> None:
            async with self.client.start_sftp_client() as client:
                await work(client)

        sync(self.loop, worked)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """asyncio warns of each packet that a lost connection does not take, hundreds a file."""
    return record.msg != "socket.send() raised exception."


async def _write(file: Any, local: str) -> None:
    offset = 0
    with open(local, "rb") as source:
        while many := source.read(_BLOCK * _AT_ONCE):
            blocks = range(0, len(many), _BLOCK)
            await asyncio.gather(
                *(file.write(many[at : at + _BLOCK], offset + at) for at in blocks)
            )
            offset += len(many)
    with suppress(_unsupported()):
        await file.fsync()


def _unsupported() -> type[Exception]:
    from asyncssh.sftp import SFTPOpUnsupported

    return SFTPOpUnsupported


def distrust(error: Exception, url: str, options: Mapping[str, Any], key: str) -> Text | None:
    """What to say if `url` could not be connected over the server's key, None if not over that.

    `options` are those of the connection, `key` is how messages name the export.
    """
    import asyncssh
    from fsspec.utils import infer_storage_options  # type: ignore[import-untyped]

    server = {"port": _PORT, **infer_storage_options(url), **options}
    host, is_known = server.get("host", ""), _is_known(server)
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        if is_known:
            return text(
                N_("the server {host} shows another key than the one that is known, so it may be "
                   "another computer that pretends to be it. Ask who runs it; only if they have "
                   "changed the key, put the new one in the place of the old in known_hosts"),
                host=host,
            )  # fmt: skip
        return text(
            N_("the key of the server {host} is not known, so it may be another computer. Log in "
               "to it once by ssh as the user of the service and compare the key, or have "
               "{key}.options.known_hosts name a file that has it"), host=host, key=key,
        )  # fmt: skip
    if is_known and isinstance(error, asyncssh.ConnectionLost | ConnectionResetError):
        # OpenSSH's goes without a word where it has no key of the kind that it is asked for.
        return text(
            N_("the server {host} ended the connection before anybody could log in. If that stays, "
               "its key may have been changed to one of another kind than is known; ssh -v tells"),
            host=host,
        )  # fmt: skip
    return None


def _is_known(server: Mapping[str, Any]) -> bool:
    """Whether there is a key of the server in the files of known hosts."""
    import asyncssh

    try:
        known = asyncssh.read_known_hosts(server["known_hosts"] or _own_known_hosts())
    except (OSError, ValueError):  # then none is known
        return False
    port = None if server["port"] == _PORT else server["port"]
    keys, authorities, *_ = asyncssh.match_known_hosts(known, server.get("host", ""), "", port)
    return bool(keys or authorities)


def _own_known_hosts() -> str:
    return str(Path("~/.ssh/known_hosts").expanduser())
