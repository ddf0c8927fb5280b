"""Problems as lines of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from importer.base.texts import N_, _, printable, shortened, text, visible
from importer.domain.problems import Code, Problem, Severity
from importer.messages.lines import BLANK, ReportLine, Span, Tone, line

GROUPED = frozenset({Code.CONSOLE_LIMIT, Code.FORMULA_VALUE_USED})
"""Warnings with the same text for every cell. Only the first is shown in full."""

PLACES = 20
"""The most places of a warning that are listed."""

_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WATCH}


def problem_lines(problems: Sequence[Problem], everything: bool) -> Iterator[ReportLine]:
    """The lines about `problems`; similar warnings share an entry unless `everything`."""
    for severity, heading in ((Severity.ERROR, N_("Problems")), (Severity.WARNING, N_("Warnings"))):
        of_severity = [problem for problem in problems if problem.severity is severity]
        if not of_severity:
            continue
        yield BLANK
        yield line(2, Span(_(heading), _TONES[severity], bold=True), f" ({len(of_severity)})")
        grouped = severity is Severity.WARNING and not everything
        for sheet, of_sheet in groupby(of_severity, lambda problem: problem.sheet):
            if sheet is not None:
                yield line(2, Span(printable(sheet), bold=True))
            groups: dict[object, list[Problem]] = {}
            for at, problem in enumerate(of_sheet):
                alike = problem.code if problem.code in GROUPED else problem
                groups.setdefault(alike if grouped else at, []).append(problem)
            for group in groups.values():
                yield from _entry(group)


def _entry(group: list[Problem]) -> Iterator[ReportLine]:
    """The first problem of `group` in full, and the places of the others."""
    problem, *others = group
    code = Span(problem.code, _TONES[problem.severity])
    yield line(4, *(f"{part} · " for part in _where(problem)), code)
    yield line(6, problem.message)
    yield line(6, "→ ", problem.fix)
    places = [other.cell for other in others if other.cell]
    if places:
        listed = places[:PLACES] + (["…"] if len(places) > PLACES else [])
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
