"""File workbooks with their reports, unless they were written to after they were applied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from importer.base.files import make_folder, put_new, whole_file
from importer.base.texts import N_, text
from importer.config.service import InboxSettings
from importer.messages.masking import without_otcs
from importer.service.context import ServiceContext
from importer.service.events import Event, log
from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult
from importer.service.inbox.wholeness import sha256_of


def file_workbook(
    claim: Claim, result: InboxResult, settings: InboxSettings, context: ServiceContext
) -> bool:
    """File the workbook, or only the report if its bytes are not those of the result.

    Gives whether the workbook was filed. Raises OutputError or OSError; then it can be repeated,
    also by a service that takes over the claim.
    """
    has_changed = sha256_of(claim.workbook) != result.sha256
    if has_changed and result.batch is None:
        return False  # there is nothing to report
    folder = settings.rejected if result.returned else settings.applied
    if folder.parent == settings.folder:
        make_folder(folder)  # it may have been removed
    if not claim.is_reported:
        context.notices.refused(result, folder)
        claim.set_reported()
    report = _put_report(claim, result, folder, has_changed=has_changed)
    filed_as = ""
    if has_changed:
        context.notices.changed(result, report)
    else:
        filed_as = put_new(claim.workbook, folder / result.name).name
        claim.end()
    context.filed(replace(result, name=filed_as))
    facts = {"report": str(report)} if result.returned else {}
    log(result.event, file=result.file, **result.facts, **facts)
    if has_changed:
        log(Event.CHANGED_LATE, file=result.file, batch=result.batch, report=str(report))
    return not has_changed


def _put_report(claim: Claim, result: InboxResult, folder: Path, *, has_changed: bool) -> Path:
    """Put the report and any corrections into `folder`; the path of the report.

    Each gets a number where its name is taken.
    """
    name, lines = result.name, result.report
    if has_changed:  # no workbook of that name may come to stand beside it
        note = text(N_("{file} was written to after this report. It is in the inbox again, and "
                       "gets another report."), file=result.file)  # fmt: skip
        name, lines = f"{name}.batch-{result.batch}", [*lines, "", without_otcs(str(note))]
    report = claim.folder / "report.txt"
    with whole_file(report) as path:
        path.write_text("\n".join([*lines, ""]), "utf-8")
    report_path = put_new(report, folder / f"{name}.report.txt")
    if result.corrections is not None and result.corrections_made is not None:
        corrections = claim.folder / "corrections" / result.corrections_made
        put_new(corrections, folder / result.corrections)
    return report_path
