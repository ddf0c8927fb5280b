"""Mail reaches a real server, whatever happens to either of them."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import errno
import logging
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from importer.base.errors import MisuseError, OutputError
from importer.base.files import cannot_write
from importer.config.service import SmtpSettings
from importer.service.mail import connection
from importer.service.mail.letter import Letter
from importer.service.mail.outbox import Outbox
from mail_server import MailServer, make_certificate
from ports import HOST

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
MINUTE = dt.timedelta(minutes=1)
ONE, TWO, THREE = "one@x.example", "two@x.example", "three@x.example"
PASSWORD = "correct horse"


def never() -> bool:
    """Nobody is to stop."""
    return False


def mail(subject: str = "Subject", *to: str, sender: str = "licences@msp.example") -> EmailMessage:
    """A mail, to ONE unless others are named."""
    return Letter(subject, subject, [f"Body of {subject}."]).message(sender, to or (ONE,))


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes all mail."""
    with MailServer().running() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the mail waits."""
    return tmp_path / "mail"


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, dict[str, Any]]]]:
    """What was logged since the last time, each its name and its facts."""
    caplog.set_level(logging.INFO, "avira-importer")

    def since() -> list[tuple[str, dict[str, Any]]]:
        found = [(str(one.__dict__["event"]), dict(one.__dict__["facts"]))
                 for one in caplog.records if "event" in one.__dict__]  # fmt: skip
        caplog.clear()
        return found

    return since


Events = Callable[[], list[tuple[str, dict[str, Any]]]]


def names(found: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """The names alone."""
    return [name for name, _ in found]


def subjects(server: MailServer) -> list[str]:
    """The subjects of what the server has taken."""
    return [str(one.message["Subject"]) for one in server.mails]


# As it should be


def test_mail_waits_in_a_file_for_each_recipient_until_it_is_sent(
    server: MailServer, folder: Path, events: Events
) -> None:
    """Only its owner may read it; each recipient sees their own address alone."""
    outbox = Outbox(folder, server.settings())
    assert outbox.waiting() == 0
    outbox.put(mail("Ñandú", ONE, TWO))
    assert outbox.waiting() == 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(kept.stat().st_mode) for kept in folder.iterdir()} == {0o600}
    assert outbox.send_due(NOW, never) is None
    assert outbox.waiting() == 0
    assert list(folder.iterdir()) == []
    for recipient, received in zip((ONE, TWO), server.mails, strict=True):
        assert (received.sender, received.to) == ("licences@msp.example", [recipient])
        assert received.message["To"] == recipient
        assert received.message["Subject"] == "Ñandú"
        assert "Body of Ñandú." in received.body("plain")
        assert "<p" in received.body("html")
    assert events() == [
        ("mail-sent", {"to": [recipient], "subject": "Ñandú"}) for recipient in (ONE, TWO)
    ]


def test_a_file_arrives_as_it_is(server: MailServer, folder: Path) -> None:
    """Even one with lines of dots, and larger than what is sent at once."""
    content = b".\r\n..\n.\r" * 30_000 + os.urandom(100_000)
    message = mail()
    message.add_attachment(content, maintype="application", subtype="zip", filename="Ñ “a”.zip")
    outbox = Outbox(folder, server.settings())
    outbox.put(message)
    outbox.send_due(NOW, never)
    assert server.mails[0].attachments == {"Ñ “a”.zip": content}


def test_all_that_is_due_goes_in_order_through_one_connection(
    server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what a service before has left."""
    for start in (0, 10):
        now = NOW + dt.timedelta(seconds=start)
        monkeypatch.setattr("importer.base.clock.now", lambda now=now: now)
        outbox = Outbox(folder, server.settings())
        for number in range(start, start + 10):
            outbox.put(mail(f"{number:02}"))
    outbox.send_due(NOW, never)
    assert subjects(server) == [f"{number:02}" for number in range(20)]
    assert server.connections == 1


def test_an_empty_outbox_needs_no_server(folder: Path) -> None:
    outbox = Outbox(folder, MailServer(port=9).settings())
    assert outbox.send_due(NOW, never) is None
    assert not folder.exists()


