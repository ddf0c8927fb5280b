"""The login to a mail server."""

from __future__ import annotations

import base64
import smtplib
from pathlib import Path

import pytest

from importer.base.errors import OutputError
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import MINUTE, NOW, is_sent, mail, never, unencrypted
from ports import HOST
from services import Events

pytest_plugins = ["service_fixtures", "mail_fixtures"]

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
