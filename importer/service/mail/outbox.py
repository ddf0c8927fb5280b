"""Mail that waits as files until the server has taken it, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTPUTF8
from itertools import count
from pathlib import Path

from importer.base import clock
from importer.base.errors import OutputError
from importer.base.files import cannot_write, whole_file
from importer.base.texts import N_, text
from importer.config.service import SmtpSettings
from importer.service.events import Event, log
from importer.service.mail.connection import NoConnectionError
from importer.service.mail.letter import address
from importer.service.mail.relay import Delivery, Relay
from importer.service.mail.waiting_mail import (
    ENDING,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    BrokenMailError,
    WaitingMail,
    beside,
    content_of,
    read_json,
    waiting_mail,
    write_json,
)

REFUSED = "refused"
"""The folder in the outbox for mail that somebody must look after. Moved back with the file beside
it, a mail goes to those who have not got it."""

UNFINISHED = dt.timedelta(days=1)
"""How old a file is that was never finished, and never will be."""

_INTERNATIONAL = SMTPUTF8.clone(cte_type="7bit")


class Outbox:
    """The mail in `folder`, and the server that takes it; one thread at a time may send.

    `put` may be called meanwhile, by any thread or process. Raises MisuseError where an address in
    `smtp` is none.
    """

    def __init__(self, folder: Path, smtp: SmtpSettings) -> None:
        for one in (smtp.sender, *smtp.alerts_to):
            address(one)
        self._folder = folder
        self._smtp = smtp
        self._numbers = count(1)
        self._known: dict[str, WaitingMail] = {}

    def put(self, message: EmailMessage) -> None:
        """Keep `message` until it is sent: it is on the disk when this returns.

        Raises OutputError if it cannot be written.
        """
        _private_folder(self._folder)
        named = [one for key in ("From", "To") for one in message[key].addresses]
        plain = all(one.addr_spec.isascii() for one in named)
        content = message.as_bytes(policy=message.policy if plain else _INTERNATIONAL)
        name = f"{clock.now():%Y%m%dT%H%M%SZ}-{next(self._numbers):06}-{secrets.token_hex(4)}"
        with whole_file(self._folder / (name + ENDING), mode=0o600) as temporary:
            temporary.write_bytes(content)

    def waiting(self) -> int:
        """How many mails wait; raises OutputError if the folder cannot be read."""
        return len(self._names())

    def check(self) -> None:
        """Connect, encrypt and log in as for sending; raises OutputError if it cannot be done."""
        with Relay(self._smtp, lambda: False) as relay:
            relay.connect()

    def send_due(self, now: dt.datetime, stopping: Callable[[], bool]) -> dt.datetime | None:
        """Send what is due at the instant `now`, the oldest first, until `stopping`.

        Gives the instant of the next try, None if nothing waits. `stopping` is asked before each
        mail, and each second while the server looks through one, which may take it 10 minutes.
        Raises OutputError if the folder cannot be read.
        """
        self._remove_unfinished(now)
        self._known = {
            name: self._known.get(name) or waiting_mail(self._folder / name)
            for name in self._names()
        }
        away: NoConnectionError | None = None
        with Relay(self._smtp, stopping) as relay:
            for name, mail in list(self._known.items()):
                if not mail.is_due(now):
                    continue
                if stopping():
                    break
                away = self._try(mail, relay, away, now)
                if not mail.path.exists():
                    del self._known[name]
        return min((one.due or now for one in self._known.values()), default=None)

    def _try(
        self, mail: WaitingMail, relay: Relay, away: NoConnectionError | None, now: dt.datetime
    ) -> NoConnectionError | None:
        """Send one; gives why there is no connection, so that nobody waits for one again."""
        try:
            content = content_of(mail.path)
        except FileNotFoundError:  # somebody has taken it away
            return away
        except BrokenMailError as error:
            mail.left, mail.broken = [], str(error.reason)
            self._file(mail, now)
            return away
        to = content.to if mail.left is None else mail.left
        delivery = Delivery()
        if to and away is None:
            try:
                delivery = relay.deliver(content.sender, to, content.content)
            except NoConnectionError as error:
                away = error
        if to and away is not None:
            delivery = Delivery(delayed=dict.fromkeys(to, str(away.reason)))
        if delivery.taken:
            log(Event.MAIL_SENT, to=list(delivery.taken), subject=content.subject)
        mail.left = list(delivery.delayed)
        mail.refused |= delivery.refused
        if delivery.delayed:
            self._delay(mail, _joined(delivery.delayed.values()), now)
        self._file(mail, now)
        return away

    def _delay(self, mail: WaitingMail, reason: str, now: dt.datetime) -> None:
        assert mail.left is not None, "it is known who has not got it"
        if mail.delay(now):
            _say_once(mail, Event.MAIL_DELAYED, to=mail.left, reason=reason, again=_at(mail))
        else:
            given_up = text(N_("it has waited for {days} days, at last because: {reason}"),
                            days=LONGEST_WAIT.days, reason=reason)  # fmt: skip
            mail.refused |= dict.fromkeys(mail.left, str(given_up))
            mail.left = []

    def _file(self, mail: WaitingMail, now: dt.datetime) -> None:
        """Bring the files to what has become of the mail; what cannot be done is done later."""
        try:
            if mail.refused or mail.broken is not None:
                self._keep_refused(mail)
            if mail.left:
                mail.keep_state()
            else:
                mail.forget()
        except OutputError as error:
            if mail.is_due(now):
                mail.due = now + LONGEST_PAUSE
            _say_once(mail, Event.MAIL_NOT_KEPT, reason=str(error.message))

    def _keep_refused(self, mail: WaitingMail) -> None:
        """Keep the mail for those who were refused, and say so."""
        kept = self._folder / REFUSED / mail.path.name
        _private_folder(kept.parent)
        if mail.refused:
            before = read_json(beside(kept)).get("reasons")
            reasons = (before if isinstance(before, dict) else {}) | mail.refused
            write_json(beside(kept), {"left": list(reasons), "reasons": reasons})
        if mail.left:
            with whole_file(kept, mode=0o600) as temporary:
                shutil.copyfile(mail.path, temporary)
        else:
            _move(mail.path, kept)
        log(Event.MAIL_REFUSED, to=list(mail.refused) or [mail.path.name],
            reason=mail.broken or _joined(mail.refused.values()), file=str(kept))  # fmt: skip
        mail.refused, mail.broken = {}, None

    def _names(self) -> list[str]:
        """The files of waiting mail, the oldest first."""
        return sorted(
            one.name
            for one in _entries(self._folder)
            if one.name.endswith(ENDING) and not one.name.startswith(".") and one.is_file()
        )

    def _remove_unfinished(self, now: dt.datetime) -> None:
        """Remove what a program left that was ended while it wrote: it is long, and secret."""
        old = (now - UNFINISHED).timestamp()
        for one in _entries(self._folder):
            unfinished = one.name.startswith(".") and one.name.endswith((ENDING, ".json"))
            with suppress(OSError):  # it does no harm, and perhaps it has just been finished
                if unfinished and one.is_file() and one.stat().st_mtime < old:
                    os.unlink(one)


def _say_once(mail: WaitingMail, event: Event, **facts: object) -> None:
    if event not in mail.said:
        mail.said.add(event)
        log(event, **facts)


def _joined(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(reasons))


def _at(mail: WaitingMail) -> str:
    assert mail.due is not None, "a mail that was delayed is due at some time"
    return mail.due.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:  # nothing was ever put
        return []
    except OSError as error:
        raise OutputError(
            text(N_("{path} cannot be read: {reason}."), path=folder, reason=error.strerror)
        ) from error


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _move(path: Path, to: Path) -> None:
    try:
        os.replace(path, to)
    except OSError as error:
        raise cannot_write(to, error) from error
