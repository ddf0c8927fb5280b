"""Fixtures of the tests of destinations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

from destinations import Target, files_in, files_in_memory, to
from sftp_server import SftpServer


@pytest.fixture(scope="session")
def shared_sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    """A server that runs while tests use it."""
    server = SftpServer(tmp_path_factory.mktemp("sshd"))
    server.make()
    yield server
    server.stop()


@pytest.fixture
def sftp_server(shared_sftp_server: SftpServer) -> SftpServer:
    """The same server, restarted: a test before may have stopped it."""
    shared_sftp_server.stop()
    shared_sftp_server.start()
    return shared_sftp_server


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """An empty folder of the kind that the test names."""
    folder = tmp_path / "the exports"
    if request.param == "local":
        folder.mkdir()
        yield Target(to(folder).settings, lambda: files_in(folder))
    elif request.param == "sftp":
        server: SftpServer = request.getfixturevalue("sftp_server")
        settings = to(server.url(folder), **server.options()).settings
        yield Target(settings, lambda: files_in(folder))
    else:
        yield Target(to("memory://exports").settings, files_in_memory)
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]
