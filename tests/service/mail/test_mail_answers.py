"""The answers of a mail server."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from importer.service.mail import connection
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import MINUTE, NOW, ONE, THREE, TWO, mail, names, never, subjects
from services import Events
from systems import IS_WINDOWS

pytest_plugins = ["service_fixtures", "mail_fixtures"]


def test_mail_that_is_refused_for_now_is_sent_later(
    mail_server: MailServer, folder: Path, events: Events
) -> None:
    mail_server.verdicts = ["451 4.7.1 Greylisted, try again.", "250 OK"]
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail("one"))
    outbox.put(mail("two"))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert subjects(mail_server) == ["two"]
    reason = "451 4.7.1 Greylisted, try again"
    facts = {"to": [ONE], "reason": reason, "again": f"{NOW + MINUTE:%Y-%m-%d %H:%M:%SZ}"}
    assert events() == [
        ("mail-delayed", facts), ("mail-sent", {"to": [ONE], "subject": "two"}),
    ]  # fmt: skip
    assert outbox.send_due(NOW + MINUTE, never) is None
    assert subjects(mail_server) == ["two", "one"]


@pytest.mark.parametrize("at", ["sender", "recipient", "content"])
def test_mail_that_is_refused_for_good_is_kept_and_not_retried(
    at: str, mail_server: MailServer, folder: Path, events: Events
) -> None:
    """The others are sent."""
    if at == "sender":
        mail_server.senders_refused = "550 5.7.1 Not you"
    elif at == "recipient":
        mail_server.refusals[ONE] = "550 5.1.1 Nobody"
    else:
        mail_server.verdicts = ["554 5.6.0 Not this"]
    outbox = Outbox(folder, mail_server.settings())
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
    if not IS_WINDOWS:
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert subjects(mail_server) == ([] if at == "sender" else ["good"])
    tried = len(mail_server.tried)
    assert Outbox(folder, mail_server.settings()).send_due(NOW + 99 * MINUTE, never) is None
    assert len(mail_server.tried) == tried


@pytest.mark.parametrize("code", [530, 535])
def test_mail_waits_where_the_server_wants_a_login(
    code: int, mail_server: MailServer, folder: Path
) -> None:
    """That is a setting, which can be corrected; nothing is wrong with the mail."""
    mail_server.senders_refused = f"{code} 5.7.0 Authentication required"
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail())
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert outbox.waiting() == 1


@pytest.mark.parametrize("restarted", [False, True])
def test_each_recipient_gets_a_mail_once_whatever_becomes_of_the_others(
    restarted: bool, mail_server: MailServer, folder: Path, events: Events
) -> None:
    """One is refused for good, one for now, one takes it; a refused mail can be moved back."""
    mail_server.refusals |= {TWO: "452 4.2.2 Mailbox full", THREE: "550 5.1.1 No such user."}
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail("x", ONE, TWO, THREE))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    *_, (_, facts) = logged = events()
    assert names(logged) == ["mail-sent", "mail-delayed", "mail-refused"]
    assert (facts["to"], facts["reason"]) == ([THREE], "550 5.1.1 No such user")
    assert outbox.waiting() == 1
    if restarted:
        outbox = Outbox(folder, mail_server.settings())
    outbox.send_due(NOW + MINUTE, never)
    mail_server.refusals.clear()
    [failed] = (folder / "failed").iterdir()
    failed.rename(folder / failed.name)
    assert outbox.send_due(NOW + 9 * MINUTE, never) is None
    assert [received.to for received in mail_server.mails] == [[ONE], [TWO], [THREE]]


def test_a_server_that_hangs_up_between_two_mails_gets_both(
    mail_server: MailServer, folder: Path
) -> None:
    mail_server.verdicts = ["421 4.3.2 Going down", "250 OK", "250 OK"]
    outbox = Outbox(folder, mail_server.settings())
    for subject in "abc":
        outbox.put(mail(subject))
    assert outbox.send_due(NOW, never) == NOW + MINUTE
    assert subjects(mail_server) == ["b", "c"]
    assert outbox.send_due(NOW + MINUTE, never) is None
    assert subjects(mail_server) == ["b", "c", "a"]


def test_a_server_may_take_ten_minutes_to_accept_a_mail(
    mail_server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that waits for less sends the mail again."""

    async def slow() -> str:
        await asyncio.sleep(5)
        return "250 OK"

    with connection.Connection(mail_server.settings()) as opened:
        sock = opened.open().sock
        assert sock is not None
        assert sock.gettimeout() == 600
    monkeypatch.setattr(connection, "SEND_TIMEOUT", 0.3)
    mail_server.verdicts = [slow]
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail())
    assert outbox.send_due(NOW, never) == NOW + MINUTE


INTERNATIONAL = "josé@ñandú.example"


@pytest.mark.parametrize("who", ["sender", "recipient"])
def test_addresses_in_other_letters_go_where_the_server_takes_them(
    who: str, mail_server: MailServer, folder: Path
) -> None:
    message = mail("Ñ", INTERNATIONAL)
    if who == "sender":
        message = mail("Ñ", sender=INTERNATIONAL)
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(message)
    assert outbox.send_due(NOW, never) is None
    [received] = mail_server.mails
    assert INTERNATIONAL in (received.sender, *received.to)
    assert INTERNATIONAL in (*received.message["From"].addresses[0].addr_spec.splitlines(),
                             received.message["To"].addresses[0].addr_spec)  # fmt: skip
    assert received.message["Subject"] == "Ñ"


def test_addresses_in_other_letters_are_refused_for_good_where_the_server_does_not_take_them(
    folder: Path, events: Events
) -> None:
    with MailServer(international=False).running() as mail_server:
        outbox = Outbox(folder, mail_server.settings())
        outbox.put(mail("x", ONE, INTERNATIONAL))
        outbox.put(mail("y"))
        assert outbox.send_due(NOW, never) is None
    _, (name, facts), _ = events()
    assert name == "mail-refused"
    assert facts["to"] == [INTERNATIONAL]
    assert "does not accept addresses with letters beyond A to Z" in facts["reason"]
    assert subjects(mail_server) == ["x", "y"]
