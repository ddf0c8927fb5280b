"""What happens in the service: one event a log line, in words for people and in JSON for programs.

No line shows more of an OTC than its last five characters, whoever wrote it.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from enum import StrEnum
from typing import Self, TextIO

from importer.base.texts import N_, Text, _, printable
from importer.messages.masking import without_otcs

LOGGER = logging.getLogger("avira-importer")


class Event(StrEnum):
    """Every event; `level` is logging's, `template` the English sentence that is said of it."""

    level: int
    template: str

    def __new__(cls, value: str, level: int, template: str) -> Self:
        """A member that is `value`, which programs read."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.level = level
        member.template = template
        return member

    STARTED = "service-started", logging.INFO, N_("The service has started. {what}")
    STOPPING = "service-stopping", logging.INFO, N_("The service is stopping.")
    STOPPED = "service-stopped", logging.INFO, N_("The service has stopped.")

    APPLIED = (
        "workbook-applied", logging.INFO,
        N_("{file}: applied as batch {batch}. Rows: {read} read, {applied} applied, {unchanged} "
           "unchanged."),
    )  # fmt: skip
    PARTLY_APPLIED = (
        "workbook-partly-applied", logging.WARNING,
        N_("{file}: applied in part as batch {batch}. Rows: {read} read, {applied} applied, "
           "{unchanged} unchanged, {rejected} refused. See {report}."),
    )  # fmt: skip
    UNCHANGED = (
        "workbook-unchanged", logging.INFO,
        N_("{file}: nothing in it is new; nothing was changed."),
    )  # fmt: skip
    APPLIED_BEFORE = (
        "workbook-applied-before", logging.INFO,
        N_("{file}: this very file was applied before, as batch {batch}; nothing was changed."),
    )  # fmt: skip
    REJECTED = (
        "workbook-rejected", logging.WARNING,
        N_("{file}: refused; nothing was changed. Rows: {read} read, {rejected} refused. See "
           "{report}."),
    )  # fmt: skip
    UNREADABLE = (
        "workbook-unreadable", logging.WARNING,
        N_("{file}: could not be read. See {report}."),
    )  # fmt: skip
    GIVEN_UP = (
        "workbook-given-up", logging.ERROR,
        N_("{file}: given up after {tries} tries that ended the program or failed; nothing of it "
           "was applied. See {report}."),
    )  # fmt: skip
    IN_USE = (
        "workbook-in-use", logging.INFO,
        N_("{file} is open in another program; it is taken once it is closed there."),
    )  # fmt: skip
    NOT_OPENED = (
        "workbook-not-opened", logging.WARNING,
        N_("{file} is in the inbox but cannot be taken: {reason}. This is tried again until it "
           "can."),
    )  # fmt: skip
    TAKEN_OVER = (
        "workbook-taken-over", logging.INFO,
        N_("{file}: a service that has ended left it; taken over."),
    )  # fmt: skip
    NOT_FILED = (
        "workbook-not-filed", logging.ERROR,
        N_("{file} cannot be moved where it belongs: {reason} This is tried again until it can."),
    )  # fmt: skip
    NOT_LOOKED_INTO = (
        "inbox-not-readable", logging.ERROR,
        N_("The inbox {folder} cannot be looked into: {reason}. This is tried again until it can."),
    )  # fmt: skip
    LOOKED_INTO_AGAIN = (
        "inbox-readable-again", logging.INFO, N_("The inbox {folder} can be looked into again."),
    )  # fmt: skip
    POLLING = (
        "inbox-polled", logging.INFO,
        N_("The system does not tell of new files in {folder} ({reason}); it is looked into every "
           "{seconds} seconds."),
    )  # fmt: skip

    LEDGER_AWAY = (
        "ledger-away", logging.ERROR,
        N_("The ledger cannot be used; this is tried again until it can. {reason}"),
    )  # fmt: skip
    LEDGER_BACK = (
        "ledger-back", logging.INFO,
        N_("The ledger can be used again, after {seconds} seconds."),
    )  # fmt: skip

    EXPORTED = "export-written", logging.INFO, N_("{export}: written to {file}.")
    MISSED = (
        "export-missed", logging.WARNING,
        N_("{export}: made up for now, once. Runs missed: {missed}, the first one at {since}."),
    )  # fmt: skip
    EXPORT_FAILED = (
        "export-failed", logging.ERROR,
        N_("{export}: not made: {reason} It is tried again at {again}."),
    )  # fmt: skip
    WAITS = (
        "export-waits", logging.INFO,
        N_("{export}: there is no ledger yet; it is made once the first workbook is applied."),
    )  # fmt: skip
    REMOVED = (
        "export-removed", logging.INFO,
        N_("{export}: {file} removed; the newest {keep} are kept."),
    )  # fmt: skip
    NOT_REMOVED = (
        "export-not-removed", logging.WARNING,
        N_("{export}: older files cannot be removed: {reason}"),
    )  # fmt: skip
    EXPORTS_ELSEWHERE = (
        "exports-elsewhere", logging.INFO,
        N_("Another service with the same state makes the exports and sends the mail; this one "
           "takes over when that ends."),
    )  # fmt: skip

    MAIL_SENT = "mail-sent", logging.INFO, N_("Mail sent to {to}: {subject}")
    MAIL_DELAYED = (
        "mail-delayed", logging.WARNING,
        N_("Mail to {to} could not be sent: {reason}. It is tried again at {again}."),
    )  # fmt: skip
    MAIL_REFUSED = (
        "mail-refused", logging.ERROR,
        N_("Mail to {to} was not taken: {reason}. It is kept as {file}."),
    )  # fmt: skip

    MAIL_NOT_KEPT = (
        "mail-not-kept", logging.ERROR, N_("Mail cannot be kept until it is sent: {reason}"),
    )  # fmt: skip
    STATE_NOT_KEPT = (
        "state-not-kept", logging.ERROR,
        N_("What the service must remember cannot be written down: {reason}"),
    )  # fmt: skip
    METRICS_NOT_WRITTEN = (
        "metrics-not-written", logging.WARNING, N_("The metrics cannot be written: {reason}"),
    )  # fmt: skip

    FAULT = "fault", logging.ERROR, N_("The program has a fault: {reason}. See {log}")
    REMARK = "remark", logging.INFO, "{words}"


def log(event: Event, **facts: object) -> None:
    """Write one line that `event` has happened; `facts` fill its sentence and are JSON's keys."""
    LOGGER.log(event.level, "%s", event.value, extra={"event": event, "facts": facts})


