"""Keep mail as files until the server has taken it.

A file holds one mail to one recipient. It is sent whole or not at all, and removed once the server
has taken it; its age decides how often it is tried, so that nothing else is remembered of it.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack, suppress
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from itertools import count
from pathlib import Path

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.files import cannot_write, remove, whole_file
from importer.base.texts import N_, text
from importer.config.service import SmtpSettings
from importer.service.events import Event, log
from importer.service.mail.connection import Connection, DeliveryError
from importer.service.mail.letter import address

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(days=5)
"""After that a mail is given up (RFC 5321, 4.5.4.1: at least 4 or 5 days)."""

UNFINISHED = dt.timedelta(days=1)
"""Age after which a file that was never completed never will be."""

_MAIL = ".eml"
_FAILED = "failed"
_INTERNATIONAL = SMTPUTF8.clone(cte_type="7bit")


class Outbox:
    """The mail in `folder`, and the server that takes it; one thread at a time may send.

    `put` may be called meanwhile, by any thread or process. Raises MisuseError where an address in
    `smtp` is invalid.
    """

    def __init__(self, folder: Path, smtp: SmtpSettings) -> None:
        for words in (smtp.sender, *smtp.alerts_to):
            address(words)
        self._folder = folder
        self._smtp = smtp
        self._numbers = count(1)
        self._due: dict[str, dt.datetime] = {}
        self._sent: set[str] = set()
        """Files of mail that the server has taken, until they are removed."""
        self._logged: set[tuple[str, Event]] = set()

    def put(self, message: EmailMessage) -> None:
        """Keep `message` for each of its recipients: it is on the disk when this returns.

        Raises OutputError if it cannot be written; none of it is then kept.
        """
        _make_private(self._folder)
        stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
        [sender] = message["From"].addresses
        with ExitStack() as files:
            for recipient in message["To"].addresses:
                message.replace_header("To", recipient)
                is_ascii = (sender.addr_spec + recipient.addr_spec).isascii()
                policy = message.policy if is_ascii else _INTERNATIONAL
                name = f"{stamp}-{next(self._numbers):06}-{secrets.token_hex(4)}{_MAIL}"
                path = files.enter_context(whole_file(self._folder / name, mode=0o600))
                path.write_bytes(message.as_bytes(policy=policy))

    def waiting(self) -> int:
        """The number of mails that wait; raises OutputError if the folder cannot be read."""
        return len(self._names())

    def check(self) -> None:
        """Connect, encrypt and log in as for sending; raises OutputError."""
        with Connection(self._smtp) as connection:
            connection.open()

    def send_due(self, now: dt.datetime, stopping: Callable[[], bool]) -> dt.datetime | None:
        """Send what is due at `now`, the oldest first, until `stopping`.

        Gives the instant of the next attempt, None if nothing waits. Raises OutputError if the
        folder cannot be read.
        """
        self._remove_unfinished(now)
        names = self._names()
        self._due = {name: due for name, due in self._due.items() if name in names}
        self._logged = {logged for logged in self._logged if logged[0] in names}
        with Connection(self._smtp) as connection:
            for name in names:
                due = self._due.get(name)
                if due is not None and now < due <= now + LONGEST_PAUSE:  # later: the clock was set
                    continue
                if stopping():
                    break
                self._send(self._folder / name, connection, now)
        return min((self._due.get(name, now) for name in self._names()), default=None)

    def _send(self, path: Path, connection: Connection, now: dt.datetime) -> None:
        recipient = path.name
        try:
            try:
                if path.name not in self._sent:
                    message = _read(path)
                    recipient = message["To"].addresses[0].addr_spec
                    connection.send(message)
                    self._sent.add(path.name)
                    log(Event.MAIL_SENT, to=[recipient], subject=str(message["Subject"] or ""))
                remove(path)
                self._sent.discard(path.name)
            except DeliveryError as error:
                self._retry_or_give_up(path, recipient, error, now)
        except FileNotFoundError:  # another program has removed it
            pass
        except OutputError as error:
            self._log_once(path.name, Event.MAIL_NOT_KEPT, reason=str(error.message))
            self._due[path.name] = now + LONGEST_PAUSE

    def _retry_or_give_up(
        self, path: Path, recipient: str, error: DeliveryError, now: dt.datetime
    ) -> None:
        reason = str(error.reason)
        age = now - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        if not error.is_final and age < LONGEST_WAIT:
            due = self._due[path.name] = now + min(max(age, FIRST_PAUSE), LONGEST_PAUSE)
            again = due.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
            facts = {"to": [recipient], "reason": reason, "again": again}
            self._log_once(path.name, Event.MAIL_DELAYED, **facts)
            return
        if not error.is_final:
            reason = str(text(N_("not sent within {days} days; last attempt: {reason}"),
                              days=LONGEST_WAIT.days, reason=reason))  # fmt: skip
        failed = self._folder / _FAILED
        _make_private(failed)
        try:
            os.replace(path, failed / path.name)
        except OSError as os_error:
            raise cannot_write(failed, os_error) from os_error
        log(Event.MAIL_REFUSED, to=[recipient], reason=reason, file=str(failed / path.name))

    def _log_once(self, name: str, event: Event, **facts: object) -> None:
        if (name, event) not in self._logged:
            self._logged.add((name, event))
            log(event, **facts)

    def _names(self) -> list[str]:
        """The files of waiting mail, the oldest first."""
        return sorted(
            entry.name
            for entry in _entries(self._folder)
            if entry.name.endswith(_MAIL) and not entry.name.startswith(".") and entry.is_file()
        )

    def _remove_unfinished(self, now: dt.datetime) -> None:
        """Remove what a program that was killed while writing has left: it is long, and secret."""
        old = (now - UNFINISHED).timestamp()
        for entry in _entries(self._folder):
            with suppress(OSError):  # it may have been completed just now
                if (
                    entry.name.startswith(".")
                    and entry.name.endswith(_MAIL)
                    and entry.stat().st_mtime < old
                ):
                    os.unlink(entry)


def _read(path: Path) -> EmailMessage:
    """The mail in a file, which has a sender and one recipient.

    Raises DeliveryError where it has not, FileNotFoundError where it is gone.
    """
    try:
        message = message_from_string(path.read_text("utf-8"), policy=SMTP)
        [sender] = message["From"].addresses
        [recipient] = message["To"].addresses
        is_complete = sender.addr_spec and recipient.username and recipient.domain
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DeliveryError(error.strerror or str(error), is_final=True) from error
    except Exception as error:  # the parser fails at some headers with errors of its own
        raise DeliveryError(text(N_("the file is not a mail")), is_final=True) from error
    if not is_complete:
        raise DeliveryError(text(N_("it has no sender or no recipient")), is_final=True)
    return message


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:  # no mail was ever put
        return []
    except OSError as error:
        raise OutputError(
            text(N_("{path} cannot be read: {reason}."), path=folder, reason=error.strerror)
        ) from error


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