def test_mail_that_cannot_be_kept_is_an_error(tmp_path: Path, server: MailServer) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        Outbox(tmp_path / "file", server.settings()).put(mail())


@pytest.mark.parametrize("more", [{"sender": "nobody"}, {"alerts_to": ("a@x.example", "a b")}])
def test_invalid_addresses_in_the_settings_are_reported_at_once(
    more: dict[str, Any], server: MailServer, folder: Path
) -> None:
    with pytest.raises(MisuseError, match="is not an email address"):
        Outbox(folder, server.settings(**more))


# A server that is away


def test_a_server_that_is_away_gets_the_mail_when_it_is_back(folder: Path, events: Events) -> None:
    """It is tried after 1, 1, 2, 4 … and at most 60 minutes; each mail is logged once."""
    server = MailServer()
    with server.running():
        pass
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("first"))
    outbox.put(mail("second", TWO))
    for path in folder.iterdir():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    now, pauses = NOW, []
    for _ in range(9):
        due = outbox.send_due(now, never)
        assert due is not None
        assert outbox.send_due(due - dt.timedelta(seconds=1), never) == due, "it is not due yet"
        pauses.append((due - now) / MINUTE)
        now = due
    assert pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    first, second = events()
    assert first[0] == second[0] == "mail-delayed"
    again = f"{NOW + MINUTE:%Y-%m-%d %H:%M:%SZ}"
    assert first[1] == {"to": [ONE], "reason": "Connection refused", "again": again}
    with server.running():
        assert outbox.send_due(now, never) is None
    assert subjects(server) == ["first", "second"]
    assert names(events()) == ["mail-sent", "mail-sent"]