def message(event: Event, **facts: object) -> str:
    """The sentence that is said of `event` in the current language."""
    return str(Text(event.template, facts))


class _Line(logging.Formatter):
    """An event of ours, or whatever a library has logged as a remark."""

    def format(self, record: logging.LogRecord) -> str:
        event: Event = getattr(record, "event", Event.REMARK)
        facts = getattr(record, "facts", None)
        if facts is None:
            facts = {"words": f"{record.name}: {record.getMessage()}"}
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        shown = {name: _shown(fact) for name, fact in facts.items()}
        line = self.line(at, record.levelname.lower(), event, shown)
        return without_otcs(line)

    def line(self, at: dt.datetime, level: str, event: Event, facts: dict[str, object]) -> str:
        raise NotImplementedError


def _shown(fact: object) -> object:
    """A fact without OTCs, before anything is done to its spaces and line breaks."""
    if isinstance(fact, bool | int | float | dt.datetime | None):
        return fact
    if isinstance(fact, list | tuple):
        return [_shown(one) for one in fact]
    return without_otcs(str(fact))


_LEVELS = {"warning": N_("WARNING"), "error": N_("ERROR")}


class TextLine(_Line):
    """A line for people."""

    def line(self, at: dt.datetime, level: str, event: Event, facts: dict[str, object]) -> str:
        """The instant by the computer's clock, what weighs more than usual, and the sentence."""
        weight = "" if level == "info" else f"{_(_LEVELS.get(level, level.upper()))}  "
        local = at.astimezone().isoformat(sep=" ", timespec="seconds")
        return f"{local}  {weight}{printable(message(event, **facts))}"


class JsonLine(_Line):
    """An object for programs, on one line."""

    def line(self, at: dt.datetime, level: str, event: Event, facts: dict[str, object]) -> str:
        """`at`, `level`, `event`, `message`, and the event's facts."""
        instant = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        document = {
            "at": instant, "level": level, "event": event.value,
            "message": message(event, **facts), **facts,
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, default=_plain)


def _plain(fact: object) -> str:
    if isinstance(fact, dt.datetime):
        return fact.isoformat().replace("+00:00", "Z")
    return str(fact)


class Log(logging.StreamHandler[TextIO]):
    """Where lines are written; it knows whether an event of ours was among them."""

    has_events = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.has_events = self.has_events or hasattr(record, "event")
        super().emit(record)


def begin_logging(*, as_json: bool, least: int, libraries: int) -> Log:
    """Write events of at least the level `least` to standard error, a line each.

    `libraries` is the level from which on what libraries say is written, too.
    """
    handler = Log(sys.stderr)
    handler.setFormatter(JsonLine() if as_json else TextLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(libraries)
    LOGGER.setLevel(least)
    return handler
