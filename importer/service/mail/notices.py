"""Put mail about exports and refused workbooks, and alerts, into the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, in_language, text
from importer.config.service import ExportSettings
from importer.pipeline.export import Export
from importer.service.events import Event, log
from importer.service.inbox.result import InboxResult
from importer.service.mail.compose import alert_mail, export_mail, refusal_mail
from importer.service.mail.outbox import Outbox


class Notices:
    """The mail that the settings ask for; `wake` is called once a mail waits in the outbox."""

    def __init__(self, outbox: Outbox | None, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._wake = wake

    def refused(self, result: InboxResult, folder: Path) -> None:
        """Send the report on a refused workbook; raises OutputError if it cannot be kept."""
        outbox = self._outbox
        if outbox is not None and result.returned and outbox.smtp.alerts_to:
            name = result.file
            outbox.put(refusal_mail(outbox.smtp, name, result.report, str(folder)))
            self._wake()

    def exported(self, export: ExportSettings, written: Export, place: str) -> None:
        """Send an export to its `mail_to`, in its language; see `export_mail`."""
        if export.mail_to and self._outbox is not None:
            smtp, to, name = self._outbox.smtp, export.mail_to, export.name
            content = written.summary, written.file, place
            self._try(self._outbox, lambda: export_mail(smtp, to, name, *content), export.lang)

    def changed(self, result: InboxResult, report: Path) -> None:
        """Send word of a workbook that was written to after it was applied."""
        facts = {"file": result.file, "batch": result.batch, "report": report}
        self._alert(text(N_("{file} was written to after it was applied"), **facts), [
            text(N_("It was applied as batch {batch}, perhaps before it was complete. The report "
                    "on that batch is {report}."), **facts),
            text(N_("The service takes the file again and judges it row by row. Compare both "
                    "reports. If rows of batch {batch} are wrong, undo it: avira-importer undo "
                    "{batch}"), **facts),
        ])  # fmt: skip

    def alarm(self, subject: Text, reason: Text) -> None:
        """Send why something cannot be done for now."""
        self._alert(subject, [reason, text(N_("The service will keep retrying."))])

    def _alert(self, subject: Text, lines: Sequence[Text]) -> None:
        if self._outbox is not None and self._outbox.smtp.alerts_to:
            smtp = self._outbox.smtp
            self._try(self._outbox, lambda: alert_mail(smtp, subject, lines))

    def _try(
        self, outbox: Outbox, compose: Callable[[], EmailMessage], language: str | None = None
    ) -> None:
        """Put a mail into the outbox; log it if that fails."""
        try:
            with in_language(language):
                message = compose()
            outbox.put(message)
            self._wake()
        except OutputError as error:
            log(Event.MAIL_NOT_KEPT, reason=str(error.message))
