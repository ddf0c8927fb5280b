"""Connect to the mail server, encrypted and logged in as configured."""

from __future__ import annotations

import base64
import os
import smtplib
import ssl
from contextlib import ExitStack, suppress
from email.message import EmailMessage
from typing import Self

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, printable, text
from importer.config.service import SmtpSettings

PASSWORD = "AVIRA_IMPORTER_SMTP_PASSWORD"  # noqa: S105 - the variable that holds it

CONNECT_TIMEOUT = 20
"""Seconds for each step until the login."""
SEND_TIMEOUT = 600
"""Seconds for each step after it. A server may take 10 minutes to accept a mail (RFC 5321,
4.5.3.2.6); a client that waits for less sends the mail again although it was accepted."""
MAX_ANSWER = 200
"""Characters of a server's answer that are quoted."""

_AUTHENTICATED = 235
_LOGIN_CODES = (530, 534, 535, 538)  # the settings are wrong, not the mail (RFC 4954)

_CHECK_HOST = N_("Check host and port in [smtp].")
_CHECK_LOGIN = N_("Check user and password_file in [smtp], or AVIRA_IMPORTER_SMTP_PASSWORD.")
_CHECK_PORT = N_("Check port and encryption in [smtp].")
_ENCRYPT = N_('Set encryption = "starttls" or "tls" in [smtp], whichever the server supports: a '
              "password is never sent unencrypted.")  # fmt: skip
_TRUST = N_("Use the host name that the certificate names, and make this computer trust its "
            "issuer, for example with SSL_CERT_FILE.")  # fmt: skip


class DeliveryError(Exception):
    """The mail was not delivered; `is_final` if a further attempt would fail as well."""

    def __init__(self, reason: str | Text, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class UnavailableError(OutputError):
    """The server cannot be used; `reason` is the part of the sentence that says why."""

    is_final = False

    def __init__(self, smtp: SmtpSettings, reason: str | Text, remedy: str) -> None:
        super().__init__(text(
            N_("The mail server {host}:{port} cannot be used: {reason}. {remedy}"),
            host=smtp.host, port=smtp.port, reason=reason, remedy=text(remedy)))  # fmt: skip
        self.reason = reason


class Connection:
    """A connection that opens when it is first needed, and again after it was lost.

    A server that could not be used is not tried a second time.
    """

    def __init__(self, smtp: SmtpSettings) -> None:
        self._smtp = smtp
        self._server: smtplib.SMTP | None = None
        self._failure: UnavailableError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            with suppress(OSError):  # the server may have hung up already
                self._server.quit()
            self._server.close()

    def open(self) -> smtplib.SMTP:
        """The server, ready to take mail; raises UnavailableError."""
        if self._failure is not None:
            raise self._failure
        if self._server is None or self._server.sock is None:
            try:
                self._server = _open(self._smtp)
            except UnavailableError as error:
                self._failure = error
                raise
        return self._server

    def send(self, message: EmailMessage) -> None:
        """Deliver `message`, which has one recipient; raises DeliveryError or UnavailableError."""
        server = self.open()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, answer)] = error.recipients.values()
            raise _refusal(code, answer) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            reason = text(N_("the server does not accept addresses with letters beyond A to Z"))
            raise DeliveryError(reason, is_final=True) from error
        except (OSError, ValueError) as error:  # ValueError: an address that is two commands
            server.close()
            raise DeliveryError(_in_short(error), is_final=isinstance(error, ValueError)) from error


def _refusal(code: int, answer: bytes | str) -> DeliveryError:
    is_final = 500 <= code <= 599 and code not in _LOGIN_CODES
    return DeliveryError(_quoted(code, answer), is_final=is_final)


def _open(smtp: SmtpSettings) -> smtplib.SMTP:
    password = None if smtp.user is None else _password(smtp)
    try:
        with ExitStack() as on_failure:
            server: smtplib.SMTP
            if smtp.encryption == "tls":
                server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=CONNECT_TIMEOUT,
                                          context=ssl.create_default_context())  # fmt: skip
            else:
                server = smtplib.SMTP(smtp.host, smtp.port, timeout=CONNECT_TIMEOUT)
            on_failure.callback(server.close)
            server.ehlo_or_helo_if_needed()
            if smtp.encryption in (None, "starttls"):
                _encrypt(server, smtp)
            if smtp.user is not None and password is not None:
                _log_in(server, smtp, smtp.user, password)
            assert server.sock is not None, "the server has answered"
            server.sock.settimeout(SEND_TIMEOUT)
            on_failure.pop_all()
            return server
    except (OSError, ValueError) as error:  # ValueError: an invalid host name
        raise UnavailableError(smtp, *_explained(error)) from error


