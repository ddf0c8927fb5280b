"""Write the onboarding workbook to fill in."""

from __future__ import annotations

from pathlib import Path

from importer.base.errors import OutputError
from importer.base.texts import N_, text
from importer.pipeline.job import Job, check_output
from importer.pipeline.show import contents
from importer.workbook.markup import LAST_ROW

OFFERED = 10_000
"""How many OTCs and customers the drop-downs offer; longer lists help nobody."""


def template(path: Path, language: str, job: Job, *, prefill: bool = False) -> None:
    """Write the onboarding workbook, with drop-downs of the ledger's OTCs and customers, if any.

    With `prefill` the edit sheets are filled in too; raises LedgerError if there is no ledger, and
    OutputError if it has too many rows for a sheet.
    """
    from importer.workbook.writing.template import Known, write_template  # imports openpyxl

    check_output(path, job)
    if not prefill and job.ledger.is_missing:
        write_template(path, language)
        return
    current = contents(job)
    known = Known(
        [holding.otc.code for holding in current.otcs[:OFFERED]],
        [holding.customer.name for holding in current.customers[:OFFERED]],
    )
    if not prefill:
        write_template(path, language, known)
        return
    customer_rows = sum(max(1, len(holding.subscriptions)) for holding in current.customers)
    rows = len(current.otcs), customer_rows
    if max(rows) >= LAST_ROW:
        message = N_("{path} cannot hold all of the ledger: a sheet has at most {most} rows. Fill "
                     "in the rows to edit in an empty template instead.")  # fmt: skip
        raise OutputError(text(message, path=path, most=LAST_ROW - 1))
    tick = job.progress.stage(text(N_("Writing {path}"), path=path.name), sum(rows))
    write_template(path, language, known, current, tick)
