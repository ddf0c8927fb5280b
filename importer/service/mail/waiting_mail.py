"""A mail that waits in a file, and what is known of it in a file beside it."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from email.parser import HeaderParser
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from importer.base.files import remove, whole_file
from importer.base.texts import N_, text

ENDING = ".eml"
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(days=5)
"""After that a mail is given up (RFC 5321, 4.5.4.1: at least 4 or 5 days)."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


class BrokenMailError(Exception):
    """A file that is no mail; `reason` says why."""

    def __init__(self, reason: object) -> None:
        super().__init__(reason)
        self.reason = reason


class Content(NamedTuple):
    """A mail as it is sent, and what its header says."""

    sender: str
    to: list[str]
    subject: str
    content: bytes


@dataclass(slots=True)
class WaitingMail:
    """What has become so far of the mail in the file `path`.

    `left` are those that have not got it, None all that it is addressed to; `refused` those that
    will not, and why, until it is kept for them; `broken` says why it is no mail. It has failed
    `tries` times, first at `since`, and is tried again at `due`, None at once. `said` is what the
    log has been told.
    """

    path: Path
    left: list[str] | None = None
    refused: dict[str, str] = field(default_factory=dict)
    broken: str | None = None
    tries: int = 0
    since: dt.datetime | None = None
    due: dt.datetime | None = None
    said: set[str] = field(default_factory=set)

    def is_due(self, now: dt.datetime) -> bool:
        """Whether it is to be tried; at once where the clock was set back."""
        return self.due is None or not now < self.due <= now + LONGEST_PAUSE

    def delay(self, now: dt.datetime) -> bool:
        """Let it wait for the next try; false if it has waited for too long."""
        self.tries += 1
        self.since = now if self.since is None else min(self.since, now)
        self.due = now + min(FIRST_PAUSE * 2 ** min(self.tries - 1, 10), LONGEST_PAUSE)
        return now - self.since < LONGEST_WAIT

    def keep_state(self) -> None:
        """Write what is known of it; raises OutputError."""
        since = None if self.since is None else self.since.isoformat()
        write_json(beside(self.path), {"left": self.left, "tries": self.tries, "since": since})

    def forget(self) -> None:
        """Remove both files, that of the mail first; raises OutputError."""
        remove(self.path)
        remove(beside(self.path))


def beside(path: Path) -> Path:
    """The file of what is known of the mail in `path`."""
    return path.with_suffix(".json")


def waiting_mail(path: Path) -> WaitingMail:
    """The mail in `path`, as a service before has left it: it is tried at once, and keeps its pace.

    What cannot be read of it counts as never tried: it may be sent twice, but not never.
    """
    known = read_json(beside(path))
    left, tries, since = known.get("left"), known.get("tries"), known.get("since")
    mail = WaitingMail(path)
    if isinstance(left, list) and all(isinstance(one, str) for one in left):
        mail.left = left
    if isinstance(tries, int) and tries > 0:
        mail.tries = tries
        mail.since = _instant(since)
    return mail


def content_of(path: Path) -> Content:
    """What the file holds; raises BrokenMailError, or FileNotFoundError if it is gone."""
    try:
        content = _LINE_END.sub(b"\r\n", path.read_bytes())
        header = content.partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n"
        return _parsed(header, content)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BrokenMailError(error.strerror) from error
    except UnicodeDecodeError as error:
        raise BrokenMailError(text(N_("it is no mail"))) from error


def _parsed(header: str, content: bytes) -> Content:
    try:
        parsed = HeaderParser(policy=default).parsestr(header)
        senders, to = parsed["From"].addresses, parsed["To"].addresses
        bare = [one.addr_spec for one in to if one.username and one.domain]
        if not senders or not bare or len(bare) < len(to):
            raise BrokenMailError(text(N_("it has no sender, or not only addresses as recipients")))
        return Content(senders[0].addr_spec, bare, str(parsed["Subject"] or ""), content)
    except BrokenMailError:
        raise
    except Exception as error:  # the parser trips over some headers in ways of its own
        raise BrokenMailError(text(N_("it is no mail"))) from error


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write `document`, which only its owner may read; raises OutputError."""
    with whole_file(path, mode=0o600) as temporary:
        temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The document in `path`; empty if there is none that can be read."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _instant(written: object) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
