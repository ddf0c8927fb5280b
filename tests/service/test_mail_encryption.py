"""Mail and encryption."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from pathlib import Path

import pytest

from importer.base.errors import OutputError
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import MINUTE, NOW, is_sent, mail, never, unencrypted

pytest_plugins = ["service_fixtures", "mail_fixtures"]


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
