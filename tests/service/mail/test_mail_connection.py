"""The connection to a mail server: whether it can be used, encryption and login."""

from __future__ import annotations

import base64
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from importer.base.errors import OutputError
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import MINUTE, NOW, is_sent, mail, never, unencrypted
from ports import HOST
from services import Events

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
def test_a_check_says_why_there_is_no_server(
    host: str, reason: str, folder: Path, mail_server_away: MailServer
) -> None:
    with pytest.raises(OutputError, match=rf"cannot be used: .*{reason}.* Check host and port"):
        Outbox(folder, mail_server_away.settings(host=host)).check()


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


def test_encryption_is_used_if_the_server_offers_it(folder: Path, certificate: Path) -> None:
    """Any certificate will do where no password is sent; with "none", nothing is encrypted."""
    with MailServer(certificate).running() as mail_server:
        assert is_sent(folder, mail_server.settings())
        assert mail_server.mails[0].encrypted
        assert b"RCPT TO" not in unencrypted(mail_server)
        assert is_sent(folder, mail_server.settings(encryption="none"))
        assert not mail_server.mails[1].encrypted
        assert b"RCPT TO" in unencrypted(mail_server)


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_a_certificate_must_be_trusted(
    encryption: str, folder: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And be that of the host; until then the mail waits."""
    with MailServer(certificate, from_the_start=encryption == "tls").running() as mail_server:
        smtp = mail_server.settings(encryption=encryption)
        outbox = Outbox(folder, smtp)
        with pytest.raises(OutputError, match=r"is not trusted \(self[- ]signed.*SSL_CERT"):
            outbox.check()
        outbox.put(mail())
        assert outbox.send_due(NOW, never) == NOW + MINUTE
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        outbox.check()
        assert outbox.send_due(NOW + MINUTE, never) is None
        assert mail_server.mails[0].encrypted
        with pytest.raises(OutputError, match=r"is not trusted .*localhost"):
            Outbox(folder, replace(smtp, host="localhost")).check()
        assert b"RCPT TO" not in unencrypted(mail_server)


def test_no_mail_is_sent_without_the_encryption_that_is_required(
    mail_server: MailServer, folder: Path
) -> None:
    outbox = Outbox(folder, mail_server.settings(encryption="starttls"))
    with pytest.raises(OutputError, match=r"not offer encryption .* Check port and encryption"):
        outbox.check()
    with pytest.raises(OutputError, match="encryption failed"):
        Outbox(folder, mail_server.settings(encryption="tls")).check()
    outbox.put(mail())
    assert outbox.send_due(NOW, never) is not None
    assert mail_server.mails == []


def test_mail_is_not_sent_in_clear_if_encryption_fails(folder: Path, certificate: Path) -> None:
    """Where the server offers it, a failure does not make the mail go in clear."""
    with MailServer(certificate).running() as mail_server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.starttls", fail)
        assert not is_sent(folder, mail_server.settings())
        assert mail_server.tried == []


def fail(*_: object, **__: object) -> None:
    raise smtplib.SMTPResponseException(454, b"TLS not available")


PASSWORD = "correct horse"


@pytest.mark.parametrize("encryption", [None, "starttls", "tls"])
@pytest.mark.parametrize(
    "password", [PASSWORD, "pa\u00f1o\u20ac \U0001f98a"], ids=["plain", "other letters"]
)
def test_a_login_is_encrypted(
    encryption: str | None, password: str, folder: Path, trusted: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", password)
    passwords = {"licences": password}
    with MailServer(trusted, encryption == "tls", passwords).running() as mail_server:
        smtp = mail_server.settings(encryption=encryption, user="licences")
        Outbox(folder, smtp).check()
        assert mail_server.tried == []
        assert is_sent(folder, smtp)
        assert mail_server.mails[0].user == "licences"
        assert mail_server.mails[0].encrypted
        assert b"AUTH" in b"".join(data for encrypted, data in mail_server.heard if encrypted)
        assert b"AUTH" not in unencrypted(mail_server)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("beginning", ["", "\ufeff"])
def test_the_password_can_be_in_a_file(
    beginning: str, ending: str, folder: Path, trusted: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Without the last line break; spaces are its own. The environment, if it says one, wins."""
    password = f" {PASSWORD} "
    file = tmp_path / "password"
    file.write_bytes(f"{beginning}{password}{ending}".encode())
    with MailServer(trusted, passwords={"licences": password}).running() as mail_server:
        outbox = Outbox(folder, mail_server.settings(user="licences", password_file=file))
        outbox.check()
        monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "another")
        with pytest.raises(OutputError, match="login rejected for licences"):
            outbox.check()


