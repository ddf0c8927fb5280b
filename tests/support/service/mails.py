"""Mails to put into an outbox, and what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from importer.config.service import SmtpSettings
from importer.service.mail.letter import Letter
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from services import Logged

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
MINUTE = dt.timedelta(minutes=1)
ONE, TWO, THREE = "one@x.example", "two@x.example", "three@x.example"


def never() -> bool:
    """The service does not stop."""
    return False


def mail(subject: str = "Subject", *to: str, sender: str = "licences@msp.example") -> EmailMessage:
    """A mail, to ONE unless others are named."""
    return Letter(subject, subject, [f"Body of {subject}."]).message(sender, to or (ONE,))


def subjects(server: MailServer) -> list[str]:
    """The subjects of the mails that the server has accepted."""
    return [str(received.message["Subject"]) for received in server.mails]


def names(events: Sequence[Logged]) -> list[str]:
    """The names of events, without their facts."""
    return [name for name, _ in events]


def unencrypted(server: MailServer) -> bytes:
    """All that came unencrypted, in capitals."""
    return b"".join(data for encrypted, data in server.heard if not encrypted).upper()


def is_sent(folder: Path, smtp: SmtpSettings) -> bool:
    """Whether the server accepts a mail."""
    outbox = Outbox(folder, smtp)
    outbox.put(mail())
    return outbox.send_due(NOW, never) is None
