"""Move a claimed workbook to its folder, with its report and corrections beside it.

The workbook goes last, and each step can be repeated: a service that takes over a claim that was
half filed ends where the first would have.
"""

from __future__ import annotations

from pathlib import Path

from importer.base.files import put_new, whole_file
from importer.service.inbox.claims import Claim
from importer.service.inbox.result import InboxResult


def file_away(claim: Claim, result: InboxResult, folder: Path) -> tuple[Path, Path]:
    """File report, corrections and workbook of `claim` in `folder`, and end the claim.

    Gives the paths of workbook and report; each gets a number where its name is taken. Raises
    OutputError or OSError where that fails; the claim then stays as it is.
    """
    report = claim.folder / "report.txt"
    if not report.exists():
        with whole_file(report) as path:
            path.write_text("\n".join([*result.report, ""]), "utf-8", errors="replace")
    report_path = put_new(report, folder / f"{result.name}.report.txt")
    if result.corrections is not None and result.corrections_made is not None:
        corrections = claim.folder / "corrections" / result.corrections_made
        put_new(corrections, folder / result.corrections)
    path = put_new(claim.workbook, folder / result.name)
    claim.end()
    return path, report_path