def test_a_wrong_password_keeps_the_mail_waiting_and_is_not_shown(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch, events: Events
) -> None:
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "wrong horse")
    with MailServer(trusted, passwords={"licences": PASSWORD}).running() as mail_server:
        outbox = Outbox(folder, mail_server.settings(user="licences"))
        outbox.put(mail())
        assert outbox.send_due(NOW, never) == NOW + MINUTE
        [(name, facts)] = events()
        assert name == "mail-delayed"
        assert "535 5.7.8" in facts["reason"]
        with pytest.raises(OutputError, match=r"535 5\.7\.8.*Check user and password") as error:
            outbox.check()
        assert "horse" not in f"{facts} {error.value} {error.value.__cause__!r}"
        monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
        assert outbox.send_due(NOW + MINUTE, never) is None


def echoed(user: str, password: str) -> str:
    """The answer of a server that repeats the login, as far as it is on one line."""
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    return f'500 Error: command "{plain}" not recognized, nor "{password}"'


def test_a_password_that_the_server_repeats_is_not_shown(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    mail_server = MailServer(trusted, passwords={"licences": PASSWORD}, login_answer=echoed)
    with mail_server.running():
        with pytest.raises(OutputError, match=r"login rejected for licences \(500\)") as error:
            Outbox(folder, mail_server.settings(user="licences")).check()
        assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("encryption", [None, "none", "starttls"])
def test_a_password_is_never_sent_in_clear(
    encryption: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even to a server that asks for it; Python's own client would have sent it."""
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    server = MailServer(passwords={"licences": PASSWORD}, login_without_encryption=True)
    with server.running() as mail_server:
        smtp = mail_server.settings(encryption=encryption, user="licences")
        with pytest.raises(OutputError, match="encryption"):
            Outbox(folder, smtp).check()
        assert not is_sent(folder, smtp)
        assert mail_server.tried == []
        assert b"AUTH" not in unencrypted(mail_server)
        with smtplib.SMTP(HOST, mail_server.port) as careless:
            careless.login("licences", PASSWORD)
        assert b"AUTH" in unencrypted(mail_server)


def test_the_error_says_what_is_wrong_with_the_login(
    folder: Path, trusted: Path, tmp_path: Path
) -> None:
    """Without a password, without a file for it, with one that is no text, without any login."""
    (tmp_path / "binary").write_bytes(b"\xff\xfesecret")
    with MailServer(trusted).running() as mail_server:
        for more, reason in (
            ({}, "no password for licences. Set AVIRA_IMPORTER_SMTP_PASSWORD, or password_file"),
            ({"password_file": tmp_path / "no"}, "no cannot be read: No such file"),
            ({"password_file": tmp_path / "binary"}, "binary cannot be read: it is not UTF-8"),
        ):
            with pytest.raises(OutputError, match=reason) as error:
                Outbox(folder, mail_server.settings(user="licences", **more)).check()
            assert "secret" not in repr(error.value.__cause__) + str(error.value)
        (tmp_path / "good").write_text("x")
        with pytest.raises(OutputError, match="does not offer a supported login"):
            Outbox(
                folder, mail_server.settings(user="licences", password_file=tmp_path / "good")
            ).check()
