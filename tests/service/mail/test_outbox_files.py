"""The files of an outbox after a crash, broken, or of other programs."""

from __future__ import annotations

import datetime as dt
import errno
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.base.files import cannot_write
from importer.service.mail.outbox import Outbox
from mail_server import MailServer
from mails import NOW, ONE, mail, names, never, subjects
from services import Events, Logged
from systems import IS_WINDOWS, posix_only

pytest_plugins = ["service_fixtures", "mail_fixtures"]


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


@posix_only("Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("when", "sent"), [("while putting", 0), ("between", 1), ("before removing", 2)]
)
def test_a_crash_loses_no_mail_that_was_put(
    when: str, sent: int, mail_server: MailServer, folder: Path
) -> None:
    """Killed between the server's taking it and its removal, it may come twice."""
    arguments = [sys.executable, "-c", KILLED, when, str(folder), str(mail_server.port)]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    [path] = folder.iterdir()
    outbox = Outbox(folder, mail_server.settings())
    assert outbox.waiting() == min(sent, 1)
    assert outbox.send_due(NOW, never) is None
    assert subjects(mail_server) == ["kept"] * sent
    if when == "while putting":
        now = dt.datetime.now(dt.UTC)
        outbox.send_due(now, never)
        assert list(folder.iterdir()) == [path], "somebody may be writing it"
        outbox.send_due(now + dt.timedelta(days=2), never)
    assert list(folder.iterdir()) == []


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
    mail_server: MailServer, folder: Path, events: Events
) -> None:
    """Broken mail is moved and named; what is no mail of an outbox stays as it is."""
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail("good"))
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("mine")
    (folder / "folder.eml").mkdir()
    strange = {"folder.eml", "notes.txt"}
    if not IS_WINDOWS:
        (folder / "gone.eml").symlink_to(folder / "nowhere")
        strange.add("gone.eml")
    assert outbox.send_due(NOW, never) is None
    assert subjects(mail_server) == ["good"]
    logged = dict(events_by_file(events()))
    assert logged == dict.fromkeys(BROKEN, "mail-refused") | {"good": "mail-sent"}
    assert {path.name for path in folder.iterdir()} == strange | {"failed"}
    assert sorted(path.name for path in (folder / "failed").iterdir()) == sorted(BROKEN)
    assert outbox.send_due(NOW, never) is None
    assert events() == []


def events_by_file(events: list[Logged]) -> Iterator[tuple[str, str]]:
    """The event of each file, or of the subject of a mail that was sent."""
    for name, facts in events:
        yield facts.get("subject") or facts["to"][0], name


def test_mail_written_elsewhere_is_sent_with_proper_line_ends(
    mail_server: MailServer, folder: Path
) -> None:
    """Bare ones could smuggle in a second mail."""
    folder.mkdir(parents=True)
    evil = "MAIL FROM:<evil@x.example>"
    (folder / "a.eml").write_bytes(
        f"From: a@x.example\nTo: {ONE}\nSubject: x\n\nfirst\n.\n{evil}\n".encode()
    )
    Outbox(folder, mail_server.settings()).send_due(NOW, never)
    [received] = mail_server.mails
    assert received.content.endswith(f"\r\nfirst\r\n.\r\n{evil}\r\n".encode())


@pytest.mark.parametrize("operation", ["os.replace", "importer.service.mail.outbox.remove"])
def test_a_file_that_cannot_be_moved_or_removed_is_logged_and_not_sent_again(
    operation: str, mail_server: MailServer, folder: Path, events: Events,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A mail that was refused is moved, one that was taken removed, once that can be done."""
    outbox = Outbox(folder, mail_server.settings())
    outbox.put(mail())
    event = "mail-sent"
    if operation == "os.replace":
        mail_server.refusals[ONE] = "550 Nobody"
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
    assert len(mail_server.mails) == (event == "mail-sent")
