"""What systemd hears: that the service is ready, alive and stopping."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from service_folders import Folders
from services import running
from systems import posix_only
from waiting import PATIENCE, wait_until

pytest_plugins = ["service_fixtures"]

pytestmark = posix_only("Windows has no systemd")

WATCHDOG = 0.3
"""Seconds in which systemd wants to hear from the service."""


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> socket.socket:
    """A socket that listens as systemd does."""
    path = str(tmp_path / "notify")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(path)
    listening.settimeout(PATIENCE)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG * 1e6)))
    return listening


def receive(systemd: socket.socket) -> str:
    """The next message."""
    return systemd.recv(4096).decode()


def test_systemd_hears_that_a_service_is_ready_alive_and_stopping(
    folders: Folders, systemd: socket.socket
) -> None:
    """It says that it is alive at least twice as often as systemd wants to hear it."""
    with systemd, running(folders) as service:
        first, *others = [receive(systemd) for _ in range(5)]
        service.stop()
        while (last := receive(systemd)) == "WATCHDOG=1":
            pass
    assert first.splitlines()[0] == "READY=1"
    assert str(folders.inbox) in first
    assert others == ["WATCHDOG=1"] * 4
    assert last == "STOPPING=1"
    assert max(service.pauses) <= WATCHDOG / 2


def test_a_service_that_is_stuck_does_not_say_that_it_is_alive(
    folders: Folders, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.service.context.STUCK", 0.0)
    with systemd, running(folders) as service:
        wait_until(lambda: len(service.pauses) > 3)
        service.stop()
        assert receive(systemd).splitlines()[0] == "READY=1"
        assert receive(systemd) == "STOPPING=1"
