"""A connection to the mail server, encrypted and logged in as the settings say."""

from __future__ import annotations

import base64
import os
import selectors
import smtplib
import ssl
import time
from collections.abc import Callable
from typing import Any

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, printable, text
from importer.config.service import SmtpSettings

PASSWORD = "AVIRA_IMPORTER_SMTP_PASSWORD"  # noqa: S105 - the variable that holds it

TIMEOUT = 20
"""Seconds for every step but the last."""
VERDICT_TIMEOUT = 600
"""Seconds until a server has looked through a mail (RFC 5321, 4.5.3.2.6): who waits for less sends
it again and again, though it was taken."""
PIECE = 65_536
"""Bytes that go in TIMEOUT seconds: all of a large mail may take longer on a slow line."""
QUOTED = 200
"""Characters of an answer that are quoted."""

_LOGGED_IN = 235

_HOST = N_("Check host and port in [smtp].")
_LOGIN = N_("Check user and password_file in [smtp], or AVIRA_IMPORTER_SMTP_PASSWORD.")
_PORT = N_("Check port and encryption in [smtp].")
_NEVER = N_('Set encryption = "starttls" or "tls" in [smtp], as the server has it: a password is '
            "never sent unencrypted.")  # fmt: skip
_TRUST = N_("Name the host as its certificate does, and have this computer trust whoever has "
            "issued it, such as with SSL_CERT_FILE.")  # fmt: skip


class NoConnectionError(OutputError):
    """The server cannot be used; `reason` is the part of the sentence that says why."""

    def __init__(self, smtp: SmtpSettings, reason: str | Text, remedy: Text) -> None:
        super().__init__(
            text(N_("The mail server {host}:{port} cannot be used: {reason}. {remedy}"),
                 host=smtp.host, port=smtp.port, reason=reason, remedy=remedy)
        )  # fmt: skip
        self.reason = reason


class Server(smtplib.SMTP):
    """A connection that takes its time where SMTP does, but for nobody who is to stop."""

    stopping: Callable[[], bool]
    _awaits_verdict = False

    def send(self, s: Any) -> None:
        """Send `s`, a command or the content of a mail."""
        if isinstance(s, str):
            super().send(s)
            return
        content = memoryview(s)
        for start in range(0, len(content), PIECE):
            if start and self.stopping():
                self._give_up()
            super().send(content[start : start + PIECE])

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the content of a mail, and wait for what becomes of it."""
        self._awaits_verdict = True
        try:
            return super().data(msg)
        finally:
            self._awaits_verdict = False

    def getreply(self) -> tuple[int, bytes]:
        """The next answer."""
        if self._awaits_verdict and self.sock is not None:
            until = time.monotonic() + VERDICT_TIMEOUT
            with selectors.DefaultSelector() as selector:
                selector.register(self.sock, selectors.EVENT_READ)
                while not selector.select(1):
                    if self.stopping() or time.monotonic() > until:
                        self._give_up()
        return super().getreply()

    def _give_up(self) -> None:
        self.close()
        raise smtplib.SMTPServerDisconnected(str(text(N_("there was no answer in time"))))


class _TlsServer(Server, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


def connection(smtp: SmtpSettings, stopping: Callable[[], bool]) -> Server:
    """A connection on which mail can be sent; raises NoConnectionError where there is none."""
    password = None if smtp.user is None else _password(smtp)
    try:
        server = _connected(smtp)
        server.stopping = stopping
        try:
            server.ehlo_or_helo_if_needed()
            if smtp.encryption in (None, "starttls"):
                _encrypt(server, smtp)
            if smtp.user is not None and password is not None:
                _log_in(server, smtp, smtp.user, password)
        except BaseException:
            server.close()
            raise
    except NoConnectionError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a host's name that is none
        raise NoConnectionError(smtp, *_why(error)) from error
    return server


def _connected(smtp: SmtpSettings) -> Server:
    if smtp.encryption == "tls":
        context = ssl.create_default_context()
        return _TlsServer(smtp.host, smtp.port, timeout=TIMEOUT, context=context)
    return Server(smtp.host, smtp.port, timeout=TIMEOUT)


def _encrypt(server: Server, smtp: SmtpSettings) -> None:
    """Have the connection encrypted, if the settings ask for it or the server offers it.

    Where neither `encryption` nor a login asks for it, any certificate will do, as between mail
    servers: whoever could put a false one between could as well hide that encryption is offered.
    But mail never goes unencrypted where it is offered.
    """
    required = smtp.encryption == "starttls" or smtp.user is not None
    if not server.has_extn("starttls"):
        if required:
            remedy = text(_NEVER if smtp.encryption is None else _PORT)
            raise NoConnectionError(smtp, text(N_("it offers no encryption (STARTTLS)")), remedy)
        return
    context = ssl.create_default_context()
    if not required:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server.starttls(context=context)
    server.ehlo_or_helo_if_needed()


def _password(smtp: SmtpSettings) -> str:
    """The password of the settings' user, read each time, so that it can be changed meanwhile."""
    if smtp.encryption == "none":
        reason = text(N_("the settings name a user, but no encryption"))
        raise NoConnectionError(smtp, reason, text(_NEVER))
    said = os.environ.get(PASSWORD)
    if said:
        return said
    if smtp.password_file is None:
        reason = text(N_("there is no password for {user}"), user=smtp.user)
        remedy = text(N_("Set {variable}, or password_file in [smtp]."), variable=PASSWORD)
        raise NoConnectionError(smtp, reason, remedy)
    try:
        written = smtp.password_file.read_text("utf-8-sig")  # as some editors begin a text
    except UnicodeDecodeError:  # it quotes what it could not read
        reason = text(N_("{path} is no text in UTF-8"), path=smtp.password_file)
        raise NoConnectionError(smtp, reason, text(_LOGIN)) from None
    except OSError as error:
        path, said = smtp.password_file, error.strerror
        reason = text(N_("{path} cannot be read: {reason}"), path=path, reason=said)
        raise NoConnectionError(smtp, reason, text(_LOGIN)) from error
    return written.removesuffix("\n").removesuffix("\r")


