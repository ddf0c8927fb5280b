"""The folders of a service, and its configuration file."""

from __future__ import annotations

import json
from pathlib import Path

from builders import Sheets, write_workbook
from importer.base import clock
from importer.config.file import load_settings
from importer.ledger.opening import open_ledger
from importer.pipeline.job import Job
from importer.service.context import ServiceContext
from importer.service.folders import prepare_folders
from mail_server import MailServer
from ports import HOST


class Folders:
    """The folders of a service, and its configuration file."""

    def __init__(self, folder: Path, ledger: str | None = None, more: str = "") -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.applied = self.inbox / "applied"
        self.rejected = self.inbox / "rejected"
        self.exports = folder / "exports"
        self.state = folder / "state"
        self.ledger = ledger or str(folder / "ledger.db")
        self.config = folder / "avira-importer.toml"
        for path in (self.inbox, self.state, self.exports):
            path.mkdir(parents=True, exist_ok=True)
        self.configure(more)

    def configure(self, more: str = "", inbox: str | None = "", top: str = "") -> None:
        """Write the configuration file.

        `inbox` is the rest of [inbox], which None leaves out; `top` comes first, and `more`, which
        begins with the rest of [service], last.
        """
        settle = "" if "settle" in (inbox or "") else "settle = '1s'\n"  # where there are no leases
        inbox_table = "" if inbox is None else f"[inbox]\nfolder = 'inbox'\n{settle}{inbox}\n"
        self.config.write_text(
            f"{top}\nledger = {json.dumps(self.ledger)}\n{inbox_table}"
            f"[service]\nstate = 'state'\n{more}\n",
            "utf-8",
        )

    def drop(self, name: str, sheets: Sheets) -> Path:
        """Put a workbook into the inbox as a careful program does: under another name first."""
        unfinished = write_workbook(self.folder / f"{name}.unfinished.xlsx", sheets)
        return unfinished.rename(self.inbox / name)

    @property
    def waiting(self) -> list[str]:
        """The names in the inbox, except the folders for applied and rejected workbooks."""
        paths = set(self.inbox.iterdir()) - {self.applied, self.rejected}
        return sorted(path.name for path in paths)


def context_of(folders: Folders) -> ServiceContext:
    """The context of a service that does nothing by itself."""
    settings = load_settings(folders.config)
    assert settings.service is not None
    prepare_folders(settings.service)
    job = Job(open_ledger(settings.ledger, 5, "default"), "default", clock.today())
    return ServiceContext(settings.service, job)


def table(kind: str = "[[exports]]", **settings: object) -> str:
    """A table of the configuration; an export's folder is `exports` unless another is named."""
    if kind == "[[exports]]":
        settings = {"folder": "exports", **settings}
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join([kind, *lines, ""])


def smtp_table(server: MailServer, **more: object) -> str:
    """The table [smtp] for a server."""
    settings = {"host": HOST, "port": server.port, "sender": "licences@msp.example"}
    return table("[smtp]", **settings, **more)


NO_MAIL_SERVER = {"host": HOST, "port": 9, "sender": "licences@msp.example"}
"""The settings of a mail server that does not answer."""

CRON = table(cron="0 6 * * MON", timezone="Europe/Madrid")
NO_MAIL = table("[smtp]", **NO_MAIL_SERVER)
"""Tables of an export that comes on Mondays, and of that mail server."""
