"""A real mail server on a free port, which says what a test has it say and keeps what it takes."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from importer.config.service import SmtpSettings
from mail_pages import attached, body
from ports import HOST

logging.getLogger("mail.log").propagate = False  # the log of the program has no lines of aiosmtpd


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the server took; `encrypted` says how it came, `user` who was logged in."""

    sender: str
    to: list[str]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail as a program reads it."""
        message = message_from_string(self.content.decode(), policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def body(self, kind: str) -> str:
        """Its body, `plain` or `html`."""
        return body(self.message, kind)

    @property
    def attachments(self) -> dict[str, bytes]:
        """What is attached, by name."""
        return {name: content for name, (_, content) in attached(self.message).items()}


@dataclass
class MailServer:
    """Runs in threads of the test while `running`, on one port however often.

    `refusals` are answers to recipients, `verdicts` to the mails that come next (or what gives
    one), `senders_refused` to all senders, `login_answer` to every login; without them all is
    accepted. `tried` has the recipients of each mail that came so far, `mails` what was taken.
    `heard` is all that came, and whether it was encrypted.
    """

    certificate: Path | None = None
    from_the_start: bool = False
    passwords: dict[str, str] = field(default_factory=dict)
    international: bool = True
    login_without_encryption: bool = False
    refusals: dict[str, str] = field(default_factory=dict)
    verdicts: list[str | Callable[[], Awaitable[str]]] = field(default_factory=list)
    senders_refused: str | None = None
    login_answer: Callable[[str, str], str] | None = None
    mails: list[Received] = field(default_factory=list)
    tried: list[list[str]] = field(default_factory=list)
    heard: list[tuple[bool, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        """Take mail for a while."""
        controller = _Controller(self)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    def settings(self, **more: Any) -> SmtpSettings:
        """The settings by which it is reached."""
        known: dict[str, Any] = {
            "host": HOST, "port": self.port, "sender": "licences@msp.example", "user": None,
            "password_file": None, "encryption": None, "alerts_to": ("ops@msp.example",),
        }  # fmt: skip
        return SmtpSettings(**known | more)

    def context(self) -> ssl.SSLContext | None:
        """How it encrypts."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context

    # What aiosmtpd asks of who takes mail

    async def handle_MAIL(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.senders_refused is not None:
            return self.senders_refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.tried.append(list(envelope.rcpt_tos))
        verdict = self.verdicts.pop(0) if self.verdicts else "250 OK"
        if not isinstance(verdict, str):
            verdict = await verdict()
        if verdict.startswith("250"):
            assert envelope.mail_from is not None
            assert isinstance(envelope.content, bytes)
            encrypted = session.ssl is not None or self.from_the_start
            user = session.auth_data.login.decode() if session.auth_data else None
            mail = Received(
                envelope.mail_from, list(envelope.rcpt_tos), envelope.content, encrypted, user
            )
            self.mails.append(mail)
        return verdict

    def authenticated(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, known: LoginPassword
    ) -> AuthResult:
        user, password = known.login.decode(), known.password.decode()
        good = self.passwords.get(user) == password
        if self.login_answer is not None:
            answer = self.login_answer(user, password)
            return AuthResult(success=False, handled=False, message=answer)
        return AuthResult(success=good, handled=False, auth_data=known)


class _Connection(SMTP):
    """Writes down what it is sent."""

    def data_received(self, data: bytes) -> None:
        """Bytes have come; where they were encrypted, they are no longer."""
        encrypted = self._tls_protocol is not None or self.event_handler.from_the_start
        self.event_handler.heard.append((encrypted, data))
        super().data_received(data)


class _Controller(Controller):
    def __init__(self, server: MailServer) -> None:
        context = server.context()
        inside = server.from_the_start
        super().__init__(
            server, HOST, server.port, ssl_context=context if inside else None,
            tls_context=None if inside else context, server_hostname="mail.example",
            authenticator=server.authenticated if server.passwords else None,
            auth_require_tls=not (server.login_without_encryption or inside),
            auth_exclude_mechanism=None if server.passwords else ["LOGIN", "PLAIN"],
            enable_SMTPUTF8=server.international,
        )  # fmt: skip

    def factory(self) -> SMTP:
        """One connection."""
        self.handler.connections += 1
        return _Connection(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.handler.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]
        self.handler.connections = 0  # but for the one that aiosmtpd begins with


def make_certificate(path: Path) -> Path:
    """A certificate that the server has issued to itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
                       critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(kept + certificate.public_bytes(pem))
    return path
