"""Keep mail in files, each to one recipient, until the server has accepted it.

The age of a file decides how often it is tried, so no other state is kept.
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
from importer.base.files import cannot_write, make_folder, remove, whole_file
from importer.base.texts import N_, text
from importer.config.service import SmtpSettings
from importer.service.events import Event, log
from importer.service.mail.connection import Connection, DeliveryError, UnavailableError
from importer.service.mail.letter import address

FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(days=5)
"""After that a mail is given up (RFC 5321, 4.5.4.1: at least 4 or 5 days)."""

UNFINISHED = dt.timedelta(days=1)
"""Age of a file that was not completed, and never will be."""

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
        self.smtp = smtp
        self._folder = folder
        self._numbers = count(1)
        self._due: dict[str, dt.datetime] = {}
        self._sent: set[str] = set()
        """Files of mail that the server has taken, until they are removed."""

    def put(self, message: EmailMessage) -> None:
        """Keep `message` on the disk for each of its recipients, or raise OutputError for none."""
        make_folder(self._folder, 0o700)
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
        with Connection(self.smtp) as connection:
            connection.open()

    def send_due(self, now: dt.datetime, stopping: Callable[[], bool]) -> dt.datetime | None:
        """Send what is due at `now`, the oldest first, until `stopping`.

        Gives the instant of the next attempt, None if nothing waits. Raises OutputError if the
        folder cannot be read.
        """
        self._remove_unfinished(now)
        names = self._names()
        self._due = {name: due for name, due in self._due.items() if name in names}
        with Connection(self.smtp) as connection:
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
            except (DeliveryError, UnavailableError) as error:
                self._retry_or_give_up(path, recipient, error, now)
        except FileNotFoundError:  # another program has removed it
            pass
        except OutputError as error:
            log(Event.MAIL_NOT_KEPT, reason=str(error.message))
            self._due[path.name] = now + LONGEST_PAUSE

    def _retry_or_give_up(
        self, path: Path, to: str, error: DeliveryError | UnavailableError, now: dt.datetime
    ) -> None:
        reason = str(error.reason)
        age = now - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        if not error.is_final and age < LONGEST_WAIT:
            due = now + min(max(age, FIRST_PAUSE), LONGEST_PAUSE)
            if path.name not in self._due:
                again = due.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
                log(Event.MAIL_DELAYED, to=[to], reason=reason, again=again)
            self._due[path.name] = due
            return
        if not error.is_final:
            reason = str(text(N_("not sent within {days} days; last attempt: {reason}"),
                              days=LONGEST_WAIT.days, reason=reason))  # fmt: skip
        kept = self._folder / _FAILED / path.name
        make_folder(kept.parent, 0o700)
        try:
            os.replace(path, kept)
        except OSError as os_error:
            raise cannot_write(kept, os_error) from os_error
        log(Event.MAIL_REFUSED, to=[to], reason=reason, file=str(kept))

    def _names(self) -> list[str]:
        """The files of waiting mail, the oldest first."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:  # no mail was ever put
            return []
        except OSError as error:
            raise OutputError(text(N_("{path} cannot be read: {reason}."), path=self._folder,
                                   reason=error.strerror)) from error  # fmt: skip
        mails = (name for name in names if name.endswith(_MAIL) and not name.startswith("."))
        return sorted(name for name in mails if (self._folder / name).is_file())

    def _remove_unfinished(self, now: dt.datetime) -> None:
        """Remove what a program that was killed while writing has left: it is large, and secret."""
        for path in self._folder.glob(f".*{_MAIL}"):
            with suppress(OSError):  # it may have been completed just now
                if path.stat().st_mtime < (now - UNFINISHED).timestamp():
                    path.unlink()


def _read(path: Path) -> EmailMessage:
    """The mail in a file; raises DeliveryError unless it has a sender and one recipient."""
    try:
        message = message_from_string(path.read_text("utf-8"), policy=SMTP)
        [sender] = message["From"].addresses
        [recipient] = message["To"].addresses
        is_complete = sender.addr_spec and recipient.username and recipient.domain
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DeliveryError(error.strerror or str(error), is_final=True) from error
    except Exception:  # the parser fails at some headers with errors of its own
        is_complete = False
    if not is_complete:
        raise DeliveryError(text(N_("it is not a mail to one recipient")), is_final=True)
    return message
