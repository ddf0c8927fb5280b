"""Ports of this computer that nobody uses."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        assert isinstance(port, int)
        return port
