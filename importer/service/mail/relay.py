"""Gives mail to the server, and tells who has got it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Self

from importer.base.texts import N_, text
from importer.config.service import SmtpSettings
from importer.service.mail.connection import Server, answered, connection, in_short, reply_of

_ABOUT_LOGIN = (530, 534, 535, 538)  # what is wrong is a setting, not the mail (RFC 4954)


class Delivery(NamedTuple):
    """Who has got a mail; who never will and who may later, and why not, by address."""

    taken: Sequence[str] = ()
    refused: Mapping[str, str] = {}
    delayed: Mapping[str, str] = {}


class Relay:
    """The server, connected to when that is first needed, and again once the connection is lost.

    `stopping` tells that nobody wants to wait any longer.
    """

    def __init__(self, smtp: SmtpSettings, stopping: Callable[[], bool]) -> None:
        self._smtp = smtp
        self._stopping = stopping
        self._server: Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            with suppress(OSError):  # it may have hung up before we take our leave
                self._server.quit()
            self._server.close()

    def connect(self) -> None:
        """Connect, encrypt and log in, unless that is done; raises NoConnectionError."""
        self._connected()

    def deliver(self, sender: str, to: Sequence[str], content: bytes) -> Delivery:
        """Give the server the mail `content`, whose line ends are CR LF.

        Raises NoConnectionError where there is none to be had.
        """
        server = self._connected()
        options: tuple[str, ...] = ()
        header = content.partition(b"\r\n\r\n")[0]
        if not (header.isascii() and sender.isascii() and "".join(to).isascii()):
            options = ("SMTPUTF8", "BODY=8BITMIME")
            if not server.has_extn("smtputf8"):
                reason = text(N_("the server takes no addresses with other letters than A to Z"))
                return Delivery(refused=dict.fromkeys(to, str(reason)))
        try:
            return _delivery(to, server.sendmail(sender, to, content, options))
        except smtplib.SMTPRecipientsRefused as error:
            last = list(error.recipients.values())[-1]  # it may hang up before it knows the others
            return _delivery(to, {**dict.fromkeys(to, last), **error.recipients})
        except smtplib.SMTPResponseException as error:
            return _delivery(to, dict.fromkeys(to, reply_of(error)))
        except OSError as error:
            server.close()
            return Delivery(delayed=dict.fromkeys(to, in_short(error)))
        except ValueError as error:  # an address that would be two commands
            server.close()
            return Delivery(refused=dict.fromkeys(to, in_short(error)))

    def _connected(self) -> Server:
        if self._server is None or self._server.sock is None:
            self._server = connection(self._smtp, self._stopping)
        return self._server


def _delivery(to: Iterable[str], refusals: Mapping[str, tuple[int, bytes]]) -> Delivery:
    """What the answers say to those of `to` that the server refused; the others have got it."""
    refused: dict[str, str] = {}
    delayed: dict[str, str] = {}
    for one, (code, words) in refusals.items():
        for_good = 500 <= code <= 599 and code not in _ABOUT_LOGIN
        (refused if for_good else delayed)[one] = answered(code, words)
    return Delivery([one for one in to if one not in refusals], refused, delayed)