def test_a_server_that_is_away_is_not_asked_again_for_each_mail(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that takes connections and says nothing costs one timeout, however much waits."""
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT", 0.3)
    with socket.create_server((HOST, 0)) as silent:
        silent.setblocking(False)
        outbox = Outbox(folder, MailServer(port=silent.getsockname()[1]).settings())
        for number in range(5):
            outbox.put(mail(str(number)))
        assert outbox.send_due(NOW, never) == NOW + MINUTE
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert outbox.waiting() == 5


def test_a_restart_keeps_the_pace_but_tries_at_once(folder: Path) -> None:
    server = MailServer()
    with server.running():
        pass
    outbox = Outbox(folder, server.settings())
    outbox.put(mail())
    now = NOW + 16 * MINUTE
    [kept] = folder.iterdir()
    os.utime(kept, (NOW.timestamp(), NOW.timestamp()))
    assert outbox.send_due(now, never) == now + 16 * MINUTE
    now += MINUTE
    assert outbox.send_due(now, never) == now + 15 * MINUTE
    assert Outbox(folder, server.settings()).send_due(now, never) == now + 17 * MINUTE


def test_a_clock_that_is_set_back_keeps_no_mail_waiting(server: MailServer, folder: Path) -> None:
    server.verdicts = ["451 later"]
    outbox = Outbox(folder, server.settings())
    outbox.put(mail())
    outbox.send_due(NOW + dt.timedelta(days=4), never)
    assert outbox.send_due(NOW, never) is None
    assert subjects(server) == ["Subject"]


def test_after_five_days_mail_is_given_up_and_kept(folder: Path, events: Events) -> None:
    server = MailServer()
    with server.running():
        pass
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("old"))
    assert outbox.send_due(NOW, never) is not None
    due = outbox.send_due(NOW + dt.timedelta(days=5) - MINUTE, never)
    assert due == NOW + dt.timedelta(days=5) + 59 * MINUTE
    events()
    assert outbox.send_due(due, never) is None
    [(name, facts)] = events()
    assert name == "mail-refused"
    assert facts["to"] == [ONE]
    assert "5 days" in facts["reason"]
    assert "Connection refused" in facts["reason"]
    assert Path(facts["file"]).parent == folder / "failed"
    assert Path(facts["file"]).exists()
    assert outbox.waiting() == 0


# What the server says


def test_mail_that_is_refused_for_now_is_sent_later(
    server: MailServer, folder: Path, events: Events
) -> None:
    server.verdicts = ["451 4.7.1 Greylisted, try again.", "250 OK"]
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("one"))
    outbox.put(mail("two"))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert subjects(server) == ["two"]
    reason = "451 4.7.1 Greylisted, try again"
    told = {"to": [ONE], "reason": reason, "again": f"{NOW + MINUTE:%Y-%m-%d %H:%M:%SZ}"}
    assert events() == [
        ("mail-delayed", told), ("mail-sent", {"to": [ONE], "subject": "two"}),
    ]  # fmt: skip
    assert outbox.send_due(NOW + MINUTE, never) is None
    assert subjects(server) == ["two", "one"]


@pytest.mark.parametrize("at", ["sender", "recipient", "content"])
def test_mail_that_is_refused_for_good_is_kept_and_not_retried(
    at: str, server: MailServer, folder: Path, events: Events
) -> None:
    """The others are sent."""
    if at == "sender":
        server.senders_refused = "550 5.7.1 Not you"
    elif at == "recipient":
        server.refusals[ONE] = "550 5.1.1 Nobody"
    else:
        server.verdicts = ["554 5.6.0 Not this"]
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("bad"))
    outbox.put(mail("good", TWO))
    before = next(iter(sorted(folder.iterdir()))).read_bytes()
    assert outbox.send_due(NOW, never) is None
    (name, facts), *_ = events()
    assert name == "mail-refused"
    assert facts["to"] == [ONE]
    assert facts["reason"].startswith("55")
    kept = Path(facts["file"])
    assert kept.parent == folder / "failed"
    assert kept.read_bytes() == before
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert subjects(server) == ([] if at == "sender" else ["good"])
    tried = len(server.tried)
    assert Outbox(folder, server.settings()).send_due(NOW + 99 * MINUTE, never) is None
    assert len(server.tried) == tried


@pytest.mark.parametrize("code", [530, 535])
def test_mail_waits_where_the_server_wants_a_login(
    code: int, server: MailServer, folder: Path
) -> None:
    """That is a setting, which can be put right; nothing is wrong with the mail."""
    server.senders_refused = f"{code} 5.7.0 Authentication required"
    outbox = Outbox(folder, server.settings())
    outbox.put(mail())
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert outbox.waiting() == 1


@pytest.mark.parametrize("restarted", [False, True])
def test_each_recipient_gets_a_mail_once_whatever_becomes_of_the_others(
    restarted: bool, server: MailServer, folder: Path, events: Events
) -> None:
    """One is refused for good, one for now, one takes it; a refused mail can be moved back."""
    server.refusals |= {TWO: "452 4.2.2 Mailbox full", THREE: "550 5.1.1 No such user."}
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("x", ONE, TWO, THREE))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    *_, (_, facts) = found = events()
    assert names(found) == ["mail-sent", "mail-delayed", "mail-refused"]
    assert (facts["to"], facts["reason"]) == ([THREE], "550 5.1.1 No such user")
    assert outbox.waiting() == 1
    if restarted:
        outbox = Outbox(folder, server.settings())
    outbox.send_due(NOW + MINUTE, never)
    server.refusals.clear()
    [failed] = (folder / "failed").iterdir()
    failed.rename(folder / failed.name)
    assert outbox.send_due(NOW + 9 * MINUTE, never) is None
    assert [received.to for received in server.mails] == [[ONE], [TWO], [THREE]]


def test_a_server_that_hangs_up_between_two_mails_gets_both(
    server: MailServer, folder: Path
) -> None:
    server.verdicts = ["421 4.3.2 Going down", "250 OK", "250 OK"]
    outbox = Outbox(folder, server.settings())
    for one in "abc":
        outbox.put(mail(one))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert subjects(server) == ["b", "c"]
    assert outbox.send_due(NOW + MINUTE, never) is None
    assert subjects(server) == ["b", "c", "a"]


def test_a_server_may_take_its_time_to_look_through_a_mail(
    server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than any other step; who waits for less sends the mail twice."""

    async def thorough() -> str:
        await asyncio.sleep(1.5)
        return "250 OK"

    monkeypatch.setattr(connection, "CONNECT_TIMEOUT", 0.5)
    server.verdicts = [thorough]
    outbox = Outbox(folder, server.settings())
    outbox.put(mail())
    monkeypatch.setattr(connection, "SEND_TIMEOUT", 0.5)
    assert outbox.send_due(NOW, never) is not None
    monkeypatch.setattr(connection, "SEND_TIMEOUT", 600)
    server.verdicts = [thorough]
    server.tried.clear()
    assert outbox.send_due(NOW + MINUTE, never) is None
    assert server.tried == [[ONE]]


# Being stopped and killed


def test_a_service_that_stops_sends_no_further_mail(server: MailServer, folder: Path) -> None:
    outbox = Outbox(folder, server.settings())
    for one in "abc":
        outbox.put(mail(one))
    assert outbox.send_due(NOW, lambda: bool(server.mails)) == NOW
    assert subjects(server) == ["a"]
    assert outbox.waiting() == 2
    assert outbox.send_due(NOW, never) is None
    assert subjects(server) == ["a", "b", "c"]


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import datetime, UTC
from importer.service.mail import outbox
from importer.service.mail.letter import Letter
from importer.config.service import SmtpSettings
when, folder, port = sys.argv[1:]
smtp = SmtpSettings("127.0.0.1", int(port), "licences@msp.example", None, None, None, ())
mail = Letter("kept", "kept", ["Body."]).message(smtp.sender, ["one@x.example"])

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if when == "while putting":
    os.replace = kill
if when == "before removing":
    outbox.remove = kill
box = outbox.Outbox(Path(folder), smtp)
box.put(mail)
if when == "between":
    kill()
box.send_due(datetime.now(UTC), lambda: False)
"""


@pytest.mark.parametrize(
    ("when", "sent"), [("while putting", 0), ("between", 1), ("before removing", 2)]
)
def test_a_crash_loses_no_mail_that_was_put(
    when: str, sent: int, server: MailServer, folder: Path
) -> None:
    """Killed between the server's taking it and its removal, it may come twice."""
    words = [sys.executable, "-c", KILLED, when, str(folder), str(server.port)]
    done = subprocess.run(words, check=False)
    assert done.returncode == -signal.SIGKILL
    left = list(folder.iterdir())
    assert len(left) == 1
    outbox = Outbox(folder, server.settings())
    assert outbox.waiting() == min(sent, 1)
    assert outbox.send_due(NOW, never) is None
    assert subjects(server) == ["kept"] * sent
    if when == "while putting":
        now = dt.datetime.now(dt.UTC)
        outbox.send_due(now, never)
        assert list(folder.iterdir()) == left, "somebody may be writing it"
        outbox.send_due(now + dt.timedelta(days=2), never)
    assert list(folder.iterdir()) == []


# Foreign files


BROKEN = {
    "empty.eml": b"",
    "zeros.eml": bytes(5000),
    "bytes.eml": bytes(range(256)) * 20,
    "nobody.eml": b"From: a@x.example\r\nSubject: x\r\n\r\nx",
    "no sender.eml": b"To: a@x.example\r\n\r\nx",
    "list.eml": b"From: a@x.example\r\nTo: everybody\r\n\r\nx",
    "odd.eml": b'From: =?=?=?\r\nTo: <<>,"\r\n\r\n',
    "group.eml": b"From: a@x.example\r\nTo: all: ;\r\n\r\nx",
}


def test_broken_and_foreign_files_stop_no_mail(
    server: MailServer, folder: Path, events: Events
) -> None:
    """Broken mail is put aside and named; what is no mail of an outbox stays as it is."""
    outbox = Outbox(folder, server.settings())
    outbox.put(mail("good"))
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("mine")
    (folder / "folder.eml").mkdir()
    (folder / "gone.eml").symlink_to(folder / "nowhere")
    assert outbox.send_due(NOW, never) is None
    assert subjects(server) == ["good"]
    told = dict(events_by_file(events()))
    assert told == dict.fromkeys(BROKEN, "mail-refused") | {"good": "mail-sent"}
    assert sorted(path.name for path in folder.iterdir()) == [
        "failed", "folder.eml", "gone.eml", "notes.txt",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "failed").iterdir()) == sorted(BROKEN)
    assert outbox.send_due(NOW, never) is None
    assert events() == []


