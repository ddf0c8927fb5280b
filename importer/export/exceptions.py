"""The sheet Exceptions: what somebody should look at, and what to do about it."""

from __future__ import annotations

from importer.base.texts import N_, _
from importer.domain.contents import Contents
from importer.domain.findings import Finding, FindingKind, findings
from importer.export.book import Column, Table
from importer.messages.lines import Tone

EXCEPTIONS = "Exceptions"

_TONES = {FindingKind.EXPIRED_IN_USE: Tone.BAD, FindingKind.MORE_DEVICES: Tone.BAD}
_OF_CUSTOMER = frozenset(
    {FindingKind.EXPIRED_IN_USE, FindingKind.DISABLED_WITH_LICENSES, FindingKind.MORE_DEVICES}
)
"""The kinds that concern a customer itself."""


def exceptions(contents: Contents, *, of_customer: bool = False) -> Table:
    """A row per finding."""
    found = findings(contents)
    if of_customer:
        found = [one for one in found if one.kind in _OF_CUSTOMER]
    tones = {_(kind.meaning): _TONES.get(kind, Tone.WATCH) for kind in FindingKind}
    columns = (
        Column("Exception", _(N_("Exception")), tones=tones),
        Column("OTC", _(N_("OTC"))),
        Column("Customer", _(N_("Customer"))),
        Column("What", _(N_("What"))),
        Column("What To Do", _(N_("What To Do"))),
    )
    return Table(EXCEPTIONS, _(N_("Exceptions")), columns, [_row(one) for one in found])


def _row(one: Finding) -> tuple[str | None, ...]:
    return _(one.kind.meaning), one.otc, one.customer, str(one.message), str(one.fix)
