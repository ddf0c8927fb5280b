"""Settings of the service: inbox, exports, mail, state and metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from importer.base.texts import LANGUAGES
from importer.config import types
from importer.config.formats import MOVEMENTS, Format
from importer.config.limits import Range

EXPORT_NAME = "Export Avira Details"

KEY = "\0"
"""The alias of `key` in a table of [[exports]], which no file can set."""


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """A folder whose workbooks are applied, and where they go afterwards.

    `settle` is how long a file must be still where nothing else tells that it is whole.
    """

    folder: types.path
    applied: types.path_in_inbox
    rejected: types.path_in_inbox
    partial: types.boolean = False
    settle: types.interval = dt.timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """A scheduled export, by `cron` or `every`.

    `key` names its table in messages. `folder` is a path or an fsspec URL. None means: for
    `timezone` the computer's, for `keep` and `movements` all, for `lang` the program's.
    """

    key: Annotated[str, Field(alias=KEY)]
    folder: types.path_or_url
    cron: str | None = None
    every: types.interval | None = None
    timezone: str | None = None
    format: Annotated[str, types.choice(*Format)] = "xlsx"
    keep: Annotated[int, Range(1, 1_000_000)] | None = None
    customer: types.optional_text = None
    mail_to: types.addresses = ()
    name: types.file_name = EXPORT_NAME
    translate_headers: types.boolean = False
    movements: types.number_or_all = MOVEMENTS
    lang: Annotated[str, types.choice(*LANGUAGES)] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_remote(self) -> bool:
        """Whether `folder` is a URL."""
        return "://" in self.folder


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server, the sender, and who receives alerts.

    `encryption` None uses what the server offers.
    """

    host: types.text
    port: Annotated[int, Range(1, 65_535)]
    sender: types.address
    user: types.text | None = None
    password_file: types.optional_path = None
    encryption: Annotated[str, types.choice("none", "starttls", "tls")] | None = None
    alerts_to: types.addresses = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTable:
    """The table [service]. `state` None is the user's own folder."""

    state: types.optional_path = None
    metrics_file: types.optional_path = None
    metrics_port: Annotated[int, Range(0, 65_535)] | None = None
    metrics_host: types.text = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings(ServiceTable):
    """All settings of `serve`, and their file."""

    file: Path
    inbox: InboxSettings | None = None
    exports: tuple[ExportSettings, ...] = ()
    smtp: SmtpSettings | None = None
