"""What became of a workbook, in words for the person who has applied it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from importer.base.texts import N_, Text, _, printable, text
from importer.domain.planning.changes import ChangeKind
from importer.messages.change_text import describe_changes
from importer.messages.problem_text import problem_lines
from importer.messages.report import Report, Result

SHOWN = 20
"""How many changes are listed, unless all are asked for."""

_DONE = {
    ChangeKind.OTC_ADDED: N_("OTCs added"),
    ChangeKind.OTC_EDITED: N_("OTCs edited"),
    ChangeKind.CUSTOMER_ADDED: N_("customers added"),
    ChangeKind.CUSTOMER_EDITED: N_("customers edited"),
    ChangeKind.CUSTOMER_DISABLED: N_("customers disabled"),
    ChangeKind.CUSTOMER_ENABLED: N_("customers enabled"),
    ChangeKind.SUBSCRIPTION_ADDED: N_("subscriptions added"),
    ChangeKind.SUBSCRIPTION_EDITED: N_("subscriptions edited"),
    ChangeKind.SUBSCRIPTION_MOVED: N_("subscriptions moved"),
    ChangeKind.SUBSCRIPTION_CANCELLED: N_("subscriptions cancelled"),
    ChangeKind.DEVICE_ADDED: N_("devices added"),
    ChangeKind.DEVICE_EDITED: N_("devices edited"),
    ChangeKind.OTC_REMOVED: N_("OTCs removed"),
    ChangeKind.CUSTOMER_REMOVED: N_("customers removed"),
    ChangeKind.DEVICE_REMOVED: N_("devices removed"),
}

_HEADLINES = {
    Result.VALID: N_("nothing is wrong"),
    Result.INVALID: N_("rows would be refused"),
    Result.APPLIED: N_("applied"),
    Result.PARTLY_APPLIED: N_("applied in part"),
    Result.REJECTED: N_("refused; nothing was changed"),
    Result.UNCHANGED: N_("nothing in it is new; nothing was changed"),
    Result.UNREADABLE: N_("could not be read"),
}
_COLOURS = {
    Result.VALID: "green",
    Result.APPLIED: "green",
    Result.UNCHANGED: "green",
    Result.PARTLY_APPLIED: "yellow",
}
_ROWS_DONE = N_("Rows: {read} read, {applied} applied, {unchanged} unchanged, {rejected} refused.")
_ROWS_REFUSED = N_(
    "Rows: {read} read, {applied} good, {unchanged} unchanged, {rejected} refused. "
    "Without --partial nothing is applied."
)
_ROWS_WOULD = {
    Result.VALID: N_(
        "Rows: {read} read, {applied} would be applied, {unchanged} unchanged, {rejected} refused."
    ),
    Result.INVALID: N_(
        "Rows: {read} read, {applied} good, {unchanged} unchanged, {rejected} refused. "
        "Without --partial nothing would be applied."
    ),
    Result.REJECTED: _ROWS_REFUSED,
}
_REFUSED_ROWS = N_("The refused rows, to mend and apply: {path}")
_ALL_ROWS = N_("All rows, the refused ones marked, to mend and apply instead: {path}")
_NO_PLACE = N_("Name a place for the refused rows with --corrections, and try again.")

_IN_INBOX = {
    _ROWS_REFUSED: N_(
        "Rows: {read} read, {applied} good, {unchanged} unchanged, {rejected} refused. "
        "The inbox takes all rows or none (setting partial)."
    ),
    _REFUSED_ROWS: N_("The refused rows, to mend and put into the inbox: {path}"),
    _ALL_ROWS: N_(
        "All rows, the refused ones marked, to mend and put into the inbox instead: {path}"
    ),
    _NO_PLACE: N_("Mend the refused rows in the workbook itself, and put it into the inbox."),
}
"""What is said of a workbook of the inbox in place of words that are about the command line."""


def to_text(
    report: Report,
    *,
    everything: bool = False,
    width: int | None = None,
    by_command: bool = True,
) -> Iterator[str]:
    """The lines that a person reads, at most `width` characters long if it is given.

    `everything` lists all changes and warnings. What is to be done next is said for the inbox if
    the workbook came from there and was not given `by_command`.
    """
    for line in _lines(report, everything, by_command):
        yield from _wrapped(line, width)


_UNDO_HEADLINES = {
    Result.VALID: N_("can be taken back"),
    Result.INVALID: N_("cannot be taken back"),
    Result.APPLIED: N_("taken back"),
    Result.REJECTED: N_("not taken back; nothing was changed"),
    Result.UNCHANGED: N_("nothing of it is left to take back; nothing was changed"),
}


def undo_to_text(
    report: Report,
    undoes: int,
    of_undo: int | None,
    *,
    everything: bool = False,
    width: int | None = None,
) -> Iterator[str]:
    """The same for an undo of batch `undoes`, which may be an undo itself, of batch `of_undo`."""
    colour = _COLOURS.get(report.result, "red")
    headline = click.style(_(_UNDO_HEADLINES[report.result]), fg=colour, bold=True)
    told = N_("Batch {batch} ({file})")
    if of_undo is not None:
        told = N_("Batch {batch} (undo of batch {of_undo}, {file})")
    which = str(text(told, batch=undoes, file=report.file, of_undo=of_undo))
    lines = [f"{click.style(which, bold=True)}: {headline}"]
    if not report.problems:
        lines += _changes(report, everything, additions=True)
    for line in (*lines, *problem_lines(report.problems, everything), *_batch(report)):
        yield from _wrapped(line, width)


def _wrapped(line: str, width: int | None) -> list[str]:
    """`line` in lines of `width`, the further ones indented as the first."""
    plain = click.unstyle(line)
    if width is None or len(plain) <= width or plain != line:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + (2 if "→ " in line[:20] else 0))
    return textwrap.wrap(line, max(width, 40), subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip


def _lines(report: Report, everything: bool, by_command: bool) -> Iterator[str]:
    def said(template: str) -> str:
        return template if by_command else _IN_INBOX[template]

    colour = _COLOURS.get(report.result, "red")
    told = text(_HEADLINES[report.result])
    if report.applied_before is not None:
        told = text(N_("this very file was applied before, as batch {batch}; nothing was changed"),
                    batch=report.applied_before)  # fmt: skip
    headline = click.style(str(told), fg=colour, bold=True)
    yield f"{click.style(printable(report.file), bold=True)}: {headline}"
    if report.result is not Result.UNREADABLE:
        rows = _ROWS_WOULD.get(report.result, _ROWS_DONE)
        if not by_command and report.result is Result.REJECTED:  # taking parts helps good rows only
            rows = said(rows) if report.rows.applied else _ROWS_DONE
        yield "  " + str(text(rows, **report.rows._asdict()))
        if report.rows.read == 0:
            yield "  " + _(N_("No row is filled in. Was the file saved?"))
    yield from _changes(report, everything)
    yield from problem_lines(report.problems, everything)
    if report.corrections is not None:
        yield ""
        given_back = _REFUSED_ROWS if report.only_refused_given_back else _ALL_ROWS
        yield "  " + str(text(said(given_back), path=report.corrections))
    if report.corrections_fault is not None:
        yield ""
        yield "  " + click.style(str(report.corrections_fault), fg="red")
        yield "  " + _(said(_NO_PLACE))
    yield from _batch(report)


def _batch(report: Report) -> Iterator[str]:
    """The batch that was made, and where."""
    if report.batch is not None:
        batch = N_("Batch {batch} in the ledger {path}, account {account}")
        facts = {"batch": report.batch, "path": report.ledger, "account": report.account}
        yield "  " + str(Text(batch, facts))
    if report.clock_behind is not None:
        behind = N_("This computer's clock is behind the last batch, so that the batch bears its "
                    "instant, {at} UTC. Set the clock right.")  # fmt: skip
        at = report.clock_behind.replace(tzinfo=None)
        yield "  " + click.style(str(text(behind, at=at)), fg="yellow")


def _changes(report: Report, everything: bool, *, additions: bool = False) -> Iterator[str]:
    done = [f"{_(_DONE[did])}: {count}" for did, count in report.counts().items() if count]
    if done:
        would = _(N_("Would be done: ")) if report.result in _ROWS_WOULD else ""
        yield "  " + would + "; ".join(done)
    yield from _listed(
        list(describe_changes(report.changes, report.names, additions=additions)), everything
    )


def _listed(lines: Sequence[str], everything: bool) -> Iterator[str]:
    shown = lines if everything else lines[:SHOWN]
    for line in shown:
        yield "    " + line
    if len(lines) > len(shown):
        yield "    " + str(text(N_("… and {more} more (-v lists all)"), more=len(lines) - SHOWN))
