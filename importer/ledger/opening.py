"""Open the ledger that a setting names: a file, or a database of a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from importer.base.errors import LedgerError, MisuseError
from importer.base.paths import unusable_path
from importer.base.texts import N_, shortened, text
from importer.ledger.database import PATIENCE, Ledger
from importer.ledger.engines.sqlite import FileLedger, default_path

if TYPE_CHECKING:
    import sqlalchemy as sa

_SQLITE_URL = "sqlite:///"
_SERVER = "postgresql"
_DRIVER = "postgresql+psycopg"


def open_ledger(
    setting: str | None, patience: float | None = None, account: str | None = None
) -> Ledger:
    """The ledger that `setting` names: a file or an SQLAlchemy URL; None is the default file.

    `patience` is how many seconds to wait for others who are using it. On a server, the role must
    have access to `account`. Raises LedgerError for a setting that names no ledger.
    """
    patience = PATIENCE if patience is None else patience
    if not setting:
        return FileLedger(default_path(), patience)
    if setting.startswith((f"{_SERVER}:", f"{_SERVER}+", "postgres:")):
        from importer.ledger.engines.postgresql import ServerLedger

        return ServerLedger(_server_url(setting), patience, account)
    path = setting.removeprefix(_SQLITE_URL)
    has_options = path != setting and "?" in path
    if "://" in path or has_options or path in ("", ":memory:"):
        raise _unusable(setting)
    path = os.path.expanduser(path)
    if (reason := unusable_path(path)) is not None:
        message = N_("The ledger {path} cannot be used: {reason}. Name another path with --ledger.")
        raise MisuseError(text(message, path=shortened(path), reason=reason))
    return FileLedger(Path(path), patience)


def _server_url(setting: str) -> sa.URL:
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        url = sa.make_url(setting)
    except (ArgumentError, ValueError) as error:
        raise _unusable(setting) from error
    if url.drivername in ("postgres", _SERVER):  # as other tools write it
        url = url.set(drivername=_DRIVER)
    if "@" in f"{url.host}{url.database}":
        raise LedgerError(
            text(N_("The URL of the ledger has more than one @. In a password, write %40 for @, "
                    "%2F for / and %25 for %."))
        )  # fmt: skip
    if url.drivername != _DRIVER or not url.database:
        raise _unusable(setting)
    return url


def _unusable(setting: str) -> LedgerError:
    return LedgerError(
        text(N_("{setting} is not a ledger. Name an SQLite file, or a database of a PostgreSQL "
                "server: postgresql+psycopg://USER@HOST/DATABASE."),
             setting=_without_password(setting))
    )  # fmt: skip


def _without_password(setting: str) -> str:
    scheme, _, rest = setting.partition("?")[0].rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if scheme else setting.partition("?")[0]
