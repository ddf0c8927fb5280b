"""Moves a claimed workbook where it belongs, its report and corrections beside it.

The workbook goes last, and each step may be done again: whoever takes over a claim that was half
filed ends where the first would have.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from importer.base.files import put_new, whole_file
from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult


class Filed(NamedTuple):
    """Where a workbook and its report lie."""

    workbook: Path
    report: Path


def file_away(claim: Claim, outcome: InboxResult, folder: Path) -> Filed:
    """Put report, corrections and workbook of `claim` into `folder`, and end the claim.

    Each takes a further name where its own is taken. Raises OutputError or OSError where that
    cannot be done; the claim then stays as it is.
    """
    report = claim.folder / "report.txt"
    if not report.exists():
        with whole_file(report) as path:
            path.write_text("\n".join([*outcome.report, ""]), "utf-8", errors="replace")
    report_filed = put_new(report, folder / outcome.report_name)
    if outcome.corrections is not None and outcome.corrections_made is not None:
        put_new(claim.corrections(outcome.corrections_made), folder / outcome.corrections)
    workbook_filed = put_new(claim.workbook, folder / outcome.name)
    claim.end()
    return Filed(workbook_filed, report_filed)