def events_by_file(found: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """What was said of each file, or of the subject of what was sent."""
    for name, facts in found:
        yield facts.get("subject") or facts["to"][0], name


def test_mail_written_elsewhere_is_sent_with_proper_line_ends(
    server: MailServer, folder: Path
) -> None:
    """Bare ones could smuggle in a second mail."""
    folder.mkdir(parents=True)
    evil = "MAIL FROM:<evil@x.example>"
    (folder / "a.eml").write_bytes(
        f"From: a@x.example\nTo: {ONE}\nSubject: x\n\nfirst\n.\n{evil}\n".encode()
    )
    Outbox(folder, server.settings()).send_due(NOW, never)
    [received] = server.mails
    assert received.content.endswith(f"\r\nfirst\r\n.\r\n{evil}\r\n".encode())


@pytest.mark.parametrize("operation", ["os.replace", "importer.service.mail.outbox.remove"])
def test_a_file_that_cannot_be_moved_or_removed_is_logged_and_not_sent_again(
    operation: str, server: MailServer, folder: Path, events: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A mail that was refused is moved, one that was taken removed, once that can be done."""
    outbox = Outbox(folder, server.settings())
    outbox.put(mail())
    event = "mail-sent"
    if operation == "os.replace":
        server.refusals[ONE] = "550 Nobody"
        event = "mail-refused"

    def fail(path: Path, *_: Path) -> None:
        raise cannot_write(path, OSError(errno.EACCES, "no right"))

    with monkeypatch.context() as patch:
        patch.setattr(operation, fail)
        for hour in range(3):
            now = NOW + dt.timedelta(hours=hour)
            assert outbox.send_due(now, never) == now + dt.timedelta(hours=1)
    assert outbox.send_due(NOW + dt.timedelta(hours=3), never) is None
    assert sorted(names(events())) == sorted([*["mail-not-kept"] * 3, event])
    assert len(server.mails) == (event == "mail-sent")


# Encryption


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody trusts, unless SSL_CERT_FILE names it."""
    return make_certificate(tmp_path_factory.mktemp("certificate") / "server.pem")


def heard_in_clear(server: MailServer) -> bytes:
    """All that came unencrypted, in capitals."""
    return b"".join(data for encrypted, data in server.heard if not encrypted).upper()


def sent(folder: Path, smtp: SmtpSettings) -> bool:
    """Whether a mail is taken."""
    outbox = Outbox(folder, smtp)
    outbox.put(mail())
    return outbox.send_due(NOW, never) is None


def test_encryption_is_used_if_the_server_offers_it(folder: Path, certificate: Path) -> None:
    """Any certificate will do where no password is sent; with "none", nothing is encrypted."""
    with MailServer(certificate).running() as server:
        assert sent(folder, server.settings())
        assert server.mails[0].encrypted
        assert b"RCPT TO" not in heard_in_clear(server)
        assert sent(folder, server.settings(encryption="none"))
        assert not server.mails[1].encrypted
        assert b"RCPT TO" in heard_in_clear(server)


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_a_certificate_must_be_trusted(
    encryption: str, folder: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And be that of the host; until then the mail waits."""
    with MailServer(certificate, from_the_start=encryption == "tls").running() as server:
        smtp = server.settings(encryption=encryption)
        outbox = Outbox(folder, smtp)
        with pytest.raises(OutputError, match=r"is not trusted \(self[- ]signed.*SSL_CERT"):
            outbox.check()
        outbox.put(mail())
        assert outbox.send_due(NOW, never) == NOW + MINUTE
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        outbox.check()
        assert outbox.send_due(NOW + MINUTE, never) is None
        assert server.mails[0].encrypted
        with pytest.raises(OutputError, match=r"is not trusted .*localhost"):
            Outbox(folder, replace(smtp, host="localhost")).check()
        assert b"RCPT TO" not in heard_in_clear(server)


def test_no_mail_is_sent_without_the_encryption_that_is_required(
    server: MailServer, folder: Path
) -> None:
    outbox = Outbox(folder, server.settings(encryption="starttls"))
    with pytest.raises(OutputError, match=r"not offer encryption .* Check port and encryption"):
        outbox.check()
    with pytest.raises(OutputError, match="encryption failed"):
        Outbox(folder, server.settings(encryption="tls")).check()
    outbox.put(mail())
    assert outbox.send_due(NOW, never) is not None
    assert server.mails == []


def test_mail_is_not_sent_in_clear_if_encryption_fails(folder: Path, certificate: Path) -> None:
    """Where the server offers it, a failure does not make the mail go in clear."""
    with MailServer(certificate).running() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.starttls", _fails)
        assert not sent(folder, server.settings())
        assert server.tried == []


def _fails(*_: object, **__: object) -> None:
    raise smtplib.SMTPResponseException(454, b"TLS not available")


# Logging in


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


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
    with MailServer(trusted, encryption == "tls", passwords).running() as server:
        smtp = server.settings(encryption=encryption, user="licences")
        Outbox(folder, smtp).check()
        assert server.tried == []
        assert sent(folder, smtp)
        assert server.mails[0].user == "licences"
        assert server.mails[0].encrypted
        assert b"AUTH" in b"".join(data for encrypted, data in server.heard if encrypted)
        assert b"AUTH" not in heard_in_clear(server)


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
    with MailServer(trusted, passwords={"licences": password}).running() as server:
        outbox = Outbox(folder, server.settings(user="licences", password_file=file))
        outbox.check()
        monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "another")
        with pytest.raises(OutputError, match="login rejected for licences"):
            outbox.check()


def test_a_wrong_password_keeps_the_mail_waiting_and_is_not_shown(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch, events: Events
) -> None:
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", "wrong horse")
    with MailServer(trusted, passwords={"licences": PASSWORD}).running() as server:
        outbox = Outbox(folder, server.settings(user="licences"))
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
    """The answer of a server that repeats what it was told, as far as it is on one line."""
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    return f'500 Error: command "{plain}" not recognized, nor "{password}"'


def test_a_password_that_the_server_repeats_is_not_shown(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    server = MailServer(trusted, passwords={"licences": PASSWORD}, login_answer=echoed)
    with server.running():
        with pytest.raises(OutputError, match=r"login rejected for licences \(500\)") as error:
            Outbox(folder, server.settings(user="licences")).check()
        assert PASSWORD not in str(error.value)


@pytest.mark.parametrize("encryption", [None, "none", "starttls"])
def test_a_password_is_never_sent_in_clear(
    encryption: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even to a server that asks for it; Python's own client would have sent it."""
    monkeypatch.setenv("AVIRA_IMPORTER_SMTP_PASSWORD", PASSWORD)
    asking = MailServer(passwords={"licences": PASSWORD}, login_without_encryption=True)
    with asking.running() as server:
        smtp = server.settings(encryption=encryption, user="licences")
        with pytest.raises(OutputError, match="encryption"):
            Outbox(folder, smtp).check()
        assert not sent(folder, smtp)
        assert server.tried == []
        assert b"AUTH" not in heard_in_clear(server)
        with smtplib.SMTP(HOST, server.port) as careless:
            careless.login("licences", PASSWORD)
        assert b"AUTH" in heard_in_clear(server)


def test_the_error_says_what_is_wrong_with_the_login(
    folder: Path, trusted: Path, tmp_path: Path
) -> None:
    """Without a password, without a file for it, with one that is no text, without any login."""
    (tmp_path / "binary").write_bytes(b"\xff\xfesecret")
    with MailServer(trusted).running() as server:
        for more, said in (
            ({}, "no password for licences. Set AVIRA_IMPORTER_SMTP_PASSWORD, or password_file"),
            ({"password_file": tmp_path / "no"}, "no cannot be read: No such file"),
            ({"password_file": tmp_path / "binary"}, "binary cannot be read: it is not UTF-8"),
        ):
            with pytest.raises(OutputError, match=said) as error:
                Outbox(folder, server.settings(user="licences", **more)).check()
            assert "secret" not in repr(error.value.__cause__) + str(error.value)
        (tmp_path / "good").write_text("x")
        with pytest.raises(OutputError, match="does not offer a supported login"):
            Outbox(
                folder, server.settings(user="licences", password_file=tmp_path / "good")
            ).check()


# Whether it can be used at all


def test_a_check_sends_nothing_and_leaves_nothing(server: MailServer, folder: Path) -> None:
    Outbox(folder, server.settings()).check()
    assert (server.connections, server.mails, server.tried) == (1, [], [])
    assert not folder.exists()


@pytest.mark.parametrize(
    ("host", "said"),
    [(HOST, "Connection refused"), ("nowhere.invalid", "(not known|resolution|address)"),
     ("x" * 70 + ".example", ""), ("Ñandú..example", "")],
)  # fmt: skip
def test_a_check_says_why_there_is_no_server(host: str, said: str, folder: Path) -> None:
    with MailServer().running() as server:
        pass
    with pytest.raises(OutputError, match=rf"cannot be used: .*{said}.* Check host and port"):
        Outbox(folder, server.settings(host=host)).check()


def test_a_server_that_greets_with_a_refusal_is_quoted(
    folder: Path, greets: Callable[[bytes], int]
) -> None:
    """On one line, and without what would do something to a terminal."""
    port = greets(b"554-5.7.1 Go\x1b[31m away\r\n554 please.\r\n")
    with pytest.raises(OutputError, match=r"554 5\.7\.1 Go␛.31m away please\. Check host"):
        Outbox(folder, MailServer(port=port).settings()).check()
    port = greets(b"what?\r\n")
    with pytest.raises(OutputError, match="cannot be used"):
        Outbox(folder, MailServer(port=port).settings()).check()


@pytest.fixture
def greets() -> Iterator[Callable[[bytes], int]]:
    """Starts a server that says one thing and hangs up; its port."""
    with ExitStack() as stack:

        def greeting(words: bytes) -> int:
            listening = stack.enter_context(socket.create_server((HOST, 0)))

            def run() -> None:
                taken, _ = listening.accept()
                with taken:
                    taken.sendall(words)
                    taken.recv(1000)

            thread = threading.Thread(target=run)
            thread.start()
            stack.callback(thread.join)
            return int(listening.getsockname()[1])

        yield greeting


# Addresses


INTERNATIONAL = "josé@ñandú.example"


@pytest.mark.parametrize("who", ["sender", "recipient"])
def test_addresses_in_other_letters_go_where_the_server_takes_them(
    who: str, server: MailServer, folder: Path
) -> None:
    message = mail("Ñ", INTERNATIONAL)
    if who == "sender":
        message = mail("Ñ", sender=INTERNATIONAL)
    outbox = Outbox(folder, server.settings())
    outbox.put(message)
    assert outbox.send_due(NOW, never) is None
    [received] = server.mails
    assert INTERNATIONAL in (received.sender, *received.to)
    assert INTERNATIONAL in (*received.message["From"].addresses[0].addr_spec.splitlines(),
                             received.message["To"].addresses[0].addr_spec)  # fmt: skip
    assert received.message["Subject"] == "Ñ"


def test_addresses_in_other_letters_are_refused_for_good_where_the_server_does_not_take_them(
    folder: Path, events: Events
) -> None:
    with MailServer(international=False).running() as server:
        outbox = Outbox(folder, server.settings())
        outbox.put(mail("x", ONE, INTERNATIONAL))
        outbox.put(mail("y"))
        assert outbox.send_due(NOW, never) is None
    _, (name, facts), _ = events()
    assert name == "mail-refused"
    assert facts["to"] == [INTERNATIONAL]
    assert "does not accept addresses with letters beyond A to Z" in facts["reason"]
    assert subjects(server) == ["x", "y"]
