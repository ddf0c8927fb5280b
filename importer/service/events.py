"""The events of the service, and its log of one line per event, with OTCs masked."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from collections.abc import Mapping
from enum import StrEnum
from logging import ERROR, INFO, WARNING
from typing import Any, Self, TextIO

from importer.base.texts import N_, Text, _, printable
from importer.messages.masking import without_otcs

LOGGER = logging.getLogger("avira-importer")


class Event(StrEnum):
    """An event: the code that programs read, its level, and the template of its sentence."""

    level: int
    template: str

    def __new__(cls, value: str, level: int, template: str) -> Self:
        """A member whose value is the code."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.level = level
        member.template = template
        return member

    # fmt: off
    STARTED = "service-started", INFO, N_("The service has started. {what}")
    STOPPING = "service-stopping", INFO, N_("The service is stopping.")
    STOPPED = "service-stopped", INFO, N_("The service has stopped.")

    APPLIED = "workbook-applied", INFO, N_("{file}: applied as batch {batch}. Rows: {read} read, "
        "{applied} applied, {unchanged} unchanged.")
    PARTLY_APPLIED = "workbook-partly-applied", WARNING, N_("{file}: partly applied as batch "
        "{batch}. Rows: {read} read, {applied} applied, {unchanged} unchanged, {rejected} "
        "rejected. See {report}.")
    UNCHANGED = "workbook-unchanged", INFO, N_("{file}: already up to date; nothing was changed.")
    APPLIED_BEFORE = "workbook-applied-before", INFO, N_("{file}: this file was already applied as "
        "batch {batch}; nothing was changed.")
    REJECTED = "workbook-rejected", WARNING, N_("{file}: rejected; nothing was changed. Rows: "
        "{read} read, {rejected} rejected. See {report}.")
    UNREADABLE = "workbook-unreadable", WARNING, N_("{file}: cannot be read. See {report}.")
    GIVEN_UP = "workbook-given-up", ERROR, N_("{file}: given up after {tries} failed attempts; "
        "nothing was applied. See {report}.")
    IN_USE = "workbook-in-use", INFO, N_("{file} is open in another program. It will be taken once "
        "it is closed.")
    DOUBTFUL = "workbook-doubtful", WARNING, N_("{file} may be unfinished: {reason}. It stays in "
        "the inbox for now.")
    NOT_OPENED = "workbook-not-opened", WARNING, N_("{file} is in the inbox but cannot be taken: "
        "{reason}. The service will keep retrying.")
    CHANGED = "workbook-changed", WARNING, N_("{file} was written to after it was taken; it will "
        "be taken again. Nothing of it was applied.")
    CHANGED_LATE = "workbook-changed-late", ERROR, N_("{file} was written to after it was applied "
        "as batch {batch}; it will be taken again. See {report}.")
    TAKEN_OVER = "workbook-taken-over", INFO, N_("{file}: taken over from a service that has "
        "ended.")
    NOT_FILED = "workbook-not-filed", ERROR, N_("{file} cannot be moved to its folder: {reason} "
        "The service will keep retrying.")
    INBOX_UNREADABLE = "inbox-not-readable", ERROR, N_("The inbox {folder} cannot be read: "
        "{reason}. The service will keep retrying.")
    INBOX_READABLE = "inbox-readable-again", INFO, N_("The inbox {folder} can be read again.")
    POLLING = "inbox-polled", INFO, N_("The system does not report new files in {folder} "
        "({reason}). The service looks for them every {seconds} seconds.")

    LEDGER_AWAY = "ledger-away", ERROR, N_("The ledger cannot be used. The service will keep "
        "retrying. {reason}")
    LEDGER_BACK = "ledger-back", INFO, N_("The ledger can be used again, after {seconds} seconds.")

    EXPORTED = "export-written", INFO, N_("{export}: written to {file}.")
    MISSED = "export-missed", WARNING, N_("{export}: missed runs: {missed}, the first at {since}. "
        "One export now replaces them.")
    EXPORT_FAILED = "export-failed", ERROR, N_("{export}: not written: {reason} Next attempt at "
        "{again}.")
    WAITS = "export-waits", INFO, N_("{export}: there is no ledger yet. The export will be written "
        "once the first workbook is applied.")
    REMOVED = "export-removed", INFO, N_("{export}: {file} removed; the newest {keep} are kept.")
    NOT_REMOVED = "export-not-removed", WARNING, N_("{export}: old files cannot be removed: "
        "{reason}")
    EXPORTS_ELSEWHERE = "exports-elsewhere", INFO, N_("Another service with the same state folder "
        "writes the exports and sends the mail. This one takes over when that one ends.")

    MAIL_SENT = "mail-sent", INFO, N_("Mail sent to {to}: {subject}")
    MAIL_DELAYED = "mail-delayed", WARNING, N_("Mail to {to} could not be sent: {reason}. Next "
        "attempt at {again}.")
    MAIL_REFUSED = "mail-refused", ERROR, N_("Mail to {to} was given up: {reason}. It is kept as "
        "{file}.")
    MAIL_NOT_KEPT = "mail-not-kept", ERROR, N_("The mail folder cannot be used: {reason}")

    STATE_NOT_KEPT = "state-not-kept", ERROR, N_("The state of the service cannot be saved: "
        "{reason}")
    METRICS_NOT_WRITTEN = "metrics-not-written", WARNING, N_("The metrics cannot be written: "
        "{reason}")
    FAULT = "fault", ERROR, N_("Internal error: {reason}. Details are in {log}.")
    REMARK = "remark", INFO, "{words}"
    # fmt: on


