"""Tell systemd the state of the service, in the datagrams of sd_notify(3); elsewhere do nothing."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(*lines: str) -> None:
    """Send lines such as READY=1, if systemd listens."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path or not hasattr(socket, "AF_UNIX"):
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto("\n".join(lines).encode(), address)


def watchdog_seconds() -> float | None:
    """The interval in which systemd wants to hear from this process; None if it does not."""
    interval, pid = os.environ.get("WATCHDOG_USEC", ""), str(os.getpid())
    if not interval.isdecimal() or os.environ.get("WATCHDOG_PID", pid) != pid:
        return None
    return int(interval) / 1e6
