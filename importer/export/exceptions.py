"""The sheet Exceptions: what needs attention, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from importer.base.texts import N_, _
from importer.domain.contents import Contents
from importer.domain.findings import Finding, FindingKind, findings
from importer.export.book import Table
from importer.export.columns import ExportColumn, make_table
from importer.messages.lines import Tone

EXCEPTIONS = N_("Exceptions")

_BAD = (FindingKind.EXPIRED_IN_USE, FindingKind.MORE_DEVICES)
_ABOUT_CUSTOMERS = (*_BAD, FindingKind.DISABLED_WITH_LICENSES)
"""The kinds that a customer's own export shows."""
_TONES = {kind.meaning: Tone.BAD if kind in _BAD else Tone.WATCH for kind in FindingKind}

EXCEPTION_COLUMNS = (
    ExportColumn(N_("Exception"), "exception", tones=_TONES),
    ExportColumn(N_("OTC"), "finding.otc"),
    ExportColumn(N_("Customer"), "finding.customer"),
    ExportColumn(N_("What"), "message"),
    ExportColumn(N_("What To Do"), "fix"),
)


class _ExceptionRow(NamedTuple):
    finding: Finding
    exception: str
    message: str
    fix: str


def exceptions(
    contents: Contents, most: int | None = None, *, of_customer: bool = False
) -> Table:  # fmt: skip
    """A row per finding; at most the first `most`."""
    shown = [
        finding for finding in findings(contents)
        if not of_customer or finding.kind in _ABOUT_CUSTOMERS
    ]  # fmt: skip
    rows = (
        _ExceptionRow(finding, _(finding.kind.meaning), str(finding.message), str(finding.fix))
        for finding in shown[:most]
    )
    return make_table(EXCEPTIONS, _(EXCEPTIONS), EXCEPTION_COLUMNS, rows, count=len(shown))