def _encrypt(server: smtplib.SMTP, smtp: SmtpSettings) -> None:
    """Encrypt the connection if the settings require it or the server offers it.

    Where neither `encryption` nor a login requires it, any certificate is accepted, as between mail
    servers: an attacker who can present a false one can also hide that encryption is offered.
    """
    required = smtp.encryption == "starttls" or smtp.user is not None
    if not server.has_extn("starttls"):
        if not required:
            return
        remedy = _ENCRYPT if smtp.encryption is None else _CHECK_PORT
        raise UnavailableError(smtp, text(N_("it does not offer encryption (STARTTLS)")), remedy)
    context = ssl.create_default_context()
    if not required:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server.starttls(context=context)
    server.ehlo_or_helo_if_needed()


def _password(smtp: SmtpSettings) -> str:
    """The password of the user, read for each connection so that it may change meanwhile."""
    if smtp.encryption == "none":
        raise UnavailableError(smtp, text(N_("[smtp] has a user but no encryption")), _ENCRYPT)
    if password := os.environ.get(PASSWORD):
        return password
    if smtp.password_file is None:
        reason = text(N_("there is no password for {user}"), user=smtp.user)
        remedy = N_("Set AVIRA_IMPORTER_SMTP_PASSWORD, or password_file in [smtp].")
        raise UnavailableError(smtp, reason, remedy)
    try:
        content = smtp.password_file.read_text("utf-8-sig")  # some editors write a mark first
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or text(N_("it is not UTF-8 text"))
        reason = text(N_("{path} cannot be read: {reason}"), path=smtp.password_file, reason=why)
        raise UnavailableError(smtp, reason, _CHECK_LOGIN) from None  # it may quote the password
    return content.removesuffix("\n").removesuffix("\r")


def _log_in(server: smtplib.SMTP, smtp: SmtpSettings, user: str, password: str) -> None:
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    try:
        if (user + password).isascii():
            server.login(user, password)
            return
        # smtplib logs in with ASCII alone; PLAIN allows every letter (RFC 4616).
        code, answer = server.docmd("AUTH", f"PLAIN {plain}")
        if code != _AUTHENTICATED:
            raise smtplib.SMTPAuthenticationError(code, answer)
    except smtplib.SMTPResponseException as error:
        quoted = _quoted(error.smtp_code, error.smtp_error)
        secrets = (password, base64.b64encode(password.encode()).decode(), plain)
        if any(secret.lower() in quoted.lower() for secret in secrets):
            quoted = str(error.smtp_code)  # some servers repeat what they do not understand
        reason = text(N_("login rejected for {user} ({answer})"), user=user, answer=quoted)
        raise UnavailableError(smtp, reason, _CHECK_LOGIN) from None


def _explained(error: OSError | ValueError) -> tuple[str | Text, str]:
    """Why there is no connection, and what to do about it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = text(N_("its certificate is not trusted ({reason})"), reason=error.verify_message)
        return reason, _TRUST
    if isinstance(error, ssl.SSLError):
        return text(N_("encryption failed ({reason})"), reason=_in_short(error)), _CHECK_PORT
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return text(N_("it does not offer a supported login method")), _CHECK_LOGIN
    if isinstance(error, smtplib.SMTPResponseException):
        return _quoted(error.smtp_code, error.smtp_error), _CHECK_HOST
    return _in_short(error), _CHECK_HOST


def _quoted(code: int, answer: bytes | str) -> str:
    words = answer if isinstance(answer, str) else answer.decode(errors="replace")
    return _in_short(f"{code} {words}")


def _in_short(fault: OSError | ValueError | str) -> str:
    words = str(getattr(fault, "strerror", None) or fault).split()
    return printable(" ".join(words))[:MAX_ANSWER].rstrip(". ")
