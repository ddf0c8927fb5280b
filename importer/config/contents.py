"""The contents of a configuration file, with all faults reported at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from importer.base.paths import real_path
from importer.base.texts import LANGUAGES
from importer.config import types
from importer.config.faults import key_path, settings_error
from importer.config.limits import DEFAULT_LIMITS, Limits
from importer.config.service import (
    EXPORT_NAME,
    KEY,
    ExportSettings,
    InboxSettings,
    ServiceSettings,
    ServiceTable,
    SmtpSettings,
)
from importer.config.settings import LONGEST_WAIT, DateOrder, Settings


def _with_keys(tables: Any) -> Any:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise types.invalid("tables")
    return [table | {KEY: key_path(("exports", index))} for index, table in enumerate(tables)]


def _with_port(smtp: Any) -> Any:
    """Port 465 implies TLS, and TLS implies port 465."""
    if not isinstance(smtp, dict):
        return smtp
    smtp = {"port": 465 if smtp.get("encryption") == "tls" else 25} | smtp
    return {"encryption": "tls"} | smtp if smtp["port"] == 465 else smtp


@dataclass(frozen=True, slots=True)
class _Contents:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")  # in its tables, too

    ledger: types.optional_path_or_url = None
    account: types.optional_text = None
    lang: Annotated[str, types.choice(*LANGUAGES)] | None = None
    wait: Annotated[types.number, Field(ge=0, le=LONGEST_WAIT)] | None = None
    dates: Annotated[DateOrder, types.choice(*get_args(DateOrder))] | None = None
    limits: Limits = DEFAULT_LIMITS
    inbox: InboxSettings | None = None
    exports: Annotated[tuple[ExportSettings, ...], BeforeValidator(_with_keys)] = ()
    smtp: Annotated[SmtpSettings | None, BeforeValidator(_with_port)] = None
    service: ServiceTable = field(default_factory=ServiceTable)


_TABLES: dict[str, type[Any]] = {
    "": _Contents, "limits": Limits, "inbox": InboxSettings, "exports": ExportSettings,
    "smtp": SmtpSettings, "service": ServiceTable,
}  # fmt: skip
KNOWN_SETTINGS = {
    name: [setting.name for setting in fields(table) if setting.name != "key"]
    for name, table in _TABLES.items()
}


def parse_settings(file: Path, content: Mapping[str, Any]) -> Settings:
    """The settings in `content` of `file`; raise MisuseError with every fault."""
    faults: list[Any] = list(_conflicts(content, file.parent))
    try:
        contents = TypeAdapter(_Contents).validate_python(content, context=file.parent)
    except ValidationError as error:
        faults[:0] = error.errors(include_url=False)
    if faults:
        raise settings_error(file, faults, KNOWN_SETTINGS)
    service = ServiceSettings(
        **asdict(contents.service), file=file, inbox=contents.inbox, exports=contents.exports,
        smtp=contents.smtp,
    )  # fmt: skip
    return Settings(
        contents.ledger, contents.account, contents.wait, contents.dates, contents.limits, service
    )  # fmt: skip


def _conflicts(content: Mapping[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """Settings that exclude or need each other, whatever else is wrong with them."""
    tables = content.get("exports")
    first: dict[tuple[object, ...], tuple[Any, ...]] = {}
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        export = table if isinstance(table, dict) else {"every": ""}
        at = ("exports", index)
        when = [(*at, "cron"), (*at, "every")]
        if ("cron" in export) == ("every" in export):
            yield {"type": "cron_or_every", "loc": at, "ctx": {"needed": when}}
        if "timezone" in export and "cron" not in export:
            yield {"type": "cron_only", "loc": (*at, "timezone"), "ctx": {"needed": when}}
        if export.get("mail_to") and "smtp" not in content:
            yield {"type": "no_smtp", "loc": (*at, "mail_to"), "ctx": {"needed": [("smtp",)]}}
        names = (export.get("format", "xlsx"), export.get("name", EXPORT_NAME))
        place = folder / os.path.expanduser(str(export.get("folder", index)))
        files = (real_path(place), *(str(name).casefold() for name in names))
        other = first.setdefault(files, at)
        if other != at:
            yield {"type": "same_files", "loc": at, "ctx": {"other": key_path(other)}}
