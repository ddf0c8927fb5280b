"""Tells systemd how the service is, in the datagrams of sd_notify(3); elsewhere, nothing."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(*lines: str) -> None:
    """Send lines such as READY=1; whoever started the service may not listen."""
    place = os.environ.get("NOTIFY_SOCKET")
    if not place or not hasattr(socket, "AF_UNIX"):
        return
    address = "\0" + place[1:] if place.startswith("@") else place
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto("\n".join(lines).encode(), address)


def watchdog_seconds() -> float | None:
    """Within which time systemd wants to hear from this process; None if it does not."""
    wanted, ours = os.environ.get("WATCHDOG_USEC", ""), str(os.getpid())
    if not wanted.isdecimal() or os.environ.get("WATCHDOG_PID", ours) != ours:
        return None
    return int(wanted) / 1e6
