"""What the configuration file says for the service: the inbox, the exports, mail and the state."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importer.base.errors import MisuseError
from importer.base.texts import LANGUAGES, N_, text
from importer.config.table import ConfigTable

FORMATS = ("xlsx", "ods", "csv", "json", "html")
EXPORT_NAME = "Export Avira Details"

_MOST_KEPT = 1_000_000
_LONGEST_NAME = 80
_LONGEST = dt.timedelta(days=3_660)
_EVERY = re.compile(r"([1-9]\d{0,5})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """A folder whose workbooks are applied, and where they go afterwards."""

    folder: Path
    applied: Path
    rejected: Path
    partial: bool = False


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """An export that is made again and again.

    `key` is how messages name its table, `folder` a path or an fsspec URL. Either `cron` or
    `every` says when; `timezone` is that of `cron`, None the computer's. `keep` None keeps all.
    `lang` is the language of the file and its mail, None the program's own.
    """

    key: str
    folder: str
    cron: str | None
    every: dt.timedelta | None
    timezone: str | None
    format: str
    keep: int | None
    customer: str | None
    mail_to: tuple[str, ...]
    name: str
    translate_headers: bool
    lang: str | None
    options: Mapping[str, Any]

    @property
    def is_remote(self) -> bool:
        """Whether `folder` is a URL."""
        return "://" in self.folder


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes mail, from whom it comes, and who is told of what needs a person.

    `encryption` None takes what the server offers.
    """

    host: str
    port: int
    sender: str
    user: str | None
    password_file: Path | None
    encryption: str | None
    alerts_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """All that `serve` needs beside the ledger.

    `state` is the folder in which it remembers what it did, None the user's own.
    """

    file: Path
    inbox: InboxSettings | None = None
    exports: tuple[ExportSettings, ...] = ()
    smtp: SmtpSettings | None = None
    state: Path | None = None
    metrics_file: Path | None = None
    metrics_port: int | None = None
    metrics_host: str = field(default="127.0.0.1")


def service_settings(config: ConfigTable) -> ServiceSettings:
    """Take the service's tables out of `config`; raise MisuseError where they are wrong."""
    inbox = config.table("inbox")
    exports = tuple(_export(one) for one in config.tables("exports"))
    smtp = config.table("smtp")
    mail = None if smtp is None else _smtp(smtp)
    for one in exports:
        if one.mail_to and mail is None:
            raise MisuseError(
                text(N_("{path}: {key} needs a table [smtp] that says how to send mail."),
                     path=config.file, key=f"{one.key}.mail_to")
            )  # fmt: skip
    _must_differ(config, exports)
    found = ServiceSettings(config.file, None if inbox is None else _inbox(inbox), exports, mail)
    service = config.table("service")
    return found if service is None else _service(found, service)


def _inbox(table: ConfigTable) -> InboxSettings:
    folder = table.required_place("folder")
    found = InboxSettings(
        folder,
        table.place("applied") or folder / "applied",
        table.place("rejected") or folder / "rejected",
        table.flag("partial"),
    )
    table.nothing_else()
    for key, place in (("applied", found.applied), ("rejected", found.rejected)):
        if place.resolve() == folder.resolve():
            raise table.wrong(N_("{path}: {key} is the inbox itself; name another folder."), key)
    return found


def _export(table: ConfigTable) -> ExportSettings:
    folder, key = table.required("folder"), table.name("").removesuffix(".")
    if "://" not in folder:
        folder = str(table.file.parent / Path(folder).expanduser())
    cron, every = table.words("cron"), table.words("every")
    if (cron is None) == (every is None):
        raise MisuseError(
            text(N_('{path}: {key} needs one of cron = "0 6 * * MON" and every = "15m", not both.'),
                 path=table.file, key=key)
        )  # fmt: skip
    found = ExportSettings(
        key=key,
        folder=folder,
        cron=cron,
        every=None if every is None else _interval(table, every),
        timezone=table.words("timezone"),
        format=table.choice("format", FORMATS) or "xlsx",
        keep=table.whole("keep", 1, _MOST_KEPT),
        customer=table.words("customer") or None,
        mail_to=table.addresses("mail_to"),
        name=table.words("name") or EXPORT_NAME,
        translate_headers=table.flag("translate_headers"),
        lang=table.choice("lang", LANGUAGES),
        options=table.options("options"),
    )
    table.nothing_else()
    if not _names_a_file(found.name):
        raise table.wrong(
            N_("{path}: the setting {key} must be good as the name of a file, up to 80 characters "
               "long, without any of < > : \" / \\ | ? *."), "name",
        )  # fmt: skip
    if cron is None and found.timezone is not None:
        raise table.wrong(N_("{path}: the setting {key} goes with cron only."), "timezone")
    return found


def _names_a_file(name: str) -> bool:
    """Whether every system takes `name` for a file."""
    return (
        len(name) <= _LONGEST_NAME
        and name.isprintable()
        and name == name.strip(" .")
        and _NOT_IN_NAMES.isdisjoint(name)
    )


def _interval(table: ConfigTable, every: str) -> dt.timedelta:
    found = _EVERY.fullmatch(every)
    if found is None:
        raise table.wrong(
            N_("{path}: the setting {key} must be a number and a unit: 30s, 15m, 12h, 1d or 1w."),
            "every",
        )
    number, unit = int(found[1]), _UNITS[found[2]]
    if number > _LONGEST / dt.timedelta(**{unit: 1}):
        raise table.wrong(
            N_("{path}: the setting {key} must be a number and a unit: 30s, 15m, 12h, 1d or 1w; "
               "ten years at most."), "every",
        )  # fmt: skip
    return dt.timedelta(**{unit: number})


def _must_differ(config: ConfigTable, exports: tuple[ExportSettings, ...]) -> None:
    """Exports that cannot be told apart would remove each other's files."""
    seen: dict[tuple[str, str, str], str] = {}
    for one in exports:
        other = seen.setdefault((one.folder, one.format, one.name), one.key)
        if other != one.key:
            raise MisuseError(
                text(N_("{path}: {key} and {other} write files of the same name to the same "
                        'folder. Give one of them another name = "…".'),
                     path=config.file, key=one.key, other=other)
            )  # fmt: skip


def _smtp(table: ConfigTable) -> SmtpSettings:
    encryption = table.choice("encryption", ("none", "starttls", "tls"))
    port = table.whole("port", 1, 65_535)
    found = SmtpSettings(
        table.required("host"),
        port or (465 if encryption == "tls" else 25),
        table.address("sender"),
        table.words("user"),
        table.place("password_file"),
        encryption or ("tls" if port == 465 else None),
        table.addresses("alerts_to"),
    )
    table.nothing_else()
    return found


def _service(found: ServiceSettings, table: ConfigTable) -> ServiceSettings:
    result = ServiceSettings(
        found.file,
        found.inbox,
        found.exports,
        found.smtp,
        table.place("state"),
        table.place("metrics_file"),
        table.whole("metrics_port", 0, 65_535),
        table.words("metrics_host") or found.metrics_host,
    )
    table.nothing_else()
    return result