def _log_in(server: Server, smtp: SmtpSettings, user: str, password: str) -> None:
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    try:
        if (user + password).isascii():
            server.login(user, password)
            return
        # smtplib knows no other letters. PLAIN has all of them (RFC 4616).
        code, said = server.docmd("AUTH", f"PLAIN {plain}")
        if code != _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, said)
    except smtplib.SMTPResponseException as error:
        answer = answered(*reply_of(error))
        secrets = (password, base64.b64encode(password.encode()).decode(), plain)
        if any(secret.lower() in answer.lower() for secret in secrets):
            answer = str(error.smtp_code)  # some servers repeat what they do not understand
        reason = text(N_("it does not let {user} in ({answer})"), user=user, answer=answer)
        raise NoConnectionError(smtp, reason, text(_LOGIN)) from None


def _why(error: OSError | ValueError) -> tuple[str | Text, Text]:
    """Why there is no connection, and what to do about it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = text(N_("its certificate is not trusted ({reason})"), reason=error.verify_message)
        return reason, text(_TRUST)
    if isinstance(error, ssl.SSLError):
        reason = text(N_("encryption did not come about ({reason})"), reason=in_short(error))
        return reason, text(_PORT)
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return text(N_("it offers no login that we know")), text(_LOGIN)
    if isinstance(error, smtplib.SMTPResponseException):
        return answered(*reply_of(error)), text(_HOST)
    return in_short(error), text(_HOST)


def reply_of(error: smtplib.SMTPResponseException) -> tuple[int, bytes]:
    """The code and the words of an answer that is an error."""
    said = error.smtp_error
    return error.smtp_code, said if isinstance(said, bytes) else said.encode()


def answered(code: int, words: bytes) -> str:
    """What a server has answered, as part of a sentence."""
    return _short(f"{code} {words.decode(errors='replace')}")


def in_short(error: OSError | ValueError) -> str:
    """What the system says of a connection, as part of a sentence."""
    return _short(getattr(error, "strerror", None) or str(error))


def _short(words: str) -> str:
    return printable(" ".join(words.split()))[:QUOTED].rstrip(". ")
