"""Whether a mail server can be used at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from importer.base.errors import OutputError
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from ports import HOST

pytest_plugins = ["service_fixtures", "mail_fixtures"]


def test_a_check_sends_nothing_and_leaves_nothing(mail_server: MailServer, folder: Path) -> None:
    Outbox(folder, mail_server.settings()).check()
    assert (mail_server.connections, mail_server.mails, mail_server.tried) == (1, [], [])
    assert not folder.exists()


@pytest.mark.parametrize(
    ("host", "reason"),
    [(HOST, "Connection refused"), ("nowhere.invalid", "(not known|resolution|address)"),
     ("x" * 70 + ".example", ""), ("Ñandú..example", "")],
)  # fmt: skip
def test_a_check_says_why_there_is_no_server(host: str, reason: str, folder: Path) -> None:
    with MailServer().running() as mail_server:
        pass
    with pytest.raises(OutputError, match=rf"cannot be used: .*{reason}.* Check host and port"):
        Outbox(folder, mail_server.settings(host=host)).check()


def test_a_server_that_greets_with_a_refusal_is_quoted(
    folder: Path, greeting: Callable[[bytes], int]
) -> None:
    """On one line, and without what would do something to a terminal."""
    port = greeting(b"554-5.7.1 Go\x1b[31m away\r\n554 please.\r\n")
    with pytest.raises(OutputError, match=r"554 5\.7\.1 Go␛.31m away please\. Check host"):
        Outbox(folder, MailServer(port=port).settings()).check()
    port = greeting(b"what?\r\n")
    with pytest.raises(OutputError, match="cannot be used"):
        Outbox(folder, MailServer(port=port).settings()).check()


@pytest.fixture
def greeting() -> Iterator[Callable[[bytes], int]]:
    """Starts a server that sends a greeting and hangs up; gives its port."""
    with ExitStack() as stack:

        def greet(greeting: bytes) -> int:
            listening = stack.enter_context(socket.create_server((HOST, 0)))

            def run() -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(greeting)
                    connection.recv(1000)

            thread = threading.Thread(target=run)
            thread.start()
            stack.callback(thread.join)
            return int(listening.getsockname()[1])

        yield greet
