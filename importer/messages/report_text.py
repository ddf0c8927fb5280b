"""The report on a workbook or an undo, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from importer.base.texts import N_, Text, _, shortened, text, visible
from importer.domain.planning.changes import ChangeKind
from importer.domain.problems import Code, Problem, Problems, Severity
from importer.messages.change_text import describe_changes
from importer.messages.lines import BLANK, ReportLine, Span, Tone, line
from importer.messages.report import Report, Result

SHOWN = 20  # changes that are listed, unless all are wanted
_GROUPED = frozenset({Code.CONSOLE_LIMIT, Code.FORMULA_VALUE_USED})
"""Warnings with the same text for every cell. Only the first is shown in full."""

_PLACES = 20
"""The most places of a warning that are listed."""

_DONE = {
    ChangeKind.OTC_ADDED: N_("OTCs added"), ChangeKind.OTC_EDITED: N_("OTCs edited"),
    ChangeKind.CUSTOMER_ADDED: N_("customers added"),
    ChangeKind.CUSTOMER_EDITED: N_("customers edited"),
    ChangeKind.CUSTOMER_DISABLED: N_("customers disabled"),
    ChangeKind.CUSTOMER_ENABLED: N_("customers enabled"),
    ChangeKind.SUBSCRIPTION_ADDED: N_("subscriptions added"),
    ChangeKind.SUBSCRIPTION_EDITED: N_("subscriptions edited"),
    ChangeKind.SUBSCRIPTION_MOVED: N_("subscriptions moved"),
    ChangeKind.SUBSCRIPTION_CANCELLED: N_("subscriptions cancelled"),
    ChangeKind.DEVICE_ADDED: N_("devices added"), ChangeKind.DEVICE_EDITED: N_("devices edited"),
    ChangeKind.OTC_REMOVED: N_("OTCs removed"), ChangeKind.DEVICE_REMOVED: N_("devices removed"),
    ChangeKind.CUSTOMER_REMOVED: N_("customers removed"),
}  # fmt: skip

_HEADLINES = {
    Result.VALID: N_("no problems"),
    Result.INVALID: N_("some rows would be rejected"),
    Result.APPLIED: N_("applied"),
    Result.PARTLY_APPLIED: N_("partly applied"),
    Result.REJECTED: N_("rejected; nothing was changed"),
    Result.UNCHANGED: N_("already up to date; nothing was changed"),
    Result.UNREADABLE: N_("cannot be read"),
    Result.FAILED: N_("failed; see the error"),
}
_UNDO_HEADLINES = {
    Result.VALID: N_("can be undone"),
    Result.INVALID: N_("cannot be undone"),
    Result.APPLIED: N_("undone"),
    Result.REJECTED: N_("not undone; nothing was changed"),
    Result.UNCHANGED: N_("nothing left to undo; nothing was changed"),
}
_TONES = {
    Result.VALID: Tone.GOOD, Result.APPLIED: Tone.GOOD, Result.UNCHANGED: Tone.GOOD,
    Result.PARTLY_APPLIED: Tone.WATCH,
}  # fmt: skip
_HEADINGS = {
    Severity.ERROR: (N_("Problems"), Tone.BAD),
    Severity.WARNING: (N_("Warnings"), Tone.WATCH),
}
_ROWS_GOOD = N_("Rows: {read} read, {applied} good, {unchanged} unchanged, {rejected} rejected.")
_ROWS_NOT_APPLIED = {
    Result.VALID: N_(
        "Rows: {read} read, {applied} would be applied, {unchanged} unchanged, {rejected} rejected."
    ),
    Result.INVALID: _ROWS_GOOD,
    Result.REJECTED: _ROWS_GOOD,
}
_ROWS = N_("Rows: {read} read, {applied} applied, {unchanged} unchanged, {rejected} rejected.")


class Advice(NamedTuple):
    """Hints on how to apply the good rows only, and on how to use the corrections, or the list of
    problems in their place."""

    partial: str
    corrections: str
    problems: str


AT_TERMINAL = Advice(
    N_("Add --partial to apply the good rows only."),
    N_("Corrections written to {path}. Fix the marked cells, then run: "
       'avira-importer apply "{path}"'),
    N_("There are too many errors for a corrections workbook. The problems are listed in {path}. "
       'Fix your own workbook, then run: avira-importer apply "{file}"'),
)  # fmt: skip
IN_INBOX = Advice(
    N_("The inbox applies all rows or none, unless its setting partial is on."),
    N_("Corrections written to {path}. Fix the marked cells and put that file into the inbox."),
    N_("There are too many errors for a corrections workbook. The problems are listed in {path}. "
       "Fix your own workbook and put it into the inbox."),
)  # fmt: skip


def report_lines(
    report: Report, *, everything: bool = False, advice: Advice = AT_TERMINAL
) -> Iterator[ReportLine]:
    """The lines about a workbook; all changes and warnings with `everything`."""
    yield _headline(report.file, text(_HEADLINES[report.result]), report.result)
    if report.result not in (Result.UNREADABLE, Result.FAILED):
        rows = _ROWS_NOT_APPLIED.get(report.result, _ROWS)
        yield line(2, Text(rows, report.rows._asdict()))
        if rows is _ROWS_GOOD and report.rows.applied:
            yield line(2, _(advice.partial))
        if report.rows.read == 0:
            yield line(2, _(N_("No row is filled in. Was the file saved?")))
    yield from _changes(report, everything)
    yield from _problems(report.problems, everything)
    if report.corrections is not None:
        template = advice.problems if report.lists_problems else advice.corrections
        words = text(template, path=report.corrections, file=report.file)
        yield from (BLANK, line(2, words))
    if report.corrections_fault is not None:
        yield from (BLANK, line(2, Span(str(report.corrections_fault), Tone.BAD)))
        yield line(2, _(N_("Name another place for the corrections with --corrections.")))
    yield from _batch(report)


def undo_lines(
    report: Report, undoes: int, of_undo: int | None, *, everything: bool = False
) -> Iterator[ReportLine]:
    """The lines about an undo of batch `undoes`, which may itself be the undo of `of_undo`."""
    batch = text(N_("Batch {batch} ({file})"), batch=undoes, file=report.file)
    if of_undo is not None:
        batch = text(N_("Batch {batch} (undo of batch {of_undo}, {file})"),
                     batch=undoes, of_undo=of_undo, file=report.file)  # fmt: skip
    yield _headline(str(batch), text(_UNDO_HEADLINES[report.result]), report.result)
    if not report.problems:
        yield from _changes(report, everything, additions=True)
    yield from _problems(report.problems, everything)
    yield from _batch(report)


def _headline(subject: str, headline: Text, result: Result) -> ReportLine:
    tone = _TONES.get(result, Tone.BAD)
    return line(0, Span(subject, bold=True), ": ", Span(str(headline), tone, bold=True))


def _changes(report: Report, everything: bool, *, additions: bool = False) -> Iterator[ReportLine]:
    done = [f"{_(_DONE[kind])}: {count}" for kind, count in report.counts().items() if count]
    if more := report.licenses_added_by_moves():
        done.append(str(text(N_("licences added by moves: {more}"), more=more)))
    if done:
        would = _(N_("Changes that would be made: ")) if report.result in _ROWS_NOT_APPLIED else ""
        yield line(2, would + "; ".join(done))
    changes = list(describe_changes(report.changes, report.name_of, additions=additions))
    listed = changes if everything else changes[:SHOWN]
    yield from (line(4, change) for change in listed)
    if more := len(changes) - len(listed):
        yield line(4, text(N_("… and {more} more (-v lists all)"), more=more))


def _problems(problems: Problems, everything: bool) -> Iterator[ReportLine]:
    """The lines about `problems`; similar warnings share an entry unless `everything`."""
    for severity, (heading, tone) in _HEADINGS.items():
        of_severity = [problem for problem in problems if problem.severity is severity]
        further = {cause: count for cause, count in problems.further.items()
                   if cause.code.severity is severity}  # fmt: skip
        if not of_severity:
            continue
        yield BLANK
        total = len(of_severity) + sum(further.values())
        yield line(2, Span(_(heading), tone, bold=True), f" ({total})")
        grouped = severity is Severity.WARNING and not everything
        for sheet, of_sheet in groupby(of_severity, lambda problem: problem.sheet):
            if sheet is not None:
                yield line(2, Span(sheet, bold=True))
            groups: dict[object, list[Problem]] = {}
            for at, problem in enumerate(of_sheet):
                alike = problem.code if problem.code in _GROUPED else problem
                groups.setdefault(alike if grouped else at, []).append(problem)
            for group in groups.values():
                yield from _entry(group)
        if further:
            yield line(2, Span(_(N_("Not listed, by cause:")), bold=True))
        for cause, count in further.items():
            place = [f"{part} · " for part in (cause.sheet, cause.header) if part]
            yield line(4, *place, Span(cause.code, tone), f": {count}")


def _entry(group: list[Problem]) -> Iterator[ReportLine]:
    """The first problem of `group` in full, and the places of the others."""
    problem, *others = group
    code = Span(problem.code, _HEADINGS[problem.severity][1])
    yield line(4, *(f"{part} · " for part in _where(problem)), code)
    yield line(6, problem.message)
    yield line(6, "→ ", problem.fix)
    places = [other.cell for other in others if other.cell]
    if places:
        listed = places[:_PLACES] + (["…"] if len(places) > _PLACES else [])
        yield line(6, text(N_("Also in {places} (-v lists each one)."), places=listed))


def _where(problem: Problem) -> Iterator[str]:
    """The place and the value of a problem, as far as it has them."""
    if problem.cell is not None:
        yield problem.cell
    elif problem.row is not None:
        yield str(text(N_("row {row}"), row=problem.row))
    if problem.header:
        yield problem.header
    if problem.value and problem.value != problem.header:
        yield f"“{visible(shortened(problem.value))}”"


def _batch(report: Report) -> Iterator[ReportLine]:
    if report.batch is not None:
        batch = text(N_("Batch {batch} in the ledger {path}, account {account}"),
                     batch=report.batch, path=report.ledger, account=report.account)  # fmt: skip
        yield line(2, batch)
    if report.clock_behind is not None:
        behind = text(N_("This computer's clock is behind the last batch. The new batch was given "
                         "that batch's time, {at} UTC. Correct the clock."),
                      at=report.clock_behind.replace(tzinfo=None))  # fmt: skip
        yield line(2, Span(str(behind), Tone.WATCH))