def log(event: Event, **facts: object) -> None:
    """Log `event`; `facts` fill its sentence and are the keys in JSON."""
    LOGGER.log(event.level, "%s", event.value, extra={"event": event, "facts": facts})


_LEVELS = {"warning": N_("WARNING"), "error": N_("ERROR")}


class _EventFormatter(logging.Formatter):
    """Formats an event, or a library's log record as a remark."""

    def format(self, record: logging.LogRecord) -> str:
        event: Event = getattr(record, "event", Event.REMARK)
        facts = getattr(record, "facts", None)
        if facts is None:
            facts = {"words": f"{record.name}: {record.getMessage()}"}
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        shown = {name: _masked(fact) for name, fact in facts.items()}
        return without_otcs(self.line(at, record.levelname.lower(), event, shown))

    def line(self, at: dt.datetime, level: str, event: Event, facts: Mapping[str, Any]) -> str:
        """The instant in this computer's time zone, a level above the usual, and the sentence."""
        prefix = "" if level == "info" else f"{_(_LEVELS.get(level, level.upper()))}  "
        local = at.astimezone().isoformat(sep=" ", timespec="seconds")
        return f"{local}  {prefix}{printable(str(Text(event.template, facts)))}"


class _JsonFormatter(_EventFormatter):
    """Formats an event as a JSON object on one line."""

    def line(self, at: dt.datetime, level: str, event: Event, facts: Mapping[str, Any]) -> str:
        """`at`, `level`, `event`, `message`, and the facts of the event."""
        instant = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        document = {"at": instant, "level": level, "event": event.value,
                    "message": str(Text(event.template, facts)), **facts}  # fmt: skip
        return json.dumps(document, ensure_ascii=False)


def _masked(fact: object) -> object:
    """A fact without OTCs and, after that, without control and invisible characters."""
    if isinstance(fact, bool | int | float | None):
        return fact
    if isinstance(fact, list | tuple):
        return [_masked(item) for item in fact]
    return printable(without_otcs(str(fact)))


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes the lines; `has_events` is true once an event was among them."""

    has_events = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.has_events = self.has_events or hasattr(record, "event")
        super().emit(record)


def begin_logging(*, as_json: bool, least: int, libraries: int) -> LogHandler:
    """Write events of at least the level `least` to standard error.

    `libraries` is the least level for what libraries log.
    """
    handler = LogHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if as_json else _EventFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(libraries)
    LOGGER.setLevel(least)
    return handler
