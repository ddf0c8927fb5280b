"""Mail waits in files until the server has accepted it."""

from __future__ import annotations

import datetime as dt
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from importer.base.errors import MisuseError, OutputError
from importer.service.mail import connection
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import MINUTE, NOW, ONE, TWO, mail, names, never, subjects
from ports import HOST
from services import Events
from systems import IS_WINDOWS

pytest_plugins = ["service_fixtures", "mail_fixtures"]


def test_mail_waits_in_a_file_for_each_recipient_until_it_is_sent(
    mail_server: MailServer, folder: Path, events: Events
) -> None:
    """Only its owner may read it; each recipient sees their own address alone."""
    outbox = Outbox(folder, mail_server.settings())
    assert outbox.waiting() == 0
    outbox.put(mail("Ñandú", ONE, TWO))
    assert outbox.waiting() == 2
    if not IS_WINDOWS:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(kept.stat().st_mode) for kept in folder.iterdir()} == {0o600}
    assert outbox.send_due(NOW, never) is None
    assert outbox.waiting() == 0
    assert list(folder.iterdir()) == []
    for recipient, received in zip((ONE, TWO), mail_server.mails, strict=True):
        assert (received.sender, received.to) == ("licences@msp.example", [recipient])
        assert received.message["To"] == recipient
        assert received.message["Subject"] == "Ñandú"
        assert "Body of Ñandú." in received.body("plain")
        assert "<p" in received.body("html")
    assert events() == [
        ("mail-sent", {"to": [recipient], "subject": "Ñandú"}) for recipient in (ONE, TWO)
    ]


def test_a_file_arrives_as_it_is(mail_server: MailServer, folder: Path) -> None:
    """Even one with lines of dots, and larger than what is sent at once."""
    content = b".\r\n..\n.\r" * 30_000 + os.urandom(100_000)
    message = mail()
    message.add_attachment(content, maintype="application", subtype="zip", filename="Ñ “a”.zip")
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(message)
    outbox.send_due(NOW, never)
    assert mail_server.mails[0].attachments == {"Ñ “a”.zip": content}


def test_all_that_is_due_goes_in_order_through_one_connection(
    mail_server: MailServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what an earlier service has left."""
    for start in (0, 10):
        now = NOW + dt.timedelta(seconds=start)
        monkeypatch.setattr("importer.base.clock.now", lambda now=now: now)
        outbox = Outbox(folder, mail_server.settings())
        for number in range(start, start + 10):
            outbox.put(mail(f"{number:02}"))
    outbox.send_due(NOW, never)
    assert subjects(mail_server) == [f"{number:02}" for number in range(20)]
    assert mail_server.connections == 1


def test_an_empty_outbox_needs_no_server(folder: Path) -> None:
    outbox = Outbox(folder, MailServer(port=9).settings())
    assert outbox.send_due(NOW, never) is None
    assert not folder.exists()


def test_mail_that_cannot_be_kept_is_an_error(tmp_path: Path, mail_server: MailServer) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        Outbox(tmp_path / "file", mail_server.settings()).put(mail())


@pytest.mark.parametrize("more", [{"sender": "nobody"}, {"alerts_to": ("a@x.example", "a b")}])
def test_invalid_addresses_in_the_settings_are_reported_at_once(
    more: dict[str, Any], mail_server: MailServer, folder: Path
) -> None:
    with pytest.raises(MisuseError, match="is not an email address"):
        Outbox(folder, mail_server.settings(**more))


def test_a_server_that_is_away_gets_the_mail_when_it_is_back(
    mail_server_away: MailServer, folder: Path, events: Events
) -> None:
    """It is tried after 1, 1, 2, 4 … and at most 60 minutes; each mail is logged once."""
    outbox = Outbox(folder, mail_server_away.settings())
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
    with mail_server_away.running():
        assert outbox.send_due(now, never) is None
    assert subjects(mail_server_away) == ["first", "second"]
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


def test_a_restart_keeps_the_pace_but_tries_at_once(
    mail_server_away: MailServer, folder: Path
) -> None:
    outbox = Outbox(folder, mail_server_away.settings())
    outbox.put(mail())
    now = NOW + 16 * MINUTE
    [kept] = folder.iterdir()
    os.utime(kept, (NOW.timestamp(), NOW.timestamp()))
    assert outbox.send_due(now, never) == now + 16 * MINUTE
    now += MINUTE
    assert outbox.send_due(now, never) == now + 15 * MINUTE
    assert Outbox(folder, mail_server_away.settings()).send_due(now, never) == now + 17 * MINUTE


def test_a_clock_that_is_set_back_keeps_no_mail_waiting(
    mail_server: MailServer, folder: Path
) -> None:
    mail_server.verdicts = ["451 later"]
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail())
    outbox.send_due(NOW + dt.timedelta(days=4), never)
    assert outbox.send_due(NOW, never) is None
    assert subjects(mail_server) == ["Subject"]


def test_after_five_days_mail_is_given_up_and_kept(
    mail_server_away: MailServer, folder: Path, events: Events
) -> None:
    outbox = Outbox(folder, mail_server_away.settings())
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


def test_a_service_that_stops_sends_no_further_mail(mail_server: MailServer, folder: Path) -> None:
    outbox = Outbox(folder, mail_server.settings())
    for subject in "abc":
        outbox.put(mail(subject))
    assert outbox.send_due(NOW, lambda: bool(mail_server.mails)) == NOW
    assert subjects(mail_server) == ["a"]
    assert outbox.waiting() == 2
    assert outbox.send_due(NOW, never) is None
    assert subjects(mail_server) == ["a", "b", "c"]
