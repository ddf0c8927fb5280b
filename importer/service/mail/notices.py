"""Mail that people get of the service: of refused workbooks, of exports, of what cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, in_language, text
from importer.config.service import ExportSettings, SmtpSettings
from importer.pipeline.export import Export
from importer.service.events import Event, log
from importer.service.inbox.result import InboxResult
from importer.service.mail.compose import alert_mail, export_mail, refusal_mail
from importer.service.mail.outbox import Outbox


class Notices:
    """Writes to those whom the settings name, or to nobody where they name no server.

    `put` is called once a mail waits in the outbox. The end of a workbook may wait until a mail is
    kept; what is beyond that is said in the log, and goes on without its mail.
    """

    def __init__(
        self, smtp: SmtpSettings | None, outbox: Outbox | None, put: Callable[[], None]
    ) -> None:
        assert (smtp is None) == (outbox is None), "mail goes to a server, or there is none"
        self._smtp = smtp
        self._outbox = outbox
        self._put = put

    def refused(self, outcome: InboxResult, folder: Path) -> None:
        """Tell of a workbook that needs somebody; raises OutputError if that cannot be kept."""
        if outcome.returned and self._smtp is not None and self._smtp.alerts_to:
            name = str(outcome.facts["file"])
            self._keep(refusal_mail(self._smtp, name, outcome.report, str(folder)))

    def exported(self, export: ExportSettings, written: Export, place: str) -> None:
        """Send an export to those who get it, in its language; see `export_mail`."""
        smtp = self._smtp
        if not export.mail_to or smtp is None:
            return

        def compose() -> EmailMessage:
            with in_language(export.lang):
                return export_mail(
                    smtp, export.mail_to, export.name, written.summary, written.file, place
                )

        self._try(compose)

    def alarm(self, subject: Text, reason: Text) -> None:
        """Tell that something cannot be done for now, and why."""
        smtp = self._smtp
        if smtp is not None and smtp.alerts_to:
            lines = [reason, text(N_("It is tried again until it can."))]
            self._try(lambda: alert_mail(smtp, subject, lines))

    def _try(self, compose: Callable[[], EmailMessage]) -> None:
        try:
            self._keep(compose())
        except OutputError as error:
            log(Event.MAIL_NOT_KEPT, reason=str(error.message))

    def _keep(self, message: EmailMessage) -> None:
        assert self._outbox is not None, "there is a server"
        self._outbox.put(message)
        self._put()
