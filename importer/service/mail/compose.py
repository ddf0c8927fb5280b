"""Compose the mails about exports and refused workbooks, and alerts, for the outbox."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

from importer.base.errors import OutputError
from importer.base.texts import N_, Text, first_of, in_language, shortened, text
from importer.config.formats import Format
from importer.config.service import ExportSettings, SmtpSettings
from importer.export.book import Block, Summary, SummaryLine, readable
from importer.pipeline.export import Export
from importer.service.events import Event, log
from importer.service.inbox.result import InboxResult
from importer.service.mail.letter import Grid, Letter, safe, safe_line
from importer.service.mail.outbox import Outbox

MAX_ATTACHED = 20_000_000
"""Bytes of an attachment. It grows by a third in a mail, and many servers take 25 to 35 MB."""

MAX_LINES = 500
"""Lines of a report in a mail."""


class Notices:
    """The mail that the settings ask for; `wake` is called once a mail waits in the outbox."""

    def __init__(self, outbox: Outbox | None, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._wake = wake

    def refused(self, result: InboxResult, folder: Path) -> None:
        """Send the report on a refused workbook; raises OutputError if it cannot be kept."""
        outbox = self._outbox
        if outbox is not None and result.returned and outbox.smtp.alerts_to:
            outbox.put(refusal_mail(outbox.smtp, result.file, result.report, str(folder)))
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


def export_mail(
    smtp: SmtpSettings, to: Sequence[str], name: str, summary: Summary, file: Path, place: str
) -> EmailMessage:
    """The mail about the export `name`: its `summary`, with `file` attached.

    `file` may be a folder of CSV files, which is attached as one zip. Above MAX_ATTACHED the mail
    only says that the export is at `place`. Raises OutputError if it cannot be read, MisuseError
    where an address is invalid.
    """
    attachment, size, content = _attachment(file)
    facts = {"name": name, "place": place, "file": attachment}
    about = text(N_("The export “{name}” is attached as {file}. It is also stored here: {place}"),
                 **facts)  # fmt: skip
    if size > MAX_ATTACHED:
        megabytes = f"{size / 1e6:.1f}"
        about = text(N_("The export “{name}” is too large to attach: it has {size} MB. It is "
                        "stored here: {place}"), **facts, size=megabytes)  # fmt: skip
    grids = [_lines(summary.origin), _lines(summary.figures), *map(_block, summary.blocks)]
    letter = Letter(_subject(name, summary), safe(summary.heading), [safe(str(about))], grids)
    message = letter.message(smtp.sender, to)
    if size <= MAX_ATTACHED:
        form = Format.CSV if file.is_dir() else Format.of(file)
        maintype, _slash, subtype = form.mail_type.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=attachment)
    return message


def refusal_mail(smtp: SmtpSettings, name: str, report: Sequence[str], place: str) -> EmailMessage:
    """The mail to `smtp.alerts_to` about the workbook `name`, rows of which were refused.

    `report` holds the lines of its report; `place` is the folder that it was moved to.
    """
    subject = text(N_("{file} needs attention"), file=shortened(safe_line(name)))
    about = text(N_("The workbook {file} was not applied, or only in part. It was moved to "
                    "{place}"), file=name, place=place)  # fmt: skip
    lines = [safe(line.expandtabs()) for line in first_of(report, MAX_LINES)]
    letter = Letter(safe_line(subject), safe(str(subject)), [safe(str(about))], report=lines)
    return letter.message(smtp.sender, smtp.alerts_to)


def alert_mail(smtp: SmtpSettings, subject: Text, lines: Sequence[Text]) -> EmailMessage:
    """The mail to `smtp.alerts_to` about other trouble: what happened, and what to do."""
    sentences = [safe(str(line)) for line in lines]
    letter = Letter(safe_line(subject), safe(str(subject)), sentences)
    return letter.message(smtp.sender, smtp.alerts_to)


def _subject(name: str, summary: Summary) -> str:
    origin = {line.key: line.value for line in summary.origin}
    at = origin["as_of"]
    assert isinstance(at, dt.datetime), "every export is of an instant"
    day = at.replace(tzinfo=dt.UTC).astimezone().date()  # in this computer's time zone
    if "customer" in origin:
        name = f"{name}: {shortened(safe_line(origin['customer']))}"
    return safe_line(f"{name}, {day}")


def _lines(lines: Sequence[SummaryLine]) -> Grid:
    rows = [(safe(line.label), safe(readable(line.value, line.format))) for line in lines]
    return Grid("", (), rows, (False, all(line.format.is_numeric for line in lines)))


def _block(block: Block) -> Grid:
    columns = block.table.columns
    rows = [
        [safe(readable(value, column.format)) for column, value in zip(columns, row, strict=True)]
        for row in block.table.rows
    ]
    headers = [safe(column.header) for column in columns]
    numeric = [column.format.is_numeric for column in columns]
    return Grid(safe(block.table.title), headers, rows, numeric)


def _attachment(file: Path) -> tuple[str, int, bytes]:
    """Name, size and content of a file to attach; the content is empty if it is too large."""
    name = safe_line(file.name)
    try:
        if file.is_dir():
            content = _zipped(file, name)
            return f"{name}.zip", len(content), content
        size = file.stat().st_size
        return name, size, file.read_bytes() if size <= MAX_ATTACHED else b""
    except OSError as error:
        raise OutputError(text(N_("{path} cannot be read: {reason}."), path=file,
                               reason=error.strerror)) from error  # fmt: skip


def _zipped(folder: Path, name: str) -> bytes:
    """The CSV files of `folder` as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.glob("[!.]*.csv")):
            archive.write(path, f"{name}/{path.name}")
    return content.getvalue()
